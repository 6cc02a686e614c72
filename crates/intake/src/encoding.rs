//! How the bytes of a file spell characters (district-side 1.4).
//!
//! Whether a file is UTF-8 is known only at its end, so it is read twice: first only for this.

use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8. A file in which well-formed sequences of several bytes outnumber malformed ones counts as UTF-8 too, and
    /// single cells in it that are not are read as Windows-1252: exports that join files of two origins exist, and
    /// reading all of such a file as Windows-1252 would damage every other name in it.
    Utf8,
    /// Windows-1252, for want of anything better.
    Windows1252,
    /// UTF-16 with a byte order mark, little-endian.
    Utf16Le,
    /// UTF-16 with a byte order mark, big-endian.
    Utf16Be,
}

/// What the first reading of a file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) encoding: Encoding,
    /// Length of the file, or more than the limit.
    pub(crate) bytes: u64,
}

const BLOCK: usize = 256 << 10;

/// Reads a file to its end, or until it is longer than the limit.
pub(crate) fn probe(reader: &mut dyn Read, limit: u64) -> io::Result<Probe> {
    let mut block = vec![0; BLOCK];
    let mut kept = 0;
    let mut bytes: u64 = 0;
    let mut tally = Tally::default();
    let mut marked = None;
    loop {
        let read = fill(reader, block.get_mut(kept..).unwrap_or_default())?;
        let filled = block.get(..kept + read).unwrap_or_default();
        let last = filled.len() < BLOCK;
        if bytes == 0 {
            marked = byte_order(filled);
        }
        bytes += read as u64;
        kept = match marked {
            Some(_) => 0,
            None => tally.add(filled, last),
        };
        let end = filled.len();
        block.copy_within(end - kept..end, 0);
        if last || bytes > limit {
            let encoding = marked.unwrap_or(tally.verdict());
            return Ok(Probe { encoding, bytes });
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let rest @ [_, ..] = into.get_mut(filled..).unwrap_or_default() {
        match read_some(reader, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// The encoding that the first bytes of a file name.
pub(crate) fn byte_order(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// A read that an interrupt does not end.
pub(crate) fn read_some(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[derive(Default)]
struct Tally {
    /// Well-formed sequences of several bytes.
    well_formed: u64,
    /// Malformed sequences.
    malformed: u64,
}

impl Tally {
    /// Counts the sequences of a block and says how many bytes at its end are the beginning of one that the next block
    /// may complete.
    fn add(&mut self, block: &[u8], last: bool) -> usize {
        if block.is_ascii() {
            return 0;
        }
        let mut kept = 0;
        let mut chunks = block.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.well_formed += count_leads(chunk.valid().as_bytes());
            let bad = chunk.invalid();
            if bad.is_empty() {
                continue;
            }
            if !last && chunks.peek().is_none() && may_go_on(bad) {
                kept = bad.len();
            } else {
                self.malformed += 1;
            }
        }
        kept
    }

    fn verdict(&self) -> Encoding {
        if self.malformed == 0 || self.well_formed > self.malformed {
            Encoding::Utf8
        } else {
            Encoding::Windows1252
        }
    }
}

fn count_leads(valid: &[u8]) -> u64 {
    valid.iter().map(|&byte| u64::from(byte >= 0xc0)).sum()
}

/// Whether malformed bytes at the end of a block are a sequence cut short.
fn may_go_on(bad: &[u8]) -> bool {
    std::str::from_utf8(bad).is_err_and(|error| error.error_len().is_none())
}

/// The bytes of a file as UTF-8 or as an encoding of which ASCII is a part: UTF-16 is converted, others pass.
pub(crate) fn ascii_based<'a>(
    reader: Box<dyn Read + Send + 'a>,
    encoding: Encoding,
) -> Box<dyn Read + Send + 'a> {
    let decoder = match encoding {
        Encoding::Utf8 | Encoding::Windows1252 => return reader,
        Encoding::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
        Encoding::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
    };
    Box::new(Converted {
        reader,
        decoder,
        input: vec![0; BLOCK],
        output: vec![0; BLOCK * 2],
        ready: 0..0,
        ended: false,
    })
}

/// UTF-16 on its way to UTF-8; what is malformed becomes U+FFFD.
struct Converted<'a> {
    reader: Box<dyn Read + Send + 'a>,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    ready: std::ops::Range<usize>,
    ended: bool,
}

impl Converted<'_> {
    fn refill(&mut self) -> io::Result<()> {
        while self.ready.is_empty() && !self.ended {
            let read = read_some(self.reader.as_mut(), &mut self.input)?;
            self.ended = read == 0;
            let input = self.input.get(..read).unwrap_or_default();
            // Two bytes of UTF-16 become at most three of UTF-8, so all input fits and one call is enough.
            let (_, _, written, _) =
                self.decoder
                    .decode_to_utf8(input, &mut self.output, self.ended);
            self.ready = 0..written;
        }
        Ok(())
    }
}

impl Read for Converted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let ready = self.output.get(self.ready.clone()).unwrap_or_default();
        let taken = ready.len().min(into.len());
        for (to, from) in into.iter_mut().zip(ready) {
            *to = *from;
        }
        self.ready.start += taken;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes a few at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(into.len());
            self.0.read(into.get_mut(..length).unwrap_or_default())
        }
    }

    fn encoding(bytes: &[u8]) -> Encoding {
        let whole = probe(&mut &*bytes, u64::MAX).unwrap();
        for step in 1..5 {
            assert_eq!(
                probe(&mut Slow(bytes, step), u64::MAX).unwrap(),
                whole,
                "in steps of {step}"
            );
        }
        assert_eq!(whole.bytes, bytes.len() as u64);
        whole.encoding
    }

    #[test]
    fn encodings_are_told_apart() {
        for (bytes, expected) in [
            (b"".as_slice(), Encoding::Utf8),
            (b"plain", Encoding::Utf8),
            (
                "Jos\u{e9}, \u{65e5}\u{672c}, \u{1f600}".as_bytes(),
                Encoding::Utf8,
            ),
            (b"\xef\xbb\xbfJos\xc3\xa9", Encoding::Utf8),
            (b"Jos\xe9", Encoding::Windows1252),
            (b"Jos\xe9, Ren\xe9e", Encoding::Windows1252),
            (b"cut short \xc3", Encoding::Windows1252),
            (b"two well \xc3\xa9\xc3\xa9, one not \xe9.", Encoding::Utf8),
            (b"\xff\xfeS\0", Encoding::Utf16Le),
            (b"\xfe\xff\0S", Encoding::Utf16Be),
        ] {
            assert_eq!(encoding(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_sequence_over_the_border_of_blocks_is_whole() {
        for shift in 0..4 {
            let mut bytes = vec![b'x'; BLOCK - shift];
            bytes.extend_from_slice("\u{1f600}".as_bytes());
            assert_eq!(
                probe(&mut bytes.as_slice(), u64::MAX).unwrap().encoding,
                Encoding::Utf8,
                "{shift}"
            );
        }
    }

    #[test]
    fn reading_stops_past_the_limit() {
        let bytes = vec![b'x'; BLOCK * 4];
        let probe = probe(&mut bytes.as_slice(), 10).unwrap();
        assert!(probe.bytes > 10 && probe.bytes <= BLOCK as u64);
    }

    #[test]
    fn utf16_is_converted_in_pieces_of_any_size() {
        let text = "School_id,\u{e9}\u{1f600}\n";
        for (encoding, bytes) in [
            (
                Encoding::Utf16Le,
                text.encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<_>>(),
            ),
            (
                Encoding::Utf16Be,
                text.encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect::<Vec<_>>(),
            ),
        ] {
            for step in [1, 2, 3, 1000] {
                let mut out = String::new();
                ascii_based(Box::new(Slow(&bytes, step)), encoding)
                    .read_to_string(&mut out)
                    .unwrap();
                assert_eq!(out, text);
            }
        }
    }
}
