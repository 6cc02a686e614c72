//! Terms, built from sections that have students (district-side 5.4).

use std::io;

use homeroom_model::{Code, Date, Kind, Problem, Problems, Term};
use homeroom_segment::fields::section;
use homeroom_segment::{CandidateBuilder, CandidateLists};

use crate::keys::Keys;
use crate::pack::Pack;
use crate::sections::{Sealed, raw};
use crate::settings::Settings;

/// Builds the terms of the sections that `served` tells, in the order of the first section of each, and the relation of
/// all sections to them. A term needs a name or a date. A term that lies far away or is very long is reported once, at its
/// first section.
pub(crate) fn build(
    sections: &Sealed,
    served: impl Fn(u32) -> bool,
    settings: &Settings,
    builder: &mut CandidateBuilder,
    problems: &mut dyn Problems,
) -> io::Result<CandidateLists> {
    let (mut keys, mut pack) = (Keys::default(), Pack::default());
    let mut lists = CandidateLists::default();
    let mut last: Option<(Term<'_>, u32)> = None;
    for number in 0..sections.len() {
        let row = sections.row(number);
        let term = Term {
            name: row.text(raw::TERM_NAME).into(),
            start: row.date(raw::TERM_START),
            end: row.date(raw::TERM_END),
        };
        if !served(number) || term == Term::default() {
            lists.push([]);
            continue;
        }
        // Sections of one term tend to stand together.
        let of = if let Some((_, of)) = last.take().filter(|(before, _)| *before == term) {
            of
        } else {
            let hash = builder.key().hash(term.key().as_bytes());
            let next = builder.len(Kind::Term);
            let of = keys.row_or_insert(hash, next);
            if of == next {
                builder.push_hashed(Kind::Term, &[hash], pack.noun(&term))?;
                if let Some(why) = out_of_range(&term, settings) {
                    let place = sections.place(number);
                    let problem = Problem::new(Code::TermOutOfRange, place).column("Term_start");
                    let problem = problem.key(row.text(section::SIS_ID)).value(&days(&term));
                    problems.report(problem.detail(why));
                }
            }
            of
        };
        lists.push([of]);
        last = Some((term, of));
    }
    Ok(lists)
}

/// Why a term's dates are doubtful, if they are.
fn out_of_range(term: &Term<'_>, settings: &Settings) -> Option<String> {
    let between = |from: Date, to: Date| i64::from(to.days()) - i64::from(from.days());
    let (start, end) = (term.start.or(term.end)?, term.end.or(term.start)?);
    let far = i64::from(settings.term_far_days);
    let long = between(start, end);
    if long > i64::from(settings.term_longest_days) {
        return Some(format!("it takes {long} days"));
    }
    let today = settings.today?;
    let (ago, ahead) = (between(end, today), between(today, start));
    if ago > far {
        Some(format!("it ended {ago} days ago"))
    } else if ahead > far {
        Some(format!("it begins in {ahead} days"))
    } else {
        None
    }
}

fn days(term: &Term<'_>) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "?".to_owned(), |day| day.to_string());
    format!("{} to {}", day(term.start), day(term.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_far_away_and_very_long_ones_are_doubtful() {
        let settings = Settings {
            today: Date::new(2026, 11, 22),
            ..Settings::default()
        };
        for (start, end, expected) in [
            ("2026-08-20", "2026-12-18", None),
            ("2025-08-20", "2025-12-18", None),
            ("2025-08-20", "2025-10-18", None),
            ("2025-08-20", "2025-10-17", Some("it ended 401 days ago")),
            ("2024-08-20", "", Some("it ended 824 days ago")),
            ("2027-12-27", "2028-06-01", None),
            ("2027-12-28", "2028-06-01", Some("it begins in 401 days")),
            ("", "2126-06-01", Some("it begins in 36350 days")),
            ("2026-01-01", "2027-02-05", None),
            ("2026-01-01", "2027-02-06", Some("it takes 401 days")),
            ("2026-08-20", "2026-05-20", None),
            ("", "", None),
        ] {
            let term = Term {
                name: "Fall".into(),
                start: Date::parse_iso(start),
                end: Date::parse_iso(end),
            };
            let found = out_of_range(&term, &settings);
            assert_eq!(found.as_deref(), expected, "{start} {end}");
        }
    }
}
