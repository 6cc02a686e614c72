//! One file per subcommand.

pub(crate) mod app;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod district;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod man;
pub(crate) mod people;
pub(crate) mod serve;
pub(crate) mod sweep;
