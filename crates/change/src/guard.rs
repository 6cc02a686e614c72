//! Guards: limits that hold a plan back until a person has looked (district-side 7.3).

use std::fmt;

use crate::counts::{Counts, Served, Tally};

/// A rule that can hold a plan back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// Too large a share of the published records of a kind would be deleted.
    Deletions,
}

impl Guard {
    /// The guard's name in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Deletions => "deletions",
        }
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// How much is too much. Both must be passed: a share **greater than** `percent`, and **at least** `floor` records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    percent: u8,
    floor: u64,
}

/// A share that cannot be a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a limit is a share from 1 to 100 percent, not {0}")]
pub struct LimitError(u8);

impl Limit {
    /// A limit. `percent` is from 1 to 100 (district-side 7.3); 100 never holds.
    pub const fn new(percent: u8, floor: u64) -> Result<Self, LimitError> {
        if percent == 0 || percent > 100 {
            return Err(LimitError(percent));
        }
        Ok(Self { percent, floor })
    }

    /// The share that is still allowed, in percent.
    pub const fn percent(self) -> u8 {
        self.percent
    }

    /// Fewer records than this are always allowed.
    pub const fn floor(self) -> u64 {
        self.floor
    }

    /// Whether so large a share is too much.
    pub fn is_passed(self, share: Share) -> bool {
        let (part, whole) = (u128::from(share.part), u128::from(share.whole));
        share.part >= self.floor && part * 100 > whole * u128::from(self.percent)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %, and at least {}", self.percent, self.floor)
    }
}

/// Some of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.part, self.whole)?;
        let tenths = (u128::from(self.part) * 1000).checked_div(u128::from(self.whole));
        match tenths {
            Some(tenths) => write!(f, " ({}.{} %)", tenths / 10, tenths % 10),
            None => Ok(()),
        }
    }
}

/// What a guard says to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The guard.
    pub guard: Guard,
    /// The kind of record it looked at.
    pub kind: Served,
    /// What it found.
    pub measured: Share,
    /// What it allows.
    pub limit: Limit,
    /// Whether it holds the plan back.
    pub held: bool,
    /// Why, or why not, in a sentence.
    pub reason: String,
}

/// The guards of a district: a table that can be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guards {
    deletions: [Option<Limit>; Served::ALL.len()],
}

impl Guards {
    /// No guard at all.
    pub const NONE: Self = Self {
        deletions: [None; Served::ALL.len()],
    };

    /// How many deletions of a kind are allowed; `None` for any number.
    pub fn deletions(&self, kind: Served) -> Option<Limit> {
        self.deletions.get(kind as usize).copied().flatten()
    }

    /// The guards with another limit for the deletions of a kind.
    #[must_use]
    pub fn with_deletions(mut self, kind: Served, limit: Option<Limit>) -> Self {
        if let Some(slot) = self.deletions.get_mut(kind as usize) {
            *slot = limit;
        }
        self
    }

    /// One verdict per kind that has a limit.
    pub(crate) fn judge(&self, base: u64, counts: &Counts) -> Vec<Verdict> {
        let kinds = counts.iter();
        let guarded = kinds.filter_map(|(kind, tally)| Some((kind, tally, self.deletions(kind)?)));
        guarded
            .map(|(kind, tally, limit)| deletions(base, kind, tally, limit))
            .collect()
    }
}

impl Default for Guards {
    /// The limits of the school year (district-side 7.3). Courses and terms are derived and never hold; users are the sum
    /// of kinds that have limits of their own; district admins are in no file.
    fn default() -> Self {
        const TEN: u8 = 10;
        let limits = [
            (Served::Schools, 1),
            (Served::Teachers, 3),
            (Served::Staff, 3),
            (Served::Students, 10),
            (Served::Sections, 5),
            (Served::Enrollments, 50),
            (Served::Contacts, 25),
        ];
        let mut guards = Self::NONE;
        for (kind, floor) in limits {
            guards = guards.with_deletions(
                kind,
                Some(Limit {
                    percent: TEN,
                    floor,
                }),
            );
        }
        guards
    }
}

fn deletions(base: u64, kind: Served, tally: Tally, limit: Limit) -> Verdict {
    let measured = Share {
        part: tally.deleted,
        whole: tally.before(),
    };
    let held = base > 0 && limit.is_passed(measured);
    let reason = if base == 0 {
        format!("{kind}: nothing was published before, so nothing can be deleted")
    } else if held {
        format!(
            "{measured} {kind} would be deleted; more than {} % needs somebody to look",
            limit.percent
        )
    } else {
        format!("{measured} {kind} would be deleted; the limit is {limit}")
    };
    Verdict {
        guard: Guard::Deletions,
        kind,
        measured,
        limit,
        held,
        reason,
    }
}
