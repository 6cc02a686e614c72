//! `homeroom audit`.

use clap::Args;
use homeroom_store::{Audit as _, AuditEntry};
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::output;

/// Show who decided what: approvals, undone publishes, pauses, settings; newest first
#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    district: OfDistrict,
    /// At most so many entries
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
}

#[derive(Serialize)]
struct Listed {
    entries: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    at: String,
    actor: String,
    action: String,
    detail: String,
}

impl Audit {
    /// Lists the entries.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let entries = block_on(async {
            let district = self.district.id(&installation).await?;
            let entries = installation
                .store
                .audit(Some(district), None, self.limit)
                .await?;
            anyhow::Ok(entries)
        })??;
        let listed = Listed {
            entries: entries.into_iter().map(row).collect(),
        };
        context.output.result(&listed, |listed| {
            let rows: Vec<_> = listed
                .entries
                .iter()
                .map(|row| [row.at.as_str(), &row.actor, &row.action, &row.detail])
                .collect();
            output::table(
                ["when", "who", "what", "detail"],
                &rows,
                "nothing has been decided by a person yet",
            )
        })?;
        Ok(Exit::Done)
    }
}

fn row(entry: AuditEntry) -> Row {
    Row {
        at: entry.at.to_iso(),
        actor: entry.actor,
        action: entry.action,
        detail: entry.detail,
    }
}
