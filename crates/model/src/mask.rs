//! Which fields and roles an app may see.

use crate::{Field, FieldSet, Role, RoleSet};

/// What a view leaves out of the records it shows: fields and whole roles (layout idea 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Roles that appear; a role outside is in no list and in no document.
    pub roles: RoleSet,
    /// Fields left out.
    pub hidden: FieldSet,
    /// Sensitive fields that both sides switched on for versions whose schema does not list them: `frl_status`,
    /// `iep_status` and `home_language` in version 3.0 (clever-api 3.9).
    pub opted_in: FieldSet,
}

impl Mask {
    /// Every role, and every field that the schema of the version lists; no unpublished extras.
    pub const EVERYTHING: Self = Self {
        roles: RoleSet::ALL,
        hidden: FieldSet::NONE,
        opted_in: FieldSet::NONE,
    };

    /// Whether the field appears.
    pub const fn shows(&self, field: Field) -> bool {
        !self.hidden.contains(field)
    }

    /// Whether the role appears.
    pub const fn shows_role(&self, role: Role) -> bool {
        self.roles.contains(role)
    }
}
