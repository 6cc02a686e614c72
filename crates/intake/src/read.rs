//! Reading a file from its first byte to its last record.

use std::io;

use homeroom_model::{Code, Place, Problem, Problems};

use crate::cells::{Cells, File, key};
use crate::encoding::{ascii_based, probe};
use crate::file_set::too_large;
use crate::header::{Columns, Header, Need, Rules};
use crate::lexer::{Lexer, Next};
use crate::piece::{Split, Splitter};
use crate::row::Row;
use crate::{FileSet, Origin, Settings, Source, Stem};

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file.
    pub stem: Stem,
    /// Whether the district sent it.
    pub supplied: bool,
    /// Whether a fatal problem stopped it: nothing may be published then.
    pub fatal: bool,
    /// Rows received: all but the header and empty ones.
    pub rows: u64,
    /// Rows handed on.
    pub kept: u64,
    /// Rows left out; with `kept` they add up to `rows`.
    pub rejected: u64,
}

impl FileReport {
    /// The report of a file that was not sent.
    pub(crate) fn nothing(stem: Stem) -> Self {
        Self {
            stem,
            supplied: false,
            fatal: false,
            rows: 0,
            kept: 0,
            rejected: 0,
        }
    }
}

/// A file's columns and how a row of them becomes a record.
pub(crate) trait Format {
    /// Columns that identify a record.
    const KEYS: &'static [Self::Column];
    /// Whether rows of one record follow each other as a rule, so that what is wrong with the record is said once.
    const REPEATS: bool;
    /// Columns whose absence is said once for the file.
    const WANTED: &'static [Wanted<Self::Column>] = &[];
    type Column: Columns;
    type Record<'a>;

    /// The record of a row whose required values are all there.
    fn record<'a>(cells: &mut Cells<'a, '_>) -> Self::Record<'a>;
}

/// A column that somebody will miss if it is not there.
pub(crate) struct Wanted<C> {
    pub(crate) column: C,
    /// What an empty cell of it is called.
    pub(crate) code: Code,
    /// A column without which nobody misses it.
    pub(crate) beside: Option<C>,
}

impl<C> Wanted<C> {
    pub(crate) const fn always(column: C, code: Code) -> Self {
        Self {
            column,
            code,
            beside: None,
        }
    }
}

/// Files and settings of a run.
#[derive(Clone, Copy)]
pub struct Intake<'a> {
    /// Where the bytes are.
    pub source: &'a dyn Source,
    /// Which file is which.
    pub files: &'a FileSet,
    /// How they are read.
    pub settings: &'a Settings,
}

impl Intake<'_> {
    /// Reads a file and hands on its records in the order of the file, with their places. What is wrong is reported
    /// before the record in which it is; the consumer gets the same collector to report what it finds.
    pub(crate) fn read<F: Format>(
        &self,
        stem: Stem,
        problems: &mut dyn Problems,
        mut each: impl FnMut(Place, F::Record<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        let mut report = FileReport::nothing(stem);
        let Some(name) = self.files.name(stem) else {
            return Ok(report);
        };
        report.supplied = true;
        let Some(mut lexer) = self.open(stem, name, problems)? else {
            report.fatal = true;
            return Ok(report);
        };
        let Some(header) = self.header(stem, &mut lexer, problems)? else {
            report.fatal = true;
            return Ok(report);
        };
        lexer.expect_cells(header.shape.width);
        self.report_absent::<F>(stem, &header, problems);
        let file = File::new(self, stem, &header);
        let mut rows = Rows::<F>::new(&file);
        let mut splitter = Splitter {
            lexer,
            shape: &header.shape,
            files: self.files,
            stem,
            ended: false,
        };
        let mut failed = Ok(());
        let beside = self.source.beside();
        beside.run(&mut || splitter.piece(), &mut |piece| {
            let read = piece.each(|row| {
                report.rows += 1;
                match row {
                    Split::Good(row) if rows.hand_on(row, problems, &mut each) => report.kept += 1,
                    Split::Good(_) => report.rejected += 1,
                    Split::Bad(problem) => {
                        problems.report(problem);
                        report.rejected += 1;
                    }
                }
            });
            if let Err(error) = read {
                failed = Err(error);
            }
        });
        failed?;
        let guessed = splitter.guessed();
        if guessed.cells > 0 {
            let detail = format!(
                "{} cells, the first in line {}",
                guessed.cells, guessed.first_line
            );
            let place = self.files.place(stem, 0);
            problems.report(Problem::new(Code::EncodingGuessed, place).detail(detail));
        }
        Ok(report)
    }

    /// Says once for the file what else would be said of each of its rows: that a column is not there.
    fn report_absent<F: Format>(&self, stem: Stem, header: &Header, problems: &mut dyn Problems) {
        let is_there = |column: &F::Column| header.cell(column.index()).is_some();
        // Records kept by hand have the columns that somebody filled in.
        let wanted = match self.files.origin() {
            Origin::Files => F::WANTED,
            Origin::Custom => &[],
        };
        for wanted in wanted {
            if !is_there(&wanted.column) && wanted.beside.as_ref().is_none_or(is_there) {
                let problem = Problem::new(wanted.code, self.files.place(stem, header.line))
                    .column(crate::cells::name_of(wanted.column))
                    .detail("the file has no such column");
                problems.report(problem);
            }
        }
    }

    /// A lexer over the file, `None` if it is too large.
    pub(crate) fn open(
        &self,
        stem: Stem,
        name: &str,
        problems: &mut dyn Problems,
    ) -> io::Result<Option<Lexer<'_>>> {
        let limits = &self.settings.limits;
        let probe = probe(self.source.open(name)?.as_mut(), limits.file_bytes)?;
        if probe.bytes > limits.file_bytes {
            problems.report(too_large(stem, probe.bytes, limits));
            return Ok(None);
        }
        let reader = ascii_based(self.source.open(name)?, probe.encoding);
        Lexer::new(reader, probe.encoding, limits).map(Some)
    }

    pub(crate) fn header(
        &self,
        stem: Stem,
        lexer: &mut Lexer<'_>,
        problems: &mut dyn Problems,
    ) -> io::Result<Option<Header>> {
        if let Some(delimiter) = lexer.guess_delimiter()? {
            let problem = Problem::new(Code::DelimiterGuessed, self.files.place(stem, 0));
            problems.report(problem.value(delimiter).suggestion("comma"));
        }
        loop {
            match lexer.advance()? {
                Next::End => {
                    problems.report(Problem::new(Code::FileEmpty, self.files.place(stem, 0)));
                    return Ok(None);
                }
                Next::Bad(code, line) => {
                    let problem = Problem::new(Code::HeaderMissing, self.files.place(stem, line));
                    problems.report(problem.detail(code.meaning()));
                    return Ok(None);
                }
                Next::Row if lexer.row().is_blank_from(0) => {}
                Next::Row => {
                    let rules = Rules {
                        place: self.files.place(stem, lexer.row().line),
                        columns: stem.columns(),
                        ext: stem.may_have_ext(),
                        limits: &self.settings.limits,
                    };
                    return Ok(Header::read(lexer.row(), &rules, problems));
                }
            }
        }
    }
}

/// What the rows of a file are judged by, and what is remembered from one to the next.
struct Rows<'a, F> {
    file: &'a File<'a>,
    /// Columns with a value in every row, and their cells.
    required: Vec<(&'static str, usize)>,
    /// Columns that identify a record, and their cells.
    keys: Vec<(&'static str, usize)>,
    /// The first id of the last record handed on.
    last: String,
    format: std::marker::PhantomData<F>,
}

impl<'a, F: Format> Rows<'a, F> {
    fn new(file: &'a File<'a>) -> Self {
        let cell = |index: usize| {
            let column = F::Column::ALL.get(index)?;
            Some((column.name, file.header.cell(index)?))
        };
        let has_value = |index: &usize| {
            let column = F::Column::ALL.get(*index);
            column.is_some_and(|column| column.need == Need::Value)
        };
        Self {
            file,
            required: (0..F::Column::ALL.len())
                .filter(has_value)
                .filter_map(cell)
                .collect(),
            keys: F::KEYS.iter().filter_map(|key| cell(key.index())).collect(),
            last: String::new(),
            format: std::marker::PhantomData,
        }
    }

    fn place(&self, line: u64) -> Place {
        self.file.place(line)
    }

    /// Makes the record and hands it on; `false` if a required value is missing.
    fn hand_on(
        &mut self,
        row: Row<'_>,
        problems: &mut dyn Problems,
        each: &mut impl FnMut(Place, F::Record<'_>, &mut dyn Problems),
    ) -> bool {
        let place = self.place(row.line);
        // Nothing is missing as a rule, and then nothing is allocated.
        let missing: Vec<&'static str> = self
            .required
            .iter()
            .filter(|(_, cell)| row.clean(*cell).text.is_empty())
            .map(|(name, _)| *name)
            .collect();
        if let [first, others @ ..] = missing.as_slice() {
            let mut problem = Problem::new(Code::MissingRequired, place)
                .column(*first)
                .key(&key(row, &self.keys));
            if !others.is_empty() {
                problem = problem.detail(format!("empty too: {}", others.join(", ")));
            }
            problems.report(problem);
            return false;
        }
        let id = self.keys.first().map(|(_, cell)| row.clean(*cell).text);
        let repeated = F::REPEATS && id.as_deref() == Some(self.last.as_str());
        if let Some(id) = id.filter(|_| F::REPEATS && !repeated) {
            self.last.clear();
            self.last.push_str(&id);
        }
        let mut cells = Cells::new(self.file, row, &self.keys, problems);
        cells.hush(repeated);
        let record = F::record(&mut cells);
        each(place, record, problems);
        true
    }
}
