//! A4.3, A4.4 and A4.6: limits, what plans look like, and the window of the year.

use homeroom_plan::Part;
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
    // It waits for a yes, and not for the day to be over.
    for _ in 0..3 {
        world.hours(20);
        assert_eq!(world.sync().await.state, RunState::Held);
    }
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

/// A district for limits: 400 students, 100 of them in school 2, 400 places in ten classes of 40.
fn many(river: &ToyDistrict) {
    for number in 1..=2 {
        river.school(number).put();
    }
    river.teacher(1).put();
    for number in 1..=400 {
        let school = if number <= 100 { 2 } else { 1 };
        river.student(number).schools([school]).put();
    }
    for number in 1..=10 {
        let students = (0..40).map(|place| 10 * place + number);
        river.section(number).students(students).teachers([1]).put();
    }
}

async fn large() -> World {
    let world = World::new(&V3_1);
    many(&world.river);
    world.start().await;
    world.days(2);
    world
}

/// What the verdicts of a run that is held are about.
fn guards(ran: &homeroom_sync::Ran) -> Vec<&'static str> {
    let verdicts = ran.plan.verdicts().iter();
    verdicts.map(|verdict| verdict.guard.text()).collect()
}

#[tokio::test(start_paused = true)]
async fn a4_03_every_limit_counts_the_day() {
    // Each twice within the limit and together past it, and then it waits however long.
    type Step = fn(&ToyDistrict, std::ops::RangeInclusive<u64>);
    let leave: Step = |river, numbers| numbers.for_each(|number| river.leave(student(number)));
    let rename: Step = |river, numbers| {
        for number in numbers {
            river.change(student(number), |document| {
                document["name"]["last"] = json!("Renamed");
            });
        }
    };
    let mail: Step = |river, numbers| {
        for number in numbers {
            river.change(student(number), |document| {
                document["email"] = json!(format!("other{number}@example.org"));
            });
        }
    };
    let come: Step = |river, numbers| {
        for number in numbers {
            river.student(1000 + number).put();
        }
    };
    let unenrol: Step = |river, numbers| {
        for number in numbers {
            river.unenrol(section(1), student(10 * number - 9));
        }
    };
    let spread: Step = |river, numbers| {
        for number in numbers {
            river.unenrol(section(1 + (number - 1) % 10), student(number));
        }
    };
    for (step, first, second, guard) in [
        (leave, 1..=25, 26..=35, "school_removals"),
        (rename, 1..=200, 201..=310, "updates"),
        (mail, 101..=160, 161..=185, "logins"),
        (come, 1..=150, 151..=205, "creations"),
        (unenrol, 1..=18, 19..=24, "roster_shrink"),
        (spread, 1..=30, 31..=45, "enrolments"),
    ] {
        let world = large().await;
        step(&world.river, first);
        let ran = world.sync().await;
        assert_eq!(
            (ran.state, guards(&ran)),
            (RunState::Applied, vec![]),
            "{guard}"
        );
        world.hours(3);
        step(&world.river, second);
        for run in 0..4 {
            let ran = world.sync().await;
            assert_eq!(guards(&ran), [guard], "run {run}");
            assert_eq!(ran.holds.len(), 1, "{guard}, run {run}");
            world.hours(13);
        }
        let digest = world.one("SELECT plan FROM hold WHERE closed IS NULL");
        assert_eq!(world.approve(&digest).await.state, RunState::Applied);
        assert_eq!(world.sync_full().await.state, RunState::NoChange, "{guard}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_03_a_yes_to_one_class_is_none_to_the_rest() {
    let world = large().await;
    world
        .river
        .section(10)
        .students(361..=366)
        .teachers([1])
        .put();
    for number in 101..=125 {
        world.river.leave(student(number));
    }
    let seen = world.plan().await;
    let yes = world
        .approve_part(&seen.digest, Part::Section(section(10)), "principal")
        .await
        .unwrap();
    assert_eq!(yes.state, RunState::Applied);
    assert_eq!(world.people_of(section(10)).len(), 1 + 6);
    assert_eq!(
        world.number("SELECT count(*) FROM students WHERE NOT usable"),
        25
    );
    world.hours(2);
    // The class is what was approved; those who left besides count.
    world.river.unenrol(section(10), student(60));
    assert_eq!(guards(&world.sync().await), [] as [&str; 0]);
    for number in 126..=142 {
        world.river.leave(student(number));
    }
    let ran = world.sync().await;
    assert_eq!(
        (ran.state, guards(&ran)),
        (RunState::Held, vec!["removals"])
    );
}
