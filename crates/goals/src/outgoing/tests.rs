use proptest::prelude::*;

use super::*;
use crate::{
    Amount,
    submission::{Form, Limits, read_csv, read_json},
};

fn student(byte: u8, accounts: &[i64]) -> Student {
    Student {
        source: ObjectId::new([byte; 12]),
        accounts: accounts.iter().copied().map(Account).collect(),
    }
}

fn sums(known: &[(i64, u32, u32)]) -> BTreeMap<Account, Sum> {
    let sum = |&(account, minutes, progress): &(i64, u32, u32)| {
        (
            Account(account),
            Sum {
                minutes: Amount::whole(minutes),
                progress: Amount::whole(progress),
            },
        )
    };
    known.iter().map(sum).collect()
}

/// Minutes that go out and minutes that are held.
fn decided(
    students: &[Student],
    totals: &[(i64, u32, u32)],
    known: &[(i64, u32, u32)],
    allowed: &[i64],
) -> (Vec<String>, Vec<String>) {
    let allowed = allowed.iter().copied().map(Account).collect();
    let sendable = sendable(students, &sums(totals), &sums(known), &allowed);
    (
        sendable
            .rows
            .iter()
            .map(|row| row.sum.minutes.to_string())
            .collect(),
        sendable
            .held
            .iter()
            .map(|held| held.computed.minutes.to_string())
            .collect(),
    )
}

#[test]
fn totals_that_fell_are_held_and_others_go() {
    let students = [student(1, &[1]), student(2, &[2]), student(3, &[3])];
    let totals = [(1, 90, 9), (2, 50, 5)];
    let strings = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    for (known, allowed, sent, held) in [
        (vec![], vec![], strings(&["90", "50", "0"]), strings(&[])),
        (
            vec![(1, 90, 9), (2, 40, 5)],
            vec![],
            strings(&["90", "50", "0"]),
            strings(&[]),
        ),
        (
            vec![(1, 91, 9)],
            vec![],
            strings(&["50", "0"]),
            strings(&["90"]),
        ),
        (
            vec![(1, 80, 10)],
            vec![],
            strings(&["50", "0"]),
            strings(&["90"]),
        ),
        (
            vec![(1, 91, 9)],
            vec![1],
            strings(&["90", "50", "0"]),
            strings(&[]),
        ),
        (
            vec![(3, 1, 0)],
            vec![1],
            strings(&["90", "50"]),
            strings(&["0"]),
        ),
    ] {
        assert_eq!(
            decided(&students, &totals, &known, &allowed),
            (sent, held),
            "{known:?}"
        );
    }
}

#[test]
fn a_merge_adds_and_a_new_id_takes_the_total_along() {
    let merged = [student(1, &[1, 2])];
    let expected = (vec!["150".to_owned()], vec![]);
    assert_eq!(
        decided(
            &merged,
            &[(1, 100, 5), (2, 50, 1)],
            &[(1, 100, 5), (2, 50, 1)],
            &[]
        ),
        expected
    );
    let new_id = [student(9, &[1])];
    let held = (vec![], vec!["99".to_owned()]);
    assert_eq!(
        decided(&new_id, &[(1, 99, 5)], &[(1, 100, 5)], &[]),
        held,
        "the guard knows the account"
    );
}

fn rows() -> impl Strategy<Value = Vec<Outgoing>> {
    let row = (
        any::<[u8; 12]>(),
        0..=Amount::MOST.micros(),
        0..=Amount::MOST.micros(),
    )
        .prop_map(|(id, minutes, progress)| Outgoing {
            student: ObjectId::new(id),
            account: Account(0),
            sum: Sum {
                minutes: Amount::from_micros(minutes),
                progress: Amount::from_micros(progress),
            },
        });
    prop::collection::vec(row, 1..30)
}

proptest! {
    #[test]
    fn the_receiver_reads_what_the_sender_wrote(rows in rows(), key in "[a-z_,\" é]{1,12}") {
        prop_assume!(key != "minutes" && key.trim() == key);
        let form = Form { progress: Some(&key), limits: &Limits::default() };
        let from_json = read_json(&json(&rows, &key), &form).unwrap();
        let from_csv = read_csv(&csv(&rows, &key), &form).unwrap();
        prop_assert_eq!(&from_json, &from_csv);
        prop_assert_eq!(from_json.rows.len(), rows.len());
        for (read, row) in from_json.rows.iter().zip(&rows) {
            prop_assert_eq!(read.student, row.student);
            prop_assert_eq!((read.minutes, read.progress), (Some(row.sum.minutes), Some(row.sum.progress)));
        }
    }
}
