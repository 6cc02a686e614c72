//! Bodies of totals.

use std::io::Write;

/// How totals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the published API has it.
    Json,
    /// A row for each student.
    Csv,
}

impl Form {
    /// Its media type.
    pub(super) fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
        }
    }

    /// The end of its files' names.
    pub(super) fn end(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }
}

/// The totals of all students in a round. Each is higher than in the round before, by so little (60 milliseconds) that the
/// receiver, whose clock is the real one, finds it plausible.
pub(super) fn body(students: &[String], round: u64, form: Form) -> Vec<u8> {
    let mut body = Vec::with_capacity(students.len() * 110 + 64);
    // Writing into memory does not fail.
    let _ = match form {
        Form::Json => body.write_all(br#"{"data":{"students":["#),
        Form::Csv => body.write_all(b"clever_id,minutes,lessons_completed\n"),
    };
    for (place, student) in students.iter().enumerate() {
        let spread = (place as u64 * 7_919) % 4_000;
        let (minutes, lessons) = (300_000 + spread * 1_000 + round, 2_000 + spread + round);
        let minutes = format!("{}.{:03}", minutes / 1_000, minutes % 1_000);
        let lessons = format!("{}.{:02}", lessons / 100, lessons % 100);
        let comma = if place == 0 { "" } else { "," };
        let _ = match form {
            Form::Json => write!(
                body,
                r#"{comma}{{"clever_id":"{student}","metrics":{{"minutes":{minutes},"lessons_completed":{lessons}}}}}"#
            ),
            Form::Csv => writeln!(body, "{student},{minutes},{lessons}"),
        };
    }
    if form == Form::Json {
        body.extend_from_slice(b"]}}");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_grows_from_round_to_round() {
        let students = ["a".to_owned(), "b".to_owned()];
        let text = |round, form| String::from_utf8(body(&students, round, form)).unwrap();
        assert_eq!(
            text(1, Form::Csv),
            "clever_id,minutes,lessons_completed\na,300.001,20.01\nb,4219.001,59.20\n"
        );
        assert_eq!(
            text(999, Form::Csv),
            "clever_id,minutes,lessons_completed\na,300.999,29.99\nb,4219.999,69.18\n"
        );
        assert_eq!(
            text(1, Form::Json),
            concat!(
                r#"{"data":{"students":[{"clever_id":"a","metrics":{"minutes":300.001,"lessons_completed":20.01}},"#,
                r#"{"clever_id":"b","metrics":{"minutes":4219.001,"lessons_completed":59.20}}]}}"#
            )
        );
    }
}
