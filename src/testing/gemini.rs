//! How the embedded gateway answers in Gemini's protocol.

use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Question, pieces, vector, words};
use super::{RecordedRequest, Reply};

/// Answers a request below `/v1beta/models/`: `{model}:{method}`.
pub(super) fn call(target: &str, request: &RecordedRequest, interval: Duration) -> Reply {
    let body = request.json();
    let Some((model, method)) = target.rsplit_once(':') else {
        return Reply::error(404, "NOT_FOUND", "no such model");
    };
    match method {
        "generateContent" => generate(model, &body, |answer, frame| Reply::ok(&frame(&parts(answer), true))),
        "streamGenerateContent" => {
            let is_sse = request.query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
            generate(model, &body, |answer, frame| stream(answer, frame, is_sse, interval))
        }
        "countTokens" => {
            let asked = if body["generateContentRequest"].is_object() { &body["generateContentRequest"] } else { &body };
            let total = question(asked).words;
            Reply::ok(&json!({"totalTokens": total, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": total}]}))
        }
        "embedContent" => Reply::ok(&json!({"embedding": embedding(&body)})),
        "batchEmbedContents" => {
            let embeddings: Vec<Value> = body["requests"].as_array().into_iter().flatten().map(embedding).collect();
            Reply::ok(&json!({"embeddings": embeddings}))
        }
        _ => Reply::error(404, "NOT_FOUND", "no such method"),
    }
}

/// Answers a request for `/v1beta/models`, in pages if they are asked for.
pub(super) fn models(request: &RecordedRequest) -> Reply {
    let query = |name: &str| {
        let pairs = url::form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes());
        pairs.into_owned().find(|(known, _)| known == name).and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let from = query("pageToken").unwrap_or(0).min(MODELS.len());
    let to = from.saturating_add(query("pageSize").unwrap_or(50).max(1)).min(MODELS.len());
    let model = |(name, display_name): &(&str, &str)| {
        json!({
            "name": format!("models/{name}"), "version": "001", "displayName": display_name, "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536, "supportedGenerationMethods": ["generateContent", "countTokens"], "temperature": 1, "topP": 0.95,
        })
    };
    let mut page = json!({"models": MODELS[from..to].iter().map(model).collect::<Vec<_>>()});
    if to < MODELS.len() {
        page["nextPageToken"] = to.to_string().into();
    }
    Reply::ok(&page)
}

const MODELS: [(&str, &str); 3] =
    [("gemini-2.5-flash", "Gemini 2.5 Flash"), ("gemini-2.5-pro", "Gemini 2.5 Pro"), ("gemini-embedding-001", "Gemini Embedding 001")];

/// A whole answer around some parts, which ends there or goes on.
type Frame<'f> = &'f dyn Fn(&Value, bool) -> Value;

fn generate(model: &str, body: &Value, reply: impl FnOnce(&Answer, Frame<'_>) -> Reply) -> Reply {
    if body["contents"].as_array().is_none_or(Vec::is_empty) {
        return Reply::status(400)
            .json(&json!({"error": {"code": 400, "message": "contents is not specified", "status": "INVALID_ARGUMENT"}}));
    }
    let question = question(body);
    let answer = question.answer();
    let (prompt, thoughts) = (question.words, answer.thinking_tokens());
    let said = answer.tokens() - thoughts;
    let usage = json!({
        "promptTokenCount": prompt, "candidatesTokenCount": said, "thoughtsTokenCount": thoughts,
        "totalTokenCount": prompt + said + thoughts, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
    });
    let frame = |parts: &Value, is_last: bool| {
        let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
        if is_last {
            candidate["finishReason"] = "STOP".into();
        }
        json!({"candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "resp_1"})
    };
    reply(&answer, &frame)
}

/// Events, or, as the service does without `alt=sse`, the elements of an array.
fn stream(answer: &Answer, frame: Frame<'_>, is_sse: bool, interval: Duration) -> Reply {
    let mut pieces_of_parts: Vec<Value> = Vec::new();
    if let Some(thinking) = &answer.thinking {
        pieces_of_parts.push(json!([{"text": thinking, "thought": true}]));
    }
    match &answer.call {
        None => pieces_of_parts.extend(pieces(&answer.text).map(|word| json!([{"text": word}]))),
        Some(_) => pieces_of_parts.push(json!([parts(answer).as_array().and_then(|parts| parts.last())])),
    }
    let last = pieces_of_parts.len().saturating_sub(1);
    let frames: Vec<String> = pieces_of_parts.iter().enumerate().map(|(at, parts)| frame(parts, at == last).to_string()).collect();
    if is_sse {
        let events: String = frames.iter().map(|frame| format!("data: {frame}\r\n\r\n")).collect();
        return Reply::event_stream(events).interval(interval);
    }
    Reply::status(200).header("content-type", "application/json; charset=UTF-8").body(format!("[{}]\n", frames.join(",\r\n")))
}

fn parts(answer: &Answer) -> Value {
    let thinking = answer.thinking.as_ref().map(|thinking| json!({"text": thinking, "thought": true}));
    let said = match &answer.call {
        None => json!({"text": answer.text}),
        Some(call) => json!({"functionCall": {"name": call.name, "args": call.arguments}, "thoughtSignature": SIGNATURE}),
    };
    thinking.into_iter().chain([said]).collect()
}

const SIGNATURE: &str = "c2lnbmVkIGJ5IHRoZSBlbWJlZGRlZCBnYXRld2F5";

fn question(body: &Value) -> Question {
    let contents = body["contents"].as_array().map_or(&[][..], Vec::as_slice);
    let last = contents.last().unwrap_or(&Value::Null);
    let results: Vec<&Value> =
        last["parts"].as_array().into_iter().flatten().map(|part| &part["functionResponse"]).filter(|result| result.is_object()).collect();
    let declarations = body["tools"].as_array().into_iter().flatten().filter_map(|tool| tool["functionDeclarations"].as_array()).flatten();
    let tool = |declared: &Value| {
        let schema = if declared["parameters"].is_object() { &declared["parameters"] } else { &declared["parametersJsonSchema"] };
        Some((declared["name"].as_str()?.to_owned(), schema.clone()))
    };
    let answered = |result: &&Value| {
        let text = ["output", "result"].iter().find_map(|name| result["response"][name].as_str());
        text.map_or_else(|| result["response"].to_string(), str::to_owned)
    };
    Question {
        said: if results.is_empty() { text_of(last) } else { results.iter().map(answered).collect() },
        is_from_tool: !results.is_empty(),
        tools: declarations.filter_map(tool).collect(),
        thinks: body["generationConfig"]["thinkingConfig"]["includeThoughts"] == json!(true),
        words: contents.iter().chain([&body["systemInstruction"]]).map(|content| words(&text_of(content))).sum(),
    }
}

/// A content's text, its text parts joined but for thoughts.
fn text_of(content: &Value) -> String {
    let parts = content["parts"].as_array().into_iter().flatten();
    parts.filter(|part| part["thought"] != json!(true)).filter_map(|part| part["text"].as_str()).collect()
}

fn embedding(request: &Value) -> Value {
    let size = request["outputDimensionality"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(8).clamp(1, 4096);
    json!({"values": vector(&text_of(&request["content"]), size)})
}
