//! What a roster knows, as planning asks for it.

mod keys;
pub(super) mod places;

use std::cell::OnceCell;
use std::collections::HashMap;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    Account, Cell, Decision, Entity, Key, KnownError, Link, LinkState, Local, Member, Origin,
    Policy, Powers, Profile, Standing,
};
use homeroom_roster::{self as app, CellOrigin, Reading, RosterError};

use super::columns::{person_kind, roster_kind};
use super::undone::Undone;
use super::{ties, values};
use keys::Keys;

/// The roster of one district at one moment.
pub struct Known<'r> {
    reading: &'r dyn Reading,
    policy: &'r Policy,
    district: i64,
    accounts: HashMap<i64, Linked>,
    decisions: Decisions,
    undone: Undone,
    /// Values of keys and whose they are; worked out when a ladder is climbed first.
    keys: OnceCell<Keys>,
}

/// How an account is linked.
#[derive(Clone, Copy, Default)]
struct Linked {
    /// Active links.
    links: u32,
    /// The first of them, if its record is there.
    present: Option<ObjectId>,
}

type Decisions = HashMap<(String, i64), Decision>;

impl<'r> Known<'r> {
    /// Reads what planning always needs of a district: who has which id, and what was decided.
    pub fn read(
        reading: &'r dyn Reading,
        district: i64,
        policy: &'r Policy,
    ) -> Result<Self, RosterError> {
        Ok(Self {
            accounts: accounts(reading, district)?,
            decisions: decisions(reading, district)?,
            undone: Undone::read(reading, district)?,
            keys: OnceCell::new(),
            reading,
            policy,
            district,
        })
    }

    fn keys(&self) -> Result<&Keys, KnownError> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let built = Keys::read(self.reading, self.district).map_err(unreadable("accounts"))?;
        Ok(self.keys.get_or_init(|| built))
    }

    /// Open ties as links: their ids are those that the mirror gives to the same two people.
    fn tie_links(&self) -> Result<Vec<Link>, RosterError> {
        let ties = ties::open(self.reading, self.district)?;
        let links = ties.into_iter().map(|(source, tie)| Link {
            source,
            local: Local(tie.contact),
            state: LinkState::Active,
            standing: Standing::Present,
            joined: false,
            touched: false,
            applied: tie.digest(self.policy),
            members: [0; 16],
        });
        Ok(links.collect())
    }

    fn link(&self, row: app::LinkRow<'_>) -> Option<Link> {
        let state = match row.state {
            app::LinkState::Active | app::LinkState::Joint => LinkState::Active,
            app::LinkState::Alias | app::LinkState::Legacy => LinkState::Alias,
        };
        let standing = match (row.present, row.quarantine) {
            (false, _) => Standing::Gone,
            (true, Some(_)) => Standing::Quarantined,
            (true, None) => Standing::Present,
        };
        let account = self.accounts.get(&row.entity);
        Some(Link {
            source: ObjectId::from_hex(row.source_id)?,
            local: Local(row.entity),
            state,
            standing,
            joined: row.person.is_some() && account.is_some_and(|account| account.links > 1),
            touched: row.touched,
            applied: row.hash.unwrap_or_default(),
            members: row.roster_hash.unwrap_or_default(),
        })
    }

    /// The fields of a record that hold stand-ins.
    fn fillers(&self, id: i64) -> Result<Vec<String>, RosterError> {
        let mut fillers = Vec::new();
        self.reading
            .cells(self.district, &mut |entity, field, cell| {
                if entity == id && cell.origin == CellOrigin::Filler {
                    fillers.push(field.to_owned());
                }
                Ok(())
            })?;
        Ok(fillers)
    }
}

impl homeroom_plan::Known for Known<'_> {
    fn links(&self, kind: Kind) -> Result<Vec<Link>, KnownError> {
        let Some(stored) = roster_kind(kind) else {
            return self.tie_links().map_err(unreadable("ties"));
        };
        let mut links = Vec::new();
        let mut visit = |row: app::LinkRow<'_>| {
            if row.person == person_kind(kind) {
                links.extend(self.link(row));
            }
            Ok(())
        };
        let scan = self.reading.links(self.district, stored, &mut visit);
        scan.map_err(unreadable("links"))?;
        Ok(links)
    }

    fn entity(&self, kind: Kind, local: Local) -> Result<Entity, KnownError> {
        let values = values::of(self.reading, kind, local.0).map_err(unreadable("an entity"))?;
        let fillers = self.fillers(local.0).map_err(unreadable("cells"))?;
        let cells = values.into_iter().map(|(field, value)| Cell {
            origin: if fillers.contains(&field) {
                Origin::Filler
            } else {
                Origin::Source
            },
            base: String::new(),
            field,
            value,
        });
        Ok(Entity {
            cells: cells.collect(),
        })
    }

    fn has_unlinked(&self, kind: Kind) -> Result<bool, KnownError> {
        let present = |id: i64| {
            let account = self.accounts.get(&id);
            account.is_some_and(|account| account.present.is_some())
        };
        Ok(self.keys()?.accounts_of(kind).any(|id| !present(id)))
    }

    fn accounts(&self, kind: Kind, key: Key, value: &str) -> Result<Vec<Account>, KnownError> {
        let keys = self.keys()?;
        let account = |id: &i64| Account {
            local: Local(*id),
            linked: self.accounts.get(id).and_then(|account| account.present),
            // What an account may do beyond its role is the app's to know: it has no place in the schema yet.
            privileged: false,
            suspended: keys.is_suspended(*id),
            verified: false,
        };
        Ok(keys.of(kind, key, value).iter().map(account).collect())
    }

    fn profiles(&self) -> Result<Vec<Profile>, KnownError> {
        places::profiles(self.reading, self.district).map_err(unreadable("profiles"))
    }

    fn seats(&self) -> Result<Vec<(Local, Member)>, KnownError> {
        places::seats(self.reading, self.district).map_err(unreadable("seats"))
    }

    fn own_course(&self, section: Local) -> Result<Option<Local>, KnownError> {
        places::own_course(self.reading, section).map_err(unreadable("a section's course"))
    }

    fn powers(&self) -> Result<Powers, KnownError> {
        places::powers(self.reading, self.district).map_err(unreadable("the district"))
    }

    fn members(&self, section: Local) -> Result<Vec<Member>, KnownError> {
        let mut members = Vec::new();
        let mut visit = |row: app::SeatRow<'_>| {
            if row.seat.is_member() {
                let position = row.seat.position.and_then(|at| u16::try_from(at).ok());
                members.push(Member {
                    person: Local(row.person),
                    role: if row.is_teacher {
                        Role::Teacher
                    } else {
                        Role::Student
                    },
                    position: position.unwrap_or(0),
                    source: row.seat.source,
                });
            }
            Ok(())
        };
        let scan = self.reading.roster(section.0, &mut visit);
        scan.map_err(unreadable("a section's members"))?;
        members.sort_unstable();
        Ok(members)
    }

    fn is_undone(&self, action: &homeroom_plan::Action) -> Result<bool, KnownError> {
        if self.undone.is_empty() {
            return Ok(false);
        }
        let again = self.undone.again(self.reading, self.district, action);
        again.map_err(unreadable("what was undone"))
    }

    fn decision(&self, source: ObjectId, local: Local) -> Result<Decision, KnownError> {
        let found = self.decisions.get(&(source.to_hex(), local.0));
        Ok(found.copied().unwrap_or(Decision::Unasked))
    }
}

fn unreadable(what: &'static str) -> impl Fn(RosterError) -> KnownError {
    move |error| KnownError {
        what,
        cause: Box::new(error),
    }
}

fn accounts(reading: &dyn Reading, district: i64) -> Result<HashMap<i64, Linked>, RosterError> {
    let mut accounts: HashMap<i64, Linked> = HashMap::new();
    reading.links(district, app::Kind::Person, &mut |link| {
        if matches!(link.state, app::LinkState::Active | app::LinkState::Joint) {
            let account = accounts.entry(link.entity).or_default();
            account.links += 1;
            let source = ObjectId::from_hex(link.source_id).filter(|_| link.present);
            account.present = account.present.or(source);
        }
        Ok(())
    })?;
    Ok(accounts)
}

fn decisions(reading: &dyn Reading, district: i64) -> Result<Decisions, RosterError> {
    let mut decisions = Decisions::new();
    for suggestion in reading.suggestions(district)? {
        let decision = match suggestion.decision {
            app::Decision::Rejected => Decision::Rejected,
            app::Decision::Open | app::Decision::Accepted => Decision::Pending,
            app::Decision::Gone => continue,
        };
        decisions.insert((suggestion.source_id, suggestion.entity), decision);
    }
    for staged in reading
        .staged(district)?
        .into_iter()
        .filter(|staged| staged.picked.is_none())
    {
        if let Some(link) = reading.linked(district, staged.kind, &staged.source_id)? {
            decisions.insert((staged.source_id, link.entity), Decision::Pending);
        }
    }
    let conflicts = reading.conflicts(district)?.into_iter();
    for conflict in conflicts.filter(|conflict| conflict.open) {
        for entity in conflict.entities {
            let pair = (conflict.source_id.clone(), entity);
            decisions.entry(pair).or_insert(Decision::Pending);
        }
    }
    Ok(decisions)
}
