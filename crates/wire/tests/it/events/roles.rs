//! Roles that go from one user to another: two users become one when their emails do, and part again (district-side 5.3). Their
//! roles keep their ids, so for versions before 3 nobody came and nobody left.

use homeroom_model::{Employee, Name, ObjectId, School, Staff, Teacher};
use homeroom_segment::Relation;
use homeroom_wire::VERSIONS;
use serde_json::Value;

use super::{Moved, check};
use crate::roster::{Roster, Shared};
use crate::sample::id;

const NONE: ObjectId = ObjectId::new([0; 12]);

fn teacher() -> Employee<'static> {
    Employee {
        teacher: Some(Teacher {
            sis_id: "77".into(),
            email: "r.oak@example.org".into(),
            name: Name {
                first: "Rue".into(),
                middle: "".into(),
                last: "Oak".into(),
            },
            ..Teacher::default()
        }),
        ..Employee::default()
    }
}

fn staff(title: &'static str) -> Employee<'static> {
    Employee {
        staff: Some(Staff {
            staff_id: "S7".into(),
            email: "oak@example.org".into(),
            title: title.into(),
            ..Staff::default()
        }),
        ..Employee::default()
    }
}

/// A teacher and a member of staff who are two users, or one.
fn oak(one: bool, title: &'static str) -> Shared {
    let mut roster = Roster::default();
    let school = School {
        sis_id: "7".into(),
        ..School::default()
    };
    roster.add(id(0x10), &[], &school);
    if one {
        let both = Employee {
            staff: staff(title).staff,
            ..teacher()
        };
        roster.add(id(0x30), &[id(0x41), id(0x51), NONE], &both);
        roster.relate(Relation::StaffSchools, 0, &[0]);
    } else {
        roster.add(id(0x30), &[id(0x41), NONE, NONE], &teacher());
        roster.add(id(0x31), &[NONE, id(0x51), NONE], &staff(title));
        roster.relate(Relation::StaffSchools, 1, &[0]);
    }
    roster.relate(Relation::TeacherSchool, 0, &[0]);
    roster.relate(Relation::TeacherSchools, 0, &[0]);
    Shared::new(&roster, homeroom_model::Scope::default())
}

fn types(moved: &Moved, address: &str) -> Vec<String> {
    let events = moved.all(address, 10_000);
    let kind = |event: &Value| event["type"].as_str().unwrap().to_owned();
    events.iter().map(kind).collect()
}

#[test]
fn a_role_that_goes_to_another_user_stays_what_it_was_before_version_3() {
    for (one, title, told) in [
        (true, "Dean", vec![]),
        (false, "Dean", vec![]),
        (true, "Head", vec!["schooladmins.updated"]),
        (false, "Head", vec!["schooladmins.updated"]),
    ] {
        let moved = Moved::new(oak(!one, "Dean"), oak(one, title), None);
        check(&moved);
        for version in VERSIONS {
            let feed = format!("/{}/events", version.name);
            let told = if version.name < "v3" {
                told.clone()
            } else if one {
                vec!["users.updated", "users.deleted"]
            } else {
                vec!["users.updated", "users.created"]
            };
            assert_eq!(types(&moved, &feed), told, "{}", version.name);
        }
        let school = format!("/v2.1/events?school={}", id(0x10).to_hex());
        assert_eq!(types(&moved, &school), told);
        let own = format!("/v1.2/school_admins/{}/events", id(0x51).to_hex());
        assert_eq!(types(&moved, &own), told);
    }
}
