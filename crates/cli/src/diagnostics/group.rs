//! All findings of one code, as one diagnostic: what it means, the first rows with the place marked, the repair.

use std::fmt;

use homeroom_model::{Code, Problem, Severity};
use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::excerpt::Excerpt;

/// A row of a file, shown.
#[derive(Debug)]
struct Part {
    /// Where it begins in the text that all rows together would be.
    start: usize,
    text: String,
    name: String,
    line: usize,
    column: usize,
}

impl Part {
    fn holds(&self, span: &SourceSpan) -> bool {
        let end = span.offset() + span.len();
        span.offset() >= self.start && end <= self.start + self.text.len()
    }
}

/// Rows of several files as one source: each with its own name and line.
#[derive(Debug, Default)]
struct Parts(Vec<Part>);

impl SourceCode for Parts {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // A span over two rows has no contents, so that rows are never joined.
        let part = self.0.iter().find(|part| part.holds(span));
        let part = part.ok_or(MietteError::OutOfBounds)?;
        let whole = SourceSpan::new(part.start.into(), part.text.len());
        Ok(Box::new(MietteSpanContents::new_named(
            part.name.clone(),
            part.text.as_bytes(),
            whole,
            part.line,
            part.column,
            1,
        )))
    }
}

/// The findings of a code.
#[derive(Debug)]
pub(super) struct Group {
    code: Code,
    /// How many there are and where.
    title: String,
    /// Those that have no row to be shown in.
    listed: Vec<String>,
    parts: Parts,
    labels: Vec<LabeledSpan>,
    /// What to do, and how to see the rest.
    help: String,
}

impl Group {
    pub(super) fn new(code: Code, title: String) -> Self {
        Self {
            code,
            title,
            listed: Vec::new(),
            parts: Parts::default(),
            labels: Vec::new(),
            help: code.repair().to_owned(),
        }
    }

    /// Shows a finding in its row.
    pub(super) fn show(&mut self, file: String, problem: &Problem, excerpt: Excerpt) {
        let parts = &mut self.parts.0;
        let start = parts
            .last()
            .map_or(0, |last| last.start + last.text.len() + 1);
        let mark = start + excerpt.mark.start;
        let label = label(problem);
        let label = (!label.is_empty()).then_some(label);
        self.labels
            .push(LabeledSpan::new(label, mark, excerpt.mark.len()));
        let number = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        parts.push(Part {
            start,
            text: excerpt.text,
            name: file,
            line: number(problem.place.line),
            column: number(excerpt.at),
        });
    }

    /// Names a finding in a line of text.
    pub(super) fn list(&mut self, line: String) {
        self.listed.push(line);
    }

    /// Adds a line to what to do.
    pub(super) fn help(&mut self, line: &str) {
        self.help.push('\n');
        self.help.push_str(line);
    }
}

/// What stands under the mark: the column, the record, what is the matter with them, what to write instead.
pub(super) fn label(problem: &Problem) -> String {
    let record = record(problem);
    let mut label = match (problem.column.as_str(), record.as_str()) {
        ("", record) => record.to_owned(),
        (column, "") => column.to_owned(),
        (column, record) => format!("{column} of {record}"),
    };
    let mut add = |between: &str, text: &str| {
        if !label.is_empty() && !text.is_empty() {
            label.push_str(between);
        }
        label.push_str(text);
    };
    let (detail, suggestion) = (&problem.detail, &problem.suggestion);
    match problem.code {
        Code::QuoteUnclosed if detail.is_empty() => add(": ", "opened here"),
        Code::FileMissing if !suggestion.is_empty() => {
            add(": ", &format!("{detail} to {suggestion}"));
        }
        Code::HeaderMissing if !suggestion.is_empty() => {
            add(": ", &format!("rename {} to {suggestion}", problem.value));
        }
        _ => {
            add(": ", detail);
            if !suggestion.is_empty() {
                add("; ", &format!("did you mean {suggestion}?"));
            }
        }
    }
    label
}

/// The record of a problem with the word for what it is: `student 1001`.
fn record(problem: &Problem) -> String {
    let key = &problem.key;
    let word = match problem.place.file {
        _ if key.is_empty() => return String::new(),
        "schools" | "ext_schools" => "school",
        "students" | "ext_students" => "student",
        "teachers" | "ext_teachers" => "teacher",
        "staff" | "admins" | "ext_staff" => "staff member",
        "sections" | "ext_sections" | "sections_supplement" => "section",
        "enrollments" => {
            // SECTION / STUDENT
            return match key.split_once(" / ") {
                Some((section, student)) => format!("student {student} in section {section}"),
                None => key.clone(),
            };
        }
        "resources" => "resource",
        "attendance" => "attendance",
        _ => return key.clone(),
    };
    format!("{word} {key}")
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.meaning())?;
        for line in &self.listed {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Group {}

impl Diagnostic for Group {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.title))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.code.severity() {
            Severity::Fatal | Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.parts)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
