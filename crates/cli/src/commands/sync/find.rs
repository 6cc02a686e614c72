//! Records that somebody names by source id, SIS id, email or name.

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{emails, names, sis_ids};
use homeroom_segment::{Snapshot, fields};

/// The one record of some kinds that a text names. An id that nobody has yet is taken as it is: it may be new at the source.
pub(super) fn one(mirror: &Snapshot, kinds: &[Kind], text: &str) -> anyhow::Result<ObjectId> {
    if let Some(id) = ObjectId::from_hex(text) {
        return Ok(id);
    }
    let wanted = text.trim().to_lowercase();
    let mut found: Vec<(Kind, ObjectId)> = Vec::new();
    for kind in kinds {
        let table = mirror.table(*kind);
        let rows = (0..table.len()).filter(|row| is_named(mirror, *kind, *row, &wanted));
        found.extend(rows.map(|row| (*kind, table.id(row))));
    }
    match found.as_slice() {
        [(_, id)] => Ok(*id),
        [] => anyhow::bail!(
            "nothing that was read so far is called {text}; name it by the source's id"
        ),
        several => {
            let ids = several
                .iter()
                .take(10)
                .map(|(kind, id)| format!("{kind} {}", id.to_hex()));
            anyhow::bail!(
                "{} records are called {text}; name the one that is meant by its id: {}",
                several.len(),
                ids.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

/// What people call a class: its name, and its number where the name does not say it.
pub(super) fn section_name(mirror: &Snapshot, row: u32) -> String {
    let row = mirror.table(Kind::Section).row(row);
    let (name, number) = (
        row.text(fields::section::NAME),
        row.text(fields::section::NUMBER),
    );
    if number.is_empty() || name.contains(number) {
        name.to_owned()
    } else {
        format!("{name} ({number})")
    }
}

fn is_named(snapshot: &Snapshot, kind: Kind, row: u32, wanted: &str) -> bool {
    let same = |text: &str| !text.is_empty() && text.to_lowercase() == wanted;
    if sis_ids(snapshot, kind, row).iter().any(|(_, id)| same(id))
        || emails(snapshot, kind, row).into_iter().any(same)
    {
        return true;
    }
    let (first, last) = names(snapshot, kind, row);
    same(&format!("{first} {last}")) || (first.is_empty() && same(last))
}
