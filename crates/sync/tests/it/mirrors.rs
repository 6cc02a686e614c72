//! What was gathered is what the mirror says, whatever came before.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use homeroom_client::{Record, Sink as _};
use homeroom_depot::{Depot, Settings};
use homeroom_model::{Kind, ObjectId};
use homeroom_plan::Policy;
use homeroom_segment::{MemorySpools, Relation, fields};
use homeroom_sync::{Gathered, Keep, Mirror};
use homeroom_wire::read::document;
use homeroom_wire::{Object, V1_1, V2_1, V3_1, Version};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) fn id(number: u8) -> ObjectId {
    let mut bytes = [0x5f; 12];
    bytes[11] = number;
    ObjectId::new(bytes)
}

pub(crate) fn hex(number: u8) -> String {
    id(number).to_hex()
}

pub(crate) fn record(version: &Version, object: Object, value: &Value) -> Record {
    Record {
        object,
        id: value["id"].as_str().and_then(ObjectId::from_hex),
        raw: value.to_string().into(),
        read: document(version, object, value),
        left_out: Vec::new(),
    }
}

pub(crate) fn student(number: u8, name: &str) -> Value {
    json!({
        "id": hex(number), "district": hex(0), "name": {"first": "Ana", "last": name}, "email": "a@x.org",
        "roles": {"student": {"sis_id": "00417", "school": hex(1), "schools": [hex(1)], "race": "Asian", "ell_status": "Y",
            "credentials": {"district_username": "ana"}, "new_thing": 7}},
    })
}

pub(crate) fn teacher(number: u8) -> Value {
    json!({
        "id": hex(number), "name": {"first": "Tom", "last": "Orr"}, "email": "t@x.org",
        "roles": {"teacher": {"sis_id": "T1", "legacy_id": hex(90), "school": hex(1), "schools": [hex(1)], "title": "Mr"}},
    })
}

pub(crate) fn section(number: u8, students: &[u8]) -> Value {
    let students: Vec<_> = students.iter().copied().map(hex).collect();
    json!({
        "id": hex(number), "name": "Algebra", "sis_id": "c1", "school": hex(1), "course": hex(2), "term_id": hex(3),
        "teachers": [hex(40)], "teacher": hex(40), "students": students, "period": "3",
    })
}

/// A district of version 3.1: a school, a course, a term, two students, a teacher, a section that names three students.
pub(crate) fn district() -> Vec<Record> {
    let of = |object, value: Value| record(&V3_1, object, &value);
    vec![
        of(
            Object::School,
            json!({"id": hex(1), "name": "North", "sis_id": "s1", "phone": "555"}),
        ),
        of(
            Object::Course,
            json!({"id": hex(2), "name": "Algebra", "number": "ALG1"}),
        ),
        of(
            Object::Term,
            json!({"id": hex(3), "name": "Fall", "start_date": "2026-08-20"}),
        ),
        of(Object::User, student(10, "Li")),
        of(Object::User, student(11, "Bo")),
        of(Object::User, teacher(40)),
        of(Object::Section, section(50, &[10, 11, 12])),
    ]
}

pub(crate) struct Place {
    pub(crate) keep: Keep,
    _folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let depot = Depot::folder(folder.path(), Settings::default()).unwrap();
        Self {
            keep: Keep::new(depot),
            _folder: folder,
        }
    }

    async fn build(
        &self,
        before: Mirror,
        records: Vec<Record>,
        gone: &[(Kind, ObjectId)],
        whole: bool,
    ) -> Mirror {
        let policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
        let mut gathered = Gathered::new(&policy, &MemorySpools).unwrap();
        for record in records {
            assert_eq!(gathered.take(record), ControlFlow::Continue(()));
        }
        for (kind, id) in gone {
            gathered.remove(*kind, *id);
        }
        let whole: BTreeSet<_> = Kind::ALL.into_iter().filter(|_| whole).collect();
        let built = self
            .keep
            .build(before, gathered, whole, MemorySpools)
            .await
            .unwrap();
        // What was kept is what was built.
        let again = self.keep.open(built.manifest.clone()).await.unwrap();
        assert_eq!(again.unresolved(), built.unresolved());
        again
    }

    async fn first(&self) -> Mirror {
        self.build(Mirror::empty(), district(), &[], true).await
    }
}

fn students_of(mirror: &Mirror, number: u8) -> Vec<ObjectId> {
    let row = mirror
        .snapshot
        .table(Kind::Section)
        .find(&id(number))
        .unwrap();
    let students = mirror.snapshot.table(Kind::Student);
    let rows = mirror
        .snapshot
        .lists(Relation::SectionStudents)
        .get(row)
        .iter();
    rows.map(|row| students.id(*row)).collect()
}

#[tokio::test]
async fn a_read_becomes_a_mirror() {
    let mirror = Place::new().first().await;
    let snapshot = &mirror.snapshot;
    assert_eq!(snapshot.table(Kind::Student).len(), 2);
    let students = snapshot.table(Kind::Student);
    let row = students.row(students.find(&id(10)).unwrap());
    assert_eq!(
        (
            row.text(fields::student::LAST),
            row.text(fields::student::SIS_ID)
        ),
        ("Li", "00417")
    );
    assert_eq!(row.code(fields::student::RACE), 0, "not used, so not kept");
    assert_eq!(snapshot.table(Kind::Employee).role_id(0, 0), Some(id(90)));
    assert_eq!(students_of(&mirror, 50), [id(10), id(11)]);
    assert_eq!(mirror.unresolved().len(), 1);
    assert_eq!(mirror.unresolved()[0].id, id(12));
    let term = snapshot.lists(Relation::SectionTerm).first(0).unwrap();
    assert_eq!(
        snapshot
            .table(Kind::Term)
            .row(term)
            .text(fields::term::NAME),
        "Fall"
    );
}

#[tokio::test]
async fn a_document_keeps_what_the_app_uses_and_names_what_it_does_not() {
    let mirror = Place::new().first().await;
    let kept: Value =
        serde_json::from_slice(mirror.document(Kind::Student, &id(10)).unwrap()).unwrap();
    assert_eq!(kept["name"]["last"], "Li");
    let role = &kept["roles"]["student"];
    assert_eq!(
        (&role["sis_id"], &role["schools"][0]),
        (&json!("00417"), &json!(hex(1)))
    );
    for dropped in ["race", "ell_status", "new_thing"] {
        assert!(role.get(dropped).is_none(), "{dropped}");
    }
    let policy = Policy::read(Policy::SIS_LOCKDOWN).unwrap();
    let mut gathered = Gathered::new(&policy, &MemorySpools).unwrap();
    for record in district() {
        let _ = gathered.take(record);
    }
    assert_eq!(gathered.dropped()["new_thing"], 2);
    assert_eq!(gathered.dropped()["phone"], 1);
}

#[tokio::test]
async fn the_same_again_is_the_same_objects() {
    let place = Place::new();
    let first = place.first().await;
    let parts = first.manifest.parts.clone();
    let again = place.build(first, district(), &[], true).await;
    assert_eq!(again.manifest.number, 2);
    let tables = parts.iter().filter(|(name, _)| *name != "unresolved");
    for (name, located) in tables {
        assert_eq!(again.manifest.parts.get(name), Some(located), "{name}");
    }
}

#[tokio::test]
async fn what_came_replaces_and_what_is_gone_goes() {
    let place = Place::new();
    let first = place.first().await;
    let changed = vec![record(&V3_1, Object::User, &student(11, "Renamed"))];
    let gone = [(Kind::Student, id(10))];
    let next = place.build(first, changed, &gone, false).await;
    let students = next.snapshot.table(Kind::Student);
    assert_eq!(students.len(), 1);
    assert_eq!(students.row(0).text(fields::student::LAST), "Renamed");
    assert_eq!(students_of(&next, 50), [id(11)]);
    assert_eq!(next.snapshot.table(Kind::Section).len(), 1);
    // A cut-off read takes nothing away, a whole one does.
    let partly = place.build(next, Vec::new(), &[], false).await;
    assert_eq!(partly.snapshot.table(Kind::Student).len(), 1);
    let wholly = place.build(partly, Vec::new(), &[], true).await;
    assert!(wholly.snapshot.table(Kind::Student).is_empty());
}

#[tokio::test]
async fn whoever_comes_to_be_shared_is_in_the_classes_that_named_them() {
    let place = Place::new();
    let first = place.first().await;
    // The section is not sent again: it names the same students as before.
    let shared = vec![record(&V3_1, Object::User, &student(12, "Cy"))];
    let next = place.build(first, shared, &[], false).await;
    assert_eq!(students_of(&next, 50), [id(10), id(11), id(12)]);
    assert!(next.unresolved().is_empty());
    let gone = [(Kind::Student, id(12))];
    let then = place.build(next, Vec::new(), &gone, false).await;
    assert_eq!(students_of(&then, 50), [id(10), id(11)]);
    assert_eq!(then.unresolved().len(), 1);
}

#[tokio::test]
async fn older_generations_become_the_same_mirror() {
    let place = Place::new();
    let person = |number: u8, name: &str| json!({"id": hex(number), "name": {"first": "A", "last": name}, "sis_id": "7", "school": hex(1), "schools": [hex(1)]});
    let two = |object, value: Value| record(&V2_1, object, &value);
    let of_two = vec![
        two(Object::School, json!({"id": hex(1), "name": "North"})),
        two(
            Object::Course,
            json!({"id": hex(2), "name": "Algebra", "number": "ALG1"}),
        ),
        two(Object::Term, json!({"id": hex(3), "name": "Fall"})),
        two(Object::Student, person(10, "Li")),
        two(Object::Teacher, person(40, "Orr")),
        two(
            Object::SchoolAdmin,
            json!({"id": hex(41), "name": {"last": "Orr"}, "staff_id": "9", "schools": [hex(1)]}),
        ),
        two(Object::Section, section(50, &[10])),
    ];
    let mirror = place.build(Mirror::empty(), of_two, &[], true).await;
    let employees = mirror.snapshot.table(Kind::Employee);
    assert_eq!(employees.len(), 2, "one record a role");
    assert_eq!(
        (employees.id(0), employees.role_id(0, 0)),
        (id(40), Some(id(40)))
    );
    assert_eq!(
        (employees.role_id(1, 0), employees.role_id(1, 1)),
        (None, Some(id(41)))
    );
    assert_eq!(students_of(&mirror, 50), [id(10)]);

    let one = |object, value: Value| record(&V1_1, object, &value);
    let lesson = |number: u8| {
        let mut section = section(number, &[10]);
        section["course_name"] = json!("Algebra");
        section["course_number"] = json!("ALG1");
        section["term"] = json!({"name": "Fall", "start_date": "2026-08-20 00:00:00.000000"});
        section
    };
    let of_one = vec![
        one(Object::School, json!({"id": hex(1), "name": "North"})),
        one(Object::Student, person(10, "Li")),
        one(Object::Teacher, person(40, "Orr")),
        one(Object::Section, lesson(50)),
        one(Object::Section, lesson(51)),
    ];
    let mirror = place.build(Mirror::empty(), of_one, &[], true).await;
    let snapshot = &mirror.snapshot;
    assert_eq!(
        (
            snapshot.table(Kind::Course).len(),
            snapshot.table(Kind::Term).len()
        ),
        (1, 1)
    );
    let course = snapshot.lists(Relation::SectionCourse).first(1).unwrap();
    assert_eq!(
        snapshot
            .table(Kind::Course)
            .row(course)
            .text(fields::course::NUMBER),
        "ALG1"
    );
    assert_eq!(
        mirror.document(Kind::Course, &snapshot.table(Kind::Course).id(0)),
        Some(&b""[..])
    );
}

#[tokio::test]
async fn contacts_and_their_ties_are_kept_if_wanted() {
    let policy = Policy::SIS_LOCKDOWN
        .replace("# contacts = ", "contacts = ")
        .replace("# contact_links = ", "contact_links = ");
    let policy = Policy::read(&policy).unwrap();
    let mut gathered = Gathered::new(&policy, &MemorySpools).unwrap();
    let contact = json!({
        "id": hex(60), "name": {"last": "Mo Li"}, "roles": {"contact": {"phone": "555", "student_relationships": [
            {"student": hex(10), "relationship": "Parent", "type": "Primary"}]}},
    });
    for record in district()
        .into_iter()
        .chain([record(&V3_1, Object::User, &contact)])
    {
        let _ = gathered.take(record);
    }
    let place = Place::new();
    let whole = Kind::ALL.into_iter().collect();
    let mirror = place
        .keep
        .build(Mirror::empty(), gathered, whole, MemorySpools)
        .await
        .unwrap();
    assert_eq!(mirror.snapshot.table(Kind::ContactLink).len(), 1);
    let student = mirror
        .snapshot
        .lists(Relation::LinkStudent)
        .first(0)
        .unwrap();
    assert_eq!(mirror.snapshot.table(Kind::Student).id(student), id(10));
}
