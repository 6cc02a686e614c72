//! What the owner of an app sees of a district: requests, what was rejected and why, coverage, and what certification says.

use std::sync::Arc;

use homeroom_goals::certification::{Finding, check};
use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_store::{FeedKey, GoalsDelivery, Which};
use serde::Serialize;

use super::csv::Csv;
use super::shape::{Head, Source, iso};
use super::{Ask, FigureError, Figures, compose};
use crate::book::{Book, FeedBook};
use crate::facts;
use crate::receive::{DeliveryReport, report_of};
use crate::standings::{Flags, Standings};
use crate::student_year::Record;

/// Requests that one question asks for.
const AT_ONCE: u32 = 200;
/// Requests that are shown.
const SHOWN: usize = 20;

/// An app in a district.
#[derive(Clone, Serialize)]
pub struct AppFigure {
    /// For whom and as of when.
    #[serde(flatten)]
    pub head: Head,
    /// The app.
    pub app: Source,
    /// Students it is to report.
    pub students: u32,
    /// Of those, how many it reported this school year.
    pub reported: u32,
    /// Of those, how many it reported today or yesterday.
    pub reported_lately: u32,
    /// What waits to be confirmed or dismissed.
    pub open: Waiting,
    /// The newest requests, newest first.
    pub requests: Vec<Delivery>,
    /// Every criterion of a certification.
    pub certification: Vec<Finding>,
}

/// What waits to be confirmed or dismissed, in students.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Minutes or progress lower than before.
    pub regressions: u32,
    /// Minutes that rose by more than time has passed.
    pub implausible: u32,
}

/// One request of an app.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Counts the requests of the app for the district.
    pub number: u64,
    /// When it arrived.
    #[serde(serialize_with = "iso")]
    pub at: Timestamp,
    /// The district's day.
    pub day: Date,
    /// The status it was answered with.
    pub status: u16,
    /// Whether it was taken, if only in part.
    pub accepted: bool,
    /// Rows.
    pub received: u32,
    /// Those that changed a figure.
    pub updated: u32,
    /// Those that were taken and changed none.
    pub unchanged: u32,
    /// Those that were not taken.
    pub rejected: u32,
    /// Warnings about those that were taken.
    pub warnings: u32,
    /// What was rejected and noticed, as far as the log keeps it; only for the app itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<DeliveryReport>,
}

impl Delivery {
    /// A request without its details.
    pub fn of(kept: &GoalsDelivery) -> Self {
        Self {
            number: kept.number,
            at: kept.at,
            day: kept.day,
            status: kept.status,
            accepted: kept.accepted,
            received: kept.rows.received,
            updated: kept.rows.updated,
            unchanged: kept.rows.unchanged,
            rejected: kept.rows.rejected,
            warnings: kept.rows.warnings,
            details: None,
        }
    }

    /// A request with its details.
    pub fn detailed(kept: &GoalsDelivery) -> Self {
        Self {
            details: Some(report_of(kept)),
            ..Self::of(kept)
        }
    }
}

impl Figures {
    /// An app in a district; `None` if Goals are not on for it.
    pub async fn app(
        &self,
        district: ObjectId,
        app: ObjectId,
        now: Timestamp,
    ) -> Result<Option<AppFigure>, FigureError> {
        let ask = Ask {
            district,
            app: Some(app),
            now,
        };
        let book = Arc::new(self.book(&ask).await?);
        let Some(key) = book.feeds.first().map(|feed| feed.key) else {
            return Ok(None);
        };
        let standings = self.standings(&book, 0).await?;
        let requests = self.requests(key, facts::since(&book)).await?;
        let open = self
            .store
            .student_years(key, book.year(), Which::Open, false);
        let open = open.await?;
        let figure = compose(move || {
            let Some(feed) = book.feeds.first() else {
                return Ok(None);
            };
            let series = feed.settings.metrics().series;
            let mut waiting = Waiting::default();
            let mut record = Record::default();
            for year in &open {
                record.read(year)?;
                let total = record.in_series(series);
                let fell = total.lower_minutes.is_some() || total.lower_progress.is_some();
                waiting.regressions += u32::from(fell);
                waiting.implausible += u32::from(total.aside.is_some());
            }
            Ok(Some(of(&book, feed, &standings, &requests, waiting)))
        });
        figure.await
    }
}

impl Figures {
    /// The requests of a feed since a day, and some from before, newest first: as many questions as the log has pages, of which
    /// the store keeps six.
    async fn requests(&self, key: FeedKey, since: Date) -> Result<Vec<GoalsDelivery>, FigureError> {
        let mut found: Vec<GoalsDelivery> = Vec::new();
        loop {
            let before = found.last().map(|request| request.number);
            let page = self.store.goals_deliveries(key, before, AT_ONCE).await?;
            let is_full = page.len() >= AT_ONCE as usize;
            found.extend(page);
            if !is_full || found.last().is_some_and(|request| request.day < since) {
                return Ok(found);
            }
        }
    }
}

fn of(
    book: &Book,
    feed: &FeedBook,
    standings: &Standings,
    requests: &[GoalsDelivery],
    open: Waiting,
) -> AppFigure {
    let facts = facts::received(book, feed, standings, requests);
    let reported = standings.count(|flags| flags.has(Flags::REPORTED));
    AppFigure {
        head: Head::new("app", book),
        app: Source::of(book, feed),
        students: facts.active,
        reported,
        reported_lately: facts.covered,
        open,
        requests: requests
            .iter()
            .take(SHOWN)
            .map(Delivery::detailed)
            .collect(),
        certification: check(&facts),
    }
}

impl AppFigure {
    /// One row per request, newest first.
    pub fn csv(&self) -> String {
        let mut csv = Csv::new(&[
            "number",
            "at",
            "day",
            "status",
            "accepted",
            "received",
            "updated",
            "unchanged",
            "rejected",
            "warnings",
        ]);
        for request in &self.requests {
            csv.plain(request.number)
                .plain(request.at.to_iso())
                .plain(request.day);
            csv.plain(request.status)
                .plain(request.accepted)
                .plain(request.received);
            csv.plain(request.updated)
                .plain(request.unchanged)
                .plain(request.rejected);
            csv.plain(request.warnings);
            csv.end();
        }
        csv.finish()
    }
}
