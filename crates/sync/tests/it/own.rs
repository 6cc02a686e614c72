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
