//! A4.3, A4.4 and A4.6: limits, what plans look like, and the window of the year.

use homeroom_roster::RunState;
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{course, school, section, student};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{World, policy};

#[tokio::test(start_paused = true)]
async fn a4_03_guards_by_percent_and_number() {
    // Twelve of a hundred: more than ten percent, fewer than 25.
    for (students, leaving, held) in [(100, 12, false), (300, 30, false), (300, 31, true)] {
        let world = World::new(&V3_1);
        world.river.school(1).put();
        world.river.teacher(1).put();
        for number in 1..=students {
            world.river.student(number).put();
        }
        world.start().await;
        world.days(1);
        for number in 1..=leaving {
            world.river.leave(student(number));
        }
        let ran = world.sync().await;
        assert_eq!(ran.state == RunState::Held, held, "{leaving} of {students}");
        let list = ran
            .plan
            .lines(false)
            .filter(|line| line.contains("deactivate"))
            .count();
        assert_eq!(list as u64, leaving, "with the list");
    }
    // A mass removal in small batches is one all the same.
    let world = World::new(&V3_1);
    world.river.school(1).put();
    world.river.teacher(1).put();
    for number in 1..=300 {
        world.river.student(number).put();
    }
    world.start().await;
    world.days(2);
    let mut states = Vec::new();
    for batch in 0..4 {
        for number in 1..=10 {
            world.river.leave(student(10 * batch + number));
        }
        world.hours(2);
        states.push(world.sync().await.state);
    }
    assert_eq!(
        states,
        [
            RunState::Applied,
            RunState::Applied,
            RunState::Applied,
            RunState::Held
        ]
    );
    // More power than usual waits, and nothing else does.
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    world.days(1);
    for number in 1..=5 {
        world.river.staff(number).put();
    }
    world.river.student(60).put();
    let ran = world.sync().await;
    assert_eq!(ran.performed.held, 5);
    assert_eq!(
        (
            world.number("SELECT count(*) FROM staff"),
            world.sign_in(student(60)).as_str()
        ),
        (0, "yes student")
    );
    assert_eq!(world.holds(), ["role_grants role_grants"]);
    // By policy what takes nothing from anybody goes on.
    let world = World::of_policy(
        &V3_1,
        policy(&[("hold = \"all\"", "hold = \"destructive_only\"")]),
    );
    world.river.school(1).put();
    world.river.teacher(1).put();
    for number in 1..=100 {
        world.river.student(number).put();
    }
    world.start().await;
    world.days(1);
    for number in 1..=40 {
        world.river.leave(student(number));
    }
    world.river.student(200).put();
    world.sync().await;
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE usable"),
        101
    );
    assert_eq!(world.holds().len(), 1);
}

/// A district that is large enough for patterns: two schools, 60 students, 40 classes, eight teachers.
pub(super) fn patterned(river: &ToyDistrict) {
    for number in 1..=2 {
        river.school(number).put();
        river.term(number).put();
        river.course(number).put();
    }
    for number in 1..=60 {
        river.student(number).schools([1 + number % 2]).put();
    }
    for number in 1..=8 {
        river.teacher(number).schools([1 + number % 2]).put();
    }
    for number in 1..=40 {
        let students = [
            1 + number % 60,
            1 + (number + 7) % 60,
            1 + (number + 20) % 60,
        ];
        river
            .section(number)
            .students(students)
            .teachers([1 + number % 8])
            .in_school(1 + number % 2)
            .term(1)
            .put();
    }
}

/// What a change of the source looks like to somebody who has to decide.
async fn looks_like(world: World, change: impl FnOnce(&ToyDistrict)) -> Vec<String> {
    patterned(&world.river);
    world.start().await;
    world.days(1);
    change(&world.river);
    let ran = world.plan().await;
    for pattern in ran.plan.patterns() {
        assert!(pattern.pattern.remedy().len() > 20);
    }
    ran.plan
        .patterns()
        .iter()
        .map(|pattern| pattern.pattern.text().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a4_04_patterns_have_names() {
    let sections = |river: &ToyDistrict| {
        for number in 1..=40 {
            let mut document = river.document(section(number));
            river.delete(section(number));
            document["id"] = json!(section(100 + number).to_hex());
            river.put(Object::Section, document);
        }
    };
    let rekeyed = looks_like(World::new(&V3_1), |river| {
        for number in 1..=60 {
            let mut document = river.document(student(number));
            river.leave(student(number));
            document["id"] = json!(student(1000 + number).to_hex());
            river.put(Object::User, document);
        }
    });
    assert_eq!(rekeyed.await, ["mass_rekey"]);
    let unshared = looks_like(World::new(&V3_1), |river| drop(river.unshare(school(2))));
    assert_eq!(unshared.await, ["school_unshared"]);
    // One of two courses is left with nothing: a delete event of each is the word of the source.
    let vanished = looks_like(World::new(&V3_1), |river| {
        for number in 1..=2 {
            river.delete(course(number));
        }
    });
    assert_eq!(vanished.await, ["type_vanished"]);
    assert_eq!(
        looks_like(World::new(&V3_1), sections).await,
        ["term_rollover"]
    );
    let window = policy(&[
        ("# first_day = \"2026-08-17\"", "first_day = \"2026-08-17\""),
        ("# last_day = \"2027-05-28\"", "last_day = \"2027-05-28\""),
    ]);
    assert_eq!(
        looks_like(World::of_policy(&V3_1, window), sections).await,
        ["year_rollover"]
    );
    let field = looks_like(World::new(&V3_1), |river| {
        for number in 1..=60 {
            river.change(student(number), |document| {
                document.as_object_mut().unwrap().remove("email");
            });
        }
    });
    assert_eq!(field.await, ["field_unshared"]);
    let powers = looks_like(World::new(&V3_1), |river| {
        for number in 1..=8 {
            let made = river
                .teacher(number)
                .schools([1 + number % 2])
                .also_staff(number, [1, 2]);
            made.put();
        }
    });
    assert_eq!(powers.await, ["role_escalation"]);
}

#[tokio::test(start_paused = true)]
async fn a4_06_the_rollover_window() {
    let window = policy(&[
        ("# first_day = \"2026-08-17\"", "first_day = \"2026-08-17\""),
        ("# last_day = \"2027-05-28\"", "last_day = \"2027-05-28\""),
    ]);
    let all_new = |river: &ToyDistrict| {
        for number in 1..=40 {
            let mut document = river.document(section(number));
            river.delete(section(number));
            document["id"] = json!(section(100 + number).to_hex());
            document["students"] = json!([student(number).to_hex(), student(number + 1).to_hex()]);
            river.put(Object::Section, document);
        }
    };
    // It is the first of September: inside, all classes may be exchanged.
    for (followed, held) in [(window.clone(), false), (policy(&[]), true)] {
        let world = World::of_policy(&V3_1, followed);
        patterned(&world.river);
        world.start().await;
        world.days(1);
        all_new(&world.river);
        let ran = world.sync().await;
        assert_eq!(ran.state == RunState::Held, held);
        assert!(
            ran.plan.summary().to_string().contains("sections"),
            "{}",
            ran.plan.summary()
        );
    }
    // People are not.
    let world = World::of_policy(&V3_1, window);
    patterned(&world.river);
    world.start().await;
    world.days(1);
    for number in 1..=40 {
        world.river.leave(student(number));
    }
    assert_eq!(world.sync().await.state, RunState::Held);
}
