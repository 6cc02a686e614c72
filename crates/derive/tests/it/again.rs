//! The candidate again from a snapshot, with other people kept by hand.

use homeroom_change::{Settings, compare};
use homeroom_derive::from_snapshot;
use homeroom_model::Timestamp;
use homeroom_segment::{Candidate, Departed, MemorySpools, Snapshot};

use crate::district::{self, KEY};
use crate::publish::publish;
use crate::render;

const ROWS: &str = "school A
    school B
    teacher T A last=Smith; email=t@x.org
    teacher U A last=Unger; email=u@x.org
    teacher V B last=Vogt; email=v@x.org
    staff S B last=Smith; email=t@x.org
    staff S A last=Smith; email=t@x.org
    staff Q A last=Quinn; email=q@x.org
    student 1 A grade=3; contact=Ada Moss; phone=5550001111
    student 2 B grade=4; contact=Ada Moss; phone=5550001111
    section X B teachers=V,T; course=Algebra; number=101; term=Fall
    section Y A teachers=U
    section Z A teachers=U; course=Algebra; number=101
    enroll X 1
    enroll X 2
    enroll Z 2
    resource R number=101";

/// The candidate of a snapshot with the people of `people` kept by hand, and what a publish of it would change.
fn again(snapshot: &Snapshot, people: &str) -> (Candidate, Vec<String>) {
    let district = district::read(people);
    let by_hand = district.by_hand();
    let candidate =
        from_snapshot(snapshot, &KEY, &MemorySpools, &by_hand, &mut Vec::new()).unwrap();
    let settings = Settings::new(Timestamp::from_millis(2));
    let plan = compare(snapshot, &Departed::default(), &candidate, &settings);
    let actions = plan.actions(snapshot, &candidate);
    let actions = actions.map(|action| format!("{action:?}")).collect();
    (candidate, actions)
}

#[test]
fn the_same_people_change_nothing() {
    let people = "admin K last=Unger; email=u@x.org
        hand H schools=B; last=Vogt; email=v@x.org
        admin L last=Lee; email=l@x.org";
    let (derived, _) = district::read(&format!("{ROWS}\n{people}")).derive();
    let snapshot = publish(&derived.candidate);
    let (candidate, changes) = again(&snapshot, people);
    assert_eq!(changes, [""; 0]);
    assert_eq!(
        render::candidate(&candidate),
        render::candidate(&derived.candidate)
    );
}

#[test]
fn other_people_change_what_an_import_would_change() {
    let people = [
        "",
        "admin K last=Unger; email=u@x.org",
        "admin K last=Smith; email=t@x.org\nhand H schools=B,A; last=Vogt; email=v@x.org",
        "hand H schools=A; last=Quinn; email=q@x.org",
        "admin K last=Lee; email=l@x.org\nhand S schools=A; email=s@x.org",
    ];
    for before in people {
        let (derived, _) = district::read(&format!("{ROWS}\n{before}")).derive();
        let snapshot = publish(&derived.candidate);
        for after in people {
            let (candidate, changes) = again(&snapshot, after);
            assert_eq!(changes.is_empty(), before == after, "{before} -> {after}");
            let (imported, _) = district::read(&format!("{ROWS}\n{after}")).derive();
            let [mut one, mut other] = [&candidate, &imported.candidate].map(render::candidate);
            // Only the order of employees may differ: published ones stand in the order of their ids.
            one.sort();
            other.sort();
            assert_eq!(one, other, "{before} -> {after}");
        }
    }
}

#[test]
fn a_district_without_records_has_only_its_people() {
    let (candidate, changes) = again(&Snapshot::empty(), "admin K last=Lee; email=l@x.org");
    assert_eq!(render::candidate(&candidate), ["employee admin K"]);
    assert_eq!(changes.len(), 1);
}
