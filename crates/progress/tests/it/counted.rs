//! What the control store is asked, counted.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use homeroom_store::StoreError;
use homeroom_store::suite::watched::Watch;

/// How often each question was asked, by its name.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<BTreeMap<&'static str, u32>>);

impl Counted {
    /// What was asked since it was looked at last.
    pub(crate) fn take(&self) -> BTreeMap<&'static str, u32> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Watch for Counted {
    async fn before(&self, question: &'static str) -> Result<(), StoreError> {
        *self.0.lock().unwrap().entry(question).or_default() += 1;
        Ok(())
    }
}
