//! What people order about accounts (integration-side A3.6), and what they see of a plan that waits.

use homeroom_client::Cancel;
use homeroom_model::Kind;
use homeroom_plan::{Local, Order as AccountOrder};
use homeroom_roster::RunState;
use homeroom_sync::{Until, Unwatched};
use homeroom_testkit::toy::{section, student};
use homeroom_wire::V3_1;

use crate::world::World;

fn river(world: &World) {
    world.river.school(1).put();
    world.river.teacher(1).put();
    world.river.student(1).put();
    world.river.student(2).email("same@x.org").put();
    world.river.section(1).students([1, 2]).teachers([1]).put();
}

#[tokio::test]
async fn two_accounts_are_merged_and_taken_apart_again() {
    let world = World::new(&V3_1);
    river(&world);
    world.start().await;
    let own = 1_000_900_000;
    world.own_student(own, "Own", "", "");
    let account = world.account(student(1));
    world.work(own, student(9), world.class(section(1)), "quiz");
    let kind = Kind::Student;
    let order = async |order: AccountOrder, until| {
        let by = (until, "Ms Orr");
        let (cancel, engine) = (Cancel::default(), &world.engine);
        let ran = engine.order_accounts(&world.tenant, vec![order], by, &cancel, &Unwatched);
        ran.await.unwrap()
    };
    let merge = AccountOrder::Merge {
        kind,
        from: Local(own),
        into: Local(account),
    };
    let dry = order(merge, Until::Plan).await;
    let ops = dry
        .plan
        .actions()
        .iter()
        .filter(|action| !action.op.is_noop());
    let ops: Vec<_> = ops.map(|action| action.op.text()).collect();
    assert_eq!((dry.state, ops), (RunState::Planned, vec!["merge"]));
    assert_eq!(
        world.one(&format!("SELECT app_state FROM person WHERE id = {own}")),
        "ok"
    );
    let merged = order(merge, Until::Apply).await;
    assert_eq!(
        (merged.state, merged.performed.set_aside),
        (RunState::Applied, vec![])
    );
    assert_eq!(
        world.one(&format!("SELECT app_state FROM person WHERE id = {own}")),
        "merged_into"
    );
    assert_eq!(
        world.one("SELECT account FROM work_of_accounts"),
        account.to_string(),
        "work counts for the account that goes on"
    );
    assert_eq!(world.sync().await.state, RunState::NoChange);
    let apart = AccountOrder::Unmerge {
        kind,
        from: Local(own),
    };
    assert_eq!(order(apart, Until::Apply).await.state, RunState::Applied);
    assert_eq!(
        world.one(&format!("SELECT app_state FROM person WHERE id = {own}")),
        "ok"
    );
    assert_eq!(
        world.one("SELECT account FROM work_of_accounts"),
        own.to_string()
    );
    assert_eq!(world.sync().await.state, RunState::NoChange);
}

#[tokio::test]
async fn a_plan_that_waits_says_what_it_found() {
    let world = World::new(&V3_1);
    river(&world);
    world.river.student(3).email("not an email").put();
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(
        world.sql("SELECT kind, code, field FROM finding WHERE closed IS NULL"),
        ["students bad_format email"]
    );
    assert_eq!(world.number("SELECT count(*) FROM person"), 0);
    assert_eq!(world.number("SELECT count(*) FROM changes"), 0);
    assert_eq!(
        world.one("SELECT ifnull(last_apply, 'never') FROM district"),
        "never",
        "waiting is no good sync"
    );
    let applied = world.approve(&held.digest).await;
    assert_eq!(applied.state, RunState::Applied);
}
