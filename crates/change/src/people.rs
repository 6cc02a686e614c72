//! Which employee keeps which id when roles merge, part and come back (district-side 5.3, steps 2 to 4).
//!
//! The candidate has merged its employees already (step 1). A role record is known by its own key and keeps its own id
//! whoever it is merged with. The id of the person goes by the roles, oldest first: a role record brings the id its person
//! had, unless an older role record has taken it elsewhere or brought the person another one. So the oldest role decides
//! for its person (step 2), of two persons who claim one id the one with the older role keeps it (step 3), and the ids
//! that nobody keeps are deleted (step 4). Where the reference gives the loser of step 3 a new id, a younger role of his
//! that brings another published id comes first (our choice: fewer people change their id).
//!
//! Published roles go before roles that come back: who has been away takes nothing from who stayed.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId, Role, Timestamp};
use homeroom_segment::{CandidateTable, DepartedRecord, Hash, Table, fields};

use crate::keys::KeyIndex;
use crate::returning::Returning;

/// The roles of an employee, in the order in which tables keep their ids and keys.
pub(crate) const ROLES: [Role; 3] = [Role::Teacher, Role::Staff, Role::DistrictAdmin];

/// The fields of a role in an employee's row.
pub(crate) fn fields_of(role: Role) -> std::ops::RangeInclusive<usize> {
    use fields::employee as f;
    match role {
        Role::Teacher => f::TEACHER_SIS_ID..=f::TEACHER_CUSTOM,
        Role::Staff => f::STAFF_ID..=f::STAFF_CUSTOM,
        Role::DistrictAdmin => f::ADMIN_KEY..=f::ADMIN_TITLE,
        Role::Student | Role::Contact => f::ROLES..=f::ROLES,
    }
}

/// Where a role of a person comes from, and with it the role's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum RoleFrom {
    /// The person does not have it.
    #[default]
    Nowhere,
    /// From this row of the old table.
    Old(u32),
    /// From this one of the plan's returning records.
    Returned(u32),
    /// It is new.
    New,
}

/// An employee of the candidate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Person {
    /// The row of the old table whose id it keeps.
    pub(crate) old: Option<u32>,
    /// If it keeps none: the returning record whose person's id it gets back.
    pub(crate) returned: Option<u32>,
    /// Its roles in the order of [`ROLES`].
    pub(crate) roles: [RoleFrom; 3],
}

impl Person {
    /// Whether it is the person of that old row with no role from elsewhere.
    pub(crate) fn is_as_before(&self, old: u32) -> bool {
        let here =
            |role: &RoleFrom| matches!(role, RoleFrom::Nowhere) || *role == RoleFrom::Old(old);
        self.old == Some(old) && self.roles.iter().all(here)
    }

    /// How many new ids it needs.
    pub(crate) fn ids_needed(&self) -> u64 {
        let roles = self.roles.iter().filter(|role| **role == RoleFrom::New);
        let own = self.old.is_none() && self.returned.is_none();
        u64::from(own) + roles.count() as u64
    }
}

/// Identifies the employees of a candidate, in its order. Returning roles are appended to `returned`.
pub(crate) fn identify(
    old: &Table,
    returning: Returning<'_>,
    candidate: &CandidateTable,
    returned: &mut Vec<DepartedRecord>,
) -> Vec<Person> {
    let mut people = find_roles(old, returning, candidate, returned);
    let mut claims = claims(old, &people, returned);
    claims.sort_unstable();
    let mut taken = vec![false; old.len() as usize];
    let mut back = BTreeSet::new();
    for claim in claims {
        let Some(person) = people.get_mut(claim.candidate as usize) else {
            continue;
        };
        if person.old.is_some() || person.returned.is_some() {
            continue;
        }
        if let Some(row) = old.find(&claim.person) {
            if let Some(taken) = taken.get_mut(row as usize).filter(|taken| !**taken) {
                *taken = true;
                person.old = Some(row);
            }
        } else if back.insert(claim.person)
            && let RoleFrom::Returned(at) = claim.from
        {
            person.returned = Some(at);
        }
    }
    people
}

/// Follows each role of each person by its key.
fn find_roles(
    old: &Table,
    returning: Returning<'_>,
    candidate: &CandidateTable,
    returned: &mut Vec<DepartedRecord>,
) -> Vec<Person> {
    let mut people = vec![Person::default(); candidate.len() as usize];
    for (role, number) in (0..ROLES.len()).zip(0..) {
        let index = KeyIndex::of(old, role);
        let mut claimed = BTreeSet::new();
        for (row, person) in (0..).zip(&mut people) {
            let key = candidate.keys(row).get(role).copied().unwrap_or_default();
            if key == Hash::default() {
                continue;
            }
            let back = || returning.find(Kind::Employee, number, &key);
            let from = match index.get(&key) {
                _ if !claimed.insert(key) => RoleFrom::New,
                Some(row) => RoleFrom::Old(row),
                None => back().map_or(RoleFrom::New, |record| {
                    returned.push(*record);
                    RoleFrom::Returned(last(returned))
                }),
            };
            if let Some(slot) = person.roles.get_mut(role) {
                *slot = from;
            }
        }
    }
    people
}

/// The number of the last record of a list that is not empty.
pub(crate) fn last<T>(list: &[T]) -> u32 {
    u32::try_from(list.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

/// A role record that brings the id its person had. In order of precedence: published before returning, older before
/// younger (the id of a role carries the second of its creation), the smaller id first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    returns: bool,
    seconds: u32,
    person: ObjectId,
    role: ObjectId,
    candidate: u32,
    from: RoleFrom,
}

fn claims(old: &Table, people: &[Person], returned: &[DepartedRecord]) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (candidate, person) in (0..).zip(people) {
        for (role, from) in person.roles.iter().enumerate() {
            let ids = match *from {
                RoleFrom::Old(row) => old.role_id(row, role).map(|id| (old.id(row), id)),
                RoleFrom::Returned(at) => {
                    let record = returned.get(at as usize);
                    record.map(|record| (record.id, record.role_id))
                }
                RoleFrom::Nowhere | RoleFrom::New => None,
            };
            claims.extend(ids.map(|(person, role)| Claim {
                returns: matches!(from, RoleFrom::Returned(_)),
                seconds: role.seconds(),
                person,
                role,
                candidate,
                from: *from,
            }));
        }
    }
    claims
}

/// When a person under a new id was first published: as its oldest role (district-side 5.3, step 5), now if all are new.
///
/// A role's creation is known from its id, to the second, and never lies before that of the person it came from.
pub(crate) fn created(
    person: &Person,
    old: &Table,
    returned: &[DepartedRecord],
    now: Timestamp,
) -> Timestamp {
    let of_role = |id: ObjectId, person: Timestamp| {
        let role = Timestamp::from_millis(i64::from(id.seconds()) * 1000);
        role.max(person)
    };
    let roles = person.roles.iter().enumerate();
    let created = roles.filter_map(|(role, from)| match *from {
        RoleFrom::Old(row) => Some(of_role(old.role_id(row, role)?, old.created(row))),
        RoleFrom::Returned(at) => {
            let record = returned.get(at as usize)?;
            Some(of_role(record.role_id, record.created))
        }
        RoleFrom::Nowhere | RoleFrom::New => None,
    });
    created.min().map_or(now, |oldest| oldest.min(now))
}
