//! Ids as they are shown where the original is less kind: they follow from what a record says of itself.

use homeroom_model::ObjectId;
use homeroom_wire::Object;
use serde_json::Value;

use crate::draw::Draw;
use crate::fault::Fault;
use crate::settings::Settings;

/// Gives records the ids they are shown under.
pub(crate) struct Names<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) draw: &'a Draw,
}

/// Roles of employees, in the order in which one of them keeps the user's id when it is split.
const EMPLOYED: [&str; 3] = ["teacher", "staff", "district_admin"];

/// Users are documents with roles; in other versions a person is a record per role.
fn role<'v>(document: &'v Value, name: &str) -> Option<&'v Value> {
    document.get("roles")?.get(name)
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The id of a document.
pub(crate) fn id_of(document: &Value) -> Option<ObjectId> {
    ObjectId::from_hex(text(document, "id"))
}

/// Whether a document is one of a student.
pub(crate) fn is_student(object: Object, document: &Value) -> bool {
    object == Object::Student || (object == Object::User && role(document, "student").is_some())
}

/// Whether documents of an object are people.
fn is_person(object: Object) -> bool {
    matches!(
        object,
        Object::User
            | Object::Student
            | Object::Teacher
            | Object::SchoolAdmin
            | Object::DistrictAdmin
            | Object::Contact
            | Object::StudentContact
    )
}

impl Names<'_> {
    fn has(&self, fault: Fault) -> bool {
        self.settings.faults.contains_key(&fault)
    }

    /// Whether a fault gives documents of an object other ids.
    pub(crate) fn renames(fault: Fault, object: Object) -> bool {
        let person = matches!(
            object,
            Object::User
                | Object::Student
                | Object::Teacher
                | Object::SchoolAdmin
                | Object::DistrictAdmin
        );
        match fault {
            Fault::EmailNewId => person,
            Fault::SisNewId => person && object != Object::DistrictAdmin,
            Fault::EmailSplit => object == Object::User,
            Fault::ContactNewId => {
                matches!(
                    object,
                    Object::User | Object::Contact | Object::StudentContact
                )
            }
            Fault::CourseTermNewId => matches!(object, Object::Course | Object::Term),
            _ => false,
        }
    }

    /// Whether documents of an object are shown under other ids. All people are, or none, so that lists stay in order and
    /// versions agree.
    pub(crate) fn touches(&self, object: Object) -> bool {
        let mut on = self.settings.faults.keys();
        let place = matches!(object, Object::Course | Object::Term);
        let alike = if is_person(object) {
            Object::User
        } else {
            object
        };
        on.any(|fault| Self::renames(*fault, alike)) && (place || is_person(object))
    }

    /// Whether anything is shown under another id.
    pub(crate) fn any(&self) -> bool {
        Object::ALL.into_iter().any(|object| self.touches(object))
    }

    /// The id a record is shown under, and those of its roles before version 3 with what they become.
    pub(crate) fn of(&self, object: Object, document: &Value) -> Option<Named> {
        let real = id_of(document)?;
        if !self.touches(object) {
            return Some(Named {
                real,
                shown: real,
                apart: None,
                roles: Vec::new(),
            });
        }
        let shown = self.draw.renamed(real, &self.depends(object, document));
        let mut roles = Vec::new();
        for name in EMPLOYED.into_iter().chain(["student", "contact"]) {
            let Some(role) = role(document, name) else {
                continue;
            };
            if let Some(legacy) =
                ObjectId::from_hex(text(role, "legacy_id")).filter(|id| *id != real)
            {
                let depends = self.role_depends(name, document, role);
                roles.push((legacy, self.draw.renamed(legacy, &depends)));
            }
        }
        let apart = self.is_split(object, document, real).then(|| {
            self.draw
                .renamed(real, &format!("apart {}", self.depends(object, document)))
        });
        Some(Named {
            real,
            shown,
            apart,
            roles,
        })
    }

    /// What the id of a record depends on.
    fn depends(&self, object: Object, document: &Value) -> String {
        match object {
            Object::User => {
                if role(document, "contact").is_some() {
                    return self.contact_depends(document);
                }
                if let Some(student) = role(document, "student") {
                    return self.role_depends("student", document, student);
                }
                let keys = EMPLOYED
                    .map(|name| role(document, name).map_or("", |role| self.key(name, role)));
                format!("{} {}", self.email(document), keys.join(" "))
            }
            Object::Student => self.role_depends("student", document, document),
            Object::Teacher => self.role_depends("teacher", document, document),
            Object::SchoolAdmin => self.role_depends("staff", document, document),
            Object::DistrictAdmin => self.role_depends("district_admin", document, document),
            Object::Contact | Object::StudentContact => self.contact_depends(document),
            Object::Course => format!("{}\n{}", text(document, "name"), text(document, "number")),
            Object::Term => {
                let [name, start, end] =
                    ["name", "start_date", "end_date"].map(|field| text(document, field));
                format!("{name}\n{start}\n{end}")
            }
            _ => String::new(),
        }
    }

    /// The same for a role, which is a record of its own before version 3: there and here it becomes the same.
    fn role_depends(&self, name: &str, document: &Value, role: &Value) -> String {
        if name == "contact" {
            return self.contact_depends(document);
        }
        format!("{} {}", self.email(document), self.key(name, role))
    }

    fn email<'v>(&self, document: &'v Value) -> &'v str {
        if self.has(Fault::EmailNewId) {
            text(document, "email")
        } else {
            ""
        }
    }

    fn key<'v>(&self, role: &str, document: &'v Value) -> &'v str {
        let field = if role == "staff" {
            "staff_id"
        } else {
            "sis_id"
        };
        if self.has(Fault::SisNewId) {
            text(document, field)
        } else {
            ""
        }
    }

    /// Everything a contact says of itself, unless it has an id of its own in the SIS.
    fn contact_depends(&self, document: &Value) -> String {
        let contact = role(document, "contact").unwrap_or(document);
        if !self.has(Fault::ContactNewId) || !text(contact, "sis_id").is_empty() {
            return String::new();
        }
        let mut said = document.clone();
        if let Some(fields) = said.as_object_mut() {
            for field in ["id", "created", "last_modified"] {
                fields.remove(field);
            }
        }
        said.to_string()
    }

    fn is_split(&self, object: Object, document: &Value, real: ObjectId) -> bool {
        let Some(dose) = self.settings.faults.get(&Fault::EmailSplit) else {
            return false;
        };
        let roles = EMPLOYED
            .into_iter()
            .filter(|name| role(document, name).is_some());
        let about: [&[u8]; 2] = [real.bytes(), text(document, "email").as_bytes()];
        object == Object::User
            && roles.count() > 1
            && self.draw.happens(dose.rate, "email-split", &about)
    }
}

/// The ids a record is shown under.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// What the source calls it.
    pub(crate) real: ObjectId,
    /// What it is called here.
    pub(crate) shown: ObjectId,
    /// What the second of two users is called, where the user is split.
    pub(crate) apart: Option<ObjectId>,
    /// The records of its roles before version 3: what the source calls them, what they are called here.
    pub(crate) roles: Vec<(ObjectId, ObjectId)>,
}

/// The two users of one that is split: the first keeps the first role, the second has the others, and an email that is not
/// the first's, for with the same one they would be merged.
pub(crate) fn split(document: &Value) -> (Value, Value) {
    let (mut first, mut second) = (document.clone(), document.clone());
    let mut held = EMPLOYED
        .into_iter()
        .filter(|name| role(document, name).is_some());
    let kept = held.next().unwrap_or_default();
    let roles = |user: &mut Value, keep: &dyn Fn(&str) -> bool| {
        if let Some(roles) = user.get_mut("roles").and_then(Value::as_object_mut) {
            roles.retain(|name, _| keep(name));
        }
    };
    roles(&mut first, &|name| name == kept);
    roles(&mut second, &|name| name != kept);
    let email = text(document, "email");
    if let Some(user) = second.as_object_mut().filter(|_| !email.is_empty()) {
        let other = format!("other.{email}");
        user.insert("email".to_owned(), Value::String(other));
    }
    (first, second)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "5f00aa11bb22cc33dd44ee31";

    fn named(faults: &str, object: Object, document: &Value) -> Named {
        let settings = Settings::default().with(faults).unwrap();
        let draw = Draw::new(settings.seed);
        let names = Names {
            settings: &settings,
            draw: &draw,
        };
        names.of(object, document).unwrap()
    }

    fn teacher(email: &str, key: &str) -> Value {
        json!({ "id": ID, "email": email, "name": {"first": "Rue", "last": "Oak"}, "roles": {
            "teacher": { "legacy_id": "5f00aa11bb22cc33dd44ee41", "sis_id": key },
            "staff": { "legacy_id": "5f00aa11bb22cc33dd44ee51", "staff_id": "S7" } } })
    }

    #[test]
    fn ids_follow_what_the_fault_says_and_nothing_else() {
        let user = |faults, email, key| named(faults, Object::User, &teacher(email, key)).shown;
        let faults = "email-new-id";
        assert_eq!(user(faults, "a", "1"), user(faults, "a", "2"));
        assert_ne!(user(faults, "a", "1"), user(faults, "b", "1"));
        let faults = "sis-new-id";
        assert_ne!(user(faults, "a", "1"), user(faults, "a", "2"));
        assert_eq!(user(faults, "a", "1"), user(faults, "b", "1"));
        assert_eq!(user("course-term-new-id", "a", "1").to_hex(), ID);
        // A role is called alike in all versions.
        let v3 = named("email-new-id,sis-new-id", Object::User, &teacher("a", "1"));
        let v2 = json!({ "id": "5f00aa11bb22cc33dd44ee41", "email": "a", "sis_id": "1" });
        let v2 = named("email-new-id,sis-new-id", Object::Teacher, &v2);
        assert_eq!(v3.roles[0].1, v2.shown);
        assert_ne!(v2.shown, v2.real);
    }

    #[test]
    fn contacts_with_an_id_of_their_own_stay() {
        let contact = |phone: &str, key: &str| {
            let document = json!({ "id": ID, "phone": phone, "sis_id": key, "name": "Kim Oak" });
            named("contact-new-id", Object::Contact, &document).shown
        };
        assert_eq!(contact("1", "C"), contact("2", "C"));
        assert_ne!(contact("1", ""), contact("2", ""));
    }

    #[test]
    fn other_ids_stand_in_the_same_order() {
        let shown = |counter: u8| {
            let id = ObjectId::new([6, 0, 0, 1, 9, 9, 9, 9, 9, 0, 0, counter]).to_hex();
            named("email-new-id", Object::Student, &json!({ "id": id })).shown
        };
        assert!((1..50).all(|counter| shown(counter) < shown(counter + 1)));
    }

    #[test]
    fn a_split_user_shares_no_role_and_no_email() {
        let document = teacher("a@x", "1");
        assert!(
            named("email-split=1", Object::User, &document)
                .apart
                .is_some()
        );
        assert!(
            named("email-split=0", Object::User, &document)
                .apart
                .is_none()
        );
        let (first, second) = split(&document);
        assert_eq!(first["email"], "a@x");
        assert_eq!(second["email"], "other.a@x");
        assert!(first["roles"].get("staff").is_none() && first["roles"].get("teacher").is_some());
        assert!(second["roles"].get("teacher").is_none() && second["roles"].get("staff").is_some());
    }
}
