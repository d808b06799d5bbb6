//! Streams as the three protocols send them, made here.

/// Words to make texts of; with a quote, a line break and a letter outside ASCII among them.
const WORDS: [&str; 12] = ["the", " river", " runs", " past", " a", r#" \"mill\""#, " and", " café", ",", " then", r"\n", " on"];

fn text(number: usize, words: usize) -> String {
    (0..words).map(|word| WORDS[(number * 7 + word * 5) % WORDS.len()]).collect()
}

/// So many chat chunks and the end mark.
pub(crate) fn chat_stream(chunks: usize) -> String {
    (0..chunks).map(chat_event).chain(["data: [DONE]\n\n".to_owned()]).collect()
}

/// A chat chunk as OpenRouter writes it: of twenty, five are reasoning, twelve text and three pieces of a tool call.
pub(crate) fn chat_event(number: usize) -> String {
    let delta = match number % 20 {
        0..5 => {
            let text = text(number, 2);
            let detail = format!(r#"{{"type":"reasoning.text","text":"{text}","format":"anthropic-claude-v1","index":0}}"#);
            format!(r#"{{"role":"assistant","content":"","reasoning":"{text}","reasoning_details":[{detail}]}}"#)
        }
        17 => {
            let start = format!(r#""index":0,"id":"call_{number:08}","type":"function""#);
            format!(r#"{{"role":"assistant","content":null,"tool_calls":[{{{start},"function":{{"name":"look_up","arguments":""}}}}]}}"#)
        }
        18.. => {
            let function = r#"{"arguments":"{\"place\":\"Oslo\",\"days\":"}"#;
            format!(r#"{{"role":"assistant","content":null,"tool_calls":[{{"index":0,"type":"function","function":{function}}}]}}"#)
        }
        _ => format!(r#"{{"role":"assistant","content":"{}"}}"#, text(number, 3)),
    };
    let head = r#""id":"gen-1790000000-pA4tsOfTh3Cr4te","provider":"Example","model":"example/model-5.4""#;
    let kind = r#""object":"chat.completion.chunk","created":1790000000"#;
    let choice = format!(r#"{{"index":0,"delta":{delta},"finish_reason":null,"native_finish_reason":null,"logprobs":null}}"#);
    format!("data: {{{head},{kind},\"choices\":[{choice}],\"system_fingerprint\":\"fp_0123456789\"}}\n\n")
}

/// So many events of Anthropic's: a block of thinking, one of text and one of a tool's arguments, and around them what belongs there.
pub(crate) fn messages_stream(events: usize) -> String {
    const USAGE: &str = r#""input_tokens":43,"cache_creation_input_tokens":0,"cache_read_input_tokens":0"#;
    let start = format!(
        r#"{{"type":"message_start","message":{{"id":"msg_01ExampleOfAMessage","type":"message","role":"assistant","model":"example-4-6","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{{USAGE},"output_tokens":1,"service_tier":"standard"}}}}}}"#
    );
    let blocks = [
        r#"{"type":"thinking","thinking":"","signature":""}"#,
        r#"{"type":"text","text":""}"#,
        r#"{"type":"tool_use","id":"toolu_01ExampleOfACall","name":"look_up","input":{}}"#,
    ];
    let deltas = events - 10;
    let counts = [deltas / 4, deltas - deltas / 4 - deltas * 15 / 100, deltas * 15 / 100];
    let mut all = vec![("message_start", start)];
    for (index, (block, count)) in blocks.into_iter().zip(counts).enumerate() {
        all.push(("content_block_start", format!(r#"{{"type":"content_block_start","index":{index},"content_block":{block}}}"#)));
        for number in 0..count {
            let delta = match index {
                0 => format!(r#"{{"type":"thinking_delta","thinking":"{}"}}"#, text(number, 4)),
                1 => format!(r#"{{"type":"text_delta","text":"{}"}}"#, text(number, 3)),
                _ => {
                    let piece = match number {
                        0 => r#"{\"places\": [\"Oslo\""#.to_owned(),
                        _ if number + 1 == count => "]}".to_owned(),
                        _ => format!(r#", \"Place {number}\""#),
                    };
                    format!(r#"{{"type":"input_json_delta","partial_json":"{piece}"}}"#)
                }
            };
            all.push(("content_block_delta", format!(r#"{{"type":"content_block_delta","index":{index},"delta":{delta}}}"#)));
        }
        if index == 0 {
            let delta = format!(r#"{{"type":"signature_delta","signature":"{}"}}"#, "EqoBCkgIARABGAIiQL".repeat(12));
            all.push(("content_block_delta", format!(r#"{{"type":"content_block_delta","index":0,"delta":{delta}}}"#)));
        }
        all.push(("content_block_stop", format!(r#"{{"type":"content_block_stop","index":{index}}}"#)));
    }
    let end = format!(r#"{{"stop_reason":"tool_use","stop_sequence":null}},"usage":{{{USAGE},"output_tokens":89}}"#);
    all.push(("message_delta", format!(r#"{{"type":"message_delta","delta":{end}}}"#)));
    all.push(("message_stop", r#"{"type":"message_stop"}"#.to_owned()));
    all.into_iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n")).collect()
}

/// So many pieces of Gemini's: text, a tenth of it thoughts, with the tokens so far in each.
pub(crate) fn gemini_stream(pieces: usize) -> String {
    let piece = |number: usize| {
        let thought = if number * 10 < pieces { r#","thought":true"# } else { "" };
        let part = format!(r#"{{"text":"{}"{thought}}}"#, text(number, 20));
        let end = if number + 1 == pieces { r#","finishReason":"STOP""# } else { "" };
        let counts = format!(r#""promptTokenCount":9,"candidatesTokenCount":{number},"totalTokenCount":{}"#, number + 87);
        let usage = format!(r#"{{{counts},"promptTokensDetails":[{{"modality":"TEXT","tokenCount":9}}],"thoughtsTokenCount":78}}"#);
        let candidate = format!(r#"{{"content":{{"parts":[{part}],"role":"model"}}{end},"index":0}}"#);
        let names = r#""modelVersion":"example-3-flash","responseId":"pAr7s0fThEcRaT""#;
        format!("data: {{\"candidates\":[{candidate}],\"usageMetadata\":{usage},{names}}}\n\n")
    };
    (0..pieces).map(piece).collect()
}
