use std::collections::BTreeSet;

use super::*;
use crate::version::VERSIONS;

/// What the documents of a relation are called in its path.
fn told(route: &Route, relation: &str) -> bool {
    let gives = route.gives.collection();
    match relation.trim_start_matches("my") {
        "admins" => route.gives == Object::DistrictAdmin,
        "status" => route.gives == Object::Status,
        "grade_levels" => route.items == Items::Grades,
        plural if route.shape == Shape::List => {
            plural == gives
                || route
                    .only
                    .is_some_and(|role| format!("{}s", role.text()) == plural)
        }
        one => format!("{one}s") == gives,
    }
}

#[test]
fn every_row_says_what_its_path_says() {
    for route in ROUTES {
        let parts: Vec<_> = route.path.split('/').skip(1).collect();
        assert_eq!(parts[0], route.of.collection(), "{}", route.path);
        assert_eq!(parts.len() > 1, route.takes_id(), "{}", route.path);
        let expected = match (parts.get(2), route.shape) {
            (None, Shape::List) => !route.takes_id() && route.of == route.gives,
            (None, Shape::One) => route.takes_id() && route.of == route.gives,
            (Some(relation), Shape::List | Shape::Through) => told(route, relation),
            _ => false,
        };
        assert!(expected, "{}", route.path);
        let list = route.shape == Shape::List;
        assert!(list || (!route.counts && !route.filters && route.roles.is_empty()));
        assert!(list || route.items == Items::Wrapped);
        assert!(route.shape == Shape::One || !route.includes);
    }
}

#[test]
fn a_version_has_each_path_once_and_in_order() {
    let numbers: Vec<_> = VERSIONS
        .iter()
        .map(|version| {
            let paths: Vec<_> = Route::of_version(version).map(|route| route.path).collect();
            assert!(paths.is_sorted_by(|a, b| a < b), "{}", version.name);
            paths.len()
        })
        .collect();
    assert_eq!(numbers, [44, 44, 51, 51, 42, 42]);
    for route in ROUTES {
        for version in VERSIONS
            .iter()
            .filter(|version| route.span.contains(version))
        {
            assert!(route.of.span().contains(version), "{}", route.path);
            assert!(route.gives.span().contains(version), "{}", route.path);
        }
    }
}

#[test]
fn each_path_finds_its_own_row_whatever_its_case() {
    let id = "5f00aa11bb22cc33dd44ee01";
    for version in VERSIONS {
        for route in Route::of_version(version) {
            let path = route.path.replace("{id}", id).to_uppercase();
            let parts: Vec<_> = path.split('/').skip(1).collect();
            let (found, found_id) = Route::find(version, &parts).unwrap();
            assert_eq!(found.path, route.path);
            assert!(found.span.contains(version));
            assert_eq!(found_id.is_some(), route.takes_id());
        }
        for unknown in [
            &[][..],
            &["people"],
            &["schools", id, "friends"],
            &["schools", id, "sections", id],
            &["districts", id, "terms"],
        ] {
            assert!(Route::find(version, unknown).is_none(), "{unknown:?}");
        }
    }
}

/// Clever-api 1.3: what each step took away and brought.
#[test]
fn versions_have_the_paths_of_their_time() {
    let paths = |version: &Version| -> BTreeSet<_> {
        Route::of_version(version).map(|route| route.path).collect()
    };
    let versions: Vec<_> = VERSIONS.iter().map(|version| paths(version)).collect();
    assert_eq!(versions[0], versions[1]);
    assert_eq!(versions[2], versions[3]);
    assert_eq!(versions[4], versions[5]);
    let gone: Vec<_> = versions[1].difference(&versions[2]).copied().collect();
    assert_eq!(
        gone,
        [
            "/contacts/{id}/student",
            "/districts/{id}/admins",
            "/districts/{id}/schools",
            "/districts/{id}/sections",
            "/districts/{id}/status",
            "/districts/{id}/students",
            "/districts/{id}/teachers",
            "/teachers/{id}/grade_levels",
        ]
    );
}
