//! Source ids and what they mean.

use super::sample::{Subject, Town, Work, apply, changes, created, dump, is_well, source};
use crate::field::person;
use crate::{Differs, Kind, LinkState, NewLink, Op, Outcome, PersonKind, Record, Refusal, Seen};

fn manual(work: &mut Work<'_>) -> i64 {
    let record = Record::new(Kind::Person)
        .with(person::ORIGIN, "manual")
        .with(person::SOURCE_STATE, "never")
        .with(person::FIRST_NAME, "Bo");
    work.done(Op::Create {
        kind: Kind::Person,
        record: &record,
        roles: &[],
        link: None,
    })
}

fn by_number(source_id: &str) -> NewLink<'_> {
    NewLink {
        rung: "sis_id",
        evidence: Some("sis_id 00417"),
        ..created(source_id)
    }
}

/// `link`: no second account, and no second time.
pub fn a_local_record_is_linked_once(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let id = manual(&mut work);
    let (new, second, theirs) = (source(50), source(51), source(40));
    let link = |source_id, adopted| Op::Link {
        kind: Kind::Person,
        id,
        link: by_number(source_id),
        adopted,
    };
    work.done(link(&new, false));
    assert_eq!(work.act(link(&new, false)), Outcome::Differs(Differs::Link));
    // Another living id of the same account, without a decision.
    assert_eq!(
        work.act(link(&second, false)),
        Outcome::SetAside(Refusal::Exists)
    );
    // An id that means somebody else.
    assert_eq!(
        work.act(link(&theirs, false)),
        Outcome::Differs(Differs::Link)
    );
    work.commit();
    let found = subject
        .read()
        .linked(town.district, Kind::Person, &new)
        .unwrap()
        .unwrap();
    assert_eq!((found.entity, found.rung.as_str()), (id, "sis_id"));
    assert_eq!(found.evidence.as_deref(), Some("sis_id 00417"));
    assert_eq!(
        subject.value(&format!("SELECT usable FROM people WHERE id = {id}")),
        "1"
    );
    is_well(subject, town.district);
}

/// `adopt`: what was made here and turns up in the source is one account, and says so.
pub fn an_adopted_record_keeps_what_is_its_own(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let id = manual(&mut work);
    work.commit();
    subject.rows(&format!(
        "INSERT INTO person_own (person, nickname) VALUES ({id}, 'Bobo')"
    ));
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(
        work.applying
            .look()
            .record(Kind::Person, id)
            .unwrap()
            .unwrap()
            .get(person::ORIGIN)
            .text(),
        Some("manual")
    );
    let (mut unlinked, reading) = (Vec::new(), subject.read());
    let mut visit = |id, _: &Record<'_>| {
        unlinked.push(id);
        Ok(())
    };
    reading
        .unlinked(town.district, Kind::Person, &mut visit)
        .unwrap();
    assert_eq!(unlinked, [id]);
    work.done(Op::Link {
        kind: Kind::Person,
        id,
        link: by_number(&source(50)),
        adopted: true,
    });
    work.commit();
    let row = subject.rows(&format!(
        "SELECT origin, nickname, usable FROM people WHERE id = {id}"
    ));
    assert_eq!(row[0], ["adopted", "Bobo", "1"]);
}

/// `rekey`: the same account signs in with the new id, and still with the old one.
pub fn a_rekeyed_record_stays_and_keeps_the_old_id(subject: &Subject) {
    let town = Town::build(subject, 1);
    let (old, new) = (source(30), source(31));
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: by_number(&new),
    };
    let run = apply(subject, &town, 2, &[rekey]);
    let signs_in = |id: &str| {
        let sql =
            format!("SELECT person, usable, id_state FROM may_sign_in WHERE source_id = '{id}'");
        subject.rows(&sql).remove(0)
    };
    let teacher = town.teacher.to_string();
    assert_eq!(signs_in(&new), [teacher.as_str(), "1", "active"]);
    assert_eq!(signs_in(&old), [teacher.as_str(), "1", "alias"]);
    assert_eq!(changes(subject, run).len(), 1, "one action");
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(work.act(rekey), Outcome::Differs(Differs::Link));
    let theirs = source(40);
    let taken = Op::Rekey {
        kind: Kind::Person,
        old: &new,
        new: by_number(&theirs),
    };
    assert_eq!(work.act(taken), Outcome::Differs(Differs::Link));
    work.commit();
    is_well(subject, town.district);
}

/// A source that goes back to an old id finds the same account.
pub fn a_rekey_can_go_back(subject: &Subject) {
    let town = Town::build(subject, 1);
    let ids = [source(30), source(31)];
    for [old, new] in [[0, 1], [1, 0], [0, 1]] {
        let rekey = Op::Rekey {
            kind: Kind::Person,
            old: &ids[old],
            new: by_number(&ids[new]),
        };
        apply(subject, &town, 2, &[rekey]);
    }
    let links = subject.read().links_of(town.teacher).unwrap();
    let states: Vec<_> = links.iter().map(|(_, link)| link.state).collect();
    assert_eq!(states, [LinkState::Alias, LinkState::Active]);
    is_well(subject, town.district);
}

/// Invariant 2: a second living id needs somebody's word.
pub fn two_present_ids_need_a_decision(subject: &Subject) {
    let town = Town::build(subject, 1);
    let second = source(31);
    let join = |evidence| Op::Link {
        kind: Kind::Person,
        id: town.teacher,
        link: NewLink {
            state: LinkState::Joint,
            evidence,
            ..created(&second)
        },
        adopted: false,
    };
    let mut work = Work::begin(subject, &town, 2);
    assert_eq!(work.act(join(None)), Outcome::SetAside(Refusal::Invalid));
    assert!(work.act(join(Some("joined by an admin"))).is_done());
    work.commit();
    is_well(subject, town.district);
}

/// What only the engine needs to know is not told to anybody.
pub fn hashes_leave_no_audit(subject: &Subject) {
    let town = Town::build(subject, 1);
    let before = (dump(subject), subject.value("SELECT count(*) FROM audit"));
    let id = source(20);
    let applied = Op::Seen {
        kind: Kind::Section,
        source_id: &id,
        seen: Seen {
            hash: None,
            roster_hash: Some([9; 16]),
            touched: Some(true),
        },
    };
    let quarantine = Op::Quarantine {
        kind: Kind::Section,
        source_id: &id,
        why: Some("missing_required"),
    };
    apply(subject, &town, 2, &[applied, quarantine]);
    assert_eq!(
        (dump(subject), subject.value("SELECT count(*) FROM audit")),
        before
    );
    let mut rows = Vec::new();
    let mut visit = |row: crate::LinkRow<'_>| {
        rows.push((
            row.source_id.to_owned(),
            row.hash,
            row.roster_hash,
            row.touched,
            row.quarantine.is_some(),
        ));
        Ok(())
    };
    subject
        .read()
        .links(town.district, Kind::Section, &mut visit)
        .unwrap();
    let gone = Op::Deactivate {
        person: town.students[1],
        disconnected: false,
    };
    apply(subject, &town, 3, &[gone]);
    let mut people = Vec::new();
    let mut visit_people = |row: crate::LinkRow<'_>| {
        people.push((row.source_id.to_owned(), row.person.unwrap(), row.present));
        Ok(())
    };
    subject
        .read()
        .links(town.district, Kind::Person, &mut visit_people)
        .unwrap();
    let [employee, student] = [PersonKind::Employee, PersonKind::Student];
    let expected = [
        (30, employee, true),
        (40, student, true),
        (41, student, false),
        (42, student, true),
    ];
    assert_eq!(
        people,
        expected.map(|(number, kind, present)| (source(number), kind, present))
    );
    let seven = Some([7; 16]);
    assert_eq!(
        rows,
        [
            (source(20), seven, Some([9; 16]), true, true),
            (source(21), seven, None, false, false)
        ]
    );
}
