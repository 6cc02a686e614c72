//! Results as a markdown block, and putting it into the document.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::machine;
use crate::options::Options;
use crate::pairs::Spread;
use crate::suites::{Aim, Figures, Outcome, Results, Shown, table_of};

/// A table of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// The API and imports at one size.
    Api,
    /// The district side.
    District,
    /// The six versions and their events.
    Versions,
    /// An app that syncs.
    Sync,
    /// What apps report, and the figures of it.
    Goals,
}

impl Table {
    /// In the order of the document.
    pub(crate) const ALL: [Self; 5] = [
        Self::Api,
        Self::District,
        Self::Versions,
        Self::Sync,
        Self::Goals,
    ];

    fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Api => (
                "<!-- results: written by `cargo xtask bench -- --write` -->",
                "<!-- end of results -->",
            ),
            Self::District => (
                "<!-- district results: written by `cargo xtask bench -- first-import … --write` -->",
                "<!-- end of district results -->",
            ),
            Self::Versions => (
                "<!-- results of versions and events: written by `cargo xtask bench -- versions --write` -->",
                "<!-- end of results of versions and events -->",
            ),
            Self::Sync => (
                "<!-- results of an app that syncs: written by `cargo xtask bench -- sync --write` -->",
                "<!-- end of results of an app that syncs -->",
            ),
            Self::Goals => (
                "<!-- results of Goals: written by `cargo xtask bench -- goals --write` -->",
                "<!-- end of results of Goals -->",
            ),
        }
    }

    fn has(self, outcome: &Outcome) -> bool {
        table_of(outcome.name) == self
    }
}

/// The block that stands between the marks of a table; `None` if nothing of it was measured.
pub(crate) fn block(options: &Options, results: &Results, table: Table) -> Option<String> {
    if !results.outcomes.iter().any(|outcome| table.has(outcome)) {
        return None;
    }
    let date = options.date.clone().unwrap_or_else(machine::today);
    let counts = if results.counts.is_empty() {
        String::new()
    } else {
        format!(": {}", results.counts)
    };
    let peers = if results.peers.is_empty() {
        String::new()
    } else {
        format!("{}. ", results.peers.join(", "))
    };
    let large = if results.large.is_empty()
        || !matches!(table, Table::Versions | Table::Sync | Table::Goals)
    {
        String::new()
    } else {
        format!("{}. ", results.large)
    };
    let mut text = format!(
        "Measured {date} on {}. District of {}{counts}. {large}{peers}{} interleaved pairs of windows of {} ms; load average \
         {:.1} before and {:.1} after.\n\n",
        machine::describe(),
        options.district(),
        options.pairs,
        options.window.as_millis(),
        results.load.0,
        results.load.1,
    );
    text.push_str(
        "| bench | Homeroom | compared with | ratio, median (lowest to highest) | aim | beside |\n",
    );
    text.push_str("|---|---|---|---|---|---|\n");
    for outcome in results.outcomes.iter().filter(|outcome| table.has(outcome)) {
        text.push_str(&row(outcome));
    }
    Some(text)
}

fn row(outcome: &Outcome) -> String {
    let Outcome {
        name,
        part,
        aim,
        shown,
    } = outcome;
    let name = format!("{name} {part}");
    let name = name.trim_end();
    match shown {
        Shown::Figures(Figures {
            ours,
            theirs,
            ratio,
            rate,
            beside,
        }) => {
            let Spread { median, low, high } = ratio;
            let aim = verdict(*aim, *median, *rate);
            format!(
                "| {name} | {ours} | {theirs} | **{median:.2}** ({low:.2} to {high:.2}) | {aim} | {beside} |\n"
            )
        }
        Shown::Skipped(reason) => format!(
            "| {name} | – | – | – | {} | skipped: {reason} |\n",
            aim_text(*aim)
        ),
    }
}

fn verdict(aim: Aim, median: f64, rate: f64) -> String {
    let met = match aim {
        Aim::AtLeast(least) => median >= least,
        Aim::AtMost(most) => median <= most,
        Aim::EachSecond(least) => rate >= least,
        Aim::Within(seconds) => rate <= seconds,
        Aim::Shown => return aim_text(aim),
    };
    format!(
        "{}, {}",
        aim_text(aim),
        if met { "met" } else { "**missed**" }
    )
}

fn aim_text(aim: Aim) -> String {
    match aim {
        Aim::AtLeast(least) => format!("at least {least}"),
        Aim::AtMost(most) => format!("at most {most}"),
        Aim::EachSecond(least) => format!("at least {} a second", thousands(least)),
        Aim::Within(seconds) => format!("within {seconds} s"),
        Aim::Shown => "–".to_owned(),
    }
}

/// A number with its thousands marked.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut marked = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            marked.push(',');
        }
        marked.push(digit);
    }
    marked
}

/// Replaces what stands between the marks of `document`.
pub(crate) fn write(document: &Path, block: &str, table: Table) -> Result<()> {
    let (begin, end) = table.marks();
    let name = document.display();
    let text = fs::read_to_string(document).with_context(|| format!("reading {name}"))?;
    let changed = replace(&text, block, table).with_context(|| {
        let mut lines = String::new();
        let _ = write!(
            lines,
            "{name} lacks the lines `{begin}` and `{end}`, between which results are written"
        );
        lines
    })?;
    fs::write(document, changed).with_context(|| format!("writing {name}"))
}

fn replace(text: &str, block: &str, table: Table) -> Option<String> {
    let (begin, end) = table.marks();
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!(
        "{before}{begin}\n\n{}\n\n{end}{after}",
        block.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(aim: Aim, median: f64) -> Outcome {
        let ratio = Spread {
            median,
            low: 0.5,
            high: 2.0,
        };
        let figures = Figures {
            ours: "1 req/s".into(),
            theirs: "nginx 2 req/s".into(),
            ratio,
            rate: 99.0,
            beside: "–".into(),
        };
        Outcome {
            name: "by-id",
            part: String::new(),
            aim,
            shown: Shown::Figures(figures),
        }
    }

    #[test]
    fn a_row_says_whether_the_aim_was_met() {
        for (aim, median, text) in [
            (Aim::AtLeast(0.6), 0.61, "at least 0.6, met"),
            (Aim::AtLeast(0.6), 0.59, "at least 0.6, **missed**"),
            (Aim::AtMost(1.1), 1.1, "at most 1.1, met"),
            (Aim::AtMost(1.1), 1.2, "at most 1.1, **missed**"),
            (Aim::EachSecond(99.0), 9.0, "at least 99 a second, met"),
            (Aim::EachSecond(100.0), 9.0, "a second, **missed**"),
            (Aim::Within(99.0), 9.0, "within 99 s, met"),
            (Aim::Within(98.0), 9.0, "within 98 s, **missed**"),
            (Aim::Shown, 9.0, "| – |"),
        ] {
            let row = row(&outcome(aim, median));
            assert!(row.contains(text), "{row}");
        }
    }

    #[test]
    fn what_was_skipped_is_seen() {
        let skipped = Outcome {
            name: "import",
            part: "again".to_owned(),
            aim: Aim::AtMost(4.0),
            shown: Shown::Skipped("no DuckDB".into()),
        };
        assert_eq!(
            row(&skipped),
            "| import again | – | – | – | at most 4 | skipped: no DuckDB |\n"
        );
    }

    #[test]
    fn thousands_are_marked() {
        for (rate, text) in [
            (999.4, "999"),
            (1000.0, "1,000"),
            (1_234_567.0, "1,234,567"),
            (0.0, "0"),
        ] {
            assert_eq!(thousands(rate), text);
        }
    }

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        for table in Table::ALL {
            let (begin, end) = table.marks();
            let text = format!("# Results\n\n{begin}\nold\n{end}\n\nprose\n");
            let once = replace(&text, "new\n", table).unwrap();
            assert_eq!(
                once,
                format!("# Results\n\n{begin}\n\nnew\n\n{end}\n\nprose\n")
            );
            assert_eq!(replace(&once, "new", table).unwrap(), once);
            assert!(replace("no marks", "new", table).is_none());
        }
    }
}
