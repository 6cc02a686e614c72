use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use homeroom_model::{Date, ObjectId};

use super::{State, refuse};
use crate::goals::no_feed;
use crate::{
    AuditEntry, Conflict, FeedKey, Goals, GoalsDelivery, GoalsFeed, GoalsMove, GoalsStandings,
    GoalsTarget, MemoryStore, SetGoalsFeed, StoreError, StudentYear, Which, limits,
};

/// A feed with all that is kept of it.
pub(super) struct Kept {
    feed: GoalsFeed,
    pub(super) years: BTreeMap<(i16, ObjectId), StudentYear>,
    deliveries: BTreeMap<u64, GoalsDelivery>,
    days: BTreeSet<Date>,
    pub(super) targets: Vec<GoalsTarget>,
    standings: BTreeMap<i16, GoalsStandings>,
    /// How many deliveries there were, in the log or not.
    logged: u64,
}

impl Kept {
    fn log(&mut self, delivery: GoalsDelivery, most: u64) {
        self.logged += 1;
        let (number, accepted) = (self.logged, delivery.accepted);
        if delivery.reports() {
            self.days.insert(delivery.day);
        }
        self.deliveries
            .insert(number, GoalsDelivery { number, ..delivery });
        let alike = self.deliveries.values().rev();
        let mut alike = alike.filter(|kept| kept.accepted == accepted);
        let over = alike.nth(usize::try_from(most).unwrap_or(usize::MAX));
        if let Some(over) = over.map(|kept| kept.number) {
            self.deliveries.remove(&over);
        }
    }

    fn keep(&mut self, year: i16, changed: StudentYear) {
        let key = (year, changed.student);
        let earlier = if changed.earlier.is_empty() {
            self.years.remove(&key).map(|kept| kept.earlier)
        } else {
            Some(changed.earlier)
        };
        let after = StudentYear {
            earlier: earlier.unwrap_or_default(),
            ..changed
        };
        self.years.insert(key, after);
    }
}

impl State {
    /// Adds what the audit says of a change, or refuses it.
    fn note(&mut self, entry: Option<AuditEntry>) -> Result<(), StoreError> {
        let Some(entry) = entry else {
            return Ok(());
        };
        self.admits(&entry)?;
        self.audit.insert(entry.id, entry);
        Ok(())
    }
}

#[async_trait]
impl Goals for MemoryStore {
    async fn goals_feed(&self, key: FeedKey) -> Result<Option<GoalsFeed>, StoreError> {
        Ok(self.state().goals.get(&key).map(|kept| kept.feed.clone()))
    }

    async fn goals_feeds(&self, district: ObjectId) -> Result<Vec<GoalsFeed>, StoreError> {
        let state = self.state();
        let feeds = state.goals.values().map(|kept| &kept.feed);
        let feeds = feeds.filter(|feed| feed.key.district == district);
        Ok(feeds.cloned().collect())
    }

    async fn set_goals_feed(&self, wish: SetGoalsFeed) -> Result<u64, StoreError> {
        wish.check()?;
        let mut state = self.state();
        state.district(wish.key.district)?;
        if !state.apps.contains_key(&wish.key.app) {
            return Err(refuse(Conflict::Gone, "there is no such app"));
        }
        let kept = state.goals.get(&wish.key).map(|kept| kept.feed.clone());
        let (feed, changed) = GoalsFeed::after(kept, &wish)?;
        let revision = feed.revision;
        if !changed {
            return Ok(revision);
        }
        state.note(wish.audit)?;
        if let Some(kept) = state.goals.get_mut(&wish.key) {
            kept.feed = feed;
            return Ok(revision);
        }
        let new = Kept {
            feed,
            years: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            days: BTreeSet::new(),
            targets: Vec::new(),
            standings: BTreeMap::new(),
            logged: 0,
        };
        state.goals.insert(wish.key, new);
        Ok(revision)
    }

    async fn forget_goals_feed(
        &self,
        key: FeedKey,
        audit: Option<AuditEntry>,
    ) -> Result<bool, StoreError> {
        audit.as_ref().map_or(Ok(()), AuditEntry::check)?;
        let mut state = self.state();
        if !state.goals.contains_key(&key) {
            return Ok(false);
        }
        state.note(audit)?;
        Ok(state.goals.remove(&key).is_some())
    }

    async fn student_years(
        &self,
        key: FeedKey,
        year: i16,
        which: Which<'_>,
        earlier: bool,
    ) -> Result<Vec<StudentYear>, StoreError> {
        let state = self.state();
        let Some(feed) = state.goals.get(&key) else {
            return Ok(Vec::new());
        };
        let of_year = feed.years.iter().filter(|((of, _), _)| *of == year);
        let wanted = of_year.filter(|(_, kept)| match which {
            Which::All => true,
            Which::These(students) => students.contains(&kept.student),
            Which::Open => kept.open,
            Which::NextOpen(after, _) => {
                kept.open && after.is_none_or(|after| kept.student > after)
            }
        });
        let asked = |kept: &StudentYear| {
            let mut kept = kept.clone();
            if !earlier {
                kept.earlier.clear();
            }
            kept
        };
        let most = match which {
            Which::NextOpen(_, most) => most as usize,
            Which::All | Which::These(_) | Which::Open => usize::MAX,
        };
        let wanted = wanted.take(most);
        Ok(wanted.map(|(_, kept)| asked(kept)).collect())
    }

    async fn keep_goals(&self, key: FeedKey, change: GoalsMove) -> Result<u64, StoreError> {
        change.check()?;
        let mut state = self.state();
        let feed = state.goals.get(&key).map(|kept| kept.feed.clone());
        let after = change.after(feed)?;
        state.note(change.audit)?;
        let kept = state.goals.get_mut(&key).ok_or_else(no_feed)?;
        kept.feed = after;
        for changed in change.changed {
            kept.keep(change.year, changed);
        }
        if let Some(delivery) = change.delivery {
            kept.log(delivery, limits::GOALS_DELIVERIES);
        }
        Ok(kept.feed.generation)
    }

    async fn log_goals_refusal(
        &self,
        key: FeedKey,
        delivery: GoalsDelivery,
    ) -> Result<bool, StoreError> {
        delivery.check_refusal()?;
        let mut state = self.state();
        let Some(kept) = state.goals.get_mut(&key) else {
            return Ok(false);
        };
        kept.log(delivery, limits::GOALS_REFUSALS);
        Ok(true)
    }

    async fn goals_deliveries(
        &self,
        key: FeedKey,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<GoalsDelivery>, StoreError> {
        let state = self.state();
        let Some(kept) = state.goals.get(&key) else {
            return Ok(Vec::new());
        };
        let newest_first = kept.deliveries.values().rev();
        let older = newest_first.filter(|kept| before.is_none_or(|before| kept.number < before));
        Ok(older.take(limit as usize).cloned().collect())
    }

    async fn goals_delivery_days(
        &self,
        key: FeedKey,
        from: Date,
        to: Date,
    ) -> Result<Vec<Date>, StoreError> {
        let state = self.state();
        let days = state.goals.get(&key).map(|kept| kept.days.iter());
        let between = days.into_iter().flatten();
        let between = between.filter(|day| (from..=to).contains(*day));
        Ok(between.copied().collect())
    }

    async fn add_goals_targets(
        &self,
        key: FeedKey,
        expected: u64,
        targets: Vec<GoalsTarget>,
        audit: Option<AuditEntry>,
    ) -> Result<u64, StoreError> {
        GoalsTarget::check_all(&targets, expected, audit.as_ref())?;
        let mut state = self.state();
        let kept = &state.goals.get(&key).ok_or_else(no_feed)?.targets;
        let last = kept.last().map_or(0, |kept| kept.number);
        let after = kept.iter().filter(|kept| kept.number > expected).cloned();
        let after: Vec<_> = after.collect();
        let Some(new) = GoalsTarget::following(expected, last, &after, &targets)? else {
            return Ok(last);
        };
        state.note(audit)?;
        let kept = &mut state.goals.get_mut(&key).ok_or_else(no_feed)?.targets;
        kept.extend(new);
        Ok(kept.last().map_or(0, |kept| kept.number))
    }

    async fn goals_targets(&self, key: FeedKey) -> Result<Vec<GoalsTarget>, StoreError> {
        let state = self.state();
        let targets = state.goals.get(&key).map(|kept| kept.targets.clone());
        Ok(targets.unwrap_or_default())
    }

    async fn goals_standings(
        &self,
        key: FeedKey,
        year: i16,
    ) -> Result<Option<GoalsStandings>, StoreError> {
        let state = self.state();
        let kept = state.goals.get(&key);
        Ok(kept.and_then(|kept| kept.standings.get(&year).cloned()))
    }

    async fn keep_goals_standings(
        &self,
        key: FeedKey,
        year: i16,
        standings: GoalsStandings,
    ) -> Result<bool, StoreError> {
        limits::standings(&standings.made_of, standings.bytes.len())?;
        let mut state = self.state();
        let kept = state.goals.get_mut(&key);
        Ok(kept
            .map(|kept| kept.standings.insert(year, standings))
            .is_some())
    }
}
