//! `homeroom sync serve`, and what `homeroom serve --sync` does beside the provider: every district at least daily.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::Cancel;
use homeroom_sync::goals::{Due, Heard as Sent, PushState, Reporting};
use homeroom_sync::{Heard, Queue, Retention, Schedule};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::commands::serve::interrupted;
use crate::context::Context;
use crate::exit::Exit;
use crate::sync::opened::{Followed, Opened};

/// How often what is past its time goes.
const SWEEP: Duration = Duration::from_hours(24);

#[derive(Serialize)]
struct Ready {
    folder: String,
    districts: Vec<String>,
    every_hours: u32,
}

/// Syncs every district of a folder by the schedule until the process is told to stop.
pub(super) async fn run(context: &Context, opened: Opened) -> anyhow::Result<Exit> {
    let ready = Ready {
        folder: opened.folder.path().display().to_string(),
        districts: opened
            .districts
            .iter()
            .map(|district| district.name.clone())
            .collect(),
        every_hours: opened.folder.settings.schedule.every_hours,
    };
    context.output.result(&ready, |ready| {
        format!(
            "syncing {} into {} every {} hours; stop with Ctrl-C",
            ready.districts.join(", "),
            ready.folder,
            ready.every_hours
        )
    })?;
    let cancel = Cancel::default();
    let kept = tokio::spawn(keep(Arc::new(opened), cancel.clone()));
    interrupted().await;
    tracing::info!("stopping: what is being applied finishes first");
    cancel.set();
    let _ = kept.await;
    Ok(Exit::Done)
}

/// Syncs every district again and again until `cancel`. Each has a task of its own: one district's trouble never slows another.
pub(crate) async fn keep(opened: Arc<Opened>, cancel: Cancel) {
    let settings = opened.folder.settings.schedule;
    let schedule = Schedule {
        every: Duration::from_hours(u64::from(settings.every_hours)),
        spread: Duration::from_mins(u64::from(settings.spread_minutes)),
        ..Schedule::default()
    };
    let queue = Queue::default();
    let mut tasks = JoinSet::new();
    for district in opened.districts.clone() {
        let (opened, queue, cancel) = (Arc::clone(&opened), queue.clone(), cancel.clone());
        tasks.spawn(async move {
            let mut known = BTreeSet::new();
            let heard = |heard: &Heard| told(&opened, &district, heard, &mut known);
            let keeping = schedule.keep(&opened.engine, &district.tenant, &queue, &cancel, heard);
            // What a run holds on to is large.
            Box::pin(keeping).await;
        });
    }
    for district in opened.districts.clone() {
        match opened.reporting(&district) {
            Ok(Some(reporting)) => {
                let (opened, cancel) = (Arc::clone(&opened), cancel.clone());
                tasks.spawn(async move { report(&opened, &district, &reporting, &cancel).await });
            }
            Ok(None) => {}
            Err(error) => tracing::error!(
                district = district.id.to_hex(),
                error = format!("{error:#}"),
                "no metrics of this district are sent"
            ),
        }
    }
    let sweeping = tokio::spawn(sweep(opened));
    while tasks.join_next().await.is_some() {}
    sweeping.abort();
}

/// Sends the metrics of a district again and again until `cancel`.
async fn report(opened: &Opened, district: &Followed, reporting: &Reporting, cancel: &Cancel) {
    let due = Due {
        spread: Duration::from_mins(u64::from(opened.folder.settings.schedule.spread_minutes)),
    };
    let id = district.id.to_hex();
    let mut known = BTreeSet::new();
    let heard = |heard: &Sent| {
        match heard {
            Ok(pushed) if pushed.state == PushState::Done => tracing::info!(
                district = id,
                students = pushed.students,
                acknowledged = pushed.acknowledged,
                updated = pushed.updated,
                "metrics sent"
            ),
            Ok(pushed) => tracing::warn!(
                district = id,
                state = pushed.state.text(),
                says = pushed.says,
                next_try = pushed.next_try.to_iso(),
                "metrics were not all sent"
            ),
            Err(error) => {
                tracing::warn!(district = id, %error, "sending metrics came to no end");
            }
        }
        notices(opened, district, &mut known);
    };
    let source = &district.tenant.source;
    let keeping = due.keep(
        &opened.sender,
        (source, district.number),
        reporting,
        cancel,
        heard,
    );
    Box::pin(keeping).await;
}

/// Lets go of what is past its time, once a day.
async fn sweep(opened: Arc<Opened>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        match opened.engine.collect(&Retention::default()).await {
            Ok(swept) => tracing::info!(mirrors = swept.mirrors, objects = swept.objects, "swept"),
            Err(error) => tracing::warn!(%error, "sweeping failed; tried again tomorrow"),
        }
    }
}

/// What came of a run, for the log: numbers and words, no personal data.
fn told(opened: &Opened, district: &Followed, heard: &Heard, known: &mut BTreeSet<i64>) {
    let id = district.id.to_hex();
    match (&heard.error, heard.state) {
        (Some(error), _) => tracing::warn!(
            district = id,
            error,
            "a sync came to no end; it is tried again"
        ),
        (None, Some(state)) => tracing::info!(
            district = id,
            run = heard.run,
            state = state.text(),
            "synced"
        ),
        (None, None) => {}
    }
    if let Err(error) = opened.keep_token(district) {
        tracing::warn!(district = id, %error, "a token that was replaced could not be kept");
    }
    notices(opened, district, known);
}

/// What people should know, told once as long as it lasts.
fn notices(opened: &Opened, district: &Followed, known: &mut BTreeSet<i64>) {
    let id = district.id.to_hex();
    let notices = opened
        .read()
        .and_then(|reading| Ok(reading.notices(district.number, false)?));
    for notice in notices
        .into_iter()
        .flatten()
        .filter(|notice| known.insert(notice.id))
    {
        let says = notice.detail.unwrap_or_default();
        if matches!(notice.code.as_str(), "no_success" | "goals_late") {
            tracing::error!(district = id, alarm = notice.code, "{says}");
        } else {
            tracing::warn!(district = id, notice = notice.code, "{says}");
        }
    }
}
