//! Starts an embedded gateway for a while, and tells how to talk to it: for trying the other examples, or curl, without a key.
//!
//! `cargo run --example embedded_gateway -- 10m` in one terminal; in another, set what it prints.

use std::error::Error;
use std::time::Duration;

use arouter::testing::Gateway;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let time = std::env::args().nth(1).map_or(Ok(Duration::from_secs(600)), |time| humantime::parse_duration(&time))?;
    let gateway = Gateway::start().await?;
    println!("export AROUTER_BASE_URL={}", gateway.base_url());
    println!("export AROUTER_API_KEY={}", gateway.api_key());
    println!("export AROUTER_MANAGEMENT_KEY={}", gateway.management_key());
    println!("# It listens for {}, or until Ctrl-C.", humantime::format_duration(time));
    tokio::time::sleep(time).await;
    Ok(())
}
