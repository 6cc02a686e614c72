//! What is settled about a feed: by the district, which switches it on, and by the app, which declares what it counts.

mod change;
mod text;

use std::collections::BTreeMap;

use homeroom_goals::Amount;
use homeroom_goals::report_link::{ReportLink, Subject};
use homeroom_goals::total::Metrics;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::GoalsFeed;

pub use change::{By, Declaration, FeedError, Switch, declare, forget, switch};

/// Series that are kept with their keys; older ones are forgotten.
const SERIES: usize = 50;

/// The settings of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedSettings {
    /// The schools whose students are in the feed, ascending; `None` for all schools.
    pub schools: Option<Vec<ObjectId>>,
    /// Whether the app may see the targets that were set for it (issue 6).
    pub apps_see_targets: bool,
    /// What the app calls its progress metric for people.
    pub label: Option<String>,
    /// Progress at which a student has finished; without one nobody has (issue 6, "Settled").
    pub ceiling: Option<Amount>,
    /// Whether the app's totals can lawfully fall.
    pub may_fall: bool,
    /// Whether the metric counts finished work, as far as the app has said.
    pub counts_finished_work: Option<bool>,
    /// Addresses of the app's own reports.
    pub report_links: BTreeMap<Subject, ReportLink>,
    /// The progress metrics that the app has declared or sent, oldest first; the last one counts.
    pub series: Vec<Series>,
}

/// A progress metric of an app. Values of two are never compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Counts them, from 1.
    pub number: u32,
    /// Its key.
    pub key: String,
    /// Since when.
    pub since: Timestamp,
    /// The app declared it. Otherwise it was sent first, and another one that comes in its place is the next.
    pub declared: bool,
}

/// A feed's text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings of a feed cannot be read; restore the newest backup")]
pub struct UnreadableFeed;

impl FeedSettings {
    /// The settings of a feed as the store keeps them.
    pub fn read(feed: &GoalsFeed) -> Result<Self, UnreadableFeed> {
        Self::from_text(&feed.text)
    }

    /// The key of the app's progress metric, once it has declared or sent one.
    pub fn progress_key(&self) -> Option<&str> {
        self.series.last().map(|series| series.key.as_str())
    }

    /// The progress metric as people read it: what the app calls it, or its key.
    pub fn progress_label(&self) -> &str {
        let label = self.label.as_deref().or(self.progress_key());
        label.unwrap_or("progress")
    }

    /// The address of the app's reports about such a subject.
    pub fn report_link(&self, subject: Subject) -> Option<&ReportLink> {
        self.report_links.get(&subject)
    }

    /// What totals are measured by.
    pub fn metrics(&self) -> Metrics {
        Metrics {
            // Minutes that come before any progress belong to the first metric that will.
            series: self.series.last().map_or(1, |series| series.number),
            may_fall: self.may_fall,
        }
    }

    /// Whether a student of these schools (ascending) is in the feed.
    pub fn takes(&self, schools: impl IntoIterator<Item = ObjectId>) -> bool {
        let Some(chosen) = &self.schools else {
            return true;
        };
        let mut schools = schools.into_iter();
        schools.any(|school| chosen.binary_search(&school).is_ok())
    }

    /// Begins a series, unless its key is the one that counts. Being declared stays with a key. What was said of the metric
    /// before is not said of this one; what was said before there was any is.
    pub(crate) fn begin(&mut self, key: &str, declared: bool, since: Timestamp) -> bool {
        let number = match self.series.last_mut() {
            Some(last) if last.key == key => {
                let changes = declared && !last.declared;
                last.declared |= declared;
                return changes;
            }
            Some(last) => last.number.saturating_add(1),
            None => 1,
        };
        if number > 1 {
            self.label = None;
            self.ceiling = None;
            self.may_fall = false;
            self.counts_finished_work = None;
        }
        self.series.push(Series {
            number,
            key: key.to_owned(),
            since,
            declared,
        });
        let over = self.series.len().saturating_sub(SERIES);
        self.series.drain(..over);
        true
    }
}
