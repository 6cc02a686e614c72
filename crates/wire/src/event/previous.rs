//! `previous_attributes`: the smallest tree that holds the old values (clever-api 6.3).
//!
//! Both documents come from the same writer, so their keys stand in the same order and there is no white space; they are
//! walked side by side as bytes, and nothing is parsed into values.

use std::ops::Range;

/// Appends what a document was where it differs from what it became, which stands in `out` at `after`. Returns whether there
/// is anything.
///
/// Only changed leaf keys appear; objects are descended into; an array is given whole; a field that was not there is `null`;
/// `last_modified` does not show; a name is given with all its parts.
pub(super) fn push(out: &mut Vec<u8>, before: &[u8], after: Range<usize>) -> bool {
    if out.get(after.clone()).is_none_or(|after| after == before) {
        return false;
    }
    let tail = out.len();
    let mut tree = Vec::with_capacity(256);
    let found = out
        .get(after)
        .is_some_and(|after| object(&mut tree, before, after, How::Changed));
    if found {
        out.extend_from_slice(&tree);
    } else {
        out.truncate(tail);
    }
    found
}

/// Which members of an object are given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Those that changed.
    Changed,
    /// Those that changed, whatever they are called: the district chose the names.
    Map,
    /// All.
    Whole,
}

/// Appends an object of the members that differ, in braces; nothing if none does.
fn object(out: &mut Vec<u8>, before: &[u8], after: &[u8], how: How) -> bool {
    let start = out.len();
    out.push(b'{');
    let opened = out.len();
    let mut is = Members::of(after);
    for (key, was) in Members::of(before) {
        let mut ahead = is.clone();
        let Some(at) = ahead.position(|(other, _)| other == key) else {
            pair(out, opened, key, was);
            continue;
        };
        // What was passed over is new.
        for (new, value) in is.by_ref().take(at) {
            added(out, opened, new, value, how);
        }
        if let Some((_, now)) = is.next() {
            member(out, opened, key, (was, now), how);
        }
    }
    for (new, value) in is {
        added(out, opened, new, value, how);
    }
    let found = out.len() > opened;
    if found {
        out.push(b'}');
    } else {
        out.truncate(start);
    }
    found
}

fn member(out: &mut Vec<u8>, opened: usize, key: &[u8], (was, now): (&[u8], &[u8]), how: How) {
    if how == How::Whole {
        return pair(out, opened, key, was);
    }
    if was == now || is_stamp(key, how) {
        return;
    }
    if !(was.starts_with(b"{") && now.starts_with(b"{")) {
        return pair(out, opened, key, was);
    }
    let inner = match key {
        b"\"name\"" => How::Whole,
        b"\"ext\"" => How::Map,
        _ => How::Changed,
    };
    let before = out.len();
    key_of(out, opened, key);
    if !object(out, was, now, inner) {
        out.truncate(before);
    }
}

fn added(out: &mut Vec<u8>, opened: usize, key: &[u8], _value: &[u8], how: How) {
    if !is_stamp(key, how) {
        pair(out, opened, key, b"null");
    }
}

fn is_stamp(key: &[u8], how: How) -> bool {
    how == How::Changed && key == b"\"last_modified\""
}

fn pair(out: &mut Vec<u8>, opened: usize, key: &[u8], value: &[u8]) {
    key_of(out, opened, key);
    out.extend_from_slice(value);
}

fn key_of(out: &mut Vec<u8>, opened: usize, key: &[u8]) {
    if out.len() > opened {
        out.push(b',');
    }
    out.extend_from_slice(key);
    out.push(b':');
}

/// The members of an object as written: keys with their quotation marks, and values.
#[derive(Clone)]
struct Members<'a>(&'a [u8]);

impl<'a> Members<'a> {
    fn of(object: &'a [u8]) -> Self {
        Self(object.get(1..).unwrap_or_default())
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.strip_prefix(b",").unwrap_or(self.0);
        if !rest.starts_with(b"\"") {
            return None;
        }
        let (key, rest) = rest.split_at_checked(value_len(rest))?;
        let rest = rest.strip_prefix(b":")?;
        let (value, rest) = rest.split_at_checked(value_len(rest))?;
        self.0 = rest;
        Some((key, value))
    }
}

/// The length of the value that bytes begin with.
fn value_len(bytes: &[u8]) -> usize {
    let (mut depth, mut text, mut at) = (0_usize, false, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if text => at += 1,
            b'"' => {
                text = !text;
                if !text && depth == 0 {
                    return at;
                }
            }
            b'{' | b'[' if !text => depth += 1,
            b'}' | b']' | b',' if !text && depth == 0 => return at - 1,
            b'}' | b']' if !text => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn previous(before: &str, after: &str) -> Option<String> {
        let mut out = after.as_bytes().to_vec();
        push(&mut out, before.as_bytes(), 0..after.len())
            .then(|| String::from_utf8(out.split_off(after.len())).unwrap())
    }

    #[test]
    fn the_smallest_tree_of_old_values() {
        let cases = [
            (r#"{"a":"1"}"#, r#"{"a":"1"}"#, None),
            (
                r#"{"a":"1","b":"2"}"#,
                r#"{"a":"1","b":"3"}"#,
                Some(r#"{"b":"2"}"#),
            ),
            (
                r#"{"a":"","b":[]}"#,
                r#"{"a":"x","b":["y"]}"#,
                Some(r#"{"a":"","b":[]}"#),
            ),
            (
                r#"{"a":"1"}"#,
                r#"{"a":"1","b":"3"}"#,
                Some(r#"{"b":null}"#),
            ),
            (r#"{"a":"1","b":"2"}"#, r#"{"b":"2"}"#, Some(r#"{"a":"1"}"#)),
            (
                r#"{"b":"2"}"#,
                r#"{"a":"1","b":"2","c":true}"#,
                Some(r#"{"a":null,"c":null}"#),
            ),
            (
                r#"{"last_modified":"1","x":{"ext":{"last_modified":"1"},"last_modified":"1"}}"#,
                r#"{"last_modified":"2","x":{"ext":{"last_modified":"2"},"last_modified":"2"}}"#,
                Some(r#"{"x":{"ext":{"last_modified":"1"}}}"#),
            ),
            (
                r#"{"last_modified":"1","x":{"last_modified":"1"}}"#,
                r#"{"last_modified":"2","x":{"last_modified":"2"}}"#,
                None,
            ),
            (
                r#"{"name":{"first":"A","last":"M"},"roles":{"t":{"s":["1"]}}}"#,
                r#"{"name":{"first":"B","middle":"","last":"M"},"roles":{"t":{"s":["1","2"]},"u":{}}}"#,
                Some(
                    r#"{"name":{"first":"A","middle":null,"last":"M"},"roles":{"t":{"s":["1"]},"u":null}}"#,
                ),
            ),
            (
                r#"{"a":"}\"{,:","b":[{"c":"]"}],"d":1}"#,
                r#"{"a":"}\"{,:","b":[{"c":"["}],"d":2}"#,
                Some(r#"{"b":[{"c":"]"}],"d":1}"#),
            ),
            (r#"{"l":{"a":"1"}}"#, r#"{}"#, Some(r#"{"l":{"a":"1"}}"#)),
        ];
        for (before, after, expected) in cases {
            assert_eq!(
                previous(before, after).as_deref(),
                expected,
                "{before} to {after}"
            );
        }
    }
}
