//! Enrollments that moved: the same student in another section of the same course or term. Guards count them as deleted
//! all the same; people want to know how many they are (district-side 7.3).

use homeroom_model::Kind;
use homeroom_segment::{Candidate, Relation, Snapshot};
use serde::Serialize;

use crate::matches::NO_ROW;
use crate::plan::Plan;

/// How many deleted enrollments have a created one that stands for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct MovedEnrollments {
    /// To another section of the same course.
    pub same_course: u64,
    /// To a section of another course in the same term.
    pub same_term: u64,
}

/// An enrollment that is made or unmade: rows of the old tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seat {
    student: u32,
    course: u32,
    term: u32,
}

/// Counts moved enrollments. Memory: 12 bytes per enrollment that is made or unmade.
pub(crate) fn count(plan: &Plan, old: &Snapshot, candidate: &Candidate) -> MovedEnrollments {
    let (mut left, mut taken) = seats(plan, old, candidate);
    left.sort_unstable();
    taken.sort_unstable();
    let mut moved = MovedEnrollments::default();
    let (mut left, mut taken) = (left.as_slice(), taken.as_slice());
    while let (Some(first), Some(other)) = (left.first(), taken.first()) {
        match first.student.cmp(&other.student) {
            std::cmp::Ordering::Less => left = skip(left).1,
            std::cmp::Ordering::Greater => taken = skip(taken).1,
            std::cmp::Ordering::Equal => {
                let (old, new);
                (old, left) = skip(left);
                (new, taken) = skip(taken);
                of_student(old, new, &mut moved);
            }
        }
    }
    moved
}

/// The seats of the first student, and the rest.
fn skip(seats: &[Seat]) -> (&[Seat], &[Seat]) {
    let student = seats.first().map(|seat| seat.student);
    let end = seats.partition_point(|seat| Some(seat.student) <= student);
    seats.split_at(end)
}

fn of_student(left: &[Seat], taken: &[Seat], moved: &mut MovedEnrollments) {
    let mut free: Vec<_> = taken.to_vec();
    let mut find = |fits: &dyn Fn(&Seat) -> bool| {
        let at = free.iter().position(fits);
        at.map(|at| free.swap_remove(at)).is_some()
    };
    let mut rest = Vec::new();
    for seat in left {
        if seat.course != NO_ROW && find(&|new| new.course == seat.course) {
            moved.same_course += 1;
        } else {
            rest.push(seat);
        }
    }
    for seat in rest {
        if seat.term != NO_ROW && find(&|new| new.term == seat.term) {
            moved.same_term += 1;
        }
    }
}

fn seats(plan: &Plan, old: &Snapshot, candidate: &Candidate) -> (Vec<Seat>, Vec<Seat>) {
    let (mut left, mut taken) = (Vec::new(), Vec::new());
    let old_row = |kind: Kind, row: u32| plan.fates(kind).get(row as usize)?.old();
    let before = |section: u32, relation| old.lists(relation).first(section).unwrap_or(NO_ROW);
    let old_seat = |section: u32, student: u32| Seat {
        student,
        course: before(section, Relation::SectionCourse),
        term: before(section, Relation::SectionTerm),
    };
    let after = |section: u32, relation: Relation| {
        let target = candidate.lists(relation).get(section).first();
        let row = target.and_then(|row| old_row(relation.to(), *row));
        row.unwrap_or(NO_ROW)
    };
    let rosters = old.lists(Relation::SectionStudents);
    let mut students = Vec::new();
    for (section, fate) in (0..).zip(plan.fates(Kind::Section)) {
        if fate.is_unchanged() {
            continue;
        }
        students.clear();
        let targets = candidate.lists(Relation::SectionStudents).get(section);
        students.extend(
            targets
                .iter()
                .filter_map(|row| old_row(Kind::Student, *row)),
        );
        students.sort_unstable();
        students.dedup();
        let roster = fate.old().map_or(&[][..], |old| rosters.get(old));
        if let Some(old) = fate.old() {
            let gone = roster
                .iter()
                .filter(|row| students.binary_search(row).is_err());
            left.extend(gone.map(|student| old_seat(old, *student)));
        }
        let new = students
            .iter()
            .filter(|row| roster.binary_search(row).is_err());
        let (course, term) = (
            after(section, Relation::SectionCourse),
            after(section, Relation::SectionTerm),
        );
        taken.extend(new.map(|student| Seat {
            student: *student,
            course,
            term,
        }));
    }
    for section in plan.deleted(Kind::Section) {
        let gone = rosters.get(*section).iter();
        left.extend(gone.map(|student| old_seat(*section, *student)));
    }
    (left, taken)
}
