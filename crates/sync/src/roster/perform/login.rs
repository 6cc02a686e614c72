//! Login names of new accounts (integration-side A3.4). They are the app's own from then on.

use std::collections::HashMap;

use homeroom_roster::field::person;
use homeroom_roster::{Record, RosterError, Value};

use super::Performer;

/// The number to try next for names that somebody had already: nobody gives a name back within a transaction, so that a common
/// name does not have to be counted through again for everyone who has it.
pub(super) type Logins = HashMap<String, u32>;

impl Performer<'_> {
    /// Gives a person who comes a login name that nobody in the app has, if the policy makes any: the name, or the name with the
    /// lowest number from 2 that is free. Accounts come in the order of the plan, so that equal plans give equal names.
    pub(super) fn name_login(&mut self, record: &mut Record<'_>) -> Result<(), RosterError> {
        if record.table().name != person::TABLE.name {
            return Ok(());
        }
        let text = |field| record.get(field).text().unwrap_or_default();
        let wanted = self.policy.login_names.wanted(
            text(person::FIRST_NAME),
            text(person::LAST_NAME),
            text(person::EMAIL),
        );
        let Some(wanted) = wanted else {
            return Ok(());
        };
        let mut name = wanted.clone();
        let mut number = self.logins.get(&wanted).copied().unwrap_or(1);
        loop {
            if number > 1 {
                name = format!("{wanted}{number}");
            }
            if !self.applying.look().has_login_name(&name)? {
                break;
            }
            number = number.saturating_add(1);
        }
        if number > 1 {
            self.logins.insert(wanted, number);
        }
        record.set(person::LOGIN_NAME, Value::from(name));
        Ok(())
    }
}
