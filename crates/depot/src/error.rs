//! What can go wrong with stored objects, and what to do about it.

use std::error::Error;
use std::io;

use homeroom_segment::Digest;

use crate::frame::FrameError;
use crate::layout;

/// An object could not be stored or read. Texts name the object and the repair, never contents.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepotError {
    /// No object has this name. A reader whose pointer may have moved on reads the pointer again first.
    #[error(
        "object {object} is missing ({}): restore that file from a backup of the depot, then try again",
        layout::location(object)
    )]
    NotFound {
        /// The object.
        object: Digest,
    },
    /// The object is not what was written.
    #[error(
        "object {object} is damaged ({}): {what}; restore that file from a backup of the depot, then try again, and \
         check the disk",
        layout::location(object)
    )]
    Damaged {
        /// The object.
        object: Digest,
        /// What does not fit.
        what: Damage,
    },
    /// The disk, or the share of it that this user may fill, is full. Everything stored before is still whole.
    #[error(
        "the disk is full ({doing}): free some space or move the folder to a larger disk, then try again; \
         nothing that was stored before is lost"
    )]
    Full {
        /// What was being done.
        doing: String,
    },
    /// The store could not be read or written.
    #[error(
        "{doing} failed: {cause}; check that the folder or store can be reached, read and written, then try again"
    )]
    Io {
        /// What was being done.
        doing: String,
        /// The system's or the store's own words.
        cause: String,
    },
}

/// What does not fit about a damaged object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Its frame: header, length or checksum.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// It is whole, but another object.
    #[error("it holds the bytes of object {found}")]
    Misplaced {
        /// The object that lies there.
        found: Digest,
    },
    /// A part is said to lie where the object has no bytes.
    #[error("it holds {payload} bytes, and a part of {length} bytes is said to begin at {offset}")]
    Part {
        /// Where the part is said to begin.
        offset: u64,
        /// Its length in bytes.
        length: u64,
        /// Bytes that the object has.
        payload: u64,
    },
}

impl DepotError {
    /// An error of the system or of a store, told apart by its causes: a full disk is [`DepotError::Full`].
    pub fn of(doing: impl Into<String>, cause: &(dyn Error + 'static)) -> Self {
        let doing = doing.into();
        if is_full(cause) {
            return Self::Full { doing };
        }
        let cause = cause.to_string();
        Self::Io { doing, cause }
    }

    /// An error of the store about one object.
    pub(crate) fn of_store(doing: &str, object: &Digest, error: &object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::NotFound { object: *object };
        }
        Self::of(format!("{doing} object {object}"), error)
    }

    pub(crate) fn damaged(object: &Digest, what: impl Into<Damage>) -> Self {
        Self::Damaged {
            object: *object,
            what: what.into(),
        }
    }
}

/// Whether a full disk or an exhausted quota stands anywhere among the causes.
pub(crate) fn is_full(error: &(dyn Error + 'static)) -> bool {
    let full = |kind| {
        matches!(
            kind,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    };
    std::iter::successors(Some(error), |&error| error.source())
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| full(error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Digest {
        Digest::of(b"a table")
    }

    fn store_error(source: io::Error) -> object_store::Error {
        object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(source),
        }
    }

    #[test]
    fn a_full_disk_is_known_however_deep_it_lies() {
        for (error, full) in [
            (io::Error::from(io::ErrorKind::StorageFull), true),
            (io::Error::from(io::ErrorKind::QuotaExceeded), true),
            (io::Error::from_raw_os_error(28), true),
            (io::Error::from(io::ErrorKind::PermissionDenied), false),
        ] {
            let wrapped = store_error(io::Error::other(store_error(error)));
            let found = DepotError::of_store("writing", &object(), &wrapped);
            assert_eq!(matches!(found, DepotError::Full { .. }), full, "{found}");
        }
    }

    #[test]
    fn every_text_says_what_to_do_next() {
        let object = object();
        let errors = [
            DepotError::NotFound { object },
            DepotError::damaged(&object, FrameError::Checksum),
            DepotError::damaged(
                &object,
                Damage::Misplaced {
                    found: Digest::of(b""),
                },
            ),
            DepotError::of("writing", &io::Error::from(io::ErrorKind::StorageFull)),
            DepotError::of("writing", &io::Error::from(io::ErrorKind::TimedOut)),
        ];
        for error in errors {
            let text = error.to_string();
            assert!(text.contains("again"), "{text}");
            let named = matches!(error, DepotError::Full { .. } | DepotError::Io { .. });
            assert!(named || text.contains(&object.to_string()), "{text}");
        }
    }
}
