//! A6.6 to A6.10: terms, classes, courses and years.

use homeroom_roster::{Kind, Op, Record, RunState, field};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{course, section, student, teacher, term};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use super::people::accepts;
use crate::by_hand;
use crate::world::{World, policy};

#[tokio::test(start_paused = true)]
async fn a6_06_a_term_that_was_made_anew() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.term(2).with("name", "Year").put();
    world.start().await;
    world.days(1);
    let mut fall = world.river.document(term(1));
    fall["id"] = json!(term(11).to_hex());
    world.river.put(Object::Term, fall);
    for number in 1..=4 {
        world.river.change(section(number), |document| {
            document["term_id"] = json!(term(11).to_hex());
        });
    }
    world.river.delete(term(1));
    world.sync_full().await;
    assert_eq!(
        world.number("SELECT count(*) FROM classes WHERE active AND term_name = 'Term 1'"),
        4,
        "classes go on"
    );
    let asked = world.sql("SELECT about FROM suggestion WHERE state = 'open'");
    assert_eq!(asked, ["successor"]);
    accepts(&world, "successor");
    world.sync_kept().await;
    let linked =
        "SELECT old.state, new.state FROM term AS old JOIN term AS new ON new.id = old.successor";
    assert_eq!(world.one(linked), "archived active");
}

#[tokio::test(start_paused = true)]
async fn a6_07_new_ids_for_the_same_class() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let old = world.class(section(1));
    world.write(&format!(
        "INSERT INTO section_own (section, display_name, settings) VALUES ({old}, 'Tigers', '{{\"colour\":\"red\"}}');
         INSERT INTO custom_group (owner, section, name) VALUES ({owner}, {old}, 'Readers');
         INSERT INTO group_member (custom_group, person, opened) VALUES (1, {one}, '2026-09-01'), (1, {two}, '2026-09-01');",
        owner = world.account(teacher(1)),
        one = world.account(student(1)),
        two = world.account(student(2)),
    ));
    world.days(1);
    let mut document = world.river.document(section(1));
    world.river.delete(section(1));
    document["id"] = json!(section(51).to_hex());
    document["students"] = json!([
        student(1).to_hex(),
        student(3).to_hex(),
        student(4).to_hex()
    ]);
    world.river.put(Object::Section, document);
    world.sync_full().await;
    assert_eq!(
        world.one(&format!("SELECT active FROM classes WHERE id = {old}")),
        "0"
    );
    let new = world.class(section(51));
    assert_ne!(new, old);
    assert_eq!(
        world.sql("SELECT about, entity FROM suggestion WHERE state = 'open'"),
        [format!("carry_over {old}")]
    );
    accepts(&world, "carry_over");
    world.sync_kept().await;
    assert_eq!(
        world.one(&format!(
            "SELECT name, carried_from FROM classes WHERE id = {new}"
        )),
        format!("Tigers {old}")
    );
    let members = format!(
        "SELECT p.last_name FROM groups_now AS g JOIN people AS p ON p.id = g.person WHERE g.section = {new} ORDER BY p.last_name"
    );
    assert_eq!(
        world.sql(&members),
        ["Student 1"],
        "members who are still in the class"
    );
}

#[tokio::test(start_paused = true)]
async fn a6_08_courses_of_people_survive() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.teacher(1).put();
    world.river.student(1).put();
    for number in 1..=4 {
        world
            .river
            .section(number)
            .students([1])
            .teachers([1])
            .put();
    }
    world.start().await;
    let record = Record::new(Kind::Course).with(field::course::NAME, "Math 6");
    by_hand::does(
        &world,
        Op::Create {
            kind: Kind::Course,
            record: &record,
            roles: &[],
            link: None,
        },
    );
    let own = world.number("SELECT id FROM course");
    for number in 1..=4 {
        let fields = [homeroom_roster::FieldChange {
            field: field::section::COURSE,
            before: homeroom_roster::Value::Null,
            after: homeroom_roster::Value::Integer(own),
        }];
        by_hand::does(
            &world,
            Op::Update {
                kind: Kind::Section,
                id: world.class(section(number)),
                fields: &fields,
            },
        );
    }
    for _ in 0..3 {
        world.days(7);
        world.river.change(section(1), |document| {
            document["period"] = json!(world.today());
        });
        world.sync_full().await;
        assert_eq!(
            world.number(&format!(
                "SELECT count(*) FROM classes WHERE course = {own}"
            )),
            4
        );
    }
    // The source begins to send courses for two of them: offered, not swapped.
    world.river.course(1).with("name", "Mathematics 6").put();
    for number in [1, 2] {
        world.river.change(section(number), |document| {
            document["course"] = json!(course(1).to_hex());
        });
    }
    world.sync_full().await;
    assert_eq!(
        world.number(&format!(
            "SELECT count(*) FROM classes WHERE course = {own}"
        )),
        4
    );
    assert_eq!(
        world.sql("SELECT about, entity, state FROM suggestion"),
        [format!("course {own} open")],
        "offered beside it"
    );
}

#[tokio::test(start_paused = true)]
async fn a6_09_work_belongs_to_the_student() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let (account, class) = (world.account(student(1)), world.class(section(1)));
    world.work(account, student(1), class, "september");
    let then = world.today();
    world.days(30);
    world.river.unenrol(section(1), student(1));
    world.river.enrol(section(3), student(1));
    world.sync().await;
    world.days(30);
    world.river.leave(student(1));
    world.river.delete(section(1));
    world.sync().await;
    assert_eq!(
        world.one("SELECT account, section, section_label, what FROM work_of_accounts"),
        format!("{account} {class} Section 1 september")
    );
    let report = |day: &str| {
        world.sql(&format!(
            "SELECT w.what FROM rosters_dated AS r JOIN work_of_accounts AS w ON w.account = r.account AND w.section = r.section
             WHERE r.section = {class} AND r.from_date <= '{day}' AND (r.to_date IS NULL OR r.to_date > '{day}')"
        ))
    };
    assert_eq!(report(&then), ["september"], "the class as it was");
    assert_eq!(report(&world.today()), [] as [&str; 0]);
}

/// A year ends: the twelfth grade goes, everybody moves up, classes are new.
fn year(river: &ToyDistrict) {
    for number in 1..=12 {
        if number > 9 {
            river.leave(student(number));
        } else {
            river.change(student(number), |document| {
                document["roles"]["student"]["grade"] = json!("12");
            });
        }
    }
    for number in 1..=4 {
        river.delete(section(number));
        river
            .section(20 + number)
            .students([number, number + 1])
            .teachers([1])
            .term(1)
            .course(1)
            .put();
    }
}

#[tokio::test(start_paused = true)]
async fn a6_10_rollover() {
    let window = policy(&[
        ("# first_day = \"2026-08-17\"", "first_day = \"2026-08-17\""),
        ("# last_day = \"2027-05-28\"", "last_day = \"2027-05-28\""),
    ]);
    let world = World::of_policy(&V3_1, window);
    by_hand::small(&world.river);
    for number in 10..=12 {
        world.river.student(number).with("grade", "12").put();
    }
    world.river.student(9).with("grade", "8").put();
    world.start().await;
    let accounts: Vec<_> = (1..=9)
        .map(|number| world.account(student(number)))
        .collect();
    world.days(290);
    year(&world.river);
    world.river.leave(student(9));
    let ran = world.sync_full().await;
    assert_eq!(ran.state, RunState::Applied, "{:?}", world.holds());
    for number in 10..=12 {
        assert_eq!(world.sign_in(student(number)), "no missing graduated");
    }
    assert_eq!(
        world.sign_in(student(9)),
        "no missing absent_in_full_read",
        "who was in the eighth grade did not graduate"
    );
    for (number, account) in (1..=8).zip(accounts) {
        assert_eq!(
            (
                world.account(student(number)),
                world.sign_in(student(number)).as_str()
            ),
            (account, "yes student")
        );
    }
    assert_eq!(world.number("SELECT count(*) FROM classes WHERE active"), 4);
    assert_eq!(
        world.number("SELECT count(*) FROM classes WHERE NOT active"),
        4
    );
    assert!(ran.plan.summary().to_string().len() > 20);
}
