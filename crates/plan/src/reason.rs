//! Why something is done: the codes of integration-side B13.

use std::fmt;

/// Why an action is in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The source has a record that the app has not.
    New,
    /// Known by its source id.
    LinkedById,
    /// An account has the same SIS id or number.
    LinkedBySisId,
    /// An account has the same email, and the policy trusts that.
    LinkedByEmail,
    /// An account has the same email: somebody should look.
    SuggestedByEmail,
    /// An account is alike by another rung of the ladder.
    Suggested,
    /// Several accounts fit.
    Ambiguous,
    /// Two accounts claim what one record says.
    SplitIdentity,
    /// The record has another id than before.
    Rekeyed,
    /// A contact came back under another id with the same students, name and address.
    ContactReplaced,
    /// A table of old and new ids says so.
    Crosswalk,
    /// A person of the source has become one with another.
    Merged,
    /// Old-style records of a teacher and an administrator share an email.
    SamePerson,
    /// The source says something else than before.
    Changed,
    /// The app shows something else than the source, and the source owns the field.
    Drifted,
    /// A stand-in gave way to a real value.
    FillerReplaced,
    /// A complete read did not have it.
    AbsentInFullRead,
    /// An event said that it was deleted.
    DeletedEvent,
    /// The source answered that there is no such record.
    NotFound,
    /// Its school is no longer shared.
    SchoolUnshared,
    /// The district's token was revoked, and the time that accounts go on is over.
    Disconnected,
    /// Its last grade is over.
    Graduated,
    /// It is back.
    Returned,
    /// The app's own filter leaves it out.
    Filtered,
    /// It has no class, and the policy leaves such people out.
    WithoutClass,
    /// The record breaks a rule of the app.
    Invalid,
    /// The record keeps the rules again.
    Valid,
    /// What it belongs to is gone.
    OwnerGone,
    /// A new class looks like one that is gone.
    CarryOver,
    /// A new term or course looks like one that is gone.
    Successor,
    /// Somebody said yes to a question.
    Accepted,
    /// Somebody ordered it.
    Ordered,
    /// Nothing uses it any more.
    Unused,
    /// The one class somebody was in is gone, so that another one was chosen.
    DefaultLost,
    /// The policy leaves it out: a second class, or a class of another school.
    LeftOut,
    /// The policy says so.
    Policy,
    /// It is an island: what the source says now is only shown.
    Island,
    /// The source says which course a class has that people here gave one of the app's own.
    CourseOffered,
}

impl Reason {
    /// The code in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::LinkedById => "linked_by_id",
            Self::LinkedBySisId => "linked_by_sis_id",
            Self::LinkedByEmail => "linked_by_email",
            Self::SuggestedByEmail => "suggested_by_email",
            Self::Suggested => "suggested",
            Self::Ambiguous => "ambiguous",
            Self::SplitIdentity => "split_identity",
            Self::Rekeyed => "rekeyed",
            Self::ContactReplaced => "contact_replaced",
            Self::Crosswalk => "crosswalk",
            Self::Merged => "merged",
            Self::SamePerson => "same_person",
            Self::Changed => "changed",
            Self::Drifted => "drifted",
            Self::FillerReplaced => "filler_replaced",
            Self::AbsentInFullRead => "absent_in_full_read",
            Self::DeletedEvent => "deleted_event",
            Self::NotFound => "not_found",
            Self::SchoolUnshared => "school_unshared",
            Self::Disconnected => "disconnected",
            Self::Graduated => "graduated",
            Self::Returned => "returned",
            Self::Filtered => "filter",
            Self::WithoutClass => "without_class",
            Self::Invalid => "invalid",
            Self::Valid => "valid",
            Self::OwnerGone => "owner_gone",
            Self::CarryOver => "carry_over",
            Self::Successor => "successor",
            Self::Accepted => "accepted",
            Self::Ordered => "ordered",
            Self::Unused => "unused",
            Self::DefaultLost => "default_lost",
            Self::LeftOut => "left_out",
            Self::Policy => "policy",
            Self::Island => "island",
            Self::CourseOffered => "course_offered",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
