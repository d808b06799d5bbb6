//! The client against another server than our own: what it sends by wiremock's reading, what it reads of wiremock's answers.

use arouter::Client;
use arouter::chat::{ChatRequest, Message};
use serde_json::json;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn a_chat_is_asked_and_answered() {
    let server = MockServer::start().await;
    let reply = json!({"id": "gen-1", "model": "openai/gpt-5.4", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]});
    Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .and(header("authorization", "Bearer lr_live_1"))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({"model": "openai/gpt-5.4", "messages": [{"role": "user", "content": "Hello!"}], "temperature": 0.2})))
        .respond_with(ResponseTemplate::new(200).set_body_json(reply).insert_header("x-request-id", "req_42"))
        .expect(1)
        .mount(&server)
        .await;
    let client = Client::builder().base_url(server.uri()).api_key("lr_live_1").no_proxy().build().unwrap();

    let reply = client.chat().create(&ChatRequest::new("openai/gpt-5.4", [Message::user("Hello!")]).temperature(0.2)).await.unwrap();
    assert_eq!((reply.text().as_str(), reply.meta().request_id()), ("Hi", Some("req_42")));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_stream_is_read() {
    let server = MockServer::start().await;
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "0"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(stream, "text/event-stream; charset=utf-8"))
        .mount(&server)
        .await;
    let client = Client::builder().base_url(server.uri()).api_key("lr_live_1").no_proxy().build().unwrap();

    let stream = client.chat().stream(&ChatRequest::new("m", [Message::user("Hello!")])).await.unwrap();
    assert_eq!(stream.meta().attempts(), 2);
    assert_eq!(stream.into_response().await.unwrap().text(), "Hi");
}
