//! `homeroom sync runs` and `homeroom sync findings`.

use std::collections::BTreeMap;

use clap::Args;
use homeroom_model::Timestamp;
use homeroom_roster::Run;
use homeroom_sync::RunReport;
use serde::Serialize;

use super::running::Call;
use crate::exit::Exit;
use crate::output;

/// List the runs, newest first
#[derive(Args)]
pub(super) struct Runs {
    /// At most so many of each district
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: u32,
    /// Everything that is known of one run
    #[arg(value_name = "RUN")]
    run: Option<i64>,
}

#[derive(Serialize)]
struct Listed {
    runs: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    run: i64,
    district: String,
    trigger: String,
    mode: String,
    state: &'static str,
    started: String,
    finished: Option<String>,
    plan: Option<String>,
    undoes: Option<i64>,
    report: RunReport,
}

impl Runs {
    /// Lists.
    pub(super) fn run(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let reading = call.opened.read()?;
        let mut runs = Vec::new();
        for district in &call.opened.districts {
            let mut found = match self.run {
                Some(run) => reading.run(run)?.into_iter().collect(),
                None => reading.runs(district.number, self.limit)?,
            };
            found.retain(|run| homeroom_roster::district_of(run.id) == district.number);
            runs.extend(found.into_iter().map(|run| row(&district.name, run)));
        }
        if let Some(run) = self.run {
            anyhow::ensure!(!runs.is_empty(), "there is no run {run}");
        }
        call.context.output.result(&Listed { runs }, |listed| {
            match (self.run, listed.runs.first()) {
                (Some(_), Some(row)) => one(row),
                _ => table(&listed.runs),
            }
        })?;
        Ok(Exit::Done)
    }
}

/// How a run read: one that was to follow events may have read everything.
pub(super) fn mode(run: &Run, report: &RunReport) -> String {
    if run.mode == "events" && !report.collections.is_empty() {
        return "full".to_owned();
    }
    run.mode.clone()
}

fn row(district: &str, run: Run) -> Row {
    let report = run
        .report
        .as_deref()
        .map(RunReport::from_text)
        .unwrap_or_default();
    Row {
        run: run.id,
        district: district.to_owned(),
        mode: mode(&run, &report),
        trigger: run.trigger,
        state: run.state.text(),
        started: run.started.to_iso(),
        finished: run.finished.map(Timestamp::to_iso),
        plan: run.plan,
        undoes: run.undoes,
        report,
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let undoes = row
                .undoes
                .map_or_else(String::new, |run| format!("undoes {run}"));
            [
                row.run.to_string(),
                row.district.clone(),
                row.started.clone(),
                row.trigger.clone(),
                row.mode.clone(),
                row.state.replace('_', " "),
                row.report.done.to_string(),
                undoes,
            ]
        })
        .collect();
    let rows: Vec<[&str; 8]> = rows
        .iter()
        .map(|row| row.each_ref().map(String::as_str))
        .collect();
    output::table(
        [
            "run", "district", "started", "by", "read", "ended", "actions", "",
        ],
        &rows,
        "nothing ran yet",
    )
}

/// Everything about a run.
fn one(row: &Row) -> String {
    let report = &row.report;
    let mut text = format!(
        "Run {} of {}: {}\n  \
         started   {}, by {}\n  \
         finished  {}\n  \
         read      {}: {} requests, {} tries again, {} bytes, {} ms waited, {} events\n  \
         applied   {} actions, {} held alone, {} set aside",
        row.run,
        row.district,
        row.state.replace('_', " "),
        row.started,
        row.trigger,
        row.finished.as_deref().unwrap_or("not yet"),
        row.mode,
        report.requests,
        report.retries,
        report.bytes,
        report.waited,
        report.events,
        report.done,
        report.held,
        report.set_aside.len()
    );
    for collected in &report.collections {
        let whole = collected.partial.as_deref().unwrap_or("complete");
        text = format!(
            "{text}\n    {}: {} records in {} pages, {} bytes, {} requests, {whole}",
            collected.name, collected.records, collected.pages, collected.bytes, collected.requests
        );
    }
    let counts = |what: &str, counts: &BTreeMap<String, u64>| {
        let told: Vec<_> = counts
            .iter()
            .map(|(name, number)| format!("{name} {number}"))
            .collect();
        if told.is_empty() {
            String::new()
        } else {
            format!("\n  {what}  {}", told.join(", "))
        }
    };
    text.push_str(&counts("not known", &report.strange));
    text.push_str(&counts("dropped  ", &report.dropped));
    for misread in &report.misread {
        text = format!("{text}\n  misread   {misread}");
    }
    if report.ignored > 0 {
        text = format!(
            "{text}\n  ignored   {} ids that records name and the source does not share",
            report.ignored
        );
    }
    for aside in &report.set_aside {
        text = format!("{text}\n  set aside {aside}");
    }
    if let Some(error) = &report.error {
        text = format!("{text}\n  failed    {error}");
    }
    text
}
