//! This crate.

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use futures::StreamExt as _;
use peers::{KEY, PROMPT, Peer, Result};

struct Arouter(Client);

impl Peer for Arouter {
    fn new(base_url: &str) -> Result<Self> {
        Ok(Self(Client::builder().base_url(base_url).api_key(KEY).build()?))
    }

    async fn stream(&self, model: &str) -> Result<usize> {
        let mut chunks = self.0.chat().stream(&ChatRequest::new(model, [Message::user(PROMPT)])).await?;
        let mut text = 0;
        while let Some(chunk) = chunks.next().await {
            text += chunk?.text().len();
        }
        Ok(text)
    }

    async fn create(&self, model: &str) -> Result<usize> {
        Ok(self.0.chat().create(&ChatRequest::new(model, [Message::user(PROMPT)])).await?.text().len())
    }
}

fn main() -> Result<()> {
    peers::run::<Arouter>()
}
