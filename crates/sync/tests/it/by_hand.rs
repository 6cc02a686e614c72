//! What people and the app itself do, and a district to do it in.

use homeroom_client::Clock as _;
use homeroom_model::{Kind, ObjectId};
use homeroom_roster::{
    Action, Applying, Begin, Commit, Districts as _, NewRun, Op, Roster as _, Runs as _,
};
use homeroom_segment::Manifest;
use homeroom_sync::Keep;
use homeroom_testkit::ToyDistrict;
use homeroom_wire::Family;
use serde_json::Value;

use crate::world::World;

/// Two schools, a term, a course, twelve students and four classes of three in school 1, two teachers with two classes each.
pub(crate) fn small(river: &ToyDistrict) {
    for number in [1, 2] {
        river.school(number).put();
    }
    if river.toy().version().family != Family::One {
        river.term(1).put();
        river.course(1).put();
    }
    for number in 1..=12 {
        river.student(number).put();
    }
    for number in 1..=4 {
        let students = (1..=3).map(|place| 3 * (number - 1) + place);
        river
            .section(number)
            .students(students)
            .teachers([1 + (number - 1) / 2])
            .term(1)
            .course(1)
            .put();
    }
    for number in [1, 2] {
        river.teacher(number).put();
    }
}

/// Somebody changes something in the app, in a run of its own, as its screens do.
pub(crate) fn does(world: &World, op: Op<'_>) {
    let (roster, district, at) = (
        &*world.roster,
        world.tenant.district,
        world.toy.clock().now(),
    );
    let fence = world.number(&format!("SELECT fence FROM district WHERE id = {district}"));
    roster.claim(district, fence).unwrap();
    let row = world.roster.read().unwrap().district(district).unwrap();
    let mirror = row.unwrap().mirror;
    let run = NewRun {
        district,
        trigger: "local",
        scope: "{}",
        mode: "local",
        fence,
        at,
        undoes: None,
    };
    let run = roster.start_run(&run).unwrap();
    let begin = Begin {
        district,
        fence,
        run,
        mirror,
        actor: "principal",
        at,
        on: at.date(),
    };
    let mut applying: Box<dyn Applying + '_> = roster.begin(&begin).unwrap();
    let action = Action {
        number: 1,
        reason: "by_hand",
        evidence: None,
        policy: None,
        op,
    };
    let outcome = applying.apply(&action).unwrap();
    assert!(outcome.is_done(), "{outcome:?}");
    applying.commit(&Commit::APPLIED).unwrap();
}

/// Somebody says that two accounts are one person.
pub(crate) fn merge(world: &World, from: i64, into: i64) {
    does(
        world,
        Op::Merge {
            from,
            into,
            joint: false,
        },
    );
}

/// Somebody suspends an account, or lifts that.
pub(crate) fn suspend(world: &World, person: i64, suspended: bool) {
    does(world, Op::Suspend { person, suspended });
}

/// The document that the latest mirror keeps of a record.
pub(crate) async fn kept_document(world: &World, kind: Kind, id: ObjectId) -> Value {
    let rows = world
        .roster
        .read()
        .unwrap()
        .mirrors(world.tenant.district)
        .unwrap();
    let manifest = Manifest::from_text(&rows[0].manifest).unwrap();
    let mirror = Keep::new(world.depot()).open(manifest).await.unwrap();
    serde_json::from_slice(mirror.document(kind, &id).unwrap()).unwrap()
}
