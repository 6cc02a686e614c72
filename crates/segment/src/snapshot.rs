//! All tables and relations of one publish.

use bytes::Bytes;
use homeroom_model::{Kind, Role};
use roaring::RoaringBitmap;

use crate::error::SegmentError;
use crate::lists::Lists;
use crate::manifest::{Located, Manifest};
use crate::relation::Relation;
use crate::table::Table;

/// An opened snapshot of a district. Row numbers mean something inside one snapshot only; ids are what lasts.
pub struct Snapshot {
    number: u64,
    tables: Vec<Table>,
    forward: Vec<Lists>,
    back: Vec<Lists>,
    roles: [RoaringBitmap; 3],
    orders: [Vec<u32>; 4],
}

impl Snapshot {
    /// Opens every part a manifest names; `fetch` gives the bytes of a part.
    pub fn open(
        manifest: &Manifest,
        mut fetch: impl FnMut(&str, &Located) -> Result<Bytes, SegmentError>,
    ) -> Result<Self, SegmentError> {
        let mut part = |name: &str| {
            let located = manifest.parts.get(name);
            let located = located
                .ok_or_else(|| SegmentError::damaged("manifest", format!("it lacks {name}")))?;
            fetch(name, located)
        };
        let mut by_place: Vec<Table> = Vec::new();
        for kind in by_index() {
            by_place.push(Table::open(kind, part(kind.table())?)?);
        }
        let rows = |kind: Kind| by_place.get(kind as usize).map_or(0, Table::len);
        let (mut forward, mut back) = (Vec::new(), Vec::new());
        for relation in Relation::ALL {
            let (name, from, to) = (relation.name(), rows(relation.from()), rows(relation.to()));
            let lists = Lists::open(name, part(name)?, from, to)?;
            check_order(name, &lists, relation.ascends())?;
            forward.push(lists);
            let name = back_name(relation);
            let lists = Lists::open(&name, part(&name)?, to, from)?;
            check_order(&name, &lists, true)?;
            back.push(lists);
        }
        Ok(Self::assemble(manifest.number, by_place, forward, back))
    }

    /// A snapshot without records, number 0: what a district has before its first publish.
    pub fn empty() -> Self {
        let lists = || Relation::ALL.iter().map(|_| Lists::default()).collect();
        Self::assemble(0, by_index().map(Table::empty).collect(), lists(), lists())
    }

    /// A snapshot of some tables alone.
    #[cfg(test)]
    pub(crate) fn of_tables(mut parts: std::collections::HashMap<Kind, Bytes>) -> Self {
        let tables = by_index().map(|kind| match parts.remove(&kind) {
            Some(bytes) => Table::open(kind, bytes).unwrap(),
            None => Table::empty(kind),
        });
        let lists = || Relation::ALL.iter().map(|_| Lists::default()).collect();
        Self::assemble(1, tables.collect(), lists(), lists())
    }

    fn assemble(number: u64, tables: Vec<Table>, forward: Vec<Lists>, back: Vec<Lists>) -> Self {
        let mut snapshot = Self {
            number,
            tables,
            forward,
            back,
            roles: Default::default(),
            orders: Default::default(),
        };
        let orders = [
            (Kind::Employee, 0),
            (Kind::Employee, 1),
            (Kind::Employee, 2),
            (Kind::Contact, 0),
        ];
        snapshot.orders = orders.map(|(kind, role)| {
            let table = snapshot.table(kind);
            let mut ids: Vec<_> = (0..table.len())
                .filter_map(|row| Some((table.role_id(row, role)?, row)))
                .collect();
            ids.sort_unstable();
            ids.into_iter().map(|(_, row)| row).collect()
        });
        let [teachers, staff, admins, _] = &snapshot.orders;
        snapshot.roles = [teachers, staff, admins].map(|rows| rows.iter().copied().collect());
        snapshot
    }

    /// The snapshot's number, from 1; 0 if there is none yet.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The table of a kind.
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a table for every kind, in the order of the enum"
    )]
    pub fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }

    /// A relation, from owner to target.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are lists for every relation, in the order of the enum"
    )]
    pub fn lists(&self, relation: Relation) -> &Lists {
        &self.forward[relation as usize]
    }

    /// A relation, from target back to owners; ascending.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are lists for every relation, in the order of the enum"
    )]
    pub fn back(&self, relation: Relation) -> &Lists {
        &self.back[relation as usize]
    }

    /// Rows of employees that have a role; empty for the roles of students and contacts, who have tables of their own.
    pub fn employees_with(&self, role: Role) -> &RoaringBitmap {
        static NOBODY: std::sync::LazyLock<RoaringBitmap> =
            std::sync::LazyLock::new(RoaringBitmap::new);
        let [teachers, staff, admins] = &self.roles;
        match role {
            Role::Teacher => teachers,
            Role::Staff => staff,
            Role::DistrictAdmin => admins,
            Role::Student | Role::Contact => &NOBODY,
        }
    }

    /// Rows of the people with a role in the ascending order of the role's own ids, as older versions of the API list
    /// them. Students have one id for both, so theirs is the table's own order and this is empty.
    pub fn by_role_id(&self, role: Role) -> &[u32] {
        let [teachers, staff, admins, contacts] = &self.orders;
        match role {
            Role::Teacher => teachers,
            Role::Staff => staff,
            Role::DistrictAdmin => admins,
            Role::Contact => contacts,
            Role::Student => &[],
        }
    }
}

/// Refuses lists that should ascend and do not.
fn check_order(name: &str, lists: &Lists, ascends: bool) -> Result<(), SegmentError> {
    if ascends && !lists.ascend() {
        return Err(SegmentError::damaged(name, "a list does not ascend"));
    }
    Ok(())
}

/// Kinds in the order of the enum, which is how tables are kept in memory.
fn by_index() -> impl Iterator<Item = Kind> {
    let mut kinds = Kind::ALL;
    kinds.sort_unstable_by_key(|kind| *kind as usize);
    kinds.into_iter()
}

/// The manifest's name of a relation's other direction.
pub(crate) fn back_name(relation: Relation) -> String {
    format!("{}.back", relation.name())
}
