//! Copying a file without its passwords: what is kept of an upload never holds one (district-side 2.2).

use std::io::{self, Read, Write};

mod copy;
mod head;

use crate::encoding::{Encoding, ascii_based, byte_order};
use crate::header::{Shape, documented, names};
use crate::lexer::{Lexer, Next};
use crate::{Limits, Stem};
use copy::Copy;
use head::Head;

/// What a copy is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Kept {
    /// Whether the file has columns of passwords, which are empty in the copy.
    pub has_passwords: bool,
    /// Whether no column of the first line is known, so that anything may be a password: then nothing of the file is
    /// readable in the copy but its separators and line ends. Such a file cannot be imported.
    pub veiled: bool,
    /// Bytes written.
    pub bytes: u64,
}

/// Copies a file as it is, but for the cells of password columns, in whose place nothing is written: the documented
/// column, and any whose name ends in the word. Lines and cells keep their numbers, and reading the copy gives the same
/// records and problems as reading the file.
///
/// In lines that cannot be read every letter becomes an `x`, because nobody knows where in them a password is; in rows
/// with too few or too many cells those cells do that may hold one. A password in quotation marks leaves them behind, and
/// the separators and line breaks between them, with one `x` for each run of other letters: without them a mark that is
/// never closed would swallow other lines in the copy than in the file. For the same reason it does so, marks or none, in
/// lines that such a mark seemed to swallow. A file without such a column is copied byte by byte. The encoding of the file is that of the copy; malformed UTF-16 is replaced. Two
/// things may read otherwise in the copy: what is said about the encoding of a file in which only passwords are not
/// UTF-8, and a mark that is never closed and runs into the limit of a cell just where passwords were.
///
/// # Errors
/// Only if bytes cannot be read or written.
pub fn keep(
    reader: &mut (dyn Read + Send),
    stem: Stem,
    limits: &Limits,
    writer: &mut dyn Write,
) -> io::Result<Kept> {
    let mut head = Head::new(reader);
    let encoding = byte_order(head.look(2)?).unwrap_or(Encoding::Utf8);
    let plan = plan(&mut head, encoding, stem, limits)?;
    head.rewind();
    let mut kept = Kept::default();
    match plan {
        Plan::Copy => kept.bytes = io::copy(&mut head, writer)?,
        Plan::Blank(shape) => {
            kept.has_passwords = true;
            kept.bytes = blanked(&mut head, encoding, &shape, limits, writer)?;
        }
        Plan::Veil => {
            kept.veiled = true;
            kept.bytes = veiled(&mut head, encoding, limits, writer)?;
        }
    }
    Ok(kept)
}

/// What is to be done with a file.
enum Plan {
    Copy,
    Blank(Shape),
    Veil,
}

fn plan(head: &mut Head<'_>, encoding: Encoding, stem: Stem, limits: &Limits) -> io::Result<Plan> {
    let mut lexer = Lexer::new(ascii_based(Box::new(head), encoding), encoding, limits)?;
    lexer.guess_delimiter()?;
    loop {
        match lexer.advance()? {
            Next::End => return Ok(Plan::Copy),
            Next::Bad(..) => return Ok(Plan::Veil),
            Next::Row if lexer.row().is_blank_from(0) => {}
            Next::Row => break,
        }
    }
    let names = names(lexer.row());
    let columns = stem.columns();
    let cell = |at: usize| {
        names
            .iter()
            .position(|name| documented(columns, name) == Some(at))
    };
    let cells: Vec<Option<usize>> = (0..columns.len()).map(cell).collect();
    let shape = Shape::new(&names, columns, &cells);
    Ok(if cells.iter().all(Option::is_none) {
        Plan::Veil
    } else if shape.passwords.is_empty() {
        Plan::Copy
    } else {
        Plan::Blank(shape)
    })
}

/// Copies row by row.
fn blanked(
    head: &mut Head<'_>,
    encoding: Encoding,
    shape: &Shape,
    limits: &Limits,
    writer: &mut dyn Write,
) -> io::Result<u64> {
    let mut copy = Copy::new(writer, encoding, head.begins_with_mark())?;
    let mut lexer = Lexer::new(ascii_based(Box::new(head), encoding), encoding, limits)?;
    lexer.tap();
    lexer.guess_delimiter()?;
    let mut in_header = true;
    let mut given_up = GivenUp::default();
    loop {
        let next = lexer.advance()?;
        let delimiter = lexer.delimiter();
        given_up.pass(lexer.tapped());
        copy.veil(lexer.tapped(), delimiter);
        lexer.clear_tap();
        match next {
            Next::End => return copy.finish(),
            Next::Bad(..) => {
                given_up.in_pieces = true;
                given_up.pass(lexer.raw());
                copy.veil(lexer.raw(), delimiter);
            }
            Next::Row if in_header => {
                in_header = lexer.row().is_blank_from(0);
                copy.put(lexer.raw());
                if !in_header {
                    lexer.expect_cells(shape.width);
                }
            }
            Next::Row => put_row(&mut copy, &mut lexer, shape, &mut given_up),
        }
        copy.flush()?;
    }
}

/// What is known of the lines behind one that was given up.
#[derive(Default)]
struct GivenUp {
    /// Rows of another shape may be pieces of its password.
    in_pieces: bool,
    /// So many bytes were cells of its row before it was cut down. It was given up because they are too many or too few, and
    /// would not be if those that hold something were empty.
    swallowed: usize,
}

impl GivenUp {
    fn pass(&mut self, bytes: &[u8]) {
        self.swallowed = self.swallowed.saturating_sub(bytes.len());
    }
}

/// Writes a row without its passwords.
fn put_row(copy: &mut Copy<'_>, lexer: &mut Lexer<'_>, shape: &Shape, given_up: &mut GivenUp) {
    let row = lexer.row();
    let cells = row.len();
    let is_blank = shape.is_blank(row);
    let is_bad = !is_blank && shape.fault(row).is_some();
    let delimiter = lexer.delimiter();
    let reach = lexer.raw().len();
    let is_doubted = is_bad && lexer.doubt().is_some();
    if is_doubted {
        given_up.swallowed = given_up.swallowed.max(reach);
    }
    let stays = given_up.swallowed > 0;
    given_up.pass(lexer.raw());
    if is_doubted || is_bad && given_up.in_pieces {
        given_up.in_pieces = true;
        copy.veil(lexer.raw(), delimiter);
        return;
    }
    given_up.in_pieces &= is_blank;
    // In a row of another width nobody knows how far its cells have moved.
    let moved = if is_bad {
        cells.abs_diff(shape.width)
    } else {
        0
    };
    let (before, behind) = if cells > shape.width {
        (0, moved)
    } else {
        (moved, 0)
    };
    let raw = lexer.raw();
    let mut from = 0;
    for (at, region) in lexer.regions().enumerate() {
        let holds =
            |password: &usize| (password.saturating_sub(before)..=*password + behind).contains(&at);
        if !shape.passwords.iter().any(holds) {
            continue;
        }
        copy.put(raw.get(from..region.start).unwrap_or_default());
        let cell = raw.get(region.clone()).unwrap_or_default();
        if is_bad {
            copy.veil(cell, delimiter);
        } else {
            copy.blank(cell, delimiter, stays);
            if cells == 1 {
                // An empty line between a CR and an LF would be none.
                copy.put(b" ");
            }
        }
        from = region.end;
    }
    copy.put(raw.get(from..).unwrap_or_default());
}

/// Copies the separators of a file.
fn veiled(
    head: &mut Head<'_>,
    encoding: Encoding,
    limits: &Limits,
    writer: &mut dyn Write,
) -> io::Result<u64> {
    let mut copy = Copy::new(writer, encoding, head.begins_with_mark())?;
    let mut lexer = Lexer::new(ascii_based(Box::new(head), encoding), encoding, limits)?;
    lexer.tap();
    lexer.guess_delimiter()?;
    loop {
        let next = lexer.advance()?;
        let delimiter = lexer.delimiter();
        copy.veil(lexer.tapped(), delimiter);
        lexer.clear_tap();
        match next {
            Next::End => return copy.finish(),
            Next::Bad(..) | Next::Row => copy.veil(lexer.raw(), delimiter),
        }
        copy.flush()?;
    }
}
