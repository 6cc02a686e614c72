//! Pages of records: rows of one or several tables in the ascending order of ids, cut at a cursor (clever-api 5).
//!
//! Rows ascend with ids inside a table, so a cursor is found by binary search and a page costs what is on it, wherever it
//! lies. Lists over several tables (people) are merged by id.

use std::borrow::Cow;

use homeroom_model::{Allow, Kind, ObjectId};
use homeroom_segment::{Table, View};
use roaring::RoaringBitmap;

use crate::request::Cursor;
use crate::select::Place;

/// Rows of one table that belong to a list and that the view shows.
pub(crate) struct Run<'a> {
    kind: Kind,
    table: &'a Table,
    rows: Rows<'a>,
}

enum Rows<'a> {
    /// Every row of the table.
    All,
    /// The rows of a set.
    Set(Cow<'a, RoaringBitmap>),
    /// Those of some ascending rows that are allowed.
    Listed(Cow<'a, [u32]>, &'a Allow),
}

impl<'a> Run<'a> {
    /// Every row that the view shows.
    pub(crate) fn table(view: View<'a>, kind: Kind) -> Self {
        let rows = match view.scope.of(kind) {
            Allow::All => Rows::All,
            Allow::Only(rows) => Rows::Set(Cow::Borrowed(rows)),
        };
        Self::new(view, kind, rows)
    }

    /// Those rows of a set that the view shows.
    pub(crate) fn set(view: View<'a>, kind: Kind, set: Cow<'a, RoaringBitmap>) -> Self {
        let rows = match view.scope.of(kind) {
            Allow::All => Rows::Set(set),
            Allow::Only(rows) => Rows::Set(Cow::Owned(&*set & rows)),
        };
        Self::new(view, kind, rows)
    }

    /// Those of some rows, ascending and each once, that the view shows.
    pub(crate) fn listed(view: View<'a>, kind: Kind, rows: &'a [u32]) -> Self {
        debug_assert!(rows.is_sorted_by(|a, b| a < b), "rows of a list ascend");
        let rows = Rows::Listed(Cow::Borrowed(rows), view.scope.of(kind));
        Self::new(view, kind, rows)
    }

    /// Those of some rows, in any order and any number of times, that the view shows.
    pub(crate) fn gathered(view: View<'a>, kind: Kind, mut rows: Vec<u32>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let rows = Rows::Listed(Cow::Owned(rows), view.scope.of(kind));
        Self::new(view, kind, rows)
    }

    fn new(view: View<'a>, kind: Kind, rows: Rows<'a>) -> Self {
        Self {
            kind,
            table: view.snapshot.table(kind),
            rows,
        }
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> u64 {
        match &self.rows {
            Rows::All => u64::from(self.table.len()),
            Rows::Set(rows) => rows.range_cardinality(..self.table.len()),
            Rows::Listed(rows, allow) => {
                rows.iter().filter(|row| allow.contains(**row)).count() as u64
            }
        }
    }

    /// The rows from one on, ascending.
    fn upward(&self, from: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.rows {
            Rows::All => Box::new(from..self.table.len()),
            Rows::Set(rows) => Box::new(rows.range(from..self.table.len())),
            Rows::Listed(rows, allow) => {
                let start = rows.partition_point(|row| *row < from);
                let rows = rows.get(start..).unwrap_or(&[]);
                Box::new(rows.iter().copied().filter(|row| allow.contains(*row)))
            }
        }
    }

    /// The rows below one, descending.
    fn downward(&self, below: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.rows {
            Rows::All => Box::new((0..below).rev()),
            Rows::Set(rows) => Box::new(rows.range(..below).rev()),
            Rows::Listed(rows, allow) => {
                let end = rows.partition_point(|row| *row < below);
                let rows = rows.get(..end).unwrap_or(&[]);
                Box::new(
                    rows.iter()
                        .rev()
                        .copied()
                        .filter(|row| allow.contains(*row)),
                )
            }
        }
    }

    /// The first row whose id is above an id.
    fn above(&self, id: &ObjectId) -> u32 {
        let at = self.table.lower_bound(id);
        at + u32::from(at < self.table.len() && self.table.id(at) == *id)
    }
}

/// A page: its records, ascending, and whether there are more in the direction in which it was cut.
pub(crate) struct Page {
    pub(crate) rows: Vec<Place>,
    pub(crate) more: bool,
}

/// Cuts a page. It looks one record further than it needs to, so that `more` is exact on a full last page.
pub(crate) fn cut(runs: &[Run<'_>], cursor: Cursor, limit: usize) -> Page {
    let up = |from: &dyn Fn(&Run<'_>) -> u32| -> Vec<Head<'_>> {
        let heads = runs.iter().map(|run| Head::new(run, run.upward(from(run))));
        heads.flatten().collect()
    };
    let down = |below: &dyn Fn(&Run<'_>) -> u32| -> Vec<Head<'_>> {
        let heads = runs
            .iter()
            .map(|run| Head::new(run, run.downward(below(run))));
        heads.flatten().collect()
    };
    let (heads, ascending) = match cursor {
        Cursor::Start => (up(&|_| 0), true),
        Cursor::After(id) => (up(&|run| run.above(&id)), true),
        Cursor::Before(id) => (down(&|run| run.table.lower_bound(&id)), false),
        Cursor::Last => (down(&|run| run.table.len()), false),
    };
    let mut page = merge(heads, ascending, limit);
    if !ascending {
        page.rows.reverse();
    }
    page
}

/// The next row of a run that is being walked.
struct Head<'r> {
    run: &'r Run<'r>,
    row: u32,
    id: ObjectId,
    rest: Box<dyn Iterator<Item = u32> + 'r>,
}

impl<'r> Head<'r> {
    fn new(run: &'r Run<'r>, mut rest: Box<dyn Iterator<Item = u32> + 'r>) -> Option<Self> {
        let row = rest.next()?;
        Some(Self {
            run,
            row,
            id: run.table.id(row),
            rest,
        })
    }
}

fn merge(mut heads: Vec<Head<'_>>, ascending: bool, limit: usize) -> Page {
    let mut rows = Vec::with_capacity(limit.min(1024));
    // While several tables take part, the one whose next id comes first gives the next row.
    while heads.len() > 1 && rows.len() < limit {
        let ids = heads.iter().enumerate().map(|(at, head)| (head.id, at));
        let Some((_, at)) = (if ascending { ids.min() } else { ids.max() }) else {
            break;
        };
        let Some(head) = heads.get_mut(at) else { break };
        rows.push(Place::Row(head.run.kind, head.row));
        match head.rest.next() {
            Some(row) => {
                head.row = row;
                head.id = head.run.table.id(row);
            }
            None => {
                heads.remove(at);
            }
        }
    }
    let Some(mut head) = heads.pop() else {
        return Page { rows, more: false };
    };
    if rows.len() >= limit {
        return Page { rows, more: true };
    }
    rows.push(Place::Row(head.run.kind, head.row));
    let wanted = limit - rows.len();
    rows.extend(
        head.rest
            .by_ref()
            .take(wanted)
            .map(|row| Place::Row(head.run.kind, row)),
    );
    let more = rows.len() == limit && head.rest.next().is_some();
    Page { rows, more }
}
