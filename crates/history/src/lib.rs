//! What a district published, and when: the snapshot that is served now, and any older one that is kept, by its number, by
//! a day or by a moment (layout, idea 1).
//!
//! Nothing here writes. Snapshots of which only the changes are kept are rebuilt into spools, and a bounded number of
//! them is kept for the next reader.

mod error;
mod older;
mod published;
mod ranges;

use std::fmt;
use std::sync::Arc;

use homeroom_depot::Depot;
use homeroom_segment::Spools;
use homeroom_store::Store;

pub use error::HistoryError;
pub use older::{Older, Settings};
pub use published::{CHANGES, Published, open};

/// Opens snapshots of an installation's districts. Clones share what is kept for the next reader.
#[derive(Clone)]
pub struct History {
    store: Arc<dyn Store>,
    depot: Arc<Depot>,
    spools: Arc<dyn Spools>,
    rebuilt: older::Rebuilt,
}

impl History {
    /// The history kept in an installation's back-ends; `spools` take what is rebuilt.
    pub fn new(
        store: Arc<dyn Store>,
        depot: Arc<Depot>,
        spools: Arc<dyn Spools>,
        settings: Settings,
    ) -> Self {
        Self {
            store,
            depot,
            spools,
            rebuilt: older::rebuilt(settings),
        }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}
