//! What is said of the cells of a row: which record it is, the value as far as it may be shown, and what to use instead.

use homeroom_model::{ClosedList, Code, Problem};

use super::{Cells, name_of};
use crate::exposure::{Exposure, exposure, masked};
use crate::header::Columns;
use crate::row::{Clean, Row};
use crate::suggest::{bad_character, other_order, range_of, said_of_order};
use crate::tables::GradeWord;
use crate::words::Words;

impl Cells<'_, '_> {
    pub(super) fn report_damaged<C: Columns>(&mut self, column: C, text: &str) {
        let range = range_of(text).unwrap_or_default();
        self.report_value(Code::GradeSpreadsheetDamage, column, text, &range);
    }

    pub(super) fn report_grade<C: Columns>(&mut self, column: C, text: &str) {
        let shown = |word| match word {
            GradeWord::One(grade) => grade.text(),
            GradeWord::Several => "",
        };
        let words = &self.settings().tables.grade;
        self.report_unknown(Code::GradeInvalid, column, text, words, shown);
    }

    /// Reports that a day cannot be read; where the other order of day and month makes one of it, that is said.
    pub(crate) fn report_day<C: Columns>(&mut self, code: Code, column: C, text: &str) {
        let (name, day_first) = (name_of(column), self.settings().day_first);
        let Some(problem) = self.about(code, name) else {
            return;
        };
        let problem = problem.value(&masked(name, text));
        let shown = exposure(name) == Exposure::Shown;
        let problem = match other_order(text, day_first) {
            Some(date) if shown => problem
                .suggestion(&date.to_string())
                .detail(said_of_order(day_first)),
            Some(_) => problem.detail(said_of_order(day_first)),
            None => problem,
        };
        self.problems.report(problem);
    }

    /// Reports a problem with a cell whose value says nothing more.
    pub(crate) fn report<C: Columns>(&mut self, code: Code, column: C) {
        if let Some(problem) = self.about(code, name_of(column)) {
            self.problems.report(problem);
        }
    }

    /// Reports a problem with a cell, with its value as far as it may be shown and with what to use instead, which may be
    /// empty.
    pub(crate) fn report_value<C: Columns>(
        &mut self,
        code: Code,
        column: C,
        value: &str,
        suggestion: &str,
    ) {
        let name = name_of(column);
        if let Some(problem) = self.about(code, name) {
            // What is used instead of a hidden value would give it away.
            let suggestion = match exposure(name) {
                Exposure::Shown => suggestion,
                Exposure::Form | Exposure::Hidden => "",
            };
            let problem = problem.value(&masked(name, value));
            self.problems.report(problem.suggestion(suggestion));
        }
    }

    /// Reports a problem with a cell, with its value as far as it may be shown and with more in words.
    pub(crate) fn report_detail<C: Columns>(
        &mut self,
        code: Code,
        column: C,
        value: &str,
        detail: impl Into<String>,
    ) {
        let name = name_of(column);
        if let Some(problem) = self.about(code, name) {
            let problem = problem.value(&masked(name, value));
            self.problems.report(problem.detail(detail));
        }
    }

    /// Reports that a word is not in a table, with the nearest one that is.
    pub(crate) fn report_unknown<C: Columns, T: Copy>(
        &mut self,
        code: Code,
        column: C,
        text: &str,
        words: &Words<T>,
        shown: impl Fn(T) -> &'static str,
    ) {
        let name = name_of(column);
        if !self.hushed {
            let suggestion = self.file.suggestions.of(name, text, words, shown);
            self.report_value(code, column, text, suggestion);
        }
    }

    /// A problem with a cell of this row; `None` if an earlier row has said it.
    pub(super) fn about(&self, code: Code, column: &str) -> Option<Problem> {
        (!self.hushed).then(|| {
            let problem = Problem::new(code, self.place()).column(column);
            problem.key(&key(self.row, self.keys))
        })
    }

    /// Reports what is wrong with the letters of a cell.
    #[cold]
    pub(super) fn report_text(&mut self, name: &str, cell: usize, clean: &Clean<'_>) {
        if clean.bad_character
            && let Some(problem) = self.about(Code::BadCharacter, name)
        {
            let detail = bad_character(self.row.cell(cell));
            self.problems.report(problem.detail(detail));
        }
        let length = clean.text.chars().count();
        if length > self.file.settings.limits.advised_chars
            && let Some(problem) = self.about(Code::TooLong, name)
        {
            let detail = format!("{length} characters");
            self.problems.report(problem.detail(detail));
        }
    }
}

/// What identifies the record of a row: its id, of an enrollment `SECTION / STUDENT`.
pub(crate) fn key(row: Row<'_>, keys: &[(&'static str, usize)]) -> String {
    let mut key = String::new();
    for (at, (_, cell)) in keys.iter().enumerate() {
        if at > 0 {
            key.push_str(" / ");
        }
        key.push_str(&row.clean(*cell).text);
    }
    if key == " / " { String::new() } else { key }
}
