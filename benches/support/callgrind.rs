//! Instructions of this program's own runs, counted by valgrind.

use std::process::Command;

use crate::Result;

/// The instructions of a piece of work that the program does as often as its last argument says, for each time.
///
/// They are the difference of two runs, so that what the program does once isn't in them.
pub(crate) fn instructions(arguments: &[&str], times: u32) -> Result<f64> {
    Ok((of_a_run(arguments, times + 1)? - of_a_run(arguments, 1)?) / f64::from(times))
}

/// All instructions of a run of this program.
fn of_a_run(arguments: &[&str], times: u32) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?);
    valgrind.args(arguments).arg(times.to_string());
    let output = valgrind.output().map_err(|error| format!("valgrind can't be run: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    match collected {
        Some((_, instructions)) if output.status.success() => Ok(instructions.trim().parse()?),
        _ => Err(told.into()),
    }
}
