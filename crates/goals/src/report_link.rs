//! The app's own reports: every figure carries the link to what is behind it (integration-side D6, D1).

use homeroom_model::ObjectId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whom a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One student.
    Student,
    /// A section.
    Section,
    /// A school.
    School,
    /// The district.
    District,
}

/// Why an address is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// Figures of children are not linked to in the clear.
    #[error("a report address begins with https:// and a host")]
    NotHttps,
    /// Every student would get the same report.
    #[error(
        "a report address holds {{id}} once: the id of the student, section, school or district is put there"
    )]
    NoId,
    /// Blanks, quotes, brackets and what is not ASCII would have to be guessed at.
    #[error(
        "a report address holds only what an address may: no blanks, quotes, or letters beyond ASCII"
    )]
    Spelling,
    /// Every figure carries it, once for every student.
    #[error("a report address has {0} characters and may have 2000")]
    TooLong(usize),
}

/// An address of a report, with `{id}` where the id belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReportLink(Box<str>);

const PLACE: &str = "{id}";

impl ReportLink {
    /// Takes an address that an app registers. Of a school or a district `{id}` may be left out: a report of all there is.
    pub fn new(subject: Subject, address: &str) -> Result<Self, LinkError> {
        let host = address
            .strip_prefix("https://")
            .and_then(|rest| rest.split(['/', '?', '#']).next());
        // Ids belong behind the host, and nobody's name before it.
        if host.is_none_or(|host| host.is_empty() || host.contains(['{', '@'])) {
            return Err(LinkError::NotHttps);
        }
        let places = address.matches(PLACE).count();
        let needed = matches!(subject, Subject::Student | Subject::Section);
        if places > 1 || (places == 0 && needed) {
            return Err(LinkError::NoId);
        }
        let bare = address.replace(PLACE, "");
        let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
        if !bare.bytes().all(allowed) {
            return Err(LinkError::Spelling);
        }
        Ok(Self(address.into()))
    }

    /// The most characters of an address that is registered now.
    pub const LONGEST: usize = 2000;

    /// The same for an address that is registered now: of limited length. One that was registered before there was a limit stays.
    pub fn register(subject: Subject, address: &str) -> Result<Self, LinkError> {
        if address.len() > Self::LONGEST {
            return Err(LinkError::TooLong(address.len()));
        }
        Self::new(subject, address)
    }

    /// The address of one report. An id is hexadecimal digits, so nothing needs escaping.
    pub fn of(&self, id: ObjectId) -> String {
        self.0.replace(PLACE, &id.to_hex())
    }

    /// The address as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_the_id() {
        let link = ReportLink::new(
            Subject::Student,
            "https://app.example/r?student={id}&week=1",
        )
        .unwrap();
        let id = ObjectId::new([0x5f; 12]);
        assert_eq!(
            link.of(id),
            "https://app.example/r?student=5f5f5f5f5f5f5f5f5f5f5f5f&week=1"
        );
        let all = ReportLink::new(Subject::District, "https://app.example/all").unwrap();
        assert_eq!(all.of(id), all.as_str());
    }

    #[test]
    fn an_address_is_registered_if_it_is_not_too_long() {
        let long = |length: usize| {
            let address = format!("https://app.example/{{id}}?{}", "x".repeat(length));
            let cut = address[..length].to_owned();
            ReportLink::register(Subject::Student, &cut).map(drop)
        };
        assert_eq!(long(2000), Ok(()));
        assert_eq!(long(2001), Err(LinkError::TooLong(2001)));
    }

    #[test]
    fn addresses_that_would_leak_or_guess_are_refused() {
        for (address, expected) in [
            ("http://app.example/{id}", LinkError::NotHttps),
            ("javascript:alert({id})", LinkError::NotHttps),
            ("https:///{id}", LinkError::NotHttps),
            ("https://{id}.example/", LinkError::NotHttps),
            ("https://a@app.example/{id}", LinkError::NotHttps),
            ("https://app.example/", LinkError::NoId),
            ("https://app.example/{id}/{id}", LinkError::NoId),
            ("https://app.example/{id}\"onclick", LinkError::Spelling),
            ("https://app.example/a b/{id}", LinkError::Spelling),
            ("https://app.example/{name}/{id}", LinkError::Spelling),
            ("https://app.example/é/{id}", LinkError::Spelling),
        ] {
            assert_eq!(
                ReportLink::new(Subject::Section, address),
                Err(expected),
                "{address}"
            );
        }
    }
}
