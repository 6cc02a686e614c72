//! A row of a file and the text of its cells (district-side 1.3, 1.4).

use std::borrow::Cow;

use homeroom_model::Text;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Where a cell stands in the text of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Rows are far shorter than 4 GiB; a limit set higher makes empty cells, not wrong ones.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => Self { start, end },
            _ => Self { start: 0, end: 0 },
        }
    }
}

/// A row of a file.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    text: &'a str,
    spans: &'a [Span],
    /// Whether the text is printable ASCII, so that cleaning a cell means cutting off blanks.
    plain: bool,
    /// Its first line, from 1.
    pub(crate) line: u64,
}

impl<'a> Row<'a> {
    pub(crate) fn new(text: &'a str, spans: &'a [Span], plain: bool, line: u64) -> Self {
        Self {
            text,
            spans,
            plain,
            line,
        }
    }

    /// The text in which the cells stand.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Where they stand in it.
    pub(crate) fn spans(&self) -> &'a [Span] {
        self.spans
    }

    /// Whether the text is printable ASCII.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell at an index, as sent; empty past the end of the row.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> &'a str {
        let Some(span) = self.spans.get(index) else {
            return "";
        };
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The cell at an index, cleaned.
    #[inline]
    pub(crate) fn clean(&self, index: usize) -> Clean<'a> {
        let cell = self.cell(index);
        if self.plain {
            Clean {
                text: Cow::Borrowed(without_blanks(cell)),
                bad_character: false,
            }
        } else {
            clean(cell)
        }
    }

    /// Whether the cells from an index on hold nothing.
    pub(crate) fn is_blank_from(&self, index: usize) -> bool {
        (index..self.len()).all(|index| self.clean(index).text.is_empty())
    }
}

/// A cell without what does not belong to its value.
pub(crate) struct Clean<'a> {
    /// The value: no blanks around it, no control characters, in NFC.
    pub(crate) text: Text<'a>,
    /// Whether control characters were dropped or the value holds U+FFFD.
    pub(crate) bad_character: bool,
}

/// Whether bytes are printable ASCII. Without a way out in the middle, because that is compiled to be faster.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |plain, byte| plain & (b' '..=b'~').contains(byte))
}

/// Most cells have no blanks around them, and that is quickly seen.
#[inline]
fn without_blanks(cell: &str) -> &str {
    match cell.as_bytes() {
        [b' ', ..] | [.., b' '] => cell.trim_matches(' '),
        _ => cell,
    }
}

/// Cuts off white space and characters without width, turns tabs and line breaks into blanks, drops other control
/// characters, and normalises to NFC. Allocates only if something had to change.
pub(crate) fn clean(cell: &str) -> Clean<'_> {
    let trimmed = cell.trim_matches(is_blank);
    let mut bad_character = trimmed.contains('\u{fffd}');
    let mut text = Cow::Borrowed(trimmed);
    if trimmed.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        let (kept, dropped) = without_controls(trimmed);
        bad_character |= dropped;
        text = Cow::Owned(kept);
    }
    if !text.is_ascii() && is_nfc_quick(text.chars()) != IsNormalized::Yes {
        text = Cow::Owned(text.nfc().collect());
    }
    Clean {
        text,
        bad_character,
    }
}

fn without_controls(text: &str) -> (String, bool) {
    let mut kept = String::with_capacity(text.len());
    let mut dropped = false;
    let mut before = '\0';
    for letter in text.chars() {
        match letter {
            '\n' if before == '\r' => {}
            '\t' | '\n' | '\r' => kept.push(' '),
            '\0'..=' ' | '\u{7f}' if letter != ' ' => dropped = true,
            other => kept.push(other),
        }
        before = letter;
    }
    (kept.trim_matches(is_blank).to_owned(), dropped)
}

/// White space of any script, and characters that show nothing.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{180e}'
        )
}

/// Whether an optional cell says that it has no value (district-side 1.3).
#[inline]
pub(crate) fn means_nothing(text: &str) -> bool {
    // No value of most columns begins so, and that is quickly seen.
    matches!(text.as_bytes().first(), Some(b'N' | b'n' | b'\\' | b'#'))
        && matches!(text, "NULL" | "null" | "\\N" | "N/A" | "#N/A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cleaned() {
        for (cell, expected, bad) in [
            ("", "", false),
            ("  a b ", "a b", false),
            ("\u{a0}\u{200b}a\u{feff}\u{3000}", "a", false),
            ("O'Brien-\u{d1}a", "O'Brien-\u{d1}a", false),
            ("a\tb", "a b", false),
            ("a\r\nb\nc\rd", "a b c d", false),
            ("\u{1} a\u{0}b", "ab", true),
            ("a\u{7f}", "a", true),
            ("Jos\u{fffd}", "Jos\u{fffd}", true),
            ("Jose\u{301}", "Jos\u{e9}", false),
            ("\u{1f}", "", true),
        ] {
            let clean = clean(cell);
            assert_eq!(
                (clean.text.as_ref(), clean.bad_character),
                (expected, bad),
                "{cell:?}"
            );
        }
        assert!(matches!(clean(" Jos\u{e9} ").text, Cow::Borrowed(_)));
    }

    #[test]
    fn a_plain_row_is_cleaned_like_any_other() {
        let text = " a ,b b,";
        let spans = [Span::new(0, 3), Span::new(4, 7), Span::new(8, 8)];
        let row = Row::new(text, &spans, is_plain(text.as_bytes()), 1);
        assert!(row.plain);
        assert!(!is_plain(b"a\t") && !is_plain(b"\x7f") && !is_plain(b"\xe9"));
        for (index, expected) in ["a", "b b", "", ""].into_iter().enumerate() {
            assert_eq!(row.clean(index).text, expected);
            assert_eq!(clean(row.cell(index)).text, expected);
        }
        assert!(row.is_blank_from(2) && !row.is_blank_from(1));
    }
}
