//! Which district a command is about.

use anyhow::Context as _;
use clap::Args;
use homeroom_model::ObjectId;
use homeroom_store::{DistrictRecord, Districts as _};

use crate::context::{Installation, quoted};

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

    /// The flag that names the district again in a command to be copied, with a blank before it; nothing where none was named.
    pub(crate) fn flag(&self) -> String {
        let named = self.district.as_deref();
        named.map_or_else(String::new, |named| {
            format!(" --district {}", quoted(named))
        })
    }

    /// Its id.
    pub(crate) async fn id(&self, installation: &Installation) -> anyhow::Result<ObjectId> {
        Ok(self.record(installation).await?.document.id)
    }
}
