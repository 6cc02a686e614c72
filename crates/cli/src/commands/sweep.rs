//! `homeroom sweep`.

use clap::Args;

use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Collect what nothing needs any more: leftovers of crashes, snapshots past their retention
///
/// The server does this by itself once a day. What is found is condemned first and deleted when the grace is over.
#[derive(Args)]
pub(crate) struct Sweep {
    /// Hours between condemning and deleting
    #[arg(long, default_value_t = 24, value_name = "HOURS")]
    grace: u32,
}

impl Sweep {
    /// Sweeps.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let swept = block_on(installation.ingest().sweep(self.grace))??;
        context.output.result(&swept, |swept| {
            format!(
                "{} objects condemned, {} deleted, {} temporary files removed, {} snapshots thinned, {} forgotten",
                swept.condemned, swept.deleted, swept.leftovers, swept.thinned, swept.forgotten
            )
        })?;
        Ok(Exit::Done)
    }
}
