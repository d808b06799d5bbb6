//! openrouter-rs.

use futures::StreamExt as _;
use openrouter_rs::OpenRouterClient;
use openrouter_rs::api::chat::{ChatCompletionRequest, Message};
use openrouter_rs::types::Role;
use peers::{KEY, PROMPT, Peer, Result};

struct OpenrouterRs(OpenRouterClient);

fn request(model: &str) -> ChatCompletionRequest {
    ChatCompletionRequest::new(model, vec![Message::new(Role::User, PROMPT)])
}

impl Peer for OpenrouterRs {
    fn new(base_url: &str) -> Result<Self> {
        Ok(Self(OpenRouterClient::builder().base_url(format!("{base_url}/v1")).api_key(KEY).build()?))
    }

    async fn stream(&self, model: &str) -> Result<usize> {
        let mut chunks = self.0.chat().stream(&request(model)).await?;
        let mut text = 0;
        while let Some(chunk) = chunks.next().await {
            text += chunk?.choices.iter().filter_map(|choice| choice.content()).map(str::len).sum::<usize>();
        }
        Ok(text)
    }

    async fn create(&self, model: &str) -> Result<usize> {
        let whole = self.0.chat().create(&request(model)).await?;
        Ok(whole.choices.iter().filter_map(|choice| choice.content()).map(str::len).sum())
    }
}

fn main() -> Result<()> {
    peers::run::<OpenrouterRs>()
}
