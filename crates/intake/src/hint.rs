//! What a misspelt name was probably meant to be.

use strsim::osa_distance;

/// The known name nearest to a name, if it is near enough to be worth saying: one slip in short names, two in long ones,
/// none in those of less than three letters.
/// Both are compared in lower case without blanks, hyphens and underscores. The first of equally near names counts.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = bare(name);
    // A long text is no misspelt name, and the distance costs the product of both lengths.
    if name.is_empty() || name.len() > 64 {
        return None;
    }
    let allowed = match name.len() {
        0..3 => 0,
        3..6 => 1,
        _ => 2,
    };
    known
        .iter()
        .map(|&other| (osa_distance(&name, &bare(other)), other))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, other)| other)
}

/// A name in lower case without what separates words.
pub(crate) fn bare(name: &str) -> String {
    name.chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '_' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_seen_and_other_words_are_not() {
        let known = ["Student_id", "State_id", "DOB", "Grade"];
        for (name, meant) in [
            ("StudentID", Some("Student_id")),
            ("Studnet_id", Some("Student_id")),
            ("stateid", Some("State_id")),
            ("Grades", Some("Grade")),
            ("D.O.B.", Some("DOB")),
            ("Homeroom", None),
            ("", None),
            ("dog", Some("DOB")),
            ("cat", None),
        ] {
            assert_eq!(nearest(name, &known), meant, "{name}");
        }
    }
}
