//! Records that somebody names by source id, SIS id, email or name.

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Snapshot;
use homeroom_sync::named;

/// The one record of some kinds that a text names. An id that nobody has yet is taken as it is: it may be new at the source.
pub(super) fn one(mirror: &Snapshot, kinds: &[Kind], text: &str) -> anyhow::Result<ObjectId> {
    at_most_one(mirror, kinds, text)?.ok_or_else(|| nobody(text))
}

/// The same, of a district that may have none.
pub(super) fn at_most_one(
    mirror: &Snapshot,
    kinds: &[Kind],
    text: &str,
) -> anyhow::Result<Option<ObjectId>> {
    if let Some(id) = ObjectId::from_hex(text) {
        return Ok(Some(id));
    }
    let found = named(mirror, kinds, text);
    if found.len() < 2 {
        return Ok(found.first().map(|(_, id)| *id));
    }
    let ids = found.iter().take(10);
    let ids = ids.map(|(kind, id)| format!("{kind} {}", id.to_hex()));
    anyhow::bail!(
        "{} records are called {text}; name the one that is meant by its id: {}",
        found.len(),
        ids.collect::<Vec<_>>().join(", ")
    )
}

/// What is said where nothing is called so.
pub(super) fn nobody(text: &str) -> anyhow::Error {
    anyhow::anyhow!("nothing that was read so far is called {text}; name it by the source's id")
}
