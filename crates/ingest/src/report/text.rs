//! The report for people: what happened, what was wrong, where, and what to do. It names ids, never other values of a person.

use std::fmt::{Result, Write};

use homeroom_model::{Code, Problem, Severity};

use super::{Outcome, Report};

impl Report {
    /// The report for people; of each kind of problem the first `most` one by one, all of them counted.
    pub fn text(&self, most: usize) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, most);
        text
    }

    fn write(&self, out: &mut String, most: usize) -> Result {
        writeln!(out, "{}", self.headline())?;
        self.write_counts(out)?;
        self.write_changes(out)?;
        self.write_held(out)?;
        self.write_problems(out, most)?;
        if let (Outcome::Held, Some(plan)) = (self.state, &self.plan) {
            writeln!(
                out,
                "\nIf this is right, publish it with the same command and: --approve {plan}"
            )?;
        }
        Ok(())
    }

    fn headline(&self) -> String {
        let served = |still: &str| {
            self.snapshot.map_or_else(
                || "nothing is published yet".to_owned(),
                |number| format!("snapshot {number} is {still}served"),
            )
        };
        match self.state {
            Outcome::Published => format!("Published: {}.", served("")),
            Outcome::NoChange => format!(
                "No change: the files say what is published already; {}.",
                served("")
            ),
            Outcome::Held => format!(
                "Held: this import would change so much that somebody should look first; {}.",
                served("still ")
            ),
            Outcome::Paused | Outcome::Blocked => {
                format!("Not imported: {}; {}.", self.note, served("still "))
            }
            Outcome::Error => format!(
                "Not imported because of {}; {}.",
                self.to_blame(),
                served("still ")
            ),
            Outcome::Planned if self.held.is_empty() => {
                format!("Dry run: this is what would happen; {}.", served("still "))
            }
            Outcome::Planned => format!(
                "Dry run: this import would be held, for somebody to look first; {}.",
                served("still ")
            ),
        }
    }

    /// The files that stop the import.
    fn to_blame(&self) -> String {
        let mut files: Vec<_> = self
            .shown
            .iter()
            .filter(|problem| is_fatal(problem.code) && !problem.place.file.is_empty())
            .map(|problem| format!("{}.csv", problem.place.file))
            .collect();
        files.sort();
        files.dedup();
        match files.as_slice() {
            [] => "the files".to_owned(),
            [only] => only.clone(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }

    fn write_counts(&self, out: &mut String) -> Result {
        if self.counts.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<16}{:>10}{:>10}{:>10}",
            "file", "received", "kept", "rejected"
        )?;
        for (file, count) in &self.counts {
            write!(
                out,
                "{file:<16}{:>10}{:>10}{:>10}",
                count.received, count.kept, count.rejected
            )?;
            match count.rows {
                Some(rows) => writeln!(out, "  (in {})", several(rows, "row"))?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }

    fn write_changes(&self, out: &mut String) -> Result {
        if !matches!(
            self.state,
            Outcome::Published | Outcome::Held | Outcome::Planned
        ) {
            return Ok(());
        }
        writeln!(
            out,
            "\n{:<16}{:>10}{:>10}{:>10}",
            "records", "created", "updated", "deleted"
        )?;
        for (kind, count) in &self.changes {
            writeln!(
                out,
                "{kind:<16}{:>10}{:>10}{:>10}",
                count.created, count.updated, count.deleted
            )?;
        }
        Ok(())
    }

    fn write_held(&self, out: &mut String) -> Result {
        if !self.held.is_empty() {
            writeln!(out, "\nHeld because")?;
        }
        for verdict in &self.held {
            writeln!(out, "  {}", verdict.reason)?;
        }
        if !self.patterns.is_empty() {
            writeln!(out, "\nWhat it looks like")?;
        }
        for pattern in &self.patterns {
            writeln!(out, "  {pattern}")?;
        }
        Ok(())
    }

    fn write_problems(&self, out: &mut String, most: usize) -> Result {
        if self.problems.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}\n", self.totals())?;
        let mut codes: Vec<Code> = Code::ALL.to_vec();
        codes.sort_by_key(|code| std::cmp::Reverse(code.severity()));
        let brief = self.stops_at_a_file() || self.shown.is_empty();
        // A line for what is only counted, a paragraph for what is explained.
        let mut apart = false;
        for code in codes {
            let Some(&count) = self.problems.get(code.text()) else {
                continue;
            };
            let explained = !brief || is_fatal(code);
            if std::mem::replace(&mut apart, explained) {
                writeln!(out)?;
            }
            let severity = code.severity().text();
            writeln!(out, "{severity:<8}{count} x {}", code.text())?;
            if explained {
                writeln!(out, "  {}\n  {}", code.meaning(), code.repair())?;
                self.write_places(out, code, count, most)?;
            }
        }
        self.write_what_is_left_out(out, most, brief)
    }

    /// How many problems there are by severity, and what each severity means for the data.
    fn totals(&self) -> String {
        let severities = [
            (Severity::Fatal, "fatal problem", "nothing is published"),
            (Severity::Error, "error", "what is wrong is left out"),
            (Severity::Warning, "warning", "published all the same"),
            (Severity::Info, "remark", "nothing is wrong"),
        ];
        let fatal = self.state == Outcome::Error;
        let mut parts = Vec::new();
        for (severity, word, meaning) in severities {
            let of_it = Code::ALL.iter().filter(|code| code.severity() == severity);
            let count: u64 = of_it
                .filter_map(|code| self.problems.get(code.text()))
                .sum();
            if count > 0 && (!fatal || severity == Severity::Fatal) {
                parts.push(format!("{} ({meaning})", several(count, word)));
            } else if count > 0 {
                parts.push(several(count, word));
            }
        }
        format!("Problems: {}.", parts.join(", "))
    }

    /// Whether a file is missing or unreadable as a whole: then most of what else is found only follows from that. Where
    /// every row of a file was rejected, the errors of its rows are the reason.
    fn stops_at_a_file(&self) -> bool {
        let fatal = Code::ALL.iter().filter(|code| is_fatal(**code));
        fatal
            .filter(|code| **code != Code::TypeEmpty)
            .any(|code| self.problems.contains_key(code.text()))
    }

    fn write_places(&self, out: &mut String, code: Code, count: u64, most: usize) -> Result {
        if self.shown.is_empty() || most == 0 {
            return Ok(());
        }
        let mut listed = 0;
        // Of what stops an import everything is told.
        let most = if is_fatal(code) { usize::MAX } else { most };
        let places = self.shown.iter().filter(|problem| problem.code == code);
        for problem in places.take(most) {
            writeln!(out, "    {}", place(problem))?;
            listed += 1;
        }
        if count > listed {
            writeln!(out, "    ... and {} more", count - listed)?;
        }
        Ok(())
    }

    fn write_what_is_left_out(&self, out: &mut String, most: usize, brief: bool) -> Result {
        if matches!(self.state, Outcome::Paused | Outcome::Blocked) {
            return Ok(());
        }
        if self.shown.is_empty() {
            writeln!(
                out,
                "\nThe files were not read again; the import that read them first told what and where."
            )?;
        } else if brief {
            if self.problems.keys().any(|text| !names_a_fatal(text)) {
                writeln!(
                    out,
                    "\nErrors and warnings are only counted: many of them may come from what is fatal."
                )?;
            }
        } else if most > 0 && self.problems.values().any(|count| *count > most as u64) {
            writeln!(
                out,
                "\nMore of each kind are listed with --show-problems and a number."
            )?;
        }
        Ok(())
    }
}

fn is_fatal(code: Code) -> bool {
    code.severity() == Severity::Fatal
}

fn names_a_fatal(text: &str) -> bool {
    Code::ALL
        .iter()
        .any(|code| is_fatal(*code) && code.text() == text)
}

/// Where a problem stands: file, line, column, the id that finds the record again, the value where it may be shown, and what
/// to use instead.
fn place(problem: &Problem) -> String {
    let mut said = Vec::new();
    let value = Some(problem.value.as_str()).filter(|value| *value != problem.key);
    let texts = [
        Some(problem.key.as_str()),
        value,
        Some(problem.detail.as_str()),
    ];
    said.extend(texts.into_iter().flatten().filter(|text| !text.is_empty()));
    let about = said.join("; ");
    let what = match (problem.column.as_str(), about.as_str()) {
        ("", about) => about.to_owned(),
        (column, "") => column.to_owned(),
        (column, about) => format!("{column} ({about})"),
    };
    let place = problem.place;
    let mut at = place.to_string();
    if what.is_empty() && place.line > 0 {
        at.push_str(": the row");
    } else if !what.is_empty() {
        let between = if at.is_empty() { "" } else { ": " };
        at.push_str(between);
        at.push_str(&what);
    }
    if !problem.suggestion.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(at, "; did you mean {}?", problem.suggestion);
    }
    at
}

/// A count with its noun.
fn several(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

#[cfg(test)]
mod tests;
