use proptest::prelude::*;

use super::*;
use homeroom_model::ObjectId;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn day(days: i32) -> Date {
    Date::from_days(days).unwrap()
}

fn kept(recent: Vec<u8>, earlier: Vec<u8>) -> StudentYear {
    StudentYear {
        student: ObjectId::new([5; 12]),
        open: false,
        recent,
        earlier,
    }
}

fn read(recent: &[u8], earlier: &[u8]) -> Result<Record, Damaged> {
    let mut record = Record::default();
    record.read(&kept(recent.to_vec(), earlier.to_vec()))?;
    Ok(record)
}

fn mark(value: u64, corrected: Option<u64>) -> Mark {
    Mark {
        value: Amount::from_micros(value),
        corrected: corrected.map(Amount::from_micros),
    }
}

fn level(value: u64, since: i64) -> Level {
    Level {
        value: Amount::from_micros(value),
        since: at(since),
    }
}

/// Something of everything.
fn sample() -> Record {
    let total = Total {
        year: SchoolYear(2027),
        minutes: Some(level(126_500_000, 1_790_000_000_000)),
        progress: Some(level(4_200_000, 1_790_000_500_000)),
        series: 2,
        heard: at(1_790_000_600_000),
        lower_minutes: None,
        lower_progress: Some(level(4_000_001, 1_790_000_600_000)),
        aside: Some(level(9_000_000_000, 1_790_000_700_000)),
    };
    let mut record = Record::new(total);
    record.close(1, level(31_000_000, 1_780_000_000_000));
    for (days, minutes, progress, series) in [
        (
            20_600,
            Some(mark(60_000_000, None)),
            Some(mark(31_000_000, None)),
            1,
        ),
        (20_601, Some(mark(90_250_000, None)), None, 1),
        (20_605, None, Some(mark(3_000_000, Some(2_500_000))), 2),
        (
            20_720,
            Some(mark(80_000_000, Some(80_000_000))),
            Some(mark(4_200_000, None)),
            2,
        ),
    ] {
        record.days.push(Day {
            day: day(days),
            minutes,
            progress,
            series,
        });
    }
    record
}

/// Written by form 2; it never changes.
const FROZEN: &str = "021bd61f0280cfccc598689845809f49a702c09a0c8dfeac0d0098ec03bf9a0c0101d90180afa8c14a0004959e2801c806b20321f2ca029c01022a49e71c937000aa01";

/// Written by form 1; it never changes.
const FROZEN_FIRST: &str = "011bd61f0280cfccc598689845809f49a702c09a0c8dfeac0d0098ec03bf9a0c0101d90180afa8c14a0004959e2801c806b20321f2ca029c01022ae71c9370aa01";

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn what_was_stored_once_is_read_for_ever() {
    let (recent, earlier) = sample().write();
    assert!(earlier.is_empty());
    assert_eq!(hex(&recent), FROZEN);
    assert_eq!(read(&recent, &[]).unwrap(), sample());
    // Of a corrected day the first form knows only the value that it had in the end.
    let mut first = sample();
    for day in &mut first.days {
        for mark in day.minutes.iter_mut().chain(&mut day.progress) {
            mark.corrected = mark.corrected.map(|_| mark.value);
        }
    }
    let bytes = bytes(FROZEN_FIRST);
    assert_eq!(read(&bytes, &[]).unwrap(), first);
    // A half that was written by it goes with one that is written now.
    let (recent, mut earlier) = busy_year().write();
    earlier[0] = 1;
    assert_eq!(read(&recent, &earlier).unwrap(), busy_year());
    for other in [0, 3] {
        earlier[0] = other;
        assert_eq!(read(&recent, &earlier), Err(Damaged));
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}

/// A year in which something was reported on every school day.
fn busy_year() -> Record {
    let mut record = sample();
    record.days.clear();
    for number in 0..180_u32 {
        let days = 20_600 + i32::try_from(number / 5 * 7 + number % 5).unwrap();
        let minutes = u64::from(number) * 32_517_000;
        let progress = u64::from(number) * 1_200_000;
        record.days.push(Day {
            day: day(days),
            minutes: Some(mark(minutes, None)),
            progress: Some(mark(progress, None)),
            series: 2,
        });
    }
    record
}

#[test]
fn a_year_takes_a_kilobyte_and_what_changes_hourly_a_tenth_of_it() {
    let record = busy_year();
    let (recent, earlier) = record.write();
    assert!(recent.len() < 90, "{}", recent.len());
    assert!(earlier.len() < 1100, "{}", earlier.len());
    assert_eq!(read(&recent, &earlier).unwrap(), record);
    let part = read(&recent, &[]).unwrap();
    assert_eq!(part.days, record.days[176..]);
    assert_eq!(part.total, record.total);
    // Written again without the days before, those stay as they are.
    let (again, earlier) = part.write();
    assert_eq!((again, earlier), (recent, Vec::new()));
}

#[test]
fn days_before_are_asked_for_when_they_change() {
    let (recent, _) = busy_year().write();
    let mut part = read(&recent, &[]).unwrap();
    let oldest = part.days[0].day;
    let before = day(oldest.days() - 1);
    assert!(part.needs_earlier(before));
    assert!(!part.needs_earlier(oldest));
    let later = |days: i32| Day {
        day: day(21_000 + days),
        ..part.days[0]
    };
    let more: Vec<_> = (0..12).map(later).collect();
    for new in more {
        assert!(!part.needs_earlier(new.day));
        part.add(new, false);
    }
    assert!(part.needs_earlier(day(22_000)), "sixteen days are here");
    assert!(!busy_year().needs_earlier(before), "all days are here");
}

#[test]
fn halves_that_do_not_belong_together_are_damage() {
    let (recent, earlier) = busy_year().write();
    let (other, _) = sample().write();
    assert_eq!(read(&other, &earlier), Err(Damaged));
    let mut short = busy_year();
    short.days.remove(3);
    let (_, short) = short.write();
    assert_eq!(read(&recent, &short), Err(Damaged));
}

#[test]
fn only_the_newest_closed_series_stay() {
    let mut record = sample();
    for series in 2..40 {
        record.close(series, level(1, 1));
    }
    let series: Vec<_> = record.closed.iter().map(|closed| closed.series).collect();
    assert_eq!(series, (20..40).collect::<Vec<_>>());
    let (recent, _) = record.write();
    assert_eq!(read(&recent, &[]).unwrap(), record);
}

fn amounts() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..200_u64,
        (0..100_000_u64).prop_map(|number| number * 100_000),
        (0..100_000_u64).prop_map(|number| number * 1_000_000),
        0..=Amount::MOST.micros(),
    ]
}

fn levels() -> impl Strategy<Value = Option<Level>> {
    let level = (amounts(), 0..4_000_000_000_000_i64);
    prop::option::of(level.prop_map(|(value, since)| super::tests::level(value, since)))
}

fn marks() -> impl Strategy<Value = Option<Mark>> {
    let mark = (amounts(), prop::option::weighted(0.1, amounts()));
    prop::option::of(mark.prop_map(|(value, corrected)| super::tests::mark(value, corrected)))
}

fn records() -> impl Strategy<Value = Record> {
    let total = (
        [levels(), levels(), levels(), levels(), levels()],
        0..4_u32,
        0..4_000_000_000_000_i64,
        1970..3000_i16,
    );
    let total = total.prop_map(|(levels, series, heard, year)| {
        let [minutes, progress, lower_minutes, lower_progress, aside] = levels;
        Total {
            year: SchoolYear(year),
            minutes,
            progress,
            series,
            heard: at(heard),
            lower_minutes,
            lower_progress,
            aside,
        }
    });
    let days = prop::collection::btree_map(0..40_000_i32, (marks(), marks(), 0..3_u32), 0..40);
    let days = days.prop_map(|days| {
        let days = days.into_iter();
        days.map(|(number, (minutes, progress, series))| Day {
            day: day(number),
            minutes,
            progress,
            series,
        })
        .collect::<Vec<_>>()
    });
    let closed = prop::collection::vec((0..9_u32, levels()), 0..4);
    (total, days, closed).prop_map(|(total, days, closed)| {
        let mut record = Record::new(total);
        record.days = days;
        for (series, progress) in closed {
            if let Some(progress) = progress {
                record.close(series, progress);
            }
        }
        record
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_is_written_is_read(record in records()) {
        let (recent, earlier) = record.write();
        let mut place = sample();
        place.read(&kept(recent, earlier)).unwrap();
        prop_assert_eq!(place, record);
    }

    #[test]
    fn days_added_part_by_part_are_the_days_added_to_the_whole(
        record in records(),
        days in prop::collection::vec((0..40_000_i32, marks(), marks()), 1..20),
        may_fall in any::<bool>(),
    ) {
        let mut whole = record.clone();
        let (mut recent, mut earlier) = record.write();
        for (number, minutes, progress) in days {
            let new = Day { day: day(number), minutes, progress, series: 2 };
            whole.add(new, may_fall);
            let mut part = read(&recent, &[]).unwrap();
            if part.needs_earlier(new.day) {
                part = read(&recent, &earlier).unwrap();
            }
            part.add(new, may_fall);
            let (after, before) = part.write();
            recent = after;
            if !before.is_empty() {
                earlier = before;
            }
        }
        prop_assert_eq!(read(&recent, &earlier).unwrap(), whole);
    }

    #[test]
    fn any_bytes_are_read_or_refused(recent in prop::collection::vec(any::<u8>(), 0..80), earlier in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = read(&recent, &earlier);
        for form in [1, 2] {
            let mut framed = vec![form];
            framed.extend(&recent);
            let _ = read(&framed, &earlier);
        }
    }
}
