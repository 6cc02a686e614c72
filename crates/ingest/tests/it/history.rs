//! One import after the other: each publishes exactly what is different, and in the end nothing tells a long history from
//! a first import of the last files. The long forms of these tests are run by `cargo xtask soak history`.

mod day;
mod expected;
pub(crate) mod followed;
mod relations;

use homeroom_ingest::{ChangeCounts, Outcome};
use homeroom_simulator::{Census, District, MemorySink, Profile, SchoolYear};
use homeroom_testkit::{Edition, district_of, seed, soak};

use crate::site::{DAY, Site};
use day::Day;
use expected::Expected;
use followed::Followed;

const YEAR: SchoolYear = SchoolYear { start: 2026 };

fn files(district: &District, day: u32) -> (MemorySink, Census) {
    let mut files = MemorySink::default();
    let census = district.write_day(day, &mut files).unwrap();
    (files, census)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_of_a_generated_district_publishes_exactly_the_difference() {
    let (profile, days) = if soak() {
        (Profile::C, 30)
    } else {
        (Profile::S, 5)
    };
    let district = District::new(profile, seed(1), YEAR);
    let mut followed = Followed::new(Site::in_a_folder().await).await;

    let (first, census) = files(&district, 0);
    let report = followed.publish(&first).await;
    for (file, count) in census.files() {
        let stem = file.strip_suffix(".csv").unwrap();
        let found = report.counts[stem];
        assert_eq!(found.received, found.kept + found.rejected, "{stem}");
        // Rows of staff are counted, and some members have several.
        if stem != "staff" {
            assert_eq!(found.kept, count.kept, "{stem}");
        }
    }
    let mut before = Day::read(&first);
    Expected::between(&Day::default(), &before).check(&report, &followed);
    relations::check(&before, followed.newest());

    let again = followed.site.import(&first).await.unwrap();
    assert_eq!((again.state, again.snapshot), (Outcome::NoChange, Some(1)));
    assert!(
        again
            .changes
            .values()
            .all(|change| *change == ChangeCounts::default())
    );
    assert_eq!(
        (&again.counts, &again.problems),
        (&report.counts, &report.problems)
    );
    assert_eq!(followed.site.number().await, 1);

    for day in 1..=days {
        followed.site.clock.pass(DAY);
        let (now, _) = files(&district, day);
        let report = followed.publish(&now).await;
        let after = Day::read(&now);
        let expected = Expected::between(&before, &after);
        expected.check(&report, &followed);
        relations::check(&after, followed.newest());
        let known = district.difference(day - 1, day);
        expected.check_against(&known);
        assert!(known.students.updated > 0 && known.enrollments.created > 0);
        before = after;
        if soak() || day % 2 == 1 {
            followed.is_as_if_new(&now).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_leave_and_come_back_over_many_editions() {
    let (students, editions) = if soak() { (500, 250) } else { (60, 25) };
    let mut followed = Followed::new(Site::new().await).await;
    for edition in 0..editions {
        let files = district_of(students, Edition(edition));
        followed.site.clock.pass(DAY);
        followed.publish_approving(&files).await;
        if edition % 8 == 7 {
            followed.is_as_if_new(&files).await;
        }
    }
    let first = district_of(students, Edition(0));
    followed.site.clock.pass(DAY);
    followed.publish_approving(&first).await;
    followed.is_as_if_new(&first).await;
    eprintln!("{} ids in all", followed.ids.len());
}
