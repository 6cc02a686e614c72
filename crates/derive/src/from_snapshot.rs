//! The candidate again from what is published, when only people kept by hand have changed.

use std::io;

use homeroom_model::{Employee, Kind, Place, Problems, School};
use homeroom_segment::{
    Candidate, CandidateBuilder, CandidateLists, HashKey, Noun, Relation, Snapshot, Spools,
};

use crate::by_hand::ByHand;
use crate::clusters::{Cluster, clusters};
use crate::counts::File;
use crate::employees;
use crate::people::{People, Sealed};
use crate::schools::Schools;

/// Makes the candidate of a published snapshot again, with other people kept by hand: all of them, those who were there
/// before too. Everything else is copied as it is. `key` must be the district's, with which the snapshot was made.
///
/// Problems are those of merging by email only, for everybody; a record of a file has no line.
pub fn from_snapshot(
    snapshot: &Snapshot,
    key: &HashKey,
    spools: &dyn Spools,
    people: &[ByHand<'_>],
    problems: &mut dyn Problems,
) -> io::Result<Candidate> {
    let mut builder = CandidateBuilder::new(key.clone(), spools)?;
    let mut schools = Schools::default();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Employee) {
        let table = snapshot.table(kind);
        for row in 0..table.len() {
            let (hash, packed) = (table.key(row, 0).unwrap_or_default(), table.row(row));
            builder.push_hashed(kind, &[hash], packed.packed())?;
            if kind == Kind::School {
                schools.add(key, &School::read(packed), row);
            }
        }
    }
    let (teachers, sealed) = gather(snapshot, key, spools, people, &mut schools)?;
    let clusters = clusters(&sealed, problems);
    employees::write(&sealed, &clusters, &mut builder)?;
    for relation in Relation::ALL {
        let lists = match relation {
            Relation::TeacherSchool | Relation::TeacherSchools => {
                of_teachers(snapshot, relation, &teachers, &clusters)
            }
            Relation::StaffSchools => employees::staff_schools(&sealed, &clusters),
            Relation::SectionTeachers => section_teachers(snapshot, &teachers, &clusters),
            _ => copied(snapshot, relation),
        };
        builder.set_lists(relation, lists);
    }
    builder.finish()
}

/// The records of all employees: those of files from the snapshot, the others from `people`. With them, for each teacher
/// record, the row of its employee in the snapshot.
fn gather(
    snapshot: &Snapshot,
    key: &HashKey,
    spools: &dyn Spools,
    people: &[ByHand<'_>],
    schools: &mut Schools,
) -> io::Result<(Vec<u32>, Sealed)> {
    let place = |file: File| Place {
        file: file.stem(),
        line: 0,
    };
    let (mut teachers, mut gathered) = (Vec::new(), People::new(key.clone(), spools)?);
    let table = snapshot.table(Kind::Employee);
    for row in 0..table.len() {
        let employee = Employee::read(table.row(row));
        let hash = |role| table.key(row, role).unwrap_or_default();
        if let Some(teacher) = employee.teacher {
            gathered.teacher(place(File::Teachers), hash(0), teacher, 0)?;
            teachers.push(row);
        }
        if let Some(staff) = employee.staff.filter(|staff| !staff.kept_by_hand) {
            let number = gathered.staff(place(File::Staff), hash(1), staff)?;
            for school in snapshot.lists(Relation::StaffSchools).get(row) {
                gathered.staff_school(number, *school);
            }
        }
    }
    for person in people {
        gathered.by_hand(person, schools)?;
    }
    Ok((teachers, gathered.seal()?))
}

fn of_teachers(
    snapshot: &Snapshot,
    relation: Relation,
    teachers: &[u32],
    clusters: &[Cluster],
) -> CandidateLists {
    let lists = snapshot.lists(relation);
    employees::of_teachers(clusters, |teacher| {
        let row = teachers.get(teacher as usize);
        row.map_or(&[][..], |row| lists.get(*row)).iter().copied()
    })
}

/// The teachers of sections: rows of employees in the snapshot, as rows of the candidate.
fn section_teachers(snapshot: &Snapshot, teachers: &[u32], clusters: &[Cluster]) -> CandidateLists {
    let mut rows = vec![0; snapshot.table(Kind::Employee).len() as usize];
    let new = employees::rows_of_teachers(clusters, teachers.len());
    for (old, new) in teachers.iter().zip(new) {
        if let Some(slot) = rows.get_mut(*old as usize) {
            *slot = new;
        }
    }
    let lists = snapshot.lists(Relation::SectionTeachers);
    let sections = (0..lists.len()).map(|section| lists.get(section));
    employees::section_teachers(sections, &rows)
}

fn copied(snapshot: &Snapshot, relation: Relation) -> CandidateLists {
    let (lists, mut copy) = (snapshot.lists(relation), CandidateLists::default());
    for row in 0..lists.len() {
        copy.push(lists.get(row).iter().copied());
    }
    copy
}
