//! What a student sees, and those at home: encouraging words, nobody else.

use std::fmt::Write as _;

use homeroom_goals::Amount;
use homeroom_progress::figures::{Child, ContactFigure, Mood, OwnApp, StudentFigure, StudentWeek};

use super::parts::{LONG_BAR, as_of, heights, linked, news_of, targets, whole};
use super::words::Words;
use crate::commands::goals::draw::{Look, grouped};

/// A student's own page.
pub(super) fn student(figure: &StudentFigure, look: Look) -> String {
    let words = Words::of(figure.language);
    let as_of = as_of(&figure.head.as_of, words);
    let mut text = format!("{}, {as_of}\n", figure.name);
    if figure.apps.is_empty() {
        let _ = writeln!(text, "\n  {}", words.no_app_of_student);
    }
    for one in &figure.apps {
        text.push_str(&news_of(&one.app, figure.head.as_of.at, words));
        text.push_str(&app(one, look, words));
    }
    text
}

fn app(app: &OwnApp, look: Look, words: &Words) -> String {
    let label = &app.app.progress_label;
    let told = if app.app.stale {
        words.by_last_news
    } else {
        ""
    };
    let mut text = look.wrapped(app.says, 2);
    if app.week.is_none() && matches!(app.mood, Mood::NoNews | Mood::BeingChecked) {
        let _ = writeln!(text, "  {}: {}", words.this_week, words.not_known);
    }
    text.push_str(&week(app.week.as_ref(), label, look, words));
    if app.streak > 1 {
        let _ = writeln!(text, "  {}{told}: {}", words.days_in_a_row, app.streak);
    }
    if !app.weeks.is_empty() {
        let weeks = heights(look, &app.weeks);
        let _ = writeln!(text, "  {}: {weeks}", words.minutes_by_week);
    }
    let amount = |amount: Option<Amount>| grouped(amount.map_or(0, whole));
    if app.minutes.is_some() || app.progress.is_some() {
        let _ = writeln!(
            text,
            "  {}{told}: {} {}, {} {label}",
            words.this_year,
            amount(app.minutes),
            words.minutes,
            amount(app.progress)
        );
    }
    text.push_str(&targets(&app.targets, label, words));
    text.push_str(&linked(app.link.as_deref(), words));
    text
}

/// A contact's page.
pub(super) fn contact(figure: &ContactFigure, look: Look) -> String {
    let words = Words::of(figure.language);
    let as_of = as_of(&figure.head.as_of, words);
    let mut text = format!("{}, {as_of}\n", figure.name);
    if figure.children.is_empty() {
        let _ = writeln!(text, "\n  {}", words.no_app_of_child);
    }
    for child in &figure.children {
        text.push_str(&of_child(child, look, words));
    }
    text
}

fn of_child(child: &Child, look: Look, words: &Words) -> String {
    let mut text = format!("\n{} {} {}\n", child.name, words.in_app, child.app.name);
    text.push_str(&look.wrapped(&child.summary, 2));
    text.push_str(&look.wrapped(child.ask_at_home, 2));
    let label = &child.app.progress_label;
    // Of a week that is not known the summary says so.
    text.push_str(&week(child.week.as_ref(), label, look, words));
    text.push_str(&linked(child.link.as_deref(), words));
    text
}

/// What was done this week, against the target where there is one, as far as it is known.
fn week(week: Option<&StudentWeek>, label: &str, look: Look, words: &Words) -> String {
    let Words {
        this_week,
        of,
        minutes,
        ..
    } = words;
    let Some(week) = week else {
        return String::new();
    };
    let line = |what: &str, done: Amount, target: Amount| {
        if target == Amount::ZERO {
            return format!("  {this_week}: {done} {what}\n");
        }
        let bar = look.share(done.percent_of(target), LONG_BAR);
        format!("  {this_week}: {bar}  {done} {of} {target} {what}\n")
    };
    let minutes = line(minutes, week.minutes, week.target_minutes);
    let progress = line(label, week.progress, week.target_progress);
    format!("{minutes}{progress}")
}
