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

const MINUTE: i64 = 60_000;

/// A moment so many minutes after the school year began.
fn minute(minute: i64) -> Moment {
    let years = crate::SchoolYears::default();
    let began = years.begins(crate::SchoolYear(2027));
    years.moment(Timestamp::from_millis(began.millis() + minute * MINUTE))
}

/// What goes out of a total at a minute of the year, and what follows later.
fn sent(total: u32, told: &[(u32, i64)], now: i64) -> (Option<u32>, u32) {
    let row = Outgoing {
        student: ObjectId::new([1; 12]),
        account: Account(1),
        sum: Sum {
            minutes: Amount::whole(total),
            progress: Amount::whole(9),
        },
    };
    let told = |_: &Outgoing| {
        let told = told.iter().map(|(minutes, at)| Told {
            minutes: Amount::whole(*minutes),
            until: minute(*at).at,
        });
        told.collect()
    };
    let paced = paced(&[row], told, &minute(now));
    assert!(
        paced
            .rows
            .iter()
            .all(|row| row.sum.progress == Amount::whole(9))
    );
    let whole = |amount: Amount| u32::try_from(amount.micros() / 1_000_000).unwrap();
    let row = paced.rows.first().map(|row| whole(row.sum.minutes));
    (
        row,
        paced.later.first().map_or(0, |later| whole(later.minutes)),
    )
}

#[test]
fn no_more_goes_out_than_time_has_passed() {
    for (total, told, now, expected) in [
        // The first of the year: since it began.
        (45, &[][..], 100, (Some(45), 0)),
        (100, &[], 100, (Some(99), 1)),
        (5, &[], 0, (Some(0), 5)),
        // Since the last.
        (45, &[(0, 50)], 100, (Some(45), 0)),
        (55, &[(0, 50)], 100, (Some(49), 6)),
        (55, &[(20, 99)], 100, (Some(20), 35)),
        (55, &[(55, 99)], 100, (Some(55), 0)),
        // A clock that was set back.
        (55, &[(20, 300)], 100, (Some(20), 35)),
        // A person let it fall.
        (10, &[(55, 99)], 100, (Some(10), 0)),
        // It is not known which of two arrived: what suits both, or nothing yet.
        (80, &[(20, 50), (10, 60)], 100, (Some(49), 31)),
        (80, &[(70, 50), (10, 60)], 100, (None, 10)),
        (80, &[(70, 50), (10, 60)], 125, (Some(74), 6)),
        (30, &[(70, 50), (10, 60)], 100, (Some(30), 0)),
    ] {
        assert_eq!(sent(total, told, now), expected, "{total} {told:?} {now}");
    }
}

proptest! {
    /// Whatever subset of what was sent arrives, whenever on its way, nothing of it is set aside, nothing falls, and all arrives.
    #[test]
    fn paced_totals_are_plausible_whatever_arrives(
        steps in prop::collection::vec((0_i64..120, 0_u32..200, 0_i64..3, any::<bool>()), 1..30),
    ) {
        use crate::total::{Ground, Metrics, Report, apply};
        let metrics = Metrics { series: 1, may_fall: false };
        let (mut now, mut total, mut last, mut held) = (0_i64, 0, None, None);
        let mut send = |now: &mut i64, total: u32, (takes, arrives): (i64, bool)| {
            let told: Vec<(u32, i64)> = last.into_iter().collect();
            let (row, later) = sent(total, &told, *now);
            let row = row.unwrap();
            if arrives {
                let report = Report { minutes: Some(Amount::whole(row)), progress: None };
                let at = minute(*now + takes / 2);
                let mut ground = Ground::of(held.as_ref(), &at);
                let applied = apply(held.as_ref(), &mut ground, &report, metrics, &at);
                assert!(!applied.total.is_open(), "{applied:?}");
                held = Some(applied.total);
            }
            *now += takes;
            last = Some((row, *now));
            (later, held.as_ref().and_then(|held| held.shown()[0]))
        };
        for (passes, works, takes, arrives) in steps {
            now += passes;
            total += works;
            send(&mut now, total, (takes, arrives));
        }
        for _ in 0..200 {
            now += 60;
            let (later, shown) = send(&mut now, total, (0, true));
            if later == 0 {
                prop_assert_eq!(shown, Some(Amount::whole(total)));
                return Ok(());
            }
        }
        prop_assert!(false, "it never ends");
    }
}
