//! Contacts of students.

use homeroom_model::ObjectId;
use homeroom_wire::Object;
use serde_json::json;

use super::Village;
use super::ids::{next_id, short, with_id};

impl Village {
    pub(super) fn contact(&mut self) -> Option<String> {
        if !self.contacts {
            return None;
        }
        let number = self.number("contact");
        let all = self.students();
        // Versions 1.x have one student per record.
        let most = if self.is_one() { 1 } else { 3 };
        let students = self.some(&all, most);
        let mut made = self.river.contact(number);
        if number.is_multiple_of(3) {
            made = made.without("sis_id");
        }
        let three = self.is_three();
        let object = if three {
            Object::User
        } else if self.is_one() {
            Object::StudentContact
        } else {
            Object::Contact
        };
        let mut document = made.document().clone();
        for student in &students {
            let hex = student.to_hex();
            if three {
                let tie = json!({ "student": hex, "relationship": "Mother", "type": "Family" });
                let ties = &mut document["roles"]["contact"]["student_relationships"];
                ties.as_array_mut().unwrap().push(tie);
            } else {
                if self.is_one() {
                    document["student"] = json!(hex);
                } else {
                    document["students"]
                        .as_array_mut()
                        .unwrap()
                        .push(json!(hex));
                }
                document["relationship"] = json!("Mother");
                document["type"] = json!("Family");
            }
        }
        let id = self.river.put(object, document);
        Some(format!("{} of {} students", short(id), students.len()))
    }

    fn contacts(&self) -> Vec<ObjectId> {
        let mut all = self.of_role("contact", Object::Contact);
        if self.is_one() {
            all = self.river.ids(Object::StudentContact);
        }
        all
    }

    pub(super) fn contact_anew(&mut self) -> Option<String> {
        let old = self.one(self.contacts())?;
        let mut document = self.river.document(old);
        let id = next_id(old);
        with_id(&mut document, id);
        let object = if self.is_three() {
            Object::User
        } else if self.is_one() {
            Object::StudentContact
        } else {
            Object::Contact
        };
        self.river.delete(old);
        self.river.put(object, document);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    pub(super) fn contact_leaves(&mut self) -> Option<String> {
        let id = self.one(self.contacts())?;
        if self.contacts().len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }
}
