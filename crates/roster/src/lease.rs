//! Leases: one writer of a district at a time (integration-side A4.9, B12).

use homeroom_model::Timestamp;

/// What became of a wish to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is the caller's until the moment that was named.
    Yours {
        /// The writer's number: new whenever the lease changed hands or lapsed.
        fence: i64,
    },
    /// Somebody else writes.
    Taken {
        /// Who.
        holder: String,
        /// Until when, if it is not renewed.
        until: Timestamp,
    },
}

/// Who has a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRow {
    /// Who.
    pub holder: String,
    /// The writer's number.
    pub fence: i64,
    /// When it was taken or last renewed.
    pub since: Timestamp,
    /// Until when, if it is not renewed.
    pub until: Timestamp,
}
