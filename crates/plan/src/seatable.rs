//! Who of the people that classes list can be seated: whoever has an account, now or with the plan.

use std::collections::BTreeMap;

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Relation, Snapshot};

use crate::known::Local;

/// By rows of the mirror: each of them is asked for as often as classes list it.
#[derive(Default)]
pub(crate) struct Seatable {
    employees: Vec<bool>,
    students: Vec<bool>,
}

impl Seatable {
    /// Of the people who are planned for.
    pub(crate) fn of(mirror: &Snapshot, people: &BTreeMap<ObjectId, Option<Local>>) -> Self {
        let rows = |kind: Kind| {
            let table = mirror.table(kind);
            let mut known = people.keys().peekable();
            let is_known = |row: u32| {
                // Both ascend.
                let id = table.id(row);
                while known.next_if(|other| **other < id).is_some() {}
                known.peek() == Some(&&id)
            };
            (0..table.len()).map(is_known).collect()
        };
        Self {
            employees: rows(Kind::Employee),
            students: rows(Kind::Student),
        }
    }

    /// Those of the people whom a section lists, as it lists them.
    pub(crate) fn listed(
        &self,
        mirror: &Snapshot,
        relation: Relation,
        section: u32,
    ) -> impl Iterator<Item = ObjectId> {
        let seatable = match relation {
            Relation::SectionTeachers => self.employees.as_slice(),
            Relation::SectionStudents => self.students.as_slice(),
            _ => &[],
        };
        let table = mirror.table(relation.to());
        let listed = mirror.lists(relation).get(section).iter();
        let seated = listed.filter(|row| seatable.get(**row as usize).is_some_and(|is| *is));
        seated.map(|row| table.id(*row))
    }
}
