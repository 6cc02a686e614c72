//! What is told of contacts, before they are taken over and for as long as it is so (integration-side A6.12).

use homeroom_model::Timestamp;
use homeroom_plan::{Plan, Policy};
use homeroom_roster::{Roster, RosterError};

use super::notices;

/// The codes of what is found, which are those of the notices too.
const MANY: &str = "many_contacts";
const TYPE: &str = "contact_type";

/// What a plan found of contacts, in numbers.
#[derive(Clone, Copy)]
pub(crate) struct Contacts {
    /// Students with as many contacts as the policy wants to be told of.
    students: usize,
    /// Relationships of types that it wants to be told of.
    ties: usize,
}

impl Contacts {
    pub(crate) fn of(plan: &Plan) -> Self {
        let found = |code: &str| {
            let findings = plan.findings().iter();
            findings.filter(|finding| finding.code == code).count()
        };
        Self {
            students: found(MANY),
            ties: found(TYPE),
        }
    }

    /// Raises the notices, or settles those that are over.
    pub(crate) fn tell(
        self,
        roster: &dyn Roster,
        district: i64,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<(), RosterError> {
        let many = format!(
            "students with {} contacts or more: {}; look at them before contacts are written to",
            policy.contacts.many, self.students
        );
        let types: Vec<_> = policy.contacts.types.iter().map(String::as_str).collect();
        let types = format!(
            "relationships of type {}: {}; such contacts may not expect to be written to",
            types.join(", "),
            self.ties
        );
        for (code, number, detail) in [(MANY, self.students, many), (TYPE, self.ties, types)] {
            if number > 0 {
                notices::raise(roster, (district, code, ""), &detail, at)?;
            } else {
                roster.settle_notice(district, code, "", at)?;
            }
        }
        Ok(())
    }
}
