//! Settings of the installation and a few numbers about it.

use async_trait::async_trait;

use crate::StoreError;

/// How much there is, for metrics and `doctor`-like reports. Cheap: none of these grows with rosters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Districts.
    pub districts: u64,
    /// Apps.
    pub apps: u64,
    /// Connections of apps with districts.
    pub connections: u64,
    /// Snapshots kept.
    pub snapshots: u64,
    /// Runs that have started and not ended.
    pub open_runs: u64,
    /// Objects condemned and not yet forgotten.
    pub condemned: u64,
}

/// Small strings by key, and the store about itself.
#[async_trait]
pub trait Settings: Send + Sync {
    /// Number of the stored form, from 1 up, the adapter's own; a program refuses to open a higher one than it knows.
    async fn format(&self) -> Result<u32, StoreError>;

    /// The value of a setting.
    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// The value of a setting, which becomes `value` if there was none: get or create in one step.
    ///
    /// Refused as `Invalid` over [`crate::limits::TEXT`] (key) or [`crate::limits::SETTING`] (value), whether or not it exists.
    async fn setting_or(&self, key: &str, value: &str) -> Result<String, StoreError>;

    /// Sets a value. The same limits as [`Settings::setting_or`].
    async fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreError>;

    /// How much there is.
    async fn counts(&self) -> Result<Counts, StoreError>;
}
