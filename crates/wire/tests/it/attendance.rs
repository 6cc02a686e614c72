//! Attendance: requests, pages, and the published definition (clever-api 10.1).

use std::collections::BTreeSet;

use homeroom_model::{
    Allow, AttendanceStatus, AttendanceType, ClosedList, Date, Kind, Role, Timestamp,
};
use homeroom_segment::{
    Attendance, AttendanceRecord, AttendanceRowsBuilder, Digest, Located, Manifest, MemorySpools,
    PartContent, SentAttendance, build_attendance,
};
use homeroom_testkit::attendance_answer;
use homeroom_wire::{
    AttendanceRequest, Refusal, VERSIONS, Version, attendance, attendance_page, openapi,
};
use serde_json::{Value, json};

use crate::roster::{Shared, key};
use crate::sample::{id, sample};

const SCHOOL: &str = "/v3.1/attendance/schools/5f00aa11bb22cc33dd44ee10";
const SECTION: &str = "/v3.1/attendance/sections/5f00aa11bb22cc33dd44eea0";

fn records() -> [AttendanceRecord<'static>; 3] {
    let daily = AttendanceRecord {
        id: id(1),
        student: id(0x20),
        school: id(0x10),
        section: None,
        date: Date::new(2026, 3, 2).unwrap(),
        status: AttendanceStatus::Absent,
        kind: AttendanceType::Daily,
        excuse_code: "Dentist \"A\"",
        sis_id: "",
        created: Timestamp::from_millis(1_772_439_000_000),
        modified: Timestamp::from_millis(1_772_439_000_001),
    };
    let section = AttendanceRecord {
        id: id(2),
        section: Some(id(0xa0)),
        date: Date::new(2026, 3, 3).unwrap(),
        status: AttendanceStatus::Tardy,
        kind: AttendanceType::Section,
        excuse_code: "",
        sis_id: "a2",
        ..daily.clone()
    };
    let elsewhere = AttendanceRecord {
        id: id(3),
        student: id(0x21),
        school: id(0x11),
        section: Some(id(0xa2)),
        ..section.clone()
    };
    [daily, section, elsewhere]
}

fn ask(address: &str) -> Result<Option<AttendanceRequest>, Refusal> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    AttendanceRequest::parse(path, Some(query))
}

/// The page of an address, cut from [`records`] as whoever keeps them would.
fn page(address: &str, more: bool) -> Value {
    let shared = sample();
    let request = ask(address).unwrap().unwrap();
    let view = shared.view();
    request.check(&view).unwrap();
    let kept: Vec<_> = records()
        .into_iter()
        .filter(|record| request.fits(record) && AttendanceRequest::shows(&view, record))
        .take(request.limit)
        .collect();
    let mut out = Vec::new();
    attendance_page(&request, &view, &kept, more, &mut out);
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn pages_are_plain_records_and_links_where_there_are_any() {
    let whole = page(SCHOOL, false);
    assert_eq!(
        whole,
        json!({ "data": [
            {
                "student_id": id(0x20).to_hex(), "school_id": id(0x10).to_hex(),
                "district_id": "5f00aa11bb22cc33dd44ee00", "attendance_date": "2026-03-02",
                "attendance_type": "daily", "attendance_status": "absent", "excuse_code": "Dentist \"A\"",
                "created": "2026-03-02T08:10:00.000Z", "last_modified": "2026-03-02T08:10:00.001Z",
            },
            {
                "student_id": id(0x20).to_hex(), "school_id": id(0x10).to_hex(), "section_id": id(0xa0).to_hex(),
                "district_id": "5f00aa11bb22cc33dd44ee00", "attendance_date": "2026-03-03",
                "attendance_type": "section", "attendance_status": "tardy", "sis_id": "a2",
                "created": "2026-03-02T08:10:00.000Z", "last_modified": "2026-03-02T08:10:00.001Z",
            },
        ] })
    );
    let first = page(&format!("{SCHOOL}?attendance_status=absent&limit=1"), true);
    assert_eq!(
        first["links"],
        json!([{
            "rel": "next",
            "uri": format!("{SCHOOL}?attendance_status=absent&limit=1&starting_after={}", id(1)),
        }])
    );
    let back = page(&format!("{SECTION}?starting_after={}", id(1)), false);
    assert_eq!(
        back["links"],
        json!([{ "rel": "prev", "uri": format!("{SECTION}?ending_before={}", id(1)) }])
    );
}

/// The sample's attendance: five records of two schools on three days, in two months.
fn kept(shared: &Shared) -> Attendance {
    let mut rows = AttendanceRowsBuilder::new(&MemorySpools).unwrap();
    for (number, school, student, section, date) in [
        (1, 0x10, 0x20, 0, (2026, 2, 27)),
        (2, 0x10, 0x20, 0xa0, (2026, 3, 2)),
        (3, 0x10, 0x20, 0, (2026, 3, 2)),
        (4, 0x10, 0x20, 0xa0, (2026, 3, 3)),
        (5, 0x11, 0x21, 0xa2, (2026, 3, 3)),
    ] {
        let sent = SentAttendance {
            key: [number; 16],
            student: key(&id(student)),
            school: key(&id(school)),
            section: (section > 0).then(|| key(&id(section))),
            date: Date::new(date.0, date.1, date.2).unwrap(),
            status: AttendanceStatus::ALL[usize::from(number) % 3],
            kind: if section > 0 {
                AttendanceType::Section
            } else {
                AttendanceType::Daily
            },
            excuse_code: if number == 3 { "ILL" } else { "" },
            sis_id: if number == 2 { "a2" } else { "" },
        };
        rows.push(&sent).unwrap();
    }
    let rows = rows.finish().unwrap();
    let (none, now) = (
        Attendance::default(),
        Timestamp::from_millis(1_772_439_000_000),
    );
    let built = build_attendance(&rows, &shared.snapshot, &none, now, &MemorySpools).unwrap();
    assert_eq!(built.tally.created, 5);
    let located = Located {
        object: Digest::of(&[]),
        offset: 0,
        length: 0,
    };
    let parts = built.parts.iter();
    let manifest = Manifest {
        format: Manifest::FORMAT,
        number: 1,
        parts: parts.map(|part| (part.name.clone(), located)).collect(),
    };
    Attendance::open(&manifest, |name, _| {
        let part = built.parts.iter().find(|part| part.name == name).unwrap();
        match &part.content {
            PartContent::Built(bytes) => Ok(bytes.clone()),
            PartContent::Reused => panic!("there is nothing to reuse"),
        }
    })
    .unwrap()
}

fn answer(shared: &Shared, kept: &Attendance, address: &str) -> Result<Value, Refusal> {
    let request = ask(address)?.unwrap();
    let mut out = Vec::new();
    attendance(&request, &shared.view(), kept, &mut out)?;
    Ok(serde_json::from_slice(&out).unwrap())
}

/// The paths of which a version has answers that hold records, each valid: none, or both.
pub(crate) fn covered(version: &Version) -> BTreeSet<&'static str> {
    let shared = sample();
    let kept = kept(&shared);
    let schema = attendance_answer().map(|schema| jsonschema::validator_for(&schema).unwrap());
    let told = openapi(version);
    let mut covered = BTreeSet::new();
    for (path, address) in [
        ("/attendance/schools/{id}", SCHOOL),
        ("/attendance/sections/{id}", SECTION),
    ] {
        let address = address.replace("v3.1", version.name);
        if ask(&address).unwrap().is_none() {
            assert!(told["paths"].get(path).is_none());
            continue;
        }
        assert!(told["paths"].get(path).is_some());
        for query in ["", "?limit=1", "?ending_before=last&limit=2"] {
            let answer = answer(&shared, &kept, &format!("{address}{query}")).unwrap();
            assert!(!answer["data"].as_array().unwrap().is_empty());
            if let Some(schema) = &schema {
                let errors: Vec<_> = schema.iter_errors(&answer).map(|e| e.to_string()).collect();
                assert!(errors.is_empty(), "{errors:?}");
            }
            let mut own = told["components"]["schemas"]["AttendanceList"].clone();
            own["components"] = told["components"].clone();
            let errors: Vec<_> = jsonschema::validator_for(&own)
                .unwrap()
                .iter_errors(&answer)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        covered.insert(path);
    }
    covered
}

#[test]
fn only_the_newest_version_has_it() {
    for version in VERSIONS {
        let expected = if version.name == "v3.1" { 2 } else { 0 };
        assert_eq!(covered(version).len(), expected, "{}", version.name);
    }
}

#[test]
fn pages_are_walked_from_either_end() {
    let shared = sample();
    let kept = kept(&shared);
    let days = |address: &str| -> Vec<String> {
        let answer = answer(&shared, &kept, address).unwrap();
        let records = answer["data"].as_array().unwrap().iter();
        records
            .map(|record| record["attendance_date"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = ["2026-02-27", "2026-03-02", "2026-03-02", "2026-03-03"];
    assert_eq!(days(SCHOOL), all);
    assert_eq!(days(SECTION), [all[1], all[3]]);
    for limit in 1..6 {
        for (rel, start) in [("next", ""), ("prev", "&ending_before=last")] {
            let mut walked: Vec<Value> = Vec::new();
            let mut address = format!("{SCHOOL}?limit={limit}{start}");
            loop {
                let mut answer = answer(&shared, &kept, &address).unwrap();
                let mut records = std::mem::take(answer["data"].as_array_mut().unwrap());
                assert!(records.len() <= limit);
                if rel == "next" {
                    walked.extend(records);
                } else {
                    records.extend(walked);
                    walked = records;
                }
                let links = answer["links"].as_array().into_iter().flatten();
                let mut links = links.filter(|link| link["rel"] == rel);
                let Some(link) = links.next() else {
                    break;
                };
                link["uri"].as_str().unwrap().clone_into(&mut address);
            }
            let days: Vec<_> = walked
                .iter()
                .map(|record| &record["attendance_date"])
                .collect();
            assert_eq!(days, all, "{limit} {rel}");
        }
    }
    for (query, expected) in [
        ("date_range_start=2026-03-01", &all[1..]),
        ("date_range_end=2026-03-02", &all[..3]),
        (
            "date_range_start=2026-03-02&date_range_end=2026-03-02",
            &all[1..3],
        ),
        (
            "date_range_start=2026-03-02&date_range_end=2026-03-02&ending_before=last&limit=1",
            &all[2..3],
        ),
        ("date_range_start=2026-03-03&date_range_end=2026-03-02", &[]),
        ("date_range_start=9999-12-31", &[]),
        ("date_range_end=9999-12-31", &all),
        ("attendance_status=present", &all[2..3]),
    ] {
        assert_eq!(days(&format!("{SCHOOL}?{query}")), expected, "{query}");
    }
}

#[test]
fn nothing_is_shown_of_what_is_not_shared() {
    let shared = sample();
    let kept = kept(&shared);
    let elsewhere = SCHOOL.replace("ee10", "ee11");
    assert_eq!(
        answer(&shared, &kept, &elsewhere).unwrap()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let mut shared = sample();
    shared.scope = shared
        .scope
        .with(Kind::School, Allow::Only([0].into_iter().collect()));
    assert_eq!(answer(&shared, &kept, &elsewhere), Err(Refusal::NotFound));
    let mut shared = sample();
    shared.scope = shared
        .scope
        .with(Kind::Student, Allow::Only([0].into_iter().collect()));
    assert_eq!(
        answer(&shared, &kept, &elsewhere).unwrap(),
        json!({ "data": [] })
    );
    for path in [
        "/v3.1/attendance/schools/x",
        "/v3.1/attendance/sections/5f00aa11bb22cc33dd44ee10",
    ] {
        assert_eq!(answer(&shared, &kept, path), Err(Refusal::NotFound));
    }
}

#[test]
fn requests_say_which_records() {
    for (query, expected) in [
        ("", 2),
        ("date_range_start=2026-03-03", 1),
        ("date_range_start=2026-03-02&date_range_end=2026-03-03", 2),
        ("date_range_end=2026-03-01", 0),
        ("attendance_status=tardy", 1),
        ("attendance_status=present", 0),
        ("limit=1", 1),
        ("unknown=x", 2),
    ] {
        let found = page(&format!("{SCHOOL}?{query}"), false);
        assert_eq!(found["data"].as_array().unwrap().len(), expected, "{query}");
        assert_eq!(found.get("links"), None);
    }
    for (query, refusal) in [
        ("limit=0", Refusal::BadAttendanceLimit),
        ("limit=1001", Refusal::BadAttendanceLimit),
        ("limit=x", Refusal::BadAttendanceLimit),
        ("attendance_status=late", Refusal::BadAttendanceStatus),
        ("date_range_start=3/2/2026", Refusal::BadDay),
        ("date_range_end=", Refusal::BadDay),
        ("starting_after=x", Refusal::BadCursor),
    ] {
        let found = ask(&format!("{SCHOOL}?{query}"));
        assert_eq!(found.unwrap_err(), refusal, "{query}");
    }
    for path in [
        "/v3.0/attendance/schools/5f00aa11bb22cc33dd44ee10",
        "/v3.1/attendance/users/5f00aa11bb22cc33dd44ee10",
        "/v3.1/attendance/schools",
        "/v3.1/schools/5f00aa11bb22cc33dd44ee10",
    ] {
        assert!(ask(path).unwrap().is_none(), "{path}");
    }
    assert!(ask("//V3.1/Attendance/SCHOOLS/x/").unwrap().is_some());
}

#[test]
fn a_view_shows_only_what_it_shares() {
    let [_, section, elsewhere] = records();
    let mut shared = sample();
    assert!(AttendanceRequest::shows(&shared.view(), &section));
    let unknown = ask("/v3.1/attendance/schools/5f00aa11bb22cc33dd44eea0").unwrap();
    assert_eq!(
        unknown.unwrap().check(&shared.view()),
        Err(Refusal::NotFound)
    );
    shared.mask.roles = shared.mask.roles.without(Role::Student);
    assert!(!AttendanceRequest::shows(&shared.view(), &section));
    for kind in [Kind::Student, Kind::School, Kind::Section] {
        let mut shared = sample();
        shared.scope = shared
            .scope
            .with(kind, Allow::Only([0].into_iter().collect()));
        assert!(AttendanceRequest::shows(&shared.view(), &section));
        assert!(!AttendanceRequest::shows(&shared.view(), &elsewhere));
    }
}
