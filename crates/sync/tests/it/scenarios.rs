//! The scenarios of integration-side C, each under its number: a server, the engine, the app's database, and nothing else.

mod events;
mod first_contact;
mod holding;
mod leaving;
mod quality;
mod questions;
mod roles;
mod terms;
