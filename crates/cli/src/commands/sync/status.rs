//! `homeroom sync status`: how fresh everything is, and who has to do something.

use homeroom_model::Timestamp;
use homeroom_roster::Run;
use homeroom_sync::Status as Standing;
use serde::Serialize;

use super::running::Call;
use crate::exit::Exit;
use crate::holder;

#[derive(Serialize)]
struct Statuses {
    districts: Vec<Shown>,
}

/// How a district stands.
#[derive(Serialize)]
struct Shown {
    district: String,
    number: i64,
    name: String,
    /// `connected`, `paused` or `disconnected`.
    connection: &'static str,
    /// Which link of the chain is stale: `district`, `provider`, `us`, `hold`; nothing if none is.
    stale: Option<&'static str>,
    says: String,
    /// When the district's data last came to the source.
    source_sync: Option<String>,
    /// Our last complete read.
    last_read: Option<String>,
    last_good_sync: Option<String>,
    last_run: Option<LastRun>,
    /// Who writes now.
    writer: Option<String>,
    holds: Vec<ShownHold>,
    notices: Vec<ShownNotice>,
}

#[derive(Serialize)]
struct LastRun {
    run: i64,
    state: &'static str,
    started: String,
}

#[derive(Serialize)]
struct ShownHold {
    hold: i64,
    opened: String,
    pattern: String,
    plan: String,
}

#[derive(Serialize)]
struct ShownNotice {
    code: String,
    since: String,
    says: Option<String>,
}

/// Shows the status of the districts that are meant.
pub(super) async fn run(call: &Call<'_>) -> anyhow::Result<Exit> {
    for district in &call.opened.districts {
        call.opened.engine.alarm(district.number).await?;
    }
    let all = call.opened.engine.status().await?;
    let meant = |status: &Standing| {
        let districts = &call.opened.districts;
        districts
            .iter()
            .any(|district| district.number == status.district.id)
    };
    let districts: Vec<_> = all.into_iter().filter(meant).map(shown).collect();
    let statuses = Statuses { districts };
    call.context.output.result(&statuses, |statuses| {
        let texts = statuses.districts.iter().map(|shown| shown.text(call));
        texts.collect::<Vec<_>>().join("\n\n")
    })?;
    let waits = |shown: &Shown| shown.stale.is_some() || !shown.notices.is_empty();
    Ok(
        if statuses
            .districts
            .iter()
            .any(|shown| !shown.holds.is_empty())
        {
            Exit::Held
        } else if statuses.districts.iter().any(waits) {
            Exit::Overdue
        } else {
            Exit::Done
        },
    )
}

fn shown(status: Standing) -> Shown {
    let iso = |at: Option<Timestamp>| at.map(Timestamp::to_iso);
    let district = status.district;
    let last = status.runs.first().map(|run: &Run| LastRun {
        run: run.id,
        state: run.state.text(),
        started: run.started.to_iso(),
    });
    Shown {
        number: district.id,
        connection: district.state.text(),
        stale: status.fresh.stale.map(homeroom_sync::Link::text),
        says: status.fresh.sentence,
        source_sync: iso(district.source_sync),
        last_read: iso(district.last_read),
        last_good_sync: iso(district.last_apply),
        last_run: last,
        writer: status.writer.map(|lease| holder::describe(&lease.holder)),
        holds: status
            .holds
            .into_iter()
            .map(|hold| ShownHold {
                hold: hold.id,
                opened: hold.opened.to_iso(),
                pattern: hold.pattern,
                plan: hold.plan,
            })
            .collect(),
        notices: status
            .notices
            .into_iter()
            .map(|notice| ShownNotice {
                code: notice.code,
                since: notice.raised.to_iso(),
                says: notice.detail,
            })
            .collect(),
        district: district.source_id,
        name: district.name,
    }
}

impl Shown {
    fn text(&self, call: &Call<'_>) -> String {
        let or = |at: &Option<String>, none: &str| at.clone().unwrap_or_else(|| none.to_owned());
        let last = self.last_run.as_ref().map_or_else(
            || "none yet".to_owned(),
            |run| {
                format!(
                    "{}, {} (run {})",
                    run.started,
                    run.state.replace('_', " "),
                    run.run
                )
            },
        );
        let mut text = format!(
            "{}: {}\n  \
             the district's data came to the source  {}\n  \
             our last complete read                  {}\n  \
             our last good sync                      {}\n  \
             our last run                            {last}",
            self.name,
            self.says,
            or(&self.source_sync, "(it does not say)"),
            or(&self.last_read, "never"),
            or(&self.last_good_sync, "never"),
        );
        if let Some(writer) = &self.writer {
            text = format!("{text}\n  being synced now by                     {writer}");
        }
        for notice in &self.notices {
            let says = notice.says.as_deref().unwrap_or(&notice.code);
            text = format!("{text}\n  ! {says} (since {})", notice.since);
        }
        if !self.holds.is_empty() {
            text = format!(
                "{text}\n  ! held; to look at it: homeroom sync {}holds",
                call.flags
            );
        }
        text
    }
}
