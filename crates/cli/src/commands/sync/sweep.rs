//! `homeroom sync sweep`: what is past its time goes.

use homeroom_sync::Retention;
use serde::Serialize;

use super::running::Call;
use crate::exit::Exit;

#[derive(Serialize)]
struct Swept {
    mirrors: u64,
    plans: u64,
    objects: u64,
    bytes: u64,
    /// Districts that were being written, and left alone.
    busy: u64,
}

/// Lets go.
pub(super) async fn run(call: &Call<'_>) -> anyhow::Result<Exit> {
    let collected = call.opened.engine.collect(&Retention::default()).await?;
    let swept = Swept {
        mirrors: collected.mirrors,
        plans: collected.plans,
        objects: collected.objects,
        bytes: collected.bytes,
        busy: collected.busy,
    };
    call.context.output.result(&swept, |swept| {
        let busy = if swept.busy > 0 {
            "; a district was being synced: sweep again later"
        } else {
            ""
        };
        format!(
            "{} mirrors and the lines of {} plans let go, {} objects deleted ({} bytes){busy}",
            swept.mirrors, swept.plans, swept.objects, swept.bytes
        )
    })?;
    Ok(Exit::Done)
}
