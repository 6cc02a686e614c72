//! A school year played through a sender and a receiver that know nothing of each other but the bodies (integration-side
//! D7): an outage, a resend storm, a merge, a new id and a correction, compared with what really happened.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_goals::{
    Amount, Curve, Feed, Moment, SchoolDays, SchoolYear, SchoolYears, Settings, Timetable,
    figures::Group,
    ledger::{Account, Entry, Increment, Profile, Sum, Tally, covered},
    outgoing,
    state::{AsOf, Known, Scene, State, judge},
    submission::{Form, Limits, Notice, read_csv, read_json},
    total::{self, Correction, Day, Ground, Metrics, Report, Total},
};
use homeroom_model::{Date, ObjectId, Timestamp};

const KEY: &str = "lessons_completed";
const YEAR: SchoolYear = SchoolYear(2027);
const METRICS: Metrics = Metrics {
    series: 1,
    may_fall: false,
};

/// What a student's days are like, by account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Steady,
    Sprinter,
    Idle,
    Stuck,
    Absent,
}

const KINDS: [Kind; 5] = [
    Kind::Steady,
    Kind::Sprinter,
    Kind::Idle,
    Kind::Stuck,
    Kind::Absent,
];
/// School days played, the first of the outage and the first after it.
const PLAYED: usize = 80;
const OUTAGE: (usize, usize) = (30, 36);

impl Kind {
    /// Minutes and lessons of a school day, from 1.
    fn day(self, day: usize) -> (u32, u32) {
        match self {
            Self::Steady => (15, 1),
            Self::Sprinter if day.is_multiple_of(4) => (75, 6),
            Self::Idle if day == 2 => (4, 1),
            Self::Stuck if day > 40 => (12, 0),
            Self::Stuck => (12, 1),
            Self::Absent if day <= 60 => (14, 1),
            Self::Sprinter | Self::Idle | Self::Absent => (0, 0),
        }
    }
}

fn id(account: i64) -> ObjectId {
    let mut bytes = [0x5f; 12];
    bytes[4..].copy_from_slice(&account.to_be_bytes());
    ObjectId::new(bytes)
}

struct World {
    years: SchoolYears,
    calendar: SchoolDays,
}

impl World {
    fn new() -> Self {
        let years = SchoolYears::new("America/Chicago", "07-01").unwrap();
        let table = Timetable {
            first_day: Date::parse_iso("2026-08-17"),
            closed: vec![(
                Date::parse_iso("2026-09-07").unwrap(),
                Date::parse_iso("2026-09-07").unwrap(),
            )],
            ..Timetable::default()
        };
        let calendar = SchoolDays::new(years.first_day(YEAR), years.last_day(YEAR), &table);
        Self { years, calendar }
    }

    /// A moment of a school day: hours after the first of UTC.
    fn at(&self, day: usize, hours: i64) -> Moment {
        let days = i64::from(self.calendar.date(day).unwrap().days());
        self.years
            .moment(Timestamp::from_millis((days * 24 + hours) * 3_600_000))
    }
}

/// The app: its ledger, its accounts, what was acknowledged.
struct Sender {
    ledger: Vec<Entry>,
    profiles: Vec<Profile>,
    acknowledged: BTreeMap<Account, Sum>,
    allowed: BTreeSet<Account>,
}

impl Sender {
    fn new(accounts: i64) -> Self {
        let profile = |account| Profile {
            account: Account(account),
            source: Some(id(account)),
            merged_into: None,
            active: true,
        };
        Self {
            ledger: Vec::new(),
            profiles: (0..accounts).map(profile).collect(),
            acknowledged: BTreeMap::new(),
            allowed: BTreeSet::new(),
        }
    }

    fn work(&mut self, world: &World, day: usize) {
        for account in 0..i64::try_from(self.profiles.len()).unwrap() {
            let (minutes, progress) = kind(account).day(day);
            let entry = Entry::Done(Increment {
                activity: format!("{account} on {day}").into(),
                account: Account(account),
                at: world.at(day, 16).at,
                minutes: Amount::whole(minutes),
                progress: Amount::whole(progress),
            });
            // Devices report what they did more than once.
            self.ledger.push(entry.clone());
            self.ledger.extend(day.is_multiple_of(3).then_some(entry));
        }
    }

    fn rows(&self, world: &World) -> outgoing::Sendable {
        let mut tally = Tally::new(&world.years, YEAR);
        for entry in &self.ledger {
            tally.take(entry);
        }
        let students = covered(&self.profiles).students;
        outgoing::sendable(
            &students,
            &tally.totals(),
            &self.acknowledged,
            &self.allowed,
        )
    }
}

fn kind(account: i64) -> Kind {
    KINDS[usize::try_from(account).unwrap() % KINDS.len()]
}

/// The district's side.
#[derive(Default)]
struct Receiver {
    totals: BTreeMap<ObjectId, Total>,
    days: BTreeMap<(ObjectId, Date), Day>,
    deliveries: BTreeSet<Date>,
    last: Option<Timestamp>,
    notices: Vec<(ObjectId, Notice)>,
}

impl Receiver {
    fn receive(&mut self, body: &[u8], is_json: bool, at: &Moment) {
        let form = Form {
            progress: Some(KEY),
            limits: &Limits::default(),
        };
        let read = if is_json {
            read_json(body, &form)
        } else {
            read_csv(body, &form)
        };
        let batch = read.unwrap();
        assert!(batch.rejected.is_empty() && batch.others.is_empty());
        self.deliveries.insert(at.day);
        self.last = Some(at.at);
        for row in &batch.rows {
            let report = Report {
                minutes: row.minutes,
                progress: row.progress,
            };
            let held = self.totals.get(&row.student);
            // No student is in a body twice.
            let mut ground = Ground::of(held, at);
            let applied = total::apply(held, &mut ground, &report, METRICS, at);
            self.notices
                .extend(applied.notices.iter().map(|notice| (row.student, *notice)));
            self.totals.insert(row.student, applied.total);
            if let Some(day) = applied.day {
                self.keep(row.student, day);
            }
        }
    }

    fn keep(&mut self, student: ObjectId, day: Day) {
        let kept = self.days.entry((student, day.day)).or_insert(day);
        *kept = kept.merge(&day, METRICS.may_fall);
    }

    fn days(&self, student: ObjectId) -> Vec<Day> {
        let days = self.days.iter().filter(|((owner, _), _)| *owner == student);
        days.map(|(_, day)| *day).collect()
    }

    fn minutes(&self, student: ObjectId) -> Amount {
        self.totals[&student].minutes.unwrap().value
    }
}

/// Sends what there is to send, in two parts and two forms; every part may arrive again at any time.
fn deliver(
    world: &World,
    sender: &mut Sender,
    receiver: &mut Receiver,
    day: usize,
    storm: &mut Vec<(Vec<u8>, bool)>,
) -> usize {
    let sendable = sender.rows(world);
    let at = world.at(day, 26);
    for (part, rows) in sendable.rows.chunks(7).enumerate() {
        let is_json = part % 2 == 0;
        let body = if is_json {
            outgoing::json(rows, KEY)
        } else {
            outgoing::csv(rows, KEY)
        };
        receiver.receive(&body, is_json, &at);
        storm.push((body, is_json));
        for row in rows {
            sender.acknowledged.insert(row.account, row.sum);
        }
    }
    sendable.held.len()
}

/// The true minutes of an account after the days played.
fn truth(account: i64) -> u32 {
    (1..=PLAYED).map(|day| kind(account).day(day).0).sum()
}

struct Played {
    world: World,
    receiver: Receiver,
    /// The account that got a new id half-way, and the id.
    renamed: (i64, ObjectId),
}

fn played() -> Played {
    let world = World::new();
    let (mut sender, mut receiver) = (Sender::new(20), Receiver::default());
    let mut storm = Vec::new();
    let renamed = (15, id(115));
    for day in 1..=PLAYED {
        sender.work(&world, day);
        if day == 50 {
            // Two profiles of one student are merged; another student gets a new id.
            sender.profiles[11] = Profile {
                merged_into: Some(Account(10)),
                active: false,
                ..sender.profiles[11]
            };
            sender.profiles[15].source = Some(renamed.1);
        }
        if (OUTAGE.0..OUTAGE.1).contains(&day) {
            continue;
        }
        assert_eq!(
            deliver(&world, &mut sender, &mut receiver, day, &mut storm),
            0
        );
        if day % 20 == 0 {
            // Everything of the last weeks arrives again, the newest first.
            for (body, is_json) in storm.drain(..).rev() {
                receiver.receive(&body, is_json, &world.at(day, 27));
            }
        }
    }
    let regressions = receiver
        .notices
        .iter()
        .all(|(_, notice)| *notice == Notice::Regression);
    assert!(
        regressions,
        "old bodies are lower, and nothing else is said"
    );
    Played {
        world,
        receiver,
        renamed,
    }
}

#[test]
fn every_total_arrives_exactly() {
    let Played {
        receiver, renamed, ..
    } = played();
    for account in 0..20 {
        let expected = match account {
            10 => truth(10) + truth(11),
            // The profile that was merged away is not reported any more.
            11 => continue,
            _ => truth(account),
        };
        let student = if account == renamed.0 {
            renamed.1
        } else {
            id(account)
        };
        assert_eq!(
            receiver.minutes(student),
            Amount::whole(expected),
            "account {account}"
        );
    }
}

#[test]
fn states_and_figures_are_those_of_the_truth() {
    let Played {
        world,
        receiver,
        renamed,
    } = played();
    let (calendar, settings) = (&world.calendar, Settings::default());
    let deliveries: Vec<Date> = receiver.deliveries.iter().copied().collect();
    let feed = Feed::new(&deliveries, receiver.last, calendar, &settings);
    let scene = Scene {
        calendar,
        feed: &feed,
        settings: &settings,
        ceiling: None,
        metrics: METRICS,
    };
    let first = calendar.date(1).unwrap();
    let at = AsOf {
        day: calendar.date(PLAYED).unwrap(),
        now: world.at(PLAYED, 28).at,
    };
    let mut group = Group::default();
    let played = calendar.days().iter().take(PLAYED);
    let mondays: BTreeSet<Date> = played.map(|day| homeroom_goals::monday(*day)).collect();
    let mut weeks: BTreeMap<Date, Amount> = BTreeMap::new();
    let mut curve = Curve::default();
    for account in (0..20).filter(|account| ![10, 11, renamed.0].contains(account)) {
        let days = receiver.days(id(account));
        let known = Known {
            days: &days,
            zero: Some(first),
            progress_zero: Some(first),
            enrolled: first,
            absent: false,
            aside: None,
            minutes: &[],
            progress: &[],
        };
        let verdict = judge(&scene, &known, at, &mut curve);
        let expected = match kind(account) {
            Kind::Steady | Kind::Sprinter => State::NoTarget,
            Kind::Idle | Kind::Absent => State::Inactive,
            Kind::Stuck => State::Stuck,
        };
        assert_eq!(verdict.state, expected, "account {account}: {verdict:?}");
        let stuck = usize::from(kind(account) == Kind::Stuck);
        assert_eq!(verdict.stuck.len(), stuck, "account {account}");
        group.add(&verdict, receiver.totals.get(&id(account)));
        assert_eq!(verdict.told, PLAYED, "account {account}");
        for monday in &mondays {
            let week = weeks.entry(*monday).or_default();
            *week = *week + curve.week(calendar, *monday).0;
        }
    }
    assert_eq!((group.students, group.reported), (17, 17));
    let seen: Amount = weeks.values().copied().sum();
    assert_eq!(seen, group.minutes, "weeks add up, the outage included");
    let outage = calendar.date(OUTAGE.0 + 2).unwrap();
    let bridged = weeks[&homeroom_goals::monday(outage)];
    assert!(bridged > Amount::ZERO, "an outage is no week without work");
}

#[test]
fn a_correction_waits_for_people_on_both_sides() {
    let world = World::new();
    let (mut sender, mut receiver) = (Sender::new(1), Receiver::default());
    let mut storm = Vec::new();
    for day in 1..=5 {
        sender.work(&world, day);
        deliver(&world, &mut sender, &mut receiver, day, &mut storm);
    }
    sender.ledger.push(Entry::Undone {
        activity: "0 on 3".into(),
    });
    assert_eq!(
        deliver(&world, &mut sender, &mut receiver, 6, &mut storm),
        1,
        "held at the sender"
    );
    assert_eq!(receiver.minutes(id(0)), Amount::whole(75));
    sender.allowed.insert(Account(0));
    assert_eq!(
        deliver(&world, &mut sender, &mut receiver, 7, &mut storm),
        0
    );
    assert_eq!(
        receiver.minutes(id(0)),
        Amount::whole(75),
        "kept at the receiver"
    );
    assert_eq!(receiver.notices, [(id(0), Notice::Regression)]);
    let day = receiver
        .totals
        .get_mut(&id(0))
        .unwrap()
        .confirm(Correction::LowerMinutes, &world.at(8, 12))
        .unwrap();
    receiver.keep(id(0), day);
    assert_eq!(receiver.minutes(id(0)), Amount::whole(60));
}
