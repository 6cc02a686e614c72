//! What an app did with its students, entry by entry, and the totals that follow (integration-side D2).
//!
//! Totals are always computed, never kept as the truth: increments are counted once per activity, in the school year in
//! which they began, under the account that did them. Who an account is (merged, re-keyed, several profiles of one student)
//! is asked only when totals are added up for sending, so no change of identity can count anything twice or lose it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry as Slot};

use homeroom_model::{ObjectId, Timestamp};

use crate::{Amount, SchoolYear, SchoolYears};

/// An account of the app, by its local number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(pub i64);

/// One entry of the ledger, which only grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Something was done.
    Done(Increment),
    /// An activity was deleted or turned out wrong: it counts no more, wherever in the ledger it stands.
    Undone {
        /// The activity.
        activity: Box<str>,
    },
}

/// What one activity brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Increment {
    /// The app's own id of the activity. The same id again is the same activity again, under whatever account.
    pub activity: Box<str>,
    /// Who did it.
    pub account: Account,
    /// When it began; that decides the school year.
    pub at: Timestamp,
    /// Active minutes.
    pub minutes: Amount,
    /// Units of progress finished in it.
    pub progress: Amount,
}

/// What came of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// It counts.
    Counted,
    /// It is of another school year than the one that is added up.
    OtherYear,
    /// The activity counts already, with the same content.
    Repeated,
    /// The activity counts already, with other content: the first entry stays, and somebody should look.
    Conflicting,
    /// The activity was undone, or is now.
    Undone,
}

/// Minutes and progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Active minutes.
    pub minutes: Amount,
    /// Units of progress.
    pub progress: Amount,
}

/// The ledger of one school year, added up. Small enough for one district; a store may as well keep activities under a
/// unique key and add up by account, which gives the same.
#[derive(Clone, Debug)]
pub struct Tally<'y> {
    years: &'y SchoolYears,
    year: SchoolYear,
    done: BTreeMap<Box<str>, Increment>,
    undone: BTreeSet<Box<str>>,
}

impl<'y> Tally<'y> {
    /// Nothing yet, of one school year.
    pub fn new(years: &'y SchoolYears, year: SchoolYear) -> Self {
        Self {
            years,
            year,
            done: BTreeMap::new(),
            undone: BTreeSet::new(),
        }
    }

    /// Takes an entry, in the order of the ledger.
    pub fn take(&mut self, entry: &Entry) -> Taken {
        let increment = match entry {
            Entry::Undone { activity } => {
                self.undone.insert(activity.clone());
                return Taken::Undone;
            }
            Entry::Done(increment) => increment,
        };
        let undone = self.undone.contains(&increment.activity);
        let counts = self.is_of_year(increment);
        // An activity of another year is kept too: the same id with other content is not a second activity of this one.
        match self.done.entry(increment.activity.clone()) {
            Slot::Occupied(kept) if kept.get() != increment => Taken::Conflicting,
            Slot::Occupied(_) if counts => Taken::Repeated,
            Slot::Occupied(_) => Taken::OtherYear,
            Slot::Vacant(slot) => {
                slot.insert(increment.clone());
                match (counts, undone) {
                    (false, _) => Taken::OtherYear,
                    (true, true) => Taken::Undone,
                    (true, false) => Taken::Counted,
                }
            }
        }
    }

    fn is_of_year(&self, increment: &Increment) -> bool {
        self.years.year_of(self.years.day_of(increment.at)) == self.year
    }

    /// The totals of every account that did something.
    pub fn totals(&self) -> BTreeMap<Account, Sum> {
        let mut totals: BTreeMap<Account, Sum> = BTreeMap::new();
        for increment in self.done.values().filter(|one| self.is_of_year(one)) {
            let sum = totals.entry(increment.account).or_default();
            if !self.undone.contains(&increment.activity) {
                sum.minutes = sum.minutes + increment.minutes;
                sum.progress = sum.progress + increment.progress;
            }
        }
        totals
    }

    /// The activities of some accounts that were done and undone: what explains a total that fell. In order of their ids.
    pub fn undone(&self, accounts: &[Account]) -> Vec<&Increment> {
        let undone = self
            .undone
            .iter()
            .filter_map(|activity| self.done.get(activity));
        undone
            .filter(|increment| accounts.contains(&increment.account) && self.is_of_year(increment))
            .collect()
    }
}

/// An account as the app's roster knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The account.
    pub account: Account,
    /// The student's id at the source, now. Without one nothing can be sent.
    pub source: Option<ObjectId>,
    /// The account it was merged into.
    pub merged_into: Option<Account>,
    /// Neither archived nor suspended nor merged away.
    pub active: bool,
}

/// A student to be reported, and whose entries are the student's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Student {
    /// The id at the source.
    pub source: ObjectId,
    /// All accounts whose entries are this student's, ascending.
    pub accounts: Vec<Account>,
}

/// Who is to be reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Active students with an id, in order of it.
    pub students: Vec<Student>,
    /// Active accounts without an id: counted in the app, not sent.
    pub not_sendable: Vec<Account>,
}

/// Who is to be reported, out of all profiles of a district (integration-side D2.3): everybody with an active account and a
/// present id, whether or not anything was done. Profiles of one id are one student; a profile that was merged away gives
/// its entries to the one it went into.
pub fn covered(profiles: &[Profile]) -> Covered {
    let by_account: BTreeMap<Account, &Profile> = profiles
        .iter()
        .map(|profile| (profile.account, profile))
        .collect();
    let mut students: BTreeMap<ObjectId, (bool, Vec<Account>)> = BTreeMap::new();
    let mut not_sendable = Vec::new();
    for (account, profile) in &by_account {
        let holder = holder(profile, &by_account);
        let Some(source) = holder.source else {
            not_sendable.extend(profile.active.then_some(*account));
            continue;
        };
        let (active, accounts) = students.entry(source).or_default();
        *active |= holder.active;
        accounts.push(*account);
    }
    let students = students.into_iter().filter(|(_, (active, _))| *active);
    Covered {
        students: students
            .map(|(source, (_, accounts))| Student { source, accounts })
            .collect(),
        not_sendable,
    }
}

/// The profile at the end of a chain of merges. A chain that leads nowhere, or in a circle, ends where it began.
fn holder<'p>(profile: &'p Profile, all: &BTreeMap<Account, &'p Profile>) -> &'p Profile {
    let mut at = profile;
    for _ in 0..all.len() {
        match at.merged_into {
            None => return at,
            Some(into) => match all.get(&into) {
                Some(next) => at = next,
                None => return profile,
            },
        }
    }
    profile
}
