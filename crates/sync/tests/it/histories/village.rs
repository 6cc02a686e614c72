//! A district's life: people come, leave and return under the same id or another, classes change, schools stop being shared
//! (integration-side 0).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::ObjectId;
use homeroom_testkit::toy::{self, Taken};
use homeroom_testkit::{Dice, Toy, ToyDistrict};
use homeroom_wire::{Family, Object};
use serde_json::{Map, Value, json};

/// A district and what it remembers of those who are away.
pub(crate) struct Village {
    pub(crate) river: ToyDistrict,
    dice: Dice,
    /// The highest number given so far: of people, sections, courses, terms, contacts.
    given: BTreeMap<&'static str, u64>,
    /// Documents of people who left.
    away: Vec<(Object, Value)>,
    /// Schools that are not shared now, with what went with them.
    unshared: Vec<(u64, Taken)>,
    schools: u64,
    contacts: bool,
    /// Whether emails of students are shared.
    emails: bool,
}

/// What may happen, and how often.
const LIFE: &[(&str, u64)] = &[
    ("arrive", 8),
    ("leave", 5),
    ("leave, and rosters go on naming them", 2),
    ("return", 4),
    ("return under a new id", 2),
    ("new email and id", 4),
    ("rename", 5),
    ("email", 3),
    ("grade", 3),
    ("move between rosters", 8),
    ("other school", 3),
    ("other teacher", 4),
    ("hire", 2),
    ("quit", 1),
    ("role", 3),
    ("split", 2),
    ("merge", 1),
    ("new section", 3),
    ("section ends", 2),
    ("section is another class", 2),
    ("section gets a new id", 2),
    ("section is renamed", 2),
    ("term gets a new id", 1),
    ("term ends, its sections stay", 1),
    ("course gets a new id", 1),
    ("course is renamed", 1),
    ("nobody is named", 1),
    ("school is not shared", 1),
    ("school is shared again", 2),
    ("contact", 4),
    ("contact is made anew", 2),
    ("contact leaves", 1),
    ("emails are not shared", 1),
    ("graduation year", 1),
    ("new year", 1),
];

impl Village {
    /// A district of 10 to 80 people in two to four schools.
    pub(crate) fn begin(toy: &Toy, number: u64, contacts: bool, mut dice: Dice) -> Self {
        let river = toy.district(number);
        let schools = 2 + dice.below(3);
        let mut village = Self {
            river,
            dice,
            given: BTreeMap::new(),
            away: Vec::new(),
            unshared: Vec::new(),
            schools,
            contacts,
            emails: true,
        };
        for school in 1..=schools {
            village.river.school(school).put();
        }
        if !village.is_one() {
            let term = village.number("term");
            village.river.term(term).put();
            let term = village.number("term");
            let spring = village.river.term(term);
            let spring = spring.top("name", "Spring").top("start_date", "2027-01-04");
            spring.top("end_date", "2027-05-28").put();
            for _ in 0..3 {
                let course = village.number("course");
                village.river.course(course).put();
            }
        }
        for _ in 0..3 + village.dice.below(6) {
            village.hire();
        }
        for _ in 0..8 + village.dice.below(60) {
            village.arrive();
        }
        for _ in 0..2 + village.dice.below(7) {
            village.new_section();
        }
        if village.contacts {
            for _ in 0..4 {
                village.contact();
            }
        }
        village
    }

    /// Something happens. Says what, unless it cannot happen now.
    pub(crate) fn happen(&mut self) -> Option<String> {
        let all: u64 = LIFE.iter().map(|(_, often)| often).sum();
        let mut at = self.dice.below(all);
        let what = LIFE.iter().find(|(_, often)| {
            let here = at < *often;
            at = at.saturating_sub(*often);
            here
        });
        let what = what.unwrap().0;
        let detail = match what {
            "arrive" => Some(self.arrive()),
            "leave" => self.leave(true),
            "leave, and rosters go on naming them" => self.leave(false),
            "return" => self.come_back(false),
            "return under a new id" => self.come_back(true),
            "new email and id" => self.email(true),
            "email" => self.email(false),
            "rename" => self.rename(),
            "grade" => self.grade(),
            "move between rosters" => self.move_between(),
            "other school" => self.other_school(),
            "other teacher" => self.other_teacher(),
            "hire" => Some(self.hire()),
            "quit" => self.quit(),
            "role" => self.role(),
            "split" => self.split(),
            "merge" => self.merge(),
            "new section" => Some(self.new_section()),
            "section ends" => self.section_ends(),
            "section is another class" => self.another_class(),
            "section gets a new id" => self.section_new_id(),
            "section is renamed" => self.section_renamed(),
            "term gets a new id" => self.new_id_of(Object::Term),
            "term ends, its sections stay" => self.term_ends(),
            "course gets a new id" => self.new_id_of(Object::Course),
            "course is renamed" => self.course_renamed(),
            "nobody is named" => self.nobody_is_named(),
            "school is not shared" => self.unshare(),
            "school is shared again" => self.share_again(),
            "contact" => self.contact(),
            "contact is made anew" => self.contact_anew(),
            "contact leaves" => self.contact_leaves(),
            "emails are not shared" => self.emails_shared(),
            "graduation year" => self.graduation_year(),
            "new year" => self.new_year(),
            other => unreachable!("{other}"),
        };
        detail.map(|detail| format!("{what}: {detail}"))
    }

    /// Whether versions 1.x are spoken: courses and terms stand inside sections.
    fn is_one(&self) -> bool {
        self.river.toy().version().family == Family::One
    }

    fn is_three(&self) -> bool {
        self.river.toy().version().family == Family::Three
    }

    fn number(&mut self, of: &'static str) -> u64 {
        let number = self.given.entry(of).or_default();
        *number += 1;
        *number
    }

    fn one<T>(&mut self, mut all: Vec<T>) -> Option<T> {
        if all.is_empty() {
            return None;
        }
        let at = self.dice.below(all.len() as u64);
        Some(all.swap_remove(usize::try_from(at).unwrap()))
    }

    fn some<T: Clone>(&mut self, all: &[T], most: u64) -> Vec<T> {
        let mut left = all.to_vec();
        let wanted = self.dice.below(most + 1);
        let mut some = Vec::new();
        while (some.len() as u64) < wanted && !left.is_empty() {
            let at = usize::try_from(self.dice.below(left.len() as u64)).unwrap();
            some.push(left.swap_remove(at));
        }
        some
    }

    pub(crate) fn students(&self) -> Vec<ObjectId> {
        self.of_role("student", Object::Student)
    }

    fn teachers(&self) -> Vec<ObjectId> {
        self.of_role("teacher", Object::Teacher)
    }

    fn of_role(&self, role: &str, object: Object) -> Vec<ObjectId> {
        if !self.is_three() {
            return self.river.ids(object);
        }
        let users = self.river.ids(Object::User).into_iter();
        users
            .filter(|id| self.river.document(*id)["roles"].get(role).is_some())
            .collect()
    }

    pub(crate) fn sections(&self) -> Vec<ObjectId> {
        self.river.ids(Object::Section)
    }

    fn shared_schools(&self) -> Vec<u64> {
        (1..=self.schools)
            .filter(|school| self.river.has(toy::school(*school)))
            .collect()
    }

    fn object_of(&self, one: Object) -> Object {
        if self.is_three() { Object::User } else { one }
    }

    fn arrive(&mut self) -> String {
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

    fn leave(&mut self, tidily: bool) -> Option<String> {
        let id = self.one(self.students())?;
        self.goes(id, tidily);
        Some(short(id))
    }

    fn goes(&mut self, id: ObjectId, tidily: bool) {
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

    fn come_back(&mut self, anew: bool) -> Option<String> {
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

    fn email(&mut self, new_id: bool) -> Option<String> {
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
    fn renamed_everywhere(&mut self, old: ObjectId, new: ObjectId) {
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

    fn rename(&mut self) -> Option<String> {
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

    fn grade(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let grade = (6 + self.dice.below(7)).to_string();
        let three = self.is_three();
        self.river.change(id, |document| {
            fields(document, three, "student").insert("grade".to_owned(), json!(grade));
        });
        Some(format!("{} is in grade {grade}", short(id)))
    }

    fn graduation_year(&mut self) -> Option<String> {
        let id = self.one(self.students())?;
        let year = (2026 + self.dice.below(8)).to_string();
        let three = self.is_three();
        self.river.change(id, |document| {
            fields(document, three, "student").insert("graduation_year".to_owned(), json!(year));
        });
        Some(format!("{} says {year}", short(id)))
    }

    fn move_between(&mut self) -> Option<String> {
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

    fn other_school(&mut self) -> Option<String> {
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

    fn other_teacher(&mut self) -> Option<String> {
        let section = self.one(self.sections())?;
        let all = self.teachers();
        let mut teachers = self.some(&all, 2);
        teachers.truncate(3);
        let hexes: Vec<_> = teachers.iter().map(|id| id.to_hex()).collect();
        self.river.change(section, |document| {
            document["teacher"] = json!(hexes.first());
            document["teachers"] = json!(hexes);
        });
        let names: Vec<_> = teachers.into_iter().map(short).collect();
        Some(format!("{} has [{}]", short(section), names.join(", ")))
    }

    fn hire(&mut self) -> String {
        let number = self.number("adult");
        let school = self.one(self.shared_schools()).unwrap_or(1);
        let id = match self.dice.below(5) {
            0 => self.river.staff(number).schools([school]).put(),
            1 if !self.is_one() => self.river.admin(number).put(),
            2 if self.is_three() => {
                let made = self.river.teacher(number).schools([school]);
                made.also_staff(number, [school]).put()
            }
            _ => self.river.teacher(number).schools([school]).put(),
        };
        short(id)
    }

    fn quit(&mut self) -> Option<String> {
        let id = self.one(self.teachers())?;
        self.goes(id, true);
        Some(short(id))
    }

    /// A teacher becomes staff too, or is staff no longer.
    fn role(&mut self) -> Option<String> {
        if !self.is_three() {
            return None;
        }
        let id = self.one(self.teachers())?;
        let school = self.one(self.shared_schools())?;
        let mut gained = false;
        self.river.change(id, |document| {
            let roles = document["roles"].as_object_mut().unwrap();
            if roles.remove("staff").is_none() {
                gained = true;
                let number = id.to_hex();
                roles.insert(
                    "staff".to_owned(),
                    json!({ "legacy_id": format!("5a{}", &number[2..]), "staff_id": format!("a{}", &number[16..]), "title": "Dean",
                            "schools": [toy::school(school).to_hex()], "credentials": {}, "roles": [] }),
                );
            }
        });
        let what = if gained {
            "is staff too"
        } else {
            "is staff no longer"
        };
        Some(format!("{} {what}", short(id)))
    }

    /// A merged employee is two records again.
    fn split(&mut self) -> Option<String> {
        let all = self.teachers().into_iter();
        let id = all
            .filter(|id| {
                self.is_three() && self.river.document(*id)["roles"].get("staff").is_some()
            })
            .collect();
        let id = self.one(id)?;
        let mut staff = Value::Null;
        self.river.change(id, |document| {
            staff = document["roles"]
                .as_object_mut()
                .unwrap()
                .remove("staff")
                .unwrap();
        });
        let mut other = self.river.document(id);
        let legacy = staff["legacy_id"].as_str().and_then(ObjectId::from_hex);
        let mut own = legacy.unwrap();
        while self.river.has(own) || own == id {
            own = next_id(own);
        }
        other["id"] = json!(own.to_hex());
        other["email"] = json!(format!("split{}@example.org", self.number("email")));
        staff["legacy_id"] = json!(own.to_hex());
        other["roles"] = json!({ "staff": staff });
        self.river.put(Object::User, other);
        Some(format!(
            "{} loses the staff part to {}",
            short(id),
            short(own)
        ))
    }

    /// Two records of employees become one.
    fn merge(&mut self) -> Option<String> {
        if !self.is_three() {
            return None;
        }
        let users = self.river.ids(Object::User).into_iter();
        let only_staff = users
            .filter(|id| {
                let document = self.river.document(*id);
                let roles = document["roles"].as_object().unwrap();
                roles.len() == 1 && roles.contains_key("staff")
            })
            .collect();
        let staff = self.one(only_staff)?;
        let teacher = self.one(self.teachers())?;
        if self.river.document(teacher)["roles"].get("staff").is_some() {
            return None;
        }
        let role = self.river.document(staff)["roles"]["staff"].clone();
        self.river
            .change(teacher, |document| document["roles"]["staff"] = role);
        self.river.delete(staff);
        Some(format!("{} takes {} in", short(teacher), short(staff)))
    }

    fn new_section(&mut self) -> String {
        let number = self.number("section");
        let school = self.one(self.shared_schools()).unwrap_or(1);
        let mut made = self.river.section(number).in_school(school);
        let (term, course) = (1 + self.dice.below(2), 1 + self.dice.below(3));
        if self.is_one() || self.river.has(toy::term(term)) {
            made = made.term(term);
        }
        if self.is_one() || self.river.has(toy::course(course)) {
            made = made.course(course);
        }
        let id = made.put();
        let all = self.students();
        let pupils = self.some(&all, 14);
        let all = self.teachers();
        let teachers = self.some(&all, 2);
        self.filled(id, &pupils, &teachers);
        format!(
            "{} in school {school} with {} students",
            short(id),
            pupils.len()
        )
    }

    fn filled(&mut self, section: ObjectId, students: &[ObjectId], teachers: &[ObjectId]) {
        let hexes = |ids: &[ObjectId]| ids.iter().map(|id| id.to_hex()).collect::<Vec<_>>();
        let (students, teachers) = (hexes(students), hexes(teachers));
        self.river.change(section, |document| {
            document["students"] = json!(students);
            document["teacher"] = json!(teachers.first());
            document["teachers"] = json!(teachers);
        });
    }

    fn section_ends(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        if self.sections().len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }

    fn another_class(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        let all = self.students();
        let (students, all) = (self.some(&all, 12), self.teachers());
        let teachers = self.some(&all, 2);
        self.filled(id, &students, &teachers);
        Some(format!(
            "{} has {} other students",
            short(id),
            students.len()
        ))
    }

    fn section_new_id(&mut self) -> Option<String> {
        let old = self.one(self.sections())?;
        let id = toy::section(self.number("section"));
        let mut document = self.river.document(old);
        document["id"] = json!(id.to_hex());
        self.river.put(Object::Section, document);
        self.river.delete(old);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    fn section_renamed(&mut self) -> Option<String> {
        let id = self.one(self.sections())?;
        let turn = self.number("name");
        self.river.change(id, |document| {
            document["name"] = json!(format!("Class {turn}"));
            document["period"] = json!((1 + turn % 8).to_string());
        });
        Some(format!("{} is called Class {turn}", short(id)))
    }

    /// A term or a course is made anew: its sections name the new one.
    fn new_id_of(&mut self, object: Object) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let old = self.one(self.river.ids(object))?;
        let id = next_id(old);
        let mut document = self.river.document(old);
        document["id"] = json!(id.to_hex());
        self.river.put(object, document);
        self.renamed_everywhere(old, id);
        self.river.delete(old);
        Some(format!("{} is {} now", short(old), short(id)))
    }

    fn term_ends(&mut self) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let id = self.one(self.river.ids(Object::Term))?;
        if self.river.ids(Object::Term).len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }

    fn course_renamed(&mut self) -> Option<String> {
        if self.is_one() {
            return None;
        }
        let id = self.one(self.river.ids(Object::Course))?;
        let turn = self.number("name");
        self.river.change(id, |document| {
            document["name"] = json!(format!("Course {turn}"))
        });
        Some(format!("{} is called Course {turn}", short(id)))
    }

    /// A class names somebody who is not shared.
    fn nobody_is_named(&mut self) -> Option<String> {
        let section = self.one(self.sections())?;
        let nobody = toy::student(900_000 + self.dice.below(5));
        if names(&self.river.document(section), nobody) {
            return None;
        }
        self.river.enrol(section, nobody);
        Some(format!("{} in {}", short(nobody), short(section)))
    }

    fn unshare(&mut self) -> Option<String> {
        if self.shared_schools().len() < 2 {
            return None;
        }
        let school = self.one(self.shared_schools())?;
        let taken = self.river.unshare(toy::school(school));
        self.unshared.push((school, taken));
        Some(format!("school {school}"))
    }

    fn share_again(&mut self) -> Option<String> {
        let (school, taken) = self.unshared.pop()?;
        self.river.share_again(taken);
        Some(format!("school {school}"))
    }

    fn contact(&mut self) -> Option<String> {
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

    pub(crate) fn contacts(&self) -> Vec<ObjectId> {
        let mut all = self.of_role("contact", Object::Contact);
        if self.is_one() {
            all = self.river.ids(Object::StudentContact);
        }
        all
    }

    fn contact_anew(&mut self) -> Option<String> {
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

    fn contact_leaves(&mut self) -> Option<String> {
        let id = self.one(self.contacts())?;
        if self.contacts().len() < 2 {
            return None;
        }
        self.river.delete(id);
        Some(short(id))
    }

    fn emails_shared(&mut self) -> Option<String> {
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
        Some(if shared { "and are again" } else { "any more" }.to_owned())
    }

    /// Grades go up, the highest leave, classes are made anew: with new ids, or the old ids with other students.
    fn new_year(&mut self) -> Option<String> {
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
        Some(format!("{left} leave, classes {how}"))
    }
}

/// The end of an id, which is what a person recognises: kind and number.
pub(crate) fn short(id: ObjectId) -> String {
    let hex = id.to_hex();
    let kind = match &hex[2..4] {
        "5c" => "school",
        "7e" => "term",
        "c0" => "course",
        "5e" => "section",
        "50" => "student",
        "7a" => "teacher",
        "5a" => "staff",
        "ad" => "admin",
        "ca" => "contact",
        _ => "record",
    };
    format!("{kind} {}", hex[4..].trim_start_matches('0'))
}

/// The next id of who is known by one: the same number a thousand higher.
fn next_id(id: ObjectId) -> ObjectId {
    let hex = id.to_hex();
    let number: u64 = hex[4..].parse().unwrap();
    ObjectId::from_hex(&format!("{}{:020}", &hex[..4], number + 1000)).unwrap()
}

pub(crate) fn id_of(document: &Value) -> ObjectId {
    document["id"]
        .as_str()
        .and_then(ObjectId::from_hex)
        .unwrap()
}

fn with_id(document: &mut Value, id: ObjectId) {
    let old = document["id"].clone();
    document["id"] = json!(id.to_hex());
    for role in document["roles"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
    {
        if role["legacy_id"] == old {
            role["legacy_id"] = json!(id.to_hex());
        }
    }
}

pub(crate) fn fields<'d>(
    document: &'d mut Value,
    three: bool,
    role: &str,
) -> &'d mut Map<String, Value> {
    let place = if three {
        &mut document["roles"][role]
    } else {
        document
    };
    place.as_object_mut().unwrap()
}

fn names(section: &Value, id: ObjectId) -> bool {
    let hex = id.to_hex();
    ["students", "teachers"].iter().any(|list| {
        let list = section[*list].as_array();
        list.is_some_and(|list| list.iter().any(|one| *one == hex))
    })
}

/// SIS ids of a person's roles, with the role.
fn sis_ids(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let roles = document["roles"].as_object().into_iter().flatten();
    let places = roles.map(|(_, fields)| fields).chain([document]);
    for place in places {
        for field in ["sis_id", "staff_id"] {
            found.extend(place[field].as_str().map(|id| format!("{field} {id}")));
        }
    }
    found
}
