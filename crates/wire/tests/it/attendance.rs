//! Attendance: requests, pages, and the published definition (clever-api 10.1).

use homeroom_model::{Allow, AttendanceStatus, AttendanceType, Date, Kind, Role, Timestamp};
use homeroom_segment::AttendanceRecord;
use homeroom_wire::{AttendanceRequest, Refusal, attendance_page};
use serde_json::{Value, json};

use crate::sample::{id, sample};
use homeroom_testkit::contract;

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

#[test]
fn pages_are_what_the_contract_says() {
    let Some(contract) = contract("v3.1-attendance") else {
        return;
    };
    let paths: Vec<_> = contract["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/attendance/schools/{school_id}",
            "/attendance/sections/{section_id}"
        ]
    );
    let told = contract["definitions"]["Attendance"]["properties"]
        .as_object()
        .unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for address in [SCHOOL, SECTION] {
        for record in page(address, false)["data"].as_array().unwrap() {
            for (name, value) in record.as_object().unwrap() {
                let text = value.as_str().unwrap();
                assert!(told.contains_key(name), "{name}");
                seen.insert(name.clone());
                for (field, definition) in [
                    ("attendance_status", "AttendanceStatus"),
                    ("attendance_type", "AttendanceType"),
                ] {
                    let values = contract["definitions"][definition]["enum"].as_array();
                    let known = values.unwrap().iter().any(|value| value == text);
                    assert!(name != field || known, "{name} {text}");
                }
            }
        }
    }
    assert!(told.keys().all(|name| seen.contains(name)), "{seen:?}");
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
