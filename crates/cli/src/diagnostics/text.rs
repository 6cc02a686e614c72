//! The findings as text for people: each code with its first rows, the worst first; then how many there are of each and what
//! became of the rows; in the end what an import would do.

use std::fmt::Write as _;
use std::io::{self, Write};

use homeroom_ingest::{Foreseen, ManyRejected};
use homeroom_model::{Code, Problem, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme};

use super::Told;
use super::excerpt::Excerpt;
use super::group::{Group, label};
use super::number::{grouped, list, several};
use super::rows::Rows;
use super::signs::signs;

/// Findings of each code that are told one by one unless asked otherwise.
const USUAL: usize = 3;

/// Findings of each code whose row is shown; those after them are a line each.
const WITH_ROW: usize = 3;

/// How the text looks.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Whether it has colours.
    pub(crate) colours: bool,
    /// Characters of a line.
    pub(crate) width: usize,
}

/// Tells everything.
pub(crate) fn write(told: &Told<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let codes = told.codes();
    let most = told.most(USUAL);
    let mut first: Vec<Vec<Problem>> = Vec::with_capacity(codes.len());
    for (code, _) in &codes {
        let with_row = if briefly(told, *code) {
            0
        } else {
            most.min(WITH_ROW)
        };
        let page = told.checked.findings.page(&told.only(*code), 0, with_row)?;
        first.push(page.findings);
    }
    let rows = Rows::of(told, first.iter().flatten())?;
    for ((code, count), problems) in codes.iter().zip(&first) {
        if briefly(told, *code) {
            continue;
        }
        let mut group = Group::new(*code, title(told, *code, *count));
        for problem in problems {
            add(told, &rows, problem, &mut group);
        }
        if let Some(values) = values(told, *code, *count) {
            group.help(&values);
        }
        let shown = problems.len() as u64;
        let listed = (most as u64).min(*count).max(shown);
        if listed < *count {
            let text = code.text();
            group.help(&format!(
                "{} more: --code {text} --limit 0 lists them all",
                grouped(count - listed)
            ));
        }
        writeln!(out, "{}", rendered(&group, look)?)?;
        if listed > shown {
            write_list(told, *code, (shown, listed), out)?;
        }
    }
    write_briefly(told, &codes, look, out)?;
    write_counts(&codes, out)?;
    write_files(told, out)?;
    write_signs(told, look, out)?;
    writeln!(out, "{}", foreseen(told))
}

/// Whether only the number of a code is told: nothing is wrong, and nobody asked for it.
fn briefly(told: &Told<'_>, code: Code) -> bool {
    code.severity() == Severity::Info && told.filter.codes.is_empty() && told.limit.is_none()
}

fn rendered(group: &Group, look: Look) -> io::Result<String> {
    let theme = if look.colours {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width)
        .with_context_lines(0)
        .with_links(false);
    let mut text = String::new();
    let rendered = handler.render_report(&mut text, group);
    rendered.map_err(io::Error::other)?;
    // Lines without blanks at their ends, so that outputs can be compared.
    let lines = text.lines().map(str::trim_end);
    Ok(lines.fold(String::new(), |mut all, line| {
        all.push_str(line);
        all.push('\n');
        all
    }))
}

/// `error REF_SCHOOL_UNKNOWN: 14,720 in students.csv, 4 in teachers.csv`.
fn title(told: &Told<'_>, code: Code, count: u64) -> String {
    let tally = told.checked.findings.tally();
    let wanted = |file: &str| told.filter.file.as_deref().is_none_or(|only| only == file);
    let files = tally.files(code.text()).filter(|(file, _)| wanted(file));
    let mut places = Vec::new();
    for (file, count) in files.filter(|(file, _)| !file.is_empty()) {
        let name = told.file_name(file);
        let share = share(told, file, count);
        places.push(format!("{} in {name}{share}", grouped(count)));
    }
    let severity = code.severity().text();
    let places = match places.len() {
        0 => grouped(count),
        1..=3 => places.join(", "),
        files => format!("{} in {files} files", grouped(count)),
    };
    format!("{severity} {}: {places}", code.text())
}

/// Different values of a code above which they are not listed: they are ids then.
const VALUES: usize = 12;

/// The values that the findings of a code are about, where they are few.
fn values(told: &Told<'_>, code: Code, count: u64) -> Option<String> {
    let values = told.checked.findings.values().of(code.text());
    if told.filter.file.is_some()
        || values.is_empty()
        || values.len() > VALUES
        || values.len() as u64 == count
    {
        return None;
    }
    let shown = values.iter();
    let shown = shown.map(|(value, count)| format!("{value} ({})", grouped(*count)));
    Some(format!("values: {}", shown.collect::<Vec<_>>().join(", ")))
}

/// How many rows of a file that is, where it is many: ` (every row)`, ` (67 % of its rows)`.
fn share(told: &Told<'_>, file: &str, count: u64) -> String {
    const MANY: u64 = 10;
    let Some(counts) = told.checked.counts.get(file) else {
        return String::new();
    };
    let rows = counts.rows.unwrap_or(counts.received);
    let percent = (count * 100).checked_div(rows).unwrap_or_default();
    match count {
        _ if rows < MANY || count > rows || percent < MANY => String::new(),
        _ if count == rows => " (every row)".to_owned(),
        _ => format!(" ({percent} % of its rows)"),
    }
}

/// Shows a problem in its row, or names its place where there is none.
fn add(told: &Told<'_>, rows: &Rows, problem: &Problem, group: &mut Group) {
    let row = rows.row(problem);
    let excerpt = row.and_then(|row| Excerpt::new(problem, row, told.show_values));
    match excerpt {
        Some(excerpt) => group.show(told.file_name(problem.place.file), problem, excerpt),
        None => group.list(line(told, problem)),
    }
}

/// A finding as one line.
fn line(told: &Told<'_>, problem: &Problem) -> String {
    let mut line = told.place(problem);
    let what = label(problem);
    let value = if problem.value.is_empty() {
        String::new()
    } else {
        format!("\"{}\"", problem.value)
    };
    for part in [value, what] {
        if !part.is_empty() {
            let between = if line.is_empty() { "" } else { "  " };
            line.push_str(between);
            line.push_str(&part);
        }
    }
    line
}

/// The findings of a code from one number to another, a line each.
fn write_list(
    told: &Told<'_>,
    code: Code,
    (from, to): (u64, u64),
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut number = 0;
    told.checked.findings.each(&told.only(code), |problem| {
        number += 1;
        if number > from {
            writeln!(out, "  {}", line(told, &problem))?;
        }
        Ok(number < to)
    })?;
    writeln!(out)
}

/// What is only worth knowing, a line or two each.
fn write_briefly(
    told: &Told<'_>,
    codes: &[(Code, u64)],
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut any = false;
    for (code, count) in codes.iter().filter(|(code, _)| briefly(told, *code)) {
        if !std::mem::replace(&mut any, true) {
            writeln!(out, "Worth knowing, and nothing is wrong:")?;
        }
        let text = format!("{} ({}): {}", code.text(), grouped(*count), code.meaning());
        for line in wrapped(&text, look.width.saturating_sub(4)) {
            writeln!(out, "  {line}")?;
        }
    }
    if any {
        writeln!(out)?;
    }
    Ok(())
}

/// How many findings there are of each code.
fn write_counts(codes: &[(Code, u64)], out: &mut dyn Write) -> io::Result<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let line = |(code, count): &(Code, u64)| {
        let texts = [code.text(), &grouped(*count), code.severity().text()];
        texts.map(str::to_owned)
    };
    let mut lines = vec![["problem", "count", ""].map(str::to_owned)];
    lines.extend(codes.iter().map(line));
    write_table(&lines, out)
}

/// What became of the rows of each file. Where a file could not be read, what is left out of the others says nothing.
fn write_files(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let checked = told.checked;
    let whole = checked.causes.is_empty();
    let mut lines = vec![["file", "received", "kept", "left out", ""].map(str::to_owned)];
    for (stem, count) in &checked.counts {
        let rows = count.rows.filter(|rows| *rows != count.received);
        let known = |number: u64| {
            if whole {
                grouped(number)
            } else {
                "?".to_owned()
            }
        };
        lines.push([
            told.file_name(stem),
            grouped(count.received),
            known(count.kept),
            known(count.rejected),
            rows.map_or_else(String::new, |rows| format!("in {}", several(rows, "row"))),
        ]);
    }
    if lines.len() > 1 {
        write_table(&lines, out)?;
    }
    Ok(())
}

/// What the findings look like together.
fn write_signs(told: &Told<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let signs = signs(told)?;
    if !signs.is_empty() {
        writeln!(out, "What it looks like:")?;
    }
    for sign in &signs {
        for line in wrapped(sign, look.width.saturating_sub(4)) {
            writeln!(out, "  {line}")?;
        }
    }
    if !signs.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// A text as lines that are not longer than they should be, the first with a dash.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec!["-".to_owned()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// Columns side by side: the first and the last to the left, numbers to the right.
fn write_table<const N: usize>(lines: &[[String; N]], out: &mut dyn Write) -> io::Result<()> {
    let longest = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(longest).collect();
    for line in lines {
        let mut text = String::new();
        for (at, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Writing to a string cannot fail.
            let _ = match at {
                0 => write!(text, "{cell:<width$}"),
                _ if at + 1 == N => write!(text, "  {cell}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    writeln!(out)
}

/// What an import would do, in words.
fn foreseen(told: &Told<'_>) -> String {
    let checked = told.checked;
    let tally = checked.findings.tally();
    let fatal = Code::ALL
        .iter()
        .filter(|code| code.severity() == Severity::Fatal);
    let mut files: Vec<String> = fatal
        .flat_map(|code| tally.files(code.text()))
        .map(|(file, _)| told.file_name(file))
        .collect();
    files.sort();
    files.dedup();
    match &checked.foreseen {
        Foreseen::Refused => {
            let mut text = format!(
                "An import would be REFUSED and nothing published, because of {}.",
                list(&files)
            );
            if !checked.causes.is_empty() {
                text.push_str(
                    "\nWhat only follows from that is not listed here; check again afterwards.",
                );
            }
            text
        }
        Foreseen::Held(many) => many.iter().fold(
            "An import would be HELD until somebody has looked at it:".to_owned(),
            |text, many| format!("{text}\n  {}", reason(told, many)),
        ),
        Foreseen::Fine => {
            let left_out: u64 = checked.counts.values().map(|count| count.rejected).sum();
            let rows = match left_out {
                0 => "every row would be used".to_owned(),
                rows => format!("all but {} would be used", several(rows, "row")),
            };
            let warnings = Code::ALL
                .iter()
                .filter(|code| code.severity() == Severity::Warning);
            let warnings: u64 = warnings.map(|code| tally.of(code.text())).sum();
            let warnings = match warnings {
                0 => String::new(),
                count => format!(", with {}", several(count, "warning")),
            };
            format!("An import would be ACCEPTED: {rows}{warnings}.")
        }
    }
}

fn reason(told: &Told<'_>, many: &ManyRejected) -> String {
    format!(
        "{} of the {} rows of {} would be left out (more than {} %)",
        grouped(many.rejected),
        grouped(many.received),
        told.file_name(many.file),
        many.limit
    )
}
