//! What the apps report, request by request.

use std::fmt::Write as _;
use std::sync::Arc;

use homeroom_goals::monday;
use homeroom_goals::submission::Limits;
use homeroom_model::{Date, Kind, ObjectId, Timestamp};
use homeroom_progress::receive::{Form, Reception, Request};
use homeroom_simulator::usage::{APPS, Done, Hundredths, Mix, Usage, Year};

use super::{Feed, HOUR_MILLIS, Reported, moment};
use crate::random;

/// Days before today of which every day is reported.
const LATELY: i32 = 56;
/// Days for which the last app has not been heard of.
const STALE: i32 = 5;
/// Of a thousand students so many are stuck at some time of the year: in small demos too somebody is now.
const STUCK: u16 = 150;
/// School days for which somebody is made to be stuck.
const FLAT: usize = 14;
/// Minutes, in hundredths, that are a lot: from them on a total is one that can fall.
const MUCH: u32 = 10_000;
/// How much falls, and how much more than the hours of a year would be claimed.
const FALLS: u32 = 2_500;
const TOO_MUCH: u32 = 60_000_000;

/// The days that are reported, by their numbers since 1970.
type Days = std::ops::RangeInclusive<i32>;

/// What the students of a feed had done at the end of each day that is reported.
struct Played {
    days: Days,
    /// By student, then by day.
    totals: Vec<Vec<Done>>,
    /// The row of somebody who is stuck on the last day.
    stuck: Option<u32>,
}

/// What came of reporting.
pub(super) struct Told {
    /// The row of somebody who is stuck.
    pub(super) stuck: Option<u32>,
    /// A body that could be next: somebody did a little more.
    pub(super) next: Option<String>,
}

impl Reported<'_> {
    /// Reports every day since the last report, and something odd today.
    pub(super) async fn report(
        &self,
        feed: &Feed<'_>,
        last: Option<Timestamp>,
    ) -> anyhow::Result<Told> {
        let stale = feed.place + 1 == APPS.len();
        let yesterday = self.now.date().days() - 1;
        let until = if stale { yesterday - STALE } else { yesterday };
        let since = last.map_or(i32::MIN, |last| {
            let day = last.date().days();
            if moment(day) <= last { day + 1 } else { day }
        });
        let first = self.calendar.first().days();
        let days = since.max(first)..=until;
        let played = self.played(feed, days);
        let reception = Reception::new(self.installation.store_dyn(), Limits::default());
        let mut before: Option<usize> = None;
        for (place, day) in played.days.clone().enumerate() {
            let body = self.day(feed, &played, place, before, day);
            self.send(&reception, feed, body, moment(day)).await?;
            before = Some(place);
        }
        if !stale {
            self.report_oddly(&reception, feed, &played).await?;
        }
        Ok(Told {
            stuck: played.stuck.filter(|_| !stale),
            next: next(feed, &played),
        })
    }

    /// Plays the year of every student. If nobody happens to be stuck now, somebody is made so.
    fn played(&self, feed: &Feed<'_>, days: Days) -> Played {
        let usage = Usage::new(self.seed, *feed.profile, self.calendar.clone());
        let usage = usage.mixed(Mix {
            stuck: STUCK,
            ..Mix::settled()
        });
        let dates: Vec<Date> = days.clone().filter_map(Date::from_days).collect();
        let today = self.now.date();
        let mut year = Year::default();
        let mut stuck = None;
        let totals = feed.students.iter().map(|student| {
            usage.play(&usage.learner(student.number), &mut year);
            let is_stuck = year.planted().iter().any(|planted| {
                let holds = planted.holds.is_some_and(|day| day < today);
                holds && planted.ends.is_none_or(|day| day >= today)
            });
            if is_stuck && stuck.is_none() {
                stuck = Some(student.row);
            }
            dates.iter().map(|day| year.total(*day)).collect()
        });
        let mut totals: Vec<Vec<Done>> = totals.collect();
        if stuck.is_none() {
            stuck = self.stop(feed, &dates, &mut totals);
        }
        Played {
            days,
            totals,
            stuck,
        }
    }

    /// Lets the progress of somebody who works stop rising; nobody's where so many days are not reported now.
    fn stop(&self, feed: &Feed<'_>, dates: &[Date], totals: &mut [Vec<Done>]) -> Option<u32> {
        let played = self.calendar.school_days();
        let over = played.partition_point(|day| Some(day) <= dates.last());
        let from = played.get(over.checked_sub(FLAT)?)?;
        let from = dates.iter().position(|day| day == from)?;
        let works = |totals: &Vec<Done>| {
            let (first, last) = (totals.get(from), totals.last());
            let minutes = |done: Option<&Done>| done.map_or(0, |done| done.minutes.0);
            minutes(last) - minutes(first) >= MUCH
        };
        let mut students = feed.students.iter().zip(totals);
        let (student, totals) = students.find(|(_, totals)| works(totals))?;
        let units = totals.get(from)?.units;
        for total in totals.iter_mut().skip(from) {
            total.units = units;
        }
        Some(student.row)
    }

    /// What is reported of a day: lately everybody on days with school and whoever did something on others, before that
    /// everybody once a week, which takes less time and gives the same weeks. Somebody is reported in any case, so that the
    /// app is heard of.
    fn day(
        &self,
        feed: &Feed<'_>,
        played: &Played,
        place: usize,
        before: Option<usize>,
        day: i32,
    ) -> String {
        let school = self.calendar.school_days();
        let date = Date::from_days(day).unwrap_or(self.calendar.first());
        let lately = day > self.now.date().days() - LATELY;
        let number = school.partition_point(|open| *open <= date);
        let open = number.checked_sub(1).and_then(|last| school.get(last)) == Some(&date);
        let next = school.get(number).copied();
        let ends_week = next.is_none_or(|next| monday(next) != monday(date));
        let everybody = open && (lately || ends_week || number == 1);
        let mut body = Body::new(feed.profile.progress_key);
        for (student, totals) in feed.students.iter().zip(&played.totals) {
            let total = totals.get(place).copied().unwrap_or_default();
            let same = before.and_then(|before| totals.get(before)) == Some(&total);
            if everybody || (lately && !same) || body.is_empty() {
                body.add(student.id, total);
            }
        }
        body.finish()
    }

    /// The newest totals once more; of the first app with one that fell, of the second with one that nobody can have done
    /// and a student whom nobody knows, after a request that is none.
    async fn report_oddly(
        &self,
        reception: &Reception,
        feed: &Feed<'_>,
        played: &Played,
    ) -> anyhow::Result<()> {
        let mut body = Body::new(feed.profile.progress_key);
        let mut odd = feed.place;
        for (student, totals) in feed.students.iter().zip(&played.totals) {
            let Some(mut total) = totals.last().copied() else {
                return Ok(());
            };
            if total.minutes.0 >= MUCH {
                odd = odd.wrapping_sub(1);
            }
            // Of each app another student.
            if total.minutes.0 >= MUCH && odd == usize::MAX {
                let minutes = total.minutes.0;
                total.minutes = Hundredths(match feed.place {
                    0 => minutes - FALLS,
                    _ => minutes + TOO_MUCH,
                });
            }
            body.add(student.id, total);
        }
        if feed.place > 0 {
            body.add(ObjectId::default(), Done::default());
            let none = "{\"students\":[]}".to_owned();
            let before = Timestamp::from_millis(self.now.millis() - HOUR_MILLIS / 60);
            self.send(reception, feed, none, before).await?;
        }
        self.send(reception, feed, body.finish(), self.now).await
    }

    async fn send(
        &self,
        reception: &Reception,
        feed: &Feed<'_>,
        body: String,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let request = Request {
            key: feed.key,
            form: Form::Json,
            body: body.into_bytes().into(),
            now,
            audit: random::object_id(now)?,
        };
        let snapshot = Arc::clone(&self.snapshot);
        let known = move |id: &ObjectId| snapshot.table(Kind::Student).find(id).is_some();
        reception.take(&request, Arc::new(known)).await?;
        Ok(())
    }
}

/// What the app could report next of the last student who did much.
fn next(feed: &Feed<'_>, played: &Played) -> Option<String> {
    let mut students = feed.students.iter().zip(&played.totals).rev();
    let (student, total) = students.find_map(|(student, totals)| {
        let total = totals.last().filter(|total| total.minutes.0 >= MUCH)?;
        Some((student, *total))
    })?;
    let more = |done: Hundredths, more: u32| Hundredths(done.0 / 100 * 100 + more);
    let mut body = Body::new(feed.profile.progress_key);
    body.add(
        student.id,
        Done {
            minutes: more(total.minutes, 2_000),
            units: more(total.units, 300),
        },
    );
    Some(body.finish())
}

/// A body as apps send it (clever-api 8.1).
struct Body {
    text: String,
    key: &'static str,
}

impl Body {
    fn new(key: &'static str) -> Self {
        Self {
            text: "{\"data\":{\"students\":[".to_owned(),
            key,
        }
    }

    fn is_empty(&self) -> bool {
        self.text.ends_with('[')
    }

    fn add(&mut self, student: ObjectId, total: Done) {
        let comma = if self.is_empty() { "" } else { "," };
        let (minutes, units) = (total.minutes, total.units);
        // Writing to a string cannot fail.
        let _ = write!(
            self.text,
            "{comma}{{\"clever_id\":\"{student}\",\"metrics\":{{\"minutes\":{minutes},\"{}\":{units}}}}}",
            self.key
        );
    }

    fn finish(mut self) -> String {
        self.text.push_str("]}}");
        self.text
    }
}
