//! A plan as lines for people.

use std::collections::BTreeMap;
use std::fmt::{Result, Write};

use super::shown::{Line, Shown, is_sensitive, reasons};

/// Lines of one kind and sign, unless all are wanted.
const LINES: usize = 10;
/// Kinds in the order in which people look at them, and their names.
const KINDS: [(&str, &str); 9] = [
    ("schools", "Schools"),
    ("terms", "Terms"),
    ("courses", "Courses"),
    ("students", "Students"),
    ("employees", "Teachers and staff"),
    ("contacts", "Contacts"),
    ("contact_links", "Whose contact somebody is"),
    ("sections", "Classes"),
    ("resources", "Resources"),
];

/// The plan for people; with `all` every line of it.
pub(super) fn text(shown: &Shown, all: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(shown, all, &mut text);
    text
}

fn write(shown: &Shown, all: bool, out: &mut String) -> Result {
    for (kind, title) in KINDS {
        let lines: Vec<_> = shown
            .actions
            .iter()
            .filter(|line| line.kind == kind)
            .collect();
        if lines.is_empty() {
            continue;
        }
        writeln!(out, "{title}")?;
        write_kind(&lines, all, out)?;
        writeln!(out)?;
    }
    write_findings(shown, all, out)?;
    write_reasons(shown, out)?;
    writeln!(out, "{}", summary(shown))
}

fn write_kind(lines: &[&Line], all: bool, out: &mut String) -> Result {
    let mut told: BTreeMap<(char, &str), usize> = BTreeMap::new();
    for line in lines {
        let number = told.entry((line.sign, line.action)).or_default();
        *number += 1;
        if all || *number <= LINES {
            write_line(line, out)?;
        }
    }
    for ((sign, action), number) in told.into_iter().filter(|_| !all) {
        if number > LINES {
            let word = action.replace('_', " ");
            writeln!(out, "  {sign} … and {} more to {word}", number - LINES)?;
        }
    }
    Ok(())
}

fn write_line(line: &Line, out: &mut String) -> Result {
    let id = line.id.as_deref().unwrap_or_default();
    let name = match (line.name.as_str(), line.account) {
        ("", Some(account)) if id.is_empty() => format!("account {account}"),
        ("", _) => id.to_owned(),
        (name, _) => name.to_owned(),
    };
    let held = if line.held { "! " } else { "" };
    write!(out, "  {held}{} {name}", line.sign)?;
    if !matches!(line.action, "create" | "update" | "enrol" | "unenrol") {
        write!(out, ": {}", line.action.replace('_', " "))?;
    }
    if !line.detail.is_empty() {
        let mark = if matches!(line.action, "enrol" | "unenrol") {
            ":"
        } else {
            ""
        };
        write!(out, "{mark} {}", line.detail)?;
    }
    if !line.people.is_empty() {
        write!(out, " ({}", line.people.join(", "))?;
        let dots = if line.detail.starts_with(|c: char| c.is_ascii_digit()) && is_more(line) {
            ", …"
        } else {
            ""
        };
        write!(out, "{dots})")?;
    }
    writeln!(
        out,
        "  [{}]{}",
        line.reason,
        if line.held { "  held" } else { "" }
    )?;
    for change in &line.changes {
        match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                writeln!(out, "      {}: {before:?} -> {after:?}", change.field)?;
            }
            _ => writeln!(out, "      {}", change.field)?,
        }
    }
    Ok(())
}

/// Whether more people are meant than are named.
fn is_more(line: &Line) -> bool {
    let numbers = line
        .detail
        .split(' ')
        .filter_map(|word| word.parse::<usize>().ok());
    numbers.sum::<usize>() > line.people.len()
}

fn write_findings(shown: &Shown, all: bool, out: &mut String) -> Result {
    if shown.findings.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<(&str, &str, &str, bool), u64> = BTreeMap::new();
    for finding in &shown.findings {
        let key = (finding.kind, finding.code, finding.field, finding.rejected);
        *counts.entry(key).or_default() += 1;
    }
    writeln!(
        out,
        "Findings (once synced, homeroom sync findings lists them)"
    )?;
    for ((kind, code, field, rejected), number) in counts {
        let left_out = if rejected { "; left out" } else { "" };
        writeln!(out, "  {number} {kind}: {code} in {field}{left_out}")?;
    }
    if all {
        for finding in &shown.findings {
            writeln!(
                out,
                "    {} {} {} in {}",
                finding.kind, finding.id, finding.code, finding.field
            )?;
        }
    }
    writeln!(out)
}

/// What the plan looks like, and why it is held.
fn write_reasons(shown: &Shown, out: &mut String) -> Result {
    for pattern in &shown.patterns {
        let kind = [pattern.kind, pattern.field].into_iter().flatten();
        let kind = kind.collect::<Vec<_>>().join(".");
        let school = match (pattern.name.as_str(), &pattern.school) {
            ("", None) => String::new(),
            ("", Some(school)) => format!("school {school}"),
            (name, _) => name.to_owned(),
        };
        let records = format!("{} records", pattern.records);
        let about = [school, kind, records]
            .into_iter()
            .filter(|part| !part.is_empty());
        let about = about.collect::<Vec<_>>().join(", ");
        let word = pattern.pattern.replace('_', " ");
        let remedy = if shown.verdicts.is_empty() {
            "nothing holds it back"
        } else {
            pattern.remedy
        };
        writeln!(out, "Looks like: {word} ({about}).\n  {remedy}.")?;
    }
    for reason in reasons(shown.verdicts.iter().map(|verdict| verdict.told.as_str())) {
        writeln!(out, "Held: {reason}.")?;
    }
    if shown.patterns.is_empty() && shown.verdicts.is_empty() {
        return Ok(());
    }
    writeln!(out)
}

/// The line that ends every plan.
pub(super) fn summary(shown: &Shown) -> String {
    let sums = &shown.summary;
    let parts = [
        (sums.create, "to create or bring back"),
        (sums.change, "to change"),
        (sums.leave, "to put away"),
        (sums.join, "to join classes"),
        (sums.end, "to leave classes"),
        (sums.ask, "to ask somebody"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let further = [(sums.held, "held alone"), (sums.rejected, "left out")];
    let further: String = further
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .fold(String::new(), |told, (number, what)| {
            format!("{told}; {number} {what}")
        });
    if parts.is_empty() {
        return format!("Plan: nothing to do{further}.");
    }
    format!("Plan: {}{further}.", parts.join(", "))
}

/// A line that the engine keeps of a plan, with the values of fields hidden that nobody has to see.
pub(super) fn masked(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(": \"") {
        out.push_str(before);
        out.push_str(": ");
        let field = before.rsplit([' ', ',']).next().unwrap_or_default();
        let (value, after) = quoted(after);
        let arrow = after.strip_prefix(" -> \"");
        let (second, after) = arrow.map_or((None, after), |after| {
            let (value, after) = quoted(after);
            (Some(value), after)
        });
        let hide = |value: &str| {
            if is_sensitive(field) && !value.is_empty() {
                "(hidden)".to_owned()
            } else {
                format!("\"{value}\"")
            }
        };
        out.push_str(&hide(value));
        if let Some(second) = second {
            out.push_str(" -> ");
            out.push_str(&hide(second));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text up to the quote that ends it, and what follows.
fn quoted(text: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                return text
                    .split_at_checked(at)
                    .map_or((text, ""), |(value, rest)| {
                        (value, rest.strip_prefix('"').unwrap_or(rest))
                    });
            }
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_lines_hide_what_nobody_has_to_see() {
        let line = r#"~ students 5f update email: "a" -> "b\"c", dob: "2011-01-01" -> "", grade: "" -> "7" [changed]"#;
        let hidden = r#"~ students 5f update email: "a" -> "b\"c", dob: (hidden) -> "", grade: "" -> "7" [changed]"#;
        assert_eq!(masked(line), hidden);
        for plain in ["+ sections 5f enrol 3 [new]", "a: \"open", ""] {
            assert!(
                masked(plain).starts_with(plain.split('"').next().unwrap()),
                "{plain}"
            );
        }
    }
}
