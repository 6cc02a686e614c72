//! Pages of records: rows of one or several tables in the ascending order of ids, cut at a cursor (clever-api 5).
//!
//! Rows ascend with ids inside a table, so a cursor is found by binary search and a page costs what is on it, wherever it
//! lies. Lists over several tables (people) are merged by id; older versions list people by the ids of their roles, for
//! which a snapshot keeps an order of its own.

use std::borrow::Cow;

use homeroom_model::{Allow, Kind, ObjectId, Role};
use homeroom_segment::View;
use roaring::RoaringBitmap;

use crate::people::{kind_of, role_id, shows_link};
use crate::request::Cursor;
use crate::select::Place;
use crate::writer::id;

static EVERY_ROW: Allow = Allow::All;

/// Records of one table that belong to a list and that the view shows, in the ascending order of the ids they are listed
/// by. A record has a *position*: its row number, or its place in the order of a role's ids.
pub(crate) struct Run<'a> {
    view: View<'a>,
    by: By,
    rows: Rows<'a>,
}

/// What a list's ids are ids of.
#[derive(Clone, Copy)]
enum By {
    /// The records.
    Record(Kind),
    /// One of their roles.
    Role(Role),
}

enum Rows<'a> {
    /// Every row of the table.
    All,
    /// The rows of a set.
    Set(Cow<'a, RoaringBitmap>),
    /// Those of some ascending rows that are allowed.
    Listed(Cow<'a, [u32]>, &'a Allow),
    /// Those of some rows that are allowed, in the order of the ids of their role; their number, where it is known without
    /// counting.
    Ranked(Cow<'a, [u32]>, &'a Allow, Option<u64>),
    /// Ties between contacts and students of which the view shows both ends.
    Ties,
}

impl<'a> Run<'a> {
    /// Every row that the view shows.
    pub(crate) fn table(view: View<'a>, kind: Kind) -> Self {
        let rows = match view.scope.of(kind) {
            Allow::All => Rows::All,
            Allow::Only(rows) => Rows::Set(Cow::Borrowed(rows)),
        };
        Self::new(view, By::Record(kind), rows)
    }

    /// Those rows of a set that the view shows.
    pub(crate) fn set(view: View<'a>, kind: Kind, set: Cow<'a, RoaringBitmap>) -> Self {
        let rows = match view.scope.of(kind) {
            Allow::All => Rows::Set(set),
            Allow::Only(rows) => Rows::Set(Cow::Owned(&*set & rows)),
        };
        Self::new(view, By::Record(kind), rows)
    }

    /// Those of some rows, ascending and each once, that the view shows.
    pub(crate) fn listed(view: View<'a>, kind: Kind, rows: &'a [u32]) -> Self {
        debug_assert!(rows.is_sorted_by(|a, b| a < b), "rows of a list ascend");
        let rows = Rows::Listed(Cow::Borrowed(rows), view.scope.of(kind));
        Self::new(view, By::Record(kind), rows)
    }

    /// Those of some rows, in any order and any number of times, that the view shows.
    pub(crate) fn gathered(view: View<'a>, kind: Kind, mut rows: Vec<u32>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let rows = Rows::Listed(Cow::Owned(rows), view.scope.of(kind));
        Self::new(view, By::Record(kind), rows)
    }

    /// Everybody the view shows in a role that has ids of its own.
    pub(crate) fn role(view: View<'a>, role: Role) -> Self {
        let rows = view.snapshot.by_role_id(role);
        let allow = view.scope.of(kind_of(role));
        let number = match (allow, role) {
            (Allow::All, _) => rows.len() as u64,
            (Allow::Only(shown), Role::Contact) => {
                shown.range_cardinality(..view.snapshot.table(Kind::Contact).len())
            }
            (Allow::Only(shown), _) => view.snapshot.employees_with(role).intersection_len(shown),
        };
        let rows = Rows::Ranked(Cow::Borrowed(rows), allow, Some(number));
        Self::new(view, By::Role(role), rows)
    }

    /// Those of some people, in any order and any number of times, whom the view shows in a role that has ids of its own;
    /// at most so many, by the smallest ids.
    pub(crate) fn ranked(view: View<'a>, role: Role, rows: Vec<u32>, most: usize) -> Self {
        let mut ranked: Vec<_> = rows
            .into_iter()
            .filter(|row| view.shows(kind_of(role), *row))
            .filter_map(|row| Some((role_id(view, role, row)?, row)))
            .collect();
        ranked.sort_unstable();
        ranked.dedup();
        ranked.truncate(most);
        let rows: Vec<_> = ranked.into_iter().map(|(_, row)| row).collect();
        let number = rows.len() as u64;
        let rows = Rows::Ranked(Cow::Owned(rows), &EVERY_ROW, Some(number));
        Self::new(view, By::Role(role), rows)
    }

    /// Every tie between a contact and a student that the view shows.
    pub(crate) fn ties(view: View<'a>) -> Self {
        let ends = [Kind::Contact, Kind::Student];
        if ends.iter().all(|kind| *view.scope.of(*kind) == Allow::All) {
            return Self::table(view, Kind::ContactLink);
        }
        Self::new(view, By::Record(Kind::ContactLink), Rows::Ties)
    }

    /// Nothing.
    pub(crate) fn nothing(view: View<'a>, kind: Kind) -> Self {
        Self::gathered(view, kind, Vec::new())
    }

    /// The list cut down to some of its records: those for which `keep` says so.
    pub(crate) fn kept<E>(self, mut keep: impl FnMut(Place) -> Result<bool, E>) -> Result<Self, E> {
        let mut rows = Vec::new();
        for at in self.upward(0) {
            let place = self.place(at);
            if keep(place)? {
                rows.push(match place {
                    Place::Row(_, row) | Place::Role(_, row) => row,
                    Place::District | Place::Status => at,
                });
            }
        }
        Ok(self.of(rows))
    }

    /// The list cut down to the record with an id; to nothing if there is none.
    pub(crate) fn only(self, id: Option<&ObjectId>) -> Self {
        let at = id.map(|id| (self.lower_bound(id), id));
        let at = at.filter(|(at, id)| self.upward(*at).next() == Some(*at) && self.id(*at) == **id);
        let row = at.map(|(at, _)| match self.place(at) {
            Place::Row(_, row) | Place::Role(_, row) => row,
            Place::District | Place::Status => at,
        });
        let rows = row.into_iter().collect();
        self.of(rows)
    }

    /// The list with other rows, in its order.
    fn of(self, rows: Vec<u32>) -> Self {
        let rows = match self.by {
            By::Record(_) => Rows::Listed(Cow::Owned(rows), &EVERY_ROW),
            By::Role(_) => {
                let number = rows.len() as u64;
                Rows::Ranked(Cow::Owned(rows), &EVERY_ROW, Some(number))
            }
        };
        Self { rows, ..self }
    }

    fn new(view: View<'a>, by: By, rows: Rows<'a>) -> Self {
        Self { view, by, rows }
    }

    /// The kind of the records.
    fn kind(&self) -> Kind {
        match self.by {
            By::Record(kind) => kind,
            By::Role(role) => kind_of(role),
        }
    }

    fn table_len(&self) -> u32 {
        self.view.snapshot.table(self.kind()).len()
    }

    /// How many records there are.
    pub(crate) fn count(&self) -> u64 {
        match &self.rows {
            Rows::All => u64::from(self.table_len()),
            Rows::Set(rows) => rows.range_cardinality(..self.table_len()),
            Rows::Ranked(_, _, Some(number)) => *number,
            Rows::Listed(rows, allow) | Rows::Ranked(rows, allow, None) => {
                rows.iter().filter(|row| allow.contains(**row)).count() as u64
            }
            Rows::Ties => self.upward(0).count() as u64,
        }
    }

    /// The records at a position and after, ascending.
    fn upward(&self, from: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.rows {
            Rows::All => Box::new(from..self.table_len()),
            Rows::Set(rows) => Box::new(rows.range(from..self.table_len())),
            Rows::Listed(rows, allow) => {
                let start = rows.partition_point(|row| *row < from);
                let rows = rows.get(start..).unwrap_or(&[]);
                Box::new(rows.iter().copied().filter(|row| allow.contains(*row)))
            }
            Rows::Ranked(rows, allow, _) => {
                let places = from..u32::try_from(rows.len()).unwrap_or(u32::MAX);
                Box::new(places.filter(|at| ranked_shows(rows, allow, *at)))
            }
            Rows::Ties => {
                Box::new((from..self.table_len()).filter(|row| shows_link(self.view, *row)))
            }
        }
    }

    /// The records before a position, descending.
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
            Rows::Ranked(rows, allow, _) => {
                let places = (0..below).rev();
                Box::new(places.filter(|at| ranked_shows(rows, allow, *at)))
            }
            Rows::Ties => Box::new((0..below).rev().filter(|row| shows_link(self.view, *row))),
        }
    }

    /// The record at a position.
    fn place(&self, at: u32) -> Place {
        match (self.by, &self.rows) {
            (By::Role(role), Rows::Ranked(rows, ..)) => {
                Place::Role(role, rows.get(at as usize).copied().unwrap_or(u32::MAX))
            }
            (By::Role(role), _) => Place::Role(role, at),
            (By::Record(kind), _) => Place::Row(kind, at),
        }
    }

    fn id(&self, at: u32) -> ObjectId {
        id(self.view, self.place(at))
    }

    /// The position after all.
    fn end(&self) -> u32 {
        match &self.rows {
            Rows::Ranked(rows, ..) => u32::try_from(rows.len()).unwrap_or(u32::MAX),
            _ => self.table_len(),
        }
    }

    /// The first position whose id is not below an id.
    fn lower_bound(&self, id: &ObjectId) -> u32 {
        match &self.rows {
            Rows::Ranked(rows, ..) => {
                let By::Role(role) = self.by else { return 0 };
                let before = rows.partition_point(|row| {
                    role_id(self.view, role, *row).is_some_and(|own| own < *id)
                });
                u32::try_from(before).unwrap_or(u32::MAX)
            }
            _ => self.view.snapshot.table(self.kind()).lower_bound(id),
        }
    }

    /// The first position whose id is above an id.
    fn above(&self, id: &ObjectId) -> u32 {
        let at = self.lower_bound(id);
        at + u32::from(at < self.end() && self.id(at) == *id)
    }
}

fn ranked_shows(rows: &[u32], allow: &Allow, at: u32) -> bool {
    rows.get(at as usize)
        .is_some_and(|row| allow.contains(*row))
}

/// A page: its records, ascending, and whether there are more in the direction in which it was cut.
pub(crate) struct Page {
    pub(crate) rows: Vec<Place>,
    pub(crate) more: bool,
}

/// Cuts a page. It looks one record further than it needs to, so that `more` is exact on a full last page. `skip` leaves out
/// records at the beginning; only lists of one run are numbered in pages.
pub(crate) fn cut(runs: &[Run<'_>], cursor: Cursor, limit: usize, skip: usize) -> Page {
    let up = |from: &dyn Fn(&Run<'_>) -> u32| -> Vec<Head<'_>> {
        let heads = runs.iter().map(|run| {
            let rows = run.upward(from(run));
            Head::new(
                run,
                if skip == 0 {
                    rows
                } else {
                    Box::new(rows.skip(skip))
                },
            )
        });
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
        Cursor::Before(id) => (down(&|run| run.lower_bound(&id)), false),
        Cursor::Last => (down(&|run| run.end()), false),
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
            id: run.id(row),
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
        rows.push(head.run.place(head.row));
        match head.rest.next() {
            Some(row) => {
                head.row = row;
                head.id = head.run.id(row);
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
    rows.push(head.run.place(head.row));
    let wanted = limit - rows.len();
    rows.extend(
        head.rest
            .by_ref()
            .take(wanted)
            .map(|row| head.run.place(row)),
    );
    let more = rows.len() == limit && head.rest.next().is_some();
    Page { rows, more }
}
