//! What the owner of an app sees of a district.

use std::fmt::Write as _;

use homeroom_progress::figures::AppFigure;

use super::parts::{LONG_BAR, app_head, as_of};
use super::words::ENGLISH;
use crate::commands::goals::criteria;
use crate::commands::goals::deliveries::table;
use crate::commands::goals::draw::{Look, grouped};

/// The tables of an app.
pub(super) fn text(figure: &AppFigure, district: &str, look: Look) -> String {
    let mut text = format!(
        "{} in {district}, {}\n",
        figure.app.name,
        as_of(&figure.head.as_of, &ENGLISH)
    );
    text.push_str(&app_head(&figure.app, figure.head.as_of.at, &ENGLISH));
    for (reported, when) in [
        (figure.reported, "this school year"),
        (figure.reported_lately, "today or yesterday"),
    ] {
        let _ = writeln!(
            text,
            "  {} {} of {} students reported {when}",
            look.bar(reported.into(), figure.students.into(), LONG_BAR),
            grouped(reported.into()),
            grouped(figure.students.into())
        );
    }
    for (count, what) in [
        (figure.open.regressions, "with a total that fell"),
        (
            figure.open.implausible,
            "with more minutes than time has passed",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(
                text,
                "  waiting for somebody to confirm or dismiss: {count} {what} (homeroom goals open)"
            );
        }
    }
    let _ = write!(text, "\n{}", criteria::table(look, &figure.certification));
    let _ = write!(text, "\n{}", table(look, &figure.requests));
    text
}
