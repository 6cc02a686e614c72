//! The ledger of ids: what it says of a district's life, and that it stays small.

use homeroom_model::{Kind, ObjectId};
use homeroom_segment::{Evidence, LedgerEvent};

use crate::ledger::Ledger;
use crate::people::{District, Pupil};
use crate::roster::{Job, Roster};

fn told(ledger: &Ledger, id: ObjectId) -> Vec<(u32, LedgerEvent, Evidence, Option<ObjectId>)> {
    let entries = ledger.last().ids.of_id(&id).into_iter();
    entries
        .map(|entry| (entry.snapshot, entry.event, entry.evidence, entry.other))
        .collect()
}

#[test]
fn a_student_under_another_key_is_found_from_either_side() {
    let mut ledger = Ledger::new();
    let mut district = District::new(8);
    ledger.publish(&district.candidate());
    let old = ledger.snapshot().table(Kind::Student).id(2);
    let key = ledger.snapshot().table(Kind::Student).key(2, 0).unwrap();
    district.students[2].id = "new".into();
    ledger.publish(&district.candidate());
    let new = ledger.snapshot().table(Kind::Student).ids().last().unwrap();
    assert_eq!(
        told(&ledger, old),
        [
            (1, LedgerEvent::Given, Evidence::SisId, None),
            (2, LedgerEvent::Left, Evidence::None, None),
            (2, LedgerEvent::RekeyedTo, Evidence::NameAndDob, Some(new)),
        ]
    );
    assert_eq!(
        told(&ledger, new),
        [
            (2, LedgerEvent::Given, Evidence::SisId, None),
            (2, LedgerEvent::RekeyedFrom, Evidence::NameAndDob, Some(old)),
        ]
    );
    let by_key = ledger.last().ids.of_key(Kind::Student, None, &key);
    assert_eq!(by_key.len(), 2, "given and left");
    assert!(
        by_key
            .iter()
            .all(|entry| entry.id == old && entry.has_key(&key))
    );
    district.students[2].id = "00002".into();
    ledger.publish(&district.candidate());
    assert_eq!(
        told(&ledger, old)[3..],
        [(3, LedgerEvent::Returned, Evidence::SisId, None),]
    );
    assert_eq!(told(&ledger, ObjectId::default()), []);
}

#[test]
fn merges_and_splits_are_told_of_persons_and_roles() {
    let mut ledger = Ledger::new();
    let mut roster = Roster::default();
    let job = |email| Job {
        email,
        ..Job::default()
    };
    let publish = |ledger: &mut Ledger, roster: &Roster| {
        ledger.wait(1);
        ledger.publish(&roster.candidate(0));
    };
    roster.roles.insert((0, 1), job(1));
    publish(&mut ledger, &roster);
    roster.roles.insert((1, 1), job(2));
    publish(&mut ledger, &roster);
    let table = ledger.snapshot().table(Kind::Employee);
    let (teacher, staff) = (table.id(0), table.id(1));
    let role = table.role_id(1, 1).unwrap();
    roster.roles.insert((1, 1), job(1));
    publish(&mut ledger, &roster);
    roster.roles.insert((1, 1), job(3));
    publish(&mut ledger, &roster);
    let split = ledger.snapshot().table(Kind::Employee).id(1);
    assert_eq!(
        told(&ledger, staff),
        [
            (2, LedgerEvent::Given, Evidence::SisId, None),
            (3, LedgerEvent::MergedInto, Evidence::Email, Some(teacher)),
        ]
    );
    assert_eq!(
        told(&ledger, role),
        [
            (2, LedgerEvent::Given, Evidence::SisId, Some(staff)),
            (3, LedgerEvent::MovedTo, Evidence::Email, Some(teacher)),
            (4, LedgerEvent::MovedTo, Evidence::Email, Some(split)),
        ]
    );
    assert_eq!(
        told(&ledger, split),
        [
            (4, LedgerEvent::Given, Evidence::SisId, None),
            (4, LedgerEvent::SplitFrom, Evidence::Email, Some(teacher)),
        ]
    );
    ledger.undo_to(2);
    assert_eq!(
        told(&ledger, staff)[2..],
        [(5, LedgerEvent::RestoredByUndo, Evidence::SisId, None)]
    );
    let last = told(&ledger, split).pop().unwrap();
    assert_eq!((last.0, last.1), (5, LedgerEvent::WithdrawnByUndo));
}

#[test]
fn many_publishes_make_few_parts_and_rewrite_little() {
    let mut ledger = Ledger::new();
    let mut district = District::new(100);
    ledger.publish(&district.candidate());
    let (mut written, mut most) = (0, 0);
    for day in 0..60 {
        district.students.remove(0);
        district.students.push(Pupil::new(1000 + day));
        ledger.publish(&district.candidate());
        let last = ledger.last();
        let parts = last.parts.keys().filter(|name| name.starts_with("ledger."));
        most = most.max(parts.clone().count());
        let new = parts.filter(|name| !last.reused.contains(*name));
        written += new.map(|name| last.parts[name].len()).sum::<usize>();
    }
    let all = usize::try_from(ledger.last().ids.len()).unwrap() * 40;
    assert!(most <= 7, "{most} parts");
    assert!(written < all * 7, "{written} bytes written for {all}");
}
