//! Which values reports may show (layout, invariant 11): ids, grades, words of closed lists, terms and what describes a
//! school or a course. What describes a person is never shown.

/// How much of a column's values a report may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The value.
    Shown,
    /// Its form only: letters as `a`, digits as `9`.
    Form,
    /// Nothing.
    Hidden,
}

/// How much may be shown of a documented column. Of all others, extension fields among them, nothing may be: nobody
/// knows what is in them.
pub fn exposure(column: &str) -> Exposure {
    match column {
        "School_id"
        | "Student_id"
        | "Teacher_id"
        | "Staff_id"
        | "Section_id"
        | "Contact_sis_id"
        | "resource_id"
        | "sis_id"
        | "Student_number"
        | "Teacher_number"
        | "School_number"
        | "School_name"
        | "School_address"
        | "School_city"
        | "School_state"
        | "School_zip"
        | "School_phone"
        | "Nces_id"
        | "Mdr_number"
        | "Low_grade"
        | "High_grade"
        | "Grade"
        | "Graduation_year"
        | "Home_language"
        | "Contact_type"
        | "Contact_relationship"
        | "Contact_phone_type"
        | "Department"
        | "Role"
        | "Section_number"
        | "Course_name"
        | "Course_number"
        | "Period"
        | "Subject"
        | "Term_name"
        | "Term_start"
        | "Term_end"
        | "course_number"
        | "title"
        | "roles"
        | "Attendance_id"
        | "Attendance_type" => Exposure::Shown,
        "State_id" | "State_teacher_id" | "DOB" | "Student_email" | "Teacher_email"
        | "Staff_email" | "Admin_email" | "Principal_email" | "Username" | "Contact_phone"
        | "Contact_email" | "Attendance_date" => Exposure::Form,
        _ if is_teacher_slot(column) => Exposure::Shown,
        _ => Exposure::Hidden,
    }
}

/// A value as a report may show it; empty if it may not.
pub fn masked(column: &str, value: &str) -> String {
    match exposure(column) {
        Exposure::Shown => value.to_owned(),
        Exposure::Form => form(value),
        Exposure::Hidden => String::new(),
    }
}

/// The form of a value: letters as `a`, digits as `9`, everything else as it is.
fn form(value: &str) -> String {
    let letter = |letter: char| match letter {
        _ if letter.is_numeric() => '9',
        _ if letter.is_alphabetic() => 'a',
        other => other,
    };
    value.chars().map(letter).collect()
}

/// `Teacher_2_id` to `Teacher_10_id`.
fn is_teacher_slot(column: &str) -> bool {
    let slot = column.strip_prefix("Teacher_");
    let slot = slot.and_then(|rest| rest.strip_suffix("_id"));
    slot.is_some_and(|slot| !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stem;

    #[test]
    fn what_describes_a_person_is_never_shown() {
        let known = || Stem::ALL.into_iter().flat_map(Stem::column_names);
        for column in known() {
            let lower = column.to_lowercase();
            let person = [
                "name",
                "dob",
                "email",
                "phone",
                "race",
                "status",
                "street",
                "city",
                "zip",
                "gender",
                "pass",
                "hispanic",
                "disability",
                "gpa",
                "principal",
            ];
            let harmless = [
                "School_name",
                "School_phone",
                "School_city",
                "School_zip",
                "Course_name",
                "Term_name",
                "Contact_phone_type",
            ];
            if person.iter().any(|word| lower.contains(word)) && !harmless.contains(&column) {
                assert_ne!(exposure(column), Exposure::Shown, "{column}");
            }
        }
        for column in [
            "Last_name",
            "First_name",
            "Race",
            "Iep_status",
            "Password",
            "ext.note",
            "Student_street",
            "Gender",
            "Name",
        ] {
            assert_eq!(exposure(column), Exposure::Hidden, "{column}");
        }
        for column in ["Student_id", "Grade", "Teacher_10_id", "Term_start"] {
            assert_eq!(exposure(column), Exposure::Shown, "{column}");
        }
    }

    #[test]
    fn a_form_shows_no_letter_and_no_digit_of_the_value() {
        assert_eq!(masked("DOB", "31.12.2010"), "99.99.9999");
        assert_eq!(masked("Student_email", "José at x.org"), "aaaa aa a.aaa");
        assert_eq!(masked("Contact_phone", "442-2557 \u{663}"), "999-9999 9");
        assert_eq!(masked("Grade", "8th"), "8th");
        assert_eq!(masked("Last_name", "Smith"), "");
    }
}
