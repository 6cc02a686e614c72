//! One run per district at a time.

use std::sync::Arc;
use std::time::Duration;

use homeroom_model::ObjectId;
use homeroom_store::{LeaseAnswer, LeaseRequest, Store};
use tokio::task::JoinHandle;

use crate::Ingest;
use crate::error::IngestError;

/// How long a lease lasts without being renewed, and how often it is renewed.
const TTL: Duration = Duration::from_mins(5);
const RENEW: Duration = Duration::from_mins(1);

/// A district's lease, renewed in the background until it is given back.
pub(crate) struct Leased {
    store: Arc<dyn Store>,
    district: ObjectId,
    /// What a publish carries: it is refused once somebody else took the district over.
    pub(crate) fence: u64,
    renewing: JoinHandle<()>,
}

impl Ingest {
    /// Takes the lease of a district; a holder that certainly does not run any more is overtaken at once.
    pub(crate) async fn lease(&self, district: ObjectId) -> Result<Leased, IngestError> {
        let mut over = None;
        // A second attempt overtakes a dead holder; a third is for one that died and was replaced in between.
        for _ in 0..3 {
            let request = LeaseRequest {
                district,
                holder: self.surroundings.holder.clone(),
                now: self.surroundings.now(),
                ttl: TTL,
                over,
            };
            match self.store.lease(request).await? {
                LeaseAnswer::Granted(lease) => return Ok(self.renewed(district, lease.fence)),
                LeaseAnswer::Held(other) if (self.surroundings.is_gone)(&other.holder) => {
                    over = Some(other.fence);
                }
                LeaseAnswer::Held(other) => {
                    return Err(IngestError::Busy {
                        holder: other.holder,
                    });
                }
            }
        }
        Err(IngestError::Busy {
            holder: String::new(),
        })
    }

    fn renewed(&self, district: ObjectId, fence: u64) -> Leased {
        let (store, now) = (Arc::clone(&self.store), Arc::clone(&self.surroundings.now));
        let renewing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                match store.renew_lease(district, fence, now(), TTL).await {
                    Ok(Some(_)) => {}
                    Ok(None) => return,
                    Err(error) => {
                        tracing::warn!(%district, %error, "a lease could not be renewed; tried again soon");
                    }
                }
            }
        });
        Leased {
            store: Arc::clone(&self.store),
            district,
            fence,
            renewing,
        }
    }
}

impl Leased {
    /// Gives the lease back. Failing to is no harm: it runs out, and a dead holder is overtaken.
    pub(crate) async fn release(self) {
        self.renewing.abort();
        if let Err(error) = self.store.release_lease(self.district, self.fence).await {
            tracing::warn!(district = %self.district, %error, "a lease could not be given back; it will run out");
        }
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}
