//! The rows of integration-side A1 to A4 and A6 that no scenario reaches, each under its number: a server, the engine, the app's
//! database, and nothing else. docs/sync-coverage.md says which test stands for which row.

mod accounts;
mod applying;
mod coverage;
mod freshness;
mod guarding;
mod identity;
mod keeping;
mod people;
mod quality;
mod reading;
mod time;
mod timeline;
mod waiting;
