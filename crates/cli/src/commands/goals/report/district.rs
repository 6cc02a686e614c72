//! What the leaders of a district see.

use std::fmt::Write as _;

use homeroom_goals::target::Metric;
use homeroom_progress::figures::{Delivery, DistrictApp, DistrictFigure};
use homeroom_progress::targets::NamedTarget;

use super::parts::{app_head, as_of, counted, groups, hidden, linked, ranked, weeks};
use super::words::ENGLISH;
use crate::commands::goals::draw::{Look, grouped};

/// The tables of a district.
pub(super) fn text(figure: &DistrictFigure, name: &str, look: Look) -> String {
    let mut text = format!("{name}, {}\n", as_of(&figure.head.as_of, &ENGLISH));
    if figure.apps.is_empty() {
        text.push_str(
            "\nGoals are not on for any app; `homeroom goals on APP DISTRICT` switches them on.\n",
        );
        return text;
    }
    let apps = figure
        .apps
        .iter()
        .map(|app| (app.app.name.as_str(), app.total.as_ref()));
    let _ = write!(text, "\n{}", counted(look, "app", apps));
    for one in &figure.apps {
        text.push_str(&app(one, figure, look));
    }
    text.push_str(&hidden(figure.small_group));
    text
}

fn app(app: &DistrictApp, figure: &DistrictFigure, look: Look) -> String {
    let mut text = app_head(&app.app, figure.head.as_of.at, &ENGLISH);
    if let Some(request) = &app.last_request {
        let _ = writeln!(text, "  last request: {}", outcome(request));
    }
    for target in &app.targets {
        let _ = writeln!(
            text,
            "  target: {}",
            target_line(target, &app.app.progress_label)
        );
    }
    let adjusted = [
        (app.adjusted.schools, "schools"),
        (app.adjusted.sections, "sections"),
        (app.adjusted.students, "students"),
    ];
    let adjusted: Vec<String> = adjusted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match (count, what.strip_suffix('s')) {
            (1, Some(one)) => format!("1 {one}"),
            _ => format!("{} {what}", grouped((*count).into())),
        })
        .collect();
    if !adjusted.is_empty() {
        let _ = writeln!(text, "  of their own: {}", adjusted.join(", "));
    }
    text.push_str(&linked(app.link.as_deref(), &ENGLISH));
    let _ = write!(text, "\n{}", ranked(look, "school", &app.by_school));
    let _ = write!(text, "\n{}", groups(look, "grade", &app.by_grade));
    for split in &app.demographics {
        let _ = write!(text, "\n{}", groups(look, split.field, &split.groups));
    }
    let _ = write!(text, "\n{}", weeks(look, &app.weeks, &app.app));
    text
}

/// `200: 2,000 rows, 1,301 changed a figure, 2 rejected, 1 warning`.
pub(super) fn outcome(request: &Delivery) -> String {
    let count = |count: u32| grouped(count.into());
    let mut text = format!("{}: {} rows", request.status, count(request.received));
    for (number, what) in [
        (request.updated, "changed a figure"),
        (request.rejected, "rejected"),
        (request.warnings, "with a warning"),
    ] {
        if number > 0 {
            let _ = write!(text, ", {} {what}", count(number));
        }
    }
    text
}

/// `60 minutes a week for everyone, set by the app on 2026-08-17`.
fn target_line(named: &NamedTarget, label: &str) -> String {
    let what = match named.metric {
        Metric::Minutes => "minutes",
        Metric::Progress => label,
    };
    let target = &named.target;
    let by = match target.level {
        "app" => "recommended by the app".to_owned(),
        level if target.by.is_empty() => format!("set by the {level}"),
        level => format!("set by the {level} ({})", target.by),
    };
    format!(
        "{} {what} a week for {}, {by}, from {}",
        target.per_week, target.for_whom, target.from
    )
}
