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
    /// The progress metrics that the app has declared or sent, in the order in which they counted last; the last one counts.
    pub series: Vec<Series>,
}

/// A progress metric of an app. Values of two are never compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Counts the keys, from 1. A key that returns has its own again.
    pub number: u32,
    /// Its key.
    pub key: String,
    /// When it was there first.
    pub since: Timestamp,
    /// The app declared it. Otherwise it was sent first, and another one that comes in its place is the next.
    pub declared: bool,
    /// What was said of it, while another one counts. Of the one that counts the settings say it.
    pub said: Said,
}

/// What an app said of a progress metric.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What it is called for people.
    pub label: Option<String>,
    /// Progress at which a student has finished.
    pub ceiling: Option<Amount>,
    /// Whether totals can lawfully fall.
    pub may_fall: bool,
    /// Whether it counts finished work.
    pub counts_finished_work: Option<bool>,
}

/// What a key did to the progress metric of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It counted already.
    Stays,
    /// It counted already, and is declared now.
    Declared,
    /// It was never there: a series begins.
    Begins,
    /// It counted before: its series goes on.
    Returns,
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

    /// Whether anything is said of the metric that counts, or of the first that will.
    pub fn says_anything(&self) -> bool {
        let Self {
            label,
            ceiling,
            may_fall,
            counts_finished_work,
            ..
        } = self;
        label.is_some() || ceiling.is_some() || *may_fall || counts_finished_work.is_some()
    }

    /// Makes a key the one that counts. One that counted before goes on as it was, with what was said of it; otherwise a
    /// series begins. Being declared stays with a key. What was said of the metric before is kept with that one; what was
    /// said before there was any is said of the first.
    pub(crate) fn count(&mut self, key: &str, declared: bool, now: Timestamp) -> Turn {
        let place = self.series.iter().position(|series| series.key == key);
        let Some(place) = place else {
            self.close();
            let newest = self.series.iter().map(|series| series.number).max();
            self.series.push(Series {
                number: newest.map_or(1, |newest| newest.saturating_add(1)),
                key: key.to_owned(),
                since: now,
                declared,
                said: Said::default(),
            });
            let over = self.series.len().saturating_sub(SERIES);
            self.series.drain(..over);
            return Turn::Begins;
        };
        let mut turn = Turn::Stays;
        if place + 1 < self.series.len() {
            self.close();
            let returns = self.series.remove(place);
            self.series.push(returns);
            turn = Turn::Returns;
        }
        if let Some(last) = self.series.last_mut() {
            if turn == Turn::Returns {
                let said = std::mem::take(&mut last.said);
                self.label = said.label;
                self.ceiling = said.ceiling;
                self.may_fall = said.may_fall;
                self.counts_finished_work = said.counts_finished_work;
            } else if declared && !last.declared {
                turn = Turn::Declared;
            }
            last.declared |= declared;
        }
        turn
    }

    /// Says that the metric that counts, if there is one, is the app's.
    pub(crate) fn declare_last(&mut self) {
        if let Some(last) = self.series.last_mut() {
            last.declared = true;
        }
    }

    /// Keeps what was said of the metric that counted with that one.
    fn close(&mut self) {
        if let Some(last) = self.series.last_mut() {
            last.said = Said {
                label: self.label.take(),
                ceiling: self.ceiling.take(),
                may_fall: std::mem::take(&mut self.may_fall),
                counts_finished_work: self.counts_finished_work.take(),
            };
        }
    }
}
