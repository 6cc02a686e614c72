//! Why a request is not answered, and the body that says so. Statuses are chosen by `api` from the kind, in one place.

use crate::json;

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
            | Self::BadPrimary => RefusalKind::BadRequest,
        }
    }

    /// The body of the answer.
    pub fn body(self) -> Vec<u8> {
        error_body(&self.to_string())
    }
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
}
