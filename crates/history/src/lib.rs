//! What a district published, and when: the snapshot that is served now, and any older one that is kept, by its number, by
//! a day or by a moment; and what became of every id it gave (layout, idea 1; district-side 5).
//!
//! Nothing here writes. Snapshots of which only the changes are kept are rebuilt into spools, and a bounded number of
//! them is kept for the next reader.

mod artifact;
mod as_of;
mod attendance;
mod became;
mod changes;
mod error;
mod kept;
mod look_up;
mod natural_key;
mod older;
mod published;
mod publishes;
mod zone;

use std::fmt;
use std::sync::Arc;

use homeroom_depot::Depot;
use homeroom_segment::Spools;
use homeroom_store::Store;
use tokio::sync::Semaphore;

pub use artifact::Artifact;
pub use as_of::AsOf;
pub use became::{Became, Happened, Now, Other};
pub use error::HistoryError;
pub use natural_key::Keyed;
pub use older::{Older, Settings};
pub use published::{CHANGES, Published, open};
pub use zone::Zone;

/// Opens snapshots of an installation's districts. Clones share what is kept for the next reader.
#[derive(Clone)]
pub struct History {
    store: Arc<dyn Store>,
    depot: Arc<Depot>,
    spools: Arc<dyn Spools>,
    rebuilt: older::Rebuilt,
    attendance: attendance::Opened,
    turns: Arc<Semaphore>,
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
            attendance: attendance::opened(),
            turns: Arc::new(Semaphore::new(settings.rebuilds_at_once.max(1))),
        }
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}
