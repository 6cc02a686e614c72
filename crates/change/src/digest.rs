//! What a person approves, in 32 bytes.

use homeroom_model::Kind;
use homeroom_segment::{Candidate, Digest, Hash, Relation, Snapshot, key_count};

use crate::fate::Fate;
use crate::plan::KindPlan;

/// Hashes of all changes, each from the natural keys, the fate, the hash of the new row and the natural keys of what it
/// leads to; sorted, so that the order of files does not count.
pub(crate) fn digest(old: &Snapshot, candidate: &Candidate, kinds: &[KindPlan]) -> Digest {
    let mut whole = blake3::Hasher::new();
    let (mut text, mut targets) = (Vec::new(), Vec::new());
    for kind in Kind::ALL {
        let Some(plan) = kinds.get(kind as usize) else {
            continue;
        };
        let mut changes: Vec<[u8; 32]> = Vec::new();
        for (row, fate) in (0..).zip(&plan.fates) {
            if !fate.is_unchanged() {
                text.clear();
                describe(candidate, kind, row, *fate, &mut text, &mut targets);
                changes.push(*blake3::hash(&text).as_bytes());
            }
        }
        for row in &plan.deleted {
            text.clear();
            text.push(b'd');
            for role in 0..key_count(kind) {
                text.extend_from_slice(&old.table(kind).key(*row, role).unwrap_or_default());
            }
            changes.push(*blake3::hash(&text).as_bytes());
        }
        changes.sort_unstable();
        whole.update(kind.table().as_bytes());
        whole.update(&(changes.len() as u64).to_le_bytes());
        for change in &changes {
            whole.update(change);
        }
    }
    Digest::new(*whole.finalize().as_bytes())
}

fn describe<'a>(
    candidate: &'a Candidate,
    kind: Kind,
    row: u32,
    fate: Fate,
    text: &mut Vec<u8>,
    targets: &mut Vec<&'a [Hash]>,
) {
    text.push(match fate {
        Fate::Unchanged(_) => b' ',
        Fate::Updated(_) => b'u',
        Fate::Created => b'c',
        Fate::Restored(_) => b'r',
    });
    let table = candidate.table(kind);
    text.extend_from_slice(table.keys(row).as_flattened());
    text.extend_from_slice(&table.hash(row));
    for relation in Relation::of(kind) {
        let to = candidate.table(relation.to());
        targets.clear();
        targets.extend(
            candidate
                .lists(relation)
                .get(row)
                .iter()
                .map(|row| to.keys(*row)),
        );
        if relation.ascends() {
            targets.sort_unstable();
            targets.dedup();
        }
        text.extend_from_slice(&(targets.len() as u64).to_le_bytes());
        for keys in targets.iter() {
            text.extend_from_slice(keys.as_flattened());
        }
    }
}
