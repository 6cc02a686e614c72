//! The runs of a district as a table.

use homeroom_store::Run;
use serde::Serialize;

use crate::context::Context;
use crate::output;

#[derive(Serialize)]
struct Listed {
    runs: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    run: String,
    started: String,
    finished: Option<String>,
    state: &'static str,
    stage: String,
    source: String,
    actor: String,
    snapshot: Option<u64>,
}

/// Prints them.
pub(super) fn print(context: &Context, runs: Vec<Run>) -> anyhow::Result<()> {
    let listed = Listed {
        runs: runs.into_iter().map(row).collect(),
    };
    context.output.result(&listed, |listed| table(&listed.runs))
}

fn row(run: Run) -> Row {
    Row {
        run: run.id.to_hex(),
        started: run.started.to_iso(),
        finished: run.finished.map(homeroom_model::Timestamp::to_iso),
        state: run.state.as_str(),
        stage: run.stage,
        source: run.source,
        actor: run.actor,
        snapshot: run.snapshot,
    }
}

fn table(rows: &[Row]) -> String {
    let numbers: Vec<_> = rows
        .iter()
        .map(|row| {
            row.snapshot
                .map_or_else(String::new, |number| number.to_string())
        })
        .collect();
    // What still runs says how far it is.
    let states: Vec<_> = rows
        .iter()
        .map(|row| match row.finished {
            None if !row.stage.is_empty() => format!("{}: {}", row.state, row.stage),
            _ => row.state.to_owned(),
        })
        .collect();
    let lines: Vec<_> = rows
        .iter()
        .zip(&numbers)
        .zip(&states)
        .map(|((row, number), state)| {
            [
                row.run.as_str(),
                &row.started,
                state,
                number,
                &row.source,
                &row.actor,
            ]
        })
        .collect();
    output::table(
        ["run", "started", "state", "snapshot", "what", "who"],
        &lines,
        "there has been no run yet; `homeroom import FOLDER` makes the first",
    )
}
