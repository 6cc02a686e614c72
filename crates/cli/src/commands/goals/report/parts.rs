//! What the reports of several audiences share: heads, groups, weeks.

use homeroom_goals::figures::Group;
use homeroom_goals::state::State;
use homeroom_goals::{Amount, Settings};
use homeroom_model::Timestamp;
use homeroom_progress::figures::{
    As, Counts, GroupRow, GroupWeek, SetTarget, SetTargets, Source, StudentWeek,
};

use super::words::{ENGLISH, Words};
use crate::commands::goals::draw::{Column, Look, grouped};

/// Cells of a bar in a table, and of one that has a line to itself.
const BAR: usize = 6;
pub(super) const LONG_BAR: usize = 24;
/// Weeks that are drawn, the newest.
const WEEKS: usize = 12;
/// What stands in place of the figures of a group that is not shown.
const HIDDEN: &str = "too few to show";

/// A state's word (`no_data`) in the words of a table.
pub(super) fn state_words(name: &str) -> String {
    match name {
        "no_data" => "getting started".to_owned(),
        other => other.replace('_', " "),
    }
}

/// The name of an app with how fresh it is.
pub(super) fn app_head(source: &Source, now: Timestamp, words: &Words) -> String {
    let heard = heard_of(source.last_received, source.stale, now, words);
    let heard = match source.last_received {
        Some(_) if !source.stale => format!("{} {heard}", words.heard),
        _ => heard,
    };
    format!("\n{}, {heard}\n", source.name)
}

/// The same in plain words, for students and those at home.
pub(super) fn news_of(source: &Source, now: Timestamp, words: &Words) -> String {
    let last = source.last_received.filter(|_| source.stale);
    last.and_then(|last| for_long(last, now, words))
        .map_or_else(
            || app_head(source, now, words),
            |for_long| format!("\n{}, {} {for_long}\n", source.name, words.no_news_for),
        )
}

/// Why some groups have no figures.
pub(super) fn hidden(small_group: u32) -> String {
    format!(
        "\nGroups of fewer than {small_group} students are not shown, nor what they could be worked out from.\n"
    )
}

/// The address of the app's own report.
pub(super) fn linked(link: Option<&str>, words: &Words) -> String {
    link.map_or_else(String::new, |link| format!("  {}: {link}\n", words.report))
}

/// The targets that count, and who set them.
pub(super) fn targets(targets: &SetTargets, label: &str, words: &Words) -> String {
    let line = |target: &Option<SetTarget>, what: &str| {
        target.as_ref().map_or_else(String::new, |target| {
            let by = match target.level {
                "app" => words.recommended.to_owned(),
                level if target.by.is_empty() => {
                    format!("{} {}", words.set_for, words.level(level))
                }
                level => format!(
                    "{} {} {} {}",
                    words.set_for,
                    words.level(level),
                    words.by,
                    target.by
                ),
            };
            format!(
                "  {}: {} {what} {}, {by}\n",
                words.target, target.per_week, words.a_week
            )
        })
    };
    let minutes = line(&targets.minutes, words.minutes);
    format!("{minutes}{}", line(&targets.progress, label))
}

/// The minutes of a student's weeks, side by side; a week's target is the height that is reached at least.
pub(super) fn heights(look: Look, weeks: &[StudentWeek]) -> String {
    let newest = weeks.iter().skip(weeks.len().saturating_sub(WEEKS));
    let minutes: Vec<u64> = newest.clone().map(|week| whole(week.minutes)).collect();
    let target = newest.map(|week| whole(week.target_minutes)).max();
    look.line(&minutes, target.unwrap_or(0))
}

/// Whole ones of an amount, rounded down: nobody is said to have done more than was done.
pub(super) fn whole(amount: Amount) -> u64 {
    amount.micros() / 1_000_000
}

/// `as of 2026-11-22 14:40 UTC, school year 2026/27, snapshot 4`.
pub(super) fn as_of(as_of: &As, words: &Words) -> String {
    let begins = i32::from(as_of.school_year) - 1;
    let ends = as_of.school_year.rem_euclid(100);
    format!(
        "{} {}, {} {begins}/{ends:02}, {} {}",
        words.as_of,
        moment(as_of.at),
        words.school_year,
        words.snapshot,
        as_of.snapshot
    )
}

/// `2026-11-22 14:40 UTC`.
pub(in crate::commands::goals) fn moment(at: Timestamp) -> String {
    let iso = at.to_iso();
    let minute = iso.get(..16).unwrap_or(&iso).replace('T', " ");
    format!("{minute} UTC")
}

/// How fresh an app is: `4 hours ago`, `stale: nothing for 5 days`.
pub(in crate::commands::goals) fn ago(
    last: Option<Timestamp>,
    stale: bool,
    now: Timestamp,
) -> String {
    heard_of(last, stale, now, &ENGLISH)
}

fn heard_of(last: Option<Timestamp>, stale: bool, now: Timestamp, words: &Words) -> String {
    let Some(last) = last else {
        return words.nothing_yet.to_owned();
    };
    let [before, behind] = words.ago;
    match for_long(last, now, words) {
        None => words.just_now.to_owned(),
        Some(for_long) if stale => format!("{} {for_long}", words.stale_for),
        Some(for_long) => format!("{before}{for_long}{behind}"),
    }
}

/// For how long there was nothing: `4 hours`; `None` under a minute.
fn for_long(last: Timestamp, now: Timestamp, words: &Words) -> Option<String> {
    let minutes = now.millis().saturating_sub(last.millis()).max(0) / 60_000;
    let [one, some, hours, days] = words.spans;
    Some(match minutes {
        0 => return None,
        1 => one.to_owned(),
        2..120 => format!("{minutes} {some}"),
        120..2880 => format!("{} {hours}", minutes / 60),
        _ => format!("{} {days}", minutes / 1440),
    })
}

/// Whether nothing came for as long as makes a feed stale.
pub(in crate::commands::goals) fn is_stale(
    last: Option<Timestamp>,
    states: &Settings,
    now: Timestamp,
) -> bool {
    let hours = i64::from(states.stale_hours);
    last.is_none_or(|last| now.millis() - last.millis() >= hours * 3_600_000)
}

/// The columns behind the name of a group.
const GROUP: [Column; 8] = [
    Column::number("students"),
    Column::number("reported"),
    Column::words("target met"),
    Column::number("on track"),
    Column::number("behind"),
    Column::number("slow"),
    Column::number("stuck"),
    Column::number("inactive"),
];

/// The cells behind the name of a group; the first of a hidden one says why there are no others.
fn cells(look: Look, counts: Option<&Counts>) -> Vec<String> {
    let Some(counts) = counts else {
        return vec![String::new(), String::new(), HIDDEN.to_owned()];
    };
    let group: &Group = &counts.group;
    let percent = |percent: Option<u32>| percent.map_or_else(String::new, |p| format!("{p} %"));
    let mut cells = vec![
        grouped(group.students.into()),
        percent(counts.coverage_percent),
    ];
    if group.students > 0 && group.states.of(State::FeedStale) == group.students {
        // Nothing can be said of anybody.
        cells.push("feed stale".to_owned());
        return cells;
    }
    let of = |state| grouped(group.states.of(state).into());
    let done = counts.on_track + group.states.of(State::Finished);
    cells.push(look.share(counts.met_percent, BAR));
    cells.push(grouped(done.into()));
    cells.extend([State::Behind, State::Slow, State::Stuck, State::Inactive].map(of));
    cells
}

/// Groups under each other, in their own order; `head` says what they are.
pub(super) fn groups(look: Look, head: &'static str, rows: &[GroupRow]) -> String {
    let named = rows
        .iter()
        .map(|row| (row.name.as_str(), row.counts.as_ref()));
    counted(look, head, named)
}

/// Groups under each other, those first of which the smallest share met the target, and those that are not shown last.
pub(super) fn ranked(look: Look, head: &'static str, rows: &[GroupRow]) -> String {
    let mut rows: Vec<&GroupRow> = rows.iter().collect();
    rows.sort_by_key(|row| {
        let met = row.counts.as_ref().map(|counts| counts.met_percent);
        (met.is_none(), met.flatten(), &row.name)
    });
    let named = rows
        .iter()
        .map(|row| (row.name.as_str(), row.counts.as_ref()));
    counted(look, head, named)
}

/// Counts under each other, each with a name.
pub(super) fn counted<'a>(
    look: Look,
    head: &'static str,
    named: impl Iterator<Item = (&'a str, Option<&'a Counts>)>,
) -> String {
    let mut columns = vec![Column::name(head, 10)];
    columns.extend(GROUP);
    let rows: Vec<Vec<String>> = named
        .map(|(name, counts)| {
            let mut row = vec![name.to_owned()];
            row.extend(cells(look, counts));
            row
        })
        .collect();
    if rows.is_empty() {
        return format!("  no {head}\n");
    }
    look.table(&columns, &rows)
}

/// The newest weeks that are known, each with what was done of the target.
pub(super) fn weeks(look: Look, weeks: &[GroupWeek], source: &Source) -> String {
    let later = if source.stale {
        "  later weeks are not known: the app has not told of all their days\n"
    } else {
        ""
    };

    let columns = [
        Column::words("week of"),
        Column::number("school days"),
        Column::number("students"),
        Column::number("minutes"),
        Column::words("of the target for minutes"),
    ];
    let newest = weeks.iter().skip(weeks.len().saturating_sub(WEEKS));
    let rows: Vec<Vec<String>> = newest
        .map(|week| {
            vec![
                week.monday.to_string(),
                week.school_days.to_string(),
                grouped(week.students.into()),
                grouped(whole(week.minutes)),
                look.share(week.minutes.percent_of(week.target_minutes), LONG_BAR),
            ]
        })
        .collect();
    if rows.is_empty() {
        return if source.stale {
            "  no week is known\n".to_owned()
        } else {
            "  no week of school yet\n".to_owned()
        };
    }
    format!("{}{later}", look.table(&columns, &rows))
}
