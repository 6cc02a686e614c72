//! Which records of employees are one person (district-side 5.3).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use homeroom_model::{Code, Problem, Problems};
use homeroom_segment::Hash;
use homeroom_segment::fields::employee as f;

use crate::keys::shown;
use crate::people::{Part, Sealed};

/// One person: at most one record of each role, by number; teacher, staff, district admin.
pub(crate) type Cluster = [Option<u32>; 3];

/// A record: its role and number.
type Member = (Part, u32);

/// Merges employees by email and reports what is in the way. Clusters stand in the order of their first record:
/// teachers, then staff, then district admins.
///
/// `EMAIL_DUPLICATE` is reported once for an email and role, at the second record that has it; `MERGE_AMBIGUOUS` once for
/// each record of another role that stays alone because of it; `MERGE_NAME_MISMATCH` once for a person.
pub(crate) fn clusters(people: &Sealed, problems: &mut dyn Problems) -> Vec<Cluster> {
    let mut merges = Merges::default();
    let mut by_email: Vec<(Hash, Member)> = Vec::new();
    for part in Part::ALL {
        let records = (0..).zip(people.records(part));
        by_email
            .extend(records.filter_map(|(number, record)| Some((record.email?, (part, number)))));
    }
    by_email.sort_unstable();
    for group in by_email.chunk_by(|(one, _), (other, _)| one == other) {
        if group.len() > 1 {
            merges.group(people, group);
        }
    }
    // Groups stand in the order of their hashes; problems are told in the order of the records.
    merges
        .problems
        .sort_by_key(|(member, problem)| (*member, problem.code));
    for (_, problem) in merges.problems {
        problems.report(problem);
    }
    let mut clusters = Vec::new();
    for part in Part::ALL {
        for (number, _) in (0..).zip(people.records(part)) {
            if merges.absorbed.contains(&(part, number)) {
                continue;
            }
            let alone = || cluster(&[(part, number)]);
            let person = merges.merged.get(&(part, number));
            clusters.push(person.copied().unwrap_or_else(alone));
        }
    }
    clusters
}

#[derive(Default)]
struct Merges {
    /// Merged people by their first record.
    merged: BTreeMap<Member, Cluster>,
    /// Their other records.
    absorbed: BTreeSet<Member>,
    problems: Vec<(Member, Problem)>,
}

impl Merges {
    /// Records with one email, ascending by role and number.
    fn group(&mut self, people: &Sealed, group: &[(Hash, Member)]) {
        let members: Vec<Member> = group.iter().map(|(_, member)| *member).collect();
        let roles: Vec<&[Member]> = members.chunk_by(|(a, _), (b, _)| a == b).collect();
        if roles.iter().all(|role| role.len() == 1) {
            self.merge(people, &members);
            return;
        }
        for role in roles {
            match role {
                [only] => self.note(people, Code::MergeAmbiguous, *only, &[*only]),
                [_, second, ..] => self.note(people, Code::EmailDuplicate, *second, role),
                [] => {}
            }
        }
    }

    fn merge(&mut self, people: &Sealed, members: &[Member]) {
        let Some((first, others)) = members.split_first() else {
            return;
        };
        self.merged.insert(*first, cluster(members));
        self.absorbed.extend(others);
        let mut pairs = members
            .iter()
            .enumerate()
            .flat_map(|(at, one)| members.iter().skip(at + 1).map(move |other| (*one, *other)));
        if pairs.any(|(one, other)| names_disagree(people, one, other)) {
            let last = others.first().unwrap_or(first);
            self.note(people, Code::MergeNameMismatch, *last, members);
        }
    }

    fn note(&mut self, people: &Sealed, code: Code, at: Member, members: &[Member]) {
        const LISTED: usize = 5;
        let place = people.place(at.0, at.1);
        let mut detail = String::new();
        for (part, number) in members.iter().take(LISTED) {
            let id = people.id(*part, *number);
            let word = match part {
                Part::Teacher => "teacher",
                Part::Staff => "staff",
                Part::Admin => "district admin",
            };
            let comma = if detail.is_empty() { "" } else { ", " };
            let space = if id.is_empty() { "" } else { " " };
            detail.extend([comma, word, space, shown(id)]);
        }
        if members.len() > LISTED {
            let _ = write!(detail, " and {} more", members.len() - LISTED);
        }
        let column = match at.0 {
            Part::Teacher => "Teacher_email",
            Part::Staff => "Staff_email",
            Part::Admin => "",
        };
        let problem = Problem::new(code, place).column(column);
        let problem = problem.key(people.id(at.0, at.1));
        self.problems.push((at, problem.detail(detail)));
    }
}

fn cluster(members: &[Member]) -> Cluster {
    Part::ALL.map(|part| {
        let mut member = members.iter().filter(|(other, _)| *other == part);
        member.next().map(|(_, number)| *number)
    })
}

/// Whether two names have neither a word of the first nor of the last name in common.
fn names_disagree(people: &Sealed, one: Member, other: Member) -> bool {
    let name = |(part, number): Member| {
        let row = people.row(part, number);
        let (first, last) = match part {
            Part::Teacher => (f::TEACHER_FIRST, f::TEACHER_LAST),
            Part::Staff => (f::STAFF_FIRST, f::STAFF_LAST),
            Part::Admin => (f::ADMIN_FIRST, f::ADMIN_LAST),
        };
        [first, last].map(|field| words(row.text(field)))
    };
    let ([first, last], [other_first, other_last]) = (name(one), name(other));
    first.is_disjoint(&other_first) && last.is_disjoint(&other_last)
}

/// The words of a name, lower case: parted by blanks, hyphens and the like.
fn words(name: &str) -> BTreeSet<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
