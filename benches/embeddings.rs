//! What decoding 2,048 vectors of 1,536 numbers costs: as base64, as numbers, and by plain serde_json, in instructions.
//!
//! `RUSTFLAGS="--cfg arouter_bench" cargo bench --bench embeddings` runs itself under valgrind, which must be installed; with a mode and
//! a count behind `--`, it decodes so many times and no more.

use std::process::Command;

#[cfg(arouter_bench)]
use arouter::internals::decode_embeddings;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

const VECTORS: u32 = 2048;
const DIMENSIONS: u32 = 1536;
const LEAST_BY_BASE64: f64 = 4.0;
const MOST_OVER_SERDE_JSON: f64 = 1.1;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [mode, times] = &arguments[..] {
        return decode(mode, times.parse()?);
    }
    let mut costs = Vec::new();
    for mode in ["base64", "floats", "serde_json"] {
        let cost = instructions(mode, 2)? - instructions(mode, 1)?;
        println!("{mode:>10}  {:>7.1} M instructions  {:>6.1} for each number", cost / 1e6, cost / f64::from(VECTORS * DIMENSIONS));
        costs.push(cost);
    }
    let (by_base64, over_serde_json) = (costs[1] / costs[0], costs[1] / costs[2]);
    println!("base64 is {by_base64:.1} times cheaper than numbers, which cost {over_serde_json:.3} of serde_json");
    if by_base64 < LEAST_BY_BASE64 || over_serde_json > MOST_OVER_SERDE_JSON {
        return Err(format!("should be {LEAST_BY_BASE64} at least, and {MOST_OVER_SERDE_JSON} at most").into());
    }
    Ok(())
}

/// All instructions of a run of this program.
fn instructions(mode: &str, times: u32) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?).args([mode, &times.to_string()]);
    let output = valgrind.output().map_err(|error| format!("valgrind can't be run: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    match collected {
        Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
        _ => Err(told.into()),
    }
}

fn decode(mode: &str, times: u32) -> Result<()> {
    let body = answer(mode == "base64");
    for _ in 0..times {
        let vectors: Vec<Vec<f32>> = match mode {
            #[cfg(arouter_bench)]
            "base64" | "floats" => decode_embeddings(&body, mode == "base64")?.into_vectors(),
            "serde_json" => {
                let answer: Answer = serde_json::from_slice(&body)?;
                answer.data.into_iter().map(|item| item.embedding).collect()
            }
            _ => return Err("modes are base64, floats and serde_json, the first two of a build with --cfg arouter_bench".into()),
        };
        assert_eq!(vectors.iter().map(Vec::len).sum::<usize>(), (VECTORS * DIMENSIONS) as usize);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    embedding: Vec<f32>,
}

/// An answer with numbers as models give them: between -0.1 and 0.1, with all digits of a 32-bit float.
fn answer(is_base64: bool) -> Vec<u8> {
    let mut state = 1_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.2 - 0.1
    };
    let data = (0..VECTORS).map(|index| {
        let numbers: Vec<f32> = (0..DIMENSIONS).map(|_| number()).collect();
        let bytes = || numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        // To the text straight: as a JSON value, a 32-bit float has the digits of a 64-bit one.
        let embedding = if is_base64 { json!(STANDARD.encode(bytes())).to_string() } else { format!("{numbers:?}").replace(' ', "") };
        format!(r#"{{"object":"embedding","index":{index},"embedding":{embedding}}}"#)
    });
    let data = data.collect::<Vec<_>>().join(",");
    format!(r#"{{"object":"list","data":[{data}],"model":"text-embedding-3-small","usage":{{"prompt_tokens":9,"total_tokens":9}}}}"#).into()
}
