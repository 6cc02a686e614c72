//! What a student sees: own minutes and progress, and words that encourage.

use std::sync::Arc;

use homeroom_goals::Amount;
use homeroom_model::{Kind, ObjectId};
use serde::Serialize;

use super::csv::Csv;
use super::live::{Live, Years, live};
use super::shape::{Head, SetTargets, Source, StudentWeek};
use super::words::{Language, Mood, to_student};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};

/// A student's own figures.
#[derive(Clone, Serialize)]
pub struct StudentFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// The student.
    pub student: ObjectId,
    /// What the student is called.
    pub name: String,
    /// In which language it is worded.
    pub language: Language,
    /// App by app, ascending by the app's id.
    pub apps: Vec<OwnApp>,
}

/// A student's own figures in one app.
#[derive(Clone, Serialize)]
pub struct OwnApp {
    /// The app.
    pub app: Source,
    /// How it goes, in a word.
    pub mood: Mood,
    /// The same in a sentence for the student.
    pub says: &'static str,
    /// Whether to offer asking for help.
    pub ask_for_help: bool,
    /// How many school days in a row with at least a minute, up to the last that the app told of.
    pub streak: usize,
    /// What was done this week and what the goal is; `null` while it had no school day yet, and where it is not known: the app
    /// never reported the student, is stale, or reported minutes that wait to be confirmed.
    pub week: Option<StudentWeek>,
    /// Minutes of the school year; `null` while nothing was reported.
    pub minutes: Option<Amount>,
    /// Progress of the school year.
    pub progress: Option<Amount>,
    /// The weeks of the school year of which it is known what was done in them.
    pub weeks: Vec<StudentWeek>,
    /// The targets, and who set them.
    pub targets: SetTargets,
    /// The app's own report.
    pub link: Option<String>,
}

impl Figures {
    /// A student's own figures; `None` if the district has published no such student.
    pub async fn student(
        &self,
        ask: &Ask,
        student: ObjectId,
        language: Language,
    ) -> Result<Option<StudentFigure>, FigureError> {
        let book = Arc::new(self.book(ask).await?);
        let Some(row) = book.roster.find(Kind::Student, &student) else {
            return Ok(None);
        };
        let years = self.years_of(&book, &[row]).await?;
        let figure = compose(move || own(&book, "student", row, &years, language));
        figure.await.map(Some)
    }
}

fn own(
    book: &Book,
    audience: &'static str,
    row: u32,
    years: &Years,
    language: Language,
) -> Result<StudentFigure, FigureError> {
    let mut apps = Vec::with_capacity(book.feeds.len());
    for (feed, years) in book.feeds.iter().zip(years) {
        let found = live(book, feed, &[row], years)?;
        apps.extend(
            found
                .into_iter()
                .map(|live| app(book, feed, live, language)),
        );
    }
    Ok(StudentFigure {
        head: Head::new(audience, book),
        student: book.roster.id(Kind::Student, row),
        name: book.roster.student_name(row),
        language,
        apps,
    })
}

fn app(book: &Book, feed: &FeedBook, live: Live, language: Language) -> OwnApp {
    let mood = Mood::of(&live.verdict);
    OwnApp {
        app: Source::of(book, feed),
        mood,
        says: to_student(mood, language),
        ask_for_help: mood == Mood::AskForHelp,
        streak: live.streak,
        week: live.this_week(book).cloned(),
        minutes: live.minutes,
        progress: live.progress,
        weeks: live.weeks,
        targets: live.targets,
        link: live.link,
    }
}

impl StudentFigure {
    /// One row per app.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&[
            "as_of",
            "student",
            "name",
            "app",
            "mood",
            "says",
            "streak",
            "week_minutes",
            "week_target_minutes",
            "week_progress",
            "week_target_progress",
            "minutes",
            "progress",
            "target_minutes",
            "target_minutes_level",
            "target_progress",
            "target_progress_level",
            "last_received",
            "link",
        ]);
        for app in &self.apps {
            csv.plain(self.head.as_of.day).plain(self.student);
            csv.text(&self.name).text(&app.app.name);
            csv.plain(app.mood.word()).text(app.says).plain(app.streak);
            let week = app.week.as_ref();
            csv.maybe(week.map(|week| week.minutes));
            csv.maybe(week.map(|week| week.target_minutes));
            csv.maybe(week.map(|week| week.progress));
            csv.maybe(week.map(|week| week.target_progress));
            csv.maybe(app.minutes).maybe(app.progress);
            app.targets.cells(&mut csv);
            csv.maybe(app.app.last_received.map(homeroom_model::Timestamp::to_iso));
            csv.text(app.link.as_deref().unwrap_or_default());
            csv.end();
        }
        csv.finish()
    }
}
