//! What people decided is carried out: S04, S05, S09, S19 and rows A3.6, A3.8, A3.10, A6.4b, A6.6 of the integration side.

use homeroom_model::Kind;
use homeroom_plan::{Decision, LinkState, Note, Op, Order, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, Pupil, id, pupil, teacher};
use crate::matching::hold_record;

fn one(word: &str) -> std::collections::BTreeMap<String, usize> {
    [(word.to_owned(), 1)].into()
}

#[test]
fn s04_an_accepted_account_is_linked_with_all_it_has() {
    let mut district = District::small();
    let mut desk = Desk::new(&hold_record());
    desk.sync(&district);
    let theirs = desk.add(Kind::Student, &[("email", "p31@x.org"), ("nickname", "Bo")]);
    district.students.insert(31, pupil(31, 1));
    district.sections.get_mut(&1).unwrap().students.insert(31);
    desk.sync(&district);
    desk.answer(id(Kind::Student, 31), Decision::Accepted);
    let plan = desk.sync(&district);
    assert_eq!(plan.actions()[0].reason, Reason::Accepted);
    assert_eq!(plan.answered(Kind::Student, id(Kind::Student, 31)), Some(1));
    assert_eq!(words(&plan)["students link"], 1);
    assert_eq!(desk.local(Kind::Student, 31), theirs);
    assert_eq!(desk.thing(Kind::Student, 31).cells["nickname"].0, "Bo");
    assert!(desk.students_in(1).contains(&id(Kind::Student, 31)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s04_a_blank_account_becomes_part_of_the_accepted_one() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let theirs = desk.add(Kind::Student, &[("email", "p31@x.org"), ("nickname", "Bo")]);
    district.students.insert(31, pupil(31, 1));
    district.sections.get_mut(&1).unwrap().students.insert(31);
    desk.sync(&district);
    let blank = desk.local(Kind::Student, 31);
    assert_ne!(blank, theirs);
    desk.answer(id(Kind::Student, 31), Decision::Accepted);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students merge"], 1);
    assert_eq!(desk.local(Kind::Student, 31), theirs);
    assert_eq!(desk.thing(Kind::Student, 31).cells["sis_id"].0, "00031");
    assert!(desk.students_in(1).contains(&id(Kind::Student, 31)));
    assert!(desk.links[&(Kind::Student, id(Kind::Student, 31))].is_present());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s04_a_no_holds_until_the_address_they_share_is_another() {
    let mut district = District::small();
    let mut desk = Desk::new(&hold_record());
    desk.sync(&district);
    let theirs = desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    desk.sync(&district);
    desk.answer(id(Kind::Student, 31), Decision::Rejected);
    // Rejected under hold_record and then invalid for a while: the record comes again, and with it no question.
    let record = id(Kind::Student, 31);
    assert_eq!(words(&desk.plan(&district)), one("students create"));
    let cells = &mut desk.things.get_mut(&(Kind::Student, theirs)).unwrap().cells;
    cells.get_mut("email").unwrap().0 = "both@x.org".to_owned();
    district.students.get_mut(&31).unwrap().email = "Both@x.org".to_owned();
    assert_eq!(words(&desk.plan(&district)), one("students suggest_link"));
    assert_eq!(desk.asked[0].source, record);
}

#[test]
fn a3_3_whoever_is_said_to_be_the_one_is_linked_and_the_contradiction_is_over() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let first = desk.add(Kind::Student, &[("sis_id", "00031")]);
    let second = desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    desk.sync(&district);
    assert!(desk.plan(&district).is_empty());
    let mut of_second = desk.asked.iter_mut().filter(|asked| asked.local == second);
    of_second.next().unwrap().decision = Decision::Accepted;
    desk.sync(&district);
    assert_eq!(desk.local(Kind::Student, 31), second);
    assert!(desk.disputes.is_empty(), "nobody contradicts any more");
    assert!(
        desk.asked.iter().all(|asked| asked.local != first),
        "what was asked of the other is withdrawn"
    );
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a3_3_neither_of_them_is_an_answer_too() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    desk.add(Kind::Student, &[("sis_id", "00031")]);
    desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    desk.sync(&district);
    desk.disputes[0].settled = true;
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), one("students create"));
    assert!(desk.asked.is_empty());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s05_once_the_accounts_are_one_the_address_is_taken_over() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let other = desk.add(Kind::Student, &[("email", "new@x.org"), ("nickname", "Bo")]);
    district.students.get_mut(&1).unwrap().email = "new@x.org".to_owned();
    desk.sync(&district);
    assert!(desk.plan(&district).is_empty(), "asked once");
    assert_eq!(desk.thing(Kind::Student, 1).cells["email"].0, "p1@x.org");
    let account = desk.local(Kind::Student, 1);
    desk.answer(id(Kind::Student, 1), Decision::Accepted);
    let plan = desk.sync(&district);
    let merge = plan
        .actions()
        .iter()
        .find(|action| matches!(action.op, Op::Merge { .. }));
    let merge = merge.unwrap();
    assert_eq!(
        (merge.local, &merge.op),
        (
            Some(account),
            &Op::Merge {
                from: other,
                joint: false
            }
        )
    );
    assert_eq!(desk.thing(Kind::Student, 1).cells["email"].0, "new@x.org");
    assert_eq!(desk.local(Kind::Student, 1), account);
    assert!(desk.disputes.is_empty());
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s05_two_people_with_one_address_are_left_as_the_source_has_them() {
    for settled in [true, false] {
        let mut district = District::small();
        let mut desk = Desk::synced(&district);
        let other = desk.add(Kind::Student, &[("email", "new@x.org")]);
        district.students.get_mut(&1).unwrap().email = "new@x.org".to_owned();
        desk.sync(&district);
        if settled {
            desk.disputes[0].settled = true;
        } else {
            desk.answer(id(Kind::Student, 1), Decision::Rejected);
        }
        let plan = desk.sync(&district);
        assert_eq!(words(&plan), one("students update"));
        assert_eq!(desk.thing(Kind::Student, 1).cells["email"].0, "new@x.org");
        assert_eq!(
            desk.things[&(Kind::Student, other)].cells["email"].0,
            "new@x.org"
        );
        assert!(desk.plan(&district).is_empty());
    }
}

/// A teacher and an administrator with one address, each a record.
fn two_records() -> (District, Desk) {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let mut admin = teacher(9, 1);
    admin.staff = admin.teacher.take();
    "T1@x.org".clone_into(&mut admin.email);
    district.employees.insert(9, admin);
    desk.sync(&district);
    (district, desk)
}

#[test]
fn s09_joined_records_are_one_account_with_both_powers() {
    let (mut district, mut desk) = two_records();
    let account = desk.local(Kind::Employee, 1);
    desk.answer(id(Kind::Employee, 9), Decision::Accepted);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), one("employees merge"));
    assert_eq!(
        desk.local(Kind::Employee, 9),
        account,
        "either id leads to it"
    );
    assert_eq!(
        desk.links[&(Kind::Employee, id(Kind::Employee, 9))].state,
        LinkState::Joint
    );
    let roles = |desk: &Desk| desk.thing(Kind::Employee, 1).cells["roles"].0.clone();
    assert_eq!(roles(&desk), "teacher\u{1f}staff");
    assert!(desk.plan(&district).is_empty());
    // Each record says its own part, however closely one looks.
    desk.deep = true;
    assert!(
        desk.plan(&district).is_empty(),
        "{:?}",
        desk.plan(&district).lines(true).collect::<Vec<_>>()
    );
    desk.deep = false;
    // One record goes: its role goes, the account stays.
    district.employees.remove(&9);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), one("employees role_revoke"));
    assert_eq!(roles(&desk), "teacher");
    assert!(!desk.thing(Kind::Employee, 1).blocked);
    assert!(desk.plan(&district).is_empty());
    // Both go: one person leaves.
    district.employees.remove(&1);
    district.sections.get_mut(&1).unwrap().teachers = vec![2];
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["employees deactivate"], 1);
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn s09_declined_is_never_asked_again_unless_data_change() {
    let (mut district, mut desk) = two_records();
    desk.answer(id(Kind::Employee, 9), Decision::Rejected);
    assert!(desk.sync(&district).is_empty());
    assert!(desk.plan(&district).is_empty());
    for number in [1, 9] {
        district.employees.get_mut(&number).unwrap().email = "other@x.org".to_owned();
    }
    let words = words(&desk.plan(&district));
    assert_eq!(words["employees propose_merge"], 1);
}

#[test]
fn a3_6_a_join_comes_apart_with_what_each_brought() {
    let (district, mut desk) = two_records();
    let (first, second) = (desk.local(Kind::Employee, 1), desk.local(Kind::Employee, 9));
    desk.answer(id(Kind::Employee, 9), Decision::Accepted);
    desk.sync(&district);
    desk.orders = vec![Order::Unmerge {
        kind: Kind::Employee,
        from: second,
    }];
    let plan = desk.sync(&district);
    let words = words(&plan);
    assert_eq!(
        (words["employees unmerge"], words["employees role_revoke"]),
        (1, 1)
    );
    assert_eq!(desk.local(Kind::Employee, 1), first);
    assert_eq!(desk.local(Kind::Employee, 9), second);
    assert_eq!(desk.thing(Kind::Employee, 1).cells["roles"].0, "teacher");
    assert_eq!(desk.thing(Kind::Employee, 9).cells["roles"].0, "staff");
    desk.orders.clear();
    // The yes is a no with it.
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a3_6_a_merge_comes_apart_and_seats_go_back() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let theirs = desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    district.sections.get_mut(&1).unwrap().students.insert(31);
    desk.sync(&district);
    let blank = desk.local(Kind::Student, 31);
    desk.answer(id(Kind::Student, 31), Decision::Accepted);
    desk.sync(&district);
    desk.orders = vec![Order::Unmerge {
        kind: Kind::Student,
        from: blank,
    }];
    desk.sync(&district);
    desk.orders.clear();
    assert_eq!(desk.local(Kind::Student, 31), blank);
    let seats = &desk.members[&desk.local(Kind::Section, 1)];
    assert!(seats.keys().any(|(person, _)| *person == blank));
    assert!(seats.keys().all(|(person, _)| *person != theirs));
    assert!(
        desk.plan(&district).is_empty(),
        "{:?}",
        desk.plan(&district).lines(true).collect::<Vec<_>>()
    );
}

#[test]
fn a3_6_an_id_is_split_off_without_history() {
    let (district, mut desk) = two_records();
    let first = desk.local(Kind::Employee, 1);
    desk.answer(id(Kind::Employee, 9), Decision::Accepted);
    desk.sync(&district);
    desk.orders = vec![Order::Split {
        kind: Kind::Employee,
        source: id(Kind::Employee, 9),
    }];
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["employees split"], 1);
    desk.orders.clear();
    assert_eq!(desk.local(Kind::Employee, 1), first);
    assert_ne!(desk.local(Kind::Employee, 9), first);
    assert_eq!(desk.thing(Kind::Employee, 9).cells["roles"].0, "staff");
    assert_eq!(desk.thing(Kind::Employee, 1).cells["roles"].0, "teacher");
}

#[test]
fn a3_6_both_ids_at_once_come_apart_once_somebody_settled_it() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let account = desk.local(Kind::Student, 5);
    let moved = district.students.remove(&5).unwrap();
    district.students.insert(505, moved.clone());
    district.sections.get_mut(&1).unwrap().students.insert(505);
    desk.sync(&district);
    district.students.insert(
        5,
        Pupil {
            sis_id: "00999".to_owned(),
            ..moved
        },
    );
    desk.sync(&district);
    desk.disputes[0].settled = true;
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students split"], 1);
    assert_eq!(
        desk.local(Kind::Student, 505),
        account,
        "the surviving id keeps the account"
    );
    assert_ne!(desk.local(Kind::Student, 5), account);
    assert!(desk.students_in(1).contains(&id(Kind::Student, 5)));
    assert!(desk.students_in(1).contains(&id(Kind::Student, 505)));
    assert!(
        desk.plan(&district).is_empty(),
        "{:?}",
        desk.plan(&district).lines(true).collect::<Vec<_>>()
    );
}

#[test]
fn a3_6_two_people_who_became_one_are_merged_and_the_old_id_is_an_alias() {
    let mut district = District::small();
    let mut principal = teacher(9, 1);
    principal.staff = principal.teacher.take();
    principal.email = "other@x.org".to_owned();
    district.employees.insert(9, principal);
    let mut desk = Desk::synced(&district);
    let principal = district.employees.remove(&9).unwrap();
    district.employees.get_mut(&1).unwrap().staff = principal.staff;
    desk.sync(&district);
    desk.answer(id(Kind::Employee, 9), Decision::Accepted);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), one("employees merge"));
    let old = desk.links[&(Kind::Employee, id(Kind::Employee, 9))];
    assert_eq!(
        (old.local, old.state),
        (desk.local(Kind::Employee, 1), LinkState::Alias)
    );
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a3_10_whoever_comes_back_under_another_id_gets_the_account_back() {
    for policy in [hold_record(), Policy::SIS_LOCKDOWN.to_owned()] {
        let mut district = District::small();
        let mut desk = Desk::new(&policy);
        desk.sync(&district);
        let account = desk.local(Kind::Student, 5);
        let gone = district.students.remove(&5).unwrap();
        desk.sync(&district);
        district.students.insert(505, gone);
        district.sections.get_mut(&1).unwrap().students.insert(505);
        let plan = desk.sync(&district);
        assert!(
            !words(&plan).contains_key("students link"),
            "nobody is recognised silently"
        );
        assert_eq!(words(&plan)["students suggest_link"], 1);
        desk.answer(id(Kind::Student, 505), Decision::Accepted);
        let plan = desk.sync(&district);
        assert_eq!(words(&plan)["students rekey"], 1);
        assert_eq!(desk.local(Kind::Student, 505), account);
        assert!(!desk.thing(Kind::Student, 505).blocked);
        assert_eq!(
            desk.links[&(Kind::Student, id(Kind::Student, 5))].state,
            LinkState::Alias
        );
        assert!(desk.students_in(1).contains(&id(Kind::Student, 505)));
        assert!(
            desk.plan(&district).is_empty(),
            "{:?}",
            desk.plan(&district).lines(true).collect::<Vec<_>>()
        );
    }
}

#[test]
fn s19_a_taken_offer_is_carried_over_once() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let old = desk.local(Kind::Section, 2);
    let lesson = district.sections.remove(&2).unwrap();
    district.sections.insert(51, lesson);
    desk.sync(&district);
    assert!(desk.plan(&district).is_empty());
    desk.answer(id(Kind::Section, 51), Decision::Accepted);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan), one("sections carry_over"));
    assert!(desk.carried.contains(&(id(Kind::Section, 51), old)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a6_6_a_term_made_anew_is_offered_as_the_successor_of_the_old_one() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    let old = desk.local(Kind::Term, 1);
    let fall = district.terms.remove(&1).unwrap();
    district.terms.insert(2, fall);
    for lesson in district.sections.values_mut() {
        lesson.term = Some(2);
    }
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["terms carry_over_offer"], 1);
    desk.answer(id(Kind::Term, 2), Decision::Accepted);
    assert_eq!(words(&desk.sync(&district)), one("terms succeed"));
    assert!(desk.carried.contains(&(id(Kind::Term, 2), old)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a6_4b_whoever_is_missing_is_blocked_once_somebody_says_so() {
    let policy = Policy::SIS_LOCKDOWN.replace(
        "teachers = \"deactivate\"",
        "teachers = \"queue_for_review\"",
    );
    let mut district = District::small();
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    let gone = district.employees.remove(&3).unwrap();
    assert_eq!(words(&desk.sync(&district)), one("employees review"));
    assert!(desk.plan(&district).is_empty());
    desk.answer(id(Kind::Employee, 3), Decision::Rejected);
    assert!(desk.sync(&district).is_empty(), "they stay");
    // A no is about this absence: after a return, the next one is another question.
    district.employees.insert(3, gone.clone());
    desk.sync(&district);
    assert!(desk.asked.is_empty());
    district.employees.remove(&3);
    assert_eq!(words(&desk.sync(&district)), one("employees review"));
    desk.answer(id(Kind::Employee, 3), Decision::Accepted);
    assert_eq!(words(&desk.sync(&district)), one("employees deactivate"));
    let after = desk.plan(&district);
    assert!(
        after.is_empty(),
        "{:?}",
        after.lines(true).collect::<Vec<_>>()
    );
    district.employees.insert(3, gone);
    assert_eq!(words(&desk.sync(&district)), one("employees reactivate"));
}

#[test]
fn questions_whose_subject_is_gone_are_withdrawn() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    desk.add(Kind::Student, &[("email", "p31@x.org")]);
    district.students.insert(31, pupil(31, 1));
    desk.sync(&district);
    assert_eq!(desk.asked.len(), 1);
    district.students.remove(&31);
    let plan = desk.sync(&district);
    assert!(plan.notes().contains(&Note::Withdraw(1)));
    assert!(desk.asked.is_empty());
    assert!(desk.plan(&district).notes().is_empty());
}

#[test]
fn a2_5_findings_are_noted_when_they_come_and_when_they_go() {
    let mut district = District::small();
    let mut desk = Desk::synced(&district);
    district.students.get_mut(&1).unwrap().email = "nonsense".to_owned();
    let plan = desk.sync(&district);
    assert_eq!(plan.notes().len(), 1);
    assert_eq!(desk.findings.len(), 1);
    let again = desk.plan(&district);
    assert!(again.notes().is_empty() && again.is_empty());
    assert_eq!(again.findings().len(), 1);
    district.students.get_mut(&1).unwrap().email = "p1@x.org".to_owned();
    desk.sync(&district);
    assert!(desk.findings.is_empty());
}

#[test]
fn a4_12_looking_at_everything_finds_what_was_damaged_by_hand() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    let pupil = desk.local(Kind::Student, 7);
    let cells = &mut desk.things.get_mut(&(Kind::Student, pupil)).unwrap().cells;
    cells.get_mut("last_name").unwrap().0 = "Damaged".to_owned();
    let section = desk.local(Kind::Section, 1);
    desk.members
        .get_mut(&section)
        .unwrap()
        .retain(|(person, _), _| *person != pupil);
    assert!(
        desk.plan(&district).actions().is_empty(),
        "digests say that nothing changed"
    );
    desk.deep = true;
    let plan = desk.sync(&district);
    let expected = [("sections enrol", 1), ("students update", 1)];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    let update = plan
        .actions()
        .iter()
        .find(|action| matches!(action.op, Op::Update { .. }));
    assert_eq!(update.unwrap().reason, Reason::Drifted);
    assert!(desk.plan(&district).is_empty());
}
