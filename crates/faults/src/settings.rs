//! Which faults, how often.

use std::collections::BTreeMap;

use crate::catalogue::CATALOGUE;
use crate::fault::{Fault, Group};
use crate::script::Script;

/// How much of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dose {
    /// How often, in millionths of what [`crate::When`] says.
    pub rate: u32,
    /// Its number, of a meaning that each fault says; 0 where it takes none.
    pub number: u64,
}

impl Dose {
    /// What a fault has where nobody says more.
    pub fn usual(fault: Fault) -> Self {
        let described = fault.described();
        Self {
            rate: described.rate,
            number: described.number.map_or(0, |(_, usual)| usual),
        }
    }
}

/// Tries of one request that may fail before it gets through.
pub const BUDGET: u32 = 2;

/// What a source does wrong.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What everything random follows from.
    pub seed: u64,
    /// Faults that are on, with their doses.
    pub faults: BTreeMap<Fault, Dose>,
    /// Faults that happen to certain requests.
    pub script: Script,
    /// How often one and the same request may meet a fault that keeps it from its answer; 0 for no limit.
    pub budget: u32,
    /// Whether answers say in `X-Homeroom-Fault` what was done to them.
    pub header: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            faults: BTreeMap::new(),
            script: Script::default(),
            budget: BUDGET,
            header: true,
        }
    }
}

impl Settings {
    /// These with more faults, as a command line names them; see [`chosen`].
    pub fn with(mut self, names: &str) -> Result<Self, SettingsError> {
        self.faults.extend(chosen(names)?);
        Ok(self)
    }
}

/// Why faults cannot be chosen so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No fault or group of that name.
    #[error("there is no fault called {name}{}; `homeroom faults --list` names them all", match suggestion { Some(near) => format!(", did you mean {near}?"), None => String::new() })]
    Unknown {
        /// The name.
        name: String,
        /// A fault that is called almost so.
        suggestion: Option<&'static str>,
    },
    /// A rate that is none.
    #[error("{name}: a rate is a number from 0 to 1, such as 0.1")]
    Rate {
        /// The fault's name.
        name: String,
    },
    /// A fault without a rate.
    #[error("{name} takes no rate: it is on or off{}", match number { Some(meaning) => format!("; its number ({meaning}) stands behind a slash, {name}=/20"), None => String::new() })]
    NoRate {
        /// The fault's name.
        name: &'static str,
        /// What its number means.
        number: Option<&'static str>,
    },
    /// A number that is none.
    #[error("{name}: what stands behind the slash is a whole number ({meaning})")]
    Number {
        /// The fault's name.
        name: &'static str,
        /// What its number means.
        meaning: &'static str,
    },
    /// A fault without a number.
    #[error("{name} takes no number behind its rate")]
    NoNumber {
        /// The fault's name.
        name: &'static str,
    },
    /// A line of a script.
    #[error("line {line} of the script: {what}")]
    Script {
        /// The line, from 1.
        line: usize,
        /// What is wrong and how to repair it.
        what: String,
    },
}

/// Reads a list of faults: `NAME`, `NAME=RATE`, `NAME=RATE/NUMBER`, `NAME=/NUMBER`, parted by commas. A name is a fault's, a
/// group's or `all`; faults that leave nothing of the others have to be named by themselves ([`Fault::is_alone`]). A group takes a rate for those of its faults that have one.
pub fn chosen(names: &str) -> Result<BTreeMap<Fault, Dose>, SettingsError> {
    let mut chosen = BTreeMap::new();
    for item in names
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        let (name, dose) = item.split_once('=').unwrap_or((item, ""));
        let (rate, number) = dose.split_once('/').unwrap_or((dose, ""));
        if let Some(members) = members(name) {
            let rate = read_rate(name, rate)?;
            for fault in members {
                let usual = Dose::usual(fault);
                let rate = rate.filter(|_| usual.rate > 0).unwrap_or(usual.rate);
                chosen.insert(fault, Dose { rate, ..usual });
            }
            continue;
        }
        let fault = Fault::from_name(name).ok_or_else(|| unknown(name))?;
        chosen.insert(fault, read_dose(fault, rate, number)?);
    }
    Ok(chosen)
}

/// The faults of a group, or all of them but the one that nothing helps against.
fn members(name: &str) -> Option<Vec<Fault>> {
    if name == "all" {
        return Some(Fault::all().filter(|fault| !fault.is_alone()).collect());
    }
    let group = Group::ALL.into_iter().find(|group| group.name() == name)?;
    let of_group = CATALOGUE.iter().filter(|entry| entry.group == group);
    let faults = of_group.map(|entry| entry.fault);
    Some(faults.filter(|fault| !fault.is_alone()).collect())
}

fn read_dose(fault: Fault, rate: &str, number: &str) -> Result<Dose, SettingsError> {
    let (described, usual) = (fault.described(), Dose::usual(fault));
    let name = described.name;
    if !rate.is_empty() && described.rate == 0 {
        let number = described.number.map(|(meaning, _)| meaning);
        return Err(SettingsError::NoRate { name, number });
    }
    let rate = read_rate(name, rate)?.unwrap_or(usual.rate);
    let number = match (number, described.number) {
        ("", _) => usual.number,
        (_, None) => return Err(SettingsError::NoNumber { name }),
        (text, Some((meaning, _))) => text
            .parse()
            .map_err(|_| SettingsError::Number { name, meaning })?,
    };
    Ok(Dose { rate, number })
}

fn read_rate(name: &str, text: &str) -> Result<Option<u32>, SettingsError> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || SettingsError::Rate {
        name: name.to_owned(),
    };
    let rate: f64 = text.parse().map_err(|_| wrong())?;
    if !(0.0..=1.0).contains(&rate) {
        return Err(wrong());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and a million"
    )]
    let millionths = (rate * 1e6).round() as u32;
    Ok(Some(millionths))
}

fn unknown(name: &str) -> SettingsError {
    let apart = |known: &str| {
        let same = known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b);
        same.count()
    };
    let near = CATALOGUE.iter().map(|entry| entry.name);
    let near = near.min_by_key(|known| (std::cmp::Reverse(apart(known)), known.len()));
    SettingsError::Unknown {
        name: name.to_owned(),
        suggestion: near.filter(|known| apart(known) >= 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doses_are_read() {
        let read = chosen("html=0.5, throttled=0.1/20,short-pages,token-rotated=/3").unwrap();
        let dose = |rate, number| Dose { rate, number };
        assert_eq!(read[&Fault::Html], dose(500_000, 0));
        assert_eq!(read[&Fault::Throttled], dose(100_000, 20));
        assert_eq!(read[&Fault::ShortPages], Dose::usual(Fault::ShortPages));
        assert_eq!(read[&Fault::TokenRotated], dose(0, 3));
        assert_eq!(read.len(), 4);
        let group = chosen("feed=1").unwrap();
        assert_eq!(group[&Fault::ShuffledEvents].rate, 1_000_000);
        assert_eq!(group[&Fault::AgedFeed], Dose::usual(Fault::AgedFeed));
        assert!(!group.contains_key(&Fault::SilentFeed));
        assert_eq!(chosen("all").unwrap().len(), CATALOGUE.len() - 2);
        assert!(chosen("").unwrap().is_empty());
    }

    #[test]
    fn wrong_doses_are_explained() {
        for (names, said) in [
            (
                "htm",
                "there is no fault called htm, did you mean html?; `homeroom faults --list` names them all",
            ),
            (
                "zzz",
                "there is no fault called zzz; `homeroom faults --list` names them all",
            ),
            (
                "html=2",
                "html: a rate is a number from 0 to 1, such as 0.1",
            ),
            (
                "html=x",
                "html: a rate is a number from 0 to 1, such as 0.1",
            ),
            ("html=0.1/3", "html takes no number behind its rate"),
            (
                "silent-feed=0.5",
                "silent-feed takes no rate: it is on or off; its number (seconds between the syncs that `last_sync` tells of) stands behind a slash, silent-feed=/20",
            ),
            ("aged-feed=1", "aged-feed takes no rate: it is on or off"),
            (
                "slow=/x",
                "slow: what stands behind the slash is a whole number (milliseconds until the answer begins)",
            ),
        ] {
            assert_eq!(chosen(names).unwrap_err().to_string(), said);
        }
    }
}
