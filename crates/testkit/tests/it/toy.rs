//! The server that tests script, as the client reads it.

use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{
    Cancel, ClientError, EventFilter, Gap, Lookup, Movement, Reading, Record, Report, Scope, Verb,
};
use homeroom_faults::{Faults, Script, Settings};
use homeroom_model::Role;
use homeroom_testkit::InProcess;
use homeroom_testkit::toy::{Toy, ToyDistrict, contact, school, section, student, teacher};
use homeroom_wire::{Family, Object, V2_1, V3_1, VERSIONS, Version};
use serde_json::json;

/// Two schools, 130 students, six classes, a teacher of two, staff, an admin and a contact.
fn small(version: &'static Version) -> (Toy, ToyDistrict) {
    let toy = Toy::new(version);
    let district = toy.district(1);
    for number in [1, 2] {
        district.school(number).put();
    }
    if version.family != Family::One {
        district.term(1).put();
        district.course(1).put();
    }
    for number in 1..=130 {
        district.student(number).schools([1 + number % 2]).put();
    }
    for number in [1, 2] {
        district.teacher(number).put();
    }
    district.staff(1).schools([1, 2]).put();
    district.admin(1).put();
    district.contact(1).of_student(7, "Parent", "Primary").put();
    for number in 1..=6 {
        let made = district
            .section(number)
            .students([2 * number, 2 * number + 1])
            .teachers([1 + number % 2, 1]);
        made.term(1).course(1).in_school(1 + number % 2).put();
    }
    (toy, district)
}

async fn read(toy: &Toy, district: &ToyDistrict, reading: &Reading) -> (Report, Vec<Record>) {
    let mut records = Vec::new();
    let report = toy
        .source(district)
        .read(reading, &mut records, &Cancel::default())
        .await;
    (report.unwrap(), records)
}

fn count(report: &Report, object: Object) -> u64 {
    report
        .collection(object)
        .map_or(0, |collected| collected.records)
}

#[tokio::test(start_paused = true)]
async fn the_client_reads_it_whole_in_every_version() {
    for version in VERSIONS {
        let (toy, district) = small(version);
        let (report, records) = read(&toy, &district, &Reading::everything()).await;
        assert_eq!(report.movement, Movement::Quiet, "{}", version.name);
        assert_eq!(
            report.strange,
            homeroom_client::Strange::default(),
            "{}",
            version.name
        );
        for collected in &report.collections {
            assert!(
                collected.is_complete() && collected.unreadable == 0,
                "{} {collected}",
                version.name
            );
        }
        assert!(records.iter().all(|record| record.read.is_ok()));
        assert_eq!(
            (
                count(&report, Object::School),
                count(&report, Object::Section)
            ),
            (2, 6)
        );
        let people = [
            Object::User,
            Object::Student,
            Object::Teacher,
            Object::SchoolAdmin,
            Object::DistrictAdmin,
            Object::Contact,
            Object::StudentContact,
        ];
        let people: u64 = people
            .into_iter()
            .map(|object| count(&report, object))
            .sum();
        assert_eq!(people, 135, "{}", version.name);
    }
}

#[tokio::test(start_paused = true)]
async fn roles_schools_sections_and_single_records() {
    let (toy, district) = small(&V3_1);
    let staff = Reading {
        roles: vec![Role::Staff],
        ..Reading::of(Scope::District)
    };
    assert_eq!(
        count(&read(&toy, &district, &staff).await.0, Object::User),
        1
    );
    let (report, _) = read(&toy, &district, &Reading::of(Scope::School(school(2)))).await;
    assert_eq!(
        (
            count(&report, Object::Section),
            count(&report, Object::User)
        ),
        (3, 66)
    );
    let (report, _) = read(&toy, &district, &Reading::of(Scope::Section(section(3)))).await;
    assert_eq!(
        (
            count(&report, Object::Section),
            count(&report, Object::User)
        ),
        (1, 4)
    );
    assert_eq!(
        (count(&report, Object::Course), count(&report, Object::Term)),
        (1, 1)
    );

    let (toy, district) = small(&V2_1);
    let (report, _) = read(&toy, &district, &Reading::of(Scope::School(school(2)))).await;
    assert_eq!(
        (
            count(&report, Object::Section),
            count(&report, Object::Student)
        ),
        (3, 65)
    );
    let source = toy.source(&district);
    let found = source.person(teacher(2), &Cancel::default()).await.unwrap();
    assert!(matches!(found, Lookup::Found(record) if record.object == Object::Teacher));
    assert_eq!(
        source
            .person(student(999), &Cancel::default())
            .await
            .unwrap(),
        Lookup::Missing
    );
    assert!(district.has(contact(1)));
}

#[tokio::test(start_paused = true)]
async fn every_change_is_told_unless_quietly() {
    let (toy, district) = small(&V3_1);
    let source = toy.source(&district);
    let mark = read(&toy, &district, &Reading::everything()).await.0.mark;
    district.student(200).put();
    district.enrol(section(1), student(200));
    district.change_quietly(student(3), |document| {
        document["email"] = json!("quiet@example.org");
    });
    district.leave(student(4));
    toy.clock().pass(Duration::from_hours(1));
    district.synced();
    let mut feed = source.events(mark.cursor(), &EventFilter::default(), &Cancel::default());
    let batch = feed.next().await.unwrap().unwrap();
    let told: Vec<_> = batch
        .events
        .iter()
        .map(|event| (event.kind.as_str(), event.about()))
        .collect();
    assert_eq!(
        told,
        [
            ("users.created", Some(student(200))),
            ("sections.updated", Some(section(1))),
            ("sections.updated", Some(section(2))),
            ("users.deleted", Some(student(4))),
            ("districts.updated", Some(district.id())),
        ]
    );
    assert_eq!(batch.events[3].verb, Some(Verb::Deleted));
    let previous = batch.events[2].previous.as_ref().unwrap();
    let previous: serde_json::Value = serde_json::from_slice(previous).unwrap();
    assert_eq!(
        previous,
        json!({ "students": [student(4).to_hex(), student(5).to_hex()] })
    );
    assert_eq!(
        source.gap_since(&mark, &Cancel::default()).await.unwrap(),
        None
    );

    let chosen = EventFilter {
        objects: vec![Object::Section],
        school: Some(school(2)),
    };
    let mut feed = source.events(mark.cursor(), &chosen, &Cancel::default());
    assert_eq!(feed.next().await.unwrap().unwrap().events.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn feeds_age_and_fall_silent() {
    let (toy, district) = small(&V3_1);
    let (source, cancel) = (toy.source(&district), Cancel::default());
    let mark = read(&toy, &district, &Reading::everything()).await.0.mark;
    toy.clock().pass(Duration::from_hours(1));
    district.synced_quietly();
    assert_eq!(
        source.gap_since(&mark, &cancel).await.unwrap(),
        Some(Gap::Silent)
    );
    toy.clock().pass(Duration::from_hours(31 * 24));
    district.student(201).put();
    let gap = source.gap_since(&mark, &cancel).await.unwrap();
    assert!(
        matches!(gap, Some(Gap::TooOld { oldest: Some(_) })),
        "{gap:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_test_changes_things_in_the_middle_of_a_walk() {
    let (toy, district) = small(&V3_1);
    let later = district.clone();
    toy.before("/users?limit=50&starting_after", 1, move |_| {
        later.leave(student(1));
    });
    let (report, _) = read(&toy, &district, &Reading::everything()).await;
    assert!(matches!(report.movement, Movement::Moved { .. }));
    assert_eq!(toy.asked("/users?limit=50"), 3);
}

#[tokio::test(start_paused = true)]
async fn tokens_are_replaced_and_revoked() {
    let (toy, district) = small(&V3_1);
    let other = toy.district(2);
    other.school(1).put();
    let source = toy.source(&district);
    district.new_token("another", true);
    assert_eq!(
        source
            .look_up(Object::School, school(1), &Cancel::default())
            .await
            .map(|_| ())
            .ok(),
        Some(())
    );
    assert!(source.token() == homeroom_client::Secret::new("another"));
    district.revoke();
    let refused = source
        .look_up(Object::School, school(1), &Cancel::default())
        .await;
    assert!(
        matches!(refused, Err(ClientError::TokenRevoked { .. })),
        "{refused:?}"
    );
    assert_eq!(read(&toy, &other, &Reading::everything()).await.1.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_school_goes_and_comes_back() {
    let (toy, district) = small(&V3_1);
    let taken = district.unshare(school(2));
    assert_eq!(
        (taken.count(Object::Section), taken.count(Object::User)),
        (3, 65)
    );
    let (report, _) = read(&toy, &district, &Reading::everything()).await;
    assert_eq!(
        (count(&report, Object::School), count(&report, Object::User)),
        (1, 70)
    );
    district.share_again(taken);
    let (report, _) = read(&toy, &district, &Reading::everything()).await;
    assert_eq!(
        (
            count(&report, Object::Section),
            count(&report, Object::User)
        ),
        (6, 135)
    );
}

#[tokio::test(start_paused = true)]
async fn faults_lie_over_it() {
    let (toy, district) = small(&V3_1);
    let script =
        Script::parse("/v3.1/users*starting_after* 1-2 error-503\n/v3.1/sections* * html").unwrap();
    let clock = toy.clock();
    let now = Arc::new(move || homeroom_client::Clock::now(&*clock));
    let faults = Faults::new(
        Settings {
            script,
            ..Settings::default()
        },
        now,
    );
    let spoilt = Arc::new(InProcess::new(toy.router().layer(faults)));
    let source = toy.source_over(&district, spoilt, |_| {});
    let mut records = Vec::<Record>::new();
    let report = source
        .read(&Reading::everything(), &mut records, &Cancel::default())
        .await
        .unwrap();
    assert!(report.collection(Object::User).unwrap().is_complete());
    assert!(!report.says_gone(Object::Section));
    assert!(report.effort.retries >= 2, "{:?}", report.effort);
}
