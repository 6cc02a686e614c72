//! C4: terms, courses, rollover.

use homeroom_roster::RunState;
use homeroom_testkit::toy::{section, student, term};
use homeroom_wire::V3_1;

use crate::world::{World, policy};

#[tokio::test(start_paused = true)]
async fn s17_term_vanishes_sections_stay() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.term(1).with("name", "Fall").put();
    world.river.term(2).with("name", "Year").put();
    world.river.teacher(1).put();
    for number in 1..=60 {
        world.river.student(number).put();
    }
    for number in 1..=30 {
        world
            .river
            .section(number)
            .students([2 * number - 1, 2 * number])
            .teachers([1])
            .term(1)
            .put();
    }
    world.start().await;
    world.days(1);
    let fall = world.river.document(term(1));
    world.river.delete(term(1));
    let seats = world.sql("SELECT section, person, role FROM rosters ORDER BY section, person");
    let ran = world.sync_full().await;
    assert_eq!(ran.state, RunState::Applied);
    let fall_now = "SELECT state, reason FROM term WHERE name = 'Fall'";
    assert_eq!(
        world.one(fall_now),
        "archived not_found",
        "admins still see it"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM classes WHERE active"),
        30
    );
    assert_eq!(
        world.sql("SELECT section, person, role FROM rosters ORDER BY section, person"),
        seats
    );
    // It is back with everything it had once it is there again.
    world.days(1);
    world.river.put(homeroom_wire::Object::Term, fall);
    world.sync_full().await;
    assert_eq!(world.one(fall_now), "active -");
    assert_eq!(
        world.number("SELECT count(*) FROM classes WHERE active AND term_name = 'Fall'"),
        30
    );
}

#[tokio::test(start_paused = true)]
async fn s18_same_section_id_new_class() {
    // The district says when its classes change: here over the new year.
    let window = policy(&[
        ("# first_day = \"2026-08-17\"", "first_day = \"2027-01-04\""),
        ("# last_day = \"2027-05-28\"", "last_day = \"2026-12-18\""),
    ]);
    let world = World::of_policy(&V3_1, window);
    world.river.school(1).put();
    world.river.term(1).with("name", "Fall").put();
    world
        .river
        .term(2)
        .with("name", "Spring")
        .with("start_date", "2027-01-04")
        .with("end_date", "2027-05-28")
        .put();
    world.river.teacher(1).put();
    for number in 1..=50 {
        world.river.student(number).put();
    }
    world
        .river
        .section(9)
        .students(1..=25)
        .teachers([1])
        .term(1)
        .put();
    world
        .river
        .section(10)
        .students(26..=50)
        .teachers([1])
        .term(1)
        .put();
    world.start().await;
    world.days(100);
    let class = world.class(section(9));
    for number in 1..=25 {
        world.work(
            world.account(student(number)),
            student(number),
            class,
            "december",
        );
    }
    let december = world.today();
    world.days(26);
    world
        .river
        .section(9)
        .students(26..=50)
        .teachers([1])
        .term(2)
        .put();
    let ran = world.sync_full().await;
    assert_eq!(
        ran.state,
        RunState::Applied,
        "{:?} {:?}",
        world.holds(),
        world.today()
    );
    assert_eq!(world.class(section(9)), class, "the same section");
    let now = world.people_of(section(9));
    assert_eq!(
        (now.len(), now.contains(&"Student 1".to_owned())),
        (26, false)
    );
    assert_eq!(
        world.one(&format!("SELECT term_name FROM classes WHERE id = {class}")),
        "Spring"
    );
    let ended = format!(
        "SELECT count(*), min(to_date), max(to_date) FROM rosters_dated WHERE section = {class} AND role = 'student' AND to_date IS NOT NULL"
    );
    let today = world.today();
    assert_eq!(world.one(&ended), format!("25 {today} {today}"));
    let opened = format!(
        "SELECT count(*) FROM rosters_dated WHERE section = {class} AND role = 'student' AND from_date = '{today}'"
    );
    assert_eq!(world.number(&opened), 25);
    let as_of = |day: &str| {
        world.sql(&format!(
            "SELECT count(DISTINCT r.account), count(w.what) FROM rosters_dated AS r
             LEFT JOIN work_of_accounts AS w ON w.account = r.account AND w.section = r.section
             WHERE r.section = {class} AND r.role = 'student' AND r.from_date <= '{day}' AND (r.to_date IS NULL OR r.to_date > '{day}')"
        ))
    };
    assert_eq!(
        as_of(&december),
        ["25 25"],
        "december's class has december's work"
    );
    assert_eq!(
        as_of(&today),
        ["25 0"],
        "and january's students have none of it"
    );
}

#[tokio::test(start_paused = true)]
async fn s21_school_owned_courses() {
    let world = World::of_policy(
        &V3_1,
        policy(&[("per_school = false", "per_school = true")]),
    );
    for number in [1, 2] {
        world.river.school(number).put();
        world.river.teacher(number).schools([number]).put();
        world.river.student(number).schools([number]).put();
    }
    world.river.course(1).with("name", "Algebra").put();
    world
        .river
        .section(1)
        .students([1])
        .teachers([1])
        .in_school(1)
        .course(1)
        .put();
    world
        .river
        .section(2)
        .students([2])
        .teachers([2])
        .in_school(2)
        .course(1)
        .put();
    world.start().await;
    let copies = "SELECT s.name, c.name, c.state, d.name FROM course AS c JOIN course AS d ON d.id = c.copy_of
         JOIN schools AS s ON s.id = c.school ORDER BY s.name";
    assert_eq!(
        world.sql(copies),
        [
            "School 1 Algebra active Algebra",
            "School 2 Algebra active Algebra"
        ]
    );
    world.days(1);
    world.river.course(1).with("name", "Algebra I").put();
    world.sync().await;
    assert_eq!(
        world.sql(copies),
        [
            "School 1 Algebra I active Algebra I",
            "School 2 Algebra I active Algebra I"
        ]
    );
    world.days(1);
    world.river.delete(section(2));
    world.sync().await;
    assert_eq!(
        world.sql(copies),
        [
            "School 1 Algebra I active Algebra I",
            "School 2 Algebra I archived Algebra I"
        ]
    );

    assert_eq!(
        world.one("SELECT name, course_name FROM classes WHERE active"),
        "Section 1 Algebra I"
    );
}
