//! What the word of an action does not say.

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Action, Ground, Op};

use super::names::Names;

/// Names that are told of a class's people.
const PEOPLE: usize = 4;

/// What the word of an action does not say, and the people it is about.
pub(super) fn detail(action: &Action, names: &Names<'_>, values: bool) -> (String, Vec<String>) {
    let accounts = |locals: &[homeroom_plan::Local]| {
        let of = |local: &homeroom_plan::Local| {
            let name = if values {
                names.kept(action.kind, *local)
            } else {
                String::new()
            };
            if name.is_empty() {
                format!("account {}", local.0)
            } else {
                format!("account {} ({name})", local.0)
            }
        };
        locals.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    let said = match &action.op {
        Op::Link { rung, .. } => format!(
            "to {} by {}",
            accounts(action.local.as_slice()),
            rung.text()
        ),
        Op::Rekey { from } => format!("from {}", from.to_hex()),
        Op::GrantRole { role } | Op::RevokeRole { role } => role.text().to_owned(),
        Op::Suggest { to, rung, .. } => format!("{} by {}", accounts(to), rung.text()),
        Op::Conflict { between, rung, .. } => format!("{} by {}", accounts(between), rung.text()),
        Op::ProposeMerge { into, .. } => format!("into {}", accounts(into.as_slice())),
        Op::Offer { from } => format!("from {}", accounts(&[*from])),
        Op::Copy { school, .. } => {
            format!("for {}", named(names, *school, Kind::School, values))
        }
        Op::OpenProfile { ground }
        | Op::ReopenProfile { ground, .. }
        | Op::CloseProfile { ground, .. } => profile(ground, names, values),
        Op::Powers { from, to } => format!("{} -> {}", from.text(), to.text()),
        _ => return members(&action.op, names, values),
    };
    (said, Vec::new())
}

/// What a profile is for.
fn profile(ground: &Ground, names: &Names<'_>, values: bool) -> String {
    match ground {
        Ground::Section(id) => format!("in {}", named(names, *id, Kind::Section, values)),
        Ground::School(id) => format!("at {}", named(names, *id, Kind::School, values)),
        Ground::Role(role) => format!("as {}", role.text()),
    }
}

/// Who joins or leaves a class: how many, and the first of them.
fn members(op: &Op, names: &Names<'_>, values: bool) -> (String, Vec<String>) {
    match op {
        Op::Enrol { members } => {
            let roles = members.iter().map(|place| place.role);
            let who = members.iter().filter(|_| values).take(PEOPLE).map(|place| {
                let kind = if place.role == homeroom_model::Role::Student {
                    Kind::Student
                } else {
                    Kind::Employee
                };
                names.sent(kind, &place.source)
            });
            (
                people(roles, "joins", "join"),
                who.filter(|name| !name.is_empty()).collect(),
            )
        }
        Op::Unenrol { members } => {
            let roles = members.iter().map(|seat| seat.role);
            let who = members.iter().filter(|_| values).take(PEOPLE);
            let who = who.map(|seat| names.kept(Kind::Student, seat.person));
            (
                people(roles, "leaves", "leave"),
                who.filter(|name| !name.is_empty()).collect(),
            )
        }
        _ => (String::new(), Vec::new()),
    }
}

/// A record of the mirror: its name, or its id.
fn named(names: &Names<'_>, id: ObjectId, kind: Kind, values: bool) -> String {
    let name = if values {
        names.sent(kind, &id)
    } else {
        String::new()
    };
    if name.is_empty() { id.to_hex() } else { name }
}

/// How many students and teachers do something.
fn people(roles: impl Iterator<Item = homeroom_model::Role>, one: &str, more: &str) -> String {
    let (mut students, mut teachers) = (0_u64, 0_u64);
    for role in roles {
        if role == homeroom_model::Role::Student {
            students += 1;
        } else {
            teachers += 1;
        }
    }
    let counted = |number: u64, noun: &str| match number {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{number} {noun}s")),
    };
    let parts: Vec<_> = [counted(students, "student"), counted(teachers, "teacher")]
        .into_iter()
        .flatten()
        .collect();
    let verb = if students + teachers == 1 { one } else { more };
    format!("{} {verb}", parts.join(" and "))
}
