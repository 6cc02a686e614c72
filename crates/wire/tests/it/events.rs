//! Events: that replaying them leads from one full read to the next, whatever changes, and that each keeps its contract.

pub(crate) mod contract;
mod roles;

use std::collections::BTreeMap;

use homeroom_model::{Field, IdRange, Mask, Timestamp};
use homeroom_segment::{Changes, MovedRecords};
use homeroom_wire::{
    EventPage, Move, Object, Request, VERSIONS, Version, count_events, event, parse,
};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::agreement::plan::{Plan, build, plan};
use crate::roster::{Shared, id, link};

const IDS: IdRange = IdRange {
    seconds: 0x6400_0000,
    fence: [1, 2, 3, 4, 5],
    count: 1 << 20,
};

/// A view, and what it became.
pub(crate) struct Moved {
    before: Shared,
    after: Shared,
    records: MovedRecords,
}

impl Moved {
    pub(crate) fn new(before: Shared, after: Shared, changes: Option<&[Changes]>) -> Self {
        let records = MovedRecords::between(before.view(), after.view(), changes);
        Self {
            before,
            after,
            records,
        }
    }

    fn told(&self) -> Move<'_> {
        Move {
            before: self.before.view(),
            after: self.after.view(),
            records: &self.records,
            ids: IDS,
            moved_at: Timestamp::from_millis(1_711_469_381_123),
        }
    }

    /// The answer to an address.
    pub(crate) fn page(&self, address: &str) -> Value {
        let request = request(address);
        let mut page = EventPage::new(&request);
        page.add(&request, &self.told());
        let numbered = request.version.rules.numbered_pages;
        let count = numbered.then(|| count_events(&request, &self.told()));
        let mut out = Vec::new();
        page.finish(&request, count, &mut out);
        serde_json::from_slice(&out).unwrap()
    }

    /// One event's answer.
    fn one(&self, address: &str) -> Option<Value> {
        let body = event(&request(address), &self.told())?;
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// Every event, in pages of a size.
    pub(crate) fn all(&self, address: &str, limit: usize) -> Vec<Value> {
        let mut events = Vec::new();
        let joint = if address.contains('?') { '&' } else { '?' };
        let mut address = format!("{address}{joint}limit={limit}");
        loop {
            let mut page = self.page(&address);
            let items = page["data"].as_array_mut().unwrap();
            events.extend(items.iter_mut().map(|item| item["data"].take()));
            match link(&page, "next") {
                Some(next) => address = next,
                None => return events,
            }
        }
    }
}

fn request(address: &str) -> Request {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    parse(path, Some(query)).unwrap()
}

/// Full reads of what has events, by the beginning of their types and by id.
type Mirror = BTreeMap<(String, String), Value>;

fn read_all(version: &Version, shared: &Shared) -> Mirror {
    let mut mirror = Mirror::new();
    for object in Object::of(version) {
        let Some(prefix) = object.event_prefix(version) else {
            continue;
        };
        for document in shared.all(&format!("/{}/{}", version.name, object.collection())) {
            mirror.insert((prefix.to_owned(), id(&document)), document);
        }
    }
    mirror
}

/// A document without what events leave out.
fn unstamped(document: &Value) -> Value {
    let mut document = document.clone();
    let members = document.as_object_mut().unwrap();
    members.remove("last_modified");
    let roles = members.get_mut("roles").and_then(Value::as_object_mut);
    for role in roles.into_iter().flat_map(|roles| roles.values_mut()) {
        role.as_object_mut().unwrap().remove("last_modified");
    }
    document
}

/// What a document was, from what it became and `previous_attributes`.
pub(crate) fn taken_back(after: &Value, previous: &Value) -> Value {
    let (Value::Object(after), Value::Object(previous)) = (after, previous) else {
        return previous.clone();
    };
    let mut before: Map<_, _> = after.clone();
    for (name, was) in previous {
        if was.is_null() {
            before.remove(name);
        } else {
            let now = after.get(name).unwrap_or(&Value::Null);
            before.insert(name.clone(), taken_back(now, was));
        }
    }
    Value::Object(before)
}

/// Applies events in their order, each of which must fit what is there.
fn replay(mirror: &mut Mirror, events: &[Value]) {
    let mut last = String::new();
    for event in events {
        assert!(id(event) > last, "ids ascend");
        last = id(event);
        let (prefix, what) = event["type"].as_str().unwrap().split_once('.').unwrap();
        let (object, previous) = (
            &event["data"]["object"],
            &event["data"]["previous_attributes"],
        );
        let key = (prefix.to_owned(), id(object));
        match what {
            "created" => {
                let there = mirror.insert(key, object.clone());
                assert!(there.is_none(), "{event}");
            }
            "updated" => {
                let was = mirror.insert(key, object.clone()).expect("it was there");
                assert_eq!(
                    unstamped(&taken_back(object, previous)),
                    unstamped(&was),
                    "{event}"
                );
            }
            _ => {
                let was = mirror.remove(&key).expect("it was there");
                assert_eq!(&was, object);
            }
        }
    }
}

/// Replays the events of a move in every version; how many documents differ in their stamps alone.
fn check(moved: &Moved) -> usize {
    let mut exempt = 0;
    for version in VERSIONS {
        let feed = format!("/{}/events", version.name);
        let events = moved.all(&feed, 10_000);
        let mut mirror = read_all(version, &moved.before);
        replay(&mut mirror, &events);
        let expected = read_all(version, &moved.after);
        assert!(mirror.keys().eq(expected.keys()), "{}", version.name);
        for (key, found) in &mirror {
            if *found != expected[key] {
                assert_eq!(
                    unstamped(found),
                    unstamped(&expected[key]),
                    "{} {key:?}",
                    version.name
                );
                exempt += 1;
            }
        }
        assert_eq!(moved.all(&feed, 3), events, "pages meet");
        if let Some(first) = events.first() {
            let one = moved.one(&format!("{feed}/{}", id(first))).unwrap();
            assert_eq!(&one["data"], first);
        }
        check_walks(moved, version, &events);
    }
    exempt
}

/// Backwards, filtered, and by object.
fn check_walks(moved: &Moved, version: &Version, events: &[Value]) {
    let feed = format!("/{}/events", version.name);
    let last = moved.page(&format!("{feed}?ending_before=last&limit=2"));
    let tail = &events[events.len().saturating_sub(2)..];
    let data = |page: &Value| {
        let items = page["data"].as_array().unwrap().iter();
        items.map(|item| item["data"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(data(&last), tail);
    if let [.., end] = events {
        let before = moved.page(&format!("{feed}?ending_before={}&limit=2", id(end)));
        let upto = &events[..events.len() - 1];
        assert_eq!(data(&before), &upto[upto.len().saturating_sub(2)..]);
    }
    if version.rules.numbered_pages {
        let page = moved.page(&format!("{feed}?page=2&limit=2"));
        let expected: Vec<_> = events.iter().skip(2).take(2).cloned().collect();
        assert_eq!(data(&page), expected);
        assert_eq!(page["paging"]["count"], events.len());
        for object in [
            Object::School,
            Object::Section,
            Object::Student,
            Object::Teacher,
        ] {
            let prefix = object.event_prefix(version).unwrap();
            let about = |event: &&Value| event["type"].as_str().unwrap().starts_with(prefix);
            for event in events.iter().filter(about) {
                let of = id(&event["data"]["object"]);
                let path = format!("/{}/{}/{of}/events", version.name, object.collection());
                let expected: Vec<_> = events
                    .iter()
                    .filter(about)
                    .filter(|event| event["data"]["object"]["id"] == *of)
                    .cloned()
                    .collect();
                assert_eq!(moved.all(&path, 10_000), expected);
            }
        }
    } else {
        let wanted = ["sections", "schools"];
        let address = format!("{feed}?record_type=sections&record_type%5B%5D=schools");
        let of = |event: &&Value| {
            let kind = event["type"].as_str().unwrap();
            wanted
                .iter()
                .any(|prefix| kind.split('.').next() == Some(prefix))
        };
        let expected: Vec<_> = events.iter().filter(of).cloned().collect();
        assert_eq!(moved.all(&address, 1), expected);
    }
}

fn seen_as(of: &Plan, view: &Plan) -> Plan {
    let mut plan = of.clone();
    plan.hidden_rows.clone_from(&view.hidden_rows);
    plan.hidden_roles.clone_from(&view.hidden_roles);
    plan
}

fn mask(hidden: &[Field]) -> impl Fn(Mask) -> Mask {
    let hidden = hidden.to_vec();
    move |mask| Mask {
        hidden: hidden.iter().copied().collect(),
        ..mask
    }
}

const HIDDEN: [&[Field]; 4] = [
    &[],
    &[Field::StudentGrade, Field::StudentExt, Field::EmployeeEmail],
    &[Field::SchoolExt, Field::SchoolLocation, Field::StudentDob],
    &[Field::ContactEmail, Field::StaffTitle, Field::TeacherTitle],
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("HOMEROOM_SOAK").is_some() { 4000 } else { 96 },
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_a_change_of_sharing_made_leads_to_what_is_shared_then(
        of in plan(), other in plan(), same_roles: bool,
    ) {
        let mut other = seen_as(&of, &other);
        if same_roles {
            other.hidden_roles.clone_from(&of.hidden_roles);
        }
        let moved = Moved::new(build(&of), build(&other), Some(&[]));
        prop_assert_eq!(check(&moved), 0, "nothing changed but what is shared");
    }

    #[test]
    fn a_change_of_fields_is_told_too(of in plan(), before in 0..4usize, after in 0..4usize) {
        let (mut was, mut is) = (build(&of), build(&of));
        was.mask = mask(HIDDEN[before])(was.mask);
        is.mask = mask(HIDDEN[after])(is.mask);
        prop_assert_eq!(check(&Moved::new(was, is, Some(&[]))), 0);
    }

    #[test]
    fn whole_rosters_are_compared_where_no_changes_are_kept(of in plan(), other in plan()) {
        check(&Moved::new(build(&of), build(&other), None));
    }
}
