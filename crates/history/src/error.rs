//! Why a snapshot could not be opened.

use std::sync::Arc;

use homeroom_depot::DepotError;
use homeroom_segment::{BuildError, SegmentError};
use homeroom_store::StoreError;

/// A snapshot could not be opened. What is served now is served on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HistoryError {
    /// A snapshot that is past its retention, or was never published.
    #[error("this district does not keep snapshot {number}; {kept}")]
    NotKept {
        /// The number that was asked for.
        number: u64,
        /// Which numbers could be asked for.
        kept: String,
    },
    /// A moment whose snapshot is past its retention.
    #[error("this district does not keep what it had published then; {kept}")]
    NotKeptThen {
        /// Which numbers and days could be asked for.
        kept: String,
    },
    /// A number, day or moment that has not come yet.
    #[error("this has not been published yet; {kept}")]
    Future {
        /// Which numbers and days could be asked for.
        kept: String,
    },
    /// A moment before the first publish.
    #[error("this district had published nothing then; {kept}")]
    BeforeFirst {
        /// Which numbers and days could be asked for.
        kept: String,
    },
    /// The settings of the district name a time zone that is not known here.
    #[error(
        "the district's settings have the time zone {name}, which is not known; write one like America/Chicago"
    )]
    NoSuchZone {
        /// The name.
        name: String,
    },
    /// The control store.
    #[error("the control store: {0}")]
    Store(Arc<StoreError>),
    /// The depot.
    #[error("the depot: {0}")]
    Depot(#[from] DepotError),
    /// A stored part is not what was written.
    #[error("a snapshot cannot be read: {0}")]
    Segment(Arc<SegmentError>),
    /// An older snapshot could not be rebuilt from its changes.
    #[error("an older snapshot could not be rebuilt: {0}")]
    Build(Arc<BuildError>),
    /// A part of the work was cut off, usually because the process is stopping or a bug made it panic.
    #[error("the work was interrupted")]
    Interrupted,
}

impl From<StoreError> for HistoryError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<SegmentError> for HistoryError {
    fn from(error: SegmentError) -> Self {
        Self::Segment(Arc::new(error))
    }
}

impl From<BuildError> for HistoryError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Damaged(error) => error.into(),
            other @ BuildError::Write(_) => Self::Build(Arc::new(other)),
        }
    }
}
