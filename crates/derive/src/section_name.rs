//! Names of sections (district-side 6.2).

use std::borrow::Cow;

use crate::settings::SectionNames;

/// What a section's name is made of; empty where there is none.
pub(crate) struct NameParts<'a> {
    /// The SIS's name.
    pub(crate) sis: &'a str,
    /// Name of the course.
    pub(crate) course: &'a str,
    /// Family name of the primary teacher.
    pub(crate) teacher: &'a str,
    /// The period as sent.
    pub(crate) period: &'a str,
    /// The section's number.
    pub(crate) number: &'a str,
    /// The section's id; never empty.
    pub(crate) sis_id: &'a str,
}

impl<'a> NameParts<'a> {
    /// The name; never empty, and not unique.
    pub(crate) fn name(&self, source: SectionNames) -> Cow<'a, str> {
        if source == SectionNames::Sis && !self.sis.is_empty() {
            return Cow::Borrowed(self.sis);
        }
        let generated = self.generated();
        if !generated.is_empty() {
            Cow::Owned(generated)
        } else if !self.sis.is_empty() {
            Cow::Borrowed(self.sis)
        } else if self.number.is_empty() {
            Cow::Owned(format!("Section {}", self.sis_id))
        } else {
            Cow::Owned(format!("Section {}", self.number))
        }
    }

    fn generated(&self) -> String {
        let mut name = String::new();
        let parts = [self.course, self.teacher, self.period];
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !name.is_empty() {
                name.push_str(" - ");
            }
            name.push_str(part);
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_sis_or_from_the_parts() {
        use SectionNames::{Generated, Sis};
        let all = ["Block A", "Algebra", "Smith", "Period 3", "7", "S7"];
        let cases = [
            (Sis, all, "Block A"),
            (Generated, all, "Algebra - Smith - Period 3"),
            (
                Sis,
                ["", "Algebra", "Smith", "Period 3", "7", "S7"],
                "Algebra - Smith - Period 3",
            ),
            (Sis, ["", "Algebra", "", "3", "7", "S7"], "Algebra - 3"),
            (Sis, ["", "", "Smith", "", "7", "S7"], "Smith"),
            (Sis, ["", "", "", "", "7", "S7"], "Section 7"),
            (Sis, ["", "", "", "", "", "S7"], "Section S7"),
            (Generated, ["Block A", "", "", "", "7", "S7"], "Block A"),
        ];
        for (source, [sis, course, teacher, period, number, sis_id], expected) in cases {
            let parts = NameParts {
                sis,
                course,
                teacher,
                period,
                number,
                sis_id,
            };
            assert_eq!(parts.name(source), expected);
        }
    }
}
