//! Problems as they are stored and sent: objects whose empty parts are left out.

use serde::de::Error;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Code, Place, Problem};

/// What [`Place::file`] may be.
const FILES: &[&str] = &[
    "schools",
    "students",
    "teachers",
    "sections",
    "enrollments",
    "staff",
    "admins",
    "resources",
    "ext_schools",
    "ext_students",
    "ext_teachers",
    "ext_sections",
    "ext_staff",
    "sections_supplement",
    "custom schools",
    "custom students",
    "custom teachers",
    "custom sections",
    "custom enrollments",
    "custom staff",
];

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("an unknown problem code"))
    }
}

impl Serialize for Problem {
    /// Code and severity always; file, line, column, key, value, suggestion and detail where there is one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = [
            ("file", self.place.file),
            ("column", &self.column),
            ("key", &self.key),
            ("value", &self.value),
            ("suggestion", &self.suggestion),
            ("detail", &self.detail),
        ];
        let mut problem = serializer.serialize_struct("Problem", 9)?;
        problem.serialize_field("code", &self.code)?;
        problem.serialize_field("severity", self.code.severity().text())?;
        for (name, text) in texts {
            if !text.is_empty() {
                problem.serialize_field(name, text)?;
            }
            if name == "file" && self.place.line > 0 {
                problem.serialize_field("line", &self.place.line)?;
            }
        }
        problem.end()
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    code: Option<Code>,
    file: String,
    line: u64,
    column: String,
    key: String,
    value: String,
    suggestion: String,
    detail: String,
}

impl<'de> Deserialize<'de> for Problem {
    /// What was serialised; a file that is not known becomes none.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let file = FILES.iter().find(|file| **file == stored.file);
        Ok(Self {
            code: stored.code.ok_or_else(|| D::Error::missing_field("code"))?,
            place: Place {
                file: file.copied().unwrap_or_default(),
                line: stored.line,
            },
            column: stored.column,
            key: stored.key,
            value: stored.value,
            suggestion: stored.suggestion,
            detail: stored.detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        for (at, code) in Code::ALL.iter().enumerate() {
            let file = FILES.get(at).copied().unwrap_or_default();
            let place = Place {
                file,
                line: at as u64,
            };
            let problem = Problem::new(*code, place)
                .column("Grade")
                .key("s \"1\"")
                .value("8th")
                .suggestion("8")
                .detail("more");
            let text = serde_json::to_string(&problem).unwrap();
            assert!(
                text.contains(code.text()) && text.contains(code.severity().text()),
                "{text}"
            );
            assert!(
                serde_json::from_str::<Problem>(&text).unwrap() == problem,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let problem = Problem::new(Code::FileMissing, Place::default());
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(text, r#"{"code":"FILE_MISSING","severity":"fatal"}"#);
        assert!(serde_json::from_str::<Problem>(&text).unwrap() == problem);
        assert!(serde_json::from_str::<Problem>(r#"{"code":"NEW"}"#).is_err());
        assert!(serde_json::from_str::<Problem>("{}").is_err());
    }
}
