//! Schools that are shared or not, and what happens to everybody at once.

use homeroom_testkit::toy;
use homeroom_wire::Object;
use serde_json::{Value, json};

use super::Village;
use super::ids::fields;

impl Village {
    pub(super) fn unshare(&mut self) -> Option<String> {
        if self.shared_schools().len() < 2 {
            return None;
        }
        let school = self.one(self.shared_schools())?;
        let taken = self.river.unshare(toy::school(school));
        self.unshared.push((school, taken));
        Some(format!("school {school}"))
    }

    pub(super) fn share_again(&mut self) -> Option<String> {
        let (school, taken) = self.unshared.pop()?;
        self.river.share_again(taken);
        Some(format!("school {school}"))
    }

    pub(crate) fn emails_are_shared(&self) -> bool {
        self.emails
    }

    pub(super) fn emails_shared(&mut self) -> String {
        self.emails = !self.emails;
        let shared = self.emails;
        for (number, id) in self.students().into_iter().enumerate() {
            self.river.change(id, |document| {
                document["email"] = if shared {
                    json!(format!("again{number}@example.org"))
                } else {
                    Value::Null
                };
            });
        }
        if shared { "and are again" } else { "any more" }.to_owned()
    }

    /// Grades go up, the highest leave, classes are made anew: with new ids, or the old ids with other students.
    pub(super) fn new_year(&mut self) -> String {
        let three = self.is_three();
        let mut left = 0;
        for id in self.students() {
            let mut document = self.river.document(id);
            let grade = fields(&mut document, three, "student")["grade"].as_str();
            let grade: u64 = grade.and_then(|grade| grade.parse().ok()).unwrap_or(6);
            if grade >= 12 {
                self.goes(id, true);
                left += 1;
            } else {
                fields(&mut document, three, "student")
                    .insert("grade".to_owned(), json!((grade + 1).to_string()));
                self.river.put(self.object_of(Object::Student), document);
            }
        }
        let anew = self.dice.below(2) == 0;
        for section in self.sections() {
            if anew {
                self.river.delete(section);
                self.new_section();
            } else {
                let (all, adults) = (self.students(), self.teachers());
                let (students, teachers) = (self.some(&all, 14), self.some(&adults, 2));
                self.filled(section, &students, &teachers);
            }
        }
        let how = if anew {
            "with new ids"
        } else {
            "under the same ids"
        };
        format!("{left} leave, classes {how}")
    }
}
