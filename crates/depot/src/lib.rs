//! Where segments live: immutable objects in a folder or another object store (layout, ideas 1 and 2).
//!
//! * [`Depot`]: put, get, verify, list and delete objects. A name is the blake3 of what it names, so nothing is ever
//!   modified and putting the same bytes twice is putting them once.
//! * [`frame`]: the 64 bytes in front of every object, which name its format and cipher and carry its checksum.
//! * [`FileSpools`]: files without a name, for building what is too large for memory.
//!
//! What was put is durable when [`Depot::put`] returns; which objects are still needed is the business of the caller,
//! who passes the roots to [`Depot::orphans`] and keeps the day of grace between condemning and deleting.

mod depot;
mod error;
pub mod frame;
mod layout;
mod mapping;
mod opened;
mod spool;
mod sweep;

pub use depot::{Depot, Settings};
pub use error::{Damage, DepotError};
pub use mapping::warm;
pub use spool::{FileSpool, FileSpools};
pub use sweep::{Leftovers, Stored};
