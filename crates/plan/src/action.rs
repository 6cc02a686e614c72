//! One thing to do to the app's roster (integration-side B3).

use std::fmt;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_segment::Hash;

use crate::asked::About;
use crate::known::{Local, Origin};
use crate::made::is_made;
use crate::policy::{Key, Powers};
use crate::reason::Reason;

/// One thing to do, what it is done to, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// The kind of record.
    pub kind: Kind,
    /// The source id of the record it is about; `None` for one the source never named.
    pub source: Option<ObjectId>,
    /// The entity it is done to; `None` for one that is to be created.
    pub local: Option<Local>,
    /// What is done.
    pub op: Op,
    /// Why.
    pub reason: Reason,
    /// The line of the policy that allowed it.
    pub line: &'static str,
    /// Digest to keep with the entity's link when this is done: of its values, or for enrolments of its members, and after a change of id what was
    /// kept before; zeros where
    /// nothing is to be kept.
    pub applied: Hash,
    /// Whether a guard holds just this action; the others of the plan may go on (integration-side B9, S14).
    pub held: bool,
}

impl Action {
    /// Whether it is about something that the app has and the source never named.
    pub(crate) fn is_made(&self) -> bool {
        self.source.is_some_and(|source| is_made(&source))
    }
}

/// What a profile is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A class.
    Section(ObjectId),
    /// A school.
    School(ObjectId),
    /// A role.
    Role(Role),
}

/// What is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Op {
    /// Makes an entity with the values of a row of the mirror.
    Create {
        /// The row.
        row: u32,
        /// Values that are not as the source says.
        adjusted: Vec<Adjusted>,
        /// Whether an account that may be the same person waits for a decision (integration-side A3.10).
        provisional: bool,
    },
    /// Gives an account of the app a source id and the values of a row.
    Link {
        /// The row.
        row: u32,
        /// The rung that found it.
        rung: Key,
        /// Values that are not as the source says.
        adjusted: Vec<Adjusted>,
    },
    /// Gives an entity another source id; the old one stays as an alias.
    Rekey {
        /// The id it had.
        from: ObjectId,
    },
    /// Proposes that a record belongs to one of these accounts.
    Suggest {
        /// What is proposed of the record and the account: `link`, `reconnect` or `merge`.
        about: About,
        /// The accounts, ascending.
        to: Vec<Local>,
        /// The rung that found them.
        rung: Key,
        /// What it rests on: a fingerprint of the value that both have.
        evidence: String,
    },
    /// Says that accounts contradict each other; nothing is written to any.
    Conflict {
        /// The accounts, ascending.
        between: Vec<Local>,
        /// The rung that found them.
        rung: Key,
        /// The field that is disputed; blank if it is who somebody is.
        field: &'static str,
    },
    /// Proposes that two accounts are one person.
    ProposeMerge {
        /// The account that would go on; `None` if it comes with this plan.
        into: Option<Local>,
        /// The record that it is known by, if that is there.
        beside: Option<ObjectId>,
        /// Whether the source goes on sending both records.
        joint: bool,
        /// What it rests on: a fingerprint of the value that both have.
        evidence: String,
    },
    /// Makes two accounts one; the action's own account goes on. Source ids, memberships and ties go over, work is followed.
    Merge {
        /// The account that is given up.
        from: Local,
        /// Whether the source goes on sending both records.
        joint: bool,
    },
    /// Takes a merge apart: the account stands for itself again, with the ids it brought in.
    Unmerge {
        /// The account that was given up.
        from: Local,
    },
    /// An id leaves the action's account and gets one of its own, without history.
    Split {
        /// The row of its record.
        row: u32,
        /// Values that are not as the source says.
        adjusted: Vec<Adjusted>,
    },
    /// Gives a class what the app keeps of an archived one: display name, settings, sub-groups with those who are in it.
    CarryOver {
        /// The archived class.
        from: Local,
    },
    /// Says of a term that is gone that this one came in its place.
    Succeed {
        /// The term that is gone.
        from: Local,
    },
    /// Keeps another digest and nothing else: the policy looks at other fields than before, and none of them differs.
    Refresh,
    /// The same for a section's people: two records of the source are one account now, for example.
    RefreshMembers,
    /// Changes fields.
    Update {
        /// What changes, in the order of the policy's fields.
        changes: Vec<Change>,
    },
    /// Gives a person a role.
    GrantRole {
        /// The role.
        role: Role,
    },
    /// Takes a role from a person.
    RevokeRole {
        /// The role.
        role: Role,
    },
    /// Blocks a person: work and groups stay (integration-side B7).
    Deactivate,
    /// Asks somebody whether a person should be blocked.
    Review,
    /// Gives a person back what was blocked.
    Reactivate,
    /// Puts a class, school, term, course or tie away; it stays readable.
    Archive,
    /// Takes it out again.
    Restore,
    /// Keeps the last good values of a record that became invalid.
    Quarantine,
    /// Ends that.
    Release,
    /// Puts people into a section.
    Enrol {
        /// Who, teachers first in their order, then students by source id.
        members: Vec<Place>,
    },
    /// Takes people out of a section; their membership ends, it is not erased.
    Unenrol {
        /// Who, ascending.
        members: Vec<Seat>,
    },
    /// Offers to move what the app keeps of an archived class, or to put one term or course into the place of another.
    Offer {
        /// What it would follow.
        from: Local,
    },
    /// Makes a school's copy of a course, which has an id that the source never gave ([`crate::is_made`], integration-side A6.8).
    Copy {
        /// The course's row.
        row: u32,
        /// The school.
        school: ObjectId,
        /// Values that are not as the source says.
        adjusted: Vec<Adjusted>,
    },
    /// Makes a class that the source does not have: everybody of a grade in a school (integration-side A6.1).
    MakeClass {
        /// The school.
        school: ObjectId,
        /// What it is called.
        name: String,
        /// The grade, blank for people without one.
        grade: String,
    },
    /// Gives a person a profile (integration-side A3.9, A6.1, A6.3).
    OpenProfile {
        /// What it is for.
        ground: Ground,
    },
    /// Gives a person a profile back.
    ReopenProfile {
        /// What it is for.
        ground: Ground,
        /// The profile.
        profile: Local,
    },
    /// Ends a profile; it stays readable.
    CloseProfile {
        /// What it is for.
        ground: Ground,
        /// The profile.
        profile: Local,
    },
    /// Says of people who stay in a section that they are there with a profile that begins with this plan.
    Reseat {
        /// Who.
        members: Vec<Place>,
    },
    /// Tells somebody who has an account and no class that it is so, or no longer (integration-side A6.2).
    Tell {
        /// Whether it is over.
        over: bool,
    },
    /// Notes what the source says now of fields that are the app's own since they were set once: it is shown beside them and never
    /// written over them (integration-side B4). Each change's `before` is what the source said before.
    Islands {
        /// The fields.
        changes: Vec<Change>,
    },
    /// Changes what people with several roles may do (integration-side A3.7).
    Powers {
        /// What it was.
        from: Powers,
        /// What it will be.
        to: Powers,
    },
}

impl Op {
    /// The word for it in reports and in JSON.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Create { .. } | Self::Copy { .. } | Self::MakeClass { .. } => "create",
            Self::Link { .. } => "link",
            Self::Rekey { .. } => "rekey",
            Self::Suggest { .. } => "suggest_link",
            Self::Conflict { .. } => "conflict",
            Self::ProposeMerge { .. } => "propose_merge",
            Self::Merge { .. } => "merge",
            Self::Unmerge { .. } => "unmerge",
            Self::Split { .. } => "split",
            Self::CarryOver { .. } => "carry_over",
            Self::Succeed { .. } => "succeed",
            Self::Refresh | Self::RefreshMembers => "noop",
            Self::Update { .. } => "update",
            Self::GrantRole { .. } => "role_grant",
            Self::RevokeRole { .. } => "role_revoke",
            Self::Deactivate => "deactivate",
            Self::Review => "review",
            Self::Reactivate => "reactivate",
            Self::Archive => "archive",
            Self::Restore => "restore",
            Self::Quarantine => "quarantine",
            Self::Release => "release",
            Self::Enrol { .. } => "enrol",
            Self::Unenrol { .. } => "unenrol",
            Self::Offer { .. } => "carry_over_offer",
            Self::OpenProfile { .. } => "profile_open",
            Self::ReopenProfile { .. } => "profile_reopen",
            Self::CloseProfile { .. } => "profile_close",
            Self::Reseat { .. } => "reseat",
            Self::Tell { .. } => "notice",
            Self::Islands { .. } => "island",
            Self::Powers { .. } => "powers",
        }
    }

    /// Whether it does nothing that anybody could notice.
    pub fn is_noop(&self) -> bool {
        matches!(self, Self::Refresh | Self::RefreshMembers)
    }

    /// Whether it takes something from somebody.
    pub fn is_destructive(&self) -> bool {
        matches!(
            self,
            Self::Deactivate
                | Self::Archive
                | Self::Unenrol { .. }
                | Self::RevokeRole { .. }
                | Self::CloseProfile { .. }
        )
    }
}

/// A field that changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub field: &'static str,
    /// What stands there; apply refuses the action if it no longer does.
    pub before: String,
    /// What will.
    pub after: String,
    /// Where the new value comes from.
    pub origin: Origin,
}

impl fmt::Debug for Change {
    /// The field, without its values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({}, {:?})", self.field, self.origin)
    }
}

/// What was done to a value that a rule of the app did not accept (integration-side A2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adjustment {
    /// A stand-in was put in its place.
    Filled,
    /// It was shortened.
    Truncated,
    /// It was left out.
    Dropped,
    /// It was worked out from others.
    Inferred,
}

impl Adjustment {
    /// Where the value that stands there comes from.
    pub fn origin(self) -> Origin {
        match self {
            Self::Filled => Origin::Filler,
            Self::Inferred => Origin::Derived,
            Self::Truncated | Self::Dropped => Origin::Source,
        }
    }
}

/// A value that is not as the source says.
#[derive(Clone, PartialEq, Eq)]
pub struct Adjusted {
    /// The field.
    pub field: &'static str,
    /// What stands there instead.
    pub value: String,
    /// What was done.
    pub how: Adjustment,
}

impl fmt::Debug for Adjusted {
    /// The field, without its value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Adjusted({}, {:?})", self.field, self.how)
    }
}

/// A place in a section that somebody of the source takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The person's source id: the account may not be there yet.
    pub source: ObjectId,
    /// Teacher or student.
    pub role: Role,
    /// Place among the teachers, 0 for the primary one; 0 for students.
    pub position: u16,
}

/// A place in a section that somebody of the app leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// The account.
    pub person: Local,
    /// Teacher or student.
    pub role: Role,
}
