//! Who comes into a class and who leaves it.

use std::collections::{BTreeMap, HashMap};

use homeroom_model::Role;
use homeroom_plan::{Place, Seat};
use homeroom_roster::{self as app, RosterError, SeatChange};

use super::Performer;
use super::step::{Done, Step, members_seen, told};

/// So many seats of a class are looked up one by one; more of them by reading all of the class.
const FEW: usize = 3;

impl Performer<'_> {
    /// Puts people into a class; somebody whose account could not be made was told where that was tried, and the next plan
    /// looks at the class again.
    pub(super) fn enrol(&mut self, step: Step<'_>, members: &[Place]) -> Result<Done, RosterError> {
        let missing = |place: &Place| self.local(&place.source).is_none();
        if let Some(source) = step.action.source.filter(|_| members.iter().any(missing)) {
            self.torn.insert((step.action.kind, source));
        }
        let changes = members.iter().filter_map(|place| {
            let seat = match place.role {
                Role::Student => app::Seat::STUDENT,
                _ => app::Seat::teacher(i64::from(place.position)),
            };
            let person = self.local(&place.source)?;
            let section = step.action.source?;
            let profile = self.seat_profile(section, person, place.role);
            Some((person, place.role, Some(app::Seat { profile, ..seat })))
        });
        let changes = changes.collect();
        self.seats(step, changes)
    }

    /// Takes people out of a class.
    pub(super) fn unenrol(
        &mut self,
        step: Step<'_>,
        members: &[Seat],
    ) -> Result<Done, RosterError> {
        let changes = members.iter().map(|seat| (seat.person.0, seat.role, None));
        let changes = changes.collect();
        self.seats(step, changes)
    }

    /// Seats that are there, at least those that are wanted.
    fn there(
        &self,
        section: i64,
        wanted: &[(i64, Role, Option<app::Seat>)],
    ) -> Result<HashMap<(i64, bool), app::Seat>, RosterError> {
        let look = self.applying.look();
        let mut there = HashMap::new();
        if wanted.len() <= FEW {
            for (person, role, _) in wanted {
                let is_teacher = *role != Role::Student;
                let seat = look.seat(section, *person, is_teacher)?;
                there.extend(seat.map(|seat| ((*person, is_teacher), seat)));
            }
            return Ok(there);
        }
        look.roster(section, &mut |row| {
            there.insert((row.person, row.is_teacher), row.seat);
            Ok(())
        })?;
        Ok(there)
    }

    fn seats(
        &mut self,
        step: Step<'_>,
        wanted: Vec<(i64, Role, Option<app::Seat>)>,
    ) -> Result<Done, RosterError> {
        let Some(source) = step.action.source else {
            return Ok(Done::Yes);
        };
        let Some(section) = self.local(&source) else {
            return Ok(Done::No("its class was not made".to_owned()));
        };
        let there = self.there(section, &wanted)?;
        let mut changes: BTreeMap<(i64, bool), SeatChange> = BTreeMap::new();
        for (person, role, after) in wanted {
            let is_teacher = role != Role::Student;
            let before = there.get(&(person, is_teacher)).copied();
            // What somebody of the app wishes stays.
            let intent = before
                .and_then(|seat| seat.intent)
                .filter(|_| after.is_some());
            let after = after.map(|seat| app::Seat { intent, ..seat });
            let change = SeatChange {
                person,
                is_teacher,
                before,
                after,
            };
            changes.entry((person, is_teacher)).or_insert(change);
        }
        // Whose account became part of another's left with it.
        let changes = changes.into_values();
        let changes: Vec<_> = changes
            .filter(|change| change.before != change.after)
            .collect();
        if !changes.is_empty() {
            let op = app::Op::Seats {
                section,
                changes: &changes,
            };
            let outcome = self.applying.apply(&step.with(op))?;
            if !outcome.is_done() {
                return Ok(told(&outcome));
            }
        }
        if step.goes_on {
            return Ok(Done::Yes);
        }
        let hex = source.to_hex();
        self.call(
            step,
            app::Op::Seen {
                kind: app::Kind::Section,
                source_id: &hex,
                seen: members_seen(step.action.applied),
            },
        )
    }
}
