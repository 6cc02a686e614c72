//! Rosters (integration-side B6, A6.9).

use super::sample::{Subject, Town, Work, apply, comes, dump, goes, is_well};
use crate::{Differs, Intent, Op, Outcome, Refusal, Seat, SeatChange};

const fn seat(source: bool, intent: Option<Intent>) -> Seat {
    Seat {
        source,
        intent,
        ..Seat::STUDENT
    }
}

fn seats<'a>(town: &Town, changes: &'a [SeatChange]) -> Op<'a> {
    Op::Seats {
        section: town.sections[0],
        changes,
    }
}

/// Invariant 11: from every row of the table to every other.
pub fn membership_follows_fact_and_wish(subject: &Subject) {
    let town = Town::build(subject, 1);
    let person = town.students[0];
    let states = [
        None,
        Some(seat(true, None)),
        Some(seat(false, Some(Intent::Added))),
        Some(seat(true, Some(Intent::Added))),
        Some(seat(true, Some(Intent::Removed))),
    ];
    let members = || subject.rows("SELECT person, by_hand FROM rosters");
    let mut day = 0;
    for (before, after) in states
        .iter()
        .flat_map(|from| states.iter().map(move |to| (*from, *to)))
    {
        day += 1;
        let change = |before, after| SeatChange {
            person,
            is_teacher: false,
            before,
            after,
        };
        if before.is_some() {
            apply(
                subject,
                &town,
                day,
                &[seats(&town, &[change(None, before)])],
            );
        }
        if before != after {
            apply(
                subject,
                &town,
                day,
                &[seats(&town, &[change(before, after)])],
            );
        }
        let expected = after.filter(Seat::is_member).map(|seat| {
            let by_hand = if seat.source { "0" } else { "1" };
            vec![person.to_string(), by_hand.to_owned()]
        });
        assert_eq!(members(), Vec::from_iter(expected), "{before:?} {after:?}");
        is_well(subject, town.district);
        if after.is_some() {
            apply(subject, &town, day, &[seats(&town, &[change(after, None)])]);
        }
    }
    // A wish that came true is none: neither is anything kept of it.
    let mut work = Work::begin(subject, &town, 30);
    let nothing = [comes(person, seat(false, Some(Intent::Removed)))];
    assert_eq!(
        work.act(seats(&town, &nothing)),
        Outcome::SetAside(Refusal::Invalid)
    );
}

/// S18: who leaves was there.
pub fn leaving_closes_and_never_erases(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, _] = town.students;
    let come = [
        comes(ana, Seat::STUDENT),
        comes(town.teacher, Seat::teacher(0)),
    ];
    apply(subject, &town, 2, &[seats(&town, &come)]);
    let swap = [goes(ana, Seat::STUDENT), comes(bo, Seat::STUDENT)];
    apply(subject, &town, 9, &[seats(&town, &swap)]);
    apply(
        subject,
        &town,
        20,
        &[seats(&town, &[comes(ana, Seat::STUDENT)])],
    );
    let rows =
        subject.rows("SELECT person, role, from_date, to_date FROM rosters_dated ORDER BY 3, 1");
    let line = |person: i64, role: &str, from: &str, to: &str| {
        vec![
            person.to_string(),
            role.to_owned(),
            from.to_owned(),
            to.to_owned(),
        ]
    };
    assert_eq!(
        rows,
        [
            line(town.teacher, "teacher", "2026-08-02", "NULL"),
            line(ana, "student", "2026-08-02", "2026-08-09"),
            line(bo, "student", "2026-08-09", "NULL"),
            line(ana, "student", "2026-08-20", "NULL"),
        ]
    );
    let ops: Vec<_> = subject
        .read()
        .timeline(ana)
        .unwrap()
        .into_iter()
        .map(|entry| entry.op)
        .collect();
    assert_eq!(ops, ["create", "enrol", "update", "enrol"]);
    is_well(subject, town.district);
}

/// Nobody saw it on any day.
pub fn who_comes_and_goes_within_a_day_leaves_no_period(subject: &Subject) {
    let town = Town::build(subject, 1);
    let before = dump(subject);
    let ana = town.students[0];
    apply(
        subject,
        &town,
        2,
        &[seats(&town, &[comes(ana, Seat::STUDENT)])],
    );
    apply(
        subject,
        &town,
        2,
        &[seats(&town, &[goes(ana, Seat::STUDENT)])],
    );
    assert_eq!(dump(subject), before);
}

/// No half class, whether people only come, only go, or both.
pub fn one_misfit_leaves_the_class_as_it_was(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    apply(
        subject,
        &town,
        2,
        &[seats(&town, &[comes(cy, Seat::STUDENT)])],
    );
    let before = dump(subject);
    let mut work = Work::begin(subject, &town, 3);
    let again = [
        comes(ana, Seat::STUDENT),
        comes(cy, Seat::STUDENT),
        comes(bo, Seat::STUDENT),
    ];
    assert_eq!(
        work.act(seats(&town, &again)),
        Outcome::Differs(Differs::Member(cy))
    );
    let twice = [comes(ana, Seat::STUDENT), comes(ana, Seat::STUDENT)];
    assert_eq!(
        work.act(seats(&town, &twice)),
        Outcome::Differs(Differs::Member(ana))
    );
    let other = [comes(ana, Seat::STUDENT), goes(cy, Seat::teacher(0))];
    assert_eq!(
        work.act(seats(&town, &other)),
        Outcome::Differs(Differs::Member(cy))
    );
    let changed = [
        comes(bo, Seat::STUDENT),
        goes(cy, seat(true, Some(Intent::Added))),
    ];
    assert_eq!(
        work.act(seats(&town, &changed)),
        Outcome::Differs(Differs::Member(cy))
    );
    let absent = [goes(cy, Seat::STUDENT), goes(bo, Seat::STUDENT)];
    assert_eq!(
        work.act(seats(&town, &absent)),
        Outcome::Differs(Differs::Member(bo))
    );
    let twice = [goes(cy, Seat::STUDENT), goes(cy, Seat::STUDENT)];
    assert_eq!(
        work.act(seats(&town, &twice)),
        Outcome::Differs(Differs::Member(cy))
    );
    let nobody = [comes(ana, Seat::STUDENT), comes(town.school, Seat::STUDENT)];
    assert_eq!(
        work.act(seats(&town, &nobody)),
        Outcome::SetAside(Refusal::Gone)
    );
    work.commit();
    assert_eq!(dump(subject), before);
}

/// Invariant 10: the sync takes nobody out of a group but who left the class it divides, and an undo brings them back.
pub fn leavers_leave_the_groups_that_divide_the_class(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, _] = town.students;
    let come = [comes(ana, Seat::STUDENT), comes(bo, Seat::STUDENT)];
    apply(subject, &town, 2, &[seats(&town, &come)]);
    let sql = |sql: String| (subject.sql)(&sql);
    let (teacher, section) = (town.teacher, town.sections[0]);
    sql(format!("INSERT INTO custom_group (id, owner, section, name) VALUES (1, {teacher}, {section}, 'Red'), (2, {teacher}, NULL, 'Own')")).unwrap();
    for (group, person) in [(1, ana), (1, bo), (2, ana)] {
        sql(format!("INSERT INTO group_member (custom_group, person, opened) VALUES ({group}, {person}, '2026-08-03')")).unwrap();
    }
    let stranger = town.students[2];
    sql(format!("INSERT INTO group_member (custom_group, person, opened) VALUES (1, {stranger}, '2026-08-03')")).unwrap_err();
    let before = dump(subject);
    let run = apply(
        subject,
        &town,
        9,
        &[seats(&town, &[goes(ana, Seat::STUDENT)])],
    );
    let rows = subject.rows("SELECT custom_group, person FROM groups_now ORDER BY 1, 2");
    let pairs = [[1, bo], [2, ana]].map(|pair| pair.map(|id| id.to_string()).to_vec());
    assert_eq!(rows, pairs);
    is_well(subject, town.district);
    let mut work = Work::begin(subject, &town, 9);
    let entry = super::sample::changes(subject, run).remove(0);
    work.applying.invert(&entry, 1, "undone").unwrap();
    work.commit();
    assert_eq!(dump(subject), before);
}

/// "As of" is a comparison of two dates.
pub fn the_past_can_be_read_by_day(subject: &Subject) {
    let town = Town::build(subject, 1);
    let ana = town.students[0];
    apply(
        subject,
        &town,
        2,
        &[seats(&town, &[comes(ana, Seat::STUDENT)])],
    );
    apply(
        subject,
        &town,
        9,
        &[seats(&town, &[goes(ana, Seat::STUDENT)])],
    );
    for (day, members) in [("01", "0"), ("02", "1"), ("08", "1"), ("09", "0")] {
        let sql = format!(
            "SELECT count(*) FROM rosters_dated WHERE from_date <= '2026-08-{day}' AND (to_date IS NULL OR to_date > '2026-08-{day}')"
        );
        assert_eq!(subject.value(&sql), members, "{day}");
    }
}
