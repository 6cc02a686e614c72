//! Who may change what of a feed: the district switches it and chooses schools, the app declares what it counts.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use homeroom_goals::Amount;
use homeroom_goals::report_link::{LinkError, ReportLink, Subject};
use homeroom_goals::submission::{KEY_CHARACTERS, KEY_RULE, is_key, is_line};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{AuditEntry, Conflict, FeedKey, GoalsFeed, SetGoalsFeed, Store, StoreError};

use super::text::sorted;
use super::{FeedSettings, UnreadableFeed};

/// Who does something, and when. The id is for the entry in the audit.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// `cli:<user of the system>`, `token:<name>` or `app`.
    pub actor: &'a str,
    /// The moment.
    pub now: Timestamp,
    /// An id that nothing has yet.
    pub audit: ObjectId,
}

impl By<'_> {
    /// What the audit says of something that is done.
    pub(crate) fn entry(&self, district: ObjectId, action: &str, detail: String) -> AuditEntry {
        AuditEntry {
            id: self.audit,
            district: Some(district),
            at: self.now,
            actor: self.actor.to_owned(),
            action: action.to_owned(),
            detail,
        }
    }

    /// Notes what was decided.
    pub async fn note(
        &self,
        store: &dyn Store,
        district: ObjectId,
        action: &str,
        detail: String,
    ) -> Result<(), StoreError> {
        store.add_audit(self.entry(district, action, detail)).await
    }
}

/// Why a feed was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The store refuses, or does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What it keeps cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableFeed),
    /// Goals are not on for this app and district.
    #[error("Goals are not switched on for this app and district")]
    Off,
    /// Something is still taken.
    #[error(
        "Goals are still on for this app and district; switch them off before everything is forgotten"
    )]
    On,
    /// The key is no key.
    #[error("the key of the progress metric is {KEY_RULE}, like lessons_completed")]
    Key,
    /// The label is none.
    #[error(
        "the label of the progress metric is one to {KEY_CHARACTERS} characters without line breaks"
    )]
    Label,
    /// The ceiling would finish everybody.
    #[error("the ceiling is more than nothing: the progress at which a student has finished")]
    Ceiling,
    /// An address cannot be one of a report.
    #[error("the report address of a {subject}: {error}")]
    Link {
        /// About whom.
        subject: &'static str,
        /// What is wrong.
        error: LinkError,
    },
}

/// What the district says about a feed. What is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Switch {
    /// Whether totals are taken.
    pub on: Option<bool>,
    /// The schools whose students are in the feed: `Some(None)` for all schools.
    pub schools: Option<Option<Vec<ObjectId>>>,
    /// Whether the app sees the targets set for it.
    pub apps_see_targets: Option<bool>,
}

/// Switches a feed, or changes what the district says about it, and gives the feed after it. The feed is made if there is
/// none. Noted in the audit where it changed anything.
pub async fn switch(
    store: &dyn Store,
    key: FeedKey,
    wish: &Switch,
    by: By<'_>,
) -> Result<GoalsFeed, FeedError> {
    let apply = |on: Option<bool>, settings: &mut FeedSettings| {
        if let Some(schools) = &wish.schools {
            settings.schools = schools.clone().map(sorted);
        }
        settings.apps_see_targets = wish.apps_see_targets.unwrap_or(settings.apps_see_targets);
        Ok(wish.on.or(on).unwrap_or(false))
    };
    let says = |on: bool, settings: &FeedSettings| {
        let schools = settings.schools.as_ref();
        let schools = schools.map_or("all".to_owned(), |schools| schools.len().to_string());
        let shown = settings.apps_see_targets;
        format!("on {on}, schools {schools}, app sees targets {shown}")
    };
    change(store, key, by, apply, ("goals feed set", says)).await
}

/// Forgets a feed with every total, day, target and request that was ever kept of it; `false` if there was none. It has to be
/// off. Noted in the audit.
pub async fn forget(store: &dyn Store, key: FeedKey, by: By<'_>) -> Result<bool, FeedError> {
    match store.goals_feed(key).await? {
        None => return Ok(false),
        Some(feed) if feed.on => return Err(FeedError::On),
        Some(_) => {}
    }
    let entry = by.entry(key.district, "goals forgotten", format!("app {}", key.app));
    Ok(store.forget_goals_feed(key, Some(entry)).await?)
}

/// What an app declares about its metrics: all of it, each time. What is left out is taken back, but for the key, which stays.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    /// The key of its progress metric.
    pub progress_key: Option<String>,
    /// What people call it.
    pub label: Option<String>,
    /// Progress at which a student has finished.
    pub ceiling: Option<Amount>,
    /// Whether its totals can lawfully fall.
    pub may_fall: bool,
    /// Whether the metric counts finished work.
    pub counts_finished_work: Option<bool>,
    /// Addresses of its reports.
    pub report_links: BTreeMap<Subject, String>,
}

/// Declares what an app counts in a district, and gives the feed after it. A key that was never there begins a new
/// series, and one that was goes on with its own (integration-side D3). Noted in the audit where it changed anything.
pub async fn declare(
    store: &dyn Store,
    key: FeedKey,
    said: &Declaration,
    by: By<'_>,
) -> Result<GoalsFeed, FeedError> {
    let links = said.check()?;
    let apply = |on: Option<bool>, settings: &mut FeedSettings| {
        if on != Some(true) {
            return Err(FeedError::Off);
        }
        if let Some(key) = &said.progress_key {
            settings.count(key, true, by.now);
        }
        settings.label.clone_from(&said.label);
        settings.ceiling = said.ceiling;
        settings.may_fall = said.may_fall;
        settings.counts_finished_work = said.counts_finished_work;
        settings.report_links.clone_from(&links);
        // What is said of a metric is said of this one, whose key the app need not repeat.
        if settings.says_anything() {
            settings.declare_last();
        }
        Ok(true)
    };
    let says = |_, settings: &FeedSettings| format!("series {}", settings.metrics().series);
    change(store, key, by, apply, ("goals declared", says)).await
}

impl Declaration {
    fn check(&self) -> Result<BTreeMap<Subject, ReportLink>, FeedError> {
        if self.progress_key.as_deref().is_some_and(|key| !is_key(key)) {
            return Err(FeedError::Key);
        }
        if self.label.as_deref().is_some_and(|label| !is_line(label)) {
            return Err(FeedError::Label);
        }
        if self.ceiling == Some(Amount::ZERO) {
            return Err(FeedError::Ceiling);
        }
        let links = self.report_links.iter().map(|(subject, address)| {
            let link = ReportLink::register(*subject, address);
            let link = link.map_err(|error| FeedError::Link {
                subject: name(*subject),
                error,
            });
            Ok((*subject, link?))
        });
        links.collect()
    }
}

fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Student => "student",
        Subject::Section => "section",
        Subject::School => "school",
        Subject::District => "district",
    }
}

/// How often a change is tried again that somebody else came before.
const ATTEMPTS: usize = 5;

/// Changes a feed, and what the audit says of it in the same step; gives the feed after it. `apply` is told whether the feed
/// is on, if there is one, and says whether it is to be.
async fn change(
    store: &dyn Store,
    key: FeedKey,
    by: By<'_>,
    apply: impl Fn(Option<bool>, &mut FeedSettings) -> Result<bool, FeedError>,
    (action, says): (&str, impl Fn(bool, &FeedSettings) -> String),
) -> Result<GoalsFeed, FeedError> {
    let mut attempt = 1;
    loop {
        let feed = store.goals_feed(key).await?;
        let read = feed.as_ref().map(FeedSettings::read).transpose()?;
        let mut settings = read.clone().unwrap_or_default();
        let on = apply(feed.as_ref().map(|feed| feed.on), &mut settings)?;
        let feed = match feed {
            Some(feed) if feed.on == on && read.as_ref() == Some(&settings) => return Ok(feed),
            feed => feed,
        };
        let detail = format!("app {}: {}", key.app, says(on, &settings));
        let wish = SetGoalsFeed {
            key,
            expected: feed.as_ref().map_or(0, |feed| feed.revision),
            on,
            text: settings.to_text(),
            actor: by.actor.to_owned(),
            now: by.now,
            audit: Some(by.entry(key.district, action, detail)),
        };
        let (after, _) = GoalsFeed::after(feed, &wish)?;
        match store.set_goals_feed(wish).await {
            Ok(_) => return Ok(after),
            Err(error) if error.refusal() == Some(Conflict::Moved) && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
