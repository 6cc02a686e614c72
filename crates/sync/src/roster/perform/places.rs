//! What the app has and the source never named: copies of courses, classes that are made, profiles, powers.

use std::collections::HashMap;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{Adjusted, Ground, Local, Op, Place, Powers};
use homeroom_roster::field::{course, profile, section};
use homeroom_roster::{self as app, Record, RosterError, SeatChange};
use homeroom_segment::Relation;

use super::Performer;
use super::step::{Done, Step, new_link, told};
use crate::roster::known::places::{Held, ground_of};

/// Profiles that go on, by whose and what for.
pub(super) type Profiles = HashMap<(i64, Held), i64>;

impl Performer<'_> {
    /// Reads the profiles of a district, if the policy has any.
    pub(super) fn read_profiles(&mut self, district: i64) -> Result<(), RosterError> {
        if !self.policy.places.any_profiles() {
            return Ok(());
        }
        let mut profiles = Profiles::new();
        let mut visit = |id: i64, record: &Record<'_>| {
            let active = record.get(profile::STATE).text() == Some("active");
            if let Some((person, ground)) = ground_of(record).filter(|_| active) {
                profiles.insert((person, ground), id);
            }
            Ok(())
        };
        let look = self.applying.look();
        look.records(district, app::Kind::Profile, &mut visit)?;
        self.profiles = profiles;
        Ok(())
    }

    /// A school's copy of a course.
    pub(super) fn copy(
        &mut self,
        step: Step<'_>,
        (row, school): (u32, ObjectId),
        adjusted: &[Adjusted],
    ) -> Result<Done, RosterError> {
        let kind = Kind::Course;
        let original = self.mirror.table(kind).id(row);
        let ends = (self.local(&original), self.local(&school));
        let (Some(original), Some(school)) = ends else {
            return Ok(Done::No("its course or its school was not made".to_owned()));
        };
        let values = self.policy.first_values(self.mirror, (kind, row), adjusted);
        let (record, _) = self.filled(app::Kind::Course, kind, row, &values);
        let record = record
            .with(course::COPY_OF, original)
            .with(course::SCHOOL, school);
        self.make(step, app::Kind::Course, &record, "copy")
    }

    /// A class that the source does not have.
    pub(super) fn make_class(
        &mut self,
        step: Step<'_>,
        school: ObjectId,
        (name, grade): (&str, &str),
    ) -> Result<Done, RosterError> {
        let Some(school) = self.local(&school) else {
            return Ok(Done::No("its school was not made".to_owned()));
        };
        let mut record = Record::new(app::Kind::Section)
            .with(section::NAME, name)
            .with(section::SCHOOL, school);
        if !grade.is_empty() {
            record.set(section::GRADE, grade);
        }
        self.make(step, app::Kind::Section, &record, "generated")
    }

    fn make(
        &mut self,
        step: Step<'_>,
        kind: app::Kind,
        record: &Record<'_>,
        rung: &str,
    ) -> Result<Done, RosterError> {
        let Some(source) = step.action.source else {
            return Ok(Done::Yes);
        };
        let hex = source.to_hex();
        let op = app::Op::Create {
            kind,
            record,
            roles: &[],
            link: Some(new_link(step.action.kind, &hex, rung, step.applied())),
        };
        let outcome = self.applying.apply(&step.with(op))?;
        let Some(id) = outcome.id() else {
            return Ok(told(&outcome));
        };
        self.locals.insert(source, id);
        Ok(Done::Yes)
    }

    /// A profile begins, ends or is there again.
    pub(super) fn profile(&mut self, step: Step<'_>) -> Result<Done, RosterError> {
        let person = step.action.source.and_then(|id| self.local(&id));
        let Some(person) = person else {
            return Ok(Done::No("its person was not made".to_owned()));
        };
        let kind = app::Kind::Profile;
        match &step.action.op {
            Op::OpenProfile { ground } => {
                let Some(held) = self.held(*ground) else {
                    return Ok(Done::No("what it is for was not made".to_owned()));
                };
                let record = Record::new(kind).with(profile::PERSON, person);
                let record = match held {
                    Held::Section(id) => record.with(profile::SECTION, id),
                    Held::School(id) => record.with(profile::SCHOOL, id),
                    Held::Role(role) => record.with(profile::ROLE, role.text()),
                };
                let op = app::Op::Create {
                    kind,
                    record: &record,
                    roles: &[],
                    link: None,
                };
                let outcome = self.applying.apply(&step.with(op))?;
                let Some(id) = outcome.id() else {
                    return Ok(told(&outcome));
                };
                self.profiles.insert((person, held), id);
                Ok(Done::Yes)
            }
            Op::ReopenProfile {
                ground,
                profile: Local(id),
            } => {
                let done = self.call(step, app::Op::Restore { kind, id: *id })?;
                if let (Some(held), Done::Yes) = (self.held(*ground), &done) {
                    self.profiles.insert((person, held), *id);
                }
                Ok(done)
            }
            Op::CloseProfile {
                ground,
                profile: Local(id),
            } => {
                if let Some(held) = self.held(*ground) {
                    self.profiles.remove(&(person, held));
                }
                self.call(step, app::Op::Archive { kind, id: *id })
            }
            _ => Ok(Done::Yes),
        }
    }

    fn held(&self, ground: Ground) -> Option<Held> {
        let local = |id: ObjectId| self.local(&id);
        Some(match ground {
            Ground::Section(id) => Held::Section(local(id)?),
            Ground::School(id) => Held::School(local(id)?),
            Ground::Role(role) => Held::Role(role),
        })
    }

    /// The profile with which somebody is in a section.
    pub(super) fn seat_profile(&self, section: ObjectId, person: i64, role: Role) -> Option<i64> {
        if self.profiles.is_empty() {
            return None;
        }
        let row = self.mirror.table(Kind::Section).find(&section);
        let school = row.and_then(|row| self.mirror.lists(Relation::SectionSchool).first(row));
        let school = school.map(|school| self.mirror.table(Kind::School).id(school));
        let ground = self.policy.places.seat_ground(role, section, school)?;
        self.profiles.get(&(person, self.held(ground)?)).copied()
    }

    /// People who are in a section go on there with the profile they have now.
    pub(super) fn reseat(
        &mut self,
        step: Step<'_>,
        members: &[Place],
    ) -> Result<Done, RosterError> {
        let Some(source) = step.action.source else {
            return Ok(Done::Yes);
        };
        let Some(section) = self.local(&source) else {
            return Ok(Done::No("its class was not made".to_owned()));
        };
        let wanted: HashMap<(i64, bool), Option<i64>> = members
            .iter()
            .filter_map(|place| {
                let person = self.local(&place.source)?;
                let with = self.seat_profile(source, person, place.role);
                Some(((person, place.role != Role::Student), with))
            })
            .collect();
        let mut changes = Vec::new();
        self.applying.look().roster(section, &mut |row| {
            let with = wanted.get(&(row.person, row.is_teacher));
            if let Some(with) = with.filter(|with| **with != row.seat.profile) {
                changes.push(SeatChange {
                    person: row.person,
                    is_teacher: row.is_teacher,
                    before: Some(row.seat),
                    after: Some(app::Seat {
                        profile: *with,
                        ..row.seat
                    }),
                });
            }
            Ok(())
        })?;
        if changes.is_empty() {
            return Ok(Done::Yes);
        }
        let op = app::Op::Seats {
            section,
            changes: &changes,
        };
        self.call(step, op)
    }

    /// What people with several roles may do.
    pub(super) fn powers(
        &mut self,
        step: Step<'_>,
        from: Powers,
        to: Powers,
    ) -> Result<Done, RosterError> {
        let op = app::Op::Powers {
            before: from.text(),
            after: to.text(),
        };
        self.call(step, op)
    }

    /// The schools of a role that the policy leaves, of those that the source names.
    pub(super) fn narrowed(&self, role: Role, schools: Vec<(i64, bool)>) -> Vec<(i64, bool)> {
        use homeroom_plan::Schools;
        let only = self.policy.places.schools_of(role) == Schools::PrimaryOnly;
        let primary: Vec<_> = schools.iter().copied().filter(|(_, is)| *is).collect();
        if only && !primary.is_empty() {
            primary
        } else {
            schools
        }
    }
}
