//! Matching rehearsed, crosswalks checked, and "why?": rows A3.13, A3.14, A4.11 of the integration side.

use homeroom_model::Kind;
use homeroom_plan::{Crossing, Key, Misfit, Picks, Policy, misfits, rehearse};

use crate::desk::Desk;
use crate::district::{District, id};

#[test]
fn a3_13_every_rung_and_field_says_how_many_it_would_find() {
    let district = District::small();
    let mut desk = Desk::new(Policy::SIS_LOCKDOWN);
    let first = desk.add(Kind::Student, &[("sis_id", "00001"), ("email", "p1@x.org")]);
    desk.add(
        Kind::Student,
        &[("sis_id", "00002"), ("email", "both@x.org")],
    );
    desk.add(Kind::Student, &[("sis_id", "00002")]);
    let mut district = district;
    district.students.get_mut(&5).unwrap().email = "both@x.org".to_owned();
    district.students.get_mut(&6).unwrap().email = "both@x.org".to_owned();
    district.students.get_mut(&7).unwrap().email = "nonsense".to_owned();
    let mirror = district.mirror();
    let rehearsal = rehearse(&mirror, &desk, &desk.policy).unwrap();
    let rung = |kind: Kind, key: Key, field: &str| {
        let mut rungs = rehearsal.rungs.iter();
        rungs
            .find(|rung| (rung.kind, rung.key, rung.field) == (kind, key, field))
            .unwrap()
    };
    let by_sis_id = rung(Kind::Student, Key::SisId, "sis_id");
    assert_eq!(
        (
            by_sis_id.records,
            by_sis_id.one,
            by_sis_id.many,
            by_sis_id.none
        ),
        (30, 1, 1, 28)
    );
    assert_eq!(by_sis_id.one_samples, [(id(Kind::Student, 1), first)]);
    assert_eq!(by_sis_id.many_samples[0].1.len(), 2);
    let by_email = rung(Kind::Student, Key::Email, "email");
    assert_eq!((by_email.one, by_email.many, by_email.blank), (1, 2, 1));
    assert_eq!(rung(Kind::Employee, Key::SisId, "teacher_sis_id").none, 4);
    // Off is tried too: that is what the rehearsal is for.
    assert_eq!(rung(Kind::Student, Key::Number, "student_number").blank, 30);
    assert!(
        rehearsal
            .rungs
            .iter()
            .all(|rung| rung.kind != Kind::Contact),
        "contacts are off"
    );
    desk.sync(&district);
    let after = rehearse(&mirror, &desk, &desk.policy).unwrap();
    assert!(
        after
            .rungs
            .iter()
            .all(|rung| rung.records == if rung.kind == Kind::Student { 3 } else { 0 }),
        "only whoever waits is rehearsed"
    );
}

#[test]
fn a3_14_rows_that_fit_nothing_are_told() {
    let mut district = District::small();
    let desk = Desk::synced(&district);
    let base = district.mirror();
    let moved = district.students.remove(&5).unwrap();
    district.students.insert(505, moved);
    district.students.get_mut(&505).unwrap().sis_id = "n5".to_owned();
    let row = |source_ids: bool, old: &str, new: &str| Crossing {
        kinds: vec![Kind::Student, Kind::Employee],
        source_ids,
        old: old.to_owned(),
        new: new.to_owned(),
    };
    let hex = |number: u16| id(Kind::Student, number).to_hex();
    let rows = [
        row(true, &hex(5), &hex(505)),
        row(false, "00005", "n5"),
        row(true, &hex(5), &hex(5)),
        row(true, "five", &hex(505)),
        row(true, &hex(99), &hex(505)),
        row(true, &hex(6), &hex(505)),
        row(true, &hex(5), &hex(99)),
        row(true, &hex(5), &hex(7)),
        row(false, "00099", "n5"),
    ];
    let told = misfits(&rows, &base, &district.mirror(), &desk).unwrap();
    let expected = [
        (2, Misfit::Same),
        (3, Misfit::NoId),
        (4, Misfit::OldUnknown),
        (5, Misfit::OldStillThere),
        (6, Misfit::NewUnknown),
        (7, Misfit::NewTaken),
        (8, Misfit::OldUnknown),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a4_11_every_station_can_be_the_answer() {
    let mut district = District::small();
    let staging = Policy::SIS_LOCKDOWN.replace("default = \"take\"", "default = \"stage\"");
    let mut desk = Desk::new(&staging);
    let why = |desk: &Desk, district: &District, kind: Kind, number: u16| {
        desk.why(district, kind, number)
    };
    let contains = |sentence: String, part: &str| {
        assert!(sentence.contains(part), "{part:?} is not in {sentence:?}");
        assert!(sentence.ends_with('.'), "{sentence}");
    };
    contains(why(&desk, &district, Kind::Section, 1), "somebody picks it");
    contains(why(&desk, &district, Kind::Student, 1), "somebody picks it");
    desk = Desk::new(Policy::SIS_LOCKDOWN);
    contains(
        why(&desk, &district, Kind::Student, 1),
        "once the plan is approved",
    );
    desk.sync(&district);
    contains(
        why(&desk, &district, Kind::Student, 1),
        "as the district says",
    );
    contains(
        why(&desk, &district, Kind::Student, 77),
        "does not share it",
    );
    desk.picks = Picks::from([((Kind::Student, id(Kind::Student, 2)), false)]);
    contains(why(&desk, &district, Kind::Student, 2), "dropped");
    desk.picks.clear();
    // A question, a contradiction, a departure, a return.
    desk.add(Kind::Student, &[("email", "new@x.org")]);
    district.students.get_mut(&1).unwrap().email = "new@x.org".to_owned();
    desk.sync(&district);
    contains(why(&desk, &district, Kind::Student, 1), "conflict 1 waits");
    let gone = district.students.remove(&3).unwrap();
    contains(
        why(&desk, &district, Kind::Student, 3),
        "is blocked, with all work kept with this plan, because a complete read",
    );
    desk.sync(&district);
    contains(
        why(&desk, &district, Kind::Student, 3),
        "not share it any more",
    );
    district.students.insert(503, gone);
    desk.sync(&district);
    contains(why(&desk, &district, Kind::Student, 503), "question");
}

#[test]
fn a4_11_why_somebody_is_or_is_not_in_a_class() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let why = |desk: &Desk, district: &District, person: u16, section: u16| {
        desk.why_in(district, person, section)
    };
    assert!(why(&desk, &district, 1, 1).contains("as the district says"));
    assert!(why(&desk, &district, 30, 1).contains("does not list this student"));
    district.sections.get_mut(&1).unwrap().students.remove(&1);
    assert!(why(&desk, &district, 1, 1).contains("leave it with this plan"));
    district.sections.get_mut(&1).unwrap().students.insert(30);
    assert!(why(&desk, &district, 30, 1).contains("come into the section with this plan"));
    district.sections.get_mut(&1).unwrap().students = [30].into();
    assert!(why(&desk, &district, 30, 1).contains("approve it first"));
    assert!(why(&desk, &district, 2, 1).contains("until somebody approves it"));
    desk.picks = Picks::from([((Kind::Section, id(Kind::Section, 1)), false)]);
    assert!(why(&desk, &district, 2, 1).contains("about the class"));
}
