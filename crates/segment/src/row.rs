//! One record as packed bytes: all fields side by side, offsets in front.
//!
//! ```text
//! flags u8 · fields u8 · offsets: 0, then the end of each field (u16, or u32 when flags say WIDE) · the fields' bytes
//! ```
//!
//! Equal content gives equal bytes. Texts stand raw (UTF-8); the flag `ESCAPE` says that at least one of them holds a
//! character JSON must escape, so that a writer may copy the rest untouched. Closed lists are one byte, the code of the
//! value, 0 for blank, or 255 followed by the text as sent. Why this form: docs/decisions/0001-row-form.md.

use homeroom_model::{ClosedList, Date, Ext, Listed, Text};

const WIDE: u8 = 1;
const ESCAPE: u8 = 2;
const AS_SENT: u8 = 255;

/// A packed row. Reading is total: whatever the bytes are, a field is some slice of them or empty.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    bytes: &'a [u8],
    /// Where fields begin and end: one offset more than there are fields, the first of them 0.
    offsets: &'a [u8],
    data: &'a [u8],
    wide: bool,
}

impl<'a> Row<'a> {
    /// A row over its bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        let (flags, fields) = match bytes {
            [flags, fields, ..] => (*flags, usize::from(*fields)),
            _ => (0, 0),
        };
        let wide = flags & WIDE != 0;
        let width = if wide { 4 } else { 2 };
        let rest = bytes.get(2..).unwrap_or(&[]);
        let (offsets, data) = rest
            .split_at_checked((fields + 1) * width)
            .unwrap_or((&[], &[]));
        Self {
            bytes,
            offsets,
            data,
            wide,
        }
    }

    /// The packed bytes.
    pub fn packed(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether some text of the row holds a quotation mark, a backslash or a control character.
    pub fn needs_escape(&self) -> bool {
        self.bytes.first().is_some_and(|flags| flags & ESCAPE != 0)
    }

    /// The bytes of a field; empty for a field that is blank or that this row is too old to have.
    #[inline]
    pub fn bytes(&self, field: usize) -> &'a [u8] {
        if self.wide {
            return self.wide_bytes(field);
        }
        match self.offsets.get(2 * field..2 * field + 4) {
            Some(&[a, b, c, d]) => {
                let (start, end) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
                self.data
                    .get(usize::from(start)..usize::from(end))
                    .unwrap_or(&[])
            }
            _ => &[],
        }
    }

    #[cold]
    fn wide_bytes(&self, field: usize) -> &'a [u8] {
        let offset = |at: usize| {
            let bytes = self.offsets.get(4 * at..4 * at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(bytes) as usize)
        };
        let range = offset(field).zip(offset(field + 1));
        range
            .and_then(|(start, end)| self.data.get(start..end))
            .unwrap_or(&[])
    }

    /// A text field. Bytes that are not UTF-8 (which no writer makes) read as empty.
    pub fn text(&self, field: usize) -> &'a str {
        std::str::from_utf8(self.bytes(field)).unwrap_or("")
    }

    /// The code of a closed-list field: 0 for blank, 255 for a value as sent.
    pub fn code(&self, field: usize) -> u8 {
        self.bytes(field).first().copied().unwrap_or(0)
    }

    /// The value of a closed-list field, if it is on the list.
    pub fn known<L: ClosedList>(&self, field: usize) -> Option<L> {
        L::from_code(self.code(field))
    }

    /// A closed-list field with its escape.
    pub fn listed<L: ClosedList>(&self, field: usize) -> Listed<'a, L> {
        match self.bytes(field).split_first() {
            None => Listed::Blank,
            Some((&AS_SENT, text)) => {
                Listed::AsSent(Text::Borrowed(std::str::from_utf8(text).unwrap_or("")))
            }
            Some((&code, _)) => L::from_code(code).map_or(Listed::Blank, Listed::Known),
        }
    }

    /// A date field.
    pub fn date(&self, field: usize) -> Option<Date> {
        let bytes = self.bytes(field).try_into().ok()?;
        Date::from_days(i32::from_le_bytes(bytes))
    }

    /// A list of texts.
    pub fn list(&self, field: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        Parts(self.bytes(field))
    }

    /// A list of names with values, names ascending.
    pub fn pairs(&self, field: usize) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut parts = Parts(self.bytes(field));
        std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }

    /// Extension fields as a value.
    pub fn ext(&self, field: usize) -> Ext<'a> {
        let mut ext = Ext::default();
        for (name, value) in self.pairs(field) {
            ext.set(
                std::str::from_utf8(name).unwrap_or(""),
                std::str::from_utf8(value).unwrap_or(""),
            );
        }
        ext
    }
}

/// Parts of a list field: each a length (u32) and its bytes.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some(part)
    }
}

/// Packs the fields of one record in their order. Reused from row to row.
#[derive(Default)]
pub struct RowBuilder {
    ends: Vec<u32>,
    data: Vec<u8>,
    escape: bool,
}

impl RowBuilder {
    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.note_escape(text.as_bytes());
        self.data.extend_from_slice(text.as_bytes());
        self.close()
    }

    /// Adds a field whose bytes are written as they are: a text field of another row of the same form.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.note_escape(bytes);
        self.data.extend_from_slice(bytes);
        self.close()
    }

    /// Adds one byte; 0 is left out, as blank is.
    pub fn byte(&mut self, value: u8) -> &mut Self {
        if value != 0 {
            self.data.push(value);
        }
        self.close()
    }

    /// Adds a closed-list value.
    pub fn listed<L: ClosedList>(&mut self, value: &Listed<'_, L>) -> &mut Self {
        match value {
            Listed::Blank => {}
            Listed::Known(known) => self.data.push(known.code()),
            Listed::AsSent(text) => {
                self.note_escape(text.as_bytes());
                self.data.push(AS_SENT);
                self.data.extend_from_slice(text.as_bytes());
            }
        }
        self.close()
    }

    /// Adds a date.
    pub fn date(&mut self, date: Option<Date>) -> &mut Self {
        if let Some(date) = date {
            self.data.extend_from_slice(&date.days().to_le_bytes());
        }
        self.close()
    }

    /// Adds a list of texts.
    pub fn list<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> &mut Self {
        for text in texts {
            self.part(text);
        }
        self.close()
    }

    /// Adds extension fields.
    pub fn ext(&mut self, ext: &Ext<'_>) -> &mut Self {
        for (name, value) in ext.iter() {
            self.part(name);
            self.part(value);
        }
        self.close()
    }

    /// Appends the packed row to `out` and makes the builder ready for the next one.
    ///
    /// A row has at most 255 fields, which field lists guarantee, and its text at most 4 GiB, which intake's limits do.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let wide = self.data.len() > usize::from(u16::MAX);
        let flags = if wide { WIDE } else { 0 } | if self.escape { ESCAPE } else { 0 };
        out.push(flags);
        out.push(u8::try_from(self.ends.len()).unwrap_or(u8::MAX));
        for offset in std::iter::once(&0).chain(&self.ends) {
            let [a, b, c, d] = offset.to_le_bytes();
            out.extend_from_slice(&[a, b]);
            if wide {
                out.extend_from_slice(&[c, d]);
            }
        }
        out.extend_from_slice(&self.data);
        self.ends.clear();
        self.data.clear();
        self.escape = false;
    }

    fn part(&mut self, text: &str) {
        self.note_escape(text.as_bytes());
        self.data
            .extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.data.extend_from_slice(text.as_bytes());
    }

    fn note_escape(&mut self, bytes: &[u8]) {
        self.escape |= bytes
            .iter()
            .any(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    }

    fn close(&mut self) -> &mut Self {
        self.ends
            .push(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
        self
    }
}
