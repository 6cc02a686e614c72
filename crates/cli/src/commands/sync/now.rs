//! `homeroom sync now`: a sync on demand.

use std::time::Duration;

use clap::Args;
use homeroom_model::{Kind, Timestamp};
use homeroom_roster::{Hold, Run, RunState};
use homeroom_sync::{Extent, Order, RunReport, Trigger};

use super::apply::applied;
use super::find;
use super::plan::once;
use super::running::{Call, Outcome, Outcomes, unread};
use super::runs::mode;
use crate::exit::Exit;
use crate::sync::opened::Followed;
use crate::{actor, clock};

/// How often somebody who waits for another run looks.
const LOOKS: Duration = Duration::from_millis(500);

/// Sync at once: read what changed and apply it, unless guards hold it
///
/// If a run of the district is going on, this waits for it, together with everybody else who asked meanwhile: one run serves
/// all of them. A school, section or person is named by source id, SIS id, email or name.
#[derive(Args)]
pub(super) struct Now {
    /// Only a school: nothing outside it is judged
    #[arg(long, value_name = "SCHOOL", conflicts_with_all = ["section", "person"])]
    school: Option<String>,
    /// Only a section and its people
    #[arg(long, value_name = "SECTION", conflicts_with = "person")]
    section: Option<String>,
    /// Only one person, as for somebody who signs in right after enrolling
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// Read everything, even where events say what changed
    #[arg(long)]
    full: bool,
}

impl Now {
    /// Syncs.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut districts = Vec::new();
        for district in self.meant(call)? {
            let outcome = match self.district(call, district).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome::failed(district, &error),
            };
            districts.push(outcome);
        }
        let outcomes = Outcomes { districts };
        call.context.output.result(&outcomes, |outcomes| {
            let texts = outcomes.districts.iter().map(|outcome| text(call, outcome));
            texts.collect::<Vec<_>>().join("\n")
        })?;
        Ok(outcomes.exit())
    }

    /// A school, section or person is of one district.
    fn meant<'c>(&self, call: &'c Call<'_>) -> anyhow::Result<Vec<&'c Followed>> {
        if self.school.is_some() || self.section.is_some() || self.person.is_some() {
            return Ok(vec![call.opened.only()?]);
        }
        Ok(call.opened.districts.iter().collect())
    }

    async fn district(&self, call: &Call<'_>, district: &Followed) -> anyhow::Result<Outcome> {
        let extent = self.extent(call, district).await?;
        let order = Order {
            extent,
            read: if self.full {
                homeroom_sync::ReadHow::Full
            } else {
                homeroom_sync::ReadHow::Auto
            },
            actor: actor::name(),
            ..Order::new(Trigger::Demand)
        };
        if let Some(run) = joined(call, district, &order).await? {
            let open = call.opened.read()?.holds(district.number, false)?;
            return Ok(heard(district, &run, &open));
        }
        let ran = once(call, district, &order).await?;
        Outcome::of(call, district, &ran, true).await
    }

    async fn extent(&self, call: &Call<'_>, district: &Followed) -> anyhow::Result<Extent> {
        let mirror = call.opened.mirror(district).await?;
        let find = |kinds: &[Kind], text: &str| find::one(&mirror.snapshot, kinds, text);
        Ok(match (&self.school, &self.section, &self.person) {
            (Some(school), ..) => Extent::School(find(&[Kind::School], school)?),
            (_, Some(section), _) => Extent::Section(find(&[Kind::Section], section)?),
            (.., Some(person)) => Extent::Person(find(
                &[Kind::Student, Kind::Employee, Kind::Contact],
                person,
            )?),
            _ => Extent::District,
        })
    }
}

/// Waits while somebody else writes the district; a run that began after this was asked for, and was of the whole district
/// read as wanted, serves this too.
async fn joined(
    call: &Call<'_>,
    district: &Followed,
    order: &Order,
) -> anyhow::Result<Option<Run>> {
    let asked = clock::now();
    let progress = call.context.output.progress("waiting for another run");
    let mut waited = false;
    let found = loop {
        let reading = call.opened.read()?;
        let now = clock::now();
        let writes = reading
            .lease(district.number)?
            .is_some_and(|lease| lease.until > now);
        let serves = |run: &Run| serves(run, asked, order);
        let found = reading
            .runs(district.number, 10)?
            .into_iter()
            .find(|run| waited && serves(run));
        drop(reading);
        if found.is_some() || !writes {
            break found;
        }
        waited = true;
        tokio::time::sleep(LOOKS).await;
    };
    progress.finish();
    Ok(found)
}

/// Whether a run serves somebody who asked at a moment.
fn serves(run: &Run, asked: Timestamp, order: &Order) -> bool {
    let done = matches!(
        run.state,
        RunState::Applied | RunState::NoChange | RunState::Partial | RunState::Held
    );
    let report = run
        .report
        .as_deref()
        .map(RunReport::from_text)
        .unwrap_or_default();
    let mode = mode(run, &report);
    let wide = run.scope == "{}" && matches!(mode.as_str(), "full" | "events");
    let as_wanted = order.read != homeroom_sync::ReadHow::Full || mode == "full";
    done && wide && as_wanted && run.started >= asked
}

/// What a run that somebody else asked for came to. `open` are the holds of the district.
fn heard(district: &Followed, run: &Run, open: &[Hold]) -> Outcome {
    let report = run
        .report
        .as_deref()
        .map(RunReport::from_text)
        .unwrap_or_default();
    Outcome {
        district: district.id.to_hex(),
        name: district.name.clone(),
        run: Some(run.id),
        state: run.state.text(),
        mode: if mode(run, &report) == "full" {
            "full"
        } else {
            "events"
        },
        notes: report.notes.iter().map(|note| note.text()).collect(),
        warnings: district.tenant.policy.warnings(),
        unread: unread(&report),
        misread: report.misread.clone(),
        requests: report.requests,
        done: report.done,
        left: report.held,
        set_aside: report.set_aside,
        holds: open.iter().map(|hold| hold.id).collect(),
        difference: Vec::new(),
        joined: true,
        error: None,
        plan: None,
        exit: match run.state {
            RunState::Held => Exit::Held,
            _ if !open.is_empty() => Exit::Held,
            RunState::Partial => Exit::Partial,
            _ => Exit::Done,
        },
    }
}

fn text(call: &Call<'_>, outcome: &Outcome) -> String {
    let heading = outcome.heading();
    if outcome.error.is_some() {
        return heading;
    }
    let joined = if outcome.joined {
        "Somebody else's run served this too.\n"
    } else {
        ""
    };
    let sums = outcome.plan.as_ref().map(super::render::summary);
    let sums = sums.map_or_else(String::new, |sums| format!("{sums}\n"));
    let end = match outcome.state {
        "no_change" => format!("{}: up to date, nothing to do.", outcome.name),
        "held" => super::apply::held(call, outcome),
        _ => applied(call, outcome),
    };
    format!("{heading}{joined}{sums}{end}\n")
}
