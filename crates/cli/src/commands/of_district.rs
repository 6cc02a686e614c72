//! Which district a command is about.

use anyhow::Context as _;
use clap::Args;
use homeroom_model::ObjectId;
use homeroom_store::{DistrictRecord, Districts as _};

use crate::context::Installation;

/// The district of a command.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct OfDistrict {
    /// The district's id or name [default: the only district there is]
    #[arg(long, value_name = "DISTRICT")]
    district: Option<String>,
}

impl OfDistrict {
    /// The district that was named, or the only one.
    pub(crate) async fn record(
        &self,
        installation: &Installation,
    ) -> anyhow::Result<DistrictRecord> {
        if let Some(named) = &self.district {
            return installation.district(named).await;
        }
        let mut records = installation.store.all_districts().await?;
        let only = records
            .pop()
            .with_context(|| "there is no district yet; `homeroom district add NAME` adds one")?;
        anyhow::ensure!(
            records.is_empty(),
            "there are several districts; say which one with --district (`homeroom district list` shows them)"
        );
        Ok(only)
    }

    /// Its id.
    pub(crate) async fn id(&self, installation: &Installation) -> anyhow::Result<ObjectId> {
        Ok(self.record(installation).await?.document.id)
    }
}
