//! genai, with its adapter for OpenAI's protocol.

use futures::StreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatRequest, ChatStreamEvent};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};
use peers::{KEY, PROMPT, Peer, Result};

struct Genai(Client);

fn request() -> ChatRequest {
    ChatRequest::default().append_message(ChatMessage::user(PROMPT))
}

impl Peer for Genai {
    fn new(base_url: &str) -> Result<Self> {
        let endpoint = Endpoint::from_owned(format!("{base_url}/v1/"));
        let resolve = move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
            let model = ModelIden::new(AdapterKind::OpenAI, target.model.model_name);
            Ok(ServiceTarget { endpoint: endpoint.clone(), auth: AuthData::from_single(KEY), model })
        };
        Ok(Self(Client::builder().with_service_target_resolver(ServiceTargetResolver::from_resolver_fn(resolve)).build()?))
    }

    async fn stream(&self, model: &str) -> Result<usize> {
        let mut events = self.0.exec_chat_stream(model, request(), None).await?.stream;
        let mut text = 0;
        while let Some(event) = events.next().await {
            if let ChatStreamEvent::Chunk(chunk) = event? {
                text += chunk.content.len();
            }
        }
        Ok(text)
    }

    async fn create(&self, model: &str) -> Result<usize> {
        Ok(self.0.exec_chat(model, request(), None).await?.first_text().map_or(0, str::len))
    }
}

fn main() -> Result<()> {
    peers::run::<Genai>()
}
