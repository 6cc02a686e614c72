//! What one token sees in one version, as far as it has to be remembered.

use std::collections::BTreeSet;

use axum::http::HeaderMap;
use homeroom_model::ObjectId;
use homeroom_wire::Request;
use serde_json::Value;

use crate::fault::Fault;
use crate::index::Index;
use crate::journal::Journal;
use crate::names::Names;
use crate::source::{Source, Unreadable};

/// The header by which this product says what it answered from; other servers say it by `last_sync` alone.
const SNAPSHOT: &str = "homeroom-snapshot";

/// What is remembered.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) index: Index,
    pub(crate) journal: Journal,
    /// What the source said of its freshness when the index was read.
    fresh: Option<(Value, String)>,
    /// Requests for data so far.
    pub(crate) read: u64,
    /// Cursors that were refused.
    pub(crate) refused: BTreeSet<ObjectId>,
}

impl World {
    /// Reads the source ahead if that is needed and it has moved since.
    pub(crate) async fn refresh(
        &mut self,
        names: &Names<'_>,
        source: &Source<'_>,
        asked: &Request,
    ) -> Result<(), Unreadable> {
        let moves = [Fault::DeletedMidRead, Fault::AddedMidRead];
        let moves = moves
            .iter()
            .any(|fault| names.settings.faults.contains_key(fault));
        if !names.any() && !moves {
            return Ok(());
        }
        let districts = format!("/{}/districts", asked.version.name);
        let (body, headers) = source.get(&districts).await?.data()?;
        let now = (body, snapshot(&headers));
        if self.fresh.as_ref() != Some(&now) {
            self.index.read(names, source, asked).await?;
            self.fresh = Some(now);
        }
        Ok(())
    }
}

fn snapshot(headers: &HeaderMap) -> String {
    let value = headers.get(SNAPSHOT).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}
