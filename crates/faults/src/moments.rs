//! What happens to which request.

use std::collections::HashMap;

use homeroom_model::Timestamp;
use homeroom_wire::{Object, Request, Shape};

use crate::catalogue::CATALOGUE;
use crate::draw::Draw;
use crate::fault::{Fault, Group, When};
use crate::settings::Settings;

/// Requests that are remembered. Past that everything is forgotten at once, so a budget may begin anew; it stays finite.
const REMEMBERED: usize = 1 << 20;

/// What happened so far.
pub(crate) struct Moments {
    draw: Draw,
    /// By request: how often it came, and how often something kept it from its answer.
    seen: HashMap<u64, (u64, u32)>,
    /// Requests that fitted, by line of the script.
    fitted: Vec<u64>,
    /// When the window of a token opens again.
    closed: HashMap<u64, Timestamp>,
}

/// What happens to a request.
#[derive(Debug, Default)]
pub(crate) struct Happening {
    /// How often this very request has come, from 1.
    pub(crate) nth: u64,
    /// The fault that keeps it from its answer, if any, and its number.
    pub(crate) kept: Option<(Fault, u64)>,
    /// What happens to the answer.
    pub(crate) answer: Vec<Fault>,
}

impl Happening {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.answer.contains(&fault) || self.kept.is_some_and(|(kept, _)| kept == fault)
    }
}

impl Moments {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            draw: Draw::new(settings.seed),
            seen: HashMap::new(),
            fitted: vec![0; settings.script.lines().len()],
            closed: HashMap::new(),
        }
    }

    /// Decides what happens to a request for data. Equal requests in equal order meet equal fates, whatever comes between
    /// them.
    pub(crate) fn decide(
        &mut self,
        settings: &Settings,
        asked: &Request,
        address: &str,
        token: &str,
    ) -> Happening {
        let key = self
            .draw
            .number("request", &[token.as_bytes(), address.as_bytes()]);
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let (nth, met) = self.seen.entry(key).or_default();
        *nth += 1;
        let mut happening = Happening {
            nth: *nth,
            ..Happening::default()
        };
        let within = settings.budget == 0 || *met < settings.budget;
        for entry in CATALOGUE {
            let Some(dose) = settings.faults.get(&entry.fault) else {
                continue;
            };
            let about = [address.as_bytes(), &happening.nth.to_be_bytes()];
            if !can_happen(entry.fault, asked) || !self.draw.happens(dose.rate, entry.name, &about)
            {
                continue;
            }
            match entry.when {
                When::Sometimes if within && happening.kept.is_none() => {
                    happening.kept = Some((entry.fault, dose.number));
                }
                When::Answers => happening.answer.push(entry.fault),
                _ => {}
            }
        }
        if happening.kept.is_some() {
            *met += 1;
        }
        self.follow_script(settings, asked, address, &mut happening);
        happening
    }

    /// What the script says goes before what was drawn, and is bound to no budget.
    fn follow_script(
        &mut self,
        settings: &Settings,
        asked: &Request,
        address: &str,
        happening: &mut Happening,
    ) {
        for (line, fitted) in settings.script.lines().iter().zip(&mut self.fitted) {
            if !line.matches(address) {
                continue;
            }
            *fitted += 1;
            if !line.means(*fitted) || !can_happen(line.fault, asked) {
                continue;
            }
            let usual = line.fault.described().number.map_or(0, |(_, usual)| usual);
            if line.fault.described().when == When::Answers {
                happening.answer.push(line.fault);
            } else {
                happening.kept = Some((line.fault, line.number.unwrap_or(usual)));
            }
        }
    }

    /// Until when a token is refused, if it is.
    pub(crate) fn closed(&mut self, token: &str, now: Timestamp) -> Option<Timestamp> {
        let key = self.draw.number("token", &[token.as_bytes()]);
        let until = *self.closed.get(&key)?;
        if until <= now {
            self.closed.remove(&key);
            return None;
        }
        Some(until)
    }

    /// Refuses a token until a moment.
    pub(crate) fn close(&mut self, token: &str, until: Timestamp) {
        let key = self.draw.number("token", &[token.as_bytes()]);
        self.closed.insert(key, until);
    }
}

/// Whether a fault makes sense for a request.
fn can_happen(fault: Fault, asked: &Request) -> bool {
    let list = asked.route.shape == Shape::List && !asked.count;
    let events = asked.route.gives == Object::Event;
    // Pages by number cannot be moved about: their number says where they lie.
    let walked = list && asked.page.is_none();
    match fault {
        Fault::RepeatedEvents | Fault::ShuffledEvents => list && events,
        Fault::ShortPages => walked && asked.limit > 1,
        Fault::EmptyLastPage | Fault::RepeatedPage => walked,
        Fault::DuplicateBorder | Fault::Collapse => walked && !events,
        Fault::WrongToken | Fault::OtherDistrict => !asked.count,
        _ => fault.described().group != Group::Feed || events,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Script;

    fn asked(address: &str) -> Request {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        homeroom_wire::parse(path, Some(query)).unwrap()
    }

    fn fates(settings: &Settings, addresses: &[&str]) -> Vec<Option<Fault>> {
        let mut moments = Moments::new(settings);
        let decide = |address: &&str| {
            let happening = moments.decide(settings, &asked(address), address, "t");
            happening.kept.map(|(fault, _)| fault)
        };
        addresses.iter().map(decide).collect()
    }

    #[test]
    fn a_request_fails_no_more_often_than_the_budget_says() {
        let settings = Settings::default().with("html=1").unwrap();
        let fates = fates(&settings, &["/v3.1/users"; 4]);
        assert_eq!(fates, [Some(Fault::Html), Some(Fault::Html), None, None]);
    }

    #[test]
    fn fates_follow_from_the_seed_and_not_from_what_comes_between() {
        let settings = |seed| {
            let settings = Settings {
                seed,
                budget: 0,
                ..Settings::default()
            };
            settings.with("transport=0.1").unwrap()
        };
        let alone = fates(&settings(5), &["/v3.1/users"; 40]);
        assert!(alone.iter().any(Option::is_some) && alone.iter().any(Option::is_none));
        let mixed: Vec<_> = ["/v3.1/users", "/v3.1/schools"].repeat(40);
        let mixed = fates(&settings(5), &mixed);
        let of_users: Vec<_> = mixed.into_iter().step_by(2).collect();
        assert_eq!(alone, of_users);
        assert_ne!(alone, fates(&settings(6), &["/v3.1/users"; 40]));
    }

    #[test]
    fn scripts_count_what_fits() {
        let script = Script::default().with("/v3.1/users*", 2, Fault::CutJson);
        let settings = Settings {
            script,
            ..Settings::default()
        };
        let addresses = [
            "/v3.1/users",
            "/v3.1/schools",
            "/v3.1/users?limit=2",
            "/v3.1/users",
        ];
        assert_eq!(
            fates(&settings, &addresses),
            [None, None, Some(Fault::CutJson), None]
        );
    }

    #[test]
    fn a_window_opens_again() {
        let mut moments = Moments::new(&Settings::default());
        let at = Timestamp::from_millis;
        moments.close("t", at(10));
        assert_eq!(moments.closed("u", at(5)), None);
        assert_eq!(moments.closed("t", at(5)), Some(at(10)));
        assert_eq!(moments.closed("t", at(10)), None);
    }
}
