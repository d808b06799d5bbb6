//! Serde helpers for what gateways really send.
//!
//! To take another oddity: write a function here and name it at the field with `#[serde(deserialize_with)]`, or have a type in
//! `in_place.rs` that does, and name that in the list of a struct that is read by one.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde_json::Value;

use crate::json::{self, as_integer};

/// `null` is the default, like an absent field.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A count, which may come as an integer, as a float without a fraction, as text or as `null`.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    optional_count(deserializer).map(Option::unwrap_or_default)
}

/// As [`count`], with `null` told apart.
pub(crate) fn optional_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    optional_integer(deserializer)
}

/// A list of counts, each as [`count`].
pub(crate) fn counts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    #[derive(serde::Deserialize)]
    struct One(#[serde(deserialize_with = "count")] u64);

    let counts: Vec<One> = null_as_default(deserializer)?;
    Ok(counts.into_iter().map(|One(count)| count).collect())
}

/// As [`optional_count`], for integers that may be negative as well.
pub(crate) fn optional_integer<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64> + TryFrom<i64> + FromStr,
{
    deserializer.deserialize_any(Integer(PhantomData))
}

struct Integer<T>(PhantomData<T>);

impl<T: TryFrom<u64> + TryFrom<i64> + FromStr> Visitor<'_> for Integer<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_u64<E: Error>(self, integer: u64) -> Result<Self::Value, E> {
        T::try_from(integer).map(Some).map_err(|_| E::invalid_value(Unexpected::Unsigned(integer), &self))
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Self::Value, E> {
        T::try_from(integer).map(Some).map_err(|_| E::invalid_value(Unexpected::Signed(integer), &self))
    }

    fn visit_f64<E: Error>(self, integer: f64) -> Result<Self::Value, E> {
        let whole = as_integer(integer).and_then(|whole| T::try_from(whole).ok());
        whole.map(Some).ok_or_else(|| E::invalid_value(Unexpected::Float(integer), &self))
    }

    fn visit_str<E: Error>(self, integer: &str) -> Result<Self::Value, E> {
        integer.trim().parse().map(Some).map_err(|_| E::invalid_value(Unexpected::Other("text"), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A number that may be `"NaN"`, `"Infinity"` or `"-Infinity"`, as protocol buffers write what JSON has no number for.
pub(crate) mod float {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Float {
        Number(f64),
        Word(String),
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        match Option::deserialize(deserializer)? {
            None => Ok(None),
            Some(Float::Number(number)) => Ok(Some(number)),
            Some(Float::Word(word)) => word.parse().map(Some).map_err(|_| serde::de::Error::custom("text that is no number")),
        }
    }

    pub(crate) fn serialize<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match *number {
            Some(f64::INFINITY) => "Infinity".serialize(serializer),
            Some(f64::NEG_INFINITY) => "-Infinity".serialize(serializer),
            Some(number) if number.is_nan() => "NaN".serialize(serializer),
            number => number.serialize(serializer),
        }
    }
}

/// A list, whose only item may come without brackets around it.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    optional_list(deserializer).map(Option::unwrap_or_default)
}

/// As [`list`], with `null` told apart.
pub(crate) fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct List<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Option<Vec<T>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
            items_of(items).map(Some)
        }

        fn visit_map<A: MapAccess<'de>>(self, item: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(item)).map(|item| Some(vec![item]))
        }

        fn visit_str<E: Error>(self, item: &str) -> Result<Self::Value, E> {
            T::deserialize(item.into_deserializer()).map(|item| Some(vec![item]))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(List(PhantomData))
}

/// A list that mostly has one item; `null` is an empty one.
pub(crate) fn mostly_one<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Items<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a sequence")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Vec<T>, A::Error> {
            items_of(items)
        }

        fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }
    }

    deserializer.deserialize_any(Items(PhantomData))
}

/// The items of a list, in room for one to begin with: a list that grows has room for four, and of a chunk's choices that costs 3 % of all
/// instructions.
fn items_of<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(mut items: A) -> Result<Vec<T>, A::Error> {
    let mut list = Vec::new();
    while let Some(item) = items.next_element()? {
        if list.is_empty() {
            list.reserve_exact(1);
        }
        list.push(item);
    }
    Ok(list)
}

/// JSON text, or the JSON itself, which some servers send in its place.
pub(crate) fn json_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Text, a list, or what else may come in their place.
pub(crate) enum TextOrList<T> {
    Text(String),
    List(Vec<T>),
    Other(Value),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOrList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = TextOrList<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a list or an object")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TextOrList::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(TextOrList::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(TextOrList::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                Value::deserialize(MapAccessDeserializer::new(object)).map(TextOrList::Other)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(TextOrList::Other(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(TextOrList::Other(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(TextOrList::Other(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                Ok(TextOrList::Other(value.into()))
            }
        }

        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// Something that may come bare, or in a `data` of its own; then what stands around it is taken in.
pub(crate) struct Unwrapped<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Unwrapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        if let Value::Object(around) = &mut value
            && let Some(Value::Object(_)) = around.get("data")
            && let Some(Value::Object(mut data)) = around.remove("data")
        {
            for (name, field) in std::mem::take(around) {
                data.entry(name).or_insert(field);
            }
            value = Value::Object(data);
        }
        json::read(&value).map(Self).map_err(D::Error::custom)
    }
}

/// A value that is read and dropped.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Counted {
        #[serde(default, deserialize_with = "count")]
        tokens: u64,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Odd {
        #[serde(default, deserialize_with = "list")]
        names: Vec<String>,
        #[serde(default, deserialize_with = "optional_list")]
        sizes: Option<Vec<std::collections::BTreeMap<String, u8>>>,
        #[serde(default, deserialize_with = "optional_integer")]
        seed: Option<i64>,
        #[serde(default, with = "float")]
        score: Option<f64>,
    }

    #[test]
    fn a_list_of_one_may_lack_its_brackets() {
        for (json, expected) in [
            ("{}", r#"{"names":[],"sizes":null,"seed":null,"score":null}"#),
            (r#"{"names":null,"sizes":null,"seed":null,"score":null}"#, r#"{"names":[],"sizes":null,"seed":null,"score":null}"#),
            (r#"{"names":"a","sizes":{"w":1},"seed":-1.0,"score":"NaN"}"#, r#"{"names":["a"],"sizes":[{"w":1}],"seed":-1,"score":"NaN"}"#),
            (
                r#"{"names":["a"],"sizes":[{"w":1},{}],"seed":"-7","score":"-Infinity"}"#,
                r#"{"names":["a"],"sizes":[{"w":1},{}],"seed":-7,"score":"-Infinity"}"#,
            ),
            (r#"{"names":[],"sizes":[],"seed":7,"score":-1}"#, r#"{"names":[],"sizes":[],"seed":7,"score":-1.0}"#),
        ] {
            assert_eq!(serde_json::to_string(&serde_json::from_str::<Odd>(json).unwrap()).unwrap(), expected, "{json}");
        }
        for json in [r#"{"names":{"a":1}}"#, r#"{"sizes":"a"}"#, r#"{"names":3}"#, r#"{"seed":1.5}"#, r#"{"score":"x"}"#] {
            assert!(serde_json::from_str::<Odd>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn counts_are_read_in_every_spelling() {
        for (json, tokens) in
            [("{}", 0), (r#"{"tokens":null}"#, 0), (r#"{"tokens":7}"#, 7), (r#"{"tokens":7.0}"#, 7), (r#"{"tokens":"7"}"#, 7)]
        {
            assert_eq!(serde_json::from_str::<Counted>(json).unwrap().tokens, tokens, "{json}");
        }
        for json in [r#"{"tokens":-1}"#, r#"{"tokens":1.5}"#, r#"{"tokens":1e300}"#, r#"{"tokens":"x"}"#] {
            assert!(serde_json::from_str::<Counted>(json).is_err(), "{json}");
        }
    }
}
