//! What the leaders of a school see.

use std::fmt::Write as _;

use homeroom_progress::figures::{SchoolApp, SchoolFigure};

use super::parts::{app_head, as_of, counted, groups, hidden, linked, ranked, targets, weeks};
use super::words::ENGLISH;
use crate::commands::goals::draw::{Column, Look, grouped};

/// The tables of a school.
pub(super) fn text(figure: &SchoolFigure, look: Look) -> String {
    let mut text = format!("{}, {}\n", figure.name, as_of(&figure.head.as_of, &ENGLISH));
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

fn app(app: &SchoolApp, figure: &SchoolFigure, look: Look) -> String {
    let mut text = app_head(&app.app, figure.head.as_of.at, &ENGLISH);
    text.push_str(&targets(&app.targets, &app.app.progress_label, &ENGLISH));
    text.push_str(&linked(app.link.as_deref(), &ENGLISH));
    let _ = write!(text, "\n{}", groups(look, "grade", &app.by_grade));
    let _ = write!(text, "\n{}", ranked(look, "teacher", &app.by_teacher));
    text.push_str(&unused(app, look));
    let _ = write!(text, "\n{}", weeks(look, &app.weeks, &app.app));
    text
}

fn unused(app: &SchoolApp, look: Look) -> String {
    let (Some(classes), Some(small)) = (&app.unused_classes, app.small_unused_classes) else {
        return "\n  classes that did not use it: not known\n".to_owned();
    };
    if classes.is_empty() && small == 0 {
        return String::new();
    }
    let columns = [
        Column::name("class that did not use it", 16),
        Column::name("teachers", 12),
        Column::number("students"),
    ];
    let classes = classes.iter().map(|class| {
        vec![
            class.name.clone(),
            class.teachers.join(", "),
            grouped(class.students.into()),
        ]
    });
    let classes: Vec<_> = classes.collect();
    let mut text = "\n".to_owned();
    if !classes.is_empty() {
        text.push_str(&look.table(&columns, &classes));
    }
    if small > 0 {
        let _ = writeln!(text, "  small classes that did not use it: {small}");
    }
    text
}
