//! A control store that fails once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use homeroom_store::StoreError;

use super::ON_PURPOSE;
use crate::watched::Watch;

/// Makes the `at`-th call fail, before or after it was done.
pub(crate) struct Refusing {
    at: u64,
    done: bool,
    seen: AtomicU64,
    failed: Failed,
}

/// Which call failed.
#[derive(Clone, Default)]
pub(crate) struct Failed(Arc<Mutex<Option<&'static str>>>);

impl Failed {
    pub(crate) fn call(&self) -> Option<&'static str> {
        *self.0.lock().unwrap()
    }
}

impl Refusing {
    pub(crate) fn new(at: u64, done: bool) -> (Self, Failed) {
        let failed = Failed::default();
        let refusing = Self {
            at,
            done,
            seen: AtomicU64::new(0),
            failed: failed.clone(),
        };
        (refusing, failed)
    }

    fn fail(&self, call: &'static str) -> StoreError {
        *self.failed.0.lock().unwrap() = Some(call);
        StoreError::unavailable(ON_PURPOSE)
    }
}

#[async_trait]
impl Watch for Refusing {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let now = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if now == self.at && !self.done {
            return Err(self.fail(call));
        }
        Ok(())
    }

    async fn after(&self, call: &'static str) -> Result<(), StoreError> {
        if self.seen.load(Ordering::SeqCst) == self.at && self.done {
            return Err(self.fail(call));
        }
        Ok(())
    }
}
