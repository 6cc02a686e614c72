//! The cells of one row by the names of their columns, read as what their columns hold.
//!
//! Every method reports what is wrong with its cell, except where [`Cells::hush`] says that an earlier row has said it.

use std::borrow::Cow;

use memchr::memchr2;

use homeroom_model::{
    ClosedList, Code, Date, Ext, Gender, Grade, Language, Listed, Lunch, Place, Problems, Text,
    YesNo,
};

use crate::contact_words::is_email;
use crate::grade::{GradeSaid, Whose, grade};
use crate::header::{Columns, Header};
use crate::row::{Row, means_nothing};
use crate::suggest::{Suggestions, email_fault};
use crate::tables::{GenderWord, LunchWord};
use crate::words::Words;
use crate::{FileSet, Intake, Settings, Stem};

mod report;

pub(crate) use report::key;

/// What all rows of a file share.
pub(crate) struct File<'a> {
    files: &'a FileSet,
    stem: Stem,
    pub(crate) header: &'a Header,
    pub(crate) settings: &'a Settings,
    suggestions: Suggestions,
}

impl<'a> File<'a> {
    pub(crate) fn new(intake: &Intake<'a>, stem: Stem, header: &'a Header) -> Self {
        Self {
            files: intake.files,
            stem,
            header,
            settings: intake.settings,
            suggestions: Suggestions::default(),
        }
    }

    /// Place of a line.
    pub(crate) fn place(&self, line: u64) -> Place {
        self.files.place(self.stem, line)
    }
}

/// The cells of one row.
pub(crate) struct Cells<'a, 'p> {
    file: &'a File<'a>,
    row: Row<'a>,
    problems: &'p mut dyn Problems,
    /// Names of the columns that identify the record, and their cells.
    keys: &'a [(&'static str, usize)],
    hushed: bool,
}

impl<'a, 'p> Cells<'a, 'p> {
    pub(crate) fn new(
        file: &'a File<'a>,
        row: Row<'a>,
        keys: &'a [(&'static str, usize)],
        problems: &'p mut dyn Problems,
    ) -> Self {
        Self {
            file,
            row,
            problems,
            keys,
            hushed: false,
        }
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.file.settings
    }

    pub(crate) fn place(&self) -> Place {
        self.file.place(self.row.line)
    }

    /// Whether problems are kept quiet from here on.
    pub(crate) fn hush(&mut self, hushed: bool) {
        self.hushed = hushed;
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: impl Columns) -> bool {
        self.file.header.cell(column.index()).is_some()
    }

    /// Whether a cell has no value.
    pub(crate) fn is_empty(&self, column: impl Columns) -> bool {
        let cell = self.file.header.cell(column.index());
        cell.is_none_or(|cell| {
            let text = self.row.clean(cell).text;
            text.is_empty() || means_nothing(&text)
        })
    }

    /// A value again that has been read, without what was reported of it.
    pub(crate) fn as_sent(&self, column: impl Columns) -> Text<'a> {
        let cell = self.file.header.cell(column.index());
        cell.map_or(Cow::Borrowed(""), |cell| self.row.clean(cell).text)
    }

    /// A value that every row has; only its presence is sure.
    pub(crate) fn required<C: Columns>(&mut self, column: C) -> Text<'a> {
        self.value(name_of(column), self.file.header.cell(column.index()))
    }

    /// A value that may be empty.
    pub(crate) fn text<C: Columns>(&mut self, column: C) -> Text<'a> {
        let text = self.required(column);
        if means_nothing(&text) {
            return Cow::Borrowed("");
        }
        text
    }

    /// An id that every row has.
    pub(crate) fn required_id<C: Columns>(&mut self, column: C) -> Text<'a> {
        let id = self.required(column);
        self.checked_id(column, id)
    }

    /// An id or a number that may be empty.
    pub(crate) fn id<C: Columns>(&mut self, column: C) -> Text<'a> {
        let id = self.text(column);
        self.checked_id(column, id)
    }

    /// An email that may be empty; never changed (district-side 3.8).
    pub(crate) fn email<C: Columns>(&mut self, column: C) -> Text<'a> {
        let email = self.text(column);
        self.checked_email(column, email)
    }

    /// An email that every row has.
    pub(crate) fn required_email<C: Columns>(&mut self, column: C) -> Text<'a> {
        let email = self.required(column);
        self.checked_email(column, email)
    }

    /// A grade of a person or of a school: several grades are none of the list.
    pub(crate) fn grade<C: Columns>(
        &mut self,
        column: C,
    ) -> (Listed<'a, Grade>, Option<GradeSaid>) {
        let text = self.text(column);
        if text.is_empty() {
            return (Listed::Blank, None);
        }
        let said = grade(self.settings(), &text, Whose::Person);
        match said {
            GradeSaid::One(grade) => return (Listed::Known(grade), Some(said)),
            GradeSaid::Several => {}
            GradeSaid::Damaged => self.report_damaged(column, &text),
            GradeSaid::Unknown => self.report_grade(column, &text),
        }
        (Listed::Known(Grade::Other), Some(said))
    }

    /// A grade of a section: several grades leave it to be derived.
    pub(crate) fn section_grade<C: Columns>(&mut self, column: C) -> Listed<'a, Grade> {
        let text = self.text(column);
        if text.is_empty() {
            return Listed::Blank;
        }
        match grade(self.settings(), &text, Whose::Section) {
            GradeSaid::One(grade) => Listed::Known(grade),
            GradeSaid::Several => Listed::Blank,
            GradeSaid::Damaged => {
                self.report_damaged(column, &text);
                Listed::Blank
            }
            GradeSaid::Unknown => {
                self.report_grade(column, &text);
                Listed::Known(Grade::Other)
            }
        }
    }

    /// Yes or no.
    pub(crate) fn flag<C: Columns>(
        &mut self,
        column: C,
        words: &Words<YesNo>,
    ) -> Listed<'a, YesNo> {
        self.listed(
            column,
            |text| words.get(text).map(Listed::Known),
            Code::FlagInvalid,
        )
        .unwrap_or_default()
    }

    /// Gender.
    pub(crate) fn gender<C: Columns>(&mut self, column: C) -> Listed<'a, Gender> {
        let words = &self.settings().tables.gender;
        let mean = |text: &str| words.get(text).map(|GenderWord(gender)| gender.into());
        self.listed(column, mean, Code::GenderInvalid)
            .unwrap_or_default()
    }

    /// Free or reduced lunch.
    pub(crate) fn lunch<C: Columns>(&mut self, column: C) -> Listed<'a, Lunch> {
        let words = &self.settings().tables.lunch;
        match self.listed(column, |text| words.get(text), Code::FrlInvalid) {
            Some(LunchWord::Lunch(lunch)) => Listed::Known(lunch),
            Some(LunchWord::Ambiguous) => {
                self.report(Code::FrlAmbiguous, column);
                Listed::Blank
            }
            None => Listed::Blank,
        }
    }

    /// Language spoken at home.
    pub(crate) fn language<C: Columns>(&mut self, column: C) -> Listed<'a, Language> {
        let words = &self.settings().tables.language;
        let text = self.text(column);
        if text.is_empty() {
            return Listed::Blank;
        }
        let language = words.get(&text);
        if language.is_none() {
            let code = Code::LanguageInvalid;
            self.report_unknown(code, column, &text, words, ClosedList::text);
        }
        Listed::Known(language.unwrap_or(Language::Other))
    }

    /// What a cell that is not empty means; reported if it means nothing.
    fn listed<C: Columns, T>(
        &mut self,
        column: C,
        mean: impl Fn(&str) -> Option<T>,
        code: Code,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let meaning = mean(&text);
        if meaning.is_none() {
            self.report_value(code, column, &text, "");
        }
        meaning
    }

    /// A date of a term and its text as sent.
    pub(crate) fn term_date<C: Columns>(&mut self, column: C) -> (Option<Date>, Text<'a>) {
        let text = self.text(column);
        if text.is_empty() {
            return (None, text);
        }
        let date = crate::date::term_date(&text, self.settings().day_first);
        if date.is_none() {
            self.report_day(Code::TermDateInvalid, column, &text);
        }
        (date, text)
    }

    /// The extension fields that have a value, added to those that are there.
    pub(crate) fn ext_into(&mut self, ext: &mut Ext<'a>) {
        let header = self.file.header;
        for (name, cell) in &header.ext {
            let value = self.value(name, Some(*cell));
            if !value.is_empty() && !means_nothing(&value) {
                ext.set(name.as_str(), value);
            }
        }
    }

    /// The extension fields that have a value.
    pub(crate) fn ext(&mut self) -> Ext<'a> {
        let mut ext = Ext::default();
        self.ext_into(&mut ext);
        ext
    }

    fn value(&mut self, name: &str, cell: Option<usize>) -> Text<'a> {
        let Some(cell) = cell else {
            return Cow::Borrowed("");
        };
        let clean = self.row.clean(cell);
        if clean.bad_character || clean.text.len() > self.file.settings.limits.advised_chars {
            self.report_text(name, cell, &clean);
        }
        clean.text
    }

    /// The id of a cell that has been read, reported if a spreadsheet seems to have changed it.
    pub(crate) fn checked_id(&mut self, column: impl Columns, id: Text<'a>) -> Text<'a> {
        if looks_like_spreadsheet(&id) {
            let whole = id.strip_suffix(".0").unwrap_or_default();
            self.report_value(Code::IdLooksSpreadsheet, column, &id, whole);
        }
        id
    }

    /// The email of a cell that has been read, reported if it has not the form of one.
    pub(crate) fn checked_email(&mut self, column: impl Columns, email: Text<'a>) -> Text<'a> {
        if !email.is_empty() && !is_email(&email) {
            self.report_detail(Code::EmailMalformed, column, &email, email_fault(&email));
        }
        email
    }
}

/// The documented name of a column.
pub(crate) fn name_of<C: Columns>(column: C) -> &'static str {
    C::ALL.get(column.index()).map_or("", |column| column.name)
}

/// Whether an id is a number in scientific notation, as spreadsheets write long ones, or a whole number with `.0`.
fn looks_like_spreadsheet(id: &str) -> bool {
    if !id.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(whole) = id.strip_suffix(".0") {
        return digits(whole);
    }
    let Some(at) = memchr2(b'e', b'E', id.as_bytes()) else {
        return false;
    };
    let (number, exponent) = id.split_at(at);
    let exponent = exponent.get(1..).unwrap_or_default();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let unsigned = exponent.trim_start_matches(['+', '-']);
    // `12E3` may well be an id: a point or a sign must be there too.
    digits(whole)
        && digits(fraction)
        && digits(unsigned)
        && (number.contains('.') || unsigned.len() + 1 == exponent.len())
}

#[cfg(test)]
mod tests {
    use super::looks_like_spreadsheet;

    #[test]
    fn ids_that_a_spreadsheet_changed() {
        for id in ["1.23E+11", "1.23e11", "5E+11", "1E-5", "12345.0", "0.0"] {
            assert!(looks_like_spreadsheet(id), "{id}");
        }
        for id in [
            "12E3",
            "000-02E-1195",
            "1.5",
            "A.0",
            ".0",
            "E+5",
            "1.E+5",
            "12345",
            "",
            "2.0.0",
            "1E++5",
        ] {
            assert!(!looks_like_spreadsheet(id), "{id}");
        }
    }
}
