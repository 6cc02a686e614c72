//! Resources: learning material attached to courses (content mapping).

use crate::{ResourceRole, Text};

/// A resource (clever-api 3.10, district-side 2.8). Key: `resource_id`.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Resource<'a> {
    /// The district's id of the resource.
    pub resource_id: Text<'a>,
    /// Title.
    pub title: Text<'a>,
    /// Whom it is for, ascending, each once.
    pub roles: Vec<ResourceRole>,
}
