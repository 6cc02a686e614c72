//! The report and the plan of a run.

use std::io::Read as _;

use anyhow::Context as _;
use homeroom_ingest::{Ingest, Report};
use homeroom_store::{Run, RunState, Runs as _};

use super::left;
use crate::context::{Context, Installation};

/// Prints the report of a run.
pub(super) async fn report(
    context: &Context,
    installation: &Installation,
    run: &Run,
    problems: usize,
) -> anyhow::Result<()> {
    let text = installation.store.report(run.district, run.id).await?;
    let report = text.as_deref().and_then(Report::from_text);
    let report = report.with_context(|| match run.state {
        RunState::Running => format!("run {} has no report yet: it is at {}", run.id, run.stage),
        _ => format!(
            "run {} has no report: it was cut short ({})",
            run.id,
            run.state.as_str()
        ),
    })?;
    context.output.result(&report, |report| {
        format!(
            "Run {} of {}, {}, by {}.\n{}",
            run.id,
            run.started.to_iso(),
            run.source,
            run.actor,
            report.text(problems)
        )
    })
}

/// Prints the plan of a run.
pub(super) async fn plan(context: &Context, ingest: &Ingest, run: &Run) -> anyhow::Result<()> {
    let mut text = String::new();
    left(ingest, run, "plan")
        .await?
        .read_to_string(&mut text)
        .context("the plan could not be read")?;
    let plan: serde_json::Value = serde_json::from_str(&text)?;
    context.output.result(&plan, super::super::plan::text)
}
