//! States of people and places (integration-side B7).

use super::sample::{Subject, Town, Work, apply, comes, dump, is_well, source};
use crate::field::{person, section};
use crate::{Differs, Kind, Op, Outcome, Seat};

fn usable(subject: &Subject, id: i64) -> bool {
    subject.value(&format!("SELECT usable FROM person WHERE id = {id}")) == "1"
}

/// S11: the source's switch and the app's own do not turn each other.
pub fn two_switches_are_independent(subject: &Subject) {
    let town = Town::build(subject, 1);
    let person = town.students[0];
    let suspend = |suspended| Op::Suspend { person, suspended };
    let gone = Op::Deactivate {
        person,
        disconnected: false,
    };
    let back = Op::Reactivate { person };
    for (op, is_usable) in [
        (suspend(true), false),
        (gone, false),
        (back, false),
        (suspend(false), true),
        (gone, false),
        (suspend(true), false),
        (suspend(false), false),
        (back, true),
    ] {
        apply(subject, &town, 2, &[op]);
        assert_eq!(usable(subject, person), is_usable, "{op:?}");
    }
    let mut work = Work::begin(subject, &town, 3);
    for op in [back, suspend(false)] {
        assert_eq!(work.act(op), Outcome::Differs(Differs::State));
    }
    work.commit();
    assert_eq!(subject.read().timeline(person).unwrap().len(), 9);
}

/// S10: only the switch turns; roles, memberships, groups and work are as they were.
pub fn what_is_gone_keeps_everything(subject: &Subject) {
    let town = Town::build(subject, 1);
    let person = town.students[0];
    let seats = [comes(person, Seat::STUDENT)];
    apply(
        subject,
        &town,
        2,
        &[Op::Seats {
            section: town.sections[0],
            changes: &seats,
        }],
    );
    let strip = |subject: &Subject| {
        let lines = dump(subject).into_iter();
        let lines = lines.filter(|line| !line.starts_with(&format!("person: {person}|")));
        lines.collect::<Vec<_>>()
    };
    let before = strip(subject);
    let gone = Op::Deactivate {
        person,
        disconnected: true,
    };
    apply(subject, &town, 3, &[gone]);
    assert_eq!(strip(subject), before);
    let record = subject
        .read()
        .record(Kind::Person, person)
        .unwrap()
        .unwrap();
    assert_eq!(
        record.get(person::SOURCE_STATE).text(),
        Some("disconnected")
    );
    assert_eq!(record.get(person::SOURCE_REASON).text(), Some("tried"));
    assert_eq!(subject.value("SELECT usable FROM rosters"), "0");
    is_well(subject, town.district);
}

/// Everything else is archived, stays readable, and is restored.
pub fn archived_and_restored(subject: &Subject) {
    let town = Town::build(subject, 1);
    let id = town.sections[0];
    let kind = Kind::Section;
    apply(subject, &town, 2, &[Op::Archive { kind, id }]);
    let row = subject.rows(&format!(
        "SELECT name, active, reason FROM classes WHERE id = {id}"
    ));
    assert_eq!(row[0], ["Class 20", "0", "tried"]);
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(
        work.act(Op::Archive { kind, id }),
        Outcome::Differs(Differs::State)
    );
    let person = Op::Archive {
        kind: Kind::Person,
        id: town.teacher,
    };
    assert!(!work.act(person).is_done());
    work.done(Op::Restore { kind, id });
    work.commit();
    let record = subject.read().record(kind, id).unwrap().unwrap();
    assert_eq!(record.get(section::STATE).text(), Some("active"));
    assert_eq!(record.get(section::REASON).text(), None);
}

/// The view of who may sign in says why not.
pub fn sign_in_follows_both_switches(subject: &Subject) {
    let town = Town::build(subject, 1);
    let person = town.students[0];
    let row = || {
        let id = source(40);
        let sql = "SELECT usable, why_not, source_reason, roles FROM may_sign_in";
        subject
            .rows(&format!("{sql} WHERE source_id = '{id}'"))
            .remove(0)
    };
    assert_eq!(row(), ["1", "NULL", "NULL", "student"]);
    let gone = Op::Deactivate {
        person,
        disconnected: false,
    };
    apply(subject, &town, 2, &[gone]);
    assert_eq!(row(), ["0", "missing", "tried", "student"]);
    apply(
        subject,
        &town,
        2,
        &[Op::Suspend {
            person,
            suspended: true,
        }],
    );
    assert_eq!(row(), ["0", "suspended", "tried", "student"]);
    assert_eq!(
        subject
            .rows("SELECT * FROM may_sign_in WHERE source_id = 'x'")
            .len(),
        0
    );
}
