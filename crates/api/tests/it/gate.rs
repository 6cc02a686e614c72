//! A gate in front of the control store: while it is shut, calls fail, hang or panic.

use std::sync::Mutex;

use async_trait::async_trait;
use homeroom_store::StoreError;
use homeroom_store::suite::watched::Watch;

/// What a call meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// The store behind it.
    Open,
    /// An error, as from a full disk.
    Failing,
    /// Nothing, for ever.
    Hanging,
    /// Nothing, for ever, to one question by its name.
    Losing(&'static str),
    /// A bug.
    Panicking,
}

/// A gate that can be set.
pub(crate) struct Gated(Mutex<Gate>);

impl Gated {
    /// An open one.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Gate::Open))
    }

    pub(crate) fn set(&self, gate: Gate) {
        *self.0.lock().unwrap() = gate;
    }
}

#[async_trait]
impl Watch for Gated {
    async fn before(&self, call: &'static str) -> Result<(), StoreError> {
        let gate = *self.0.lock().unwrap();
        match gate {
            Gate::Open => Ok(()),
            Gate::Losing(lost) if lost != call => Ok(()),
            Gate::Failing => Err(StoreError::unavailable("the disk /srv/data is full")),
            Gate::Hanging | Gate::Losing(_) => std::future::pending().await,
            Gate::Panicking => panic!("a bug in the store"),
        }
    }
}
