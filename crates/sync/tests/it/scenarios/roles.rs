//! C2: roles.

use homeroom_client::Clock as _;
use homeroom_roster::{Decision, Decisions as _, RunState};
use homeroom_testkit::toy::{section, staff, teacher};
use homeroom_wire::{V2_1, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{CONTACTS, World, policy};

const ROLES: &str = "SELECT r.role, group_concat(s.name, '+') FROM role AS r
    LEFT JOIN role_school AS rs ON rs.person = r.person AND rs.role = r.role LEFT JOIN school AS s ON s.id = rs.school
    WHERE r.person = (SELECT id FROM people WHERE last_name = 'Oak') GROUP BY r.role ORDER BY r.role";

#[tokio::test(start_paused = true)]
async fn s08_three_roles_one_person_then_one_fewer() {
    // With contacts all users are read in one list, without them role by role.
    for contacts in [true, false] {
        let followed = if contacts {
            policy(&CONTACTS)
        } else {
            policy(&[])
        };
        let world = World::of_policy(&V3_1, followed);
        by_hand::small(&world.river);
        let made = world.river.teacher(3).named("Rue", "Oak").schools([1]);
        made.also_staff(3, [1, 2]).also_admin(3).put();
        world.start().await;
        let by_role = world.toy.asked("role=teacher") > 0;
        assert_eq!(by_role, !contacts, "the way it is read");
        assert_eq!(
            world.number("SELECT count(*) FROM people WHERE last_name = 'Oak'"),
            1
        );
        assert_eq!(
            world.sql(ROLES),
            [
                "district_admin -",
                "staff School 1+School 2",
                "teacher School 1"
            ]
        );
        let account = world.account(teacher(3));
        world.work(
            account,
            teacher(3),
            world.class(section(1)),
            "plan of a lesson",
        );

        world.days(1);
        world.river.change(teacher(3), |document| {
            document["roles"].as_object_mut().unwrap().remove("staff");
        });
        let ran = world.sync().await;
        assert_eq!(ran.state, RunState::Applied);
        assert_eq!(world.audit(ran.run), ["role_revoke person changed 1"]);
        assert_eq!(world.sql(ROLES), ["district_admin -", "teacher School 1"]);
        assert_eq!(
            world.sign_in(teacher(3)),
            "yes district_admin,teacher",
            "at once"
        );
        let sees = format!("SELECT count(*) FROM staff WHERE id = {account} AND role = 'staff'");
        assert_eq!(
            world.number(&sees),
            0,
            "the schools' classes are no longer theirs"
        );
        assert_eq!(world.number("SELECT count(*) FROM work_of_accounts"), 1);
    }
}

/// Teacher and school admin are two records with one email.
async fn teacher_and_admin() -> World {
    let world = World::new(&V2_1);
    by_hand::small(&world.river);
    world
        .river
        .teacher(3)
        .named("Rue", "Oak")
        .email("r.oak@example.org")
        .put();
    world
        .river
        .staff(3)
        .named("Rue", "Oak")
        .email("r.oak@example.org")
        .schools([1, 2])
        .put();
    world.start().await;
    world.sync_kept().await;
    world
}

#[tokio::test(start_paused = true)]
async fn s09_old_style_teacher_and_admin_records() {
    let world = teacher_and_admin().await;
    assert_eq!(
        world.sql("SELECT about, state FROM suggestion"),
        ["join open"]
    );
    assert_ne!(world.account(teacher(3)), world.account(staff(3)));
    let (district, at) = (world.tenant.district, world.toy.clock().now());
    let asked = world.number("SELECT id FROM suggestion");
    assert!(
        world
            .roster
            .decide(district, asked, Decision::Accepted, "principal", at)
            .unwrap()
    );
    let ran = world.sync_kept().await;
    assert_eq!(
        ran.state,
        RunState::Applied,
        "{:?}",
        ran.plan.lines(true).collect::<Vec<_>>()
    );
    assert_eq!(
        world.account(teacher(3)),
        world.account(staff(3)),
        "either id leads to the account"
    );
    assert_eq!(world.sign_in(teacher(3)), "yes staff,teacher");
    assert_eq!(world.sign_in(staff(3)), "yes staff,teacher");
    // The source goes on sending both.
    world.days(1);
    world
        .river
        .change(staff(3), |document| document["title"] = json!("Head"));
    world.sync_full().await;
    assert_eq!(
        world.one("SELECT DISTINCT title FROM staff WHERE last_name = 'Oak'"),
        "Head"
    );
    assert_eq!(world.sync_full().await.state, RunState::NoChange);
    assert_eq!(world.account(teacher(3)), world.account(staff(3)));

    let world = teacher_and_admin().await;
    let asked = world.number("SELECT id FROM suggestion");
    assert!(
        world
            .roster
            .decide(district, asked, Decision::Rejected, "principal", at)
            .unwrap()
    );
    for _ in 0..2 {
        world.days(1);
        world.sync_full().await;
        assert_eq!(
            world.sql("SELECT state FROM suggestion"),
            ["rejected"],
            "never asked again"
        );
    }
    assert_eq!(world.sign_in(teacher(3)), "yes teacher");
    assert_eq!(world.sign_in(staff(3)), "yes staff");
    let chooser =
        "SELECT count(DISTINCT id) FROM people WHERE email = 'r.oak@example.org' AND usable";
    assert_eq!(world.number(chooser), 2, "what a chooser shows");
}
