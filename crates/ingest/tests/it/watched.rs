//! Lets others in right before a call of the control store.

use std::sync::Mutex;

use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use homeroom_store::StoreError;
pub(crate) use homeroom_store::suite::watched::{Watch, Watched};

type Act = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// Does something once, right before the first call of a name.
pub(crate) struct Before {
    call: &'static str,
    act: Mutex<Option<Act>>,
}

impl Before {
    pub(crate) fn new<F: Future<Output = ()> + Send + 'static>(
        call: &'static str,
        act: impl FnOnce() -> F + Send + 'static,
    ) -> Self {
        let act: Act = Box::new(move || act().boxed());
        Self {
            call,
            act: Mutex::new(Some(act)),
        }
    }
}

#[async_trait]
impl Watch for Before {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let act = (call == self.call)
            .then(|| self.act.lock().unwrap().take())
            .flatten();
        if let Some(act) = act {
            act().await;
        }
        Ok(())
    }
}
