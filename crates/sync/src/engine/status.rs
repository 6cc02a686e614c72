//! How every district stands, and which link of the chain is stale (integration-side A1.11).

use homeroom_model::Timestamp;
use homeroom_roster::{Connection, District, Hold, LeaseRow, Notice, Run};

use super::about::About;
use super::error::SyncError;
use super::schedule::is_success;
use super::{Engine, notices};

/// A link of the chain from the district's records to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// The district's SIS into the provider.
    District,
    /// The provider to us.
    Provider,
    /// Our reading and applying.
    Us,
    /// A hold that waits for people.
    Hold,
}

impl Link {
    /// The link in a word.
    pub fn text(self) -> &'static str {
        match self {
            Self::District => "district",
            Self::Provider => "provider",
            Self::Us => "us",
            Self::Hold => "hold",
        }
    }
}

/// How fresh a district is, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshest {
    /// The first stale link, if one is.
    pub stale: Option<Link>,
    /// What that means, in one sentence.
    pub sentence: String,
}

/// How a district stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// The district, with when the source was brought up to date, our last read and our last success.
    pub district: District,
    /// Which link is stale.
    pub fresh: Freshest,
    /// The last runs, newest first.
    pub runs: Vec<Run>,
    /// Holds that wait for people.
    pub holds: Vec<Hold>,
    /// What people should know.
    pub notices: Vec<Notice>,
    /// Who writes it now, if anybody does.
    pub writer: Option<LeaseRow>,
}

/// So many runs are shown.
const RUNS: u32 = 20;

impl Engine {
    /// How every district stands, by number.
    pub async fn status(&self) -> Result<Vec<Status>, SyncError> {
        let now = self.0.clock.now();
        let alarm = self.0.settings.alarm_after;
        self.with_roster(move |roster| {
            let reading = roster.read()?;
            let mut all = Vec::new();
            for district in reading.districts()? {
                let id = district.id;
                let holds = reading.holds(id, false)?;
                let runs = reading.runs(id, RUNS)?;
                let about = reading.mirrors(id)?.into_iter().next();
                let about = about.and_then(|row| About::read(&row.about).ok());
                let is_stale =
                    |at: Option<Timestamp>| at.is_none_or(|at| notices::later(at, alarm) < now);
                let fresh = freshest(&district, about.as_ref(), (&holds, &runs), is_stale);
                let writer = reading.lease(id)?.filter(|lease| lease.until > now);
                all.push(Status {
                    fresh,
                    runs,
                    holds,
                    notices: reading.notices(id, false)?,
                    writer,
                    district,
                });
            }
            Ok(all)
        })
        .await
    }
}

fn freshest(
    district: &District,
    about: Option<&About>,
    (holds, runs): (&[Hold], &[Run]),
    is_stale: impl Fn(Option<Timestamp>) -> bool,
) -> Freshest {
    let link = |stale: Link, sentence: String| Freshest {
        stale: Some(stale),
        sentence,
    };
    let iso = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), Timestamp::to_iso);
    let said = about.and_then(|about| about.source_sync.map(Timestamp::from_millis));
    let source = said.or(district.source_sync);
    if district.state == Connection::Disconnected {
        let until = district
            .keep_until
            .map(|day| day.to_string())
            .unwrap_or_default();
        return link(
            Link::Provider,
            format!(
                "The district's token was refused; accounts go on until {until}. A new token brings it back."
            ),
        );
    }
    if let Some(hold) = holds.iter().find(|hold| hold.subject.is_empty()) {
        return link(
            Link::Hold,
            format!(
                "A plan waits for approval since {}: {}.",
                hold.opened.to_iso(),
                hold.pattern
            ),
        );
    }
    if district.state == Connection::Paused {
        return link(
            Link::District,
            format!("The source is paused: it is frozen since {}.", iso(source)),
        );
    }
    if is_stale(district.last_apply) {
        let failed = runs.first().filter(|run| !is_success(run.state));
        let why = failed.map(|run| format!("; the last run is {}", run.state.text()));
        let good = match district.last_apply {
            Some(at) => format!("Our last good sync was {}", at.to_iso()),
            None => "Nothing was synced yet".to_owned(),
        };
        return link(Link::Us, good + &why.unwrap_or_default() + ".");
    }
    if source.is_some() && is_stale(source) {
        return link(
            Link::District,
            format!(
                "The district last brought its data to the source {}; we are up to date with that.",
                iso(source)
            ),
        );
    }
    Freshest {
        stale: None,
        sentence: format!("Up to date: last good sync {}.", iso(district.last_apply)),
    }
}
