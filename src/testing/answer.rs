//! What the embedded gateway says, in no protocol's words: it quotes what it was told, word by word.

use serde_json::{Map, Value, json};

/// What a request asks.
pub(super) struct Question {
    /// The last message's text.
    pub(super) said: String,
    /// Whether it is the answer of a tool.
    pub(super) is_from_tool: bool,
    /// Tools that may be called, with the schemas of their arguments.
    pub(super) tools: Vec<(String, Value)>,
    /// Whether to show some thinking first.
    pub(super) thinks: bool,
    /// Words of the whole conversation: every word is a token.
    pub(super) words: usize,
}

impl Question {
    /// Quotes what was said; calls a tool if its name is in it; reports what a tool has answered.
    pub(super) fn answer(&self) -> Answer {
        let said = &self.said;
        let thinking = self.thinks.then(|| format!("They said {} words.", words(said)));
        if self.is_from_tool {
            return Answer { thinking, text: format!("The tool says: {said}"), call: None };
        }
        let is_asked = |(name, _): &&(String, Value)| {
            !name.is_empty() && (said.contains(name) || said.to_lowercase().contains(&name.replace('_', " ")))
        };
        match self.tools.iter().find(is_asked) {
            Some((name, schema)) => {
                Answer { thinking, text: String::new(), call: Some(Call { name: name.clone(), arguments: arguments(schema, said) }) }
            }
            None => Answer { thinking, text: format!("You said: \"{said}\""), call: None },
        }
    }
}

/// What the gateway says: text, or a call of a tool, and perhaps what it thought before.
pub(super) struct Answer {
    pub(super) thinking: Option<String>,
    pub(super) text: String,
    pub(super) call: Option<Call>,
}

/// A call of a tool.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Value,
}

impl Answer {
    /// How many tokens it has, thinking included.
    pub(super) fn tokens(&self) -> usize {
        let said = match &self.call {
            None => words(&self.text),
            Some(call) => 1 + call.arguments.as_object().map_or(0, Map::len),
        };
        said + self.thinking_tokens()
    }

    pub(super) fn thinking_tokens(&self) -> usize {
        self.thinking.as_deref().map_or(0, words)
    }
}

impl Call {
    /// The arguments as JSON text, in two halves.
    pub(super) fn halves(&self) -> [String; 2] {
        let text = self.arguments.to_string();
        let half = (text.len() / 2..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let (first, second) = text.split_at(half);
        [first.to_owned(), second.to_owned()]
    }
}

pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The words of a text, each with the blank after it.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

/// The same vector for the same text, of length 1.
pub(super) fn vector(text: &str, size: usize) -> Vec<f32> {
    let mut values = vec![0.0_f32; size.clamp(1, 4096)];
    let size = values.len();
    for (at, byte) in text.bytes().enumerate() {
        values[(at + usize::from(byte)) % size] += f32::from(byte);
    }
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|value| *value /= length);
    }
    values
}

/// Arguments that fit a schema: its first allowed word, the last word that was said, 1, `true`.
fn arguments(schema: &Value, said: &str) -> Value {
    let last_word = said.split_whitespace().next_back().unwrap_or_default().trim_matches(|character: char| !character.is_alphanumeric());
    let kind = |property: &Value| property["type"].as_str().map(str::to_ascii_lowercase);
    let value = |property: &Value| match (property["enum"].get(0), kind(property).as_deref()) {
        (Some(first), _) => first.clone(),
        (None, Some("number" | "integer")) => json!(1),
        (None, Some("boolean")) => json!(true),
        (None, Some("array")) => json!([]),
        (None, Some("object")) => json!({}),
        _ => json!(last_word),
    };
    let properties = schema["properties"].as_object();
    let arguments: Map<String, Value> = properties.into_iter().flatten().map(|(name, property)| (name.clone(), value(property))).collect();
    Value::Object(arguments)
}
