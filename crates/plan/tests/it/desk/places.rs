//! Doing what plans say about copies, classes that are made, profiles and powers.

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Action, Ground, Input, Local, LocalGround, Op, Origin, Profile, plan};
use homeroom_segment::Snapshot;

use super::{Desk, Thing};
use crate::district::{District, id};

impl Desk {
    /// Why a student is, or is not, in a section.
    pub(crate) fn why_in(&self, district: &District, student: u16, section: u16) -> String {
        let mirror = district.mirror();
        let input = Input {
            reach: &self.reach,
            picks: &self.picks,
            ..Input::new(&self.base, &mirror)
        };
        let plan = plan(&input, self, &self.policy).unwrap();
        let person = (id(Kind::Student, student), Kind::Student);
        let section = id(Kind::Section, section);
        let why = plan.explain_member(&input, self, &self.policy, person, section);
        why.unwrap().sentence
    }

    /// Does an action of that sort; `false` for any other.
    pub(super) fn act_on_places(&mut self, action: &Action, mirror: &Snapshot) -> bool {
        let kind = action.kind;
        match &action.op {
            Op::Copy { row, adjusted, .. } => {
                let values = self.policy.first_values(mirror, (kind, *row), adjusted);
                let cells = values
                    .into_iter()
                    .map(|(field, value, origin)| (field.to_owned(), (value, origin)));
                let cells = cells.collect();
                self.make(action, cells);
            }
            Op::MakeClass { name, grade, .. } => {
                let cells = [("name", name), ("grade", grade)]
                    .map(|(field, value)| (field.to_owned(), (value.clone(), Origin::Derived)));
                self.make(action, cells.into());
            }
            Op::OpenProfile { ground } => {
                let local = self.fresh();
                let profile = Profile {
                    local,
                    person: self.person(action),
                    ground: self.ground(*ground),
                    present: true,
                };
                let again = |other: &&Profile| {
                    other.person == profile.person && other.ground == profile.ground
                };
                assert!(self.profiles.iter().find(again).is_none(), "{profile:?}");
                self.profiles.push(profile);
            }
            Op::ReopenProfile { profile, .. } => self.stands(*profile, true),
            Op::CloseProfile { profile, .. } => self.stands(*profile, false),
            Op::Reseat { members } => {
                let section = self.links[&(kind, action.source.unwrap())].local;
                let there = &self.members[&section];
                assert!(!members.is_empty());
                for place in members {
                    let mut people = there.keys().filter(|(_, role)| *role == place.role);
                    let seated = people.any(|(person, _)| {
                        let links = self.links.values();
                        links
                            .clone()
                            .any(|link| link.source == place.source && link.local == *person)
                    });
                    assert!(seated, "{place:?} has no seat to change");
                }
            }
            Op::Tell { over } => {
                let local = action.local.unwrap_or_else(|| self.person(action));
                let changed = if *over {
                    self.told.remove(&local)
                } else {
                    self.told.insert(local)
                };
                assert!(changed, "{action:?}");
            }
            Op::Islands { .. } => {
                assert!(action.local.is_some());
            }
            Op::Update { changes } => {
                // The source's course takes the place of the app's own.
                if kind == Kind::Section && changes.iter().any(|change| change.field == "course") {
                    self.own_courses.remove(&action.local.unwrap());
                }
                return false;
            }
            Op::Powers { from, to } => {
                assert_eq!(self.powers, *from);
                self.powers = *to;
            }
            _ => return false,
        }
        true
    }

    fn make(
        &mut self,
        action: &Action,
        cells: std::collections::BTreeMap<String, (String, Origin)>,
    ) {
        let local = self.fresh();
        let thing = Thing {
            cells,
            ..Thing::default()
        };
        self.things.insert((action.kind, local), thing);
        self.bind(action, local);
    }

    fn person(&self, action: &Action) -> Local {
        self.links[&(action.kind, action.source.unwrap())].local
    }

    fn ground(&self, ground: Ground) -> LocalGround {
        let local = |kind: Kind, id: ObjectId| self.links[&(kind, id)].local;
        match ground {
            Ground::Section(id) => LocalGround::Section(local(Kind::Section, id)),
            Ground::School(id) => LocalGround::School(local(Kind::School, id)),
            Ground::Role(role) => LocalGround::Role(role),
        }
    }

    fn stands(&mut self, local: Local, present: bool) {
        let profile = self
            .profiles
            .iter_mut()
            .find(|profile| profile.local == local);
        let profile = profile.unwrap();
        assert_ne!(profile.present, present, "{profile:?}");
        profile.present = present;
    }
}
