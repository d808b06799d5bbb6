//! What a decoded value holds that it has no type for, read from its debug output.

use std::fmt::Debug;

/// The fields in `extra`, as `Usage.speed`, and the objects in `Other`, as `Other(hologram)`, each once and in order.
pub(super) fn untyped(value: &impl Debug) -> Vec<String> {
    let text = format!("{value:?}");
    let mut reader = Reader { text: &text };
    let mut found = Vec::new();
    collect(&reader.node(), &mut found);
    assert_eq!(reader.text, "", "debug output is read to its end");
    found.sort();
    found.dedup();
    found
}

fn collect(node: &Node<'_>, found: &mut Vec<String>) {
    match node {
        Node::Object(name, fields) => {
            for (field, value) in fields {
                match value {
                    Node::Map(extra) if *field == "extra" => found.extend(extra.iter().map(|(key, _)| format!("{name}.{key}"))),
                    value => collect(value, found),
                }
            }
        }
        Node::Tuple("Other", items) => found.extend(items.iter().filter_map(|item| match item {
            Node::Value(fields) => Some(format!("Other({})", tag_of(fields))),
            _ => None,
        })),
        Node::Tuple(_, items) | Node::List(items) => items.iter().for_each(|item| collect(item, found)),
        Node::Map(entries) => entries.iter().for_each(|(_, value)| collect(value, found)),
        // What the caller's own JSON holds is nobody's type.
        Node::Value(_) | Node::Word(_) => {}
    }
}

fn tag_of<'t>(fields: &'t [(&'t str, Node<'t>)]) -> &'t str {
    let tag = fields.iter().find(|(name, _)| *name == "type" || *name == "id").map(|(_, value)| value);
    match tag {
        Some(Node::Tuple("String", items)) => match items.as_slice() {
            [Node::Word(word)] => word,
            _ => "",
        },
        _ => "",
    }
}

enum Node<'t> {
    /// A number, a text, a variant without fields.
    Word(&'t str),
    List(Vec<Self>),
    Map(Vec<(&'t str, Self)>),
    /// An object of `serde_json::Value`.
    Value(Vec<(&'t str, Self)>),
    Object(&'t str, Vec<(&'t str, Self)>),
    Tuple(&'t str, Vec<Self>),
}

struct Reader<'t> {
    text: &'t str,
}

impl<'t> Reader<'t> {
    fn node(&mut self) -> Node<'t> {
        self.blanks();
        match self.text.as_bytes().first() {
            Some(b'"') => Node::Word(self.string()),
            Some(b'[') => Node::List(self.items('[', ']')),
            Some(b'{') => Node::Map(self.entries()),
            _ => {
                let word = self.word();
                self.blanks();
                match self.text.as_bytes().first() {
                    Some(b'(') => Node::Tuple(word, self.items('(', ')')),
                    Some(b'[') if word == "Array" => Node::List(self.items('[', ']')),
                    Some(b'{') if word == "Object" => Node::Value(self.entries()),
                    Some(b'{') => Node::Object(word, self.entries()),
                    _ => Node::Word(word),
                }
            }
        }
    }

    fn items(&mut self, open: char, close: char) -> Vec<Node<'t>> {
        self.take(open);
        let mut items = Vec::new();
        while !self.ends(close) {
            items.push(self.node());
        }
        items
    }

    fn entries(&mut self) -> Vec<(&'t str, Node<'t>)> {
        self.take('{');
        let mut entries = Vec::new();
        while !self.ends('}') {
            if self.text.starts_with("..") {
                self.text = &self.text[2..];
                continue;
            }
            let name = if self.text.starts_with('"') { self.string() } else { self.word() };
            self.take(':');
            entries.push((name, self.node()));
        }
        entries
    }

    /// Passes blanks and commas, and the closing bracket if it is next.
    fn ends(&mut self, close: char) -> bool {
        self.text = self.text.trim_start_matches([' ', ',']);
        match self.text.strip_prefix(close) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'t str {
        let end = self.text.find([' ', ',', '(', ')', '{', '}', '[', ']', ':']).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    fn string(&mut self) -> &'t str {
        let mut escaped = false;
        let end = self.text[1..].find(|character| {
            let ends = character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
            ends
        });
        let end = end.expect("a string ends") + 1;
        let string = &self.text[1..end];
        self.text = &self.text[end + 1..];
        string
    }

    fn take(&mut self, expected: char) {
        self.blanks();
        self.text = self.text.strip_prefix(expected).unwrap_or_else(|| panic!("no {expected} in {:.80}", self.text));
    }

    fn blanks(&mut self) {
        self.text = self.text.trim_start();
    }
}

#[test]
fn what_has_no_type_is_found() {
    let chunk: arouter::chat::ChatChunk = serde_json::from_str(
        r#"{"id":"a \" extra: {","choices":[{"delta":{"content":[{"type":"hologram","a":{"b":[null,1.5]}}],"x":{}}}],"y":[{"z":1}],"usage":{"w":"{"}}"#,
    )
    .unwrap();
    assert_eq!(untyped(&chunk), ["ChatChunk.y", "Delta.x", "Other(hologram)", "Usage.w"]);
}
