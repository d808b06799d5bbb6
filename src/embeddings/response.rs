//! Vectors.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::chat::Usage;
use crate::error::{Error, Result};
use crate::extra::Extra;
use crate::json;
use crate::lenient;

/// The answer to an [`EmbeddingsRequest`](super::EmbeddingsRequest).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmbeddingsResponse {
    /// Id of the generation, if the gateway gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it is: `list`.
    #[serde(default)]
    pub object: String,
    /// The model that made the vectors.
    #[serde(default)]
    pub model: String,
    /// The vectors, in whatever order they came; [`vectors`](Self::vectors) has them in that of the input.
    pub data: Vec<Embedding>,
    /// What it used and cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// When it was made, Unix time in seconds.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub created: Option<u64>,
    /// Provider that served it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

impl EmbeddingsResponse {
    /// The vectors in the order of the input, numbers or base64 alike.
    ///
    /// One that came as text that wasn't asked for is empty here; its [`Vector::Encoded`] has it.
    #[must_use]
    #[inline]
    pub fn vectors(&self) -> Vec<&[f32]> {
        let mut ordered: Vec<&Embedding> = self.data.iter().collect();
        // Servers that leave the index out keep the order; those that leave out a 0 alone mean the first.
        ordered.sort_by_key(|embedding| embedding.index);
        ordered.into_iter().map(|embedding| embedding.embedding.as_slice()).collect()
    }

    /// As [`vectors`](Self::vectors), to own them.
    #[must_use]
    #[inline]
    pub fn into_vectors(mut self) -> Vec<Vec<f32>> {
        self.data.sort_by_key(|embedding| embedding.index);
        self.data.into_iter().map(|embedding| embedding.embedding.into_vec()).collect()
    }

    /// The answer, if it has a vector of each of so many inputs.
    #[inline]
    pub(super) fn of_inputs(self, inputs: usize) -> Result<Self> {
        let vectors = self.data.iter().filter(|embedding| !embedding.embedding.as_slice().is_empty()).count();
        if vectors != inputs || self.data.len() != inputs {
            return Err(Error::decode(format!("{vectors} vectors came for {inputs} inputs")));
        }
        let is_told = self.data.iter().any(|embedding| embedding.index.is_some());
        let mut indices: Vec<u64> = self.data.iter().map(|embedding| embedding.index.unwrap_or_default()).collect();
        indices.sort_unstable();
        if is_told && indices.into_iter().zip(0..).any(|(index, place)| index != place) {
            return Err(Error::decode(format!("the indices of the vectors repeat, or go beyond the {inputs} inputs")));
        }
        Ok(self)
    }
}

/// One vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Embedding {
    /// What it is: `embedding`.
    #[serde(default)]
    pub object: String,
    /// Place of its text in the input, from 0. `None` is 0 too, unless no vector of the answer has one: then they keep the order.
    #[serde(default, deserialize_with = "lenient::optional_count", skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The vector.
    pub embedding: Vector,
    /// Fields that this version doesn't know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A vector, and how it was written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Vector {
    /// As numbers.
    Floats(Vec<f32>),
    /// As base64 of 32-bit floats, which the request had asked for.
    Base64(Vec<f32>),
    /// As text that the request had not asked for, as it came: what it holds is the server's business.
    Encoded(String),
}

impl Vector {
    /// The numbers; none of text that was not asked for.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[f32] {
        match self {
            Self::Floats(numbers) | Self::Base64(numbers) => numbers,
            Self::Encoded(_) => &[],
        }
    }

    /// The numbers, to own them; none of text that was not asked for.
    #[must_use]
    #[inline]
    pub fn into_vec(self) -> Vec<f32> {
        match self {
            Self::Floats(numbers) | Self::Base64(numbers) => numbers,
            Self::Encoded(_) => Vec::new(),
        }
    }
}

impl Serialize for Vector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Floats(numbers) => numbers.serialize(serializer),
            Self::Base64(numbers) => {
                let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
                serializer.serialize_str(&STANDARD.encode(bytes))
            }
            Self::Encoded(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyVector;

        impl<'de> Visitor<'de> for AnyVector {
            type Value = Vector;

            #[inline]
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers or text")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, numbers: A) -> Result<Vector, A::Error> {
                let mut numbers: Vec<f32> = Vec::deserialize(SeqAccessDeserializer::new(numbers))?;
                // It grew by doubling, and may be kept for long: of 1,536 numbers, a third more.
                numbers.shrink_to_fit();
                Ok(Vector::Floats(numbers))
            }

            fn visit_str<E>(self, text: &str) -> Result<Vector, E> {
                Ok(Vector::Encoded(text.to_owned()))
            }
        }

        deserializer.deserialize_any(AnyVector)
    }
}

/// Decodes an answer; its text is base64 of numbers if the request had asked for that.
#[inline]
pub(crate) fn decode(body: &[u8], is_base64: bool) -> Result<EmbeddingsResponse> {
    let mut answer: EmbeddingsResponse = json::decode_answer(body)?;
    for embedding in answer.data.iter_mut().filter(|_| is_base64) {
        if let Vector::Encoded(text) = &embedding.embedding {
            let numbers = numbers(text).ok_or_else(|| Error::decode("a vector is no base64 of 32-bit floats"))?;
            embedding.embedding = Vector::Base64(numbers);
        }
    }
    Ok(answer)
}

/// Decodes base64 straight into numbers, by pieces that fit into a cache.
#[inline]
fn numbers(text: &str) -> Option<Vec<f32>> {
    let mut numbers = Vec::with_capacity(text.len() * 3 / 16);
    let mut bytes = [0; BYTES];
    for piece in text.as_bytes().chunks(BYTES / 3 * 4) {
        let length = STANDARD.decode_slice(piece, &mut bytes).ok()?;
        let whole = bytes[..length].chunks_exact(4);
        if !whole.remainder().is_empty() {
            return None;
        }
        numbers.extend(whole.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])));
    }
    Some(numbers)
}

/// A multiple of three for base64, and of four for numbers.
const BYTES: usize = 3072;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_takes_no_more_room_than_its_numbers() {
        let numbers = vec![0.5_f32; 1536];
        for vector in [Vector::Floats(numbers.clone()), Vector::Base64(numbers)] {
            let body = serde_json::to_vec(&serde_json::json!({"data": [{"embedding": vector}]})).unwrap();
            let vectors = decode(&body, true).unwrap().into_vectors();
            assert_eq!((vectors[0].len(), vectors[0].capacity()), (1536, 1536));
        }
    }

    #[test]
    fn base64_is_read_and_written_alike_at_every_length() {
        for length in [0, 1, 2, 3, 4, 5, 767, 768, 769, 1536, 4000] {
            let written: Vec<f32> = (0_u16..).take(length).map(|number| f32::from(number) * 0.37 - 100.0).collect();
            let json = serde_json::to_value(Vector::Base64(written.clone())).unwrap();
            assert_eq!(numbers(json.as_str().unwrap()), Some(written), "{length}");
        }
        for text in ["AAA", "AAAA", "????", "AAAAAAAA=", "AAAAAAA"] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }
}
