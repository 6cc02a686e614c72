//! Paging over lists that span three tables, against a plain list of ids as oracle.

use homeroom_model::{
    Allow, Contact, DistrictAdmin, Employee, Kind, ObjectId, Role, Scope, Staff, Student, Teacher,
};
use homeroom_wire::{Answer, Route, VERSIONS, parse};
use proptest::prelude::*;
use serde_json::Value;

use crate::roster::{Roster, Shared, id, link};
use crate::sample::sample;

/// Who has an id: decides the table and the roles.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Student,
    Contact,
    Teacher,
    Staff,
    Admin,
    TeacherAndStaff,
    Nobody,
}

impl Who {
    fn kind(self) -> Option<Kind> {
        match self {
            Self::Student => Some(Kind::Student),
            Self::Contact => Some(Kind::Contact),
            Self::Nobody => None,
            _ => Some(Kind::Employee),
        }
    }

    fn has(self, role: Role) -> bool {
        match role {
            Role::Student => self == Self::Student,
            Role::Contact => self == Self::Contact,
            Role::Teacher => matches!(self, Self::Teacher | Self::TeacherAndStaff),
            Role::Staff => matches!(self, Self::Staff | Self::TeacherAndStaff),
            Role::DistrictAdmin => self == Self::Admin,
        }
    }
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => Just(Who::Student),
        3 => Just(Who::Contact),
        1 => Just(Who::Teacher),
        1 => Just(Who::Staff),
        1 => Just(Who::Admin),
        1 => Just(Who::TeacherAndStaff),
        2 => Just(Who::Nobody),
    ]
}

/// The id at a place: every third number, so that there are ids between and around.
fn number(place: usize) -> ObjectId {
    let mut bytes = [0x5f; 12];
    bytes[11] = u8::try_from(place * 3 + 1).unwrap();
    ObjectId::new(bytes)
}

const NONE: ObjectId = ObjectId::new([0; 12]);

/// A district of these people, ids in this order; `shown` says who is in scope.
fn people(people: &[(Who, bool)]) -> Shared {
    let mut roster = Roster::default();
    let mut shown = [Kind::Student, Kind::Employee, Kind::Contact].map(|kind| (kind, Vec::new()));
    for (place, (who, in_scope)) in people.iter().enumerate() {
        let own = number(place);
        let role_id = |role| if who.has(role) { own } else { NONE };
        let row = match who.kind() {
            None => continue,
            Some(Kind::Student) => roster.add(own, &[], &Student::default()),
            Some(Kind::Contact) => roster.add(own, &[own], &Contact::default()),
            Some(_) => {
                let employee = Employee {
                    teacher: who.has(Role::Teacher).then(Teacher::default),
                    staff: who.has(Role::Staff).then(Staff::default),
                    admin: who.has(Role::DistrictAdmin).then(DistrictAdmin::default),
                };
                let roles = [Role::Teacher, Role::Staff, Role::DistrictAdmin].map(role_id);
                roster.add(own, &roles, &employee)
            }
        };
        let rows = shown.iter_mut().find(|(kind, _)| Some(*kind) == who.kind());
        if *in_scope {
            rows.unwrap().1.push(row);
        }
    }
    let all_shown = people.iter().all(|(_, shown)| *shown);
    let mut scope = Scope::default();
    for (kind, rows) in shown {
        if !all_shown {
            scope = scope.with(kind, Allow::Only(rows.into_iter().collect()));
        }
    }
    Shared::new(&roster, scope)
}

fn page_ids(page: &Value) -> Vec<String> {
    let items = page["data"].as_array().unwrap();
    items.iter().map(|item| id(&item["data"])).collect()
}

/// Follows one kind of link to its end, page by page.
fn walk(shared: &Shared, start: String, rel: &str, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut address = start;
    loop {
        let page = shared.read(&address);
        assert_eq!(link(&page, "self").unwrap(), address);
        let ids = page_ids(&page);
        assert!(ids.len() <= limit);
        pages.push(ids);
        assert!(pages.len() < 100, "the walk does not end");
        match link(&page, rel) {
            Some(on) => address = on,
            None => return pages,
        }
    }
}

fn roles() -> impl Strategy<Value = Option<Role>> {
    prop_oneof![
        2 => Just(None),
        3 => prop::sample::select(Role::ALL.to_vec()).prop_map(Some),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn walks_give_the_set_in_both_directions(
        everybody in prop::collection::vec((who(), prop::bool::weighted(0.8)), 0..40),
        role in roles(),
        limit in 1usize..12,
    ) {
        let shared = people(&everybody);
        let expected: Vec<_> = everybody
            .iter()
            .enumerate()
            .filter(|(_, (who, shown))| {
                *shown && *who != Who::Nobody && role.is_none_or(|role| who.has(role))
            })
            .map(|(place, _)| number(place).to_hex())
            .collect();
        let role = role.map_or_else(String::new, |role| format!("&role={}", role.text()));

        let pages = walk(&shared, format!("/v3.1/users?limit={limit}{role}"), "next", limit);
        // Every page but the last is full, and no page follows a full last one.
        prop_assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit));
        prop_assert!(pages.len() == 1 || !pages[pages.len() - 1].is_empty());
        prop_assert_eq!(pages.concat(), expected.clone());

        let start = format!("/v3.1/users?limit={limit}{role}&ending_before=last");
        let mut pages = walk(&shared, start, "prev", limit);
        prop_assert!(pages.iter().rev().skip(1).all(|page| page.len() == limit));
        pages.reverse();
        prop_assert_eq!(pages.concat(), expected.clone());

        let count = shared.read(&format!("/v3.1/users?count=true{role}"));
        prop_assert_eq!(count["count"].as_u64().unwrap(), expected.len() as u64);
    }

    #[test]
    fn a_cursor_only_marks_a_place(
        everybody in prop::collection::vec((who(), prop::bool::weighted(0.8)), 0..30),
        at in 0u8..100,
        limit in 1usize..12,
    ) {
        let shared = people(&everybody);
        let mut cursor = [0x5f; 12];
        cursor[11] = at;
        let cursor = ObjectId::new(cursor).to_hex();
        let all = shared.ids("/v3.1/users");

        let after = shared.read(&format!("/v3.1/users?limit={limit}&starting_after={cursor}"));
        let follow: Vec<_> = all.iter().filter(|id| **id > cursor).cloned().collect();
        prop_assert_eq!(page_ids(&after), &follow[..limit.min(follow.len())]);
        let prev = format!("/v3.1/users?limit={limit}&ending_before={cursor}");
        prop_assert_eq!(link(&after, "prev"), Some(prev.clone()));
        prop_assert_eq!(link(&after, "next").is_some(), follow.len() > limit);

        let before = shared.read(&prev);
        let precede: Vec<_> = all.iter().filter(|id| **id < cursor).cloned().collect();
        prop_assert_eq!(page_ids(&before), &precede[precede.len().saturating_sub(limit)..]);
        prop_assert_eq!(
            link(&before, "next"),
            Some(format!("/v3.1/users?limit={limit}&starting_after={cursor}"))
        );
        prop_assert_eq!(link(&before, "prev").is_some(), precede.len() > limit);
    }
}

#[test]
fn a_page_may_hold_ten_thousand() {
    let mut roster = Roster::default();
    for place in 0..10_001_u32 {
        let mut bytes = [0x5f; 12];
        bytes[8..].copy_from_slice(&place.to_be_bytes());
        roster.add(ObjectId::new(bytes), &[], &Student::default());
    }
    let shared = Shared::new(&roster, Scope::default());
    let first = shared.read("/v3.0/users?limit=10000");
    assert_eq!(page_ids(&first).len(), 10_000);
    let last = shared.read(&link(&first, "next").unwrap());
    assert_eq!(page_ids(&last).len(), 1);
    assert_eq!(link(&last, "next"), None);
}

#[test]
fn the_list_of_districts_comes_to_an_end() {
    let shared = people(&[]);
    let own = shared.district.id.to_hex();
    assert_eq!(shared.ids("/v3.1/districts"), [own.as_str()]);
    assert_eq!(
        shared.ids("/v3.1/districts?ending_before=last"),
        [own.as_str()]
    );
    let after = shared.read(&format!("/v3.1/districts?starting_after={own}"));
    assert_eq!(page_ids(&after), [""; 0]);
    let other = "/v3.1/districts/5f00aa11bb22cc33dd44ee99";
    assert!(shared.get(other).is_err());
}

#[test]
fn parts_together_are_the_whole() {
    let shared = sample();
    let view = shared.view();
    let routes = VERSIONS.iter().flat_map(|version| {
        let name = version.name;
        Route::of_version(version).map(move |route| (name, route))
    });
    for (version, route) in routes {
        let origins = if route.takes_id() {
            shared.ids(&format!("/{version}/{}", route.of.collection()))
        } else {
            vec![String::new()]
        };
        for origin in origins {
            let path = format!("/{version}{}", route.path.replace("{id}", &origin));
            let request = parse(&path, None).unwrap();
            for bytes in [0, 700, 5_000, usize::MAX] {
                let Ok(mut answer) = Answer::new(&request, &view) else {
                    continue;
                };
                let mut parts = Vec::new();
                loop {
                    let mut part = Vec::new();
                    let more = answer.write(&request, &view, &mut part, bytes);
                    assert!(!part.is_empty(), "{path}");
                    parts.push(part);
                    if !more {
                        break;
                    }
                }
                assert!(bytes < usize::MAX || parts.len() == 1);
                assert_eq!(parts.concat(), shared.get(&path).unwrap(), "{path}");
                let mut nothing = Vec::new();
                assert!(!answer.write(&request, &view, &mut nothing, bytes) && nothing.is_empty());
            }
        }
    }
}
