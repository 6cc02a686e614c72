//! Who stays: what leaving means, and being without a class or without a pick.

use homeroom_model::Role;
use serde::Deserialize;

/// What leaving means, per role (integration-side A6.4b).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// The account is blocked.
    Deactivate,
    /// Somebody is asked.
    QueueForReview,
    /// Nothing happens.
    Keep,
}

/// What leaving means for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Removal {
    /// Students.
    pub students: Leaving,
    /// Teachers.
    pub teachers: Leaving,
    /// Staff; `keep` is refused.
    pub staff: Leaving,
    /// District administrators; `keep` is refused.
    pub district_admins: Leaving,
    /// Contacts.
    pub contacts: Leaving,
}

impl Default for Removal {
    fn default() -> Self {
        Self {
            students: Leaving::Deactivate,
            teachers: Leaving::Deactivate,
            staff: Leaving::Deactivate,
            district_admins: Leaving::Deactivate,
            contacts: Leaving::Deactivate,
        }
    }
}

impl Removal {
    /// What leaving means for somebody with these roles: the strictest of them.
    pub(crate) fn of(self, roles: &[Role]) -> Leaving {
        let of = |role: &Role| match role {
            Role::Student => self.students,
            Role::Teacher => self.teachers,
            Role::Staff => self.staff,
            Role::DistrictAdmin => self.district_admins,
            Role::Contact => self.contacts,
        };
        let strictness = |leaving: &Leaving| match leaving {
            Leaving::Deactivate => 2,
            Leaving::QueueForReview => 1,
            Leaving::Keep => 0,
        };
        let strictest = roles.iter().map(of).max_by_key(strictness);
        strictest.unwrap_or(Leaving::Deactivate)
    }
}

/// What happens to somebody without a class (integration-side A6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum WithoutClass {
    /// An account like any other.
    #[default]
    Allow,
    /// An account, and a friendly message.
    CreateWithNotice,
    /// No account until there is a class.
    Skip,
}

/// What happens to people without classes, per role. Staff and administrators never have any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct WithoutClasses {
    /// Students.
    pub students: WithoutClass,
    /// Teachers.
    pub teachers: WithoutClass,
}

/// What happens to a class or a person that is new and that nobody picked or dropped (integration-side A5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Untold {
    /// It is taken.
    #[default]
    Take,
    /// It waits until somebody picks it.
    Stage,
}
