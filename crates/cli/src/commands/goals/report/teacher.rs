//! What a teacher sees: whom to see first.

use std::fmt::Write as _;

use homeroom_goals::Amount;
use homeroom_progress::figures::{StudentRow, TeacherApp, TeacherFigure};

use super::parts::{app_head, as_of, counted, heights, linked, state_words, whole};
use super::words::ENGLISH;
use crate::commands::goals::draw::{Column, Look, grouped};

/// Students of an app that are listed unless all are wanted.
const LISTED: usize = 40;
/// Cells of a bar.
const BAR: usize = 8;

/// The tables of a teacher; with `all` every student.
pub(super) fn text(figure: &TeacherFigure, look: Look, all: bool) -> String {
    let mut text = format!("{}, {}\n", figure.name, as_of(&figure.head.as_of, &ENGLISH));
    for one in &figure.apps {
        text.push_str(&app_head(&one.app, figure.head.as_of.at, &ENGLISH));
        text.push_str(&app(one, look, all));
    }
    text
}

fn app(app: &TeacherApp, look: Look, all: bool) -> String {
    let sections = app
        .sections
        .iter()
        .map(|row| (row.name.as_str(), Some(&row.total)));
    let mut text = format!("\n{}", counted(look, "section", sections));
    for row in app
        .sections
        .iter()
        .filter(|_| all || app.sections.len() == 1)
    {
        if let Some(link) = row.link.as_deref() {
            text.push_str(&linked(Some(&format!("{link} ({})", row.name)), &ENGLISH));
        }
    }
    let columns = [
        Column::name("student", 12),
        Column::number("grade"),
        Column::words("state"),
        Column::words("of target"),
        Column::number("minutes"),
        Column::number("progress"),
        Column::words("weeks"),
    ];
    let listed = if all { app.students.len() } else { LISTED };
    let rows: Vec<(Vec<String>, &str)> = app
        .students
        .iter()
        .take(listed)
        .map(|row| (cells(row, look), note(row)))
        .collect();
    if rows.is_empty() {
        return format!("{text}\n  no students\n");
    }
    text.push('\n');
    let rows = rows.iter().map(|(cells, note)| (cells.as_slice(), *note));
    text.push_str(&look.noted(&columns, rows));
    let more = app.students.len().saturating_sub(listed);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more who need less; --all lists them");
    }
    text
}

fn cells(row: &StudentRow, look: Look) -> Vec<String> {
    let amount = |amount: Option<Amount>| amount.map_or_else(String::new, |a| grouped(whole(a)));
    // The slower of the two paces: the one that decides.
    let paces = row.pace.minutes.iter().chain(&row.pace.progress);
    let of_target = paces
        .filter_map(|pace| pace.done.percent_of(pace.target))
        .min();
    vec![
        row.name.clone(),
        row.grade.unwrap_or_default().to_owned(),
        if row.waits {
            "to be confirmed".to_owned()
        } else {
            state_words(row.state)
        },
        look.share(of_target, BAR),
        amount(row.minutes),
        amount(row.progress),
        heights(look, &row.weeks),
    ]
}

/// Why, of those whom somebody should see.
fn note(row: &StudentRow) -> &str {
    match row.state {
        "stuck" | "slow" | "inactive" => &row.why,
        _ if row.waits => &row.why,
        _ => "",
    }
}
