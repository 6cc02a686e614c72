//! What a roster knows, as planning asks for it.

pub(super) mod asked;
mod cells;
mod classes;
mod keys;
mod linked;
pub(super) mod places;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{
    Account, Asked, Dispute, Entity, Fate, Found, Key, KnownError, Link, LinkState, Local, Member,
    Policy, Powers, Profile, Standing,
};
use homeroom_roster::{self as app, PersonKind, Reading, RosterError};
use homeroom_segment::Snapshot;

use super::columns::{person_kind, roster_kind};
use super::ties;
use super::undone::Undone;
use keys::Keys;
use linked::Accounts;

/// The roster of one district at one moment.
pub struct Known<'r> {
    reading: &'r dyn Reading,
    policy: &'r Policy,
    district: i64,
    accounts: Accounts,
    /// Links of people, by what they are in the source: read with the accounts, in one go.
    people: People,
    undone: Undone,
    /// The mirror that is planned for.
    mirror: Option<&'r Snapshot>,
    /// Values of keys and whose they are; worked out when a ladder is climbed first.
    keys: OnceCell<Keys>,
    /// Classes of people here; likewise.
    classes: OnceCell<classes::Classes>,
}

/// Accounts are looked at one by one where they are fewer than one of so many; otherwise in one scan of all.
const FEW: usize = 16;

impl<'r> Known<'r> {
    /// Reads what planning always needs of a district: who has which id, and what was decided.
    pub fn read(
        reading: &'r dyn Reading,
        district: i64,
        policy: &'r Policy,
    ) -> Result<Self, RosterError> {
        let (accounts, people) = people(reading, district)?;
        Ok(Self {
            accounts,
            people,
            undone: Undone::read(reading, district)?,
            mirror: None,
            keys: OnceCell::new(),
            classes: OnceCell::new(),
            reading,
            policy,
            district,
        })
    }

    /// The same for a plan for a mirror: accounts whose records are in it are nobody else's, so that they need not be looked
    /// for by their values.
    #[must_use]
    pub fn beside(self, mirror: &'r Snapshot) -> Self {
        Self {
            mirror: Some(mirror),
            ..self
        }
    }

    fn keys(&self) -> Result<&Keys, KnownError> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let built = self.read_keys().map_err(unreadable("accounts"))?;
        Ok(self.keys.get_or_init(|| built))
    }

    fn read_keys(&self) -> Result<Keys, RosterError> {
        let (reading, district, policy) = (self.reading, self.district, self.policy);
        let free = self.mirror.map(|mirror| self.free(mirror)).transpose()?;
        match free {
            Some(free) if free.len() < self.accounts.len() / FEW => {
                Keys::of_some(reading, district, policy, &free)
            }
            _ => Keys::of_all(reading, district, policy, |id| {
                let account = self.accounts.get(id);
                account.is_some_and(|account| account.present.is_some())
            }),
        }
    }

    /// Accounts, ascending, that no record of a mirror belongs to.
    fn free(&self, mirror: &Snapshot) -> Result<Vec<i64>, RosterError> {
        let mut free = Vec::new();
        for kind in Kind::ALL {
            let Some(links) = person_kind(kind).and_then(|kind| self.people.get(&Some(kind)))
            else {
                continue;
            };
            let table = mirror.table(kind);
            let mut row = 0;
            for link in links {
                // Both ascend by source id.
                while row < table.len() && table.id(row) < link.source {
                    row += 1;
                }
                let is_there = |id: &ObjectId| table.find(id).is_some();
                if row < table.len() && table.id(row) == link.source {
                    continue;
                }
                let account = self.accounts.get(link.local.0);
                let ids = account.map(|account| [account.present, account.former]);
                if !ids.into_iter().flatten().flatten().any(|id| is_there(&id)) {
                    free.push(link.local.0);
                }
            }
        }
        let mut linked = self.accounts.ids().peekable();
        self.reading.people(self.district, &mut |id| {
            // Both ascend.
            while linked.next_if(|other| *other < id).is_some() {}
            if linked.peek() != Some(&id) {
                free.push(id);
            }
            Ok(())
        })?;
        free.sort_unstable();
        free.dedup();
        Ok(free)
    }

    fn classes(&self) -> Result<&classes::Classes, KnownError> {
        if let Some(classes) = self.classes.get() {
            return Ok(classes);
        }
        let read = classes::read(self.reading, self.district).map_err(unreadable("classes"))?;
        Ok(self.classes.get_or_init(|| read))
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
}

impl homeroom_plan::Known for Known<'_> {
    fn links(&self, kind: Kind) -> Result<Vec<Link>, KnownError> {
        let Some(stored) = roster_kind(kind) else {
            return self.tie_links().map_err(unreadable("ties"));
        };
        if stored == app::Kind::Person {
            let people = self.people.get(&person_kind(kind));
            return Ok(people.cloned().unwrap_or_default());
        }
        let mut links = Vec::new();
        let mut visit = |row: app::LinkRow<'_>| {
            links.extend(link(&row));
            Ok(())
        };
        let scan = self.reading.links(self.district, stored, &mut visit);
        scan.map_err(unreadable("links"))?;
        Ok(links)
    }

    fn entity(&self, kind: Kind, local: Local) -> Result<Entity, KnownError> {
        let cells = cells::of(self.reading, kind, local.0).map_err(unreadable("an entity"))?;
        Ok(Entity { cells })
    }

    fn has_unlinked(&self, kind: Kind) -> Result<bool, KnownError> {
        if kind == Kind::Section {
            return Ok(!self.classes()?.is_empty());
        }
        Ok(self.keys()?.has_unlinked(kind))
    }

    fn accounts(&self, kind: Kind, key: Key, value: &str) -> Result<Vec<Account>, KnownError> {
        if kind == Kind::Section {
            return Ok(classes::with(self.classes()?, value));
        }
        let keys = self.keys()?;
        let account = |id: i64| Account {
            local: Local(id),
            linked: self.accounts.get(id).and_then(|account| account.present),
            former: self.accounts.get(id).and_then(|account| account.former),
            privileged: keys.is_privileged(id),
            suspended: keys.is_suspended(id),
            verified: keys.is_verified(id),
        };
        Ok(keys.of(kind, key, value).map(account).collect())
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

    fn told(&self) -> Result<Vec<Local>, KnownError> {
        places::told(self.reading, self.district).map_err(unreadable("notices"))
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

    fn asked(&self) -> Result<Vec<Asked>, KnownError> {
        asked::asked(self.reading, self.district).map_err(unreadable("questions"))
    }

    fn disputes(&self) -> Result<Vec<Dispute>, KnownError> {
        asked::disputes(self.reading, self.district).map_err(unreadable("conflicts"))
    }

    fn findings(&self) -> Result<Vec<Found>, KnownError> {
        asked::findings(self.reading, self.district).map_err(unreadable("findings"))
    }

    fn staged(&self) -> Result<BTreeSet<ObjectId>, KnownError> {
        asked::staged(self.reading, self.district).map_err(unreadable("what waits for a pick"))
    }

    fn fate(&self, kind: Kind, local: Local) -> Result<Fate, KnownError> {
        asked::fate(self.reading, kind, local).map_err(unreadable("an account"))
    }

    fn brought_into(&self, kind: Kind, into: Local) -> Result<Vec<(Local, Vec<Link>)>, KnownError> {
        let brought = asked::brought_into(self.reading, self.district, (kind, into));
        brought.map_err(unreadable("merged accounts"))
    }
}

fn unreadable(what: &'static str) -> impl Fn(RosterError) -> KnownError {
    move |error| KnownError {
        what,
        cause: Box::new(error),
    }
}

/// A link, as far as its own row says.
fn link(row: &app::LinkRow<'_>) -> Option<Link> {
    let standing = match (row.present, row.quarantine) {
        (false, _) => Standing::Gone,
        (true, Some(_)) => Standing::Quarantined,
        (true, None) => Standing::Present,
    };
    Some(Link {
        source: ObjectId::from_hex(row.source_id)?,
        local: Local(row.entity),
        state: asked::state(row.state),
        standing,
        joined: false,
        touched: row.touched,
        applied: row.hash.unwrap_or_default(),
        members: row.roster_hash.unwrap_or_default(),
    })
}

type People = BTreeMap<Option<PersonKind>, Vec<Link>>;

/// Accounts by their links, and links of people by what they are in the source.
fn people(reading: &dyn Reading, district: i64) -> Result<(Accounts, People), RosterError> {
    let mut accounts = Accounts::default();
    let mut people = People::new();
    reading.links(district, app::Kind::Person, &mut |row| {
        let Some(link) = link(&row) else {
            return Ok(());
        };
        accounts.add(&link, row.state, row.present);
        people.entry(row.person).or_default().push(link);
        Ok(())
    })?;
    let accounts = accounts.end();
    if accounts.any_shared() {
        let of_records = people.iter_mut().filter(|(person, _)| person.is_some());
        for link in of_records.flat_map(|(_, links)| links) {
            let account = accounts.get(link.local.0);
            link.joined = account.is_some_and(|account| account.links > 1);
        }
    }
    Ok((accounts, people))
}
