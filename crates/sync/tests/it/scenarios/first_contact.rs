//! C1: first contact, matching, identity.

use homeroom_roster::RunState;
use homeroom_sync::ReadHow;
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{school, section, student, teacher};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::World;

/// Three schools, 40 classes, 900 students, 50 teachers, 9 staff and a superintendent.
fn large(river: &ToyDistrict) {
    for number in 1..=3 {
        river.school(number).put();
    }
    river.term(1).put();
    for number in 1..=10 {
        river.course(number).put();
    }
    for number in 1..=900 {
        river.student(number).schools([1 + number % 3]).put();
    }
    for number in 1..=50 {
        river.teacher(number).schools([1 + number % 3]).put();
    }
    for number in 1..=9 {
        river.staff(number).schools([1 + number % 3]).put();
    }
    river.admin(1).put();
    for number in 1..=40 {
        let students = (0..22).map(|place| 1 + (number * 22 + place) % 900);
        let made = river
            .section(number)
            .students(students)
            .teachers([number, number + 1]);
        made.in_school(1 + number % 3)
            .term(1)
            .course(1 + number % 10)
            .put();
    }
}

/// What an app sees, per type and school.
fn counts(world: &World) -> Vec<String> {
    [
        "SELECT 'schools', count(*) FROM schools WHERE active",
        "SELECT 'classes', s.name, count(*) FROM classes AS c JOIN schools AS s ON s.id = c.school WHERE c.active GROUP BY s.name",
        "SELECT 'students', s.name, count(*) FROM students AS p JOIN schools AS s ON s.id = p.school WHERE p.usable GROUP BY s.name",
        "SELECT 'teachers', s.name, count(*) FROM teachers AS p JOIN schools AS s ON s.id = p.school WHERE p.usable GROUP BY s.name",
        "SELECT 'staff', role, count(*) FROM staff WHERE usable GROUP BY role ORDER BY role",
        "SELECT 'seats', role, count(*) FROM rosters GROUP BY role ORDER BY role",
        "SELECT 'people', count(*) FROM people",
    ]
    .iter()
    .flat_map(|sql| world.sql(sql))
    .collect()
}

#[tokio::test(start_paused = true)]
async fn s01_first_sync() {
    let world = World::new(&V3_1);
    large(&world.river);
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(world.holds(), [" first_sync"]);
    let lines: Vec<_> = held.plan.lines(false).collect();
    assert!(lines.len() > 1000, "somebody can read what would happen");
    assert_eq!(world.number("SELECT count(*) FROM people"), 0);

    let applied = world.approve(&held.digest).await;
    assert_eq!(
        (applied.state, applied.digest),
        (RunState::Applied, held.digest)
    );
    assert_eq!(
        counts(&world),
        [
            "schools 3",
            "classes School 1 13",
            "classes School 2 14",
            "classes School 3 13",
            "students School 1 300",
            "students School 2 300",
            "students School 3 300",
            "teachers School 1 16",
            "teachers School 2 17",
            "teachers School 3 17",
            "staff district_admin 1",
            "staff staff 9",
            "seats student 880",
            "seats teacher 80",
            "people 960",
        ]
    );
    assert_eq!(world.holds(), [] as [&str; 0]);
    let again = world.sync_full().await;
    assert_eq!(again.state, RunState::NoChange);
    let read: u64 = again.report.collections.iter().map(|one| one.records).sum();
    assert_eq!(
        read,
        1 + 3 + 1 + 10 + 960 + 40,
        "the second look found what the source has"
    );
}

#[tokio::test(start_paused = true)]
async fn s02_nothing_changed() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let (before, good) = (world.last_change(), "SELECT last_apply FROM freshness");
    let mut last = world.number(good);
    for (read, mode) in [(ReadHow::Full, "full"), (ReadHow::Auto, "events")] {
        world.hours(1);
        let ran = match read {
            ReadHow::Full => world.sync_full().await,
            _ => world.sync().await,
        };
        assert_eq!((ran.state, ran.mode), (RunState::NoChange, mode));
        assert!(ran.plan.is_empty());
        assert_eq!(world.last_change(), before, "no writes, no audit");
        let recorded = world.one(&format!("SELECT state FROM run WHERE id = {}", ran.run));
        assert_eq!(recorded, "no_change");
        assert!(world.number(good) > last, "the last good sync moved");
        last = world.number(good);
    }
}

#[tokio::test(start_paused = true)]
async fn s03_link_by_number() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.own_student(1_000_000_900, "Ng", "00417", "");
    world.work(1_000_000_900, student(999), world.class(section(1)), "quiz");
    world
        .river
        .student(417)
        .sis("00417")
        .named("Cy", "Ng")
        .put();
    world.river.student(418).sis("417").named("Cy", "Ng").put();
    let ran = world.sync().await;
    assert_eq!(ran.state, RunState::Applied);
    assert_eq!(world.account(student(417)), 1_000_000_900);
    let link = "SELECT op, reason FROM changes WHERE subject = 1000000900 ORDER BY seq LIMIT 1";
    assert_eq!(world.sql(link), ["adopt linked_by_sis_id"]);
    assert_eq!(
        world.one("SELECT origin, usable FROM people WHERE id = 1000000900"),
        "adopted 1"
    );
    assert_eq!(
        world.one("SELECT account, what FROM work_of_accounts"),
        "1000000900 quiz"
    );
    assert_ne!(
        world.account(student(418)),
        1_000_000_900,
        "zeros in front count"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE last_name = 'Ng'"),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn s06_same_number_in_two_districts() {
    let mut accounts = Vec::new();
    for at_once in [true, false] {
        let world = World::new(&V3_1);
        let lake = world.toy.district(2);
        let other = world.connect(&lake);
        for (district, number) in [(&world.river, 1), (&lake, 2)] {
            district.school(1).with_id(school(number)).put();
            let pupil = district
                .student(1001)
                .with_id(student(number))
                .named("Ana", "Li")
                .email("a@x.org");
            pupil.schools([number]).put();
        }
        let order = homeroom_sync::Order::new(homeroom_sync::Trigger::Demand);
        let (one, two) = if at_once {
            tokio::join!(
                world.order(&world.tenant, &order),
                world.order(&other, &order)
            )
        } else {
            let two = world.order(&other, &order).await;
            (world.order(&world.tenant, &order).await, two)
        };
        for (tenant, held) in [(&other, two), (&world.tenant, one)] {
            let digest = held.unwrap().digest;
            assert_eq!(
                world.approve_of(tenant, &digest).await.state,
                RunState::Applied
            );
        }
        let ids = [world.account(student(1)), world.account(student(2))];
        assert_eq!(
            ids.map(|id| id / 1_000_000_000),
            [1, 2],
            "an account in each"
        );
        for nothing in ["suggestion", "conflict"] {
            assert_eq!(
                world.number(&format!("SELECT count(*) FROM {nothing}")),
                0,
                "{nothing}"
            );
        }
        assert_eq!(world.sql("SELECT DISTINCT sis_id FROM students"), ["1001"]);
        accounts.push(ids);
    }
    assert_eq!(accounts[0], accounts[1], "in any order the same");
}

/// Teacher 1, SIS id 77, becomes teacher 7.
fn changes_id(river: &ToyDistrict) {
    river.teacher(7).sis("77").email("new@example.org").put();
    for number in [1, 2] {
        river.change(section(number), |document| {
            document["teacher"] = json!(teacher(7).to_hex());
            document["teachers"] = json!([teacher(7).to_hex()]);
        });
    }
    river.delete(teacher(1));
}

#[tokio::test(start_paused = true)]
async fn s07_new_id_after_an_email_change() {
    for full in [true, false] {
        let world = World::new(&V3_1);
        by_hand::small(&world.river);
        world
            .river
            .teacher(1)
            .sis("77")
            .email("old@example.org")
            .put();
        world.start().await;
        let account = world.account(teacher(1));
        let class = world.class(section(1));
        world.write(&format!(
            "INSERT INTO custom_group (owner, name) VALUES ({account}, 'Tigers');
             INSERT INTO group_member (custom_group, person, opened) VALUES (1, {}, '{}');
             INSERT INTO section_own (section, display_name) VALUES ({class}, 'Period 3 Stars');",
            world.account(student(1)),
            world.today(),
        ));
        let classes =
            "SELECT section, position FROM rosters WHERE role = 'teacher' ORDER BY section";
        let before = world.sql(classes);
        changes_id(&world.river);
        let ran = if full {
            world.sync_full().await
        } else {
            world.sync().await
        };
        assert_eq!(ran.state, RunState::Applied);
        let people = world
            .audit(ran.run)
            .into_iter()
            .filter(|line| line.contains(" person "));
        assert_eq!(
            people.collect::<Vec<_>>(),
            ["rekey person rekeyed 1", "update person changed 2"],
            "full: {full}"
        );
        assert_eq!(world.account(teacher(7)), account);
        assert_eq!(world.sign_in(teacher(7)), "yes teacher");
        assert_eq!(
            world.sign_in(teacher(1)),
            "yes teacher",
            "the old id leads there too"
        );
        let states =
            format!("SELECT id_state FROM may_sign_in WHERE person = {account} ORDER BY id_state");
        assert_eq!(world.sql(&states), ["active", "alias"]);
        assert_eq!(world.sql(classes), before);
        assert_eq!(
            world.one(&format!("SELECT name FROM classes WHERE id = {class}")),
            "Period 3 Stars"
        );
        assert_eq!(
            world.one("SELECT owner, count(*) FROM groups_now"),
            format!("{account} 1")
        );
        assert_eq!(
            world.one(&format!("SELECT email FROM people WHERE id = {account}")),
            "new@example.org"
        );
    }
}
