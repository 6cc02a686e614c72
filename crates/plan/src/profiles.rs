//! Profiles: what somebody is in one class, one school or one role, where the app keeps that apart (integration-side A3.9,
//! A6.1, A6.3). A profile is known by its person and its ground. Those of somebody who left stay as they are and are there when
//! they come back.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Hash;

use crate::action::{Action, Ground, Op};
use crate::known::{Link, Local, LocalGround, Profile};
use crate::one_class::{schools_of, side};
use crate::planner::{PlanError, Planner};
use crate::policy::Profiles;
use crate::reason::Reason;
use crate::records;

/// Profiles of one person.
type OfPerson = BTreeMap<LocalGround, Profile>;

/// Grounds by the entities of the app.
#[derive(Default)]
struct Grounds {
    sections: BTreeMap<ObjectId, Local>,
    schools: BTreeMap<ObjectId, Local>,
    /// The other way round.
    sources: BTreeMap<Local, ObjectId>,
}

impl Grounds {
    fn local(&self, ground: Ground) -> Option<LocalGround> {
        Some(match ground {
            Ground::Section(id) => LocalGround::Section(*self.sections.get(&id)?),
            Ground::School(id) => LocalGround::School(*self.schools.get(&id)?),
            Ground::Role(role) => LocalGround::Role(role),
        })
    }
}

impl Planner<'_> {
    /// Plans the profiles, given the links of sections. Seats that begin to have one are noted for [`Planner::reseat`].
    pub(crate) fn profiles(&mut self, sections: &[Link]) -> Result<(), PlanError> {
        let known = self.known.profiles()?;
        if known.is_empty() && !self.policy.places.any_profiles() {
            return Ok(());
        }
        let mut of: BTreeMap<Local, OfPerson> = BTreeMap::new();
        for profile in known {
            of.entry(profile.person)
                .or_default()
                .insert(profile.ground, profile);
        }
        let grounds = self.grounds(sections)?;
        for kind in [Kind::Student, Kind::Employee] {
            let table = self.input.mirror.table(kind);
            for row in 0..table.len() {
                let source = table.id(row);
                let Some(account) = self.people.get(&source).copied() else {
                    continue;
                };
                let wanted = self.wanted_profiles(kind, row);
                let mut there = account
                    .and_then(|local| of.remove(&local))
                    .unwrap_or_default();
                for ground in wanted {
                    let known = grounds.local(ground).and_then(|local| there.remove(&local));
                    self.has_profile((kind, source, account), ground, known);
                }
                for profile in there.into_values().filter(|profile| profile.present) {
                    self.end_profile((kind, source, account), &profile, &grounds);
                }
            }
        }
        Ok(())
    }

    fn grounds(&self, sections: &[Link]) -> Result<Grounds, PlanError> {
        let schools = self.known.links(Kind::School)?;
        let pairs = |links: &[Link]| {
            let pairs = links.iter().map(|link| (link.source, link.local));
            pairs.collect::<BTreeMap<_, _>>()
        };
        let (sections, schools) = (pairs(sections), pairs(&schools));
        let both = sections.iter().chain(&schools);
        Ok(Grounds {
            sources: both.map(|(source, local)| (*local, *source)).collect(),
            sections,
            schools,
        })
    }

    /// What somebody should have profiles for.
    fn wanted_profiles(&self, kind: Kind, row: u32) -> BTreeSet<Ground> {
        let mirror = self.input.mirror;
        let mut wanted = BTreeSet::new();
        for role in records::roles(mirror, kind, row) {
            let Some(profiles) = self.policy.places.profiles(role) else {
                continue;
            };
            let teaches = matches!(role, Role::Student | Role::Teacher);
            let classes: &[u32] = if teaches {
                mirror.back(side(role).1).get(row)
            } else {
                &[]
            };
            let classes = classes.iter().filter(|section| {
                self.sections.contains(**section)
                    && self.chosen.allows(role, row, **section)
                    && self.is_at_home(role, row, **section)
            });
            match profiles {
                Profiles::Role => drop(wanted.insert(Ground::Role(role))),
                Profiles::Section => {
                    let table = mirror.table(Kind::Section);
                    wanted.extend(classes.map(|section| Ground::Section(table.id(*section))));
                }
                Profiles::School => {
                    let at = classes
                        .flat_map(|section| records::schools(mirror, Kind::Section, *section));
                    wanted.extend(at.map(Ground::School));
                    wanted.extend(schools_of(self, role, row).into_iter().map(Ground::School));
                }
            }
        }
        wanted
    }

    fn has_profile(
        &mut self,
        (kind, source, account): (Kind, ObjectId, Option<Local>),
        ground: Ground,
        known: Option<Profile>,
    ) {
        let op = match known {
            Some(profile) if profile.present => return,
            Some(profile) => Op::ReopenProfile {
                ground,
                profile: profile.local,
            },
            None => Op::OpenProfile { ground },
        };
        let reason = if known.is_some() {
            Reason::Returned
        } else {
            Reason::New
        };
        if account.is_some() {
            self.opened.insert((source, ground));
        }
        self.profile_action((kind, source, account), op, reason);
    }

    /// Ends a profile whose ground somebody no longer has, if this read can say so.
    fn end_profile(
        &mut self,
        who: (Kind, ObjectId, Option<Local>),
        profile: &Profile,
        grounds: &Grounds,
    ) {
        let source = |local: Local| grounds.sources.get(&local).copied();
        let (ground, judged) = match profile.ground {
            LocalGround::Role(role) => (Some(Ground::Role(role)), true),
            LocalGround::School(local) => (source(local).map(Ground::School), true),
            LocalGround::Section(local) => {
                let source = source(local);
                (
                    source.map(Ground::Section),
                    source.is_none_or(|id| self.may_say_gone(id)),
                )
            }
        };
        if let Some(ground) = ground.filter(|_| judged) {
            let op = Op::CloseProfile {
                ground,
                profile: profile.local,
            };
            self.profile_action(who, op, Reason::Unused);
        }
    }

    /// Whether a section is there, or may be called gone.
    fn may_say_gone(&self, section: ObjectId) -> bool {
        let (base, mirror) = (self.input.base, self.input.mirror);
        let row = base.table(Kind::Section).find(&section);
        let schools = row.map(|row| records::schools(base, Kind::Section, row));
        mirror.table(Kind::Section).find(&section).is_some()
            || self.input.gone.contains_key(&section)
            || self
                .input
                .reach
                .contains(Kind::Section, &schools.unwrap_or_default())
    }

    fn profile_action(
        &mut self,
        (kind, source, local): (Kind, ObjectId, Option<Local>),
        op: Op,
        reason: Reason,
    ) {
        let line = match &op {
            Op::OpenProfile { ground }
            | Op::ReopenProfile { ground, .. }
            | Op::CloseProfile { ground, .. } => line_of(*ground),
            _ => "many_roles",
        };
        self.act(Action {
            kind,
            source: Some(source),
            local,
            op,
            reason,
            line,
            applied: Hash::default(),
            held: false,
        });
    }

    /// Gives the seats of a section the profiles that began with this plan.
    pub(crate) fn reseat(&mut self, link: &Link, local: Local, row: u32) -> Result<(), PlanError> {
        if !self.policy.places.any_profiles() {
            return Ok(());
        }
        let mirror = self.input.mirror;
        let school = records::schools(mirror, Kind::Section, row)
            .first()
            .copied();
        let base = self.input.base;
        let before = base.table(Kind::Section).find(&link.source);
        let before =
            before.and_then(|row| records::schools(base, Kind::Section, row).first().copied());
        let mut members = Vec::new();
        for place in self.places(row) {
            let ground = self
                .policy
                .places
                .seat_ground(place.role, link.source, school);
            let begun = ground.is_some_and(|ground| self.opened.contains(&(place.source, ground)));
            let moved =
                matches!(ground, Some(Ground::School(_))) && before.is_some() && before != school;
            if begun || moved {
                members.push(place);
            }
        }
        if members.is_empty() {
            return Ok(());
        }
        // Who comes with this plan is seated with the profile at once.
        let there = self.known.members(local)?;
        members.retain(|place| {
            let account = self.people.get(&place.source).copied().flatten();
            there.iter().any(|member| {
                Some(member.person) == account && member.role == place.role && member.source
            })
        });
        if !members.is_empty() {
            let allowed_by = match self.policy.places.profiles(Role::Student) {
                Some(Profiles::Section) => "many_classes",
                Some(Profiles::School) => "many_schools",
                _ => "many_roles",
            };
            self.act(Action {
                kind: Kind::Section,
                source: Some(link.source),
                local: Some(local),
                op: Op::Reseat { members },
                reason: Reason::New,
                line: allowed_by,
                applied: Hash::default(),
                held: false,
            });
        }
        Ok(())
    }
}

/// The line of the policy that a profile stands on.
fn line_of(ground: Ground) -> &'static str {
    match ground {
        Ground::Section(_) => "many_classes",
        Ground::School(_) => "many_schools",
        Ground::Role(_) => "many_roles",
    }
}
