//! Rows of employees and what they are related to, once it is known who is one person.

use std::io;

use homeroom_model::{Employee, Kind};
use homeroom_segment::{CandidateBuilder, CandidateLists, Hash, Noun};

use crate::clusters::Cluster;
use crate::pack::Pack;
use crate::people::{Part, Sealed};

/// Adds the rows of employees to the candidate, one per cluster.
pub(crate) fn write(
    people: &Sealed,
    clusters: &[Cluster],
    builder: &mut CandidateBuilder,
) -> io::Result<()> {
    let mut pack = Pack::default();
    for cluster in clusters {
        let [teacher, staff, admin] = cluster;
        let mut keys = [Hash::default(); 3];
        for ((part, number), key) in Part::ALL.into_iter().zip(cluster).zip(&mut keys) {
            let record = number.and_then(|number| people.records(part).get(number as usize));
            if let Some(record) = record {
                *key = record.key;
            }
        }
        let row = |part, number: &Option<u32>| number.map(|number| people.row(part, number));
        let (teacher, staff, admin) = (
            row(Part::Teacher, teacher),
            row(Part::Staff, staff),
            row(Part::Admin, admin),
        );
        match (teacher, staff, admin) {
            (Some(alone), None, None) | (None, Some(alone), None) | (None, None, Some(alone)) => {
                builder.push_hashed(Kind::Employee, &keys, alone.packed())?;
            }
            _ => {
                let employee = Employee {
                    teacher: teacher.and_then(|row| Employee::read(row).teacher),
                    staff: staff.and_then(|row| Employee::read(row).staff),
                    admin: admin.and_then(|row| Employee::read(row).admin),
                };
                builder.push_hashed(Kind::Employee, &keys, pack.noun(&employee))?;
            }
        }
    }
    Ok(())
}

/// For each of `teachers` teacher records the row of its employee.
pub(crate) fn rows_of_teachers(clusters: &[Cluster], teachers: usize) -> Vec<u32> {
    let mut rows = vec![0; teachers];
    for (row, [teacher, ..]) in (0..).zip(clusters) {
        let slot = teacher.and_then(|teacher| rows.get_mut(teacher as usize));
        if let Some(slot) = slot {
            *slot = row;
        }
    }
    rows
}

/// The schools of the staff role of each employee.
pub(crate) fn staff_schools(people: &Sealed, clusters: &[Cluster]) -> CandidateLists {
    let mut lists = CandidateLists::default();
    for [_, staff, _] in clusters {
        let schools = staff.iter().flat_map(|staff| people.staff_schools(*staff));
        lists.push(schools);
    }
    lists
}

/// A relation of employees that follows from the teacher role: `list` gives it for the number of a teacher record.
pub(crate) fn of_teachers<T: IntoIterator<Item = u32>>(
    clusters: &[Cluster],
    mut list: impl FnMut(u32) -> T,
) -> CandidateLists {
    let mut lists = CandidateLists::default();
    for [teacher, ..] in clusters {
        match teacher {
            Some(teacher) => lists.push(list(*teacher)),
            None => lists.push([]),
        }
    }
    lists
}

/// The teachers of each section as rows of employees, the primary teacher first.
pub(crate) fn section_teachers<'a>(
    sections: impl Iterator<Item = &'a [u32]>,
    rows: &[u32],
) -> CandidateLists {
    let mut lists = CandidateLists::default();
    for teachers in sections {
        let teachers = teachers.iter();
        lists.push(teachers.filter_map(|teacher| rows.get(*teacher as usize).copied()));
    }
    lists
}
