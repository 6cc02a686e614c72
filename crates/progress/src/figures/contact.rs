//! What a parent or another contact sees: the children tied to this contact now, in plain words. It ends when the tie does.

use std::sync::Arc;

use homeroom_goals::monday;
use homeroom_model::{Kind, ObjectId};
use serde::Serialize;

use super::csv::Csv;
use super::live::{Live, Years, live};
use super::shape::{Head, SetTargets, Source, StudentWeek};
use super::words::{self, Done, Language, Mood, ThisWeek};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};

/// A contact's children.
#[derive(Clone, Serialize)]
pub struct ContactFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// The contact.
    pub contact: ObjectId,
    /// What the contact is called.
    pub name: String,
    /// In which language it is worded.
    pub language: Language,
    /// One for each child and app, by child and then by app.
    pub children: Vec<Child>,
}

/// One child in one app.
#[derive(Clone, Serialize)]
pub struct Child {
    /// The child.
    pub student: ObjectId,
    /// What the child is called.
    pub name: String,
    /// The app.
    pub app: Source,
    /// How it goes, in a word.
    pub mood: Mood,
    /// The week in a sentence.
    pub summary: String,
    /// What to ask at home.
    pub ask_at_home: &'static str,
    /// This week; `null` while it had no school day yet, and where it is not known: the app never reported the child, is stale,
    /// or reported minutes that wait to be confirmed.
    pub week: Option<StudentWeek>,
    /// The targets, and who set them.
    pub targets: SetTargets,
    /// The app's own report.
    pub link: Option<String>,
}

impl Figures {
    /// A contact's children; `None` if the district has published no such contact.
    pub async fn contact(
        &self,
        ask: &Ask,
        contact: ObjectId,
        language: Language,
    ) -> Result<Option<ContactFigure>, FigureError> {
        let book = Arc::new(self.book(ask).await?);
        let Some(row) = book.roster.contact(&contact) else {
            return Ok(None);
        };
        let children = book.roster.children_of(row);
        let years = self.years_of(&book, &children).await?;
        let figure = compose(move || of(&book, row, &children, &years, language));
        figure.await.map(Some)
    }
}

fn of(
    book: &Book,
    contact: u32,
    children: &[u32],
    years: &Years,
    language: Language,
) -> Result<ContactFigure, FigureError> {
    let mut found = Vec::new();
    for (feed, years) in book.feeds.iter().zip(years) {
        for live in live(book, feed, children, years)? {
            found.push((live.row, child(book, feed, live, language)));
        }
    }
    // Stable: the apps of a child stay in their order.
    found.sort_by_key(|(row, _)| *row);
    Ok(ContactFigure {
        head: Head::new("contact", book),
        contact: book.roster.id(Kind::Contact, contact),
        name: book.roster.contact_name(contact),
        language,
        children: found.into_iter().map(|(_, child)| child).collect(),
    })
}

fn child(book: &Book, feed: &FeedBook, live: Live, language: Language) -> Child {
    let (mood, today) = (Mood::of(&live.verdict), book.moment.day);
    let week = live.this_week(book).cloned();
    let told = match (&week, mood) {
        (Some(week), _) => ThisWeek::Told(Done {
            minutes: week.minutes,
            progress: live.progress.map(|_| week.progress),
            target: week.target_minutes,
            label: feed.settings.progress_label(),
        }),
        (None, Mood::NoNews) => ThisWeek::NoNews,
        (None, Mood::BeingChecked) => ThisWeek::BeingChecked,
        (None, _) if !live.reported => ThisWeek::NothingYet,
        (None, _) if book.calendar.count(monday(today), today) == 0 => ThisWeek::NoSchool,
        (None, _) => ThisWeek::NoNews,
    };
    Child {
        student: live.id,
        name: book.roster.student_name(live.row),
        app: Source::of(book, feed),
        mood,
        summary: words::summary(&told, language),
        ask_at_home: words::ask_at_home(mood, language),
        week,
        targets: live.targets,
        link: live.link,
    }
}

impl ContactFigure {
    /// One row per child and app.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&[
            "as_of",
            "student",
            "name",
            "app",
            "mood",
            "summary",
            "ask_at_home",
            "week_minutes",
            "week_target_minutes",
            "week_progress",
            "week_target_progress",
            "target_minutes",
            "target_minutes_level",
            "target_progress",
            "target_progress_level",
            "last_received",
            "link",
        ]);
        for child in &self.children {
            csv.plain(self.head.as_of.day).plain(child.student);
            csv.text(&child.name).text(&child.app.name);
            csv.plain(child.mood.word());
            csv.text(&child.summary).text(child.ask_at_home);
            let week = child.week.as_ref();
            csv.maybe(week.map(|week| week.minutes));
            csv.maybe(week.map(|week| week.target_minutes));
            csv.maybe(week.map(|week| week.progress));
            csv.maybe(week.map(|week| week.target_progress));
            child.targets.cells(&mut csv);
            csv.maybe(
                child
                    .app
                    .last_received
                    .map(homeroom_model::Timestamp::to_iso),
            );
            csv.text(child.link.as_deref().unwrap_or_default());
            csv.end();
        }
        csv.finish()
    }
}
