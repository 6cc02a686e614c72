//! The audit, and what it is good for (integration-side A4.9, A4.10, B16.8, B16.12).

use homeroom_model::Role;

use super::sample::{
    Subject, Town, Work, apply, changes, comes, created, dump, goes, is_well, source,
};
use crate::field::{person, role, section};
use crate::{
    AuditEntry, Cell, CellOrigin, Differs, FieldChange, Kind, NewRole, Of, Op, Record, Seat,
    SeatChange, Tie, Undone, Value,
};

/// Undoes the rows of a run from the last to the first; every one has to be undone.
fn undo(subject: &Subject, town: &Town, entries: &[AuditEntry]) -> Vec<AuditEntry> {
    let mut work = Work::begin(subject, town, 9);
    let run = work.run;
    for (entry, number) in entries.iter().rev().zip(1..) {
        let undone = work.applying.invert(entry, number, "undone").unwrap();
        assert!(matches!(undone, Undone::Done(_)), "{entry:?}: {undone:?}");
    }
    work.commit();
    changes(subject, run)
}

fn round_trip(subject: &Subject, town: &Town, op: Op<'_>) {
    let before = dump(subject);
    let run = apply(subject, town, 9, &[op]);
    let after = dump(subject);
    assert_ne!(before, after, "{op:?} changes something");
    let entries = changes(subject, run);
    assert_eq!(entries.len(), 1, "one action, one row: {op:?}");
    let undoing = undo(subject, town, &entries);
    assert_eq!(dump(subject), before, "undone: {op:?}");
    undo(subject, town, &undoing);
    assert_eq!(dump(subject), after, "done again: {op:?}");
    is_well(subject, town.district);
}

/// One operation of every kind, each on top of the ones before it.
pub fn every_action_is_undone_and_done_again(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let mut work = Work::begin(subject, &town, 2);
    let manual = Record::new(Kind::Person)
        .with(person::ORIGIN, "manual")
        .with(person::SOURCE_STATE, "never");
    let manual = work.done(Op::Create {
        kind: Kind::Person,
        record: &manual,
        roles: &[],
        link: None,
    });
    work.commit();
    records(subject, &town, manual);
    people(subject, &town);
    rosters(subject, &town);
    let merge = |from, into, joint| Op::Merge { from, into, joint };
    round_trip(subject, &town, merge(bo, ana, false));
    round_trip(subject, &town, merge(cy, ana, true));
    round_trip(subject, &town, Op::Unmerge { from: bo });
    let (id, record) = (source(41), Record::new(Kind::Person));
    let split = Op::Split {
        from: bo,
        link: created(&id),
        record: &record,
        roles: &[],
    };
    round_trip(subject, &town, split);
}

fn records(subject: &Subject, town: &Town, manual: i64) {
    let fields = Record::role().with(role::TITLE, "Aide");
    let roles = [NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[(town.school, true)],
    }];
    let (record, id) = (
        Record::new(Kind::Person).with(person::EMAIL, "x@example.org"),
        source(80),
    );
    let create = Op::Create {
        kind: Kind::Person,
        record: &record,
        roles: &roles,
        link: Some(created(&id)),
    };
    round_trip(subject, town, create);
    let made = subject
        .read()
        .linked(town.district, Kind::Person, &id)
        .unwrap()
        .unwrap()
        .entity;
    round_trip(
        subject,
        town,
        Op::Remove {
            kind: Kind::Person,
            id: made,
        },
    );
    let renamed = [FieldChange {
        field: section::NAME,
        before: Value::from("Class 20"),
        after: Value::Null,
    }];
    let update = Op::Update {
        kind: Kind::Section,
        id: town.sections[0],
        fields: &renamed,
    };
    round_trip(subject, town, update);
    let (old, new) = (source(81), source(82));
    let link = Op::Link {
        kind: Kind::Person,
        id: manual,
        link: created(&old),
        adopted: true,
    };
    round_trip(subject, town, link);
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: created(&new),
    };
    round_trip(subject, town, rekey);
    let (kind, id) = (Kind::School, town.school);
    round_trip(subject, town, Op::Archive { kind, id });
    round_trip(subject, town, Op::Restore { kind, id });
}

fn people(subject: &Subject, town: &Town) {
    let person = town.teacher;
    let deactivate = Op::Deactivate {
        person,
        disconnected: false,
    };
    let suspend = Op::Suspend {
        person,
        suspended: true,
    };
    for op in [deactivate, suspend, Op::Reactivate { person }] {
        round_trip(subject, town, op);
    }
    let fields = Record::role();
    let role = NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[(town.school, false)],
    };
    round_trip(subject, town, Op::GrantRole { person, role });
    let titled = [FieldChange {
        field: role::TITLE,
        before: Value::Null,
        after: Value::from("Dean"),
    }];
    let update = Op::UpdateRole {
        person,
        role: Role::Staff,
        fields: &titled,
    };
    round_trip(subject, town, update);
    let schools = Op::Schools {
        person,
        role: Role::Staff,
        before: &[(town.school, false)],
        after: &[(town.school, true)],
    };
    round_trip(subject, town, schools);
    let revoke = Op::RevokeRole {
        person,
        role: Role::Staff,
    };
    round_trip(subject, town, revoke);
    filled(subject, town);
}

fn filled(subject: &Subject, town: &Town) {
    let of = Of::Role(town.students[0], Role::Student);
    let change = |before: Value<'static>, after: Value<'static>| FieldChange {
        field: role::BIRTH_DATE,
        before,
        after,
    };
    let stand_in = change(Value::Null, Value::from("1900-01-01"));
    round_trip(
        subject,
        town,
        Op::Fill {
            of,
            field: &stand_in,
        },
    );
    let real = change(Value::from("1900-01-01"), Value::from("2011-03-04"));
    round_trip(subject, town, Op::Unfill { of, field: &real });
    let cell = Cell {
        base: Value::Null,
        value: Value::from("x"),
        origin: CellOrigin::User,
        until: None,
        by: None,
    };
    let op = Op::Cell {
        of: Of::Record(Kind::Person, town.students[0]),
        field: person::EMAIL,
        before: None,
        after: Some(&cell),
    };
    round_trip(subject, town, op);
}

fn rosters(subject: &Subject, town: &Town) {
    let [ana, bo, cy] = town.students;
    // In the class since the day before, so that leaving leaves a period.
    let old = [
        comes(ana, Seat::STUDENT),
        comes(town.teacher, Seat::teacher(0)),
    ];
    let [section, other] = town.sections;
    let seats = |section, changes| Op::Seats { section, changes };
    apply(
        subject,
        town,
        8,
        &[seats(section, &old), seats(other, &old[..1])],
    );
    let new = [comes(bo, Seat::STUDENT), comes(cy, Seat::STUDENT)];
    round_trip(subject, town, seats(section, &new));
    let second = SeatChange {
        person: town.teacher,
        is_teacher: true,
        before: Some(Seat::teacher(0)),
        after: Some(Seat::teacher(1)),
    };
    let mixed = [goes(ana, Seat::STUDENT), goes(bo, Seat::STUDENT), second];
    round_trip(subject, town, seats(section, &mixed));
    let back = [comes(ana, Seat::STUDENT), goes(cy, Seat::STUDENT)];
    round_trip(subject, town, seats(section, &back));
    for tie in [
        Tie::Relationship {
            contact: town.teacher,
            student: bo,
            kind: "Parent",
            label: "Mother's \"own\"",
        },
        Tie::Association {
            teacher: town.teacher,
            student: bo,
        },
    ] {
        round_trip(subject, town, Op::Tie { tie, open: true });
        round_trip(subject, town, Op::Tie { tie, open: false });
        round_trip(subject, town, Op::Tie { tie, open: true });
    }
}

/// What a person did since is listed and stays.
pub fn what_somebody_changed_since_is_kept(subject: &Subject) {
    let town = Town::build(subject, 1);
    let email = |before: &'static str, after: &'static str| {
        [FieldChange {
            field: person::EMAIL,
            before: Value::from(before),
            after: Value::from(after),
        }]
    };
    let update = |fields| Op::Update {
        kind: Kind::Person,
        id: town.teacher,
        fields,
    };
    let seats = [
        comes(town.students[0], Seat::STUDENT),
        comes(town.students[1], Seat::STUDENT),
    ];
    let enrol = Op::Seats {
        section: town.sections[0],
        changes: &seats,
    };
    let (first, then) = (
        email("30@example.org", "a@example.org"),
        email("a@example.org", "b@example.org"),
    );
    let run = apply(subject, &town, 2, &[update(&first), enrol]);
    let leave = [goes(town.students[1], Seat::STUDENT)];
    let leave = Op::Seats {
        section: town.sections[0],
        changes: &leave,
    };
    apply(subject, &town, 3, &[update(&then), leave]);
    let before = dump(subject);
    let entries = changes(subject, run);
    let mut work = Work::begin(subject, &town, 4);
    let mut invert = |entry| work.applying.invert(entry, 1, "undone").unwrap();
    let kept = Undone::Kept(Differs::Member(town.students[1]));
    assert_eq!(invert(&entries[1]), kept);
    assert_eq!(
        invert(&entries[0]),
        Undone::Kept(Differs::Field(person::EMAIL))
    );
    work.commit();
    assert_eq!(dump(subject), before);
}

/// Invariant 12, one way: every row says who, when, in which run, why and under which policy.
pub fn the_audit_names_every_change_and_is_only_added_to(subject: &Subject) {
    let town = Town::build(subject, 1);
    let run = apply(
        subject,
        &town,
        2,
        &[Op::RevokeRole {
            person: town.teacher,
            role: Role::Teacher,
        }],
    );
    let all = subject.read().changes(0, 100).unwrap();
    assert_eq!(all.len(), 8);
    let last = all.last().unwrap();
    assert_eq!(
        (last.op.as_str(), last.run, last.action),
        ("role_revoke", Some(run), Some(1))
    );
    assert_eq!(
        (last.actor.as_str(), last.policy.as_deref()),
        ("sync", Some("lockdown"))
    );
    assert_eq!(subject.read().changes(last.seq - 1, 100).unwrap().len(), 1);
    assert_eq!(subject.read().changes(0, 3).unwrap().len(), 3);
    (subject.sql)("UPDATE audit SET actor = 'nobody'").unwrap_err();
    (subject.sql)("DELETE FROM audit").unwrap_err();
}

/// Invariant 12, the other way: what people change where only they write has a row too, and is theirs to undo.
pub fn what_the_app_changes_is_audited_too(subject: &Subject) {
    let town = Town::build(subject, 1);
    let section = town.sections[0];
    subject.rows(&format!(
        "INSERT INTO section_own (section, display_name, changed_by) VALUES ({section}, 'Tigers', 'teacher 7')"
    ));
    subject.rows(&format!(
        "UPDATE section_own SET display_name = 'Lions' WHERE section = {section}"
    ));
    let name = format!("SELECT name, source_name FROM classes WHERE id = {section}");
    assert_eq!(subject.rows(&name)[0], ["Lions", "Class 20"]);
    let changed = subject.rows(
        "SELECT before, after, actor FROM changed_fields WHERE field = 'display_name' ORDER BY seq",
    );
    assert_eq!(changed[0], ["NULL", "Tigers", "teacher 7"]);
    assert_eq!(changed[1], ["Tigers", "Lions", "teacher 7"]);
    let entry = subject.read().changes(0, 100).unwrap().pop().unwrap();
    assert_eq!(entry.run, None);
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(
        work.applying.invert(&entry, 1, "undone").unwrap(),
        Undone::InUse
    );
    work.commit();
}

/// In pages from the last row.
pub fn a_run_is_read_backwards(subject: &Subject) {
    let town = Town::build(subject, 1);
    let suspend = |person| Op::Suspend {
        person,
        suspended: true,
    };
    let [ana, bo, cy] = town.students.map(suspend);
    let run = apply(subject, &town, 2, &[ana, bo]);
    apply(subject, &town, 3, &[cy]);
    let forward: Vec<_> = changes(subject, run).iter().map(|row| row.seq).collect();
    let back = |before, limit| -> Vec<i64> {
        let rows = subject.read().changes_back(run, before, limit).unwrap();
        rows.iter().map(|row| row.seq).collect()
    };
    assert_eq!(back(None, 9), [forward[1], forward[0]]);
    assert_eq!(back(None, 1), [forward[1]]);
    assert_eq!(back(Some(forward[1]), 9), [forward[0]]);
    assert!(back(Some(forward[0]), 9).is_empty());
}
