//! Faults that happen to certain requests: for tests that want to know when.

use crate::fault::Fault;
use crate::settings::SettingsError;

/// A list of (which requests, which of them, what happens).
///
/// As text it has a line for each, `PATTERN NTH FAULT`: in the pattern `*` stands for anything, the rest for itself; it is
/// held against path and query. The number counts the requests that match the pattern, from 1, and may be a range (`2-4`)
/// or `*`. The fault may have a number (`throttled/20`). Lines that are empty or begin with `#` are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(Vec<Line>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pattern: String,
    first: u64,
    last: u64,
    pub(crate) fault: Fault,
    pub(crate) number: Option<u64>,
}

impl Script {
    /// Reads the text.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let lines = text.lines().enumerate();
        let lines = lines.map(|(at, line)| (at + 1, line.trim()));
        let told = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let read = told.map(|(at, line)| {
            Line::parse(line).map_err(|what| SettingsError::Script { line: at, what })
        });
        Ok(Self(read.collect::<Result<_, _>>()?))
    }

    /// This with one more: the nth request that matches, from 1.
    #[must_use]
    pub fn with(mut self, pattern: &str, nth: u64, fault: Fault) -> Self {
        self.0.push(Line {
            pattern: pattern.to_owned(),
            first: nth,
            last: nth,
            fault,
            number: None,
        });
        self
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.0
    }
}

impl Line {
    fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace();
        let (Some(pattern), Some(nth), Some(fault), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(
                "write a pattern, a number and a fault, such as: /v*/users* 2 cut-json".to_owned(),
            );
        };
        let (name, number) = fault
            .split_once('/')
            .map_or((fault, None), |(name, number)| (name, Some(number)));
        let fault = Fault::from_name(name).ok_or_else(|| {
            format!("there is no fault called {name}; `homeroom faults --list` names them all")
        })?;
        if !fault.is_scripted() {
            return Err(format!(
                "{name} does not happen to single requests; switch it on with --fault"
            ));
        }
        let number = number
            .map(|text| {
                text.parse()
                    .ok()
                    .filter(|_| fault.described().number.is_some())
            })
            .map_or(Ok(None), |read| {
                read.map(Some).ok_or_else(|| {
                    format!("{name} takes no such number; `homeroom faults --list` says which")
                })
            })?;
        let (first, last) = nth_of(nth)
            .ok_or_else(|| format!("{nth} is no number from 1, no range 2-4 and no *"))?;
        Ok(Self {
            pattern: pattern.to_owned(),
            first,
            last,
            fault,
            number,
        })
    }

    /// Whether path and query fit the pattern.
    pub(crate) fn matches(&self, address: &str) -> bool {
        fits(&self.pattern, address)
    }

    /// Whether the nth request that fits is meant, from 1.
    pub(crate) fn means(&self, nth: u64) -> bool {
        (self.first..=self.last).contains(&nth)
    }
}

fn nth_of(text: &str) -> Option<(u64, u64)> {
    if text == "*" {
        return Some((1, u64::MAX));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    (first >= 1 && last >= first).then_some((first, last))
}

/// Whether a text fits a pattern in which `*` stands for anything: each piece is looked for behind the one before, the
/// first stands at the beginning, the last at the end.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = text.find(piece) else {
            return false;
        };
        text = text.get(at + piece.len()..).unwrap_or_default();
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_they_should() {
        for (pattern, text, yes) in [
            ("/v3/users", "/v3/users", true),
            ("/v3/users", "/v3/users?limit=1", false),
            ("/v3/users*", "/v3/users?limit=1", true),
            ("*", "", true),
            ("*/users", "/v3/users", true),
            ("*/users", "/v3/users/x", false),
            (
                "/*/users*after=*",
                "/v3/users?limit=2&starting_after=9",
                true,
            ),
            ("/*/users*after=*", "/v3/users?limit=2", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), yes, "{pattern} {text}");
        }
    }

    #[test]
    fn scripts_are_read_and_explained() {
        let text = "# tests\n\n/v*/users* 2 cut-json\n* 3-4 throttled/20\n/x * html\n";
        let script = Script::parse(text).unwrap();
        let told: Vec<_> = script
            .lines()
            .iter()
            .map(|line| (line.first, line.last, line.fault, line.number))
            .collect();
        assert_eq!(
            told,
            [
                (2, 2, Fault::CutJson, None),
                (3, 4, Fault::Throttled, Some(20)),
                (1, u64::MAX, Fault::Html, None)
            ]
        );
        for (line, said) in [
            (
                "/x html",
                "write a pattern, a number and a fault, such as: /v*/users* 2 cut-json",
            ),
            ("/x 0 html", "0 is no number from 1, no range 2-4 and no *"),
            (
                "/x 1 hmtl",
                "there is no fault called hmtl; `homeroom faults --list` names them all",
            ),
            (
                "/x 1 sis-new-id",
                "sis-new-id does not happen to single requests; switch it on with --fault",
            ),
            (
                "/x 1 html/3",
                "html takes no such number; `homeroom faults --list` says which",
            ),
        ] {
            let error = Script::parse(&format!("\n{line}")).unwrap_err();
            assert_eq!(error.to_string(), format!("line 2 of the script: {said}"));
        }
    }
}
