//! Actions and reasons in the words of people.

use homeroom_model::Kind;

use crate::action::Op;
use crate::reason::Reason;

/// What a record is called.
pub(super) fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::School => "school",
        Kind::Term => "term",
        Kind::Course => "course",
        Kind::Student => "student",
        Kind::Employee => "teacher or employee",
        Kind::Contact => "contact",
        Kind::Section => "section",
        Kind::ContactLink => "tie of a contact",
        Kind::Resource => "resource",
    }
}

/// What an action does to a record, after "it".
pub(super) fn done(op: &Op) -> &'static str {
    match op {
        Op::Create { .. } | Op::Copy { .. } | Op::MakeClass { .. } => "comes into the app",
        Op::Link { .. } => "is linked to an account that is there",
        Op::Rekey { .. } => "keeps its account under another id",
        Op::Merge { .. } => "becomes one account with another",
        Op::Unmerge { .. } => "gets back the account that was merged",
        Op::Split { .. } => "gets an account of its own",
        Op::Deactivate => "is blocked, with all work kept",
        Op::Archive => "is put away, and stays readable",
        Op::Reactivate | Op::Restore => "is given back with everything it had",
        Op::Enrol { .. } => "gets people",
        Op::Unenrol { .. } => "loses people",
        Op::GrantRole { .. } => "gets a role",
        Op::RevokeRole { .. } => "loses a role",
        Op::Quarantine => "keeps its last good values",
        Op::Release => "follows the district again",
        Op::CarryOver { .. } => "goes on with what the app keeps of an archived class",
        Op::Succeed { .. } => "takes the place of a term that is gone",
        _ => "changes",
    }
}

/// Why, after "because".
pub(super) fn because(reason: Reason) -> String {
    let words = match reason {
        Reason::New => "the district shares it and the app has it not",
        Reason::LinkedBySisId => "the account has the same number",
        Reason::LinkedByEmail => "the account has the same verified address",
        Reason::Rekeyed => "the same number came under another id",
        Reason::ContactReplaced => "the same contact came under another id",
        Reason::Crosswalk => "a table of old and new ids says so",
        Reason::Merged => "the district made one record of two",
        Reason::Changed => "the district says something else than before",
        Reason::Drifted => "the app shows something else than the district",
        Reason::FillerReplaced => "a real value came for a stand-in",
        Reason::AbsentInFullRead => "a complete read did not have it",
        Reason::DeletedEvent => "the district deleted it",
        Reason::NotFound => "the district answered that there is no such record",
        Reason::SchoolUnshared => "its school is no longer shared",
        Reason::Graduated => "its last grade is over",
        Reason::Returned => "it is back",
        Reason::Filtered => "the app leaves it out",
        Reason::Invalid => "the record breaks a rule of the app",
        Reason::Valid => "the record keeps the rules of the app again",
        Reason::Accepted => "somebody said yes to a question",
        Reason::Ordered => "somebody ordered it",
        other => return format!("of {other}"),
    };
    words.to_owned()
}
