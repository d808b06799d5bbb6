//! Function calls in pieces, as Vertex streams them: values by their path in the arguments.

use serde_json::{Map, Value};

use super::content::Part;
use super::function::{FunctionCall, PartialArg};
use crate::json::as_integer;

/// How many empty places the lists of a stream may still get: a few bytes of a path must not cost the memory of a long list.
#[derive(Debug, Clone)]
pub(super) struct Gaps(usize);

impl Default for Gaps {
    #[inline]
    fn default() -> Self {
        Self(MAX_GAPS)
    }
}

/// Adds a function call, or a piece of one to the call that it belongs to.
#[inline]
pub(super) fn add_call(parts: &mut Vec<Part>, mut new: Part, gaps: &mut Gaps) {
    let Some(mut piece) = new.function_call.take() else { return };
    let Some(place) = place_of(parts, &piece) else {
        if let Some(args) = piece.partial_args.take() {
            add_args(&mut piece, args, gaps);
        }
        new.function_call = Some(piece);
        parts.push(new);
        return;
    };
    let begun = &mut parts[place];
    add_piece(begun.function_call.get_or_insert_default(), *piece, gaps);
    if new.thought_signature.is_some() {
        begun.thought_signature = new.thought_signature;
    }
    begun.extra.merge(new.extra);
}

/// Where the call is that this is a piece of; `None` if it begins one.
#[inline]
fn place_of(parts: &[Part], piece: &FunctionCall) -> Option<usize> {
    // A call that goes on is among the last ones; to look through all would take the square of their number.
    let late = parts.len().saturating_sub(MAX_OPEN);
    let is_call = |part: &Part, is_it: &dyn Fn(&FunctionCall) -> bool| part.function_call.as_deref().is_some_and(is_it);
    let last = |is_it: &dyn Fn(&FunctionCall) -> bool| parts[late..].iter().rposition(|part| is_call(part, is_it)).map(|at| late + at);
    let open = last(&|call| call.will_continue == Some(true) && continues(call, piece));
    // Nothing but its name can begin a call, and some servers end one with an empty piece, whatever the piece before it said.
    let is_rest = piece.name().is_empty() && piece.id.is_none() && piece.args.is_none();
    open.or_else(|| last(&|_| is_rest))
}

/// A call begins with its name; its later pieces have none, or say whose they are.
#[inline]
fn continues(call: &FunctionCall, piece: &FunctionCall) -> bool {
    let is_nameless = piece.name().is_empty();
    match (&call.id, &piece.id) {
        (Some(known), Some(id)) => known == id && (is_nameless || piece.name == call.name),
        _ => is_nameless,
    }
}

#[inline]
fn add_piece(call: &mut FunctionCall, piece: FunctionCall, gaps: &mut Gaps) {
    if call.id.is_none() {
        call.id = piece.id;
    }
    if let Some(args) = piece.args {
        call.args.get_or_insert_default().extend(args);
    }
    add_args(call, piece.partial_args.unwrap_or_default(), gaps);
    call.will_continue = piece.will_continue.filter(|more| *more);
    call.extra.merge(piece.extra);
}

/// Puts values where they belong; those with a path that can't be read stay as they came.
#[inline]
fn add_args(call: &mut FunctionCall, pieces: Vec<PartialArg>, gaps: &mut Gaps) {
    for piece in pieces {
        let path = piece.json_path.as_deref().and_then(parse);
        let place = path.and_then(|path| place_at(call.args.get_or_insert_default(), path, gaps));
        match place {
            Some(place) => set(place, piece),
            None => call.partial_args.get_or_insert_default().push(piece),
        }
    }
}

#[inline]
fn set(place: &mut Value, piece: PartialArg) {
    let PartialArg { json_path: _, string_value, number_value, bool_value, null_value, will_continue: _, extra: _ } = piece;
    if let Some(more) = string_value {
        match place {
            Value::String(text) => text.push_str(&more),
            place => *place = more.into(),
        }
    } else if let Some(number) = number_value {
        // Protocol buffers have one kind of numbers, and some servers write each with a point.
        let integer = number.as_f64().filter(|_| number.is_f64()).and_then(as_integer);
        *place = integer.map_or(Value::Number(number), Value::from);
    } else if let Some(truth) = bool_value {
        *place = truth.into();
    } else if null_value.is_some() {
        *place = Value::Null;
    }
}

/// A step from a value to one that it holds.
#[derive(Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// Reads `$.name`, `$['name']` and `$[0]`, and what can be made of them; `None` for anything else.
#[inline]
fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == MAX_DEPTH {
            return None;
        }
        let step;
        (step, rest) = if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (Step::Key(name[..end].to_owned()), &name[end..])
        } else if let Some(quoted) = rest.strip_prefix("['") {
            quoted_key(quoted, '\'')?
        } else if let Some(quoted) = rest.strip_prefix("[\"") {
            quoted_key(quoted, '"')?
        } else {
            let (index, rest) = rest.strip_prefix('[')?.split_once(']')?;
            (Step::Index(index.parse().ok().filter(|index| *index < MAX_INDEX)?), rest)
        };
        if matches!(&step, Step::Key(name) if name.is_empty()) {
            return None;
        }
        steps.push(step);
    }
    Some(steps)
}

/// The key up to its closing quote and bracket, and what comes after them; a backslash escapes.
#[inline]
fn quoted_key(text: &str, quote: char) -> Option<(Step, &str)> {
    let mut key = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '\\' => key.push(characters.next()?),
            character if character == quote => break,
            character => key.push(character),
        }
    }
    Some((Step::Key(key), characters.as_str().strip_prefix(']')?))
}

/// The place at the end of a path, made if need be; `None` if something else is in the way, or the path begins with no name.
#[inline]
fn place_at<'a>(args: &'a mut Map<String, Value>, path: Vec<Step>, gaps: &mut Gaps) -> Option<&'a mut Value> {
    let mut steps = path.into_iter();
    let Some(Step::Key(first)) = steps.next() else { return None };
    let mut place = args.entry(first).or_insert(Value::Null);
    for step in steps {
        place = match step {
            Step::Key(key) => {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                place.as_object_mut()?.entry(key).or_insert(Value::Null)
            }
            Step::Index(index) => {
                if place.is_null() {
                    *place = Value::Array(Vec::new());
                }
                let list = place.as_array_mut()?;
                gaps.0 = gaps.0.checked_sub(index.saturating_sub(list.len()))?;
                if index >= list.len() {
                    list.resize(index + 1, Value::Null);
                }
                &mut list[index]
            }
        };
    }
    Some(place)
}

/// How many parts may lie between two pieces of a call.
const MAX_OPEN: usize = 128;

/// Bounds of what a path may ask for.
const MAX_DEPTH: usize = 64;
const MAX_INDEX: usize = 1024;
const MAX_GAPS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_each_spelling_and_nothing_else_is() {
        let key = |name: &str| Step::Key(name.to_owned());
        let rows = [
            ("$.a", vec![key("a")]),
            ("$.a.b", vec![key("a"), key("b")]),
            ("$.list[0].x", vec![key("list"), Step::Index(0), key("x")]),
            ("$['a b']", vec![key("a b")]),
            (r"$['it\'s'][3]", vec![key("it's"), Step::Index(3)]),
            (r#"$["a"].b"#, vec![key("a"), key("b")]),
            ("$.a[1][1023]", vec![key("a"), Step::Index(1), Step::Index(1023)]),
            ("$.日本", vec![key("日本")]),
            ("$", vec![]),
        ];
        for (path, steps) in rows {
            assert_eq!(parse(path), Some(steps), "{path}");
        }
        let deep = format!("${}", ".a".repeat(65));
        for path in
            ["", "a", "$a", "$.", "$..a", "$.a[", "$.a[]", "$.a[-1]", "$.a[1024]", "$.a[*]", "$['a", "$['a'", "$['a\\", "$['']", &deep]
        {
            assert_eq!(parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_call_that_goes_on_is_looked_for_among_the_last_parts() {
        let call = |json: &str| -> Part { serde_json::from_str(&format!(r#"{{"functionCall":{json}}}"#)).unwrap() };
        for (between, parts_more) in [(MAX_OPEN - 1, 0), (MAX_OPEN, 1)] {
            let mut parts = Vec::new();
            add_call(&mut parts, call(r#"{"name":"f","willContinue":true}"#), &mut Gaps::default());
            parts.extend(vec![Part::text("x"); between]);
            let piece = call(r#"{"partialArgs":[{"jsonPath":"$.a","numberValue":1}]}"#);
            add_call(&mut parts, piece, &mut Gaps::default());
            assert_eq!(parts.len(), 1 + between + parts_more);
        }
    }
}
