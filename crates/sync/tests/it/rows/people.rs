//! A6: people, places, time.

use homeroom_client::Clock as _;
use homeroom_roster::{Decision, Decisions as _, RunState};
use homeroom_sync::{Associations, Pair, associate, upload_side_data};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{contact, section, staff, student, teacher};
use homeroom_wire::V3_1;
use serde_json::json;

use crate::by_hand;
use crate::world::{CONTACTS, World, policy};

pub(super) fn accepts(world: &World, about: &str) {
    let asked = world.number(&format!(
        "SELECT id FROM suggestion WHERE state = 'open' AND about = '{about}'"
    ));
    let at = world.toy.clock().now();
    assert!(
        world
            .roster
            .decide(
                world.tenant.district,
                asked,
                Decision::Accepted,
                "principal",
                at
            )
            .unwrap()
    );
}

/// Student 1 is in two classes, and leaves the first of them.
async fn many_classes(choice: &str) -> (World, Vec<String>, Vec<String>) {
    let followed = policy(&[(
        "[many_classes]\nstudents = \"all\"",
        &format!("[many_classes]\nstudents = \"{choice}\""),
    )]);
    let world = World::of_policy(&V3_1, followed);
    by_hand::small(&world.river);
    world.river.enrol(section(2), student(1));
    world.start().await;
    let classes = format!(
        "SELECT c.name FROM rosters AS r JOIN classes AS c ON c.id = r.section WHERE r.person = {} ORDER BY c.name",
        world.account(student(1))
    );
    let first = world.sql(&classes);
    world.days(1);
    world.river.unenrol(section(1), student(1));
    world.sync().await;
    let second = world.sql(&classes);
    // It comes back: nothing flips back.
    world.days(1);
    world.river.enrol(section(1), student(1));
    world.sync().await;
    if choice.starts_with("default") {
        assert_eq!(world.sql(&classes), second, "{choice}");
    }
    (world, first, second)
}

#[tokio::test(start_paused = true)]
async fn a6_01_many_classes() {
    let both = ["Section 1", "Section 2"];
    let (world, first, second) = many_classes("all").await;
    assert_eq!(
        (first, second),
        (both.map(str::to_owned).to_vec(), vec![both[1].to_owned()])
    );
    let choices = format!(
        "SELECT count(*) FROM sign_in_choices WHERE source_id = '{}'",
        student(1).to_hex()
    );
    assert_eq!(world.number(&choices), 1);

    let (world, first, _) = many_classes("profile_per_section").await;
    assert_eq!(first, both);
    assert_eq!(world.number(&choices), 2, "a chooser");

    let (world, first, second) = many_classes("default_first").await;
    assert_eq!(
        (first, second),
        (vec![both[0].to_owned()], vec![both[1].to_owned()])
    );
    assert_eq!(
        world.number("SELECT count(*) FROM changes WHERE reason = 'default_lost'"),
        1,
        "a note in the audit"
    );
    let (_, first, second) = many_classes("default_last").await;
    assert_eq!(
        (first, second),
        (vec![both[1].to_owned()], vec![both[1].to_owned()])
    );

    let (world, first, _) = many_classes("generated_class").await;
    assert_eq!(first.len(), 1);
    assert!(!both.contains(&first[0].as_str()), "{first:?}");
    assert_eq!(
        world.number("SELECT count(*) FROM classes WHERE active"),
        1,
        "all of a grade in a school"
    );
}

#[tokio::test(start_paused = true)]
async fn a6_03_many_schools() {
    for word in ["agnostic", "profile_per_school", "primary_only"] {
        let followed = policy(&[(
            "[many_schools]\nstudents = \"agnostic\"\nteachers = \"agnostic\"",
            &format!("[many_schools]\nstudents = \"{word}\"\nteachers = \"{word}\""),
        )]);
        let world = World::of_policy(&V3_1, followed);
        by_hand::small(&world.river);
        world.river.teacher(1).schools([1, 2]).put();
        world
            .river
            .section(9)
            .students([1])
            .teachers([1])
            .in_school(2)
            .put();
        world.start().await;
        let schools = format!(
            "SELECT s.name FROM role_school AS rs JOIN schools AS s ON s.id = rs.school WHERE rs.person = {} ORDER BY s.name",
            world.account(teacher(1))
        );
        let choices = format!(
            "SELECT count(*) FROM sign_in_choices WHERE source_id = '{}'",
            teacher(1).to_hex()
        );
        let classes = format!(
            "SELECT count(*) FROM rosters AS r JOIN classes AS c ON c.id = r.section JOIN schools AS s ON s.id = c.school
             WHERE r.person = {} AND s.name = 'School 2'",
            world.account(teacher(1))
        );
        let found = (
            world.sql(&schools).len(),
            world.number(&choices),
            world.number(&classes),
        );
        match word {
            "agnostic" => assert_eq!(found, (2, 1, 1)),
            "profile_per_school" => assert_eq!(found, (2, 2, 1)),
            _ => assert_eq!(found, (1, 1, 0)),
        }
        // Another primary school is an update.
        world.days(1);
        world.river.change(student(2), |document| {
            document["roles"]["student"]["school"] =
                json!(homeroom_testkit::toy::school(2).to_hex());
            document["roles"]["student"]["schools"] =
                json!([homeroom_testkit::toy::school(2).to_hex()]);
        });
        let ran = world.sync().await;
        assert!(
            world
                .audit(ran.run)
                .iter()
                .any(|line| line.starts_with("update person")),
            "{word} {:?}",
            world.audit(ran.run)
        );
        let school = "SELECT s.name FROM students AS p JOIN schools AS s ON s.id = p.school WHERE p.source_id = ";
        assert_eq!(
            world.one(&format!("{school}'{}'", student(2).to_hex())),
            "School 2"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a6_04b_what_leaving_means_by_role() {
    let followed = policy(&[
        (
            "teachers = \"deactivate\"",
            "teachers = \"queue_for_review\"",
        ),
        ("students = \"deactivate\"", "students = \"keep\""),
    ]);
    let world = World::of_policy(&V3_1, followed);
    by_hand::small(&world.river);
    world.river.staff(1).put();
    world.start().await;
    world.days(1);
    world.river.leave(student(1));
    world.river.leave(teacher(2));
    world.river.delete(staff(1));
    world.sync_full().await;
    assert_eq!(world.sign_in(student(1)), "yes student", "kept");
    assert_eq!(
        world.sign_in(teacher(2)),
        "yes teacher",
        "until somebody looked"
    );
    assert!(
        world.sign_in(staff(1)).starts_with("no missing"),
        "who has power over others' data goes at once"
    );
    assert_eq!(
        world.sql("SELECT about, state FROM suggestion"),
        ["review open"]
    );
    world.days(1);
    world.sync_full().await;
    assert_eq!(
        world.number("SELECT count(*) FROM suggestion"),
        1,
        "asked once"
    );
    accepts(&world, "review");
    world.sync_kept().await;
    assert!(
        world.sign_in(teacher(2)).starts_with("no missing"),
        "{}",
        world.sign_in(teacher(2))
    );
    // What would leave the data of pupils open is no policy.
    let text = homeroom_plan::Policy::SIS_LOCKDOWN.replace(
        "district_admins = \"deactivate\"",
        "district_admins = \"keep\"",
    );
    assert!(homeroom_plan::Policy::read(&text).is_err());
}

#[tokio::test(start_paused = true)]
async fn a6_11_teachers_and_students_without_classes() {
    let world = World::new(&V3_1);
    world.river.school(1).put();
    for number in 1..=3 {
        world.river.student(number).put();
        world.river.teacher(number).put();
    }
    world.start().await;
    let (teacher_of, pupil) = (world.account(teacher(1)), world.account(student(1)));
    let pairs = [
        (teacher_of, pupil),
        (teacher_of, world.account(student(2))),
        (pupil, teacher_of),
    ];
    let at = world.toy.clock().now();
    let wanted = Associations {
        district: world.tenant.district,
        pairs: &pairs,
        open: true,
        by: "principal",
        at,
        on: at.date(),
    };
    assert_eq!(
        associate(&*world.roster, &wanted).unwrap(),
        [Pair::Done, Pair::Done, Pair::NotThese]
    );
    let mine = format!(
        "SELECT count(*) FROM my_students WHERE teacher = {teacher_of} AND section IS NULL"
    );
    assert_eq!(world.number(&mine), 2);
    for _ in 0..2 {
        world.days(1);
        world.river.change(student(1), |document| {
            document["email"] = json!(format!("{}@example.org", world.today()));
        });
        world.sync_full().await;
        assert_eq!(world.number(&mine), 2, "no sync touches them");
    }
}

#[tokio::test(start_paused = true)]
async fn a6_12_contacts() {
    let off = World::new(&V3_1);
    by_hand::small(&off.river);
    off.river
        .contact(1)
        .of_student(1, "Parent", "Primary")
        .put();
    off.start().await;
    assert_eq!(
        (
            off.number("SELECT count(*) FROM contacts"),
            off.toy.asked("role=contact")
        ),
        (0, 0),
        "off unless wanted"
    );

    let world = World::of_policy(&V3_1, policy(&CONTACTS));
    by_hand::small(&world.river);
    let mother = |river: &ToyDistrict, id: u64| {
        let made = river
            .contact(id)
            .without("sis_id")
            .top("name", json!({ "last": "Mo Li" }))
            .email("mo@example.org");
        made.of_student(1, "Parent", "Primary")
            .of_student(2, "Parent", "Primary")
            .of_student(3, "Aunt", "Family")
    };
    mother(&world.river, 1).put();
    world
        .river
        .contact(9)
        .of_student(9, "Parent", "Primary")
        .put();
    world.start().await;

    let shown = "SELECT s.last_name, c.type, c.label FROM contacts AS c JOIN people AS s ON s.id = c.student WHERE c.last_name = 'Mo Li' ORDER BY s.last_name";
    assert_eq!(
        world.sql(shown),
        [
            "Student 1 Primary Parent",
            "Student 2 Primary Parent",
            "Student 3 Family Aunt"
        ]
    );
    let account = world.account(contact(1));
    // Without an id of the district it comes back under a new one: the same, silently.
    world.days(1);
    world.river.delete(contact(1));
    mother(&world.river, 2).put();
    let ran = world.sync_full().await;
    assert_eq!(world.account(contact(2)), account);
    assert_eq!(world.sql(shown).len(), 3);
    let audit = world.audit(ran.run);
    assert!(
        audit.iter().any(|line| line.contains("contact_replaced"))
            && !audit.iter().any(|line| line.starts_with("deactivate")),
        "{audit:?}"
    );
    // It lives while one of its students is there.
    for number in [1, 2] {
        world.river.leave(student(number));
    }
    world.sync_full().await;
    assert_eq!(world.sign_in(contact(2)), "yes contact");
    world.river.leave(student(3));
    world.sync_full().await;

    assert!(
        world.sign_in(contact(2)).starts_with("no missing"),
        "{}",
        world.sign_in(contact(2))
    );
}

#[tokio::test(start_paused = true)]
async fn a6_12_many_contacts_are_told_before_they_are_taken_over() {
    let world = World::of_policy(&V3_1, policy(&CONTACTS));
    by_hand::small(&world.river);
    for number in 1..=6 {
        let made = world.river.contact(number);
        made.of_student(1, "Parent", "Primary").put();
    }
    let made = world.river.contact(7);
    made.of_student(2, "Neighbor", "Emergency").put();
    let told = "SELECT code, detail FROM notices WHERE code IN ('many_contacts', 'contact_type') ORDER BY code";
    let both = [
        "contact_type relationships of type emergency: 1; such contacts may not expect to be written to",
        "many_contacts students with 6 contacts or more: 1; look at them before contacts are written to",
    ];
    let held = world.sync().await;
    assert_eq!(held.state, RunState::Held);
    assert_eq!(world.sql(told), both, "before any of them is there");
    assert_eq!(world.number("SELECT count(*) FROM contacts"), 0);
    world.approve(&held.digest).await;
    world.days(1);
    world.sync_full().await;
    assert_eq!(world.sql(told), both, "once for as long as it is so");
    world.river.delete(contact(6));
    world.sync_full().await;
    assert_eq!(world.sql(told), both[..1]);
    world.river.delete(contact(7));
    world.sync_full().await;
    assert_eq!(world.sql(told).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a6_13_staff_and_admins() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world
        .river
        .section(9)
        .students([1])
        .teachers([1])
        .in_school(2)
        .put();
    world.river.staff(1).schools([1, 2]).put();
    world.river.staff(2).schools([2]).put();
    world.river.admin(1).put();
    world.start().await;
    let sees = |id| {
        let account = world.account(id);
        world.number(&format!("SELECT count(*) FROM staff AS s JOIN classes AS c ON c.school = s.school WHERE s.id = {account} AND s.usable"))
    };
    assert_eq!(
        (sees(staff(1)), sees(staff(2))),
        (5, 1),
        "all classes of their schools, without being in one"
    );
    assert_eq!(
        world.one("SELECT role, school FROM staff WHERE role = 'district_admin'"),
        "district_admin -",
        "the whole district"
    );
    world.days(1);
    world.river.delete(staff(1));
    world.river.staff(2).schools([1]).put();
    world.sync().await;
    assert_eq!((sees(staff(1)), sees(staff(2))), (0, 4), "at once");
}

#[tokio::test(start_paused = true)]
async fn a6_14_codes_that_the_source_cannot_give() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(1).sis("00417").put();
    world.start().await;
    let table = format!("source_id,licence\n{},A-2\n", student(2).to_hex());
    upload_side_data(&*world.roster, world.tenant.district, table.as_bytes()).unwrap();
    let uploaded = upload_side_data(
        &*world.roster,
        world.tenant.district,
        "sis_id,licence\n00417,A-1\n417,A-9\n".as_bytes(),
    )
    .unwrap();
    assert_eq!((uploaded.people, uploaded.nobody.len()), (1, 1));
    let codes = "SELECT p.last_name, v.value FROM side_values AS v JOIN people AS p ON p.id = v.person ORDER BY v.value";
    assert_eq!(world.sql(codes), ["Student 1 A-1", "Student 2 A-2"]);
    // Ids change, and the codes stay with their people.
    world.days(1);
    for (number, sis_id) in [(1, "00417"), (2, "2")] {
        world.river.leave(student(number));
        world
            .river
            .student(100 + number)
            .sis(sis_id)
            .named("First", &format!("Student {number}"))
            .put();
    }
    world.sync_full().await;
    assert_eq!(world.account(student(102)), world.account(student(2)));
    assert_eq!(world.sql(codes), ["Student 1 A-1", "Student 2 A-2"]);
}
