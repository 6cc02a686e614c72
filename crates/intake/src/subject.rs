//! Subjects of sections from the Subject cell (district-side 6.4, step 1; the other steps are derive's).

use homeroom_model::Subject;

use crate::Tables;

/// The subject that a cell names: the cell as a whole if the table has it, else the first phrase of the table that it
/// contains as whole words.
pub(crate) fn subject(tables: &Tables, text: &str) -> Option<Subject> {
    if let Some(subject) = tables.subject.get(text) {
        return Some(subject);
    }
    let spaced = spaced(text);
    tables
        .subject_phrases
        .iter()
        .find(|(phrase, _)| spaced.contains(phrase.as_str()))
        .map(|(_, subject)| *subject)
}

/// The words of a text in lower case, with one blank before, between and after them.
pub(crate) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            spaced.extend(letter.to_lowercase());
        } else if !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    if !spaced.ends_with(' ') {
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_name_subjects() {
        let tables = Tables::shipped();
        for (text, expected) in [
            ("English", Some(Subject::English)),
            ("english/language arts", Some(Subject::English)),
            ("Language Arts", Some(Subject::English)),
            ("English Language Arts", Some(Subject::English)),
            ("World Language", Some(Subject::Language)),
            ("PhysEd", Some(Subject::Health)),
            ("P.E.", Some(Subject::Health)),
            ("Health", Some(Subject::Health)),
            ("Health Science", Some(Subject::Science)),
            ("Mathematics 7", Some(Subject::Math)),
            ("Art History", Some(Subject::Arts)),
            ("Music", Some(Subject::Arts)),
            ("Vocational", Some(Subject::Technology)),
            ("Student Support", Some(Subject::Other)),
            ("Admin", Some(Subject::Other)),
            ("HR", Some(Subject::Homeroom)),
            ("Social Studies", Some(Subject::SocialStudies)),
            ("Artisans", None),
            ("Lunch", None),
            ("Bilingual", None),
        ] {
            assert_eq!(subject(&tables, text), expected, "{text}");
        }
    }
}
