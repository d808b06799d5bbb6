//! Objects whose fields are read into their places.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::lenient;

/// Reads a struct, each field by its names, and what has none of them into `extra`.
///
/// What `#[serde(flatten)]` makes of the same struct also holds every field until the last is read, and reads names by way of a type that
/// an unknown value would fit in. Of one of Gemini's pieces that is a tenth of all instructions, so that is where this is used; elsewhere,
/// derive. A field that comes twice, by either of its names, is no error as it would be by derive, and a `null` takes nothing back.
macro_rules! read_in_place {
    ($name:ident { $( $key:literal $(| $alias:literal)? => $field:ident $(by $reader:ty)?, )+ }) => {
        impl $crate::in_place::InPlace for $name {
            const NAME: &'static str = stringify!($name);

            fn read<'de, A: serde::de::MapAccess<'de>>(&mut self, mut fields: A) -> Result<(), A::Error> {
                while let Some($crate::in_place::Name(name)) = fields.next_key()? {
                    match &*name {
                        $( $key $(| $alias)? => {
                            $crate::in_place::Place::put(&mut self.$field, $crate::in_place::read_in_place!(@value fields $($reader)?));
                        } )+
                        _ => _ = self.extra.insert(name, fields.next_value::<serde_json::Value>()?),
                    }
                }
                Ok(())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::in_place::deserialize(deserializer)
            }
        }
    };
    (@value $fields:ident) => { $fields.next_value()? };
    (@value $fields:ident $reader:ty) => { $fields.next_value::<$reader>()?.0 };
}

pub(crate) use read_in_place;

/// What `read_in_place!` writes for a struct.
pub(crate) trait InPlace: Default {
    const NAME: &'static str;

    fn read<'de, A: MapAccess<'de>>(&mut self, fields: A) -> Result<(), A::Error>;
}

/// What a field is read into, unless what came is `null` or as good as that.
pub(crate) trait Place {
    fn put(&mut self, value: Self);
}

impl<T> Place for Option<T> {
    #[inline]
    fn put(&mut self, value: Self) {
        if value.is_some() {
            *self = value;
        }
    }
}

impl<T> Place for Vec<T> {
    #[inline]
    fn put(&mut self, value: Self) {
        if !value.is_empty() {
            *self = value;
        }
    }
}

impl Place for i64 {
    #[inline]
    fn put(&mut self, value: Self) {
        *self = value;
    }
}

/// The name of a field, borrowed where the source holds it as it is.
#[derive(Deserialize)]
pub(crate) struct Name<'n>(#[serde(borrow)] pub(crate) Cow<'n, str>);

pub(crate) fn deserialize<'de, T: InPlace, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: InPlace> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "struct {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
            let mut object = T::default();
            object.read(fields)?;
            Ok(object)
        }
    }

    deserializer.deserialize_map(Object(PhantomData))
}

/// A large object, read where it stays; or `null`.
pub(crate) struct Boxed<T>(pub(crate) Option<Box<T>>);

impl<'de, T: InPlace> Deserialize<'de> for Boxed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);

        impl<'de, T: InPlace> Visitor<'de> for Object<T> {
            type Value = Boxed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "struct {}", T::NAME)
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Boxed<T>, A::Error> {
                let mut object = Box::<T>::default();
                object.read(fields)?;
                Ok(Boxed(Some(object)))
            }

            fn visit_unit<E: Error>(self) -> Result<Boxed<T>, E> {
                Ok(Boxed(None))
            }

            fn visit_none<E: Error>(self) -> Result<Boxed<T>, E> {
                Ok(Boxed(None))
            }
        }

        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// `null` is the default.
#[derive(Deserialize)]
#[serde(bound = "T: Default + Deserialize<'de>")]
pub(crate) struct OrDefault<T>(#[serde(deserialize_with = "lenient::null_as_default")] pub(crate) T);

/// A list, whose only item may come without brackets around it.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(crate) struct List<T>(#[serde(deserialize_with = "lenient::list")] pub(crate) Vec<T>);

/// A count as gateways write it.
#[derive(Deserialize)]
pub(crate) struct Count(#[serde(deserialize_with = "lenient::optional_count")] pub(crate) Option<u64>);

/// A number, or the word for one that JSON has no number for.
#[derive(Deserialize)]
pub(crate) struct Float(#[serde(deserialize_with = "lenient::float::deserialize")] pub(crate) Option<f64>);
