//! What a student sees, and those at home: encouraging words, nobody else.

use std::fmt::Write as _;

use homeroom_goals::Amount;
use homeroom_progress::figures::{Child, ContactFigure, Mood, OwnApp, StudentFigure, StudentWeek};

use super::parts::{LONG_BAR, as_of, heights, linked, news_of, targets, whole};
use crate::commands::goals::draw::{Look, grouped};

/// A student's own page.
pub(super) fn student(figure: &StudentFigure, look: Look) -> String {
    let mut text = format!("{}, {}\n", figure.name, as_of(&figure.head.as_of));
    if figure.apps.is_empty() {
        text.push_str("\n  no app reports about this student\n");
    }
    for one in &figure.apps {
        text.push_str(&news_of(&one.app, figure.head.as_of.at));
        text.push_str(&app(one, look));
    }
    text
}

fn app(app: &OwnApp, look: Look) -> String {
    let label = &app.app.progress_label;
    let told = if app.app.stale {
        ", by the last news"
    } else {
        ""
    };
    let mut text = look.wrapped(app.says, 2);
    if app.week.is_none() && matches!(app.mood, Mood::NoNews | Mood::BeingChecked) {
        text.push_str("  this week: not known at the moment\n");
    }
    text.push_str(&week(app.week.as_ref(), label, look));
    if app.streak > 1 {
        let _ = writeln!(text, "  school days in a row{told}: {}", app.streak);
    }
    if !app.weeks.is_empty() {
        let _ = writeln!(text, "  minutes by week: {}", heights(look, &app.weeks));
    }
    let amount = |amount: Option<Amount>| grouped(amount.map_or(0, whole));
    if app.minutes.is_some() || app.progress.is_some() {
        let _ = writeln!(
            text,
            "  this school year{told}: {} minutes, {} {label}",
            amount(app.minutes),
            amount(app.progress)
        );
    }
    text.push_str(&targets(&app.targets, label));
    text.push_str(&linked(app.link.as_deref()));
    text
}

/// A contact's page.
pub(super) fn contact(figure: &ContactFigure, look: Look) -> String {
    let mut text = format!("{}, {}\n", figure.name, as_of(&figure.head.as_of));
    if figure.children.is_empty() {
        text.push_str("\n  no app reports about a child of this contact\n");
    }
    for child in &figure.children {
        text.push_str(&of_child(child, look));
    }
    text
}

fn of_child(child: &Child, look: Look) -> String {
    let mut text = format!("\n{} in {}\n", child.name, child.app.name);
    text.push_str(&look.wrapped(&child.summary, 2));
    text.push_str(&look.wrapped(child.ask_at_home, 2));
    let label = &child.app.progress_label;
    // Of a week that is not known the summary says so.
    text.push_str(&week(child.week.as_ref(), label, look));
    text.push_str(&linked(child.link.as_deref()));
    text
}

/// What was done this week, against the target where there is one, as far as it is known.
fn week(week: Option<&StudentWeek>, label: &str, look: Look) -> String {
    let Some(week) = week else {
        return String::new();
    };
    let line = |what: &str, done: Amount, target: Amount| {
        if target == Amount::ZERO {
            return format!("  this week: {done} {what}\n");
        }
        let bar = look.share(done.percent_of(target), LONG_BAR);
        format!("  this week: {bar}  {done} of {target} {what}\n")
    };
    let minutes = line("minutes", week.minutes, week.target_minutes);
    let progress = line(label, week.progress, week.target_progress);
    format!("{minutes}{progress}")
}
