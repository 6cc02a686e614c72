//! "Why?": the way of a person or a class from the source to the app, ending in one sentence (integration-side A4.11).

use std::sync::Arc;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_plan::{Explanation, Input, Plan, Step};
use homeroom_roster::{Hold, Reading};

use super::error::SyncError;
use super::mirrors::Kept;
use super::planning::Made;
use super::{Engine, Tenant, find};
use crate::roster::{Known, roster_kind};

/// Why a record is as it is in the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The kind of record.
    pub kind: Kind,
    /// The source's id.
    pub source: ObjectId,
    /// The record in the app, if there is one.
    pub local: Option<i64>,
    /// The stations it passed, with what each said: `read`, `filter`, `validate`, `match`, `plan`, `hold`.
    pub steps: Vec<Step>,
    /// What it comes to.
    pub sentence: String,
}

impl Engine {
    /// Explains whoever or whatever a text names: a source id, an id in the SIS, an email or a name. With a section, also why
    /// they are or are not in it. Answers from what was read last; asks the source nothing.
    pub async fn why(
        &self,
        tenant: &Tenant,
        about: &str,
        section: Option<ObjectId>,
    ) -> Result<Vec<Why>, SyncError> {
        let standing = self.standing(tenant).await?;
        if standing.latest.is_nothing() {
            return Err(SyncError::NeverRead);
        }
        let applied = standing.is_applied();
        let told = read_facts(&standing.latest);
        let made = Made {
            district: tenant.district,
            policy: Arc::clone(&tenant.policy),
            base: self.open(&standing.applied).await?,
            mirror: self.open(&standing.latest).await?,
            about: standing.latest.about,
            deep: false,
            cut_off: false,
            accounts: Vec::new(),
            now: self.0.clock.now(),
        };
        let roster = Arc::clone(&self.0.roster);
        let about = about.trim().to_lowercase();
        self.blocking(move || {
            let reading = roster.read()?;
            let mirror = std::iter::once(&made.mirror.snapshot);
            let base = (!applied).then_some(&made.base.snapshot);
            let mut found = find::in_mirrors(mirror.chain(base), &about);
            if found.is_empty() {
                found = find::who_left(&*reading, made.district, &about)?;
            }
            found.truncate(find::MOST);
            let holds = reading.holds(made.district, false)?;
            let (_, answers) = made.plan(&*reading, |plan, input, known| {
                let asked = Asked {
                    reading: &*reading,
                    made: &made,
                    plan,
                    input,
                    known,
                    section,
                };
                found
                    .into_iter()
                    .map(|record| asked.why(record, (&told, &holds)))
                    .collect::<Result<Vec<_>, _>>()
            })?;
            Ok(answers)
        })
        .await
    }
}

/// What every answer looks into.
struct Asked<'a> {
    reading: &'a dyn Reading,
    made: &'a Made,
    plan: &'a Plan,
    input: &'a Input<'a>,
    known: &'a Known<'a>,
    section: Option<ObjectId>,
}

impl Asked<'_> {
    fn why(
        &self,
        (kind, source): (Kind, ObjectId),
        (told, holds): (&str, &[Hold]),
    ) -> Result<Why, SyncError> {
        let policy = &self.made.policy;
        let member = matches!(kind, Kind::Student | Kind::Employee);
        let explanation = match self.section.filter(|_| member) {
            Some(section) => {
                let about = (source, kind);
                self.plan
                    .explain_member(self.input, self.known, policy, about, section)?
            }
            None => self
                .plan
                .explain(self.input, self.known, policy, (kind, source))?,
        };
        let link = match roster_kind(kind) {
            Some(kind) => self
                .reading
                .linked(self.made.district, kind, &source.to_hex())?,
            None => None,
        };
        let Explanation {
            mut steps,
            sentence,
        } = explanation;
        let read = Step {
            station: "read",
            said: told.to_owned(),
        };
        steps.insert(0, read);
        for hold in holds.iter().filter(|hold| hold.subject.is_empty()) {
            steps.push(Step {
                station: "hold",
                said: format!(
                    "a plan waits for approval since {} ({})",
                    hold.opened.to_iso(),
                    hold.pattern
                ),
            });
        }
        Ok(Why {
            kind,
            source,
            local: link.map(|link| link.entity),
            steps,
            sentence,
        })
    }
}

/// How old what was read is.
fn read_facts(latest: &Kept) -> String {
    let about = &latest.about;
    let iso = |at: i64| Timestamp::from_millis(at).to_iso();
    let whole = match about.read_whole {
        Some(at) => format!("read completely {}", iso(at)),
        None => "never read completely".to_owned(),
    };
    let partial = if about.partial > 0 {
        "; the last full read was cut short"
    } else {
        ""
    };
    format!(
        "the district was {whole}, last looked at {}{partial}",
        iso(about.read)
    )
}
