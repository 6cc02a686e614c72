//! What people of the app put beside the roster: values by id, and teachers and students without a class.

use homeroom_model::Timestamp;
use homeroom_plan::Policy;
use homeroom_sync::{Associations, Pair, UploadError, associate, upload_side_data};
use homeroom_wire::{Object, V3_1};
use serde_json::json;

use crate::mirrors::{district, hex, record, section, student, teacher};
use crate::performing::App;

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

#[tokio::test]
async fn codes_stay_with_their_people() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    // Both students of the sample have one SIS id.
    let table = format!(
        "\u{feff}source_id, licence ,seat\r\n{},A-1,\r\n{},A-2,7\n{},A-3,8\n,A-4,9\n{},again,9\nshort,1\n",
        hex(10),
        hex(40),
        hex(99),
        hex(10)
    );
    let uploaded = upload_side_data(&app.roster, app.district, table.as_bytes()).unwrap();
    assert_eq!(
        (uploaded.lines, uploaded.values, uploaded.people),
        (6, 5, 2)
    );
    assert_eq!(uploaded.nobody.len(), 1);
    assert_eq!(
        (uploaded.nobody[0].number, &uploaded.nobody[0].key),
        (4, &hex(99))
    );
    let faulty: Vec<_> = uploaded.faulty.iter().map(|(line, _)| *line).collect();
    assert_eq!(faulty, [5, 6, 7]);
    let by_sis = "sis_id,locker\n00417,12\nT1,3\n417,4\n";
    let uploaded = upload_side_data(&app.roster, app.district, by_sis.as_bytes()).unwrap();
    let lines =
        |lines: &[homeroom_sync::Line]| lines.iter().map(|line| line.number).collect::<Vec<_>>();
    assert_eq!(
        (lines(&uploaded.several), lines(&uploaded.nobody)),
        (vec![2], vec![4])
    );

    // The teacher gets another id: what was uploaded goes along.
    let values = "SELECT p.last_name, v.name, v.value FROM side_values v JOIN people p ON p.id = v.person ORDER BY 1, 2";
    let expected = [
        "Li licence A-1",
        "Orr licence A-2",
        "Orr locker 3",
        "Orr seat 7",
    ];
    assert_eq!(app.ask(values), expected);
    let mut records = district();
    records[5] = record(&V3_1, Object::User, &{
        let mut teacher = teacher(44);
        teacher["email"] = json!("new@x.org");
        teacher
    });
    records[6] = record(&V3_1, Object::Section, &{
        let mut section = section(50, &[10, 11]);
        section["teachers"] = json!([hex(44)]);
        section
    });
    // And whoever comes with an id that waited gets what waits.
    records.push(record(&V3_1, Object::User, &{
        let mut student = student(99, "Ng");
        student["roles"]["student"]["sis_id"] = json!("00777");
        student
    }));
    app.sync(records).await;
    let mut with_ng = vec!["Li licence A-1", "Ng licence A-3", "Ng seat 8"];
    with_ng.extend(&expected[1..]);
    assert_eq!(app.ask(values), with_ng);
}

#[tokio::test]
async fn a_table_without_a_header_is_refused() {
    let app = App::new(Policy::SIS_LOCKDOWN);
    for table in [
        "",
        "name,licence\n",
        "sis_id\n1\n",
        "sis_id,a,a\n",
        "sis_id,a,\n",
    ] {
        let refused = upload_side_data(&app.roster, app.district, table.as_bytes());
        assert!(matches!(refused, Err(UploadError::Header)), "{table:?}");
    }
    let refused = upload_side_data(&app.roster, app.district, &b"sis_id,a\n1,\xff\n"[..]);
    assert!(
        matches!(refused, Err(UploadError::Unreadable { line: 2 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn pairs_without_a_class_outlive_every_sync() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    let section = records.pop().unwrap();
    app.sync(records.clone()).await;
    let id = |name: &str| {
        let ids = app.ask(&format!("SELECT id FROM person WHERE last_name = '{name}'"));
        ids[0].parse::<i64>().unwrap()
    };
    let (teacher, ana, bo) = (id("Orr"), id("Li"), id("Bo"));
    let change = |pairs: &[(i64, i64)], open| {
        let wanted = Associations {
            district: app.district,
            pairs,
            open,
            by: "admin 7",
            at: now(),
            on: now().date(),
        };
        associate(&app.roster, &wanted).unwrap()
    };
    let came = change(
        &[(teacher, ana), (teacher, bo), (ana, bo), (teacher, 7)],
        true,
    );
    assert_eq!(
        came,
        [Pair::Done, Pair::Done, Pair::NotThese, Pair::NotThese]
    );
    assert_eq!(change(&[(teacher, ana)], true), [Pair::AsItWas]);
    assert_eq!(change(&[(teacher, bo)], false), [Pair::Done]);
    let mine = format!("SELECT student = {ana}, section IS NULL FROM my_students");
    assert_eq!(app.ask(&mine), ["1 1"]);
    assert_eq!(
        app.ask("SELECT actor FROM changes WHERE reason = 'associated'"),
        ["admin 7", "admin 7"]
    );
    // Syncs neither end them nor make them, whatever happens to the two.
    records.push(section);
    app.sync(records.clone()).await;
    assert_eq!(
        app.ask("SELECT count(*) FROM association WHERE closed IS NULL"),
        ["1"]
    );
    records.remove(3);
    app.sync(records.clone()).await;
    app.sync(district()).await;
    assert_eq!(
        app.ask("SELECT count(*) FROM association WHERE closed IS NULL"),
        ["1"]
    );
    assert_eq!(app.ask(&format!("{mine} WHERE section IS NULL")), ["1 1"]);
}

/// What somebody of the app writes by themselves.
fn write(app: &App, sql: &str) {
    let connection = rusqlite::Connection::open(app.roster.path()).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn of_grade(grade: &str, year: &str) -> homeroom_client::Record {
    record(&V3_1, Object::User, &{
        let mut student = student(10, "Li");
        student["roles"]["student"]["grade"] = json!(grade);
        student["roles"]["student"]["graduation_year"] = json!(year);
        student
    })
}

#[tokio::test]
async fn s34_a_year_of_graduation_is_the_apps_once_it_is_set() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    records[3] = of_grade("9", "");
    app.sync(records.clone()).await;
    let year = "SELECT r.graduation_year, c.origin, c.base, c.value FROM role r JOIN person p ON p.id = r.person \
                LEFT JOIN cell c ON c.entity = p.id AND c.field = 'student.graduation_year' WHERE p.last_name = 'Li'";
    assert_eq!(app.ask(year), ["2030 derived - 2030"]);
    assert_eq!(
        app.ask(
            "SELECT code, reaction FROM finding WHERE closed IS NULL AND field = 'graduation_year'"
        ),
        ["cannot_infer warn"],
        "the other student has no grade"
    );
    write(
        &app,
        "UPDATE role SET graduation_year = 2031 WHERE graduation_year = 2030;
         UPDATE cell SET value = 2031, origin = 'user', \"by\" = 'admin 7';
         UPDATE link SET touched = 1;",
    );
    records[3] = of_grade("10", "");
    app.sync(records.clone()).await;
    assert_eq!(app.ask(year), ["2031 user - 2031"]);
    records[3] = of_grade("10", "2030");
    let (_, performed) = app.sync(records.clone()).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(app.ask(year), ["2031 user 2030 2031"]);
    assert_eq!(app.ask("SELECT count(*) FROM conflict"), ["0"]);
    app.undo();
    assert_eq!(app.ask(year), ["2031 user - 2031"]);
}

#[tokio::test]
async fn an_adopted_account_keeps_what_people_made_of_its_island() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    let ana = records.remove(3);
    app.sync(records.clone()).await;
    write(
        &app,
        "INSERT INTO person (id, origin, source_state, last_name) VALUES (1000000900, 'manual', 'never', 'Li');
         INSERT INTO role (person, role, sis_id, graduation_year) VALUES (1000000900, 'student', '00555', 2035);",
    );
    drop(ana);
    records.push(record(&V3_1, Object::User, &{
        let mut student = student(10, "Li");
        student["email"] = json!("li@x.org");
        student["roles"]["student"]["sis_id"] = json!("00555");
        student["roles"]["student"]["graduation_year"] = json!("2030");
        student
    }));
    let (plan, performed) = app.sync(records).await;
    assert_eq!(
        performed.set_aside,
        [],
        "{:?}",
        crate::performing::words(&plan)
    );
    assert_eq!(
        app.ask("SELECT p.origin, r.graduation_year FROM person p JOIN role r ON r.person = p.id WHERE p.id = 1000000900"),
        ["adopted 2035"]
    );
}

#[tokio::test]
async fn s20_a_course_of_people_gives_way_only_to_a_yes() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    let course = records.remove(1);
    let with_course = records.pop().unwrap();
    let mut without = section(50, &[10, 11]);
    without.as_object_mut().unwrap().remove("course");
    records.push(record(&V3_1, Object::Section, &without));
    app.sync(records.clone()).await;
    write(
        &app,
        "INSERT INTO course (id, origin, name) VALUES (1000000900, 'manual', 'Math 6');
         UPDATE section SET course = 1000000900;",
    );
    let shown = "SELECT c.name FROM classes s JOIN course c ON c.id = s.course";
    without["period"] = json!("7");
    records[5] = record(&V3_1, Object::Section, &without);
    app.sync(records.clone()).await;
    assert_eq!(app.ask(shown), ["Math 6"]);
    records[5] = with_course;
    records.push(course);
    let (_, performed) = app.sync(records.clone()).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(app.ask(shown), ["Math 6"]);
    let asked = format!("course course {} 1000000900 open", hex(2));
    assert_eq!(
        app.ask("SELECT about, kind, source_id, entity, state FROM suggestion"),
        [asked]
    );
    let (plan, _) = app.sync(records.clone()).await;
    assert!(plan.is_empty());
    write(
        &app,
        "UPDATE suggestion SET state = 'accepted', decided_by = 'admin 7'",
    );
    let (plan, performed) = app.sync(records).await;
    assert_eq!(
        performed.set_aside,
        [],
        "{:?}",
        crate::performing::words(&plan)
    );
    assert_eq!(app.ask(shown), ["Algebra"]);
    app.undo();
    assert_eq!(app.ask(shown), ["Math 6"]);
}

#[tokio::test]
async fn s26_who_comes_without_a_class_is_told() {
    let notice =
        Policy::SIS_LOCKDOWN.replace("students = \"allow\"", "students = \"create_with_notice\"");
    let mut app = App::new(&notice);
    let of = |students: &[u8]| {
        let mut records = district();
        records[6] = record(&V3_1, Object::Section, &section(50, students));
        records
    };
    app.sync(of(&[10])).await;
    let told = "SELECT p.last_name, n.code FROM notices n JOIN people p ON n.subject = p.id";
    assert_eq!(app.ask(told), ["Bo without_class"]);
    app.sync(of(&[10])).await;
    assert_eq!(app.ask(told), ["Bo without_class"]);
    app.sync(of(&[10, 11])).await;
    assert_eq!(app.ask(told), Vec::<String>::new());
    assert_eq!(
        app.ask("SELECT count(*) FROM notice WHERE settled IS NOT NULL"),
        ["1"]
    );
}

#[tokio::test]
async fn what_refers_to_a_rejected_record_refers_to_it_once_it_is_taken() {
    let strict = "[[requirements]]\nof = \"courses\"\nfield = \"name\"\nrule = \"required\"\nreaction = \"reject\"\n\n[[requirements]]";
    let policy = Policy::SIS_LOCKDOWN.replacen("[[requirements]]", strict, 1);
    let mut app = App::new(&policy);
    let mut records = district();
    let named = records[1].clone();
    records[1] = record(
        &V3_1,
        Object::Course,
        &json!({"id": hex(2), "number": "ALG1"}),
    );
    app.sync(records.clone()).await;
    let of_class = "SELECT s.name, c.name FROM section s LEFT JOIN course c ON c.id = s.course";
    assert_eq!(app.ask(of_class), ["Algebra -"]);
    let (plan, _) = app.sync(records.clone()).await;
    assert!(plan.is_empty());
    records[1] = named;
    app.sync(records).await;
    assert_eq!(app.ask(of_class), ["Algebra Algebra"]);
}
