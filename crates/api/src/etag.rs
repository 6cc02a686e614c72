//! Tags of answers: equal tags mean equal bytes, so a client that has them is told so without sending them again.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use homeroom_store::Connection;

/// The tag of an answer: it names the view (connection, snapshot, move of its pointer), what was asked, and the program
/// that writes the answer. Weak, because a compressed body carries the same one (clever-api 9.2).
pub(crate) fn of(connection: &Connection, snapshot: u64, uri: &Uri) -> HeaderValue {
    let view = &connection.view;
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(connection.id.bytes());
    hasher.update(&view.generation.to_le_bytes());
    hasher.update(&snapshot.to_le_bytes());
    hasher.update(uri.path().as_bytes());
    hasher.update(b"?");
    hasher.update(uri.query().unwrap_or("").as_bytes());
    let digest = hasher.finalize().to_hex();
    let tag = format!("W/\"{}\"", digest.get(..32).unwrap_or_default());
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

/// Whether `If-None-Match` names the tag, compared weakly. `*` asks whether anything is there at all, which only a record
/// that was looked up could tell; it is answered in full.
pub(crate) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let tag = opaque(tag.as_bytes());
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|candidate| opaque(candidate.trim_ascii()) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_and_in_lists() {
        let tag = HeaderValue::from_static("W/\"a1\"");
        let asked = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            }
            is_known(&headers, &tag)
        };
        for same in ["W/\"a1\"", "\"a1\"", "\"b\", W/\"a1\" ,\"c\""] {
            assert!(asked(&[same]), "{same}");
        }
        assert!(asked(&["\"b\"", "\"a1\""]));
        for other in ["*", "", "\"a2\"", "a1", "\"a1", "w/\"a1\""] {
            assert!(!asked(&[other]), "{other}");
        }
        assert!(!asked(&[]));
    }
}
