//! Answers every request by what its model is called, from bodies that are made before.

use std::collections::HashMap;
use std::sync::Arc;

use peers::Result;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::MODELS;
use crate::bodies::{chat_event, chat_stream};

/// Bytes of the text of a whole answer, and of the long event.
const WHOLE: usize = 400;
const LONG: usize = 4 << 20;

/// Serves until the input ends.
pub(crate) async fn serve() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    let answers: Arc<HashMap<&str, Vec<u8>>> = Arc::new(MODELS.iter().map(|model| (*model, answer(model))).collect());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answers = answers.clone();
            tokio::spawn(async move { converse(stream, &answers).await });
        }
    });
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn converse(mut stream: TcpStream, answers: &HashMap<&str, Vec<u8>>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut read = Vec::new();
    while stream.read_buf(&mut read).await? > 0 {
        let Some(head) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        // The head may say how long the body is, or not: either way it is one JSON value.
        let Some(Ok(request)) = serde_json::Deserializer::from_slice(&read[head + 4..]).into_iter::<Value>().next() else { continue };
        let answer = request["model"].as_str().and_then(|model| answers.get(model)).ok_or("no such model")?;
        stream.write_all(answer).await?;
        read.clear();
    }
    Ok(())
}

/// A whole answer of HTTP. The number in a model's name is that of its chunks.
fn answer(model: &str) -> Vec<u8> {
    let (kind, number) = model.split_once('-').unwrap_or((model, ""));
    let chunks = number.parse().unwrap_or_default();
    match kind {
        "frames" => streamed(chat_stream(chunks).as_bytes().chunks(16 * 1024)),
        "events" => streamed((0..chunks).map(chat_event).chain(["data: [DONE]\n\n".to_owned()])),
        "long" => {
            let delta = json!({"role": "assistant", "content": "x".repeat(LONG)});
            let event = format!("data: {}\n\ndata: [DONE]\n\n", completion("chat.completion.chunk", "delta", &delta, &Value::Null));
            streamed(event.as_bytes().chunks(1024))
        }
        _ => {
            let message = json!({"role": "assistant", "content": "An answer.".repeat(WHOLE / 10), "refusal": null});
            let body = completion("chat.completion", "message", &message, &"stop".into());
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into()
        }
    }
}

fn completion(object: &str, place: &str, message: &Value, finish_reason: &Value) -> String {
    let choice =
        json!({"index": 0, place: message, "finish_reason": finish_reason, "native_finish_reason": finish_reason, "logprobs": null});
    let usage = json!({"prompt_tokens": 9, "completion_tokens": 90, "total_tokens": 99});
    let body = json!({"id": "gen-1790000000-pA4tsOfTh3Cr4te", "provider": "Example", "model": "example/model-5.4", "object": object,
        "created": 1_790_000_000, "choices": [choice], "usage": usage});
    body.to_string()
}

/// A body in pieces, each of which a client sees as one frame unless the network cuts it.
fn streamed<P: AsRef<[u8]>>(pieces: impl IntoIterator<Item = P>) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for piece in pieces {
        let piece = piece.as_ref();
        answer.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        answer.extend_from_slice(piece);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"0\r\n\r\n");
    answer
}
