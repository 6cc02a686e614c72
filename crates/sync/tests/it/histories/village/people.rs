//! Students and whoever else is known by a SIS id: they come, leave, return and change.

use homeroom_model::ObjectId;
use homeroom_testkit::toy;
use homeroom_wire::Object;
use serde_json::{Value, json};

use super::Village;
use super::ids::{fields, id_of, names, next_id, short, sis_ids, with_id};

impl Village {
    pub(super) fn arrive(&mut self) -> String {
        let number = self.number("person");
        let school = self.one(self.shared_schools()).unwrap_or(1);
        let grade = 6 + self.dice.below(7);
        let mut pupil = self.river.student(number);
        pupil = pupil.schools([school]).with("grade", grade.to_string());
        if self.dice.below(4) == 0 {
            pupil = pupil.with("graduation_year", (2038 - grade).to_string());
        }
        if !self.emails {
            pupil = pupil.top("email", Value::Null);
        }
        let id = pupil.put();
        let sections = self.sections();
        for section in self.some(&sections, 2) {
            self.river.enrol(section, id);
        }
        format!("student {}", short(id))
    }

    pub(super) fn leave(&mut self, tidily: bool) -> Option<String> {
        let id = self.one(self.students())?;
        self.goes(id, tidily);
        Some(short(id))
    }

    pub(super) fn goes(&mut self, id: ObjectId, tidily: bool) {
        let document = self.river.document(id);
        let is_student = self.students().contains(&id);
        let object = self.object_of(if is_student {
            Object::Student
        } else {
            Object::Teacher
        });
        self.away.push((object, document));
        if tidily {
            self.unnamed(id);
        }
        self.river.delete(id);
    }

    /// Takes somebody out of their classes.
    fn unnamed(&mut self, id: ObjectId) {
        for section in self.sections() {
            if names(&self.river.document(section), id) {
                self.river.unenrol(section, id);
            }
        }
    }

    pub(super) fn come_back(&mut self, anew: bool) -> Option<String> {
        if self.away.is_empty() {
            return None;
        }
        let at = usize::try_from(self.dice.below(self.away.len() as u64)).unwrap();
        let (object, mut document) = self.away.swap_remove(at);
        let old = id_of(&document);
        if self.river.has(old) || self.is_here(&document) {
            return None;
        }
        let mut id = old;
        if anew {
            id = next_id(old);
            with_id(&mut document, id);
        }
        self.river.put(object, document);
        if object == self.object_of(Object::Student) && self.dice.below(2) == 0 {
            let sections = self.sections();
            for section in self.some(&sections, 2) {
                if !names(&self.river.document(section), id) {
                    self.river.enrol(section, id);
                }
            }
        }
        Some(if anew {
            format!("{} as {}", short(old), short(id))
        } else {
            short(id)
        })
    }

    /// Whether somebody who is there under any id has the SIS id of a document.
    fn is_here(&self, document: &Value) -> bool {
        let of = sis_ids(document);
        let everybody = self.students().into_iter().chain(self.teachers());
        everybody
            .into_iter()
            .any(|id| !of.is_disjoint(&sis_ids(&self.river.document(id))))
    }

    pub(super) fn email(&mut self, new_id: bool) -> Option<String> {
        let mut people = self.students();
        people.extend(self.teachers());
        let old = self.one(people)?;
        let turn = self.number("email");
        let address = match turn % 7 {
            0 => "nobody.example.org".to_owned(),
            _ => format!("person{turn}@example.org"),
        };
        let mut document = self.river.document(old);
        document["email"] = json!(address);
        let object = self.object_of(if self.students().contains(&old) {
            Object::Student
        } else {
            Object::Teacher
        });
        if !new_id {
            self.river.put(object, document);
            return Some(format!("{} has {address}", short(old)));
        }
        let id = next_id(old);
        with_id(&mut document, id);
        self.river.put(object, document);
        self.renamed_everywhere(old, id);
        self.river.delete(old);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    /// Whoever names an id names another from now on.
    pub(super) fn renamed_everywhere(&mut self, old: ObjectId, new: ObjectId) {
        let mut holders = self.sections();
        for object in [Object::User, Object::Contact, Object::StudentContact] {
            holders.extend(self.river.ids(object));
        }
        for holder in holders {
            let document = self.river.document(holder);
            let text = document.to_string();
            if holder != new && holder != old && text.contains(&old.to_hex()) {
                let renamed = text.replace(&old.to_hex(), &new.to_hex());
                self.river
                    .change(holder, |it| *it = serde_json::from_str(&renamed).unwrap());
            }
        }
    }

    pub(super) fn rename(&mut self) -> Option<String> {
        let mut people = self.students();
        people.extend(self.teachers());
        let id = self.one(people)?;
        let turn = self.number("name");
        let last = match turn % 6 {
            0 => "O'Ñañez 🦉".to_owned(),
            _ => format!("Name {turn}"),
        };
        self.river
            .change(id, |document| document["name"]["last"] = json!(last));
        Some(format!("{} is called {last}", short(id)))
    }

    pub(super) fn grade(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let grade = (6 + self.dice.below(7)).to_string();
        let three = self.is_three();
        self.river.change(id, |document| {
            fields(document, three, "student").insert("grade".to_owned(), json!(grade));
        });
        Some(format!("{} is in grade {grade}", short(id)))
    }

    pub(super) fn graduation_year(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let year = (2026 + self.dice.below(8)).to_string();
        let three = self.is_three();
        self.river.change(id, |document| {
            fields(document, three, "student").insert("graduation_year".to_owned(), json!(year));
        });
        Some(format!("{} says {year}", short(id)))
    }

    pub(super) fn move_between(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let sections = self.sections();
        let mut told = Vec::new();
        for section in self.some(&sections, 2) {
            if names(&self.river.document(section), id) {
                self.river.unenrol(section, id);
                told.push(format!("out of {}", short(section)));
            } else {
                self.river.enrol(section, id);
                told.push(format!("into {}", short(section)));
            }
        }
        (!told.is_empty()).then(|| format!("{} {}", short(id), told.join(" and ")))
    }

    pub(super) fn other_school(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let school = self.one(self.shared_schools())?;
        let both = self.dice.below(3) == 0;
        let hex = toy::school(school).to_hex();
        let three = self.is_three();
        self.river.change(id, |document| {
            let fields = fields(document, three, "student");
            let before = fields["school"].clone();
            let mut schools = vec![json!(hex)];
            if both && before != hex {
                schools.push(before);
            }
            fields.insert("schools".to_owned(), json!(schools));
            fields.insert("school".to_owned(), json!(hex));
        });
        Some(format!("{} goes to school {school}", short(id)))
    }
}
