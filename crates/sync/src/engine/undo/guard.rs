//! Holding an undo against the limits of the policy, as every plan is (integration-side B9, A4.10). What a plan would hold alone
//! holds the whole undo: it is one thing that somebody wants or not. The season is not asked.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use homeroom_change::Share;
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{Bound, Guard, Moves, Policy, Verdict};
use homeroom_roster::{self as app, AuditEntry, Reading, RosterError, RowChange, Value, field};

use crate::roster::sent_kind;

/// What an undo does to each kind of record.
#[derive(Default)]
pub(super) struct Counted {
    district: i64,
    /// Records that are there now, what the source calls them.
    present: BTreeMap<Kind, u64>,
    people: HashMap<i64, Kind>,
    leave: BTreeMap<Kind, u64>,
    change: BTreeMap<Kind, u64>,
    come: BTreeMap<Kind, u64>,
    logins: BTreeMap<Kind, u64>,
    /// People and classes who leave, and how many each school loses of them.
    left: HashSet<i64>,
    schools: BTreeMap<(Kind, i64), u64>,
    /// People who get power over others.
    powers: BTreeSet<i64>,
    rosters: BTreeMap<i64, Moves>,
}

impl Counted {
    /// Counts what is there before.
    pub(super) fn read(reading: &dyn Reading, district: i64) -> Result<Self, RosterError> {
        let mut counted = Self {
            district,
            ..Self::default()
        };
        for stored in app::Kind::ALL {
            reading.links(district, stored, &mut |link| {
                let kind = sent_kind(stored, link.person);
                let Some(kind) = kind.filter(|_| link.state == app::LinkState::Active) else {
                    return Ok(());
                };
                if link.person.is_some() {
                    counted.people.insert(link.entity, kind);
                }
                *counted.present.entry(kind).or_default() += u64::from(link.present);
                Ok(())
            })?;
        }
        Ok(counted)
    }

    fn kind(&self, stored: Option<app::Kind>, id: i64) -> Option<Kind> {
        match stored? {
            app::Kind::Person => self.people.get(&id).copied(),
            stored => sent_kind(stored, None),
        }
    }

    /// The schools that lose somebody with a row that is taken back, asked before it is.
    pub(super) fn schools(
        &self,
        look: &dyn Reading,
        entry: &AuditEntry,
    ) -> Result<Vec<i64>, RosterError> {
        let kind = self.kind(app::Kind::from_text(&entry.kind), entry.subject);
        let Some(kind) = kind.filter(|_| leaves(entry)) else {
            return Ok(Vec::new());
        };
        let roles: &[Role] = match kind {
            Kind::Student => &[Role::Student],
            Kind::Employee => &[Role::Teacher, Role::Staff],
            Kind::Section => return school_of(look, entry.subject),
            _ => &[],
        };
        let mut schools = BTreeSet::new();
        for role in roles {
            let of = look.schools_of(entry.subject, *role)?.into_iter();
            schools.extend(of.map(|(school, _)| school));
        }
        Ok(schools.into_iter().collect())
    }

    /// A row of the run was taken back. `schools` are those that it takes somebody from.
    pub(super) fn taken_back(&mut self, entry: &AuditEntry, schools: &[i64]) {
        let kind = self.kind(app::Kind::from_text(&entry.kind), entry.subject);
        if let Some(kind) = kind {
            if leaves(entry) {
                *self.leave.entry(kind).or_default() += 1;
                self.left.insert(entry.subject);
                for school in schools {
                    *self.schools.entry((kind, *school)).or_default() += 1;
                }
            }
            if entry.op == "update" {
                *self.change.entry(kind).or_default() += 1;
            }
            if changes_login(entry) && matches!(kind, Kind::Student | Kind::Employee) {
                *self.logins.entry(kind).or_default() += 1;
            }
        }
        for change in &entry.changes {
            match change {
                RowChange::Removed {
                    kind, roles, id, ..
                } => {
                    let of = |name: &str| roles.iter().any(|role| role.role == name);
                    let kind = match kind {
                        app::Kind::Person if of(Role::Student.text()) => Some(Kind::Student),
                        app::Kind::Person if of(Role::Contact.text()) => Some(Kind::Contact),
                        app::Kind::Person => Some(Kind::Employee),
                        stored => sent_kind(*stored, None),
                    };
                    if let Some(kind) = kind {
                        *self.come.entry(kind).or_default() += 1;
                    }
                    if roles.iter().any(|role| is_power(&role.role)) {
                        self.powers.insert(*id);
                    }
                }
                RowChange::Role {
                    person,
                    role_before: Some(role),
                    role_after: None,
                } if is_power(&role.role) => {
                    self.powers.insert(*person);
                }
                _ => {}
            }
        }
    }

    /// Seats of a row, or of a part of one, are again as they were.
    pub(super) fn seated(&mut self, entry: &AuditEntry) {
        for change in &entry.changes {
            let RowChange::Seats { section, seats, .. } = change else {
                continue;
            };
            for group in seats.iter().filter(|group| !group.is_teacher) {
                let member = |held: &Option<app::Held>| {
                    held.as_ref().is_some_and(|held| held.seat.is_member())
                };
                let people = group.people.len() as u64;
                let moves = self.rosters.entry(*section).or_default();
                match (member(&group.after), member(&group.before)) {
                    (true, false) => moves.left += people,
                    (false, true) => moves.came += people,
                    _ => {}
                }
            }
        }
    }

    /// The limits that it passes: kind by kind, then schools, powers and classes. `look` sees what is there after it.
    pub(super) fn judge(
        &self,
        policy: &Policy,
        look: &dyn Reading,
    ) -> Result<Vec<Verdict>, RosterError> {
        let mut verdicts = Vec::new();
        for kind in Kind::ALL {
            self.judge_kind(kind, policy, &mut verdicts);
        }
        self.judge_schools(policy, look, &mut verdicts)?;
        let allowed = policy.guards.role_grants;
        let powers = self.powers.len() as u64;
        if powers > allowed {
            let share = Share::new(powers, powers);
            let kind = Some(Kind::Employee);
            verdicts.push(verdict(
                (Guard::RoleGrants, kind, None),
                share,
                allowed.to_string(),
            ));
        }
        self.judge_rosters(policy, look, &mut verdicts)?;
        Ok(verdicts)
    }

    fn judge_kind(&self, kind: Kind, policy: &Policy, verdicts: &mut Vec<Verdict>) {
        let limits = &policy.guards;
        let of = |counts: &BTreeMap<Kind, u64>| counts.get(&kind).copied().unwrap_or(0);
        let (present, leave) = (of(&self.present), of(&self.leave));
        let mut trip = |guard: Guard, part: u64, allowed: String| {
            let share = Share::new(part, present);
            verdicts.push(verdict((guard, Some(kind), None), share, allowed));
        };
        if leave > 0 && leave >= present {
            trip(Guard::TypeVanished, leave, "none".to_owned());
        } else if limits.removals.is_passed(leave, present) {
            trip(Guard::Removals, leave, words(limits.removals));
        }
        for (guard, limit, counts) in [
            (Guard::Updates, limits.updates, &self.change),
            (Guard::Creations, limits.creations, &self.come),
            (Guard::Logins, limits.logins, &self.logins),
        ] {
            let part = of(counts);
            // What comes where nothing is comes for the first time.
            let first = guard == Guard::Creations && present == 0;
            if !first && limit.is_passed(part, present) {
                trip(guard, part, words(limit));
            }
        }
    }

    fn judge_schools(
        &self,
        policy: &Policy,
        look: &dyn Reading,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), RosterError> {
        let limit = policy.guards.school_removals;
        let many = self
            .schools
            .iter()
            .filter(|(_, count)| **count >= limit.floor);
        let many: BTreeMap<_, _> = many.map(|(at, count)| (*at, *count)).collect();
        if many.is_empty() {
            return Ok(());
        }
        let mut there: HashSet<(Kind, i64, i64)> = HashSet::new();
        look.schools(self.district, &mut |person, _, school, _| {
            let kind = self.people.get(&person).copied();
            let at = kind.map(|kind| (kind, school));
            if let Some((kind, school)) = at.filter(|at| many.contains_key(at))
                && !self.left.contains(&person)
            {
                there.insert((kind, school, person));
            }
            Ok(())
        })?;
        look.records(self.district, app::Kind::Section, &mut |section, record| {
            let school = record.get(field::section::SCHOOL).integer();
            let at = school.map(|school| (Kind::Section, school));
            let active = record.get(field::section::STATE).text() == Some("active");
            if let Some((kind, school)) = at.filter(|at| active && many.contains_key(at)) {
                there.insert((kind, school, section));
            }
            Ok(())
        })?;
        let mut left = BTreeMap::new();
        for (kind, school, _) in there {
            *left.entry((kind, school)).or_insert(0) += 1_u64;
        }
        for ((kind, school), count) in many {
            let whole = count + left.get(&(kind, school)).copied().unwrap_or(0);
            if limit.is_passed(count, whole) {
                let place = source_id(look, school)?;
                let guard = (Guard::SchoolRemovals, Some(kind), place);
                verdicts.push(verdict(guard, Share::new(count, whole), words(limit)));
            }
        }
        Ok(())
    }

    fn judge_rosters(
        &self,
        policy: &Policy,
        look: &dyn Reading,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), RosterError> {
        let bound = policy.guards.roster_shrink;
        // Who is in a class that goes leaves with it.
        let stay = self
            .rosters
            .iter()
            .filter(|(section, moves)| moves.left > 0 && !self.left.contains(*section));
        for (section, moves) in stay {
            let mut after = 0;
            look.roster(*section, &mut |row| {
                after += u64::from(!row.is_teacher && row.seat.is_member());
                Ok(())
            })?;
            let size = moves.before(after);
            if let Some(guard) = bound.of_roster(*moves, size) {
                let place = source_id(look, *section)?;
                let share = Share::new(moves.left, size);
                let allowed = format!("{} %", bound.percent);
                verdicts.push(verdict((guard, Some(Kind::Section), place), share, allowed));
            }
        }
        Ok(())
    }
}

fn verdict(
    (guard, kind, place): (Guard, Option<Kind>, Option<ObjectId>),
    measured: Share,
    allowed: String,
) -> Verdict {
    Verdict {
        guard,
        kind,
        place,
        measured,
        allowed,
    }
}

fn words(bound: Bound) -> String {
    format!("{} %, and always fewer than {}", bound.percent, bound.floor)
}

fn is_power(role: &str) -> bool {
    [Role::Staff, Role::DistrictAdmin]
        .iter()
        .any(|power| power.text() == role)
}

/// Whether a record goes, is switched off or put away once the row is taken back.
fn leaves(entry: &AuditEntry) -> bool {
    matches!(entry.op.as_str(), "create" | "reactivate" | "restore")
        || entry.changes.iter().any(|change| match change {
            RowChange::Fields { fields, id, .. } if *id == entry.subject => {
                let switch = ["source_state", "state"]
                    .iter()
                    .find_map(|name| fields.get(*name));
                switch.is_some_and(|(before, after)| !is_on(before) && is_on(after))
            }
            RowChange::Created { id, .. } => *id == entry.subject,
            _ => false,
        })
}

fn is_on(state: &Value<'_>) -> bool {
    matches!(state.text(), Some("present" | "active"))
}

/// Whether somebody signs in differently once the row is taken back.
fn changes_login(entry: &AuditEntry) -> bool {
    entry.changes.iter().any(|change| match change {
        RowChange::Fields { fields, .. } => fields.iter().any(|(name, (_, after))| {
            let login = name.ends_with("email") || name.ends_with("username");
            login && after.text().is_some_and(|text| !text.is_empty())
        }),
        _ => false,
    })
}

fn school_of(look: &dyn Reading, section: i64) -> Result<Vec<i64>, RosterError> {
    let record = look.record(app::Kind::Section, section)?;
    let school = record.and_then(|record| record.get(field::section::SCHOOL).integer());
    Ok(school.into_iter().collect())
}

/// What the source calls a record.
fn source_id(look: &dyn Reading, id: i64) -> Result<Option<ObjectId>, RosterError> {
    let links = look.links_of(id)?.into_iter();
    let mut ids = links.filter_map(|(id, _)| ObjectId::from_hex(&id));
    Ok(ids.next())
}
