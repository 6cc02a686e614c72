//! "Why?": the way of a person or a class from the source to the app, ending in one sentence (integration-side A4.11).

use std::collections::BTreeSet;
use std::sync::Arc;

use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_plan::{Explanation, Input, Plan, Step, emails, names, sis_ids};
use homeroom_roster::field::{person, role};
use homeroom_roster::{self as app, Hold, LinkState, PersonKind, Reading, Value};
use homeroom_segment::Snapshot;

use super::error::SyncError;
use super::mirrors::Kept;
use super::planning::Made;
use super::{Engine, Tenant};
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

/// More records than this are not explained at once: the question has to be narrower.
const MOST: usize = 20;

/// Kinds that people ask about, in the order of answering.
const ASKED: [Kind; 7] = [
    Kind::Student,
    Kind::Employee,
    Kind::Contact,
    Kind::Section,
    Kind::School,
    Kind::Course,
    Kind::Term,
];

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
            let found = find(&*reading, &made, &about)?;
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

/// Records that a text names, those shared now first.
fn find(
    reading: &dyn Reading,
    made: &Made,
    about: &str,
) -> Result<Vec<(Kind, ObjectId)>, SyncError> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let snapshots = [&made.mirror.snapshot, &made.base.snapshot];
    for snapshot in snapshots {
        for kind in ASKED {
            let table = snapshot.table(kind);
            let rows = (0..table.len()).filter(|row| is_named(snapshot, kind, *row, about));
            for row in rows.take(MOST) {
                if seen.insert((kind, table.id(row))) {
                    found.push((kind, table.id(row)));
                }
            }
        }
    }
    if found.is_empty() {
        found = who_left(reading, made.district, about)?;
    }
    found.truncate(MOST);
    Ok(found)
}

/// Records that no mirror has any more: by an id, or as the app remembers them.
fn who_left(
    reading: &dyn Reading,
    district: i64,
    about: &str,
) -> Result<Vec<(Kind, ObjectId)>, SyncError> {
    if let Some(id) = ObjectId::from_hex(about) {
        for kind in ASKED {
            let Some(stored) = roster_kind(kind) else {
                continue;
            };
            if let Some(link) = reading.linked(district, stored, about)? {
                return Ok(vec![(link.person.map_or(kind, kind_of), id)]);
            }
        }
    }
    let same = |value: &Value<'_>| {
        value
            .text()
            .is_some_and(|text| text.to_lowercase() == about)
    };
    let mut people = BTreeSet::new();
    reading.records(district, app::Kind::Person, &mut |id, record| {
        let first = record.get(person::FIRST_NAME).text().unwrap_or_default();
        let last = record.get(person::LAST_NAME).text().unwrap_or_default();
        let whole = format!("{first} {last}").to_lowercase();
        if [person::LAST_NAME, person::EMAIL]
            .iter()
            .any(|field| same(record.get(*field)))
            || whole == about
        {
            people.insert(id);
        }
        Ok(())
    })?;
    reading.roles(district, &mut |id, _, record| {
        if same(record.get(role::SIS_ID)) {
            people.insert(id);
        }
        Ok(())
    })?;
    let mut found = Vec::new();
    for person in people.into_iter().take(MOST) {
        for (source, link) in reading.links_of(person)? {
            let current = matches!(link.state, LinkState::Active | LinkState::Joint);
            let source = ObjectId::from_hex(&source).filter(|_| current);
            found.extend(
                link.person
                    .zip(source)
                    .map(|(kind, source)| (kind_of(kind), source)),
            );
        }
    }
    Ok(found)
}

fn kind_of(person: PersonKind) -> Kind {
    match person {
        PersonKind::Student => Kind::Student,
        PersonKind::Employee => Kind::Employee,
        PersonKind::Contact => Kind::Contact,
    }
}

fn is_named(snapshot: &Snapshot, kind: Kind, row: u32, about: &str) -> bool {
    let id = snapshot.table(kind).id(row);
    if id.to_hex() == about {
        return true;
    }
    let same = |text: &str| !text.is_empty() && text.to_lowercase() == about;
    if sis_ids(snapshot, kind, row).iter().any(|(_, id)| same(id))
        || emails(snapshot, kind, row).into_iter().any(same)
    {
        return true;
    }
    let (first, last) = names(snapshot, kind, row);
    same(last) || same(&format!("{first} {last}")) || same(&format!("{last}, {first}"))
}
