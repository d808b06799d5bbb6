//! What "nothing is lost" means.

use serde_json::Value;

/// Equal but for the order of fields, `null` against absent, the spelling of numbers, and defaults of what was left out.
pub(super) fn assert_lossless(recorded: &Value, encoded: &Value, name: &str) {
    if let Err(difference) = compare(recorded, encoded, "$") {
        panic!("{name}: {difference}");
    }
}

fn compare(recorded: &Value, encoded: &Value, path: &str) -> Result<(), String> {
    match (recorded, encoded) {
        (Value::Object(recorded), Value::Object(encoded)) => {
            for (field, value) in recorded.iter().filter(|(_, value)| !value.is_null()) {
                let Some(encoded) = encoded.get(field) else { return Err(format!("{path}.{field} is lost: {value}")) };
                compare(value, encoded, &format!("{path}.{field}"))?;
            }
            let added = encoded.iter().find(|(field, value)| recorded.get(*field).is_none_or(Value::is_null) && !is_default(field, value));
            added.map_or(Ok(()), |(field, value)| Err(format!("{path}.{field} is made up: {value}")))
        }
        (Value::Array(recorded), Value::Array(encoded)) if recorded.len() == encoded.len() => recorded
            .iter()
            .zip(encoded)
            .enumerate()
            .try_for_each(|(at, (recorded, encoded))| compare(recorded, encoded, &format!("{path}[{at}]"))),
        (Value::Number(recorded), Value::Number(encoded)) if recorded.as_f64() == encoded.as_f64() => Ok(()),
        (recorded, encoded) if recorded == encoded => Ok(()),
        (recorded, encoded) => Err(format!("{path} was {recorded} and is {encoded}")),
    }
}

fn is_default(field: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || (field == "role" && text == "assistant"),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.iter().all(|(field, value)| is_default(field, value)),
        Value::Bool(true) => false,
    }
}
