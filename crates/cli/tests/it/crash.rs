//! Imports that are killed at random moments, and programs that lose their power at any operation.
//!
//! Whatever happens: the old or the new snapshot is served, to the last byte; the next import succeeds; what nobody names
//! is collected; no id ever stands for two records.

mod killed;
#[cfg(target_os = "linux")]
mod unsynced;
