//! Teachers and staff: hired, gone, in one record or in two.

use homeroom_model::ObjectId;
use homeroom_testkit::toy;
use homeroom_wire::Object;
use serde_json::{Value, json};

use super::Village;
use super::ids::{next_id, short};

impl Village {
    pub(super) fn hire(&mut self) -> String {
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

    pub(super) fn quit(&mut self) -> Option<String> {
        let id = self.one(self.teachers())?;
        self.goes(id, true);
        Some(short(id))
    }

    /// A teacher becomes staff too, or is staff no longer.
    pub(super) fn role(&mut self) -> Option<String> {
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
    pub(super) fn split(&mut self) -> Option<String> {
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
    pub(super) fn merge(&mut self) -> Option<String> {
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
}
