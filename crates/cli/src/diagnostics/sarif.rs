//! The findings as SARIF 2.1.0 (an OASIS standard), for editors and for services that show annotations on files. The rules
//! are the catalogue. Results are written as they are read, so that memory does not grow with their number.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use homeroom_intake::{Excerpt as Row, ExcerptCell as Cell};
use homeroom_model::{Code, Problem, Severity};
use serde_json::{Value, json};

use super::Told;
use super::group::label;
use super::json::Summary;
use super::rows::{Rows, column};

/// Where the schema of the format is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Findings whose rows are looked up together.
const TOGETHER: usize = 20_000;

/// Tells everything.
pub(crate) fn write(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let driver = json!({
        "name": "homeroom",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    write!(
        out,
        "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",\"results\":[",
        json!(SCHEMA)
    )?;
    let mut results = Results {
        told,
        most: told.most(usize::MAX) as u64,
        written: BTreeMap::new(),
        first: true,
    };
    let mut after = Some(0);
    while let Some(from) = after {
        let page = told.checked.findings.page(&told.filter, from, TOGETHER)?;
        results.write(page.findings, out)?;
        after = page.next;
    }
    let summary = serde_json::to_string(&Summary::of(told)?)?;
    writeln!(out, "],\"properties\":{{\"summary\":{summary}}}}}]}}")
}

struct Results<'a, 't> {
    told: &'a Told<'t>,
    /// Of each code.
    most: u64,
    written: BTreeMap<Code, u64>,
    first: bool,
}

impl Results<'_, '_> {
    fn write(&mut self, mut problems: Vec<Problem>, out: &mut dyn Write) -> io::Result<()> {
        problems.retain(|problem| {
            let written = self.written.entry(problem.code).or_default();
            *written += 1;
            *written <= self.most
        });
        let rows = Rows::of(self.told, problems.iter())?;
        for problem in &problems {
            if !std::mem::take(&mut self.first) {
                out.write_all(b",\n")?;
            }
            serde_json::to_writer(&mut *out, &self.result(problem, &rows))?;
        }
        Ok(())
    }

    fn result(&self, problem: &Problem, rows: &Rows) -> Value {
        let code = problem.code;
        let label = label(problem);
        let blank = if label.is_empty() { "" } else { " " };
        let mut result = json!({
            "ruleId": code.text(),
            "ruleIndex": Code::ALL.iter().position(|other| *other == code),
            "level": level(code.severity()),
            "message": { "text": format!("{}{blank}{label}", code.meaning()) },
            "properties": { "problem": problem },
        });
        if let (Some(locations), Some(object)) =
            (self.locations(problem, rows), result.as_object_mut())
        {
            object.insert("locations".to_owned(), locations);
        }
        result
    }

    /// Where it stands; `None` if no file is concerned.
    fn locations(&self, problem: &Problem, rows: &Rows) -> Option<Value> {
        let place = problem.place;
        let name = match place.file {
            "" => problem.value.clone(),
            _ if place.is_custom() => return None,
            stem => self.told.file_name(stem),
        };
        if name.is_empty() {
            return None;
        }
        let mut physical = json!({ "artifactLocation": { "uri": uri(&name) } });
        if place.line > 0
            && let Some(object) = physical.as_object_mut()
        {
            let column = rows.row(problem).map_or(1, |row| start(problem, row));
            let region = json!({ "startLine": place.line, "startColumn": column });
            object.insert("region".to_owned(), region);
        }
        Some(json!([{ "physicalLocation": physical }]))
    }
}

/// Where the cell of a problem begins; 1 if it is about the row as a whole.
fn start(problem: &Problem, row: &Row) -> u64 {
    let same = |cell: &Cell| cell.column.as_deref() == Some(problem.column.as_str());
    let cell = row.cells.iter().position(same);
    cell.map_or(1, |cell| column(row, cell))
}

fn rule(code: Code) -> Value {
    let about: Vec<&str> = code.records().iter().map(|about| about.text()).collect();
    json!({
        "id": code.text(),
        "shortDescription": { "text": code.meaning() },
        "help": { "text": code.repair() },
        "defaultConfiguration": { "level": level(code.severity()) },
        "properties": { "severity": code.severity().text(), "about": about },
    })
}

/// SARIF has no level above error.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The name of a file as a relative reference (RFC 3986): everything but letters, digits and `-._~` is encoded.
fn uri(name: &str) -> String {
    let mut uri = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
