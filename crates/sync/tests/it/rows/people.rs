//! A6: people, places, time.

use homeroom_client::Clock as _;
use homeroom_roster::{Decision, Decisions as _, Kind, Op, Record, RunState, field};
use homeroom_sync::{Associations, Pair, associate, upload_side_data};
use homeroom_testkit::ToyDistrict;
use homeroom_testkit::toy::{contact, course, section, staff, student, teacher, term};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::by_hand;
use crate::world::{CONTACTS, World, policy};

fn accepts(world: &World, about: &str) {
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
async fn many_classes(word: &str) -> (World, Vec<String>, Vec<String>) {
    let followed = policy(&[(
        "[many_classes]\nstudents = \"all\"",
        &format!("[many_classes]\nstudents = \"{word}\""),
    )]);
    let world = World::of_policy(&V3_1, followed);
    by_hand::small(&world.river);
    world.river.enrol(section(2), student(1));
    world.start().await;
    let choices = format!(
        "SELECT label FROM sign_in_choices WHERE source_id = '{}' ORDER BY label",
        student(1).to_hex()
    );
    let before = world.sql(&choices);
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
    if word.starts_with("default") {
        assert_eq!(world.sql(&classes), second, "{word}");
    }
    let _ = before;
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
            document["term_id"] = json!(term(11).to_hex())
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
            document["period"] = json!(world.today())
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
            document["course"] = json!(course(1).to_hex())
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
                document["roles"]["student"]["grade"] = json!("12")
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
            document["email"] = json!(format!("{}@example.org", world.today()))
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
