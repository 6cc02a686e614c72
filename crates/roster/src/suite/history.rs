//! Random histories: whatever is applied, the invariants hold that the database alone can keep (integration-side B16: 1, 2, 3, 8, 10,
//! 11, 12), and undoing a run gives back what nobody touched.

use std::collections::BTreeMap;

use homeroom_model::Role;
use proptest::prelude::*;

use super::sample::{Subject, Town, Work, changes, created, dump, is_well, source};
use crate::field::{person, role};
use crate::{
    FieldChange, Intent, Kind, NewLink, NewRole, Of, Op, Outcome, Record, Seat, SeatChange,
    SeatRow, Tie, Undone, Value,
};

/// One step; numbers choose among what there is.
#[derive(Clone, Debug)]
pub enum Step {
    /// A person for a source id.
    Create(u32),
    /// Removal of a person.
    Remove(usize),
    /// A roster change: section, person, and the new seat (0 to 4).
    Seat(usize, usize, usize),
    /// A switch: which, and whose.
    Switch(usize, usize),
    /// A new source id: whose, and which.
    Rekey(usize, u32),
    /// A merge, or its end.
    Merge(usize, usize, bool),
    /// An end of a merge.
    Unmerge(usize),
    /// A role comes or goes.
    Role(usize, bool),
    /// A tie opens or closes.
    Tie(usize, usize, bool),
    /// A stand-in comes or goes.
    Fill(usize, bool),
    /// A new email address; the second says whether the action knows what stands there.
    Email(usize, bool),
    /// The app writes: work, a nickname, a group or one of its members.
    App(usize, usize),
    /// The transaction ends here, on the next day; or it is dropped.
    End(bool),
}

/// Steps in no good order.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0_usize..8;
    let step = prop_oneof![
        1 => (90_u32..96).prop_map(Step::Create),
        1 => who.clone().prop_map(Step::Remove),
        8 => (0_usize..2, who.clone(), 0_usize..5).prop_map(|(a, b, c)| Step::Seat(a, b, c)),
        1 => (0_usize..4, who.clone()).prop_map(|(a, b)| Step::Switch(a, b)),
        1 => (who.clone(), 90_u32..99).prop_map(|(a, b)| Step::Rekey(a, b)),
        1 => (who.clone(), who.clone(), any::<bool>()).prop_map(|(a, b, c)| Step::Merge(a, b, c)),
        1 => who.clone().prop_map(Step::Unmerge),
        1 => (who.clone(), any::<bool>()).prop_map(|(a, b)| Step::Role(a, b)),
        1 => (who.clone(), who.clone(), any::<bool>()).prop_map(|(a, b, c)| Step::Tie(a, b, c)),
        1 => (who.clone(), any::<bool>()).prop_map(|(a, b)| Step::Fill(a, b)),
        1 => (who.clone(), any::<bool>()).prop_map(|(a, b)| Step::Email(a, b)),
        1 => (0_usize..4, who).prop_map(|(a, b)| Step::App(a, b)),
        3 => any::<bool>().prop_map(Step::End),
    ];
    prop::collection::vec(step, 1..60)
}

/// Seats as they should be: by section, person and side.
type Seats = BTreeMap<(i64, i64, bool), Seat>;

/// Lives through a history.
pub fn live(subject: &Subject, steps: &[Step]) {
    let town = Town::build(subject, 1);
    let other = Town::build(subject, 2);
    let theirs = theirs(subject, &other);
    let runs = steps.split_inclusive(|step| matches!(step, Step::End(_)));
    for (part, day) in runs.zip(1..) {
        app(subject, &town, part);
        let (before, own) = (dump(subject), app_owned(subject));
        let mut work = Work::begin(subject, &town, day);
        let run = work.run;
        let people = people(subject, &town);
        for step in part {
            act(&mut work, &town, &people, step);
        }
        if matches!(part.last(), Some(Step::End(false))) {
            drop(work);
            assert_eq!(
                dump(subject),
                before,
                "a dropped transaction leaves nothing"
            );
        } else {
            work.commit();
            is_well(subject, town.district);
            assert_eq!(
                app_owned(subject),
                own,
                "what belongs to the app is as it was"
            );
            there_and_back(subject, &town, run, day, &before);
        }
    }
    assert_eq!(
        self::theirs(subject, &other),
        theirs,
        "the other district is as it was"
    );
    is_well(subject, other.district);
}

/// Undoes a run and does it again.
fn there_and_back(subject: &Subject, town: &Town, run: i64, day: i8, before: &[String]) {
    let after = dump(subject);
    let undoing = undo(subject, town, day, &changes(subject, run));
    assert_eq!(
        apart(&dump(subject), before),
        [""; 0],
        "an undone run leaves nothing"
    );
    is_well(subject, town.district);
    undo(subject, town, day, &undoing);
    assert_eq!(apart(&dump(subject), &after), [""; 0], "done again");
}

/// Lines that stand in one of the two only.
fn apart(one: &[String], other: &[String]) -> Vec<String> {
    let not_in = |lines: &[String], line: &&String| !lines.contains(line);
    let gone = other.iter().filter(|line| not_in(one, line));
    one.iter()
        .filter(|line| not_in(other, line))
        .chain(gone)
        .cloned()
        .collect()
}

fn undo(
    subject: &Subject,
    town: &Town,
    day: i8,
    entries: &[crate::AuditEntry],
) -> Vec<crate::AuditEntry> {
    let mut work = Work::begin(subject, town, day);
    let run = work.run;
    for entry in entries.iter().rev() {
        let undone = work.applying.invert(entry, 1, "undone").unwrap();
        assert!(matches!(undone, Undone::Done(_)), "{entry:?}: {undone:?}");
    }
    work.commit();
    changes(subject, run)
}

fn people(subject: &Subject, town: &Town) -> Vec<i64> {
    let mut people = Vec::new();
    let mut visit = |id, _: &Record<'_>| {
        people.push(id);
        Ok(())
    };
    subject
        .read()
        .records(town.district, Kind::Person, &mut visit)
        .unwrap();
    people
}

fn seats(work: &Work<'_>, town: &Town) -> Seats {
    let mut seats = Seats::new();
    let mut visit = |row: SeatRow<'_>| {
        seats.insert((row.section, row.person, row.is_teacher), row.seat);
        Ok(())
    };
    work.applying
        .look()
        .seats(town.district, &mut visit)
        .unwrap();
    seats
}

/// One step of the engine; most do not fit, and say so.
fn act(work: &mut Work<'_>, town: &Town, people: &[i64], step: &Step) {
    let at = |place: &usize| people[place % people.len()];
    // Whatever becomes of it, the transaction goes on.
    let _ = match step {
        Step::Create(number) => create(work, town, *number),
        Step::Remove(who) => work.act(Op::Remove {
            kind: Kind::Person,
            id: at(who),
        }),
        Step::Seat(section, who, seat) => {
            sit(work, town, town.sections[*section], at(who), *seat);
            return;
        }
        Step::Switch(which, who) => {
            let person = at(who);
            work.act(match which {
                0 => Op::Deactivate {
                    person,
                    disconnected: false,
                },
                1 => Op::Reactivate { person },
                which => Op::Suspend {
                    person,
                    suspended: *which == 2,
                },
            })
        }
        Step::Rekey(who, number) => rekey(work, at(who), *number),
        Step::Merge(from, into, joint) => work.act(Op::Merge {
            from: at(from),
            into: at(into),
            joint: *joint,
        }),
        Step::Unmerge(who) => work.act(Op::Unmerge { from: at(who) }),
        Step::Role(who, grant) => staff(work, town, at(who), *grant),
        Step::Tie(from, to, open) => work.act(Op::Tie {
            tie: Tie::Relationship {
                contact: at(from),
                student: at(to),
                kind: "Parent",
                label: "",
            },
            open: *open,
        }),
        Step::Fill(who, fill) => stand_in(work, at(who), *fill),
        Step::Email(who, knows) => email(work, at(who), *knows),
        Step::App(..) | Step::End(_) => return,
    };
}

fn create(work: &mut Work<'_>, town: &Town, number: u32) -> Outcome {
    let fields = Record::role();
    let roles = [NewRole {
        role: Role::Student,
        record: &fields,
        schools: &[(town.school, true)],
    }];
    work.act(Op::Create {
        kind: Kind::Person,
        record: &Record::new(Kind::Person),
        roles: &roles,
        link: Some(created(&source(number))),
    })
}

/// The oracle of rosters is a map: what the action says, and nothing else, changed.
fn sit(work: &mut Work<'_>, town: &Town, section: i64, person: i64, choice: usize) {
    let seat = |source, intent| Seat {
        source,
        intent,
        ..Seat::STUDENT
    };
    let after = [
        None,
        Some(seat(true, None)),
        Some(seat(false, Some(Intent::Added))),
        Some(seat(true, Some(Intent::Added))),
        Some(seat(true, Some(Intent::Removed))),
    ][choice];
    let mut expected = seats(work, town);
    let key = (section, person, false);
    let before = expected.get(&key).copied();
    let change = [SeatChange {
        person,
        is_teacher: false,
        before,
        after,
    }];
    let outcome = work.act(Op::Seats {
        section,
        changes: &change,
    });
    if outcome.is_done() {
        match after {
            None => expected.remove(&key),
            Some(seat) => expected.insert(key, seat),
        };
    }
    assert_eq!(seats(work, town), expected);
}

fn rekey(work: &mut Work<'_>, person: i64, number: u32) -> Outcome {
    let links = work.applying.look().links_of(person).unwrap();
    let Some((old, _)) = links.first() else {
        return Outcome::SetAside(crate::Refusal::Gone);
    };
    work.act(Op::Rekey {
        kind: Kind::Person,
        old,
        new: NewLink {
            rung: "sis_id",
            ..created(&source(number))
        },
    })
}

fn staff(work: &mut Work<'_>, town: &Town, person: i64, grant: bool) -> Outcome {
    let fields = Record::role();
    let role = NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[(town.school, false)],
    };
    let revoke = Op::RevokeRole {
        person,
        role: Role::Staff,
    };
    work.act(if grant {
        Op::GrantRole { person, role }
    } else {
        revoke
    })
}

fn stand_in(work: &mut Work<'_>, person: i64, fill: bool) -> Outcome {
    let (none, some) = (Value::Null, Value::from("1900-01-01"));
    let (before, after) = if fill { (none, some) } else { (some, none) };
    let change = FieldChange {
        field: role::BIRTH_DATE,
        before,
        after,
    };
    let (of, field) = (Of::Role(person, Role::Student), &change);
    work.act(if fill {
        Op::Fill { of, field }
    } else {
        Op::Unfill { of, field }
    })
}

fn email(work: &mut Work<'_>, person: i64, knows: bool) -> Outcome {
    let record = work.applying.look().record(Kind::Person, person).unwrap();
    let before = record.map_or(Value::Null, |record| record.get(person::EMAIL).clone());
    let change = [FieldChange {
        field: person::EMAIL,
        before: if knows {
            before.clone()
        } else {
            Value::from("nobody@example.org")
        },
        after: Value::from(format!("{}x", before.text().unwrap_or("a"))),
    }];
    let outcome = work.act(Op::Update {
        kind: Kind::Person,
        id: person,
        fields: &change,
    });
    assert!(knows || !outcome.is_done(), "never forced");
    outcome
}

/// What the app does between runs; what does not fit is refused by the database.
fn app(subject: &Subject, town: &Town, steps: &[Step]) {
    let people = people(subject, town);
    for (step, number) in steps.iter().zip(1..) {
        let Step::App(what, who) = step else { continue };
        let person = people[who % people.len()];
        let sql = match what {
            0 => {
                format!("INSERT INTO work (person, what, at) VALUES ({person}, 'essay', {number})")
            }
            1 => format!(
                "INSERT OR REPLACE INTO person_own (person, nickname) VALUES ({person}, 'N{number}')"
            ),
            2 => format!(
                "INSERT INTO custom_group (owner, section, name) VALUES ({}, {}, 'G')",
                town.teacher,
                town.sections[number % 2]
            ),
            _ => format!(
                "INSERT INTO group_member (custom_group, person, opened) SELECT max(id), {person}, '2026-08-01' FROM custom_group"
            ),
        };
        let _ = (subject.sql)(&sql);
    }
}

/// Invariants 1, 9 and 10: what only people write.
fn app_owned(subject: &Subject) -> Vec<Vec<String>> {
    let mut rows = subject.rows("SELECT * FROM work ORDER BY id");
    rows.extend(subject.rows("SELECT * FROM person_own ORDER BY person"));
    rows.extend(subject.rows("SELECT * FROM custom_group ORDER BY id"));
    // Of groups: everything but the leaving of who left the class.
    let sql = "SELECT custom_group, person, opened, iif(closed_by_sync, NULL, closed) FROM group_member ORDER BY 1, 2, 3";
    rows.extend(subject.rows(sql));
    rows
}

fn theirs(subject: &Subject, other: &Town) -> Vec<String> {
    let lines = dump(subject).into_iter();
    let district = (other.students[0] / 1_000_000_000).to_string();
    let lines = lines.filter(|line| line.contains(&format!("{district}0000000")));
    lines.collect()
}
