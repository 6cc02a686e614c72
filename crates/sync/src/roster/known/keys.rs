//! Values by which accounts are found: what the matching ladder climbs on.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use homeroom_model::{Kind, Role};
use homeroom_plan::{Act, Key, Policy};
use homeroom_roster::field::{person, role as of};
use homeroom_roster::{self as app, AccountRow, Reading, RosterError};

/// Which accounts have which value, all kinds of people: all accounts, or those that could be somebody's whom nobody knows.
/// About 24 bytes for each value of each account.
#[derive(Default)]
pub(super) struct Keys {
    /// By digests of kind, key and value, and by account.
    by_value: Vec<(Digest, i64)>,
    /// Kinds of which there are accounts without a record in the source.
    unlinked: BTreeSet<Kind>,
    suspended: HashSet<i64>,
    privileged: HashSet<i64>,
    verified: HashSet<i64>,
}

type Digest = [u8; 16];

impl Keys {
    /// Reads all accounts of a district but those that were merged into others, with the values that the policy's ladder
    /// looks at. `is_present` says which of them the source has a record of.
    pub(super) fn of_all(
        reading: &dyn Reading,
        district: i64,
        policy: &Policy,
        is_present: impl Fn(i64) -> bool,
    ) -> Result<Self, RosterError> {
        let mut keys = Self::default();
        reading.accounts(district, &mut |account| {
            keys.take(policy, &account, is_present(account.person));
            Ok(())
        })?;
        keys.end(reading, district)
    }

    /// Reads some accounts, ascending, none of which has a record in the source's mirror.
    pub(super) fn of_some(
        reading: &dyn Reading,
        district: i64,
        policy: &Policy,
        accounts: &[i64],
    ) -> Result<Self, RosterError> {
        let mut keys = Self::default();
        for id in accounts {
            let Some(own) = reading.record(app::Kind::Person, *id)? else {
                continue;
            };
            for (role, record) in reading.roles_of(*id)? {
                let account = AccountRow {
                    person: *id,
                    role,
                    app_state: own.get(person::APP_STATE).text().unwrap_or_default(),
                    email: own.get(person::EMAIL).text(),
                    sis_id: record.get(of::SIS_ID).text(),
                    number: record.get(of::NUMBER).text(),
                    state_id: record.get(of::STATE_ID).text(),
                    ext: record.get(of::EXT).text(),
                };
                keys.take(policy, &account, false);
            }
        }
        keys.end(reading, district)
    }

    fn take(&mut self, policy: &Policy, account: &AccountRow<'_>, is_present: bool) {
        match account.app_state {
            "merged_into" => return,
            "ok" => {}
            _ => {
                self.suspended.insert(account.person);
            }
        }
        let kind = kind_of(account.role);
        if !is_present {
            self.unlinked.insert(kind);
        }
        for key in Key::ALL {
            // An email is looked at in any case: two accounts that show the same one are somebody's business.
            if key == Key::Email || policy.ladder.act(kind, key) != Act::Off {
                let username;
                let value = match key {
                    Key::Email => account.email,
                    Key::SisId => account.sis_id,
                    Key::Number => account.number,
                    Key::StateId => account.state_id,
                    Key::Username => {
                        username = account.ext.and_then(username_of);
                        username.as_deref()
                    }
                    Key::NameBirthdaySchool => None,
                };
                self.add((kind, key), value, account.person);
            }
        }
    }

    fn end(mut self, reading: &dyn Reading, district: i64) -> Result<Self, RosterError> {
        let keys = &mut self;
        keys.by_value.sort_unstable();
        keys.by_value.dedup();
        reading.account_flags(district, &mut |id, privileged, verified| {
            if privileged {
                keys.privileged.insert(id);
            }
            if verified {
                keys.verified.insert(id);
            }
            Ok(())
        })?;
        Ok(self)
    }

    /// The accounts that have a value in its normal form, ascending.
    pub(super) fn of(&self, kind: Kind, key: Key, value: &str) -> impl Iterator<Item = i64> {
        let digest = digest(kind, key, value);
        let from = self.by_value.partition_point(|(other, _)| *other < digest);
        let rest = self.by_value.get(from..).unwrap_or_default().iter();
        let same = rest.take_while(move |(other, _)| *other == digest);
        same.map(|(_, id)| *id)
    }

    /// Whether there are accounts of a kind without a record in the source.
    pub(super) fn has_unlinked(&self, kind: Kind) -> bool {
        self.unlinked.contains(&kind)
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

    fn add(&mut self, (kind, key): (Kind, Key), value: Option<&str>, id: i64) {
        let value = value.map(|value| key.normal(value)).unwrap_or_default();
        if !value.is_empty() {
            self.by_value.push((digest(kind, key, &value), id));
        }
    }
}

fn username_of(ext: &str) -> Option<String> {
    let ext: BTreeMap<String, String> = serde_json::from_str(ext).ok()?;
    ext.get("username").cloned()
}

fn digest(kind: Kind, key: Key, value: &str) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.table().as_bytes());
    hasher.update(&[0]);
    hasher.update(key.text().as_bytes());
    hasher.update(&[0]);
    hasher.update(value.as_bytes());
    let hash = hasher.finalize();
    let mut digest = Digest::default();
    for (to, from) in digest.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    digest
}

/// The kind of the mirror that holds somebody in a role.
fn kind_of(role: Role) -> Kind {
    match role {
        Role::Student => Kind::Student,
        Role::Contact => Kind::Contact,
        Role::Teacher | Role::Staff | Role::DistrictAdmin => Kind::Employee,
    }
}
