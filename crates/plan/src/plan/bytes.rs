//! What of a plan its digest is made of, so that people approve exactly what is done.

use homeroom_model::ObjectId;

use crate::action::{Action, Change, Ground, Op, Place, Seat};

/// An action as bytes, without ambiguity.
pub(super) fn write(action: &Action, out: &mut Vec<u8>) {
    let id = |id: Option<ObjectId>| id.map_or([0; 12], |id| *id.bytes());
    out.extend_from_slice(action.kind.table().as_bytes());
    out.push(0);
    out.extend_from_slice(&id(action.source));
    out.extend_from_slice(&action.local.map_or(0, |local| local.0).to_le_bytes());
    out.extend_from_slice(action.op.text().as_bytes());
    out.push(0);
    out.extend_from_slice(action.reason.text().as_bytes());
    out.push(u8::from(action.held));
    out.extend_from_slice(&action.applied);
    write_op(&action.op, out);
    out.push(0xff);
}

/// What the word of an action does not say. What is created or linked is in the digest of its values.
fn write_op(op: &Op, out: &mut Vec<u8>) {
    match op {
        Op::Rekey { from } => out.extend_from_slice(from.bytes()),
        Op::Suggest { .. } | Op::Conflict { .. } | Op::ProposeMerge { .. } => {
            write_question(op, out);
        }
        Op::Merge {
            from: account,
            joint,
        } => {
            out.extend_from_slice(&account.0.to_le_bytes());
            out.push(u8::from(*joint));
        }
        Op::Offer { from: account }
        | Op::Unmerge { from: account }
        | Op::CarryOver { from: account }
        | Op::Succeed { from: account } => {
            out.extend_from_slice(&account.0.to_le_bytes());
        }
        Op::Tell { over } => out.push(u8::from(*over)),
        Op::Update { changes } | Op::Islands { changes } => write_changes(changes, out),
        Op::GrantRole { role } | Op::RevokeRole { role } => {
            out.extend_from_slice(role.text().as_bytes());
        }
        Op::Copy { school, .. } => out.extend_from_slice(school.bytes()),
        Op::OpenProfile { ground } => write_ground(*ground, out),
        Op::ReopenProfile { ground, profile } | Op::CloseProfile { ground, profile } => {
            write_ground(*ground, out);
            out.extend_from_slice(&profile.0.to_le_bytes());
        }
        Op::Powers { from, to } => {
            for powers in [from, to] {
                out.extend_from_slice(powers.text().as_bytes());
                out.push(0);
            }
        }
        Op::Enrol { members } | Op::Reseat { members } => write_places(members, out),
        Op::Unenrol { members } => write_seats(members, out),
        Op::Create { .. }
        | Op::Link { .. }
        | Op::Split { .. }
        | Op::MakeClass { .. }
        | Op::Refresh
        | Op::RefreshMembers
        | Op::Deactivate
        | Op::Review
        | Op::Reactivate
        | Op::Archive
        | Op::Restore
        | Op::Quarantine
        | Op::Release => {}
    }
}

/// Whom a question is about.
fn write_question(op: &Op, out: &mut Vec<u8>) {
    let accounts = match op {
        Op::Suggest { about, to, .. } => {
            out.extend_from_slice(about.text().as_bytes());
            to
        }
        Op::Conflict { field, between, .. } => {
            out.extend_from_slice(field.as_bytes());
            between
        }
        Op::ProposeMerge {
            into,
            beside,
            joint,
            ..
        } => {
            out.extend_from_slice(&into.map_or(0, |into| into.0).to_le_bytes());
            out.extend_from_slice(&beside.map_or([0; 12], |beside| *beside.bytes()));
            out.push(u8::from(*joint));
            return;
        }
        _ => return,
    };
    write_number(accounts.len(), out);
    for account in accounts {
        out.extend_from_slice(&account.0.to_le_bytes());
    }
}

fn write_changes(changes: &[Change], out: &mut Vec<u8>) {
    write_number(changes.len(), out);
    for Change {
        field,
        before,
        after,
        origin: _,
    } in changes
    {
        for text in [*field, before.as_str(), after.as_str()] {
            write_number(text.len(), out);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn write_places(members: &[Place], out: &mut Vec<u8>) {
    write_number(members.len(), out);
    for place in members {
        out.extend_from_slice(place.source.bytes());
        out.push(place.role as u8);
        out.extend_from_slice(&place.position.to_le_bytes());
    }
}

fn write_seats(members: &[Seat], out: &mut Vec<u8>) {
    write_number(members.len(), out);
    for seat in members {
        out.extend_from_slice(&seat.person.0.to_le_bytes());
        out.push(seat.role as u8);
    }
}

fn write_number(number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn write_ground(ground: Ground, out: &mut Vec<u8>) {
    match ground {
        Ground::Section(id) => {
            out.push(1);
            out.extend_from_slice(id.bytes());
        }
        Ground::School(id) => {
            out.push(2);
            out.extend_from_slice(id.bytes());
        }
        Ground::Role(role) => out.extend_from_slice(&[3, role as u8]),
    }
}
