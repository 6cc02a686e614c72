//! Targets.

use std::fmt;

use homeroom_model::{Date, Timestamp};

use crate::limits::invalid;
use crate::{AuditEntry, Conflict, StoreError, limits};

/// A target that somebody set. Targets are added, never changed: a newer one takes the place of an older one from its day
/// on.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalsTarget {
    /// Counts the targets of the feed, from 1. Given by the store, whatever stands here before.
    pub number: u64,
    /// Whose: opaque here. May hold an id of a student.
    pub audience: String,
    /// Which metric.
    pub metric: String,
    /// Millionths per week; `None` takes back what the same level said before.
    pub per_week: Option<u64>,
    /// The first day it counts.
    pub from: Date,
    /// Who set it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for GoalsTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoalsTarget")
            .field("number", &self.number)
            .field("metric", &self.metric)
            .field("per_week", &self.per_week)
            .finish_non_exhaustive()
    }
}

impl GoalsTarget {
    /// Checks that every adapter makes before it adds targets with an entry of the audit.
    pub fn check_all(
        targets: &[Self],
        expected: u64,
        audit: Option<&AuditEntry>,
    ) -> Result<(), StoreError> {
        if let Some(entry) = audit {
            entry.check()?;
        }
        let many = u64::try_from(targets.len()).unwrap_or(u64::MAX);
        if expected.saturating_add(many) > limits::GOALS_TARGETS {
            return Err(invalid("the list of targets", "has too many entries"));
        }
        for target in targets {
            limits::text("the audience of a target", &target.audience)?;
            limits::word("the metric of a target", &target.metric)?;
            limits::actor(&target.by)?;
            limits::number("a target", target.per_week.unwrap_or(0))?;
        }
        Ok(())
    }

    /// The targets to be added behind the newest number `last`, numbered; `None` if these very targets are what follows
    /// `expected` already. `after` are those above `expected`. Refused as `Moved` unless `last` is `expected`.
    pub fn following(
        expected: u64,
        last: u64,
        after: &[Self],
        targets: &[Self],
    ) -> Result<Option<Vec<Self>>, StoreError> {
        let numbered: Vec<Self> = (expected + 1..)
            .zip(targets)
            .map(|(number, target)| Self {
                number,
                ..target.clone()
            })
            .collect();
        if last == expected {
            return Ok(Some(numbered));
        }
        if after == numbered {
            return Ok(None);
        }
        Err(StoreError::conflict(
            Conflict::Moved,
            "somebody has set a target meanwhile; read them again",
        ))
    }
}
