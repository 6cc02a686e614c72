//! What an app may see of a district.
//!
//! A view is a pure function of the snapshot and of what the district shares. Rules and grants come later; until then
//! every connection sees everything that is published.

mod everything;

pub use everything::everything;
