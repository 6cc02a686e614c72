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
