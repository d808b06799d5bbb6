//! async-openai.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::chat::{ChatCompletionRequestUserMessage, CreateChatCompletionRequest, CreateChatCompletionRequestArgs};
use futures::StreamExt as _;
use peers::{KEY, PROMPT, Peer, Result};

struct AsyncOpenai(Client<OpenAIConfig>);

fn request(model: &str) -> Result<CreateChatCompletionRequest> {
    let message = ChatCompletionRequestUserMessage::from(PROMPT);
    Ok(CreateChatCompletionRequestArgs::default().model(model).messages([message.into()]).build()?)
}

impl Peer for AsyncOpenai {
    fn new(base_url: &str) -> Result<Self> {
        Ok(Self(Client::with_config(OpenAIConfig::new().with_api_base(format!("{base_url}/v1")).with_api_key(KEY))))
    }

    async fn stream(&self, model: &str) -> Result<usize> {
        let mut chunks = self.0.chat().create_stream(request(model)?).await?;
        let mut text = 0;
        while let Some(chunk) = chunks.next().await {
            text += chunk?.choices.iter().filter_map(|choice| choice.delta.content.as_ref()).map(String::len).sum::<usize>();
        }
        Ok(text)
    }

    async fn create(&self, model: &str) -> Result<usize> {
        let whole = self.0.chat().create(request(model)?).await?;
        Ok(whole.choices.iter().filter_map(|choice| choice.message.content.as_ref()).map(String::len).sum())
    }
}

fn main() -> Result<()> {
    peers::run::<AsyncOpenai>()
}
