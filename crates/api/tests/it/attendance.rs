//! Attendance over HTTP: a generated district's file in, the two published paths out (clever-api 10.1).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{District, MemorySink, SchoolYear};
use homeroom_testkit::{Files, SMALL, attendance_answer, generated, small_district};
use serde_json::Value;

use crate::client::{Client, document};
use crate::installation::{Installation, settings};

const HEADER: &str = "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n";

/// The attendance of the first thirty school days: two months.
fn attendance(day: u32) -> String {
    let mut sink = MemorySink::default();
    let district = District::new(SMALL, 1, SchoolYear { start: 2026 });
    let count = district.write_attendance(day, 30, &mut sink).unwrap();
    assert!(count.rows > 500, "{count:?}");
    sink.text("attendance.csv").to_owned()
}

fn files(attendance: &str) -> Files {
    generated(SMALL, 1, 0).with("attendance.csv", attendance)
}

/// Ids of a kind of record by those of the SIS.
async fn ids(client: &Client, collection: &str) -> BTreeMap<String, String> {
    let page = client.read(&format!("/v3.1/{collection}limit=10000")).await;
    let items = page["data"].as_array().unwrap().iter().map(document);
    let sis_id = |document: &Value| match &document["roles"]["student"] {
        Value::Null => document["sis_id"].as_str().unwrap().to_owned(),
        student => student["sis_id"].as_str().unwrap().to_owned(),
    };
    items
        .map(|document| {
            (
                sis_id(document),
                document["id"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

/// Every record of a list, page by page.
async fn walk(
    client: &Client,
    address: &str,
    schema: Option<&jsonschema::Validator>,
) -> Vec<Value> {
    let mut address = address.to_owned();
    let mut all = Vec::new();
    loop {
        let mut answer = client.read(&address).await;
        if let Some(schema) = schema {
            let errors: Vec<_> = schema
                .iter_errors(&answer)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{address}: {errors:?}");
        }
        all.append(answer["data"].as_array_mut().unwrap());
        let mut links = answer["links"].as_array().into_iter().flatten();
        let next = links.find(|link| link["rel"] == "next");
        match next {
            Some(next) => next["uri"].as_str().unwrap().clone_into(&mut address),
            None => return all,
        }
    }
}

#[tokio::test]
async fn what_a_file_says_is_what_is_read() {
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    let file = attendance(0);
    let report = installation.import(district, files(&file)).await;
    let counts = report.counts["attendance"];
    assert_eq!(counts.rejected, 0, "{}", report.text(5));
    let rows = file.lines().count() as u64 - 1;
    assert_eq!(
        (counts.kept, report.changes["attendance"].created),
        (rows, rows)
    );
    let app = installation.add_app(1).await;
    let token = installation.connect(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let schema = attendance_answer().map(|schema| jsonschema::validator_for(&schema).unwrap());

    let schools = ids(&client, "schools?").await;
    let sections = ids(&client, "sections?").await;
    let students = ids(&client, "users?role=student&").await;
    let mut told = BTreeSet::new();
    for id in schools.values() {
        let address = format!("/v3.1/attendance/schools/{id}?limit=100");
        let records = walk(&client, &address, schema.as_ref()).await;
        let days: Vec<_> = records
            .iter()
            .map(|record| record["attendance_date"].as_str().unwrap())
            .collect();
        assert!(days.is_sorted());
        for record in &records {
            assert_eq!(record["school_id"], **id);
            assert_eq!(record["district_id"], *district.to_hex());
            assert!(told.insert(line(record)), "{record}");
        }
    }
    // What the file says, in the ids that are published.
    let mut said = BTreeSet::new();
    let mut of_sections: BTreeMap<&str, usize> = BTreeMap::new();
    for row in file.lines().skip(1) {
        let cells: Vec<_> = row.split(',').collect();
        let [sis_id, school, student, section, date, status, kind, excuse] = cells[..] else {
            panic!("{row}");
        };
        let section = match section {
            "" => "",
            section => {
                let id = sections[section].as_str();
                *of_sections.entry(id).or_default() += 1;
                id
            }
        };
        let day: Vec<u16> = date.split('/').map(|part| part.parse().unwrap()).collect();
        let date = format!("{:04}-{:02}-{:02}", day[2], day[0], day[1]);
        let ids = [schools[school].as_str(), &students[student], section];
        said.insert(format!(
            "{sis_id} {} {date} {status} {kind} {excuse}",
            ids.join(" ")
        ));
    }
    assert_eq!(told, said);
    assert!(of_sections.len() > 10);
    for (id, count) in of_sections {
        let records = walk(
            &client,
            &format!("/v3.1/attendance/sections/{id}"),
            schema.as_ref(),
        )
        .await;
        assert_eq!(records.len(), count);
        assert!(records.iter().all(|record| record["section_id"] == id));
    }
    let document = client.read("/v3.1/districts").await;
    let document = &document["data"][0]["data"];
    assert_eq!(document["last_attendance_sync"], document["last_sync"]);
}

/// A record in the order of the file's columns.
fn line(record: &Value) -> String {
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    [
        "sis_id",
        "school_id",
        "student_id",
        "section_id",
        "attendance_date",
        "attendance_status",
        "attendance_type",
        "excuse_code",
    ]
    .map(text)
    .join(" ")
}

/// Days and status of what a client reads of a school.
async fn days(client: &Client, school: &str) -> Vec<String> {
    let answer = client
        .read(&format!("/v3.1/attendance/schools/{school}"))
        .await;
    let records = answer["data"].as_array().unwrap().iter();
    let said = records.map(|record| {
        let day = record["attendance_date"].as_str().unwrap();
        format!("{day} {}", record["attendance_status"].as_str().unwrap())
    });
    said.collect()
}

fn small(rows: &str) -> Files {
    small_district().with("attendance.csv", format!("{HEADER}{rows}"))
}

#[tokio::test]
async fn the_past_reads_as_it_was_and_files_replace_each_other() {
    let installation = Installation::new();
    let district = installation.add_district(1).await;
    let absent = "A1,S1,P1,,2026-09-01,absent,daily,\n";
    let late = "A1,S1,P1,X1,2026-09-01,tardy,section,\n";
    let more = format!("{late}A2,S1,P1,,2026-09-02,absent,daily,\n");
    installation.import(district, small(absent)).await;
    let app = installation.add_app(1).await;
    let token = installation.connect_with_events(&app, district).await;
    let client = installation.client(settings()).with_token(&token);
    let id = &ids(&client, "schools?").await["S1"];
    assert_eq!(days(&client, id).await, ["2026-09-01 absent"]);
    let last = client.read("/v3.1/events?ending_before=last&limit=1").await;
    let last = document(&last["data"][0])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    // Attendance alone changes: a new snapshot, in which nothing happens to anybody.
    let report = installation.import(district, small(late)).await;
    assert_eq!(report.changes["attendance"].updated, 1);
    assert!(
        report
            .changes
            .iter()
            .all(|(kind, count)| kind == "attendance"
                || (count.created, count.updated, count.deleted) == (0, 0, 0))
    );
    installation.import(district, small(&more)).await;
    let all = ["2026-09-01 tardy", "2026-09-02 absent"];
    assert_eq!(days(&client, id).await, all);
    let address = format!("/v3.1/events?starting_after={last}");
    let events = client.read(&address).await;
    let events = events["data"].as_array().unwrap().iter().map(document);
    let types: Vec<_> = events.map(|event| event["type"].clone()).collect();
    assert_eq!(types, ["districts.updated"; 2]);
    assert_eq!(days(&client.as_of("1"), id).await, ["2026-09-01 absent"]);
    assert_eq!(days(&client.as_of("2"), id).await, ["2026-09-01 tardy"]);
    // Without the file it stays; with a header and no rows it is gone.
    let mut roster = small_district();
    let school = [
        ("School_id", "S3"),
        ("School_name", "New"),
        ("School_number", "3"),
    ];
    roster.add("schools.csv", &school);
    let report = installation.import(district, roster).await;
    assert!(report.problems.contains_key("OPTIONAL_FILE_VANISHED"));
    assert_eq!(days(&client, id).await, all);
    let mut emptied = small("");
    emptied.add("schools.csv", &school);
    installation.import(district, emptied).await;
    assert!(days(&client, id).await.is_empty());
    assert_eq!(days(&client.as_of("3"), id).await, all);
}

#[tokio::test]
async fn refusals_are_those_of_the_contract() {
    let served = crate::served::Served::new().await;
    let schools = ids(&served.client, "schools?").await;
    let school = schools.values().next().unwrap();
    let address = format!("/v3.1/attendance/schools/{school}");
    for (query, status) in [
        ("", 200),
        ("?limit=1", 200),
        ("?limit=1000", 200),
        ("?limit=0", 400),
        ("?limit=1001", 400),
        ("?limit=-1", 400),
        ("?attendance_status=late", 400),
        ("?date_range_start=9/1/2026", 400),
        ("?date_range_end=2026-02-30", 400),
        ("?starting_after=x", 400),
        (
            "?starting_after=5f00aa11bb22cc33dd44ee10&ending_before=last",
            400,
        ),
    ] {
        assert_eq!(
            served.client.status(&format!("{address}{query}")).await,
            status,
            "{query}"
        );
    }
    assert_eq!(
        served.client.read(&address).await,
        serde_json::json!({ "data": [] })
    );
    for path in [
        "/v3.1/attendance/schools/5f00aa11bb22cc33dd44ee10".to_owned(),
        format!("/v3.1/attendance/sections/{school}"),
        "/v3.1/attendance/schools".to_owned(),
        format!("/v3.1/attendance/students/{school}"),
        format!("/v3.0/attendance/schools/{school}"),
        format!("/v2.1/attendance/schools/{school}"),
    ] {
        assert_eq!(served.client.status(&path).await, 404, "{path}");
    }
    assert_eq!(served.client.anonymous().status(&address).await, 401);
    let other = served.installation.add_district(2).await;
    let theirs = served.installation.connect(&served.app, other).await;
    assert_eq!(
        served.client.with_token(&theirs).status(&address).await,
        404
    );
    let answer = served.client.get(&address).await;
    let tag = answer.header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = served
        .client
        .send(axum::http::Method::GET, &address, &known)
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}
