//! Enums of objects that one of their fields tells apart.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::in_place::Name;
use crate::json;

/// Writes an enum of objects by the word in their tag; its last variant, `Other`, keeps any other object as it came.
///
/// Not `#[serde(untagged)]` on the way in: with it, an object of a known kind that is malformed would pass for an unknown one without a
/// word. And not `#[serde(tag)]` on the way in either, which buffers each object: where the tag comes first, as it does in all real
/// traffic, the rest is read straight into the variant.
macro_rules! tagged_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident by $tag:literal {
            $( $(#[$variant_meta:meta])* $variant:ident($body:ty) = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(tag = $tag)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[serde(rename = $word)]
                $variant($body),
            )+
            /// A kind that this version doesn't know, as it came.
            #[serde(untagged)]
            Other(serde_json::Value),
        }

        impl $crate::tagged::Tagged for $name {
            const TAG: &'static str = $tag;

            fn read<'de, D: serde::Deserializer<'de>>(word: &str, body: D) -> Result<Self, D::Error> {
                match word {
                    $( $word => serde::Deserialize::deserialize(body).map(Self::$variant), )+
                    _ => $crate::tagged::whole::<Self, _>(word, body).map(Self::Other),
                }
            }

            fn other(value: serde_json::Value) -> Self {
                Self::Other(value)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::tagged::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use tagged_enum;

/// What `tagged_enum!` writes for an enum, and what an enum with variants of its own writes by hand.
pub(crate) trait Tagged: DeserializeOwned {
    /// The field that tells the kind.
    const TAG: &'static str;

    /// Reads the rest of an object whose tag has this word.
    fn read<'de, D: Deserializer<'de>>(word: &str, body: D) -> Result<Self, D::Error>;

    /// What isn't an object, or has no such tag.
    fn other(value: Value) -> Self;
}

/// The object as it came, put together again from its tag and its rest.
pub(crate) fn whole<'de, T: Tagged, D: Deserializer<'de>>(word: &str, body: D) -> Result<Value, D::Error> {
    let mut fields = Map::deserialize(body)?;
    fields.insert(T::TAG.to_owned(), word.into());
    Ok(Value::Object(fields))
}

pub(crate) fn deserialize<'de, T: Tagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Tagged> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with a {}", T::TAG)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
            let mut fields = Map::new();
            if let Some(Word::Text(name)) = object.next_key()? {
                let value = match object.next_value()? {
                    Word::Text(word) if name == T::TAG => {
                        return T::read(&word, MapAccessDeserializer::new(Rest::<T, A>(object, PhantomData)));
                    }
                    Word::Text(text) => text.into(),
                    Word::Other(value) => value,
                };
                fields.insert(name.into_owned(), value);
            }
            // The tag comes later, or not at all.
            while let Some((name, value)) = object.next_entry::<String, Value>()? {
                fields.insert(name, value);
            }
            let has_tag = fields.get(T::TAG).is_some_and(Value::is_string);
            let object = Value::Object(fields);
            if has_tag { json::read_by(T::TAG, &object).map_err(A::Error::custom) } else { Ok(T::other(object)) }
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            Ok(T::other(text.into()))
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
            Ok(T::other(value.into()))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
            Ok(T::other(value.into()))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
            Ok(T::other(value.into()))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
            Ok(T::other(value.into()))
        }

        fn visit_unit<E: Error>(self) -> Result<T, E> {
            Ok(T::other(Value::Null))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
            Value::deserialize(SeqAccessDeserializer::new(items)).map(T::other)
        }
    }

    deserializer.deserialize_any(Object(PhantomData))
}

/// The fields after the tag. A second tag is an error, as is a second field of any other name that counts: it is for the second reading
/// of an answer to say that the last one wins.
struct Rest<T, A>(A, PhantomData<T>);

impl<'de, T: Tagged, A: MapAccess<'de>> Rest<T, A> {
    fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        match self.0.next_key()? {
            Some(Name(name)) if name == T::TAG => Err(A::Error::duplicate_field(T::TAG)),
            name => Ok(name.map(|Name(name)| name)),
        }
    }
}

impl<'de, T: Tagged, A: MapAccess<'de>> MapAccess<'de> for Rest<T, A> {
    type Error = A::Error;

    // Once for each variant: what all have in common is above.
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.next_name()? {
            None => Ok(None),
            Some(Cow::Borrowed(name)) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            Some(Cow::Owned(name)) => seed.deserialize(name.into_deserializer()).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(seed)
    }
}

/// The name or the value of a field: a word, borrowed where the source holds it as it is, or something that can't be one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word<'w> {
    Text(#[serde(borrow)] Cow<'w, str>),
    Other(Value),
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro writes public enums")]
mod tests {
    use super::*;
    use crate::extra::Extra;
    use serde::Serialize;
    use serde_json::json;

    tagged_enum! {
        /// Shapes.
        pub enum Shape by "type" {
            /// Round.
            Circle(Circle) = "circle",
            /// Not round.
            Square(Square) = "square",
        }
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[non_exhaustive]
    pub struct Circle {
        pub radius: u32,
        #[serde(flatten)]
        pub extra: Extra,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[non_exhaustive]
    pub struct Square {
        #[serde(flatten)]
        pub extra: Extra,
    }

    #[test]
    fn objects_are_read_and_written_alike_wherever_their_tag_is() {
        for json in [
            r#"{"type":"circle","radius":3,"color":"red"}"#,
            r#"{"radius":3,"color":"red","type":"circle"}"#,
            r#"{"\u0074ype":"circ\u006ce","radius":3,"color":"red"}"#,
        ] {
            let shape: Shape = serde_json::from_str(json).unwrap();
            assert!(matches!(&shape, Shape::Circle(circle) if circle.radius == 3 && circle.extra.get("color").is_some()), "{json}");
            assert_eq!(serde_json::to_value(&shape).unwrap(), serde_json::from_str::<Value>(json).unwrap());
        }
        assert!(matches!(serde_json::from_str(r#"{"type":"square"}"#), Ok(Shape::Square(_))));
    }

    #[test]
    fn what_is_unknown_is_kept_and_what_is_malformed_is_refused() {
        for value in [
            json!({"type": "line", "length": 2}),
            json!({"length": 2, "type": "line"}),
            json!({"type": 3, "radius": 1}),
            json!({"type": null}),
            json!({"type": {"name": "circle"}}),
            json!({"radius": 1}),
            json!({}),
            json!([1, {"a": null}]),
            json!("circle"),
            json!(null),
            json!(-1),
            json!(1.5),
            json!(true),
        ] {
            let text = value.to_string();
            assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), Shape::Other(value.clone()), "{text}");
            assert_eq!(serde_json::from_value::<Shape>(value.clone()).unwrap(), Shape::Other(value), "{text}");
        }
        assert!(serde_json::from_str::<Shape>(r#"{"type":"circle","radius":1,"type":"square"}"#).is_err());
        assert!(matches!(json::decode(br#"{"type":"circle","radius":1,"type":"square"}"#), Ok(Shape::Square(_))));
        let misread = json::decode::<Shape>(b"{\n\"radius\":\"x\",\n\"type\":\"circle\"}").unwrap_err().to_string();
        assert!(misread.contains("invalid type: string, expected u32 at line 3 column 16"), "its place in what came: {misread}");
        for json in [r#"{"type":"circle"}"#, r#"{"radius":"x","type":"circle"}"#, r#"{"type":"circle","radius":{}}"#] {
            assert!(serde_json::from_str::<Shape>(json).is_err(), "{json}");
        }
    }
}
