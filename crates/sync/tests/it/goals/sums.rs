//! The ledger in the database gives the totals that `homeroom_goals::ledger::Tally` gives, and sender and receiver agree on
//! the school year of every moment (issue 6).

use std::collections::BTreeMap;

use homeroom_goals::ledger::{Account, Entry, Increment, Sum, Taken, Tally};
use homeroom_goals::{Amount, SchoolYear, SchoolYears};
use homeroom_model::Timestamp;
use homeroom_plan::Policy;
use homeroom_roster::{GoalActivity, GoalEntry, GoalTaken, Roster as _};
use homeroom_sync::goals::Reporting;
use proptest::prelude::*;

use super::place::{App, years};

const YEAR: SchoolYear = SchoolYear(2027);

/// Account, activity, hours since the year began, minutes and progress in millionths; or the activity is undone.
#[derive(Clone, Debug)]
enum Written {
    Done(usize, u8, i64, u64, u64),
    Undone(u8),
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    let hours = prop_oneof![
        6 => 0_i64..24 * 365,
        1 => Just(-1_i64),
        1 => Just(24 * 365),
        1 => -9000_i64..20_000,
    ];
    let amount = prop_oneof![Just(0_u64), 0..200_000_000_u64, Just(1_000_000_000_000)];
    let done = (0_usize..3, 0_u8..30, hours, amount.clone(), amount).prop_map(
        |(who, activity, hours, minutes, progress)| {
            Written::Done(who, activity, hours, minutes, progress)
        },
    );
    let entry = prop_oneof![9 => done, 1 => (0_u8..30).prop_map(Written::Undone)];
    prop::collection::vec(entry, 0..60)
}

fn database(app: &App, district: i64) -> BTreeMap<Account, Sum> {
    let mut found = BTreeMap::new();
    let (from, to) = (years().begins(YEAR), years().begins(SchoolYear(YEAR.0 + 1)));
    let amount = |stored: i64| Amount::from_micros(stored.try_into().unwrap());
    let mut visit = |sum: homeroom_roster::GoalSum| {
        let (minutes, progress) = (amount(sum.minutes), amount(sum.progress));
        found.insert(Account(sum.person), Sum { minutes, progress });
        Ok(())
    };
    let reading = app.roster.read().unwrap();
    reading.goal_sums(district, from, to, &mut visit).unwrap();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_database_adds_up_as_the_tally_does(written in written()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let _guard = runtime.enter();
        let app = App::new();
        let river = app.district(1);
        let years = years();
        let mut tally = Tally::new(&years, YEAR);
        for one in &written {
            let (entry, own) = match one {
                Written::Undone(activity) => {
                    let activity = format!("activity {activity}");
                    (Entry::Undone { activity: activity.clone().into() }, None::<(String, i64)>.ok_or(activity))
                }
                Written::Done(who, activity, hours, minutes, progress) => {
                    let activity = format!("activity {activity}");
                    let increment = Increment {
                        activity: activity.clone().into(),
                        account: Account(river.town.students[*who]),
                        at: Timestamp::from_millis(years.begins(YEAR).millis() + hours * 3_600_000),
                        minutes: Amount::from_micros(*minutes),
                        progress: Amount::from_micros(*progress),
                    };
                    (Entry::Done(increment.clone()), Ok((activity, increment.account.0)))
                }
            };
            let expected = tally.take(&entry);
            let stored = |amount: Amount| i64::try_from(amount.micros()).unwrap();
            let written = match (&entry, &own) {
                (Entry::Done(done), Ok((activity, person))) => GoalEntry::Done(GoalActivity {
                    activity,
                    person: *person,
                    at: done.at,
                    minutes: stored(done.minutes),
                    progress: stored(done.progress),
                }),
                (_, Err(activity)) => GoalEntry::Undone { activity, reason: None },
                (Entry::Undone { .. }, Ok(_)) => unreachable!(),
            };
            let taken = app.record(&river, &[written])[0];
            let same = match expected {
                Taken::Counted => taken == GoalTaken::Counted,
                Taken::Repeated => taken == GoalTaken::Repeated,
                Taken::Conflicting => taken == GoalTaken::Conflicting,
                Taken::Undone => taken == GoalTaken::Undone,
                // The database has all years.
                Taken::OtherYear => !matches!(taken, GoalTaken::Conflicting | GoalTaken::Refused(_)),
            };
            prop_assert!(same, "{:?} is {:?} and {:?}", one, expected, taken);
        }
        prop_assert_eq!(database(&app, river.town.district), tally.totals());
    }

    /// The app's policy and the district's own settings name the same zone and day: both sides see the same year begin.
    #[test]
    fn both_sides_agree_on_the_school_year(
        seconds in 0_i64..4_000_000_000,
        zone in prop::sample::select(vec![
            "UTC", "America/Chicago", "America/Anchorage", "Pacific/Auckland", "America/St_Johns", "Africa/Cairo",
            "Asia/Kathmandu", "Pacific/Kiritimati", "America/Sao_Paulo",
        ]),
        starts in prop::sample::select(vec!["07-01", "08-15", "01-01", "12-31", "02-28", "04-28", "03-10"]),
    ) {
        let preset = Policy::SIS_LOCKDOWN;
        let text = preset.replace("time_zone = \"UTC\"", &format!("time_zone = \"{zone}\""))
            .replace("school_year_starts = \"07-01\"", &format!("school_year_starts = \"{starts}\""));
        let changed = text != preset || (zone, starts) == ("UTC", "07-01");
        prop_assert!(changed, "the preset has both settings");
        let policy = Policy::read(&text).unwrap();
        let sender = Reporting::new(&policy, "lessons_completed").unwrap().years;
        let receiver = SchoolYears::new(zone, starts).unwrap();
        let at = Timestamp::from_millis(seconds * 1000);
        prop_assert_eq!(sender.moment(at), receiver.moment(at));
        prop_assert_eq!(policy.school_year(policy.today(at)), receiver.moment(at).year.0);
        let year = receiver.moment(at).year;
        prop_assert_eq!(sender.begins(year), receiver.begins(year));
    }
}

#[test]
fn keys_that_can_be_none_are_refused() {
    let years = years();
    for key in ["", " ", "minutes", " lessons", "a\nb", &"x".repeat(101)] {
        assert!(Reporting::of(years.clone(), key).is_err(), "{key:?}");
    }
    assert!(
        Reporting::of(years, "Lektionen abgeschlossen").is_ok(),
        "odd, and warned about"
    );
}
