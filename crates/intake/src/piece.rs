//! Some rows of a file, found but not yet read.

use std::io;

use homeroom_model::{Place, Problem};

use crate::header::Shape;
use crate::lexer::{Guessed, Lexer, Next};
use crate::row::{Row, Span};
use crate::{FileSet, Stem};

/// Bytes of rows in one piece: much less than a processor's cache, much more than it costs to pass a piece on.
const BYTES: usize = 128 << 10;

/// Rows in one piece at most.
const ROWS: usize = 4096;

/// Some rows that follow each other in a file.
#[derive(Default)]
pub struct Piece {
    text: String,
    spans: Vec<Span>,
    rows: Vec<Found>,
    error: Option<io::Error>,
}

/// What stands in a file.
enum Found {
    /// A row that has the cells it needs: where its text and its spans end.
    Good {
        text: usize,
        spans: usize,
        plain: bool,
        line: u64,
    },
    Bad(Box<Problem>),
}

/// A row of a piece.
pub(crate) enum Split<'a> {
    Good(Row<'a>),
    Bad(Problem),
}

impl Piece {
    fn push(&mut self, row: Row<'_>) {
        self.text.push_str(row.text());
        self.spans.extend_from_slice(row.spans());
        self.rows.push(Found::Good {
            text: self.text.len(),
            spans: self.spans.len(),
            plain: row.is_plain(),
            line: row.line,
        });
    }

    /// Hands on the rows, in the order of the file.
    ///
    /// # Errors
    /// If what comes behind them could not be read.
    pub(crate) fn each(self, mut take: impl FnMut(Split<'_>)) -> io::Result<()> {
        let (mut text, mut spans) = (0, 0);
        for row in self.rows {
            match row {
                Found::Bad(problem) => take(Split::Bad(*problem)),
                Found::Good {
                    text: text_end,
                    spans: spans_end,
                    plain,
                    line,
                } => {
                    let own = self.text.get(text..text_end).unwrap_or_default();
                    let cells = self.spans.get(spans..spans_end).unwrap_or_default();
                    take(Split::Good(Row::new(own, cells, plain, line)));
                    (text, spans) = (text_end, spans_end);
                }
            }
        }
        self.error.map_or(Ok(()), Err)
    }
}

/// Finds the rows of a file whose header is known.
pub(crate) struct Splitter<'a> {
    pub(crate) lexer: Lexer<'a>,
    pub(crate) shape: &'a Shape,
    pub(crate) files: &'a FileSet,
    pub(crate) stem: Stem,
    pub(crate) ended: bool,
}

impl Splitter<'_> {
    /// The next rows; `None` at the end of the file, and behind rows after which it could not be read.
    pub(crate) fn piece(&mut self) -> Option<Piece> {
        if self.ended {
            return None;
        }
        let mut piece = Piece {
            text: String::with_capacity(BYTES + (BYTES >> 3)),
            ..Piece::default()
        };
        while piece.text.len() < BYTES && piece.rows.len() < ROWS {
            match self.step(&mut piece) {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    self.ended = true;
                    piece.error = Some(error);
                    break;
                }
            }
        }
        Some(piece)
    }

    /// The cells that were read as another encoding.
    pub(crate) fn guessed(&self) -> Guessed {
        self.lexer.guessed()
    }

    /// Finds one row; `false` at the end.
    fn step(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let (code, line) = match self.lexer.advance()? {
            Next::End => return Ok(false),
            Next::Bad(code, line) => (code, line),
            Next::Row => {
                let row = self.lexer.row();
                if self.shape.is_blank(row) {
                    return Ok(true);
                }
                let Some(problem) = self.bad_shape(row) else {
                    piece.push(row);
                    return Ok(true);
                };
                let Some(Next::Bad(code, line)) = self.lexer.doubt() else {
                    piece.rows.push(Found::Bad(Box::new(problem)));
                    return Ok(true);
                };
                (code, line)
            }
        };
        let problem = Problem::new(code, self.place(line));
        piece.rows.push(Found::Bad(Box::new(problem)));
        Ok(true)
    }

    /// What is wrong with the number of cells.
    fn bad_shape(&self, row: Row<'_>) -> Option<Problem> {
        let code = self.shape.fault(row)?;
        let detail = format!("{} cells, the header has {}", row.len(), self.shape.width);
        Some(Problem::new(code, self.place(row.line)).detail(detail))
    }

    fn place(&self, line: u64) -> Place {
        self.files.place(self.stem, line)
    }
}
