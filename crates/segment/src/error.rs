//! What can be wrong with stored bytes.

/// A stored table, list or manifest cannot be read. The text names the part, never its contents.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The bytes are not what was written; restore the object from a backup or import again.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// Which table, list or manifest.
        what: String,
        /// What does not fit.
        why: String,
    },
    /// Written by a newer Homeroom.
    #[error("{what} has format {found}, this Homeroom reads up to {known}; use a newer one")]
    Newer {
        /// Which part.
        what: String,
        /// The format it has.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// The bytes could not be fetched.
    #[error("{what} could not be fetched: {why}")]
    Missing {
        /// Which part.
        what: String,
        /// Why not.
        why: String,
    },
}

impl SegmentError {
    pub(crate) fn damaged(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Damaged {
            what: what.into(),
            why: why.to_string(),
        }
    }
}
