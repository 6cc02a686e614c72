//! Courses, built from the sections of a district (district-side 5.4).

use crate::Text;

/// A course (clever-api 3.4). A district-level object; it meets schools through sections.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Course<'a> {
    /// Name; never empty in a published course.
    pub name: Text<'a>,
    /// Number; the key where there is one.
    pub number: Text<'a>,
}

impl Course<'_> {
    /// What identifies the course inside the district: its number, else its name (district-side 5.2).
    pub fn key(&self) -> String {
        if self.number.is_empty() {
            format!("name\u{1f}{}", self.name)
        } else {
            format!("number\u{1f}{}", self.number)
        }
    }
}
