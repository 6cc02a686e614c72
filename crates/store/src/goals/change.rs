//! What a delivery or a correction changes.

use homeroom_model::Timestamp;

use super::{GoalsDelivery, GoalsFeed, StudentYear, no_feed};
use crate::limits::invalid;
use crate::{AuditEntry, Conflict, StoreError, limits};

/// What a delivery or a correction changes in a feed, in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalsMove {
    /// The generation that it was worked out from.
    pub generation: u64,
    /// The revision that it was worked out from.
    pub revision: u64,
    /// The school year, by the calendar year in which it ends.
    pub year: i16,
    /// The student years that it changes, ascending by student.
    pub changed: Vec<StudentYear>,
    /// The settings after it, where they change: the next revision, by `actor`.
    pub text: Option<String>,
    /// By whom.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// The delivery for the log; a correction has none.
    pub delivery: Option<GoalsDelivery>,
    /// What the audit says of it, added in the same step: a correction never stands without its entry.
    pub audit: Option<AuditEntry>,
}

impl GoalsMove {
    /// Checks that every adapter makes before it looks at the feed.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::number("the generation of a feed", self.generation)?;
        limits::number("the revision of a feed", self.revision)?;
        limits::actor(&self.actor)?;
        let ascending = self.changed.is_sorted_by(|a, b| a.student < b.student);
        if !ascending {
            return Err(invalid("the student years", "do not ascend by student"));
        }
        for kept in &self.changed {
            limits::student_year(&kept.recent, &kept.earlier)?;
        }
        if let Some(text) = &self.text {
            limits::feed_settings(text)?;
        }
        if let Some(entry) = &self.audit {
            entry.check()?;
        }
        let Some(delivery) = &self.delivery else {
            return Ok(());
        };
        if !delivery.accepted {
            return Err(invalid(
                "a delivery that changes a feed",
                "is marked as refused",
            ));
        }
        delivery.check()
    }

    /// The feed after it. Refused as `Gone` where there is none and as `Moved` unless it is the one the move was worked
    /// out from.
    pub fn after(&self, feed: Option<GoalsFeed>) -> Result<GoalsFeed, StoreError> {
        let mut feed = feed.ok_or_else(no_feed)?;
        if (feed.generation, feed.revision) != (self.generation, self.revision) {
            return Err(StoreError::conflict(
                Conflict::Moved,
                "the feed has changed meanwhile; read it again",
            ));
        }
        if !self.changed.is_empty() {
            feed.generation += 1;
            feed.year = feed.year.max(Some(self.year));
        }
        if let Some(text) = &self.text {
            feed.revision += 1;
            feed.text.clone_from(text);
            feed.set_at = self.now;
            feed.actor.clone_from(&self.actor);
        }
        if let Some(delivery) = self.delivery.as_ref().filter(|kept| kept.reports()) {
            // Not the latest of all: one that came while the clock was ahead would hide that nothing comes any more.
            feed.last = Some(delivery.at);
        }
        Ok(feed)
    }
}
