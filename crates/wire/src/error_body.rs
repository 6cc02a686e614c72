//! Why a request is not answered, and the body that says so. Statuses are chosen by `api` from the kind, in one place.

use crate::json;
use crate::version::Version;

/// What kind of refusal it is: what an HTTP status is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// A parameter is wrong (clever-api 9.1: 400).
    BadRequest,
    /// A page larger than the largest was asked for (clever-api 5: 413).
    TooLarge,
    /// No such record in this view: unknown, deleted, not shared, or not an id at all (404).
    NotFound,
    /// No such path in this version (404).
    UnknownPath,
}

/// A request that gets no data. The texts name parameters and rules, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No version, collection or relation of that name.
    #[error("There is nothing at this path. The API documents at /docs list every path.")]
    UnknownPath,
    /// No record with this id that the app may see, or no record at the other end of the relation.
    #[error("No such record is shared with this application.")]
    NotFound,
    /// `limit` is not a positive number.
    #[error("limit must be a whole number from 1 to 10000.")]
    BadLimit,
    /// `limit` is above [`crate::MAX_LIMIT`].
    #[error("limit must be at most 10000. Ask for smaller pages and follow the next links.")]
    LimitTooLarge,
    /// A cursor is not an id.
    #[error(
        "starting_after and ending_before take an id of 24 hexadecimal digits; ending_before also takes last."
    )]
    BadCursor,
    /// Both cursors at once.
    #[error("starting_after and ending_before cannot be used together.")]
    BothCursors,
    /// `role` is none of those the path knows.
    #[error("role is not one of the roles this path takes.")]
    BadRole,
    /// `primary` is neither `true` nor off.
    #[error("primary must be true or be left out.")]
    BadPrimary,
    /// `record_type` is none of those the version has events of.
    #[error("record_type is not one of the types this version has events of.")]
    BadRecordType,
    /// `school` is not an id.
    #[error("school takes an id of 24 hexadecimal digits.")]
    BadSchool,
    /// `page` is not a positive number.
    #[error("page must be a whole number from 1.")]
    BadPage,
    /// `page` beside a cursor.
    #[error("page cannot be used together with starting_after or ending_before.")]
    PageAndCursor,
    /// `limit` of attendance is not a number from 1 to [`crate::MAX_ATTENDANCE_LIMIT`].
    #[error("limit must be a whole number from 1 to 1000.")]
    BadAttendanceLimit,
    /// `attendance_status` is none of the three.
    #[error("attendance_status must be present, absent or tardy.")]
    BadAttendanceStatus,
    /// An end of a range of days is no day.
    #[error("date_range_start and date_range_end take a day as YYYY-MM-DD.")]
    BadDay,
    /// `where` cannot be understood, or asks for what there is not.
    #[error("where cannot be used: {0}.")]
    BadFilter(FilterProblem),
    /// `where` would have to look at more records than are allowed.
    #[error(
        "where would have to look at too many records here. Read the list page by page, or narrow the path to one school."
    )]
    FilterTooCostly,
    /// `include` names more records than one answer may hold.
    #[error(
        "include would add more than 10000 records to one answer. Read the list itself, page by page."
    )]
    IncludeTooLarge,
}

/// What is wrong with a `where` (clever-api 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FilterProblem {
    /// Not JSON.
    #[error("it is not JSON")]
    NotJson,
    /// JSON, but not an object.
    #[error("it must be an object that names fields")]
    NotAnObject,
    /// Longer than any use needs, or with too many conditions.
    #[error("it is too long")]
    TooLong,
    /// An operator outside 4.5.
    #[error(
        "it names an operator that is not one of $gt, $gte, $lt, $lte, $ne, $in, $nin, $exists, $regex and $size"
    )]
    UnknownOperator,
    /// An operand of the wrong kind.
    #[error(
        "an operand is of the wrong kind: comparisons take a text, number or true and false, $in and $nin a list of those, $exists \
         true or false, $size a whole number, $regex a text; fields inside fields are written with a dot, as name.last"
    )]
    BadOperand,
    /// A pattern that is none, or too complicated.
    #[error("the pattern of $regex cannot be read, or is too complicated")]
    BadPattern,
}

impl Refusal {
    /// The kind of refusal.
    pub fn kind(self) -> RefusalKind {
        match self {
            Self::UnknownPath => RefusalKind::UnknownPath,
            Self::NotFound => RefusalKind::NotFound,
            Self::LimitTooLarge => RefusalKind::TooLarge,
            Self::BadLimit
            | Self::BadCursor
            | Self::BothCursors
            | Self::BadRole
            | Self::BadPrimary
            | Self::BadPage
            | Self::BadRecordType
            | Self::BadSchool
            | Self::PageAndCursor
            | Self::BadAttendanceLimit
            | Self::BadAttendanceStatus
            | Self::BadDay
            | Self::BadFilter(_)
            | Self::FilterTooCostly
            | Self::IncludeTooLarge => RefusalKind::BadRequest,
        }
    }

    /// The body of the answer in version 2.0 and later.
    pub fn body(self) -> Vec<u8> {
        error_body(&self.to_string())
    }

    /// The body of the answer to a request for a path, as its version has it.
    pub fn body_at(self, path: &str) -> Vec<u8> {
        error_body_at(path, &self.to_string())
    }
}

/// The body of an answer that is an error, as the version a path begins with has it: 1.x says `error` beside `message`,
/// because its clients read the one or the other (clever-api 9.1 and 12, item 3). Paths without a version are answered like
/// the newest.
pub fn error_body_at(path: &str, message: &str) -> Vec<u8> {
    let version = path.split('/').find(|part| !part.is_empty());
    let version = version.and_then(Version::from_name);
    if !version.is_some_and(|version| version.rules.error_twice) {
        return error_body(message);
    }
    let mut out = Vec::with_capacity(2 * message.len() + 32);
    out.extend_from_slice(b"{\"error\":\"");
    json::push_escaped(&mut out, message.as_bytes());
    out.extend_from_slice(b"\",\"message\":\"");
    json::push_escaped(&mut out, message.as_bytes());
    out.extend_from_slice(b"\"}");
    out
}

/// The body of an answer that is an error: `{"message": …}`, which is the form of version 2.0 and later (clever-api 9.1
/// and 12, item 3). Also for what `api` refuses by itself: tokens, limits, failures.
pub fn error_body(message: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + 16);
    out.extend_from_slice(b"{\"message\":\"");
    json::push_escaped(&mut out, message.as_bytes());
    out.extend_from_slice(b"\"}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_whatever_the_text() {
        let text = "a \"quoted\" \\ text\nwith \u{1} and é";
        let value: serde_json::Value = serde_json::from_slice(&error_body(text)).unwrap();
        assert_eq!(value, serde_json::json!({ "message": text }));
        assert_eq!(Refusal::LimitTooLarge.kind(), RefusalKind::TooLarge);
    }

    #[test]
    fn clients_of_1_x_find_the_text_under_both_names() {
        let expected = |both: bool| {
            let text = Refusal::NotFound.to_string();
            if both {
                serde_json::json!({ "error": text, "message": text })
            } else {
                serde_json::json!({ "message": text })
            }
        };
        for (path, both) in [
            ("/v1.1/students/x", true),
            ("//V1.2", true),
            ("/v2.0/students", false),
            ("/v3.1/users", false),
            ("/me", false),
            ("", false),
        ] {
            let body: serde_json::Value =
                serde_json::from_slice(&Refusal::NotFound.body_at(path)).unwrap();
            assert_eq!(body, expected(both), "{path}");
        }
    }
}
