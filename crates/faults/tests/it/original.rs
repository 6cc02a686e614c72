//! Where the original is less kind: other ids, told alike by every answer.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_testkit::{Edition, Files, district_of, small_district};
use serde_json::Value;

use crate::client::{Client, by, documents, id, ids};
use crate::home::Home;

const ALL_IDS: &str = "email-new-id,sis-new-id,email-split=0.7,course-term-new-id,contact-new-id";

/// The collections of a version.
fn collections(version: &str) -> &'static [&'static str] {
    match version {
        "v3.1" => &["schools", "courses", "terms", "sections", "users"],
        "v2.1" => &[
            "schools",
            "courses",
            "terms",
            "sections",
            "students",
            "teachers",
            "school_admins",
            "contacts",
        ],
        _ => &[
            "schools",
            "sections",
            "students",
            "teachers",
            "school_admins",
            "contacts",
        ],
    }
}

/// Everything of a version, by collection and id. Lists ascend, and every id can be read by itself.
async fn walk(client: &Client, version: &str) -> BTreeMap<&'static str, BTreeMap<String, Value>> {
    let mut all = BTreeMap::new();
    for collection in collections(version) {
        let documents = client
            .walk(&format!("/{version}/{collection}?limit=7"))
            .await;
        let listed = ids(&documents);
        assert!(
            listed.is_sorted_by(|a, b| a < b),
            "{version} {collection}: {listed:?}"
        );
        for document in &documents {
            let address = format!("/{version}/{collection}/{}", id(document));
            assert_eq!(
                client.one(&address).await.as_ref(),
                Some(document),
                "{address}"
            );
        }
        let keyed = documents
            .into_iter()
            .map(|document| (id(&document).to_owned(), document));
        all.insert(*collection, keyed.collect());
    }
    all
}

/// Rosters and references name records that are there.
fn references_hold(all: &BTreeMap<&'static str, BTreeMap<String, Value>>) {
    let known: BTreeSet<&str> = all
        .values()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .collect();
    let check = |document: &Value, field: &str| {
        for id in document
            .get(field)
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(ids) => ids.clone(),
                one => vec![one.clone()],
            })
        {
            let id = id.as_str().unwrap();
            assert!(known.contains(id), "{field} {id} of {document}");
        }
    };
    for section in all["sections"].values() {
        for field in ["school", "teacher", "teachers", "students"] {
            check(section, field);
        }
        if all.contains_key("courses") {
            check(section, "course");
            check(section, "term_id");
        }
    }
    for contact in all.get("contacts").into_iter().flat_map(BTreeMap::values) {
        for field in ["student", "students"] {
            check(contact, field);
        }
    }
    for user in all.get("users").into_iter().flat_map(BTreeMap::values) {
        let ties = user.pointer("/roles/contact/student_relationships");
        for tie in ties.and_then(Value::as_array).into_iter().flatten() {
            check(tie, "student");
        }
    }
}

/// What the feed made of nothing: the documents of every record that is not deleted.
fn replayed(events: &[Value], kind: &str) -> BTreeMap<String, Value> {
    let mut known = BTreeMap::new();
    for event in events {
        let (of, verb) = event["type"].as_str().unwrap().split_once('.').unwrap();
        let object = &event["data"]["object"];
        match verb {
            _ if of != kind => {}
            "deleted" => assert!(
                known.remove(id(object)).is_some(),
                "deleted unknown {event}"
            ),
            "created" => {
                let old = known.insert(id(object).to_owned(), object.clone());
                assert!(old.is_none(), "created twice {event}");
            }
            _ => {
                let old = known.insert(id(object).to_owned(), object.clone());
                assert!(old.is_some(), "updated unknown {event}");
            }
        }
    }
    known
}

/// An export of a day: some students and one teacher, who is on the staff too, have another email each day.
fn day_files(day: u64) -> Files {
    let mut files = district_of(40, Edition(day));
    for (file, people) in [
        ("students.csv", &["p3@", "p11@", "p17@"][..]),
        ("teachers.csv", &["t1@"]),
        ("staff.csv", &["t1@"]),
    ] {
        let mut text = files.text(file).to_owned();
        for person in people {
            text = text.replace(&format!(",{person}"), &format!(",{day}.{person}"));
        }
        files = files.with(file, text);
    }
    files
}

/// What the feed tells of, by version: the prefix of the types and the collection.
fn kinds(version: &str) -> &'static [(&'static str, &'static str)] {
    match version {
        "v3.1" => &[
            ("users", "users"),
            ("sections", "sections"),
            ("courses", "courses"),
            ("terms", "terms"),
        ],
        "v2.1" => &[
            ("students", "students"),
            ("teachers", "teachers"),
            ("schooladmins", "school_admins"),
            ("contacts", "contacts"),
            ("sections", "sections"),
            ("courses", "courses"),
            ("terms", "terms"),
        ],
        _ => &[
            ("students", "students"),
            ("teachers", "teachers"),
            ("schooladmins", "school_admins"),
            ("studentcontacts", "contacts"),
            ("sections", "sections"),
        ],
    }
}

/// Lists, single records, references and the feed hold together.
async fn holds_together(
    client: &Client,
    version: &str,
) -> BTreeMap<&'static str, BTreeMap<String, Value>> {
    let all = walk(client, version).await;
    references_hold(&all);
    let events = client.walk(&format!("/{version}/events")).await;
    let told = ids(&events);
    assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
    for (kind, collection) in kinds(version) {
        let known = replayed(&events, kind);
        let listed = &all[collection];
        assert!(!listed.is_empty());
        for (id, document) in listed {
            assert_eq!(known.get(id), Some(document), "{version} {kind}");
        }
        assert_eq!(known.len(), listed.len(), "{version} {kind}");
    }
    all
}

#[tokio::test]
async fn ids_hold_together_in_every_version_and_over_days() {
    let home = Home::new(&day_files(0)).await;
    let client = home.faulty(ALL_IDS);
    for day in 0..3 {
        if day > 0 {
            home.import(&day_files(day)).await;
        }
        for version in ["v3.1", "v2.1", "v1.2"] {
            holds_together(&client, version).await;
        }
    }
    // A proxy that starts now shows the same, and its feed leads there too.
    let fresh = home.faulty(ALL_IDS);
    for version in ["v3.1", "v2.1", "v1.2"] {
        assert_eq!(
            walk(&client, version).await,
            holds_together(&fresh, version).await
        );
    }
}

#[tokio::test]
async fn ids_change_by_the_cause_that_the_fault_names_and_no_other() {
    let home = Home::new(&day_files(0)).await;
    let client = home.faulty("email-new-id");
    let students = async |client: &Client| {
        by(
            &client.walk("/v3.1/users?role=student").await,
            "/roles/student/sis_id",
        )
    };
    let (shown, real) = (students(&client).await, students(&home.plain()).await);
    home.import(&day_files(1)).await;
    let (shown_then, real_then) = (students(&client).await, students(&home.plain()).await);
    let mut renamed = 0;
    for (key, document) in &shown_then {
        let Some(before) = shown.get(key) else {
            continue;
        };
        let cause = before["email"] != document["email"] || real[key]["id"] != real_then[key]["id"];
        assert_eq!(id(before) != id(document), cause, "{key}");
        renamed += usize::from(cause);
    }
    assert!(renamed >= 2, "{renamed}");
}

/// What happens to ids between two exports: each kind by what nobody renames, with the ids of both days.
async fn days(faults: &str, first: &Files, second: &Files, list: &str, key: &str) -> Renamed {
    let home = Home::new(first).await;
    let client = home.faulty(faults);
    let before = by(&client.walk(list).await, key);
    let cursor = client.walk("/v3.1/events").await;
    let cursor = id(cursor.last().unwrap()).to_owned();
    home.import(second).await;
    let after = by(&client.walk(list).await, key);
    let events = client
        .walk(&format!("/v3.1/events?starting_after={cursor}"))
        .await;
    let both = before
        .iter()
        .filter_map(|(key, old)| Some((key, old, after.get(key)?)));
    let changed = both.filter(|(_, old, new)| id(old) != id(new));
    let changed: BTreeMap<_, _> = changed
        .map(|(key, old, new)| (key.clone(), (id(old).to_owned(), id(new).to_owned())))
        .collect();
    for (old, _) in changed.values() {
        let path = list.split('?').next().unwrap();
        assert_eq!(
            client.one(&format!("{path}/{old}")).await,
            None,
            "the old id still leads somewhere"
        );
    }
    Renamed { changed, events }
}

struct Renamed {
    /// Old and new ids, by key.
    changed: BTreeMap<String, (String, String)>,
    /// What the feed told of it.
    events: Vec<Value>,
}

impl Renamed {
    fn keys(&self) -> Vec<&str> {
        self.changed.keys().map(String::as_str).collect()
    }

    /// The types of the events about one id.
    fn of(&self, object: &str) -> Vec<&str> {
        let about = self
            .events
            .iter()
            .filter(|event| event["data"]["object"]["id"] == object);
        about.map(|event| event["type"].as_str().unwrap()).collect()
    }

    /// The one who was renamed went under the old id and came under the new one, and rosters followed.
    fn check(&self, key: &str, prefix: &str, rosters: usize) {
        let (old, new) = &self.changed[key];
        assert_eq!(self.of(old), [format!("{prefix}.deleted")]);
        assert_eq!(self.of(new), [format!("{prefix}.created")]);
        let followed = self.events.iter().filter(|event| {
            let data = &event["data"];
            event["type"] == "sections.updated"
                && data["object"].to_string().contains(new.as_str())
                && data["previous_attributes"]
                    .to_string()
                    .contains(old.as_str())
        });
        assert_eq!(followed.count(), rosters, "{:?}", self.events);
    }
}

fn with(file: &str, old: &str, new: &str) -> Files {
    small_district().replacing(file, old, new)
}

#[tokio::test]
async fn email_new_id() {
    let second = with("students.csv", "min@elm.example", "min.cho@elm.example").replacing(
        "teachers.csv",
        "gail.hart@",
        "gail.heart@",
    );
    let faults = "email-new-id";
    let list = "/v3.1/users?role=student";
    let renamed = days(
        faults,
        &small_district(),
        &second,
        list,
        "/roles/student/sis_id",
    )
    .await;
    assert_eq!(renamed.keys(), ["P3"]);
    renamed.check("P3", "users", 1);
    let list = "/v3.1/users?role=teacher";
    let renamed = days(
        faults,
        &small_district(),
        &second,
        list,
        "/roles/teacher/sis_id",
    )
    .await;
    assert_eq!(renamed.keys(), ["T1"]);
    renamed.check("T1", "users", 2);
    let quiet = with("students.csv", "Cho,Min,4", "Chow,Min,4");
    let list = "/v3.1/users?role=student";
    let renamed = days(
        faults,
        &small_district(),
        &quiet,
        list,
        "/roles/student/sis_id",
    )
    .await;
    assert!(renamed.changed.is_empty());
    assert_eq!(
        renamed
            .events
            .iter()
            .filter(|event| event["type"] == "users.updated")
            .count(),
        1
    );
}

#[tokio::test]
async fn sis_new_id() {
    // The source itself keeps the id: a number and an email that stay are evidence enough for it.
    let second =
        with("students.csv", "S1,P3,", "S1,P33,").replacing("enrollments.csv", "X2,P3", "X2,P33");
    let list = "/v3.1/users?role=student";
    let key = "/roles/student/student_number";
    let renamed = days("sis-new-id", &small_district(), &second, list, key).await;
    assert_eq!(renamed.keys(), ["9003"]);
    renamed.check("9003", "users", 1);
    let second = with("students.csv", "Cho,Min,4", "Chow,Min,4");
    let renamed = days("sis-new-id", &small_district(), &second, list, key).await;
    assert!(renamed.changed.is_empty());
}

#[tokio::test]
async fn email_split() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("email-split=1");
    let teacher = client.walk("/v3.1/users?role=teacher").await;
    let staff = client.walk("/v3.1/users?role=staff").await;
    let teacher = &by(&teacher, "/roles/teacher/sis_id")["T3"];
    let staff = &by(&staff, "/roles/staff/staff_id")["A1"];
    assert_ne!(id(teacher), id(staff));
    assert_ne!(teacher["email"], staff["email"]);
    assert!(teacher["roles"].get("staff").is_none() && staff["roles"].get("teacher").is_none());
    assert_eq!(
        client.walk("/v3.1/users").await.len(),
        home.plain().walk("/v3.1/users").await.len() + 1
    );
    let classes = async |id: &str| {
        client
            .walk(&format!("/v3.1/users/{id}/sections"))
            .await
            .len()
    };
    assert_eq!(
        (classes(id(teacher)).await, classes(id(staff)).await),
        (2, 0)
    );
    // Some emails split, others do not: a change of the email then splits, and the feed tells it.
    let mut seen = BTreeSet::new();
    for seed in 0..12 {
        let home = Home::new(&small_district()).await;
        let settings = homeroom_faults::Settings {
            seed,
            ..Default::default()
        };
        let client = home.with(settings.with("email-split").unwrap());
        let count = async || client.walk("/v3.1/users").await.len();
        let before = count().await;
        let events = client.walk("/v3.1/events").await;
        let second = with("teachers.csv", "kay.lima@", "k.lima@").replacing(
            "staff.csv",
            "kay.lima@",
            "k.lima@",
        );
        home.import(&second).await;
        let after = count().await;
        let new = client.walk("/v3.1/events").await.split_off(events.len());
        let of = |verb: &str| {
            new.iter()
                .filter(|event| event["type"] == format!("users.{verb}"))
                .count()
        };
        assert_eq!(
            (of("created"), of("deleted")),
            (after.saturating_sub(before), before.saturating_sub(after))
        );
        seen.insert(after.cmp(&before));
        if seen.len() > 1 {
            break;
        }
    }
    assert!(seen.len() > 1, "no email split or merged anybody: {seen:?}");
}

#[tokio::test]
async fn course_term_new_id() {
    let second = with(
        "sections.csv",
        "Reading 4,R4,2,English/language arts,Year",
        "Reading four,R4,2,English/language arts,Year",
    );
    let faults = "course-term-new-id";
    let renamed = days(
        faults,
        &small_district(),
        &second,
        "/v3.1/courses",
        "/number",
    )
    .await;
    assert_eq!(renamed.keys(), ["R4"]);
    let (old, new) = &renamed.changed["R4"];
    assert_eq!(
        (renamed.of(old), renamed.of(new)),
        (vec!["courses.deleted"], vec!["courses.created"])
    );
    let quiet = days(
        "email-new-id",
        &small_district(),
        &second,
        "/v3.1/courses",
        "/number",
    )
    .await;
    assert!(quiet.changed.is_empty());
}

#[tokio::test]
async fn contact_new_id() {
    let without = |files: Files| {
        let text = files.text("students.csv").replace(",C4\n", ",\n");
        files.with("students.csv", text)
    };
    let second = with("students.csv", "5550101004", "5550109999").replacing(
        "students.csv",
        "5550101005",
        "5550108888",
    );
    let list = "/v3.1/users?role=contact";
    let renamed = days(
        "contact-new-id",
        &without(small_district()),
        &without(second),
        list,
        "/name/last",
    )
    .await;
    assert_eq!(
        renamed.keys(),
        ["Sun Cho"],
        "Anne D'Arcy has an id of her own"
    );
    renamed.check("Sun Cho", "users", 0);
}

#[tokio::test]
async fn unshared_ids() {
    let home = Home::new(&district_of(40, Edition(0))).await;
    let client = home.faulty("unshared-ids=0.3");
    for (version, list) in [
        ("v3.1", "users?role=student"),
        ("v2.1", "students"),
        ("v1.1", "students"),
    ] {
        let collection = list.split('?').next().unwrap();
        let shared: BTreeSet<_> = ids(&client.walk(&format!("/{version}/{list}")).await)
            .into_iter()
            .collect();
        let quiet: BTreeSet<_> = ids(&home.plain().walk(&format!("/{version}/{list}")).await)
            .into_iter()
            .collect();
        assert!(shared.is_subset(&quiet) && shared.len() < quiet.len());
        let sections = client.walk(&format!("/{version}/sections")).await;
        assert_eq!(
            sections,
            home.plain().walk(&format!("/{version}/sections")).await
        );
        let mut lacking = 0;
        for student in &sections[0]["students"].as_array().unwrap().clone() {
            let student = student.as_str().unwrap();
            let read = client
                .one(&format!("/{version}/{collection}/{student}"))
                .await;
            assert_eq!(read.is_some(), shared.contains(student));
            let below = client
                .get(&format!("/{version}/{collection}/{student}/sections"))
                .await;
            let expected = if shared.contains(student) {
                (200, "")
            } else {
                (404, "unshared-ids")
            };
            assert_eq!((below.status.as_u16(), below.faults()), expected);
            lacking += usize::from(read.is_none());
        }
        assert!(lacking > 0, "{version}");
        let events = client.walk(&format!("/{version}/events")).await;
        let told = events.iter().filter(|event| {
            event["data"]["object"]["id"]
                .as_str()
                .is_some_and(|id| quiet.contains(id) && !shared.contains(id))
        });
        assert_eq!(told.count(), 0);
    }
}

#[tokio::test]
async fn date_spellings() {
    let home = Home::new(&small_district()).await;
    let client = home.faulty("date-spellings");
    let mut spellings = BTreeSet::new();
    for _ in 0..3 {
        let section = &client.page("/v1.1/sections").await[0];
        let start = section["term"]["start_date"].as_str().unwrap().to_owned();
        assert!(start.starts_with("2024-08-20"));
        spellings.insert(start);
    }
    let told: Vec<_> = spellings.iter().map(|text| &text[10..]).collect();
    assert_eq!(told, ["", " 00:00:00.000000", "T00:00:00.000Z"]);
    assert_eq!(
        client.walk("/v2.0/terms").await,
        home.plain().walk("/v2.0/terms").await
    );
}

#[tokio::test]
async fn no_hints() {
    let home = Home::new(&small_district()).await;
    let plain = home.plain().get("/v3.1/users").await;
    assert!(!plain.header("etag").is_empty() && !plain.header("homeroom-snapshot").is_empty());
    let got = home.faulty("no-hints").get("/v3.1/users").await;
    assert_eq!(documents(&got.json()), documents(&plain.json()));
    assert!(got.header("etag").is_empty() && got.header("homeroom-snapshot").is_empty());
}
