//! Fields that stop coming for a whole district, and come back (integration-side A2.8).

use std::collections::BTreeMap;

use homeroom_model::Kind;
use homeroom_plan::{Came, Op, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, id, pupil};

const PUPILS: u16 = 60;

fn district() -> District {
    let mut district = District::small();
    let all = (1..=PUPILS).map(|number| (number, pupil(number, 1 + number % 2)));
    district.students.extend(all);
    district
}

fn without_emails(from: &District) -> District {
    let mut district = from.clone();
    for pupil in district.students.values_mut() {
        pupil.email.clear();
    }
    district
}

fn email(desk: &Desk, number: u16) -> String {
    let cells = &desk.thing(Kind::Student, number).cells;
    cells
        .get("email")
        .map_or_else(String::new, |(value, _)| value.clone())
}

/// A policy that does with emails that stop coming what a word says.
fn with(word: &str) -> Desk {
    let line = format!("[unshared.students]\nemail = \"{word}\"\n\n[matching]");
    let mut desk = Desk::new(&Policy::SIS_LOCKDOWN.replace("[matching]", &line));
    desk.sync(&district());
    desk
}

#[test]
fn what_is_kept_stays_however_often_it_is_looked_at() {
    let silent = without_emails(&district());
    let mut desk = Desk::synced(&district());
    let plan = desk.sync(&silent);
    assert!(plan.is_empty());
    assert_eq!(plan.stopped().len(), 1);
    // The mirror of before has none either now, and what is changed by something else keeps it all the same.
    let mut later = silent.clone();
    later.students.get_mut(&3).unwrap().name = "Other".to_owned();
    assert_eq!(desk.plan(&silent).actions().len(), 0);
    assert_eq!(desk.plan_by_digests(&silent).actions().len(), 0);
    let plan = desk.sync(&later);
    assert_eq!(
        words(&plan),
        BTreeMap::from([("students update".to_owned(), 1)])
    );
    desk.deep = true;
    assert!(desk.plan(&later).is_empty(), "it is no damage");
    for number in 1..=PUPILS {
        assert_eq!(email(&desk, number), format!("p{number}@x.org"));
    }
}

#[test]
fn what_comes_back_changes_only_where_it_differs() {
    let silent = without_emails(&district());
    let mut desk = Desk::synced(&district());
    desk.sync(&silent);
    let mut back = district();
    back.students.get_mut(&5).unwrap().email = "new@x.org".to_owned();
    back.students.get_mut(&6).unwrap().email.clear();
    assert_eq!(
        desk.plan(&back).digest(),
        desk.plan_by_digests(&back).digest()
    );
    let plan = desk.sync(&back);
    let updates = plan.actions().iter().filter_map(|action| match &action.op {
        Op::Update { changes } => Some((
            action.reason,
            changes[0].before.clone(),
            changes[0].after.clone(),
        )),
        _ => None,
    });
    let mut updates: Vec<_> = updates.collect();
    updates.sort();
    assert_eq!(
        updates,
        [
            (
                Reason::Changed,
                "p5@x.org".to_owned(),
                "new@x.org".to_owned()
            ),
            (Reason::Changed, "p6@x.org".to_owned(), String::new()),
        ]
    );
    assert_eq!(desk.plan(&back).actions().len(), 0);
    assert!(desk.unshared.is_empty());
}

#[test]
fn what_the_policy_clears_goes() {
    let mut desk = with("clear");
    let silent = without_emails(&district());
    let plan = desk.sync(&silent);
    assert!(!plan.stopped()[0].kept);
    assert_eq!(email(&desk, 9), "");
    assert_eq!(desk.plan(&silent).actions().len(), 0);
    desk.sync(&district());
    assert_eq!(email(&desk, 9), "p9@x.org");
}

#[test]
fn a_field_that_few_had_goes_blank_record_by_record() {
    let silent = without_emails(&district());
    let mut few = silent.clone();
    for number in 1..=19 {
        few.students.get_mut(&number).unwrap().email = "x@x.org".to_owned();
    }
    let mut desk = Desk::synced(&few);
    let plan = desk.sync(&silent);
    assert!(plan.stopped().is_empty());
    assert_eq!(
        words(&plan),
        BTreeMap::from([("students update".to_owned(), 19)])
    );
    assert_eq!(email(&desk, 9), "");
}

/// Emails are blank for the pupils of one school: those with odd numbers are in school 2, the others in school 1.
fn without_emails_of(from: &District, school: u16) -> District {
    let mut district = from.clone();
    for (number, pupil) in &mut district.students {
        if 1 + number % 2 == school {
            pupil.email.clear();
        }
    }
    district
}

#[test]
fn schools_that_are_read_by_themselves_keep_it_in_any_order() {
    let silent = without_emails(&district());
    for order in [[1, 2], [2, 1]] {
        let mut desk = Desk::synced(&district());
        let mut sofar = district();
        for school in order {
            sofar = without_emails_of(&sofar, school);
            desk.came = Came::Schools([id(Kind::School, school)].into());
            let plan = desk.sync(&sofar);
            assert!(plan.is_empty(), "school {school}: {:?}", words(&plan));
            // Read again, nothing has come back.
            assert!(desk.sync(&sofar).is_empty());
        }
        desk.came = Came::Whole;
        assert!(desk.sync(&silent).is_empty());
        assert_eq!(desk.unshared.len(), 1);
        for number in 1..=PUPILS {
            assert_eq!(email(&desk, number), format!("p{number}@x.org"));
        }
    }
}

#[test]
fn a_read_of_the_district_says_that_only_one_school_lost_it() {
    let one = without_emails_of(&district(), 1);
    let mut desk = Desk::synced(&district());
    desk.came = Came::Schools([id(Kind::School, 1)].into());
    assert!(desk.sync(&one).is_empty());
    // Events of the other school do not tell.
    let mut later = one.clone();
    later.students.get_mut(&3).unwrap().name = "Other".to_owned();
    desk.came = Came::Events;
    assert_eq!(desk.sync(&later).actions().len(), 1);
    assert_eq!(email(&desk, 2), "p2@x.org");
    desk.came = Came::Whole;
    desk.sync(&later);
    assert_eq!(email(&desk, 2), "");
    assert_eq!(email(&desk, 3), "p3@x.org");
    assert!(desk.unshared.is_empty());
}

#[test]
fn schools_that_are_read_by_themselves_get_it_back_one_by_one() {
    let mut desk = Desk::synced(&district());
    let silent = without_emails(&district());
    desk.sync(&silent);
    let mut again = without_emails_of(&district(), 2);
    for pupil in again
        .students
        .values_mut()
        .filter(|pupil| !pupil.email.is_empty())
    {
        pupil.email.insert_str(0, "again-");
    }
    desk.came = Came::Schools([id(Kind::School, 1)].into());
    desk.sync(&again);
    assert_eq!(email(&desk, 2), "again-p2@x.org");
    assert_eq!(email(&desk, 3), "p3@x.org", "the other school was not read");
}

#[test]
fn whoever_was_away_does_not_bring_back_what_was_kept() {
    let silent = without_emails(&district());
    let mut desk = Desk::synced(&district());
    desk.sync(&silent);
    let mut gone = silent.clone();
    gone.students.remove(&4);
    desk.sync(&gone);
    let mut back = district();
    back.students.remove(&4);
    desk.sync(&back);
    assert_eq!(email(&desk, 4), "p4@x.org", "as it was when the pupil left");
    let mut returned = district();
    returned.students.get_mut(&4).unwrap().email.clear();
    desk.sync(&returned);
    assert_eq!(email(&desk, 4), "");
}
