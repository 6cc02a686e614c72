//! `previous_attributes`: the smallest tree that holds the old values (clever-api 6.3).
//!
//! Both documents come from the same writer, so their keys stand in the same order and there is no white space; they are
//! walked side by side as bytes, and nothing is parsed into values.

/// Appends what a document was where it differs from what it became. Returns whether there is anything.
///
/// Only changed leaf keys appear; objects are descended into; an array is given whole; a field that was not there is `null`;
/// `last_modified` does not show; a name is given with all its parts.
pub(super) fn push(out: &mut Vec<u8>, before: &[u8], after: &[u8]) -> bool {
    before != after && object(out, &mut Rest(before), &mut Rest(after), How::Changed)
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

/// Appends an object of the members that differ, in braces; nothing if none does. Both objects are passed over: they are
/// walked once, side by side, however deep they are.
fn object(out: &mut Vec<u8>, was: &mut Rest<'_>, is: &mut Rest<'_>, how: How) -> bool {
    let start = out.len();
    out.push(b'{');
    let opened = out.len();
    was.pass(1);
    is.pass(1);
    while let Some(key) = was.key() {
        if is.comes_to(key) {
            was.pass(key.len() + 1);
            is.pass(key.len() + 1);
            member(out, opened, key, (was, is), how);
        } else if is.has(key) {
            // What stands in front of it is new.
            while let Some(new) = is.key().filter(|new| *new != key) {
                is.pass_member();
                added(out, opened, new, how);
            }
        } else {
            was.pass(key.len() + 1);
            pair(out, opened, key, was.value());
        }
    }
    was.pass(1);
    while let Some(new) = is.key() {
        is.pass_member();
        added(out, opened, new, how);
    }
    is.pass(1);
    let found = out.len() > opened;
    if found {
        out.push(b'}');
    } else {
        out.truncate(start);
    }
    found
}

/// A member of both, which stand at its values.
fn member(
    out: &mut Vec<u8>,
    opened: usize,
    key: &[u8],
    (was, is): (&mut Rest<'_>, &mut Rest<'_>),
    how: How,
) {
    if how == How::Whole {
        is.value();
        return pair(out, opened, key, was.value());
    }
    if !(was.is_object() && is.is_object()) {
        if !is.pass_same(was) {
            let value = was.value();
            is.value();
            if !is_stamp(key, how) {
                pair(out, opened, key, value);
            }
        }
        return;
    }
    let before = out.len();
    key_of(out, opened, key);
    let found = match key {
        b"\"name\"" => {
            let (was, is) = (was.value(), is.value());
            was != is && object(out, &mut Rest(was), &mut Rest(is), How::Whole)
        }
        b"\"ext\"" => object(out, was, is, How::Map),
        _ => object(out, was, is, How::Changed),
    };
    if !found {
        out.truncate(before);
    }
}

fn added(out: &mut Vec<u8>, opened: usize, key: &[u8], how: How) {
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

/// What is left of a document to be walked.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn pass(&mut self, bytes: usize) {
        self.0 = self.0.get(bytes..).unwrap_or_default();
    }

    /// The key that comes next, with its quotation marks and behind the comma, which is passed; `None` at the end of the object.
    fn key(&mut self) -> Option<&'a [u8]> {
        if self.0.starts_with(b",") {
            self.pass(1);
        }
        let key = self.0.starts_with(b"\"").then(|| text_len(self.0))?;
        let colon = self.0.get(key) == Some(&b':');
        self.0.get(..key).filter(|_| colon)
    }

    /// Whether this key comes next.
    fn comes_to(&mut self, key: &[u8]) -> bool {
        if self.0.starts_with(b",") {
            self.pass(1);
        }
        self.0.starts_with(key) && self.0.get(key.len()) == Some(&b':')
    }

    /// Whether the key comes at all.
    fn has(mut self, key: &[u8]) -> bool {
        while let Some(next) = self.key() {
            if next == key {
                return true;
            }
            self.pass_member();
        }
        false
    }

    fn pass_member(&mut self) {
        if let Some(key) = self.key() {
            self.pass(key.len() + 1);
            self.value();
        }
    }

    fn is_object(&self) -> bool {
        self.0.starts_with(b"{")
    }

    /// The value that comes next, which is passed.
    fn value(&mut self) -> &'a [u8] {
        let (value, rest) = self
            .0
            .split_at_checked(value_len(self.0))
            .unwrap_or_default();
        self.0 = rest;
        value
    }

    /// Passes the value that comes next in both if it is the same in both.
    fn pass_same(&mut self, other: &mut Rest<'_>) -> bool {
        let length = value_len(other.0);
        let same = other
            .0
            .get(..length)
            .is_some_and(|value| self.0.starts_with(value))
            && matches!(self.0.get(length), Some(b',' | b'}'));
        if same {
            self.pass(length);
            other.pass(length);
        }
        same
    }
}

/// The length of the value that bytes begin with.
fn value_len(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'"') => text_len(bytes),
        Some(b'{' | b'[') => nested_len(bytes),
        _ => {
            let mut bytes = bytes.iter();
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']');
            let all = bytes.len();
            bytes.position(ends).unwrap_or(all)
        }
    }
}

/// The length of the text that bytes begin with, with its quotation marks.
fn text_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    loop {
        at += plain(bytes.get(at..).unwrap_or_default());
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(_) => return at + 1,
            None => return bytes.len(),
        }
    }
}

/// The length of the object or list that bytes begin with.
fn nested_len(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += text_len(bytes.get(at..).unwrap_or_default());
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// How many bytes stand before the first quotation mark or backslash, looked at eight by eight.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The lowest bit that is set is that of the first byte which is zero; those above may be wrong.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quotes = word ^ (ONES * u64::from(b'"'));
        let backslashes = word ^ (ONES * u64::from(b'\\'));
        let found = zero(quotes) | zero(backslashes);
        if found != 0 {
            return 8 * at + (found.trailing_zeros() / 8) as usize;
        }
    }
    let end = tail.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    bytes.len() - tail.len() + end.unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn previous(before: &str, after: &str) -> Option<String> {
        let mut out = b"[".to_vec();
        let found = push(&mut out, before.as_bytes(), after.as_bytes());
        assert_eq!(found, out.len() > 1);
        found.then(|| String::from_utf8(out.split_off(1)).unwrap())
    }

    #[test]
    fn values_end_where_they_do_at_any_length() {
        for length in 0..40 {
            for (text, rest) in [("x", ""), ("é", ","), (r#"\""#, "}"), (r"\\", r#""""#)] {
                let text = format!("\"{}{text}\"", "-".repeat(length));
                let bytes = format!("{text}{rest}");
                assert_eq!(value_len(bytes.as_bytes()), text.len(), "{bytes}");
                let list = format!("[{{\"a\":{text}}},{text}]");
                let bytes = format!("{list},1");
                assert_eq!(value_len(bytes.as_bytes()), list.len(), "{bytes}");
            }
        }
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
            (r#"{"l":{"a":"1"}}"#, "{}", Some(r#"{"l":{"a":"1"}}"#)),
            (
                r#"{"a":true,"b":12,"c":"x"}"#,
                r#"{"a":true,"b":123,"c":"x"}"#,
                Some(r#"{"b":12}"#),
            ),
            (
                r#"{"a":"one two three \\\" four","b":["\\","x"],"c":""}"#,
                r#"{"a":"one two three \\\" four","b":["\\","y"],"c":""}"#,
                Some(r#"{"b":["\\","x"]}"#),
            ),
            (
                r#"{"name":{"first":"A","middle":"","last":"M"}}"#,
                r#"{"name":{"first":"A","middle":"x","last":"M"}}"#,
                Some(r#"{"name":{"first":"A","middle":"","last":"M"}}"#),
            ),
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
