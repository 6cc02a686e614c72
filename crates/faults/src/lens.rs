//! A record of the source as it is shown: under other ids, as two, or not at all.

use homeroom_model::ObjectId;
use homeroom_wire::Object;
use serde_json::Value;

use crate::draw::Draw;
use crate::fault::Fault;
use crate::index::Index;
use crate::names::{Named, Names, id_of, is_student, split, text};
use crate::settings::Settings;

/// What records are looked at through.
pub(crate) struct Lens<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) index: &'a Index,
    /// Requests for data so far, which moves that happen during a read are counted by.
    pub(crate) read: u64,
    /// One id that was shown otherwise at the moment looked at.
    pub(crate) otherwise: Option<Otherwise>,
}

/// What was otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// A real id was shown as another one.
    Named(ObjectId, ObjectId),
    /// A student was there although it is not, or the other way about.
    There(ObjectId, bool),
}

/// A record as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) id: ObjectId,
    pub(crate) real: ObjectId,
    pub(crate) document: Value,
}

/// When a student comes or goes during a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// At which request for data.
    pub(crate) at: u64,
    /// Whether it is there from then on, or until then.
    pub(crate) comes: bool,
}

/// When a student comes or goes, if it does.
pub(crate) fn moment(settings: &Settings, draw: &Draw, student: ObjectId) -> Option<Moment> {
    let of = |fault: Fault, comes| {
        let dose = settings.faults.get(&fault)?;
        let about: [&[u8]; 1] = [student.bytes()];
        draw.happens(dose.rate, fault.name(), &about)
            .then(|| Moment {
                at: 2 + draw.number("moment", &about) % dose.number.max(1),
                comes,
            })
    };
    of(Fault::DeletedMidRead, false).or_else(|| of(Fault::AddedMidRead, true))
}

impl Lens<'_> {
    fn settings(&self) -> &Settings {
        self.names.settings
    }

    /// Whether a student is away, for it has gone or is still to come.
    pub(crate) fn is_away(&self, student: ObjectId) -> bool {
        if let Some(Otherwise::There(id, there)) = self.otherwise
            && id == student
        {
            return !there;
        }
        let moment = moment(self.settings(), self.names.draw, student);
        moment.is_some_and(|moment| (self.read >= moment.at) != moment.comes)
    }

    /// Whether a student is not shared, though rosters name it.
    pub(crate) fn is_unshared(&self, student: ObjectId) -> bool {
        let dose = self.settings().faults.get(&Fault::UnsharedIds);
        dose.is_some_and(|dose| {
            let draw = self.names.draw;
            draw.happens(dose.rate, "unshared-ids", &[student.bytes()])
        })
    }

    /// What is shown of a record: one document as a rule, two of a user who is split, none of who is not there. What is
    /// not a record stays as it is.
    pub(crate) fn show(&self, object: Object, document: &Value) -> Vec<Shown> {
        let Some(named) = self.names.of(object, document) else {
            return id_of(document).map_or_else(Vec::new, |id| vec![self.shown(id, &[], document)]);
        };
        let real = named.real;
        if is_student(object, document) && (self.is_away(real) || self.is_unshared(real)) {
            return Vec::new();
        }
        let of_student = ObjectId::from_hex(text(document, "student"));
        if object == Object::StudentContact && of_student.is_some_and(|id| self.is_away(id)) {
            return Vec::new();
        }
        self.parts(&named, document)
    }

    fn parts(&self, named: &Named, document: &Value) -> Vec<Shown> {
        let own = |shown| {
            let mut own = named.roles.clone();
            own.push((named.real, shown));
            own
        };
        let Some(apart) = named.apart else {
            let shown = self.shown(named.shown, &own(named.shown), document);
            return vec![Shown {
                real: named.real,
                ..shown
            }];
        };
        let (first, second) = split(document);
        let mut parts = [(named.shown, first), (apart, second)].map(|(id, part)| Shown {
            real: named.real,
            ..self.shown(id, &own(id), &part)
        });
        parts.sort_by_key(|part| part.id);
        parts.into()
    }

    fn shown(&self, id: ObjectId, own: &[(ObjectId, ObjectId)], document: &Value) -> Shown {
        let mut document = document.clone();
        self.drop_away(&mut document);
        self.rename(own, None, &mut document);
        Shown {
            id,
            real: id,
            document,
        }
    }

    /// Takes students who are away out of the rosters and ties that name them.
    fn drop_away(&self, document: &mut Value) {
        let faults = &self.settings().faults;
        let come_and_go = [Fault::DeletedMidRead, Fault::AddedMidRead];
        if !come_and_go.iter().any(|fault| faults.contains_key(fault)) {
            return;
        }
        let away = |id: Option<&Value>| {
            let id = id.and_then(Value::as_str).and_then(ObjectId::from_hex);
            id.is_some_and(|id| self.is_away(id))
        };
        if let Some(students) = document.get_mut("students").and_then(Value::as_array_mut) {
            students.retain(|student| !away(Some(student)));
        }
        let ties = document.pointer_mut("/roles/contact/student_relationships");
        if let Some(ties) = ties.and_then(Value::as_array_mut) {
            ties.retain(|tie| !away(tie.get("student")));
        }
    }

    fn name(&self, own: &[(ObjectId, ObjectId)], real: ObjectId) -> ObjectId {
        if let Some((_, shown)) = own.iter().find(|(id, _)| *id == real) {
            return *shown;
        }
        match self.otherwise {
            Some(Otherwise::Named(id, shown)) if id == real => shown,
            _ => self.index.shown(real),
        }
    }

    /// Replaces real ids by those they are shown under, wherever they stand; `own` are those of the record itself.
    pub(crate) fn rename(
        &self,
        own: &[(ObjectId, ObjectId)],
        key: Option<&str>,
        value: &mut Value,
    ) {
        match value {
            Value::String(text) if key == Some("uri") => *text = self.rename_uri(own, text),
            Value::String(text) => {
                if let Some(id) = ObjectId::from_hex(text) {
                    let shown = self.name(own, id);
                    if shown != id {
                        *text = shown.to_hex();
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.rename(own, key, item);
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields.iter_mut() {
                    self.rename(own, Some(key), value);
                }
            }
            _ => {}
        }
    }

    /// The same in an address.
    pub(crate) fn rename_uri(&self, own: &[(ObjectId, ObjectId)], uri: &str) -> String {
        let pieces = uri.split_inclusive(['/', '?', '&', '=']);
        let renamed = pieces.map(|piece| {
            let end = piece.trim_end_matches(['/', '?', '&', '=']);
            match ObjectId::from_hex(end) {
                Some(id) => piece.replace(end, &self.name(own, id).to_hex()),
                None => piece.to_owned(),
            }
        });
        renamed.collect()
    }
}
