//! What people are told, and what only the app knows of its accounts.

use super::sample::{Subject, Town, Work, apply, at, changes, source};
use crate::field::person;
use crate::{
    Cell, CellOrigin, Decision, FieldChange, Kind, NewNotice, NewSuggestion, Of, Op, Value,
};

/// Integration-side A4.13: told once for as long as it lasts.
pub fn a_notice_is_raised_once(subject: &Subject) {
    let town = Town::build(subject, 1);
    let raise = |of, detail, seconds| {
        subject
            .roster
            .raise(&NewNotice {
                district: town.district,
                code: "stale",
                subject: of,
                detail: Some(detail),
                at: at(seconds),
            })
            .unwrap()
    };
    let settle = |of, seconds| {
        subject
            .roster
            .settle_notice(town.district, "stale", of, at(seconds))
            .unwrap()
    };
    assert!(raise("", "24 hours", 1));
    assert!(!raise("", "25 hours", 2));
    assert!(raise("school 9", "24 hours", 3));
    assert!(settle("", 4) && !settle("", 5));
    assert!(raise("", "24 hours again", 6));
    let open = subject.read().notices(town.district, false).unwrap();
    let words = |notice: &crate::Notice| notice.detail.clone().unwrap();
    assert_eq!(
        open.iter().map(words).collect::<Vec<_>>(),
        ["24 hours", "24 hours again"]
    );
    let all = subject.read().notices(town.district, true).unwrap();
    assert_eq!((all.len(), words(&all[0])), (3, "25 hours".to_owned()));
    assert_eq!((all[0].raised, all[0].settled), (at(1), Some(at(4))));
    let told = subject.rows("SELECT code, subject FROM notices ORDER BY id");
    assert_eq!(told, [["stale", "school 9"], ["stale", ""]]);
}

/// Integration-side B8: who may do more than their role says, and whose address is theirs, is the app's to say.
pub fn the_app_says_what_its_accounts_may_do(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let flags = || {
        let mut found = Vec::new();
        let mut visit = |id, privileged, verified| {
            found.push((id, privileged, verified));
            Ok(())
        };
        subject
            .read()
            .account_flags(town.district, &mut visit)
            .unwrap();
        found
    };
    let audited = || subject.value("SELECT count(*) FROM audit");
    let before = audited();
    for (person, privileged, address) in [
        (ana, 1, "'40@EXAMPLE.org'"),
        (bo, 0, "'somebody@example.org'"),
        (cy, 0, "NULL"),
        (town.teacher, 1, "NULL"),
    ] {
        subject.rows(&format!(
            "INSERT INTO person_own (person, privileged, verified_email) VALUES ({person}, {privileged}, {address})"
        ));
    }
    assert_eq!(flags(), [(town.teacher, true, false), (ana, true, true)]);
    // Another address is another question.
    let change = FieldChange {
        field: person::EMAIL,
        before: Value::from("40@example.org"),
        after: Value::from("new@example.org"),
    };
    let update = Op::Update {
        kind: Kind::Person,
        id: ana,
        fields: &[change],
    };
    apply(subject, &town, 2, &[update]);
    assert_eq!(flags(), [(town.teacher, true, false), (ana, true, false)]);
    subject.rows(&format!(
        "UPDATE person_own SET privileged = 0, changed_by = 'admin' WHERE person = {ana}"
    ));
    assert_eq!(flags(), [(town.teacher, true, false)]);
    let count = |text: String| text.parse::<i64>().unwrap();
    assert_eq!(count(audited()) - count(before), 6);
    let sql = "SELECT actor, before, after FROM changed_fields WHERE field = 'privileged' ORDER BY seq DESC LIMIT 1";
    assert_eq!(subject.rows(sql), [["admin", "1", "0"]]);
}

/// Cells of one record, by name.
pub fn cells_are_found_by_their_record(subject: &Subject) {
    let town = Town::build(subject, 1);
    let cell = Cell {
        base: Value::Null,
        value: Value::from("x"),
        origin: CellOrigin::Filler,
        until: None,
        by: None,
    };
    let put = |id, field| Op::Cell {
        of: Of::Record(Kind::Person, id),
        field,
        before: None,
        after: Some(&cell),
    };
    let [ana, bo, _] = town.students;
    let ops = [
        put(ana, person::LAST_NAME),
        put(ana, person::EMAIL),
        put(bo, person::EMAIL),
    ];
    apply(subject, &town, 2, &ops);
    let expected = ["email", "last_name"].map(|name| (name.to_owned(), cell.clone()));
    assert_eq!(subject.read().cells_of(ana).unwrap(), expected);
    assert!(subject.read().cells_of(town.teacher).unwrap().is_empty());
}

/// Integration-side A6.4: whether somebody who is missing is switched off is asked anew for each absence.
pub fn a_review_is_about_one_absence(subject: &Subject) {
    let town = Town::build(subject, 1);
    let id = source(40);
    let review = Op::Suggest(NewSuggestion {
        about: "review",
        kind: Kind::Person,
        source_id: &id,
        entity: town.students[0],
        rung: "missing",
        evidence: None,
    });
    let run = apply(subject, &town, 2, &[review]);
    assert!(changes(subject, run).is_empty());
    let stands = || subject.read().suggestions(town.district).unwrap()[0].clone();
    let number = stands().id;
    let decided = subject.roster.decide(
        town.district,
        number,
        Decision::Rejected,
        "principal",
        at(3),
    );
    assert!(decided.unwrap());
    apply(subject, &town, 3, &[review]);
    assert_eq!(stands().decision, Decision::Rejected);
    // They came back.
    let mut work = Work::begin(subject, &town, 4);
    work.act(Op::Withdraw { suggestion: number });
    work.commit();
    assert_eq!(stands().decision, Decision::Gone);
    apply(subject, &town, 5, &[review]);
    assert_eq!(stands().decision, Decision::Open);
}
