//! Enums that a server may extend.

/// Writes an enum of known words whose last variant, `Other`, keeps any other word as it came.
///
/// The variants stand at the call site with their docs, and this adds what is the same for all of them. A derive can't do it:
/// `#[serde(untagged)]` on the catch-all buffers each value, on the hot path of every chunk.
///
/// With `or number`, for Google's enums: on request, its servers write them as the numbers of the protocol's definition, which differ
/// between its APIs. They are kept in `Number`.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A word that this version doesn't know, as it came.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::open_enum::open_enum! { @read $name, deserialize_str, "a string", { $( $variant = $word, )+ } }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident or number { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A word that this version doesn't know, as it came.
            Other(String),
            /// A number in place of the word, as it came: Google's servers send it to clients that ask for it.
            Number(i64),
        }

        impl $name {
            /// The word on the wire; `None` for a number.
            #[must_use]
            #[inline]
            pub fn as_str(&self) -> Option<&str> {
                match self {
                    $( Self::$variant => Some($word), )+
                    Self::Other(word) => Some(word),
                    Self::Number(_) => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    Self::Number(number) => write!(f, "{number}"),
                    word => f.write_str(word.as_str().unwrap_or_default()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Number(number) => serializer.serialize_i64(*number),
                    word => serializer.serialize_str(word.as_str().unwrap_or_default()),
                }
            }
        }

        $crate::open_enum::open_enum! { @read $name, deserialize_any, "a string or a number", { $( $variant = $word, )+ }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok($name::Number(number))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number).map($name::Number).map_err(E::custom)
            }
        }
    };
    ( @read $name:ident, $deserialize:ident, $expected:literal, { $( $variant:ident = $word:literal, )+ } $($visit:item)* ) => {
        impl From<&str> for $name {
            #[inline]
            fn from(word: &str) -> Self {
                match word {
                    $( $word => Self::$variant, )+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Word;

                impl serde::de::Visitor<'_> for Word {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                        Ok($name::from(word))
                    }

                    $($visit)*
                }

                deserializer.$deserialize(Word)
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro writes public enums")]
mod tests {
    open_enum! {
        /// Colours, by word or number.
        pub enum Colour or number {
            /// Red.
            Red = "RED",
        }
    }

    #[test]
    fn words_and_numbers_are_read_and_written_alike() {
        for (json, colour) in
            [(r#""RED""#, Colour::Red), (r#""PUCE""#, Colour::Other("PUCE".into())), ("7", Colour::Number(7)), ("-1", Colour::Number(-1))]
        {
            assert_eq!(serde_json::from_str::<Colour>(json).unwrap(), colour);
            assert_eq!(serde_json::to_string(&colour).unwrap(), json);
            assert_eq!(colour.to_string(), json.trim_matches('"'));
        }
        assert!(serde_json::from_str::<Colour>("{}").is_err());
    }
}
