//! Single records: on demand, and those that look missing (integration-side A1.4, A1.8, A1.9).

use homeroom_model::ObjectId;
use homeroom_wire::{Object, Route, Shape};

use crate::cancel::{Cancel, Run};
use crate::effort::Effort;
use crate::error::{ClientError, Failure, Fault};
use crate::known::Strange;
use crate::record::{Record, Whose, parse};
use crate::scan;
use crate::source::{Inner, Source};

/// What a server says of one id.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// It is there.
    Found(Box<Record>),
    /// It is not, or not for us: status 404 and nothing else (`not_found`).
    Missing,
    /// Nobody knows: the server could not say.
    Unknown(Failure),
}

impl Source {
    /// Asks for one record.
    pub async fn look_up(
        &self,
        object: Object,
        id: ObjectId,
        cancel: &Cancel,
    ) -> Result<Lookup, ClientError> {
        self.0.look_up(&self.0.begin(cancel), object, id).await
    }

    /// Asks for records one by one, as for those that a walk did not bring while others point at them. In the order given.
    pub async fn look_up_all(
        &self,
        object: Object,
        ids: &[ObjectId],
        cancel: &Cancel,
    ) -> Result<Vec<(ObjectId, Lookup)>, ClientError> {
        let run = self.0.begin(cancel);
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push((*id, self.0.look_up(&run, object, *id).await?));
        }
        Ok(found)
    }

    /// Asks for a person of whom only the id is known. Versions before 3 keep people apart by role: there each kind is
    /// asked for, students first.
    pub async fn person(&self, id: ObjectId, cancel: &Cancel) -> Result<Lookup, ClientError> {
        const PEOPLE: [Object; 7] = [
            Object::User,
            Object::Student,
            Object::Teacher,
            Object::SchoolAdmin,
            Object::DistrictAdmin,
            Object::Contact,
            Object::StudentContact,
        ];
        let run = self.0.begin(cancel);
        let mut unknown = Lookup::Missing;
        for object in PEOPLE
            .into_iter()
            .filter(|object| object.span().contains(self.0.version))
        {
            match self.0.look_up(&run, object, id).await? {
                Lookup::Missing => {}
                found @ Lookup::Found(_) => return Ok(found),
                failed @ Lookup::Unknown(_) => unknown = failed,
            }
        }
        Ok(unknown)
    }
}

impl Inner {
    async fn look_up(
        &self,
        run: &Run,
        object: Object,
        id: ObjectId,
    ) -> Result<Lookup, ClientError> {
        let mut routes = Route::of_version(self.version);
        let route = routes.find(|route| route.of == object && route.shape == Shape::One);
        let route = route.ok_or_else(|| ClientError::not_in_version(self.version, object))?;
        let target = self.target(&route.path.replace("{id}", &id.to_hex()));
        let mut effort = Effort::default();
        let raw = match self.fetch(run, &target, &mut effort, scan::one).await {
            Ok(fetched) => fetched.found,
            Err(failure) => {
                return match failure.fault {
                    Fault::Status(404) => Ok(Lookup::Missing),
                    fault if fault.is_of_token() => Err(failure.into()),
                    _ => Ok(Lookup::Unknown(failure)),
                };
            }
        };
        let ours = (self.version, self.district);
        let parsed = parse(ours, object, raw, &self.known, &mut Strange::default());
        if parsed.district == Whose::Another {
            return Err(ClientError::DistrictMismatch {
                path: target,
                collection: object.collection(),
            });
        }
        Ok(Lookup::Found(Box::new(parsed.record)))
    }
}
