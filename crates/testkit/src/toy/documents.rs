//! Documents as each version has them, filled in so far that every test only says what it is about.

use homeroom_model::ObjectId;
use homeroom_wire::{Family, Object};
use serde_json::{Map, Value, json};

use super::{ToyDistrict, ids};

/// A document that is being made. Nothing is there before it is [put](Self::put).
#[must_use]
pub struct Made {
    district: ToyDistrict,
    object: Object,
    /// The members in which the fields of its role stand.
    role: Option<&'static str>,
    document: Value,
}

impl ToyDistrict {
    /// A school.
    pub fn school(&self, number: u64) -> Made {
        let fields = json!({
            "name": format!("School {number}"), "sis_id": format!("s{number}"), "school_number": number.to_string(),
            "low_grade": "6", "high_grade": "8", "principal": {},
        });
        self.made(Object::School, ids::school(number), fields)
    }

    /// A term; since version 2.
    pub fn term(&self, number: u64) -> Made {
        let fields = json!({
            "name": format!("Term {number}"), "start_date": "2026-08-20", "end_date": "2026-12-18",
        });
        self.made(Object::Term, ids::term(number), fields)
    }

    /// A course; since version 2.
    pub fn course(&self, number: u64) -> Made {
        let fields = json!({ "name": format!("Course {number}"), "number": format!("C{number}") });
        self.made(Object::Course, ids::course(number), fields)
    }

    /// A class of school 1, without people.
    pub fn section(&self, number: u64) -> Made {
        let fields = json!({
            "name": format!("Section {number}"), "sis_id": format!("x{number}"), "section_number": number.to_string(),
            "period": "1", "subject": "", "grade": "", "school": ids::school(1).to_hex(), "students": [], "teachers": [],
        });
        self.made(Object::Section, ids::section(number), fields)
    }

    /// A student of school 1.
    pub fn student(&self, number: u64) -> Made {
        let role = json!({
            "sis_id": number.to_string(), "student_number": number.to_string(), "grade": "7", "dob": "3/4/2014",
            "credentials": { "district_username": format!("student{number}") },
        });
        let made = self.person(Object::Student, "student", ids::student(number), role);
        made.named("First", &format!("Student {number}"))
            .email(&format!("student{number}@example.org"))
            .schools([1])
    }

    /// A teacher of school 1.
    pub fn teacher(&self, number: u64) -> Made {
        let role = json!({
            "sis_id": format!("t{number}"), "teacher_number": format!("t{number}"), "title": "",
            "credentials": { "district_username": format!("teacher{number}") },
        });
        let made = self.person(Object::Teacher, "teacher", ids::teacher(number), role);
        made.named("First", &format!("Teacher {number}"))
            .email(&format!("teacher{number}@example.org"))
            .schools([1])
    }

    /// Staff of school 1; before version 3 a school admin.
    pub fn staff(&self, number: u64) -> Made {
        let role =
            json!({ "staff_id": format!("a{number}"), "title": "Principal", "credentials": {} });
        let made = self.person(Object::SchoolAdmin, "staff", ids::staff(number), role);
        made.named("First", &format!("Staff {number}"))
            .email(&format!("staff{number}@example.org"))
            .schools([1])
    }

    /// A district admin.
    pub fn admin(&self, number: u64) -> Made {
        let role = json!({ "title": "Superintendent" });
        let made = self.person(
            Object::DistrictAdmin,
            "district_admin",
            ids::admin(number),
            role,
        );
        made.named("First", &format!("Admin {number}"))
            .email(&format!("admin{number}@example.org"))
    }

    /// A contact of nobody yet.
    pub fn contact(&self, number: u64) -> Made {
        let object = match self.toy().version().family {
            Family::One => Object::StudentContact,
            _ => Object::Contact,
        };
        let role = json!({ "sis_id": format!("k{number}"), "phone": "555", "phone_type": "Cell" });
        let made = self.person(object, "contact", ids::contact(number), role);
        let name = format!("Contact {number}");
        let made = match made.role {
            Some(_) => made
                .with("student_relationships", json!([]))
                .top("name", json!({ "last": name })),
            None if object == Object::Contact => made.top("students", json!([])).top("name", name),
            None => made.top("name", name),
        };
        made.email(&format!("contact{number}@example.org"))
    }

    fn made(&self, object: Object, id: ObjectId, fields: Value) -> Made {
        let mut document = json!({ "id": id.to_hex(), "district": self.id().to_hex() });
        let Value::Object(fields) = fields else {
            panic!("fields")
        };
        document.as_object_mut().unwrap().extend(fields);
        Made {
            district: self.clone(),
            object,
            role: None,
            document,
        }
    }

    fn person(&self, object: Object, role: &'static str, id: ObjectId, mut fields: Value) -> Made {
        if self.toy().version().family != Family::Three {
            return self.made(object, id, fields);
        }
        // Who has one role only has its id too.
        fields["legacy_id"] = json!(id.to_hex());
        let mut made = self.made(Object::User, id, json!({ "roles": { role: fields } }));
        made.role = Some(role);
        made
    }
}

impl Made {
    /// Sets a field of the role, where the version has roles, else of the record.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields().insert(field.to_owned(), value.into());
        self
    }

    /// Takes a field of the role, or of the record, away.
    pub fn without(mut self, field: &str) -> Self {
        self.fields().remove(field);
        self
    }

    /// Sets a field of the record itself.
    pub fn top(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.document[field] = value.into();
        self
    }

    /// Sets first and last name.
    pub fn named(self, first: &str, last: &str) -> Self {
        self.top(
            "name",
            json!({ "first": first, "middle": "", "last": last }),
        )
    }

    /// Sets the email address.
    pub fn email(self, email: &str) -> Self {
        self.top("email", email)
    }

    /// Sets the id in the district's system.
    pub fn sis(self, sis_id: &str) -> Self {
        self.with("sis_id", sis_id)
    }

    /// Sets another id of the record than the one that follows from its number.
    pub fn with_id(self, id: ObjectId) -> Self {
        let made = self.top("id", id.to_hex());
        match made.role {
            Some(_) => made.with("legacy_id", id.to_hex()),
            None => made,
        }
    }

    /// Sets the schools; the first is the primary one, where there is such a thing.
    pub fn schools(self, numbers: impl IntoIterator<Item = u64>) -> Self {
        let schools: Vec<_> = numbers
            .into_iter()
            .map(|number| ids::school(number).to_hex())
            .collect();
        let first = schools.first().cloned();
        let made = self.with("schools", json!(schools));
        let has_primary = made.object != Object::SchoolAdmin && made.role != Some("staff");
        match first {
            Some(first) if has_primary => made.with("school", first),
            _ => made,
        }
    }

    /// Gives a user of version 3 the staff role too.
    pub fn also_staff(self, number: u64, schools: impl IntoIterator<Item = u64>) -> Self {
        let schools: Vec<_> = schools
            .into_iter()
            .map(|number| ids::school(number).to_hex())
            .collect();
        let role = json!({
            "legacy_id": ids::staff(number).to_hex(), "staff_id": format!("a{number}"), "title": "Dean", "schools": schools,
            "credentials": {}, "roles": [],
        });
        self.also("staff", role)
    }

    /// Gives a user of version 3 the role of a district admin too.
    pub fn also_admin(self, number: u64) -> Self {
        let role = json!({ "legacy_id": ids::admin(number).to_hex(), "title": "Superintendent" });
        self.also("district_admin", role)
    }

    /// Gives a user of version 3 a role of any name.
    pub fn also(mut self, role: &str, fields: Value) -> Self {
        assert!(self.role.is_some(), "a record of one role");
        self.document["roles"][role] = fields;
        self
    }

    /// Sets the school of a class.
    pub fn in_school(self, number: u64) -> Self {
        self.top("school", ids::school(number).to_hex())
    }

    /// Sets the students of a class.
    pub fn students(self, numbers: impl IntoIterator<Item = u64>) -> Self {
        let all: Vec<_> = numbers
            .into_iter()
            .map(|number| ids::student(number).to_hex())
            .collect();
        self.top("students", json!(all))
    }

    /// Sets the teachers of a class, the primary one first.
    pub fn teachers(self, numbers: impl IntoIterator<Item = u64>) -> Self {
        let all: Vec<_> = numbers
            .into_iter()
            .map(|number| ids::teacher(number).to_hex())
            .collect();
        let first = all.first().cloned();
        self.top("teacher", first).top("teachers", json!(all))
    }

    /// Sets the term of a class; versions 1.x say it inside.
    pub fn term(self, number: u64) -> Self {
        match self.district.toy().version().family {
            Family::One => {
                let term = json!({ "name": format!("Term {number}"), "start_date": "2026-08-20", "end_date": "2026-12-18" });
                self.top("term", term)
            }
            _ => self.top("term_id", ids::term(number).to_hex()),
        }
    }

    /// Sets the course of a class; versions 1.x say it inside.
    pub fn course(self, number: u64) -> Self {
        match self.district.toy().version().family {
            Family::One => self
                .top("course_name", format!("Course {number}"))
                .top("course_number", format!("C{number}")),
            _ => self.top("course", ids::course(number).to_hex()),
        }
    }

    /// Ties a contact to a student. Versions before 3 have one relationship for all of a contact's students, versions 1.x one
    /// student.
    pub fn of_student(mut self, number: u64, relationship: &str, kind: &str) -> Self {
        let student = ids::student(number).to_hex();
        match self.object {
            Object::User => {
                let tie = json!({ "student": student, "relationship": relationship, "type": kind });
                let ties = self.fields().get_mut("student_relationships");
                ties.and_then(Value::as_array_mut).unwrap().push(tie);
                self
            }
            Object::Contact => {
                self.document["students"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!(student));
                self.top("relationship", relationship).top("type", kind)
            }
            _ => self
                .top("student", student)
                .top("relationship", relationship)
                .top("type", kind),
        }
    }

    /// The document as it stands.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Puts it there, new or in the place of what has its id, and an event tells it.
    pub fn put(self) -> ObjectId {
        self.district.put(self.object, self.document)
    }

    /// The same, and no event tells it.
    pub fn put_quietly(self) -> ObjectId {
        self.district.put_quietly(self.object, self.document)
    }

    /// The fields of the role, or of the record where there are no roles.
    fn fields(&mut self) -> &mut Map<String, Value> {
        let place = match self.role {
            Some(role) => &mut self.document["roles"][role],
            None => &mut self.document,
        };
        place.as_object_mut().unwrap()
    }
}
