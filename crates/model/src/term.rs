//! Terms, built from the sections of a district (district-side 5.4).

use crate::{Date, Text};

/// A term (clever-api 3.4): at least one of the three is known. All three are its key.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Term<'a> {
    /// Name.
    pub name: Text<'a>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
}

impl Term<'_> {
    /// What identifies the term inside the district: name and both dates (district-side 5.2).
    pub fn key(&self) -> String {
        let day = |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string());
        format!(
            "{}\u{1f}{}\u{1f}{}",
            self.name,
            day(self.start),
            day(self.end)
        )
    }
}
