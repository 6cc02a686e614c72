use proptest::prelude::*;

use super::*;
use crate::error_body::RefusalKind;
use crate::routes::Route;
use crate::version::VERSIONS;

const ID: &str = "5f00aa11bb22cc33dd44ee01";

fn ask(path: &str, query: &str) -> Result<Request, Refusal> {
    parse(path, Some(query))
}

#[test]
fn paths_tolerate_case_and_slashes_and_nothing_else() {
    for path in [
        "/v3.1/users",
        "/V3.1/USERS",
        "/v3.1/users/",
        "//v3.1//users//",
        "v3.1/users",
    ] {
        let request = parse(path, None).unwrap();
        assert_eq!(request.route.path, "/users", "{path}");
        assert_eq!(request.path, path);
        assert_eq!((request.limit, request.cursor), (100, Cursor::Start));
    }
    for path in [
        "",
        "/",
        "/users",
        "/v3.1",
        "/v3/users",
        "/v3.1/students",
        "/v3.1/user",
        "/v3.1/users/5f00aa11bb22cc33dd44ee01/sections/5f00aa11bb22cc33dd44ee02",
        "/v3.1/users/5f00aa11bb22cc33dd44ee01/myfriends",
        "/v3.1/ users",
    ] {
        assert_eq!(
            parse(path, None).unwrap_err(),
            Refusal::UnknownPath,
            "{path}"
        );
    }
}

#[test]
fn every_route_of_every_version_is_found() {
    for version in VERSIONS {
        for route in Route::of_version(version) {
            let path = format!("/{}{}", version.name, route.path.replace("{id}", ID));
            let request = parse(&path, None).unwrap();
            assert_eq!(request.route.path, route.path);
            assert_eq!(request.version.name, version.name);
            assert_eq!(request.id.is_some(), route.takes_id());
        }
    }
}

#[test]
fn what_is_no_id_is_no_record_rather_than_no_path() {
    for id in [
        "x",
        "5f00aa11bb22cc33dd44ee0",
        "5f00aa11bb22cc33dd44ee0g",
        "%20",
    ] {
        let request = parse(&format!("/v3.0/users/{id}/sections"), None).unwrap();
        assert_eq!(request.id, None, "{id}");
    }
    let upper = parse("/v3.0/users/5F00AA11BB22CC33DD44EE01", None).unwrap();
    assert_eq!(upper.id, ObjectId::from_hex(ID));
}

#[test]
fn limits() {
    let cases = [
        ("limit=1", Ok(1)),
        ("limit=10000", Ok(10_000)),
        ("limit=007", Ok(7)),
        ("limit=%31%30", Ok(10)),
        ("limit=5&limit=6", Ok(6)),
        ("limit=x&limit=6", Ok(6)),
        ("Limit=x", Ok(100)),
        ("limit=10001", Err(Refusal::LimitTooLarge)),
        ("limit=99999999999999999999999", Err(Refusal::LimitTooLarge)),
        ("limit=0", Err(Refusal::BadLimit)),
        ("limit=-1", Err(Refusal::BadLimit)),
        ("limit=x", Err(Refusal::BadLimit)),
        ("limit=", Err(Refusal::BadLimit)),
        ("limit", Err(Refusal::BadLimit)),
        ("limit=1.0", Err(Refusal::BadLimit)),
        ("limit=+1", Err(Refusal::BadLimit)),
    ];
    for (query, expected) in cases {
        let got = ask("/v3.1/sections", query).map(|request| request.limit);
        assert_eq!(got, expected, "{query}");
    }
}

#[test]
fn cursors() {
    let id = ObjectId::from_hex(ID).unwrap();
    let after = format!("starting_after={ID}");
    let before = format!("ending_before={}", ID.to_uppercase());
    let both = format!("{after}&{before}");
    let last_of_two = format!("starting_after=x&{after}");
    let cases = [
        ("", Ok(Cursor::Start)),
        (after.as_str(), Ok(Cursor::After(id))),
        (before.as_str(), Ok(Cursor::Before(id))),
        ("ending_before=last", Ok(Cursor::Last)),
        (last_of_two.as_str(), Ok(Cursor::After(id))),
        (both.as_str(), Err(Refusal::BothCursors)),
        ("starting_after=last", Err(Refusal::BadCursor)),
        ("ending_before=LAST", Err(Refusal::BadCursor)),
        ("starting_after=", Err(Refusal::BadCursor)),
        ("ending_before=5f00", Err(Refusal::BadCursor)),
        ("starting_after=%ff%fe", Err(Refusal::BadCursor)),
    ];
    for (query, expected) in cases {
        let got = ask("/v3.0/users", query).map(|request| request.cursor);
        assert_eq!(got, expected, "{query}");
    }
}

#[test]
fn last_is_accepted_on_every_list() {
    for version in VERSIONS {
        for route in Route::of_version(version).filter(|route| route.has_pages()) {
            let path = format!("/{}{}", version.name, route.path.replace("{id}", ID));
            let request = ask(&path, "ending_before=last").unwrap();
            assert_eq!(request.cursor, Cursor::Last, "{}", route.path);
        }
    }
}

#[test]
fn pages_by_number_are_those_of_1_x() {
    let cases = [
        ("page=3", Ok(Some(3))),
        ("page=3&count=true", Ok(None)),
        ("page=0", Err(Refusal::BadPage)),
        ("page=+1", Err(Refusal::BadPage)),
        ("page=", Err(Refusal::BadPage)),
        ("page=2&ending_before=last", Err(Refusal::PageAndCursor)),
        // A page that no list is long enough for is empty, however many digits it has.
        ("page=99999999999999999999999", Ok(Some(usize::MAX))),
    ];
    for (query, expected) in cases {
        let got = ask("/v1.2/students", query).map(|request| request.page);
        assert_eq!(got, expected, "{query}");
    }
    assert_eq!(ask("/v2.0/students", "page=x").unwrap().page, None);
}

#[test]
fn a_list_of_grades_takes_no_page() {
    let request = ask("/v1.1/teachers/x/grade_levels", "limit=0&page=x").unwrap();
    assert_eq!((request.limit, request.page), (DEFAULT_LIMIT, None));
}

#[test]
fn the_first_version_has_another_address_of_its_events() {
    let request = ask("/v1.1/push/events", "limit=5").unwrap();
    assert_eq!((request.route.path, request.limit), ("/events", 5));
    assert_eq!(request.path, "/v1.1/push/events");
    for path in ["/v1.2/push/events", "/v1.1/push", "/v1.1/push/events/x"] {
        assert_eq!(ask(path, "").unwrap_err(), Refusal::UnknownPath, "{path}");
    }
}

#[test]
fn roles_are_those_of_the_path() {
    let cases = [
        (
            "/v3.1/users",
            "role=district_admin",
            Ok(Some(Role::DistrictAdmin)),
        ),
        ("/v3.1/users", "role=contact", Ok(Some(Role::Contact))),
        ("/v3.1/users", "role=principal", Err(Refusal::BadRole)),
        ("/v3.1/users", "role=", Err(Refusal::BadRole)),
        ("/v3.1/users", "role=Teacher", Err(Refusal::BadRole)),
        ("/v3.1/schools/x/users", "role=staff", Ok(Some(Role::Staff))),
        (
            "/v3.1/schools/x/users",
            "role=contact",
            Err(Refusal::BadRole),
        ),
        (
            "/v3.1/sections/x/users",
            "role=staff",
            Err(Refusal::BadRole),
        ),
        (
            "/v3.1/resources/x/users",
            "role=student",
            Ok(Some(Role::Student)),
        ),
        ("/v3.1/sections", "role=principal", Ok(None)),
    ];
    for (path, query, expected) in cases {
        let got = ask(path, query).map(|request| request.role);
        assert_eq!(got, expected, "{path}?{query}");
    }
}

#[test]
fn switches() {
    for (query, expected) in [
        ("count=true", true),
        ("count=True", false),
        ("count=5", false),
        ("count=undefined", false),
        ("count", false),
    ] {
        assert_eq!(
            ask("/v3.1/users", query).unwrap().count,
            expected,
            "{query}"
        );
    }
    assert!(!ask("/v3.1/resources", "count=true").unwrap().count);
    // Only the role matters beside a count.
    let counted = ask(
        "/v3.1/users",
        "count=true&limit=0&starting_after=x&role=staff",
    )
    .unwrap();
    assert_eq!((counted.count, counted.role), (true, Some(Role::Staff)));
    assert_eq!(
        ask("/v3.1/users", "count=true&role=x").unwrap_err(),
        Refusal::BadRole
    );

    for (query, expected) in [
        ("primary=true", Ok(true)),
        ("primary=", Ok(false)),
        ("primary=false", Ok(false)),
        ("primary=yes", Err(Refusal::BadPrimary)),
    ] {
        let got = ask("/v3.1/schools/x/users", query).map(|request| request.primary);
        assert_eq!(got, expected, "{query}");
    }
    assert!(!ask("/v3.1/users", "primary=yes").unwrap().primary);
}

#[test]
fn parameters_of_other_paths_are_ignored() {
    let one = ask(
        "/v3.1/sections/x/course",
        "limit=0&starting_after=x&count=true",
    )
    .unwrap();
    assert_eq!(
        (one.limit, one.cursor, one.count),
        (100, Cursor::Start, false)
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(path in "\\PC{0,60}", query in "\\PC{0,80}") {
        if let Err(refusal) = parse(&path, Some(&query)) {
            prop_assert!(refusal.kind() != RefusalKind::NotFound);
        }
        let _ = parse(&format!("/v3.1/users/{path}"), Some(&query));
    }
}
