//! What pieces add up to.

use arouter::Error;
use arouter::gemini::{GeminiAccumulator, GenerateContentResponse};
use serde_json::{Value, json};

/// The sum of pieces.
fn joined(pieces: &Value) -> GenerateContentResponse {
    let mut accumulator = GeminiAccumulator::new();
    for piece in pieces.as_array().unwrap() {
        accumulator.push(serde_json::from_value(piece.clone()).unwrap()).unwrap();
    }
    assert_eq!(accumulator.response(), accumulator.clone().into_response());
    accumulator.into_response()
}

/// The sum of the parts of one answer, each in a piece of its own.
fn joined_parts(parts: &Value) -> Value {
    let pieces: Value = parts.as_array().unwrap().iter().map(|part| json!({"candidates": [{"content": {"parts": [part]}}]})).collect();
    serde_json::to_value(&joined(&pieces).candidates[0].content.as_ref().unwrap().parts).unwrap()
}

#[test]
fn only_plain_text_is_joined() {
    let rows = [
        ("text", json!([{"text": "a"}, {"text": ""}, {"text": "b"}]), json!([{"text": "ab"}])),
        (
            "thoughts apart",
            json!([{"text": "a", "thought": true}, {"text": "b", "thought": true}, {"text": "c"}, {"text": "d", "thought": false}]),
            json!([{"text": "ab", "thought": true}, {"text": "cd"}]),
        ),
        (
            "signed text stands alone, even without text",
            json!([{"text": "a"}, {"text": "b", "thoughtSignature": "s"}, {"text": "c"}, {"text": "", "thoughtSignature": "t"}]),
            json!([{"text": "a"}, {"text": "b", "thoughtSignature": "s"}, {"text": "c"}, {"text": "", "thoughtSignature": "t"}]),
        ),
        (
            "text with a field that nobody knows",
            json!([{"text": "a", "colour": 1}, {"text": "b"}, {"text": "c", "colour": 2}]),
            json!([{"text": "a", "colour": 1}, {"text": "b"}, {"text": "c", "colour": 2}]),
        ),
        (
            "code, its result, pictures and calls",
            json!([{"text": "a"}, {"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}, {"inlineData": {"data": "AQID"}},
                {"functionCall": {"name": "f"}}, {"functionCall": {"name": "f"}}, {"text": "b"}]),
            json!([{"text": "a"}, {"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}, {"inlineData": {"data": "AQID"}},
                {"functionCall": {"name": "f"}}, {"functionCall": {"name": "f"}}, {"text": "b"}]),
        ),
    ];
    for (what, parts, expected) in rows {
        assert_eq!(joined_parts(&parts), expected, "{what}");
    }
}

#[test]
fn calls_in_pieces_become_whole() {
    let begin = |name: &str| json!({"functionCall": {"name": name, "willContinue": true}});
    let more = |args: Value| json!({"functionCall": {"partialArgs": args, "willContinue": true}});
    let end = json!({"functionCall": {}});
    let rows = [
        (
            "text in pieces",
            json!([
                begin("f"),
                more(json!([{"jsonPath": "$.city", "stringValue": "Par", "willContinue": true}])),
                more(json!([{"jsonPath": "$.city", "stringValue": "is"}])),
                end
            ]),
            json!([{"functionCall": {"name": "f", "args": {"city": "Paris"}}}]),
        ),
        (
            "numbers, truths and nulls",
            json!([
                begin("f"),
                more(json!([{"jsonPath": "$.a", "numberValue": 5}, {"jsonPath": "$.b", "numberValue": 2.0}])),
                more(
                    json!([{"jsonPath": "$.c", "numberValue": 0.5}, {"jsonPath": "$.d", "boolValue": false}, {"jsonPath": "$.e", "nullValue": "NULL_VALUE"}])
                ),
                end
            ]),
            json!([{"functionCall": {"name": "f", "args": {"a": 5, "b": 2, "c": 0.5, "d": false, "e": null}}}]),
        ),
        (
            "objects and lists",
            json!([
                begin("f"),
                more(json!([{"jsonPath": "$.list[0].x", "stringValue": "p"}, {"jsonPath": "$.list[1]", "numberValue": 1}])),
                more(json!([{"jsonPath": "$['a b'].c", "boolValue": true}, {"jsonPath": "$.list[0].x", "stringValue": "q"}])),
                end
            ]),
            json!([{"functionCall": {"name": "f", "args": {"list": [{"x": "pq"}, 1], "a b": {"c": true}}}}]),
        ),
        (
            "a list that comes out of order",
            json!([begin("f"), more(json!([{"jsonPath": "$.l[2]", "numberValue": 3}, {"jsonPath": "$.l[0]", "numberValue": 1}])), end]),
            json!([{"functionCall": {"name": "f", "args": {"l": [1, null, 3]}}}]),
        ),
        (
            "paths that can't be read stay as they came",
            json!([
                begin("f"),
                more(json!([{"jsonPath": "$.a[*]", "stringValue": "x"}, {"jsonPath": "$[0]", "stringValue": "y"}, {"stringValue": "z"},
                {"jsonPath": "$.l[1024]", "numberValue": 1}, {"jsonPath": "$.b", "stringValue": "ok"}, {"jsonPath": "$.b.c", "stringValue": "w"}])),
                end
            ]),
            json!([{"functionCall": {"name": "f", "args": {"b": "ok"}, "partialArgs": [{"jsonPath": "$.a[*]", "stringValue": "x"},
                {"jsonPath": "$[0]", "stringValue": "y"}, {"stringValue": "z"}, {"jsonPath": "$.l[1024]", "numberValue": 1},
                {"jsonPath": "$.b.c", "stringValue": "w"}]}}]),
        ),
        (
            "two calls, with a signature and a field that nobody knows",
            json!([{"functionCall": {"name": "f", "willContinue": true}, "thoughtSignature": "s"}, more(json!([{"jsonPath": "$.a", "stringValue": "1"}])), end,
                begin("g"), more(json!([{"jsonPath": "$.a", "stringValue": "2"}])), {"functionCall": {"colour": 1}}]),
            json!([{"functionCall": {"name": "f", "args": {"a": "1"}}, "thoughtSignature": "s"}, {"functionCall": {"name": "g", "args": {"a": "2"}, "colour": 1}}]),
        ),
        (
            "interleaved, by id",
            json!([{"functionCall": {"id": "1", "name": "f", "willContinue": true}}, {"functionCall": {"id": "2", "name": "f", "willContinue": true}},
                {"functionCall": {"id": "1", "partialArgs": [{"jsonPath": "$.a", "stringValue": "1"}]}},
                {"functionCall": {"id": "2", "name": "f", "partialArgs": [{"jsonPath": "$.a", "stringValue": "2"}]}}]),
            json!([{"functionCall": {"id": "1", "name": "f", "args": {"a": "1"}}}, {"functionCall": {"id": "2", "name": "f", "args": {"a": "2"}}}]),
        ),
        (
            "in one piece, and cut",
            json!([{"functionCall": {"name": "f", "partialArgs": [{"jsonPath": "$.a", "stringValue": "1"}]}}, begin("g")]),
            json!([{"functionCall": {"name": "f", "args": {"a": "1"}}}, {"functionCall": {"name": "g", "willContinue": true}}]),
        ),
        (
            "an empty piece after the last",
            json!([begin("f"), {"functionCall": {"partialArgs": [{"jsonPath": "$.a", "stringValue": "1"}]}}, end, {"text": "a"}]),
            json!([{"functionCall": {"name": "f", "args": {"a": "1"}}}, {"text": "a"}]),
        ),
        ("a piece of nothing", json!([{"functionCall": {}}]), json!([{"functionCall": {}}])),
    ];
    for (what, parts, expected) in rows {
        assert_eq!(joined_parts(&parts), expected, "{what}");
    }
    let ended = joined(&json!([{"candidates": [{"content": {"parts": [begin("f")]}}]}, {"candidates": [{"finishReason": "STOP"}]}]));
    assert_eq!(ended.function_calls()[0].will_continue, None, "an answer that has ended has no open calls");
}

#[test]
fn a_few_bytes_of_a_path_cost_no_long_list() {
    let pieces: Value = (0..64).map(|list| json!({"jsonPath": format!("$.l{list}[1023]"), "boolValue": true})).collect();
    let parts = joined_parts(&json!([{"functionCall": {"name": "f", "partialArgs": pieces}}]));
    let call = &parts[0]["functionCall"];
    let places: usize = call["args"].as_object().unwrap().values().map(|list| list.as_array().map_or(0, Vec::len)).sum();
    assert_eq!((places, call["partialArgs"].as_array().unwrap().len()), (1024, 63));
}

#[test]
fn answers_are_told_apart_and_the_last_word_counts() {
    let whole = joined(&json!([
        {"responseId": "r1", "modelVersion": "m", "createTime": "t1", "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3}]},
            "candidates": [{"index": 1, "content": {"role": "model", "parts": [{"text": "B"}]}, "finishReason": "FINISH_REASON_UNSPECIFIED"}]},
        {"responseId": "r2", "candidates": [
            {"content": {"parts": [{"text": "A"}]}, "citationMetadata": {"citationSources": [{"uri": "u1"}]}, "groundingMetadata": {"webSearchQueries": ["q"]},
                "logprobsResult": {"chosenCandidates": [{"token": "A"}]}, "safetyRatings": [{"category": 7, "probability": 1}]},
            {"index": 1, "content": {"parts": [{"text": "b"}]}, "finishReason": "STOP"}]},
        {"turnToken": "tt", "usageMetadata": {"candidatesTokenCount": 5, "totalTokenCount": 8, "trafficType": 1}, "candidates": [
            {"content": {"parts": [{"text": "a"}]}, "finishReason": 2, "finishMessage": "cut", "citationMetadata": {"citationSources": [{"uri": "u2"}]},
                "groundingMetadata": {"groundingChunks": [{"web": {"uri": "u"}}]}, "logprobsResult": {"chosenCandidates": [{"token": "a"}]}},
            {"index": 1, "finishReason": "FINISH_REASON_UNSPECIFIED"}]},
    ]));
    let expected = json!({
        "responseId": "r1", "modelVersion": "m", "createTime": "t1", "turnToken": "tt",
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 5, "totalTokenCount": 8, "trafficType": 1,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 3}]},
        "candidates": [
            {"index": 0, "content": {"parts": [{"text": "Aa"}]}, "finishReason": 2, "finishMessage": "cut",
                "safetyRatings": [{"category": 7, "probability": 1}], "citationMetadata": {"citationSources": [{"uri": "u1"}, {"uri": "u2"}]},
                "groundingMetadata": {"webSearchQueries": ["q"], "groundingChunks": [{"web": {"uri": "u"}}]},
                "logprobsResult": {"chosenCandidates": [{"token": "A"}, {"token": "a"}]}},
            {"index": 1, "content": {"role": "model", "parts": [{"text": "Bb"}]}, "finishReason": "STOP"},
        ],
    });
    assert_eq!(whole, serde_json::from_value(expected).unwrap());
    assert_eq!((whole.text().as_str(), whole.finish_reason().unwrap().to_string().as_str()), ("Aa", "2"));
}

#[test]
fn an_index_that_can_not_be_adds_nothing() {
    let mut accumulator = GeminiAccumulator::new();
    for index in [-1, 128, i64::MAX, i64::MIN] {
        let piece = json!({"responseId": "r", "candidates": [{"content": {"parts": [{"text": "a"}]}}, {"index": index}]});
        let added = accumulator.push(serde_json::from_value(piece).unwrap());
        assert!(matches!(added, Err(Error::Decode { .. })), "{index}");
    }
    assert_eq!(accumulator.into_response(), GenerateContentResponse::default());
}
