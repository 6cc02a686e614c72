//! What waits for a pick: S32 and rows A5.4, A5.6 of the integration side.

use homeroom_model::Kind;
use homeroom_plan::{Picks, Policy, Reason};

use crate::desk::{Desk, words};
use crate::district::{District, id, pupil};

fn staging() -> String {
    Policy::SIS_LOCKDOWN.replace("default = \"take\"", "default = \"stage\"")
}

#[test]
fn s32_two_of_the_classes_and_what_they_need() {
    let mut district = District::small();
    let mut desk = Desk::new(&staging());
    desk.sync(&district);
    let waiting = |desk: &Desk, kind: Kind, number: u16| desk.staged.contains(&id(kind, number));
    assert!((1..=3).all(|number| waiting(&desk, Kind::Section, number)));
    assert!(waiting(&desk, Kind::Student, 1) && waiting(&desk, Kind::Employee, 1));
    for number in [1, 3] {
        desk.picks
            .insert((Kind::Section, id(Kind::Section, number)), true);
    }
    let plan = desk.sync(&district);
    let made = words(&plan);
    assert_eq!((made["sections create"], made["students create"]), (2, 20));
    assert_eq!(made["employees create"], 2);
    assert!(!waiting(&desk, Kind::Student, 1) && waiting(&desk, Kind::Student, 11));
    assert!(waiting(&desk, Kind::Section, 2));
    // The pending one changes: it is refreshed where it stands, not doubled.
    district.sections.get_mut(&2).unwrap().name = "Else".to_owned();
    let again = desk.plan(&district);
    assert!(again.is_empty() && again.notes().is_empty());
    // What was picked once follows the source, pick or no pick.
    desk.picks.clear();
    district.students.insert(40, pupil(40, 1));
    district.sections.get_mut(&1).unwrap().students.insert(40);
    let plan = desk.sync(&district);
    assert_eq!(words(&plan)["students create"], 1);
    assert!(desk.students_in(1).contains(&id(Kind::Student, 40)));
}

#[test]
fn a5_6_what_is_dropped_is_left_out_and_comes_back_from_the_mirror() {
    let district = District::small();
    let mut desk = Desk::synced(&district);
    desk.picks = Picks::from([
        ((Kind::Section, id(Kind::Section, 1)), false),
        ((Kind::Student, id(Kind::Student, 20)), false),
    ]);
    let plan = desk.sync(&district);
    let expected = [
        ("sections archive", 1),
        ("sections unenrol", 1),
        ("students deactivate", 1),
    ];
    assert_eq!(
        words(&plan),
        expected
            .map(|(word, count)| (word.to_owned(), count))
            .into()
    );
    let mut gone = plan
        .actions()
        .iter()
        .filter(|action| action.op.is_destructive());
    assert!(gone.any(|action| action.reason == Reason::Filtered));
    assert!(desk.plan(&district).is_empty());
    assert!(!desk.students_in(2).contains(&id(Kind::Student, 20)));
    desk.picks.clear();
    let plan = desk.sync(&district);
    let back = words(&plan);
    assert_eq!(
        (back["sections restore"], back["students reactivate"]),
        (1, 1)
    );
    assert!(desk.students_in(2).contains(&id(Kind::Student, 20)));
    assert!(desk.plan(&district).is_empty());
}

#[test]
fn a5_6_dropping_goes_through_the_guards() {
    let mut district = District::small();
    for number in 100..140 {
        district.students.insert(number, pupil(number, 1));
    }
    let mut desk = Desk::synced(&district);
    for number in 100..140 {
        desk.picks
            .insert((Kind::Student, id(Kind::Student, number)), false);
    }
    assert!(desk.plan(&district).is_held());
}

#[test]
fn a5_6_a_pick_is_stronger_than_a_rule_and_a_preview_says_so() {
    let policy = format!(
        "{}\n[[filter]]\nthen = \"exclude\"\nfield = \"name\"\ncontains = \"class\"\n",
        Policy::SIS_LOCKDOWN
    );
    let district = District::small();
    let mut desk = Desk::new(&policy);
    desk.sync(&district);
    assert!(
        !desk
            .links
            .contains_key(&(Kind::Section, id(Kind::Section, 1)))
    );
    desk.picks
        .insert((Kind::Section, id(Kind::Section, 1)), true);
    assert_eq!(words(&desk.sync(&district))["sections create"], 1);
    let preview = desk.policy.preview(&district.mirror(), &desk.picks, 1);
    assert_eq!((preview.taken.sections, preview.left_out.sections), (1, 2));
    assert_eq!(preview.left_out.samples, [id(Kind::Section, 2)]);
    let staged = Policy::read(&staging()).unwrap();
    assert_eq!(
        staged
            .preview(&district.mirror(), &Picks::new(), 9)
            .waiting
            .samples
            .len(),
        3
    );
}

#[test]
fn what_waited_and_is_gone_waits_no_longer() {
    let mut district = District::small();
    let mut desk = Desk::new(&staging());
    desk.sync(&district);
    desk.picks
        .insert((Kind::Section, id(Kind::Section, 2)), false);
    district.sections.remove(&1);
    district.sections.remove(&2);
    desk.sync(&district);
    assert!(!desk.staged.contains(&id(Kind::Section, 1)));
    assert!(desk.picks.is_empty(), "a decision about nothing is none");
}
