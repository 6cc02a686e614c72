//! Employees who merge, part, gain and lose roles (district-side 5.3): one line per case.

use std::collections::BTreeMap;

use homeroom_change::{Served, Tally};
use homeroom_model::{Kind, ObjectId, Timestamp};

use crate::ledger::Ledger;
use crate::roster::{Job, Roster};

/// A history in words. An import names roles with their emails: `T1@a S1@a` is one person who is teacher 1 and staff 1.
/// The expectation names, for each role of the last import, whose id its person has: `T1=1.S2` the id that the person of
/// staff 2 had in import 1, `T1=new` an id that was in no import before.
struct Case {
    name: &'static str,
    imports: &'static [&'static str],
    expected: &'static str,
    /// Created, updated and deleted of the last import: users, teachers, staff.
    counts: [(u64, u64, u64); 3],
}

const CASES: &[Case] = &[
    Case {
        name: "a lone teacher changes the email",
        imports: &["T1@a", "T1@b"],
        expected: "T1=0.T1",
        counts: [(0, 1, 0), (0, 1, 0), (0, 0, 0)],
    },
    Case {
        name: "two persons merge: the one with the older role survives",
        imports: &["S1@b", "S1@b T1@a", "S1@a T1@a"],
        expected: "S1=0.S1 T1=0.S1",
        counts: [(0, 1, 1), (0, 1, 0), (0, 1, 0)],
    },
    Case {
        name: "two persons of one age merge: the smaller id survives",
        imports: &["T1@a S1@b", "T1@b S1@b"],
        expected: "S1=0.T1 T1=0.T1",
        counts: [(0, 1, 1), (0, 1, 0), (0, 1, 0)],
    },
    Case {
        name: "the older role decides, not the older person",
        imports: &["S1@a", "S1@a S2@b", "S1@a T1@a S2@b", "T1@b S2@b"],
        expected: "S2=1.S2 T1=1.S2",
        counts: [(0, 1, 1), (0, 1, 0), (0, 0, 1)],
    },
    Case {
        name: "three persons merge",
        imports: &["A1@c", "A1@c S1@b", "A1@c S1@b T1@a", "A1@a S1@a T1@a"],
        expected: "A1=0.A1 S1=0.A1 T1=0.A1",
        counts: [(0, 1, 2), (0, 1, 0), (0, 1, 0)],
    },
    Case {
        name: "a person splits: the older role keeps the id",
        imports: &["S1@a", "S1@a T1@a", "S1@a T1@b"],
        expected: "S1=0.S1 T1=new",
        counts: [(1, 1, 0), (0, 1, 0), (0, 0, 0)],
    },
    Case {
        name: "a person whose roles are of one age splits: the smaller id of a role keeps the person's",
        imports: &["T1@a S1@a", "T1@b S1@a"],
        expected: "S1=new T1=0.T1",
        counts: [(1, 1, 0), (0, 1, 0), (0, 1, 0)],
    },
    Case {
        name: "a role is gained",
        imports: &["T1@a", "T1@a S1@a"],
        expected: "S1=0.T1 T1=0.T1",
        counts: [(0, 1, 0), (0, 0, 0), (1, 0, 0)],
    },
    Case {
        name: "a role is lost",
        imports: &["T1@a S1@a", "S1@a"],
        expected: "S1=0.S1",
        counts: [(0, 1, 0), (0, 0, 1), (0, 0, 0)],
    },
    Case {
        name: "a role is lost and comes back",
        imports: &["T1@a S1@a", "S1@a", "S1@a T1@a"],
        expected: "S1=0.S1 T1=0.S1",
        counts: [(0, 1, 0), (1, 0, 0), (0, 0, 0)],
    },
    Case {
        name: "two persons exchange a role: each keeps the older one's id",
        imports: &["T1@a T2@b", "T1@a S1@a T2@b S2@b", "T1@a S2@a T2@b S1@b"],
        expected: "S1=0.T2 S2=0.T1 T1=0.T1 T2=0.T2",
        counts: [(0, 2, 0), (0, 0, 0), (0, 2, 0)],
    },
    Case {
        name: "who loses an id to an older role falls back on the id of a younger role",
        imports: &["S1@a", "S1@a T1@a", "S1@a T1@a S2@c", "S1@a T1@c S2@c"],
        expected: "S1=0.S1 S2=2.S2 T1=2.S2",
        counts: [(0, 2, 0), (0, 1, 0), (0, 0, 0)],
    },
    Case {
        name: "a teacher id changes inside a person",
        imports: &["T1@a S1@a", "T2@a S1@a"],
        expected: "S1=0.S1 T2=0.S1",
        counts: [(0, 1, 0), (1, 0, 1), (0, 0, 0)],
    },
    Case {
        name: "the teacher id of a lone teacher changes",
        imports: &["T1@a", "T2@a"],
        expected: "T2=new",
        counts: [(1, 0, 1), (1, 0, 1), (0, 0, 0)],
    },
    Case {
        name: "a whole person leaves and comes back with one role",
        imports: &["T1@a S1@a T9@z", "T9@z", "S1@a T9@z"],
        expected: "S1=0.T1 T9=0.T9",
        counts: [(1, 0, 0), (0, 0, 0), (1, 0, 0)],
    },
    Case {
        name: "both roles of a person come back, but apart: the older one gets the person's id",
        imports: &["T1@a S1@a T9@z", "T9@z", "S1@a T1@b T9@z"],
        expected: "S1=new T1=0.T1 T9=0.T9",
        counts: [(2, 0, 0), (1, 0, 0), (1, 0, 0)],
    },
    Case {
        name: "a role that comes back takes nothing from the role that stayed",
        imports: &["T1@a", "T1@a S1@a", "S1@a", "S1@a T1@b"],
        expected: "S1=0.T1 T1=new",
        counts: [(1, 0, 0), (1, 0, 0), (0, 0, 0)],
    },
    Case {
        name: "a role comes back on the day on which the rest of its person leaves",
        imports: &["T1@a S1@a", "S1@a", "T1@b"],
        expected: "T1=0.T1",
        counts: [(0, 1, 0), (1, 0, 0), (0, 0, 1)],
    },
    Case {
        name: "a returning role merges with a person who was there all the time",
        imports: &["T1@a", "T1@a S1@b", "S1@b", "S1@b T1@b"],
        expected: "S1=1.S1 T1=1.S1",
        counts: [(0, 1, 0), (1, 0, 0), (0, 0, 0)],
    },
    Case {
        name: "what was merged parts again: the id that was given up does not come back",
        imports: &["T1@a", "T1@a S1@b", "T1@a S1@a", "T1@a S1@b"],
        expected: "S1=new T1=0.T1",
        counts: [(1, 1, 0), (0, 0, 0), (0, 1, 0)],
    },
    Case {
        name: "two teachers with one email are two people, and the staff record is a third",
        imports: &["T1@a S1@a", "T1@a T2@a S1@a"],
        expected: "S1=new T1=0.T1 T2=new",
        counts: [(2, 1, 0), (1, 0, 0), (0, 1, 0)],
    },
];

type Label = (usize, u8);

fn roles(import: &str) -> BTreeMap<Label, Job> {
    let role = |word: &str| {
        let (label, email) = word.split_once('@').unwrap();
        let job = Job {
            email: email.as_bytes()[0],
            ..Job::default()
        };
        (parse(label), job)
    };
    import.split_whitespace().map(role).collect()
}

fn parse(label: &str) -> Label {
    let role = "TSA".find(&label[..1]).unwrap();
    (role, label[1..].parse().unwrap())
}

/// The id of each role's person, and of the role.
fn ids(ledger: &Ledger, roster: &Roster) -> BTreeMap<Label, (ObjectId, ObjectId)> {
    let candidate = roster.candidate(0);
    let table = ledger.snapshot().table(Kind::Employee);
    let mut by_key = BTreeMap::new();
    for row in 0..table.len() {
        for role in 0..3 {
            if let Some(key) = table.key(row, role) {
                by_key.insert(
                    (role, key),
                    (table.id(row), table.role_id(row, role).unwrap()),
                );
            }
        }
    }
    // The candidate of one role alone tells the key of that role.
    let mut found = BTreeMap::new();
    for (label, job) in &roster.roles {
        let alone = Roster {
            roles: [(*label, job.clone())].into(),
            ..Roster::default()
        };
        let key = alone.candidate(0).table(Kind::Employee).keys(0)[label.0];
        found.insert(*label, by_key[&(label.0, key)]);
    }
    assert_eq!(candidate.table(Kind::Employee).len(), table.len());
    found
}

fn check(case: &Case) {
    let mut ledger = Ledger::new();
    let mut past: Vec<BTreeMap<Label, (ObjectId, ObjectId)>> = Vec::new();
    let mut counts = [Tally::default(); 3];
    for import in case.imports {
        ledger.wait(1);
        let roster = Roster {
            roles: roles(import),
            ..Roster::default()
        };
        let plan = ledger.publish(&roster.candidate(0));
        let kinds = [Served::Users, Served::Teachers, Served::Staff];
        counts = kinds.map(|kind| plan.counts().of(kind));
        past.push(ids(&ledger, &roster));
    }
    let now = past.pop().unwrap();
    for (label, (_, role)) in &now {
        let before = past.iter().rev().find_map(|ids| ids.get(label));
        assert!(
            before.is_none_or(|(_, before)| before == role),
            "{}: a role keeps its own id",
            case.name
        );
    }
    let mut expected = BTreeMap::new();
    for word in case.expected.split_whitespace() {
        let (label, whose) = word.split_once('=').unwrap();
        expected.insert(parse(label), whose);
    }
    assert_eq!(
        now.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    for (label, (person, _)) in &now {
        let known = past
            .iter()
            .flat_map(BTreeMap::values)
            .any(|(id, _)| id == person);
        match expected[label] {
            "new" => assert!(!known, "{}: {label:?} must have a new id", case.name),
            whose => {
                let (import, other) = whose.split_once('.').unwrap();
                let was = past[import.parse::<usize>().unwrap()][&parse(other)].0;
                assert_eq!(*person, was, "{}: {label:?}", case.name);
            }
        }
    }
    let counts = counts.map(|tally| (tally.created, tally.updated, tally.deleted));
    assert_eq!(counts, case.counts, "{}: users, teachers, staff", case.name);
}

#[test]
fn persons_keep_the_right_ids() {
    for case in CASES {
        check(case);
    }
}

#[test]
fn a_person_under_a_new_id_is_as_old_as_the_oldest_role() {
    let mut ledger = Ledger::new();
    let mut publish = |import: &str| {
        ledger.wait(10);
        let roster = Roster {
            roles: roles(import),
            ..Roster::default()
        };
        ledger.publish(&roster.candidate(0));
        let table = ledger.snapshot().table(Kind::Employee);
        let created = (0..table.len()).map(|row| table.created(row));
        (ledger.now, created.collect::<Vec<_>>())
    };
    let (first, _) = publish("S1@a");
    let (second, created) = publish("S1@a T1@a");
    assert_eq!(created, [first]);
    let (third, created) = publish("S1@a T1@b T2@c");
    let known_to_the_second = second.millis() / 1000 * 1000;
    let created: Vec<_> = created.into_iter().map(Timestamp::millis).collect();
    assert_eq!(created[0], first.millis());
    assert_eq!(created[1], known_to_the_second);
    assert_eq!(created[2], third.millis());
}
