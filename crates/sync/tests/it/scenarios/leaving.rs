//! C3: leaving, returning, holds.

use homeroom_roster::RunState;
use homeroom_sync::{Extent, Note};
use homeroom_testkit::toy::{section, student};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn s10_gone_and_back() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    for number in 2..=4 {
        world.river.enrol(section(number), student(1));
    }
    world.start().await;
    let account = world.account(student(1));
    let teacher = world.number("SELECT min(id) FROM teachers");
    for group in [1, 2] {
        world.write(&format!(
            "INSERT INTO custom_group (owner, name) VALUES ({teacher}, 'Group {group}');
             INSERT INTO group_member (custom_group, person, opened) VALUES ({group}, {account}, '{}')",
            world.today()
        ));
    }
    for number in 0..30 {
        world.work(
            account,
            student(1),
            world.class(section(1 + number % 4)),
            "assignment",
        );
    }
    let groups = format!(
        "SELECT custom_group, usable FROM groups_now WHERE person = {account} ORDER BY custom_group"
    );
    let seats = format!("SELECT count(*) FROM rosters WHERE person = {account}");
    let work = format!("SELECT count(*) FROM work_of_accounts WHERE account = {account}");
    assert_eq!((world.number(&seats), world.number(&work)), (4, 30));

    let document = world.river.document(student(1));
    world.days(1);
    world.river.leave(student(1));
    let ran = world.sync_full().await;
    assert!(
        world
            .audit(ran.run)
            .contains(&"deactivate person absent_in_full_read 1".to_owned()),
        "{:?}",
        world.audit(ran.run)
    );
    assert_eq!(world.sign_in(student(1)), "no missing absent_in_full_read");
    assert_eq!(
        world.sql(&groups),
        ["1 0", "2 0"],
        "kept, and marked inactive"
    );
    assert_eq!(world.number(&work), 30);

    world.days(21);
    world.river.put(homeroom_wire::Object::User, document);
    world.river.enrol(section(1), student(1));
    world.river.enrol(section(2), student(1));
    let ran = world.sync_full().await;
    assert!(
        world
            .audit(ran.run)
            .contains(&"reactivate person returned 1".to_owned()),
        "{:?}",
        world.audit(ran.run)
    );
    assert_eq!(world.account(student(1)), account, "the same account");
    assert_eq!(world.sign_in(student(1)), "yes student");
    assert_eq!(world.number(&seats), 2, "what the source says now");
    assert_eq!(world.sql(&groups), ["1 1", "2 1"]);
    assert_eq!(world.number(&work), 30);
}

#[tokio::test(start_paused = true)]
async fn s11_suspended_by_our_admin() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let account = world.account(student(1));
    let switches =
        format!("SELECT source_state, app_state, usable FROM people WHERE id = {account}");
    by_hand::suspend(&world, account, true);
    assert_eq!(world.one(&switches), "present suspended 0");
    let document = world.river.document(student(1));
    world.days(1);
    world.river.delete(student(1));
    world.sync_full().await;
    assert_eq!(world.one(&switches), "missing suspended 0");
    world.days(1);
    world.river.put(homeroom_wire::Object::User, document);
    world.sync_full().await;
    assert_eq!(
        world.one(&switches),
        "present suspended 0",
        "the source's switch alone came back"
    );
    assert_eq!(world.sign_in(student(1)), "no suspended");
    by_hand::suspend(&world, account, false);
    assert_eq!(world.sign_in(student(1)), "yes student");
    let timeline = format!(
        "SELECT DISTINCT field FROM changed_fields WHERE subject = {account} AND field IN ('source_state', 'app_state') ORDER BY field"
    );
    assert_eq!(
        world.sql(&timeline),
        ["app_state", "source_state"],
        "both switches are on the timeline"
    );
}

#[tokio::test(start_paused = true)]
async fn s15_ids_that_answer_404() {
    for by_section in [false, true] {
        let world = World::new(&V3_1);
        world.river.school(1).put();
        world.river.teacher(1).put();
        // Students 5 to 10 are not shared; 11 and 12 are elsewhere.
        for number in [1, 2, 3, 4, 11, 12] {
            world.river.student(number).put();
        }
        world
            .river
            .section(2)
            .students([4, 11, 12])
            .teachers([1])
            .put();
        world.start().await;
        world.days(1);
        world.river.delete_quietly(student(4));
        world
            .river
            .section(1)
            .students(1..=10)
            .teachers([1])
            .put_quietly();
        world.river.synced();
        let ran = if by_section {
            world.demand(Extent::Section(section(1))).await
        } else {
            world.sync_full().await
        };
        assert_eq!(ran.state, RunState::Applied, "by section: {by_section}");
        assert_eq!(
            world.people_of(section(1)),
            ["Teacher 1", "Student 1", "Student 2", "Student 3"]
        );
        assert_eq!(
            ran.report.ignored, 6,
            "ignored and counted; by section: {by_section}"
        );
        assert_eq!(world.sign_in(student(4)), "no missing not_found");
        assert_eq!(
            world.number("SELECT count(*) FROM students WHERE NOT usable"),
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn s16_half_a_read() {
    let mut world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.teacher(1).put();
    // Twelve pages of fifty.
    for number in 1..=600 {
        world.river.student(2 * number).put();
    }
    world.start().await;
    world.days(1);
    world.river.events(false);
    world.river.delete_quietly(student(20));
    world.river.delete_quietly(student(1000));
    world.river.change_quietly(student(30), |document| {
        document["email"] = json!("early@example.org");
    });
    world.river.change_quietly(student(1100), |document| {
        document["email"] = json!("late@example.org");
    });
    world.river.student(21).put_quietly();
    let page_seven = student(600).to_hex();
    world.faults(&format!(
        "/v3.1/users*role=student*starting_after={page_seven}* * error-500"
    ));
    let ran = world.sync_full().await;
    assert_eq!(ran.state, RunState::Partial);
    assert!(ran.report.notes.contains(&Note::PartialWalk));
    assert_eq!(
        world.sign_in(student(21)),
        "yes student",
        "created from a page that was read"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE email = 'early@example.org'"),
        1
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE email = 'late@example.org'"),
        0
    );
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE NOT usable"),
        0,
        "nobody is treated as gone"
    );
    assert_eq!(world.sql("SELECT code FROM notices"), [] as [&str; 0]);

    let complete = world.one("SELECT last_read FROM freshness");
    world.days(1);
    let ran = world.sync().await;
    assert_eq!(
        (ran.state, ran.mode),
        (RunState::Partial, "full"),
        "it begins anew"
    );
    assert_eq!(
        world.one("SELECT last_read FROM freshness"),
        complete,
        "the last complete read is another"
    );
    assert_eq!(
        world.sql("SELECT code FROM notices"),
        ["partial_reads"],
        "the second in a row is told"
    );

    world.days(1);
    world.faults("");
    let ran = world.sync().await;
    assert_eq!((ran.state, ran.mode), (RunState::Applied, "full"));
    assert_eq!(world.sign_in(student(20)), "no missing absent_in_full_read");
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE NOT usable"),
        2
    );
    assert_eq!(
        world.number("SELECT count(*) FROM people WHERE email = 'late@example.org'"),
        1
    );
    assert_eq!(world.sql("SELECT code FROM notices"), [] as [&str; 0]);
}
