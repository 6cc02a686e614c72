//! A district of the server, as a test changes it.

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_wire::{Family, Object};
use serde_json::{Value, json};

use super::feed::Told;
use super::{Holding, Toy, World, ids};

/// A district. Clones are the same one.
#[derive(Clone)]
pub struct ToyDistrict {
    toy: Toy,
    id: ObjectId,
}

/// Documents that were taken away, to be given back.
pub struct Taken(Vec<(Object, Value)>);

impl Taken {
    /// How many documents of a kind it has.
    pub fn count(&self, object: Object) -> usize {
        self.0.iter().filter(|(own, _)| *own == object).count()
    }
}

impl ToyDistrict {
    pub(super) fn of(toy: &Toy, number: u64) -> Self {
        let id = ids::district(number);
        let (now, one) = (toy.now(), toy.version().family == Family::One);
        let begin = || {
            let mut document = json!({
                "id": id.to_hex(), "name": format!("District {number}"), "mdr_number": "", "sis_type": "toy", "error": "",
                "launch_date": "2025-08-01", "login_methods": [], "portal_url": "", "nces_id": "", "state": "running",
                "last_sync": now.to_iso(),
            });
            if one {
                document["instant_login"] = json!(true);
            }
            Holding {
                document,
                token: Some(format!("token-{number}")),
                listed: true,
                evented: true,
                records: BTreeMap::new(),
                events: Vec::new(),
            }
        };
        toy.world().districts.entry(id).or_insert_with(begin);
        let toy = toy.clone();
        Self { toy, id }
    }

    /// Its id.
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// The server it is of.
    pub fn toy(&self) -> &Toy {
        &self.toy
    }

    /// Its token; empty while it has none.
    pub fn token(&self) -> String {
        self.here(|holding| holding.token.clone())
            .unwrap_or_default()
    }

    /// Gives it another token; without being listed, nobody can find it.
    pub fn new_token(&self, token: &str, listed: bool) {
        self.here(|holding| {
            holding.token = Some(token.to_owned());
            holding.listed = listed;
        });
    }

    /// Takes its token away.
    pub fn revoke(&self) {
        self.here(|holding| holding.token = None);
    }

    /// Switches its events. What happened while they were off is never told.
    pub fn events(&self, on: bool) {
        self.here(|holding| holding.evented = on);
    }

    /// Notes that its system's data came now.
    pub fn synced(&self) {
        let now = self.toy.now().to_iso();
        self.own(|document| document["last_sync"] = json!(now));
    }

    /// The same, and no event tells it.
    pub fn synced_quietly(&self) {
        let now = self.toy.now().to_iso();
        self.here(|holding| holding.document["last_sync"] = json!(now));
    }

    /// Sets its state: `running`, `pending`, `error`, `paused`.
    pub fn state(&self, state: &str) {
        self.own(|document| document["state"] = json!(state));
    }

    /// Changes its own document.
    pub fn own(&self, change: impl FnOnce(&mut Value)) {
        let mut document = self.here(|holding| holding.document.clone());
        let was = document.clone();
        change(&mut document);
        self.tell(Object::District, Some(&was), Some(&document));
        self.here(|holding| holding.document = document);
    }

    /// Puts a document there, new or in the place of the one with its id.
    pub fn put(&self, object: Object, document: Value) -> ObjectId {
        self.set(object, document, true)
    }

    /// The same, and no event tells it.
    pub fn put_quietly(&self, object: Object, document: Value) -> ObjectId {
        self.set(object, document, false)
    }

    /// Changes a record.
    pub fn change(&self, id: ObjectId, change: impl FnOnce(&mut Value)) {
        let (object, mut document) = self.find(id);
        change(&mut document);
        self.put(object, document);
    }

    /// The same, and no event tells it.
    pub fn change_quietly(&self, id: ObjectId, change: impl FnOnce(&mut Value)) {
        let (object, mut document) = self.find(id);
        change(&mut document);
        self.put_quietly(object, document);
    }

    /// Takes a record away and leaves whoever names it as they are.
    pub fn delete(&self, id: ObjectId) {
        let (object, document) = self.find(id);
        self.remove(object, id);
        self.tell(object, Some(&document), None);
    }

    /// The same, and no event tells it.
    pub fn delete_quietly(&self, id: ObjectId) {
        let (object, _) = self.find(id);
        self.remove(object, id);
    }

    /// Takes a person away, out of their classes first.
    pub fn leave(&self, id: ObjectId) {
        for section in self.ids(Object::Section) {
            self.unenrol(section, id);
        }
        self.delete(id);
    }

    /// Puts a student into a class.
    pub fn enrol(&self, section: ObjectId, student: ObjectId) {
        self.change(section, |document| {
            let students = document["students"].as_array_mut().unwrap();
            students.push(json!(student.to_hex()));
        });
    }

    /// Takes somebody out of a class.
    pub fn unenrol(&self, section: ObjectId, person: ObjectId) {
        let hex = person.to_hex();
        self.change(section, |document| {
            for list in ["students", "teachers"] {
                document[list]
                    .as_array_mut()
                    .unwrap()
                    .retain(|one| *one != hex);
            }
            if document["teacher"] == hex {
                document["teacher"] = document["teachers"][0].clone();
            }
        });
    }

    /// Stops sharing a school: it goes, and with it its classes and whoever has no other school.
    pub fn unshare(&self, school: ObjectId) -> Taken {
        let hex = school.to_hex();
        let only = |place: &Value| {
            let schools = place["schools"].as_array();
            let named = schools.map_or(place["school"] == hex, |all| {
                !all.is_empty() && all.iter().all(|one| *one == hex)
            });
            named && (place["school"].is_null() || place["school"] == hex)
        };
        let belongs = |object: Object, document: &Value| match object {
            Object::School => document["id"] == hex,
            Object::Section => document["school"] == hex,
            Object::Student | Object::Teacher | Object::SchoolAdmin => only(document),
            Object::User => document["roles"]
                .as_object()
                .is_some_and(|roles| roles.values().all(only)),
            _ => false,
        };
        let taken = self.here(|holding| {
            let all = holding
                .records
                .iter()
                .flat_map(|(object, records)| records.values().map(|one| (*object, one)));
            let own = all.filter(|(object, document)| belongs(*object, document));
            own.map(|(object, document)| (object, document.clone()))
                .collect::<Vec<_>>()
        });
        let mut taken = taken;
        taken.sort_by_key(|(object, _)| *object == Object::Section);
        // What names others goes before them, and comes after them.
        for (_, document) in taken.iter().rev() {
            self.delete(id_of(document));
        }
        Taken(taken)
    }

    /// Gives back what was taken.
    pub fn share_again(&self, taken: Taken) {
        for (object, document) in taken.0 {
            self.put(object, document);
        }
    }

    /// A record as it is.
    pub fn document(&self, id: ObjectId) -> Value {
        self.find(id).1
    }

    /// Whether there is such a record.
    pub fn has(&self, id: ObjectId) -> bool {
        let hex = id.to_hex();
        self.here(|holding| {
            holding
                .records
                .values()
                .any(|records| records.contains_key(&hex))
        })
    }

    /// The ids of all records of a kind.
    pub fn ids(&self, object: Object) -> Vec<ObjectId> {
        self.here(|holding| holding.all(object).map(id_of).collect())
    }

    /// How many events were told so far, those included that are no longer kept.
    pub fn told(&self) -> usize {
        self.here(|holding| holding.events.len())
    }

    fn find(&self, id: ObjectId) -> (Object, Value) {
        let hex = id.to_hex();
        let found = self.here(|holding| {
            let mut all = holding.records.iter();
            all.find_map(|(object, records)| Some((*object, records.get(&hex)?.clone())))
        });
        found.unwrap_or_else(|| panic!("there is no record {hex}"))
    }

    fn set(&self, object: Object, document: Value, told: bool) -> ObjectId {
        let id = id_of(&document);
        let hex = id.to_hex();
        let was = self.here(|holding| holding.one(object, &hex).cloned());
        if told {
            self.tell(object, was.as_ref(), Some(&document));
        }
        self.here(|holding| {
            holding
                .records
                .entry(object)
                .or_default()
                .insert(hex, document)
        });
        id
    }

    fn remove(&self, object: Object, id: ObjectId) {
        let hex = id.to_hex();
        self.here(|holding| holding.records.get_mut(&object).unwrap().remove(&hex));
    }

    fn tell(&self, object: Object, was: Option<&Value>, is: Option<&Value>) {
        let at = self.toy.now();
        let mut world = self.toy.world();
        let id = world.event_id(at.seconds());
        let holding = world.districts.get_mut(&self.id).unwrap();
        if holding.evented {
            holding.events.extend(Told::of((id, at), object, was, is));
        }
    }

    fn here<T>(&self, look: impl FnOnce(&mut Holding) -> T) -> T {
        let mut world = self.toy.world();
        look(world.districts.get_mut(&self.id).unwrap())
    }
}

fn id_of(document: &Value) -> ObjectId {
    let id = document["id"].as_str().and_then(ObjectId::from_hex);
    id.expect("a document has an id")
}

impl World {
    /// The next id of an event: its second, and a number that ascends.
    fn event_id(&mut self, second: u32) -> ObjectId {
        self.events += 1;
        ObjectId::from_hex(&format!("{second:08x}{:016x}", self.events)).unwrap()
    }
}
