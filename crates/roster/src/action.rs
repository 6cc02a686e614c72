//! Actions: what an application's database can be asked to do (integration-side B3).

use homeroom_model::Role;

use crate::cell::Cell;
use crate::link::{Hash, NewLink};
use crate::notes::{NewConflict, NewFinding, NewStaged, NewSuggestion};
use crate::{Field, Kind, Record, SeatChange, Value};

/// One action of a plan: what is done, and why.
#[derive(Clone, Copy, Debug)]
pub struct Action<'a> {
    /// Its number in the plan.
    pub number: i64,
    /// Reason code (integration-side B13).
    pub reason: &'a str,
    /// What it rests on: source hash, event id, rung, rule.
    pub evidence: Option<&'a str>,
    /// The policy line that allowed it.
    pub policy: Option<&'a str>,
    /// What is done.
    pub op: Op<'a>,
}

/// What is done. Each is applied whole or not at all.
#[derive(Clone, Copy, Debug)]
pub enum Op<'a> {
    /// `create`: a new record with its roles and its link.
    Create {
        /// Its kind.
        kind: Kind,
        /// Its fields.
        record: &'a Record<'a>,
        /// Of people: roles with their fields and schools.
        roles: &'a [NewRole<'a>],
        /// The source's id it is created for; none for what is made here.
        link: Option<NewLink<'a>>,
    },
    /// The inverse of a creation: only where nothing refers to the record yet, otherwise set aside as `in_use`.
    Remove {
        /// Its kind.
        kind: Kind,
        /// The record.
        id: i64,
    },
    /// `link`: a source id is recognised as a record that is here already. `adopted` says that the record was made here and
    /// becomes the source's too (`adopt`).
    Link {
        /// Its kind.
        kind: Kind,
        /// The record.
        id: i64,
        /// The id and the evidence.
        link: NewLink<'a>,
        /// Whether the record is adopted.
        adopted: bool,
    },
    /// `update`: fields of a record.
    Update {
        /// Its kind.
        kind: Kind,
        /// The record.
        id: i64,
        /// The fields, each once.
        fields: &'a [FieldChange<'a>],
    },
    /// `update`: fields of a role.
    UpdateRole {
        /// The person.
        person: i64,
        /// The role.
        role: Role,
        /// The fields, each once.
        fields: &'a [FieldChange<'a>],
    },
    /// `update`: the schools of a role, as pairs of school and whether it is the primary one, ascending.
    Schools {
        /// The person.
        person: i64,
        /// The role.
        role: Role,
        /// What stands there before.
        before: &'a [(i64, bool)],
        /// What stands there after.
        after: &'a [(i64, bool)],
    },
    /// `rekey`: the same record under a new source id; the old one stays as an alias.
    Rekey {
        /// Its kind.
        kind: Kind,
        /// The source's old id.
        old: &'a str,
        /// The source's new id.
        new: NewLink<'a>,
    },
    /// `merge`: an account becomes part of another. Source ids, memberships, ties and missing roles go over; work keeps the id it
    /// was done under.
    Merge {
        /// The account that is given up.
        from: i64,
        /// The account that stays.
        into: i64,
        /// Whether the source goes on sending both ids (integration-side A3.8), or the given-up one becomes an alias.
        joint: bool,
    },
    /// A merge is taken apart: the account comes back with the source ids it brought in.
    Unmerge {
        /// The account that was given up.
        from: i64,
    },
    /// `split`: a source id leaves an account and gets one of its own, without history.
    Split {
        /// The account it leaves.
        from: i64,
        /// The id; what it is to the new account, and its hash.
        link: NewLink<'a>,
        /// Fields of the new account.
        record: &'a Record<'a>,
        /// Its roles.
        roles: &'a [NewRole<'a>],
    },
    /// `deactivate`: the source's switch of a person goes off. Roles, groups and work stay.
    Deactivate {
        /// The person.
        person: i64,
        /// `missing` or `disconnected`.
        disconnected: bool,
    },
    /// `reactivate`: the source's switch goes on again; the app's switch is not touched.
    Reactivate {
        /// The person.
        person: i64,
    },
    /// The app's own switch: a person is suspended, or no longer.
    Suspend {
        /// The person.
        person: i64,
        /// On or off.
        suspended: bool,
    },
    /// `archive`: a place, a class, a course, a term or a profile ends and stays readable.
    Archive {
        /// Its kind.
        kind: Kind,
        /// The record.
        id: i64,
    },
    /// `restore`: it is back, with everything it had.
    Restore {
        /// Its kind.
        kind: Kind,
        /// The record.
        id: i64,
    },
    /// `carry_over`: display name, settings and groups of a class go on with another one, because a person said so. It stays so
    /// when the run is undone: what is the app's own is undone by people.
    CarryOver {
        /// The class that ended.
        from: i64,
        /// The class that goes on.
        into: i64,
    },
    /// `enrol` and `unenrol`: changes of one roster, all or none. The audit calls it `enrol` if people only come, `unenrol` if they
    /// only go, `update` otherwise.
    Seats {
        /// The section.
        section: i64,
        /// The changes, each person once per side.
        changes: &'a [SeatChange],
    },
    /// `role_grant`.
    GrantRole {
        /// The person.
        person: i64,
        /// The role.
        role: NewRole<'a>,
    },
    /// `role_revoke`.
    RevokeRole {
        /// The person.
        person: i64,
        /// The role.
        role: Role,
    },
    /// `enrol` and `unenrol` of ties between two people.
    Tie {
        /// Which.
        tie: Tie<'a>,
        /// Opened or closed.
        open: bool,
    },
    /// `fill`: a field that the source left empty gets a stand-in, marked as one.
    Fill {
        /// Whose.
        of: Of,
        /// Field and values.
        field: &'a FieldChange<'a>,
    },
    /// `unfill`: the first real value takes the stand-in's place.
    Unfill {
        /// Whose.
        of: Of,
        /// Field and values.
        field: &'a FieldChange<'a>,
    },
    /// The engine's own note of a field that deviates (integration-side B4); the value itself is written by `Update`.
    Cell {
        /// Whose.
        of: Of,
        /// The field.
        field: Field,
        /// What stands there before.
        before: Option<&'a Cell>,
        /// What stands there after.
        after: Option<&'a Cell>,
    },
    /// What of the mirror is applied now, where nothing else changed: hashes only, without audit.
    Seen {
        /// Its kind.
        kind: Kind,
        /// The source's id.
        source_id: &'a str,
        /// What is noted.
        seen: Seen,
    },
    /// `quarantine`: the record as sent is not taken, or is again (`None`).
    Quarantine {
        /// Its kind.
        kind: Kind,
        /// The source's id.
        source_id: &'a str,
        /// Why.
        why: Option<&'a str>,
    },
    /// `reject`, `warn` and their like: something to tell the district. Seen again, it is the same finding.
    Find(NewFinding<'a>),
    /// `suggest_link`, `carry_over_offer` and whatever else a person has to decide. Rejected once, it stays so as long as it rests
    /// on the same evidence.
    Suggest(NewSuggestion<'a>),
    /// `conflict`: two answers that exclude each other.
    Conflict(NewConflict<'a>),
    /// `stage`: waits for a pick.
    Stage(NewStaged<'a>),
    /// A finding is no longer so.
    CloseFinding {
        /// Kind of the source's record.
        kind: &'a str,
        /// The source's id.
        source_id: &'a str,
        /// Its code.
        code: &'a str,
        /// The field, or empty.
        field: &'a str,
    },
    /// What an open or accepted suggestion was about is gone; of a review also what was rejected, because a later absence is
    /// another question.
    Withdraw {
        /// Number of the suggestion.
        suggestion: i64,
    },
    /// What was said yes to was taken back: it is remembered as a no.
    Refuse {
        /// Number of the suggestion.
        suggestion: i64,
    },
    /// A conflict is no longer one.
    CloseConflict {
        /// Number of the conflict.
        conflict: i64,
    },
    /// A row of the crosswalk did its work in this run.
    UsedCrosswalk {
        /// Kind of the record.
        kind: Kind,
        /// Whether the row is about source ids; otherwise it is about SIS ids.
        source_ids: bool,
        /// The old id.
        old: &'a str,
    },
    /// What accounts with several roles may do: the policy's word, which the district keeps and `may_sign_in` follows.
    Powers {
        /// What stands there before.
        before: &'a str,
        /// What stands there after: `highest`, `teacher_only_for_teachers` or `choose_at_login`.
        after: &'a str,
    },
    /// Something to tell one person, or no longer: a notice about the account (integration-side A6.2). Told again, it is the same.
    Notice {
        /// The account.
        person: i64,
        /// Its code, in a word.
        code: &'a str,
        /// A sentence for the person, without personal data; `None` says that it is over.
        detail: Option<&'a str>,
    },
    /// What was staged is gone, or was applied.
    Unstage {
        /// Kind of the source's record.
        kind: Kind,
        /// The source's id.
        source_id: &'a str,
    },
}

/// What of the mirror is applied; nothing leaves what is noted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Hash of the row.
    pub hash: Option<Hash>,
    /// Of sections: hash of the roster.
    pub roster_hash: Option<Hash>,
    /// Whether somebody changed the record here, so that equal hashes do not mean "nothing to do".
    pub touched: Option<bool>,
}

/// A role with its fields and schools.
#[derive(Clone, Copy, Debug)]
pub struct NewRole<'a> {
    /// The role.
    pub role: Role,
    /// Its fields ([`Record::role`]).
    pub record: &'a Record<'a>,
    /// Its schools, each once, and whether it is the primary one.
    pub schools: &'a [(i64, bool)],
}

/// One field, from what to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange<'a> {
    /// The field.
    pub field: Field,
    /// What stands there before; if it does not, the action is told so and not forced.
    pub before: Value<'a>,
    /// What stands there after.
    pub after: Value<'a>,
}

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A record's.
    Record(Kind, i64),
    /// A role's.
    Role(i64, Role),
}

/// A tie between two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tie<'a> {
    /// A contact and a student (integration-side A6.12).
    Relationship {
        /// The contact.
        contact: i64,
        /// The student.
        student: i64,
        /// Type, empty if none.
        kind: &'a str,
        /// Label, empty if none.
        label: &'a str,
    },
    /// A teacher and a student without a class (integration-side A6.11).
    Association {
        /// The teacher.
        teacher: i64,
        /// The student.
        student: i64,
    },
}
