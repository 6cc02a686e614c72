//! Import leases: one run per district at a time, on one machine or many.

use std::time::Duration;

use async_trait::async_trait;
use homeroom_model::{ObjectId, Timestamp};

use crate::limits::invalid;
use crate::{StoreError, limits};

/// The right to run in a district, until a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The district.
    pub district: ObjectId,
    /// Who holds it, as the holder described itself (machine, process, start): enough to find out whether it lives.
    pub holder: String,
    /// Rises with every lease of the district, from 1. A publish carries it and is refused once a newer one exists.
    pub fence: u64,
    /// When others may take over.
    pub until: Timestamp,
}

impl Lease {
    /// When a lease taken at `now` for `ttl` ends; never past the last moment there is.
    pub fn end(now: Timestamp, ttl: Duration) -> Timestamp {
        let ttl = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(now.millis().saturating_add(ttl))
    }
}

/// A wish for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRequest {
    /// The district.
    pub district: ObjectId,
    /// Who asks. The same holder asking twice is two: it must not meet itself.
    pub holder: String,
    /// The moment of asking.
    pub now: Timestamp,
    /// For how long.
    pub ttl: Duration,
    /// Fence of a lease whose holder is known to be dead; it is taken over although it has not run out.
    pub over: Option<u64>,
}

impl LeaseRequest {
    /// Checks that every adapter makes before it leases.
    pub fn check(&self) -> Result<(), StoreError> {
        limits::text("the holder of a lease", &self.holder)?;
        limits::number("the fence", self.over.unwrap_or_default())
    }

    /// Whether this request may take a lease over that has not been released.
    pub fn overtakes(&self, fence: u64, until: Timestamp) -> bool {
        until <= self.now || self.over == Some(fence)
    }

    /// The lease to be granted after one with the fence `last`.
    pub fn grant(&self, last: u64) -> Result<Lease, StoreError> {
        if last >= limits::NUMBER {
            return Err(invalid("the fence", "is too large"));
        }
        Ok(Lease {
            district: self.district,
            holder: self.holder.clone(),
            fence: last + 1,
            until: Lease::end(self.now, self.ttl),
        })
    }
}

/// The answer to a [`LeaseRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseAnswer {
    /// It is yours.
    Granted(Lease),
    /// Somebody else's, until then.
    Held(Lease),
}

/// Import leases.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Asks for the lease of a district: granted if nobody holds it, if it ran out or if the holder is known dead
    /// (`over`). Refused: `Invalid` over the limits, `Gone` if there is no such district.
    async fn lease(&self, request: LeaseRequest) -> Result<LeaseAnswer, StoreError>;

    /// Extends a lease to `ttl` from `now`, even one that ran out, as long as nobody took it over; `None` if it is
    /// lost or released.
    async fn renew_lease(
        &self,
        district: ObjectId,
        fence: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError>;

    /// Gives a lease back; `false` if it was lost or given back before. The fence goes on rising.
    async fn release_lease(&self, district: ObjectId, fence: u64) -> Result<bool, StoreError>;

    /// The lease that is not released, whether or not it ran out.
    async fn lease_of(&self, district: ObjectId) -> Result<Option<Lease>, StoreError>;
}
