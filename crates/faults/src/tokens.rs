//! Tokens that change hands. Holds secrets: nothing here has a `Debug`.

use std::collections::HashMap;

use serde_json::Value;

use crate::draw::Draw;
use crate::fault::Fault;
use crate::settings::Settings;

/// What became of tokens.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Requests for data, by the source's own token.
    asked: HashMap<String, u64>,
    /// Tokens that took the place of the source's own.
    instead: HashMap<String, String>,
}

/// What a token is worth.
pub(crate) enum Worth {
    /// It is good, and this is what the source calls it.
    Good(String),
    /// It is not, for this reason.
    Refused(Fault),
}

impl Tokens {
    /// Looks at the token of a request for data, and counts it.
    pub(crate) fn worth(&mut self, settings: &Settings, draw: &Draw, token: &str) -> Worth {
        let number = |fault| settings.faults.get(&fault).map(|dose| dose.number);
        let replaced = self.instead.get(token).cloned();
        let is_new = replaced.is_some();
        let own = replaced.unwrap_or_else(|| token.to_owned());
        let asked = self.asked.entry(own.clone()).or_default();
        *asked += 1;
        if number(Fault::TokenRevoked).is_some_and(|after| *asked > after) {
            return Worth::Refused(Fault::TokenRevoked);
        }
        let rotates = number(Fault::TokenRotated);
        if !is_new && rotates.is_some_and(|after| *asked > after) {
            self.instead.insert(draw.token(&own), own);
            return Worth::Refused(Fault::TokenRotated);
        }
        Worth::Good(own)
    }

    /// What the source calls a token that took the place of one of its own.
    pub(crate) fn own(&self, token: &str) -> Option<String> {
        self.instead.get(token).cloned()
    }

    /// Makes a list of tokens say what became of them.
    pub(crate) fn list(&self, settings: &Settings, draw: &Draw, list: &mut Value) {
        let Some(grants) = list.get_mut("data").and_then(Value::as_array_mut) else {
            return;
        };
        let number = |fault| settings.faults.get(&fault).map(|dose| dose.number);
        let over = |own: &str, fault| {
            let asked = self.asked.get(own).copied().unwrap_or_default();
            number(fault).is_some_and(|after| asked > after)
        };
        let own = |grant: &Value| grant.get("access_token")?.as_str().map(str::to_owned);
        grants.retain(|grant| !own(grant).is_some_and(|own| over(&own, Fault::TokenRevoked)));
        for grant in grants {
            let rotated = own(grant).map(|own| draw.token(&own));
            if let Some(token) = rotated.filter(|token| self.instead.contains_key(token))
                && let Some(grant) = grant.as_object_mut()
            {
                grant.insert("access_token".to_owned(), Value::String(token));
            }
        }
    }
}
