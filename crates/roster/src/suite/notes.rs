//! Findings, suggestions, conflicts, staged records and crosswalks.

use super::sample::{Subject, Town, Work, apply, at, source};
use crate::{
    CrosswalkRow, Decision, Differs, Kind, NewConflict, NewFinding, NewStaged, NewSuggestion, Op,
    Outcome, Refusal,
};

/// S22: found once, seen often, closed when it is repaired, open again when it is back.
pub fn a_finding_is_one_however_often_it_is_met(subject: &Subject) {
    let town = Town::build(subject, 1);
    let id = source(77);
    let find = Op::Find(NewFinding {
        kind: "person",
        source_id: &id,
        code: "missing_required",
        field: "birth_date",
        reaction: "reject",
        value: None,
        detail: Some("send a date of birth"),
    });
    let close = Op::CloseFinding {
        kind: "person",
        source_id: &id,
        code: "missing_required",
        field: "birth_date",
    };
    apply(subject, &town, 2, &[find]);
    apply(subject, &town, 3, &[find]);
    let open = || subject.read().findings(town.district, false).unwrap();
    let day = |days: i64| at(days * 86_400).millis();
    assert_eq!(open().len(), 1);
    assert_eq!(open()[0].seen, (day(2), day(3)));
    apply(subject, &town, 4, &[close]);
    assert!(open().is_empty());
    let closed = subject.read().findings(town.district, true).unwrap();
    assert_eq!(closed[0].closed, Some(day(4)));
    let mut work = Work::begin(subject, &town, 5);
    assert_eq!(work.act(close), Outcome::Differs(Differs::State));
    work.done(find);
    work.commit();
    assert_eq!(open()[0].seen, (day(2), day(5)));
}

/// S04: asked once; a no is remembered for that pair.
pub fn a_rejected_suggestion_stays_rejected(subject: &Subject) {
    let town = Town::build(subject, 1);
    let id = source(77);
    let suggest = Op::Suggest(NewSuggestion {
        about: "link",
        kind: Kind::Person,
        source_id: &id,
        entity: town.students[0],
        rung: "email",
        evidence: Some("email"),
    });
    let run = apply(subject, &town, 2, &[suggest]);
    assert!(super::sample::changes(subject, run).is_empty());
    let all = || subject.read().suggestions(town.district).unwrap();
    let number = all()[0].id;
    let decide = |decision| {
        subject
            .roster
            .decide(town.district, number, decision, "admin", at(9))
            .unwrap()
    };
    assert!(decide(Decision::Rejected));
    assert!(!decide(Decision::Accepted), "it is decided");
    apply(subject, &town, 3, &[suggest]);
    assert_eq!((all().len(), all()[0].decision), (1, Decision::Rejected));
    let mut work = Work::begin(subject, &town, 4);
    let withdraw = Op::Withdraw { suggestion: number };
    assert_eq!(work.act(withdraw), Outcome::Differs(Differs::State));
    // About another account it is another question.
    let other = Op::Suggest(NewSuggestion {
        about: "link",
        kind: Kind::Person,
        source_id: &id,
        entity: town.students[1],
        rung: "email",
        evidence: None,
    });
    let second = work.done(other);
    work.done(Op::Withdraw { suggestion: second });
    work.commit();
    assert_eq!(all()[1].decision, Decision::Gone);
    apply(subject, &town, 5, &[other]);
    assert_eq!(all()[1].decision, Decision::Open);
}

/// The rest of what waits for people.
pub fn conflicts_staged_records_and_crosswalks(subject: &Subject) {
    let town = Town::build(subject, 1);
    let (id, old) = (source(77), source(78));
    let conflict = Op::Conflict(NewConflict {
        code: "split_identity",
        kind: Kind::Person,
        source_id: &id,
        field: "",
        entities: &town.students[..2],
        evidence: None,
    });
    let stage = Op::Stage(NewStaged {
        kind: Kind::Section,
        source_id: &id,
        reason: Some("manual"),
    });
    apply(subject, &town, 2, &[conflict, conflict, stage]);
    let conflicts = || subject.read().conflicts(town.district).unwrap();
    assert_eq!((conflicts().len(), conflicts()[0].open), (1, true));
    assert_eq!(conflicts()[0].entities, town.students[..2]);
    assert!(
        subject
            .roster
            .settle(town.district, conflicts()[0].id, "admin", at(3))
            .unwrap()
    );
    assert!(!conflicts()[0].open);
    let pick = |picked| {
        subject
            .roster
            .pick(town.district, (Kind::Section, &id), picked, "admin", at(3))
            .unwrap()
    };
    assert!(pick(Some(true)));
    // Met again, it stays picked.
    apply(subject, &town, 3, &[stage]);
    assert_eq!(
        subject.read().staged(town.district).unwrap()[0].picked,
        Some(true)
    );
    let unstage = Op::Unstage {
        kind: Kind::Section,
        source_id: &id,
    };
    apply(subject, &town, 3, &[unstage]);
    assert!(!pick(None));
    let row = CrosswalkRow {
        kind: Kind::Person,
        source_ids: true,
        old: old.clone(),
        new: id.clone(),
        used_by: None,
    };
    let add = |rows: &[CrosswalkRow]| {
        subject
            .roster
            .add_crosswalk(town.district, rows, "admin", at(4))
    };
    add(std::slice::from_ref(&row)).unwrap();
    let other = CrosswalkRow {
        old: source(79),
        ..row.clone()
    };
    assert_eq!(add(&[other]).unwrap_err().refusal(), Some(Refusal::Exists));
    let used = Op::UsedCrosswalk {
        kind: Kind::Person,
        source_ids: true,
        old: &old,
    };
    let run = apply(subject, &town, 5, &[used]);
    let used = CrosswalkRow {
        used_by: Some(run),
        ..row
    };
    assert_eq!(subject.read().crosswalk(town.district).unwrap(), [used]);
}
