//! What the roster answers while a plan is made.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{
    Account, Asked, Cell, Dispute, Entity, Fate, Found, Key, Known, KnownError, Link, LinkState,
    Local, Member, Powers, Profile,
};

use super::{Desk, Thing};

impl Known for Desk {
    fn links(&self, kind: Kind) -> Result<Vec<Link>, KnownError> {
        let of = self.links.iter().filter(|((of, _), _)| *of == kind);
        let joined = |link: &Link| {
            let mut others = self.links_of(kind, link.local).into_iter();
            others.any(|other| other.state == LinkState::Joint)
        };
        Ok(of
            .map(|(_, link)| Link {
                joined: joined(link),
                ..*link
            })
            .collect())
    }

    fn entity(&self, kind: Kind, local: Local) -> Result<Entity, KnownError> {
        let cells = self.things[&(kind, local)].cells.iter();
        let cells = cells.map(|(field, (value, origin))| Cell {
            field: field.clone(),
            value: value.clone(),
            base: String::new(),
            origin: *origin,
        });
        Ok(Entity {
            cells: cells.collect(),
        })
    }

    fn has_unlinked(&self, _: Kind) -> Result<bool, KnownError> {
        Ok(true)
    }

    fn accounts(&self, kind: Kind, key: Key, value: &str) -> Result<Vec<Account>, KnownError> {
        let fields: &[&str] = match key {
            Key::SisId => &["sis_id", "teacher_sis_id", "staff_sis_id"],
            Key::Email => &["email", "teacher_email", "staff_email", "admin_email"],
            Key::Number => &["student_number", "teacher_number"],
            _ => &[],
        };
        let of = self.things.iter().filter(|((of, local), thing)| {
            *of == kind
                && !self.merged.contains_key(local)
                && fields.iter().any(|field| {
                    let cell = thing.cells.get(*field);
                    cell.is_some_and(|(cell, _)| key.normal(cell) == value)
                })
        });
        let account = |((_, local), thing): (&(Kind, Local), &Thing)| Account {
            local: *local,
            linked: self
                .active_id(kind, *local)
                .filter(|source| self.links[&(kind, *source)].is_present()),
            former: self
                .active_id(kind, *local)
                .filter(|source| !self.links[&(kind, *source)].is_present()),
            privileged: thing.privileged,
            suspended: thing.suspended,
            verified: true,
        };
        Ok(of.map(account).collect())
    }

    fn profiles(&self) -> Result<Vec<Profile>, KnownError> {
        Ok(self.profiles.clone())
    }

    fn seats(&self) -> Result<Vec<(Local, Member)>, KnownError> {
        let all = self.members.iter();
        let seats =
            all.flat_map(|(section, people)| people.values().map(|member| (*section, *member)));
        Ok(seats.collect())
    }

    fn own_course(&self, section: Local) -> Result<Option<Local>, KnownError> {
        Ok(self.own_courses.get(&section).copied())
    }

    fn told(&self) -> Result<Vec<Local>, KnownError> {
        Ok(self.told.iter().copied().collect())
    }

    fn powers(&self) -> Result<Powers, KnownError> {
        Ok(self.powers)
    }

    fn members(&self, section: Local) -> Result<Vec<Member>, KnownError> {
        let members = self
            .members
            .get(&section)
            .into_iter()
            .flat_map(BTreeMap::values);
        Ok(members.copied().collect())
    }

    fn asked(&self) -> Result<Vec<Asked>, KnownError> {
        let open = self.asked.iter();
        let done = |asked: &&Asked| self.carried.contains(&(asked.source, asked.local));
        Ok(open.filter(|asked| !done(asked)).cloned().collect())
    }

    fn disputes(&self) -> Result<Vec<Dispute>, KnownError> {
        Ok(self.disputes.clone())
    }

    fn findings(&self) -> Result<Vec<Found>, KnownError> {
        Ok(self.findings.iter().cloned().collect())
    }

    fn staged(&self) -> Result<BTreeSet<ObjectId>, KnownError> {
        let picked = |source: &&ObjectId| self.picks.keys().any(|(_, id)| id == *source);
        let waiting = self.staged.iter();
        Ok(waiting.filter(|source| !picked(source)).copied().collect())
    }

    fn fate(&self, _: Kind, local: Local) -> Result<Fate, KnownError> {
        let there = self.things.keys().any(|(_, thing)| *thing == local);
        Ok(match self.merged.get(&local) {
            Some((into, _)) => Fate::MergedInto(*into),
            None if there => Fate::There,
            None => Fate::Missing,
        })
    }

    fn brought_into(&self, _: Kind, into: Local) -> Result<Vec<(Local, Vec<Link>)>, KnownError> {
        let of = self
            .merged
            .iter()
            .filter(|(_, (account, _))| *account == into);
        Ok(of
            .map(|(from, (_, links))| (*from, links.clone()))
            .collect())
    }
}
