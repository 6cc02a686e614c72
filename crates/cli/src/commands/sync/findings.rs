//! `homeroom sync findings`: what a district can repair.

use clap::Args;
use homeroom_model::Timestamp;
use serde::Serialize;

use super::running::Call;
use super::scorecard;
use crate::exit::Exit;
use crate::output;

/// List what is wrong with records: what a district can repair
///
/// One row per record, field and rule, however often it was met. Values are not shown.
#[derive(Args)]
pub(super) struct Findings {
    /// Those that were repaired, too
    #[arg(long)]
    closed: bool,
    /// As CSV, to be sent to the district
    #[arg(long)]
    csv: bool,
    /// How good the data of each school is, and what repairing would gain
    #[arg(long, conflicts_with_all = ["closed", "csv"])]
    scorecard: bool,
}

#[derive(Serialize)]
struct Listed {
    findings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    district: String,
    kind: String,
    id: String,
    field: String,
    code: String,
    reaction: String,
    first_seen: String,
    last_seen: String,
    closed: Option<String>,
}

impl Findings {
    /// Lists.
    pub(super) async fn run(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        if self.scorecard {
            return scorecard::run(call).await;
        }
        let reading = call.opened.read()?;
        let iso = |millis: i64| Timestamp::from_millis(millis).to_iso();
        let mut findings = Vec::new();
        for district in &call.opened.districts {
            let found = reading.findings(district.number, self.closed)?;
            findings.extend(found.into_iter().map(|finding| Row {
                district: district.name.clone(),
                kind: finding.kind,
                id: finding.source_id,
                field: finding.field,
                code: finding.code,
                reaction: finding.reaction,
                first_seen: iso(finding.seen.0),
                last_seen: iso(finding.seen.1),
                closed: finding.closed.map(iso),
            }));
        }
        let listed = Listed { findings };
        if self.csv {
            let csv = csv(&listed.findings)?;
            call.context
                .output
                .result(&serde_json::json!({ "csv": csv }), |_| csv.clone())?;
        } else {
            call.context
                .output
                .result(&listed, |listed| table(&listed.findings))?;
        }
        Ok(Exit::Done)
    }
}

fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            [
                row.kind.as_str(),
                &row.id,
                &row.field,
                &row.code,
                &row.reaction,
                &row.first_seen,
                row.closed.as_deref().unwrap_or("open"),
            ]
        })
        .collect();
    output::table(
        [
            "kind",
            "record",
            "field",
            "what is wrong",
            "what was done",
            "since",
            "repaired",
        ],
        &rows,
        "nothing is wrong with any record",
    )
}
