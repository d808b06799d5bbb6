//! The names of fields, where the crate reads them by a list of its own.

use std::fmt::Debug;

use arouter::gemini::{Candidate, Content, GenerateContentResponse, ModalityTokenCount, Part, UsageMetadata};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Checks that an object with all fields is read whole, by the names that Google writes as by those of protocol buffers.
fn check<T: DeserializeOwned + Serialize + PartialEq + Debug>(object: Value) {
    let read: T = serde_json::from_value(object.clone()).unwrap();
    let shown = format!("{read:#?}");
    assert!(shown.contains("\n    extra: {},\n"), "a field has no name in the list: {shown}");
    let is_unread =
        |line: &&str| line.starts_with("    ") && !line.starts_with("     ") && (line.ends_with(": None,") || line.ends_with(": [],"));
    assert_eq!(shown.lines().find(is_unread), None, "the object here, or the list, lacks it");

    let Value::Object(fields) = object else { panic!("{object} is no object") };
    let Value::Object(written) = serde_json::to_value(&read).unwrap() else { panic!("{read:?} is written as no object") };
    assert!(written.keys().eq(fields.keys()), "it is written as {written:?}");
    // Objects have types of their own, and may be written with lists that are empty.
    let is_told = |field: &Value| !field.is_object() && field != &json!([{}]);
    for (name, field) in fields.iter().filter(|(_, field)| is_told(field)) {
        assert_eq!(&written[name], field, "{name}");
    }
    let snake: Map<String, Value> = fields.into_iter().map(|(name, field)| (snake(&name), field)).collect();
    assert_eq!(serde_json::from_value::<T>(snake.into()).unwrap(), read);
}

fn snake(name: &str) -> String {
    name.chars().flat_map(|letter| letter.is_ascii_uppercase().then_some('_').into_iter().chain([letter.to_ascii_lowercase()])).collect()
}

#[test]
fn every_field_of_a_piece_is_read_by_both_of_its_names() {
    check::<GenerateContentResponse>(json!({"candidates": [{}], "promptFeedback": {}, "usageMetadata": {}, "modelVersion": "v",
        "responseId": "r", "createTime": "c", "modelStatus": {}, "turnToken": "t"}));
    check::<Candidate>(json!({"index": 1, "content": {}, "finishReason": "STOP", "finishMessage": "m", "safetyRatings": [{}],
        "citationMetadata": {}, "groundingMetadata": {}, "urlContextMetadata": {}, "tokenCount": 1, "avgLogprobs": -0.5,
        "logprobsResult": {}, "score": 0.5}));
    check::<Content>(json!({"role": "model", "parts": [{}]}));
    check::<Part>(json!({"text": "a", "inlineData": {}, "fileData": {}, "functionCall": {}, "functionResponse": {"name": "f"},
        "executableCode": {}, "codeExecutionResult": {}, "toolCall": {}, "toolResponse": {}, "audioTranscription": {}, "thought": true,
        "thoughtSignature": "s", "videoMetadata": {}, "mediaResolution": {}, "partMetadata": {}}));
    check::<UsageMetadata>(json!({"promptTokenCount": 1, "cachedContentTokenCount": 2, "candidatesTokenCount": 3, "thoughtsTokenCount": 4,
        "toolUsePromptTokenCount": 5, "totalTokenCount": 6, "promptTokensDetails": [{"tokenCount": 7}],
        "promptTokenDetails": [{"tokenCount": 8}], "cacheTokensDetails": [{"tokenCount": 9}],
        "candidatesTokensDetails": [{"tokenCount": 10}], "toolUsePromptTokensDetails": [{"tokenCount": 11}], "trafficType": "ON_DEMAND",
        "serviceTier": "flex", "billablePromptUsage": {}}));
    check::<ModalityTokenCount>(json!({"modality": "TEXT", "tokenCount": 1}));
}

#[test]
fn a_field_that_comes_twice_costs_nothing_and_null_takes_nothing_back() {
    let usage = |json: &str| serde_json::from_str::<UsageMetadata>(json).unwrap();
    let counted = usage(r#"{"totalTokenCount": 1, "total_token_count": "2", "promptTokensDetails": null, "x": 1, "x": [2]}"#);
    assert_eq!((counted.total_token_count, counted.extra.get("x")), (Some(2), Some(&json!([2]))));
    for (first, second) in
        [("totalTokenCount", "total_token_count"), ("total_token_count", "totalTokenCount"), ("totalTokenCount", "totalTokenCount")]
    {
        for (one, other) in [("5", "null"), ("null", "5")] {
            assert_eq!(usage(&format!(r#"{{"{first}": {one}, "{second}": {other}}}"#)).total_token_count, Some(5), "{first} {one}");
        }
    }
    let answer: GenerateContentResponse =
        serde_json::from_str(r#"{"usageMetadata": {}, "candidates": [{}], "usage_metadata": null, "candidates": null}"#).unwrap();
    assert!(answer.usage_metadata.is_some() && answer.candidates.len() == 1);
    let answer: GenerateContentResponse =
        serde_json::from_str(r#"{"usageMetadata": null, "promptFeedback": null, "candidates": null}"#).unwrap();
    assert_eq!(answer, GenerateContentResponse::default());
    let misread = serde_json::from_str::<GenerateContentResponse>(r#"{"usageMetadata": "x"}"#).unwrap_err().to_string();
    assert!(misread.starts_with("invalid type: string \"x\", expected struct UsageMetadata"), "{misread}");
    assert!(serde_json::from_str::<Part>("[]").is_err());
}
