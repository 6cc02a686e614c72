//! `previous_attributes`: the smallest tree that holds the old values (clever-api 6.3).
//!
//! Both documents come from the same writer, so their keys stand in the same order and there is no white space; they are
//! walked side by side as bytes, and nothing is parsed into values.

/// Appends what a document was where it differs from what it became. Returns whether there is anything.
///
/// Only changed leaf keys appear; objects are descended into; an array is given whole; a field that was not there is `null`;
/// `last_modified` does not show; a name is given with all its parts.
pub(super) fn push(out: &mut Vec<u8>, before: &[u8], after: &[u8]) -> bool {
    before != after && object(out, before, after, How::Changed)
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
    let (mut was, mut is) = (Members::of(before), Members::of(after));
    loop {
        let next = was.next_after_same(&mut is, |member| {
            if how == How::Whole {
                comma(out, opened);
                out.extend_from_slice(member);
            }
        });
        let Some((key, value)) = next else { break };
        let mut ahead = is.clone();
        let Some(at) = ahead.position(|(other, _)| other == key) else {
            pair(out, opened, key, value);
            continue;
        };
        // What was passed over is new.
        for (new, _) in is.by_ref().take(at) {
            added(out, opened, new, how);
        }
        if let Some((_, now)) = is.next() {
            member(out, opened, key, (value, now), how);
        }
    }
    for (new, _) in is {
        added(out, opened, new, how);
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
    comma(out, opened);
    out.extend_from_slice(key);
    out.push(b':');
}

fn comma(out: &mut Vec<u8>, opened: usize) {
    if out.len() > opened {
        out.push(b',');
    }
}

/// The members of an object as written: keys with their quotation marks, and values.
#[derive(Clone)]
struct Members<'a>(&'a [u8]);

impl<'a> Members<'a> {
    fn of(object: &'a [u8]) -> Self {
        Self(object.get(1..).unwrap_or_default())
    }

    /// Passes over the members that stand in both alike, calling with each, and gives the next. Documents of one record are
    /// the same almost everywhere, so this is where time goes: such a member is walked once.
    fn next_after_same(
        &mut self,
        other: &mut Self,
        mut same: impl FnMut(&'a [u8]),
    ) -> Option<(&'a [u8], &'a [u8])> {
        loop {
            let (length, key) = self.peek()?;
            let (member, rest) = self.start().split_at_checked(length)?;
            self.0 = rest;
            let there = other.start();
            // The value is the same only if it ends there too.
            if there.starts_with(member) && matches!(there.get(length), Some(b',' | b'}')) {
                same(member);
                other.0 = there.get(length..).unwrap_or_default();
                continue;
            }
            return Some((member.get(..key)?, member.get(key + 1..)?));
        }
    }

    /// Where the next member begins.
    fn start(&self) -> &'a [u8] {
        self.0.strip_prefix(b",").unwrap_or(self.0)
    }

    /// The length of the next member, and that of its key.
    fn peek(&self) -> Option<(usize, usize)> {
        let rest = self.start();
        if !rest.starts_with(b"\"") {
            return None;
        }
        let key = value_len(rest);
        let value = rest.get(key..)?.strip_prefix(b":")?;
        Some((key + 1 + value_len(value), key))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (length, key) = self.peek()?;
        let (member, rest) = self.start().split_at_checked(length)?;
        self.0 = rest;
        Some((member.get(..key)?, member.get(key + 1..)?))
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
            (r#"{"l":{"a":"1"}}"#, r#"{}"#, Some(r#"{"l":{"a":"1"}}"#)),
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
