//! Closed lists: the values the published API allows, with an escape for a value a source sent that is none of them.

use crate::Text;

/// A closed list of the published API.
pub trait ClosedList: Copy + Eq + 'static {
    /// Every value, in the order of the published list.
    const ALL: &'static [Self];

    /// The value as the newest version of the API writes it.
    fn text(self) -> &'static str;

    /// The stored code, from 1 up in the order of [`ClosedList::ALL`]. Codes are part of the stored format: new values
    /// are added at the end.
    fn code(self) -> u8;

    /// The value of a stored code.
    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The value that is written exactly so.
    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.text() == text)
    }
}

/// A field with a closed list: nothing, one of the list, or what a source sent that is not on the list.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Listed<'a, L> {
    /// Not known; versions whose list contains the empty string write it, others omit the field.
    #[default]
    Blank,
    /// A value of the list.
    Known(L),
    /// A value outside the list, kept as it came. A provider never serves it: intake maps what it can and reports the
    /// rest. A consumer meets it when a server is newer than the client.
    AsSent(Text<'a>),
}

impl<L: ClosedList> Listed<'_, L> {
    /// The value, if it is on the list.
    pub fn known(&self) -> Option<L> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Blank | Self::AsSent(_) => None,
        }
    }

    /// The text of the value, empty for blank.
    pub fn text(&self) -> &str {
        match self {
            Self::Blank => "",
            Self::Known(value) => value.text(),
            Self::AsSent(text) => text,
        }
    }

    /// The same value owning its text.
    pub fn into_owned(self) -> Listed<'static, L> {
        match self {
            Self::Blank => Listed::Blank,
            Self::Known(value) => Listed::Known(value),
            Self::AsSent(text) => Listed::AsSent(text.into_owned().into()),
        }
    }
}

impl<L: ClosedList> From<Option<L>> for Listed<'_, L> {
    fn from(value: Option<L>) -> Self {
        value.map_or(Self::Blank, Self::Known)
    }
}

/// Declares a closed list with its texts.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("Written `", $text, "`.")] $variant),+
        }

        impl $crate::ClosedList for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            fn code(self) -> u8 {
                self as u8 + 1
            }
        }
    };
}
pub(crate) use closed_list;
