//! Demands of one district, coalesced (integration-side A1.9, B12): whoever asks while a run is going on gets the one that
//! follows it, together with everybody else who asked meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use homeroom_client::Cancel;
use homeroom_roster::RunState;
use tokio::sync::watch;

use super::error::SyncError;
use super::order::{Extent, Order};
use super::run::Ran;
use super::watch::Watch;
use super::{Engine, Tenant};

/// What everybody who asked for the same run is told.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The run; nothing if none could be begun.
    pub run: Option<i64>,
    /// How it ended; nothing if it came to no end.
    pub state: Option<RunState>,
    /// Why it came to no end.
    pub error: Option<String>,
}

/// Where a demand stands.
#[derive(Clone, Debug)]
enum Place {
    Queued,
    Running,
    Done(Heard),
}

type Key = (i64, Extent);

/// Runs on demand, each once for all who wait for it.
#[derive(Clone, Default)]
pub struct Queue(Arc<Mutex<HashMap<Key, watch::Sender<Place>>>>);

impl Queue {
    /// Runs an order, or joins one of the same extent that has not begun to read. A demand about less than the district
    /// joins a queued run of the whole district too.
    pub async fn run(
        &self,
        engine: &Engine,
        tenant: &Tenant,
        order: &Order,
        cancel: &Cancel,
        watch: &dyn Watch,
    ) -> Heard {
        if let Some(waiting) = self.join(tenant.district, order.extent) {
            return heard(waiting).await;
        }
        let key = (tenant.district, order.extent);
        let (sender, _) = watch::channel(Place::Queued);
        self.lock().insert(key, sender.clone());
        let starts = Starting {
            queue: self,
            key,
            watch,
        };
        let ran = engine.run(tenant, order, cancel, &starts).await;
        self.begun(key);
        let told = tell(&ran);
        sender.send_replace(Place::Done(told.clone()));
        told
    }

    /// A run that is queued and will read what is wanted.
    fn join(&self, district: i64, extent: Extent) -> Option<watch::Receiver<Place>> {
        let queue = self.lock();
        let wide = queue.get(&(district, Extent::District));
        let found = queue.get(&(district, extent)).or(wide)?;
        let waits = matches!(*found.borrow(), Place::Queued);
        waits.then(|| found.subscribe())
    }

    /// A run began to read: whoever comes now needs the next one.
    fn begun(&self, key: Key) {
        if let Some(sender) = self.lock().remove(&key) {
            sender.send_replace(Place::Running);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, watch::Sender<Place>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn heard(mut waiting: watch::Receiver<Place>) -> Heard {
    let done = waiting
        .wait_for(|place| matches!(place, Place::Done(_)))
        .await;
    match done.as_deref() {
        Ok(Place::Done(heard)) => heard.clone(),
        _ => Heard {
            run: None,
            state: None,
            error: Some(SyncError::Interrupted.to_string()),
        },
    }
}

fn tell(ran: &Result<Ran, SyncError>) -> Heard {
    match ran {
        Ok(ran) => Heard {
            run: Some(ran.run),
            state: Some(ran.state),
            error: None,
        },
        Err(error) => Heard {
            run: None,
            state: None,
            error: Some(error.to_string()),
        },
    }
}

/// Sees when a run begins to read.
struct Starting<'a> {
    queue: &'a Queue,
    key: Key,
    watch: &'a dyn Watch,
}

impl Watch for Starting<'_> {
    fn stage(&self, stage: super::watch::Stage, done: u64, of: Option<u64>) {
        if stage != super::watch::Stage::Waiting {
            self.queue.begun(self.key);
        }
        self.watch.stage(stage, done, of);
    }
}
