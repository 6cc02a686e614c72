use proptest::prelude::*;

use super::*;

fn years() -> SchoolYears {
    SchoolYears::new("America/Chicago", "07-01").unwrap()
}

const YEAR: SchoolYear = SchoolYear(2027);

fn done(activity: &str, account: i64, day: i64, minutes: u32) -> Entry {
    Entry::Done(Increment {
        activity: activity.into(),
        account: Account(account),
        at: Timestamp::from_millis(years().begins(YEAR).millis() + day * 86_400_000),
        minutes: Amount::whole(minutes),
        progress: Amount::whole(1),
    })
}

fn undone(activity: &str) -> Entry {
    Entry::Undone {
        activity: activity.into(),
    }
}

fn tally(entries: &[Entry]) -> BTreeMap<Account, Sum> {
    let years = years();
    let mut tally = Tally::new(&years, YEAR);
    for entry in entries {
        tally.take(entry);
    }
    tally.totals()
}

fn sum(minutes: u32, progress: u32) -> Sum {
    Sum {
        minutes: Amount::whole(minutes),
        progress: Amount::whole(progress),
    }
}

#[test]
fn an_activity_counts_once_and_in_its_own_year() {
    let years = years();
    let mut tally = Tally::new(&years, YEAR);
    for (entry, taken) in [
        (done("a", 1, 3, 10), Taken::Counted),
        (done("a", 1, 3, 10), Taken::Repeated),
        (done("a", 1, 3, 12), Taken::Conflicting),
        (done("a", 2, 3, 10), Taken::Conflicting),
        (done("b", 1, 4, 5), Taken::Counted),
        (done("c", 1, -1, 5), Taken::OtherYear),
        (done("d", 1, 365, 5), Taken::OtherYear),
        (done("d", 1, 5, 5), Taken::Conflicting),
        (done("e", 1, 364, 5), Taken::Counted),
        (undone("f"), Taken::Undone),
        (done("f", 1, 5, 7), Taken::Undone),
        (undone("b"), Taken::Undone),
    ] {
        assert_eq!(tally.take(&entry), taken, "{entry:?}");
    }
    assert_eq!(tally.totals(), BTreeMap::from([(Account(1), sum(15, 2))]));
    let explains: Vec<&str> = tally
        .undone(&[Account(1)])
        .iter()
        .map(|increment| &*increment.activity)
        .collect();
    assert_eq!(explains, ["b", "f"]);
    assert!(tally.undone(&[Account(2)]).is_empty());
}

fn profile(account: i64, source: Option<u8>) -> Profile {
    Profile {
        account: Account(account),
        source: source.map(|byte| ObjectId::new([byte; 12])),
        merged_into: None,
        active: true,
    }
}

fn accounts(covered: &Covered) -> Vec<Vec<i64>> {
    covered
        .students
        .iter()
        .map(|student| student.accounts.iter().map(|account| account.0).collect())
        .collect()
}

#[test]
fn active_students_with_an_id_are_covered() {
    let gone = |into| Profile {
        merged_into: Some(Account(into)),
        active: false,
        ..profile(5, None)
    };
    let archived = Profile {
        active: false,
        ..profile(4, Some(4))
    };
    for (profiles, sent, unsendable) in [
        (
            vec![profile(1, Some(1)), profile(2, Some(2))],
            vec![vec![1], vec![2]],
            vec![],
        ),
        (
            vec![profile(1, Some(1)), profile(2, Some(1))],
            vec![vec![1, 2]],
            vec![],
        ),
        (
            vec![profile(1, Some(1)), profile(3, None)],
            vec![vec![1]],
            vec![Account(3)],
        ),
        (vec![profile(1, Some(1)), archived], vec![vec![1]], vec![]),
        (
            vec![
                Profile {
                    active: false,
                    ..profile(1, Some(4))
                },
                profile(4, Some(4)),
            ],
            vec![vec![1, 4]],
            vec![],
        ),
        (vec![profile(1, Some(1)), gone(1)], vec![vec![1, 5]], vec![]),
        (vec![profile(1, Some(1)), gone(9)], vec![vec![1]], vec![]),
        (vec![profile(1, Some(1)), gone(5)], vec![vec![1]], vec![]),
    ] {
        let covered = covered(&profiles);
        assert_eq!(
            (accounts(&covered), covered.not_sendable.clone()),
            (sent, unsendable),
            "{profiles:?}"
        );
    }
    let chain = [
        Profile {
            merged_into: Some(Account(2)),
            active: false,
            ..profile(1, None)
        },
        Profile {
            merged_into: Some(Account(3)),
            active: false,
            ..profile(2, None)
        },
        profile(3, Some(3)),
    ];
    assert_eq!(accounts(&covered(&chain)), [[1, 2, 3]]);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (0_u8..40, any::<bool>()).prop_map(|(activity, is_undone)| {
        // Content is a function of the activity: the same id is the same activity.
        let name = format!("activity {activity}");
        if is_undone && activity < 8 {
            undone(&name)
        } else {
            done(
                &name,
                i64::from(activity % 5),
                i64::from(activity) * 9,
                u32::from(activity),
            )
        }
    });
    prop::collection::vec(entry, 0..80)
}

proptest! {
    #[test]
    fn order_and_repetition_change_no_total(ledger in entries(), turn in any::<prop::sample::Index>()) {
        let expected = tally(&ledger);
        let mut other = ledger.clone();
        other.rotate_left(if ledger.is_empty() { 0 } else { turn.index(ledger.len()) });
        other.extend(ledger.into_iter().rev());
        prop_assert_eq!(tally(&other), expected);
    }

    /// A merge or re-key never changes a total (issue 6).
    #[test]
    fn merging_and_giving_new_ids_only_moves_totals(
        ledger in entries(),
        merges in prop::collection::vec((0_i64..5, 0_i64..5), 0..6),
        ids in prop::collection::vec(0_u8..9, 5),
    ) {
        let totals = tally(&ledger);
        let mut profiles: Vec<Profile> = (0..5).map(|account| profile(account, Some(ids[usize::try_from(account).unwrap()]))).collect();
        for (from, into) in merges {
            // Merges go from later accounts to earlier ones, as those that came first are kept.
            if into < from {
                let profile = &mut profiles[usize::try_from(from).unwrap()];
                (profile.merged_into, profile.active) = (Some(Account(into)), false);
            }
        }
        let covered = covered(&profiles);
        let mut all: Vec<Account> = covered.students.iter().flat_map(|student| student.accounts.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(&all, &(0..5).map(Account).collect::<Vec<_>>(), "each account is somebody's, once");
        let sent: Amount = covered.students.iter().flat_map(|student| &student.accounts).filter_map(|account| totals.get(account)).map(|sum| sum.minutes).sum();
        prop_assert_eq!(sent, totals.values().map(|sum| sum.minutes).sum());
    }
}
