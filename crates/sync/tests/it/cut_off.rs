//! A district whose token stays revoked (integration-side B7).

use homeroom_roster::RunState;
use homeroom_testkit::toy::student;
use homeroom_wire::V3_1;

use crate::world::World;

#[tokio::test]
async fn after_the_days_of_grace_a_plan_asks_what_becomes_of_the_accounts() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.teacher(1).put();
    world.river.student(1).put();
    world.river.student(2).put();
    world.river.section(1).students([1, 2]).teachers([1]).put();
    world.start().await;
    world.river.revoke();
    world.try_sync().await.unwrap_err();
    assert_eq!(world.one("SELECT state FROM district"), "disconnected");
    world.days(29);
    world.try_sync().await.unwrap_err();
    assert_eq!(world.sign_in(student(1)), "yes student");
    world.days(2);
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(held.plan.actions().len(), 3);
    assert_eq!(
        world.sign_in(student(1)),
        "yes student",
        "nothing without a yes"
    );
    let cut = world.approve(&held.digest).await;
    assert_eq!(cut.state, RunState::Applied);
    assert!(world.sign_in(student(1)).starts_with("no "));
    assert_eq!(world.number("SELECT count(*) FROM rosters WHERE usable"), 0);
    // It goes on failing, and nothing more is asked.
    world.try_sync().await.unwrap_err();
    assert_eq!(world.holds(), Vec::<String>::new());
    // A new token brings everybody back.
    world.river.new_token("another", true);
    let back = world.sync().await;
    assert_eq!(back.state, RunState::Applied, "{:?}", back.plan.verdicts());
    assert_eq!(world.sign_in(student(1)), "yes student");
    assert_eq!(world.one("SELECT state FROM district"), "connected");
}
