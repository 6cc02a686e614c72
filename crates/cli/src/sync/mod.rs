//! The folder of an app's sync: what is followed, by which policy, with which secrets, into which database.

pub(crate) mod discover;
pub(crate) mod edit;
pub(crate) mod folder;
pub(crate) mod goals;
pub(crate) mod opened;
pub(crate) mod settings;
pub(crate) mod vault;
