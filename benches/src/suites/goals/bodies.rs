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

/// What students reached beyond what they begin with: thousandths of a minute, hundredths of a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) minutes: u64,
    pub(super) lessons: u64,
}

impl Reached {
    /// A school day: twelve minutes, one lesson.
    pub(super) fn day(&mut self) {
        self.minutes += 12_000;
        self.lessons += 100;
    }

    /// So little (60 milliseconds) that a receiver whose clock is the real one finds it plausible at once.
    pub(super) fn moment(&mut self) {
        self.minutes += 1;
        self.lessons += 1;
    }
}

/// The totals of all students, who do not begin alike and go on alike.
pub(super) fn body(students: &[String], reached: Reached, form: Form) -> Vec<u8> {
    let mut body = Vec::with_capacity(students.len() * 110 + 64);
    // Writing into memory does not fail.
    let _ = match form {
        Form::Json => body.write_all(br#"{"data":{"students":["#),
        Form::Csv => body.write_all(b"clever_id,minutes,lessons_completed\n"),
    };
    for (place, student) in students.iter().enumerate() {
        let spread = (place as u64 * 7_919) % 4_000;
        let minutes = 300_000 + spread * 1_000 + reached.minutes;
        let lessons = 2_000 + spread + reached.lessons;
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
    fn every_value_grows_from_body_to_body() {
        let students = ["a".to_owned(), "b".to_owned()];
        let text = |reached, form| String::from_utf8(body(&students, reached, form)).unwrap();
        let mut reached = Reached::default();
        assert_eq!(
            text(reached, Form::Csv),
            "clever_id,minutes,lessons_completed\na,300.000,20.00\nb,4219.000,59.19\n"
        );
        reached.day();
        reached.moment();
        assert_eq!(
            text(reached, Form::Csv),
            "clever_id,minutes,lessons_completed\na,312.001,21.01\nb,4231.001,60.20\n"
        );
        assert_eq!(
            text(reached, Form::Json),
            concat!(
                r#"{"data":{"students":[{"clever_id":"a","metrics":{"minutes":312.001,"lessons_completed":21.01}},"#,
                r#"{"clever_id":"b","metrics":{"minutes":4231.001,"lessons_completed":60.20}}]}}"#
            )
        );
    }
}
