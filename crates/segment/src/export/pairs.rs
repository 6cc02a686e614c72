//! The tables of pairs: who is in which section, and who teaches it.

use std::sync::Arc;

use arrow_array::{ArrayRef, UInt32Array};
use arrow_schema::{DataType, Field, Schema};

use super::column::ids;
use crate::ipc::BATCH_ROWS;
use crate::relation::Relation;
use crate::snapshot::Snapshot;

/// Where a batch begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// The row of the table or, for pairs, of the owner.
    pub(super) row: u32,
    /// How many of the owner's pairs were in earlier batches.
    taken: usize,
}

/// A pair of a relation: owner, target, and the target's place in the owner's list.
type Pair = (u32, u32, usize);

pub(super) fn enrollments() -> Schema {
    Schema::new(vec![id("section_id"), id("student_id")])
}

/// `position` counts from 1, the primary teacher.
pub(super) fn section_teachers() -> Schema {
    let position = Field::new("position", DataType::UInt32, false);
    Schema::new(vec![id("section_id"), id("employee_id"), position])
}

fn id(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

/// The columns of the next batch of enrollments; `None` after the last.
pub(super) fn take_students(snapshot: &Snapshot, next: &mut Place) -> Option<Vec<ArrayRef>> {
    let pairs = take(snapshot, Relation::SectionStudents, next)?;
    Some(both(snapshot, Relation::SectionStudents, &pairs))
}

/// The columns of the next batch of teachers; `None` after the last.
pub(super) fn take_teachers(snapshot: &Snapshot, next: &mut Place) -> Option<Vec<ArrayRef>> {
    let pairs = take(snapshot, Relation::SectionTeachers, next)?;
    let mut columns = both(snapshot, Relation::SectionTeachers, &pairs);
    let positions = pairs
        .iter()
        .map(|(_, _, place)| u32::try_from(place + 1).unwrap_or(u32::MAX));
    columns.push(Arc::new(UInt32Array::from_iter_values(positions)));
    Some(columns)
}

fn both(snapshot: &Snapshot, relation: Relation, pairs: &[Pair]) -> Vec<ArrayRef> {
    let (from, to) = (
        snapshot.table(relation.from()),
        snapshot.table(relation.to()),
    );
    vec![
        ids(pairs.iter().map(|(owner, _, _)| Some(from.id(*owner)))),
        ids(pairs.iter().map(|(_, target, _)| Some(to.id(*target)))),
    ]
}

/// The pairs of the next batch in the order of owners.
fn take(snapshot: &Snapshot, relation: Relation, next: &mut Place) -> Option<Vec<Pair>> {
    let lists = snapshot.lists(relation);
    let mut pairs = Vec::new();
    while next.row < lists.len() && pairs.len() < BATCH_ROWS {
        let room = BATCH_ROWS - pairs.len();
        let owned = lists.get(next.row).iter().enumerate();
        let before = pairs.len();
        let some = owned.skip(next.taken).take(room);
        pairs.extend(some.map(|(place, target)| (next.row, *target, place)));
        next.taken += pairs.len() - before;
        if next.taken == lists.get(next.row).len() {
            (next.row, next.taken) = (next.row + 1, 0);
        }
    }
    (!pairs.is_empty()).then_some(pairs)
}
