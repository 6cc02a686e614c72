//! Parts shared by several nouns.

use crate::Text;

/// A person's name. A contact's whole name stands in `last` (clever-api 2.3).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Name<'a> {
    /// Given name.
    pub first: Text<'a>,
    /// Middle name or names.
    pub middle: Text<'a>,
    /// Family name.
    pub last: Text<'a>,
}

impl Name<'_> {
    /// Whether no part is known.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.middle.is_empty() && self.last.is_empty()
    }
}

crate::name::redacted!(Name<'_>, Location<'_>);

/// A postal address; every part optional.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Location<'a> {
    /// Street and number.
    pub address: Text<'a>,
    /// City.
    pub city: Text<'a>,
    /// State, usually two letters.
    pub state: Text<'a>,
    /// Postal code, text: leading zeros count.
    pub zip: Text<'a>,
}

impl Location<'_> {
    /// Whether no part is known.
    pub fn is_empty(&self) -> bool {
        self.address.is_empty()
            && self.city.is_empty()
            && self.state.is_empty()
            && self.zip.is_empty()
    }
}

/// Gives types that hold personal data a `Debug` that shows none of it (layout, invariant 11).
macro_rules! redacted {
    ($($name:ty),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), " { .. }"))
            }
        })+
    };
}
pub(crate) use redacted;
