//! Setters of optional fields.

/// Writes a setter for each optional field of a struct; the fields carry the meaning.
///
/// Three groups, each of which may be empty: fields that are set to a value of their type, fields that take what converts into it, and
/// lists that take any number of what converts into their items.
macro_rules! setters {
    (
        $name:ident:
        $( $field:ident: $value:ty, )*
        $( => into $( $into_field:ident: $into_value:ty, )* )?
        $( => each $( $list_field:ident: $item:ty, )* )?
    ) => {
        impl $name {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[must_use]
                #[inline]
                pub fn $field(mut self, $field: $value) -> Self {
                    self.$field = Some($field);
                    self
                }
            )*
            $($(
                #[doc = concat!("Sets [`", stringify!($into_field), "`](Self#structfield.", stringify!($into_field), ").")]
                #[must_use]
                pub fn $into_field(mut self, $into_field: impl Into<$into_value>) -> Self {
                    self.$into_field = Some($into_field.into());
                    self
                }
            )*)?
            $($(
                #[doc = concat!("Sets [`", stringify!($list_field), "`](Self#structfield.", stringify!($list_field), ").")]
                #[must_use]
                pub fn $list_field(mut self, $list_field: impl IntoIterator<Item = impl Into<$item>>) -> Self {
                    self.$list_field = Some($list_field.into_iter().map(Into::into).collect());
                    self
                }
            )*)?
        }
    };
}

pub(crate) use setters;
