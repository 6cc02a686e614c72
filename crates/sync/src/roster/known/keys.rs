//! Values by which accounts are found: what the matching ladder climbs on.

use std::collections::{HashMap, HashSet};

use homeroom_model::{Kind, Role};
use homeroom_plan::Key;
use homeroom_roster::field::{person, role as of};
use homeroom_roster::{self as app, Reading, RosterError, Value};

use crate::roster::columns;

/// Which accounts have which value, all kinds of people.
#[derive(Default)]
pub(super) struct Keys {
    by_value: HashMap<(Kind, Key, String), Vec<i64>>,
    kinds: HashMap<i64, Kind>,
    suspended: HashSet<i64>,
    privileged: HashSet<i64>,
    verified: HashSet<i64>,
}

impl Keys {
    /// Reads all accounts of a district but those that were merged into others.
    pub(super) fn read(reading: &dyn Reading, district: i64) -> Result<Self, RosterError> {
        let mut keys = Self::default();
        let mut emails: HashMap<i64, Value<'static>> = HashMap::new();
        reading.records(district, app::Kind::Person, &mut |id, record| {
            match record.get(person::APP_STATE).text() {
                Some("merged_into") => return Ok(()),
                Some("ok") => {}
                _ => {
                    keys.suspended.insert(id);
                }
            }
            emails.insert(id, record.get(person::EMAIL).clone().into_owned());
            Ok(())
        })?;
        reading.roles(district, &mut |id, role, record| {
            let Some(email) = emails.get(&id) else {
                return Ok(());
            };
            let kind = kind_of(role);
            keys.kinds.insert(id, kind);
            keys.add((kind, Key::Email), email, id);
            keys.add((kind, Key::SisId), record.get(of::SIS_ID), id);
            keys.add((kind, Key::Number), record.get(of::NUMBER), id);
            keys.add((kind, Key::StateId), record.get(of::STATE_ID), id);
            if let Some(username) = columns::ext(record).get("username") {
                keys.add((kind, Key::Username), &Value::from(username.as_str()), id);
            }
            Ok(())
        })?;
        reading.account_flags(district, &mut |id, privileged, verified| {
            if privileged {
                keys.privileged.insert(id);
            }
            if verified {
                keys.verified.insert(id);
            }
            Ok(())
        })?;
        Ok(keys)
    }

    /// The accounts that have a value, ascending.
    pub(super) fn of(&self, kind: Kind, key: Key, value: &str) -> &[i64] {
        let found = self.by_value.get(&(kind, key, value.to_owned()));
        found.map_or(&[], Vec::as_slice)
    }

    /// The accounts of a kind, in no order.
    pub(super) fn accounts_of(&self, kind: Kind) -> impl Iterator<Item = i64> {
        let of = self.kinds.iter().filter(move |(_, of)| **of == kind);
        of.map(|(id, _)| *id)
    }

    /// Whether an account may do more in the app than its role says.
    pub(super) fn is_privileged(&self, id: i64) -> bool {
        self.privileged.contains(&id)
    }

    /// Whether the app verified an account's address.
    pub(super) fn is_verified(&self, id: i64) -> bool {
        self.verified.contains(&id)
    }

    /// Whether the app's own switch of an account is off.
    pub(super) fn is_suspended(&self, id: i64) -> bool {
        self.suspended.contains(&id)
    }

    fn add(&mut self, (kind, key): (Kind, Key), value: &Value<'_>, id: i64) {
        let value = key.normal(&columns::text(value));
        if value.is_empty() {
            return;
        }
        // Accounts come ascending, each once per role.
        let there = self.by_value.entry((kind, key, value)).or_default();
        if there.last() != Some(&id) {
            there.push(id);
        }
    }
}

/// The kind of the mirror that holds somebody in a role.
fn kind_of(role: Role) -> Kind {
    match role {
        Role::Student => Kind::Student,
        Role::Contact => Kind::Contact,
        Role::Teacher | Role::Staff | Role::DistrictAdmin => Kind::Employee,
    }
}
