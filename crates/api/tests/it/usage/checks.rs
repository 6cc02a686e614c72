//! Every figure beside what really happened.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::Date;
use homeroom_simulator::usage::LearnerKind;
use serde_json::Value;

use super::cast::{Cast, Pupil};
use super::oracle::{Seen, Sum, monday, plus};
use super::play::Play;

/// Everybody who is there on a day, as one app reported them.
struct Class<'p> {
    play: &'p Play,
    app: usize,
    day: Date,
    pupils: Vec<One<'p>>,
    /// Whether the outage cannot be seen in any figure of the last days.
    is_clear: bool,
    is_stale: bool,
}

/// One of them.
struct One<'p> {
    pupil: &'p Pupil,
    id: String,
    kind: LearnerKind,
    seen: Seen<'p>,
    total: Sum,
    /// Is who was known by another id: the district cannot know what was done when.
    is_rekeyed: bool,
}

impl<'p> Class<'p> {
    fn new(play: &'p Play, app: usize, day: Date) -> Self {
        let (from, to) = play.plot.outage;
        let used = &play.apps[app];
        let accounts = used.accounts();
        let there = play
            .cast
            .pupils
            .iter()
            .filter(|pupil| play.cast.is_there(pupil, day));
        let profile = used.usage.app();
        let pupils = there.map(|pupil| {
            let place = usize::try_from(pupil.number).unwrap();
            let rekeyed = pupil.rekeyed.filter(|from| *from <= day);
            let done = &play.told[app].done[place];
            let target = (app == 0).then(|| Sum {
                minutes: u64::from(profile.minutes_per_week) * 1_000_000,
                units: u64::from(profile.units_per_week / 100) * 1_000_000,
            });
            One {
                id: accounts[&pupil.id()].1.to_hex(),
                kind: used.usage.learner(pupil.number).kind,
                seen: Seen {
                    school_days: play.cast.calendar.school_days(),
                    first: play.cast.calendar.first(),
                    done,
                    enrolled: rekeyed.unwrap_or_else(|| play.cast.enrolled(pupil)),
                    today: day,
                    ceiling: profile
                        .ceiling
                        .map(|ceiling| u64::from(ceiling) * 1_000_000),
                    target,
                    target_from: play.cast.calendar.first(),
                },
                total: done.last().unwrap().less(play.told[app].fallen(place, day)),
                is_rekeyed: rekeyed.is_some(),
                pupil,
            }
        });
        Self {
            play,
            app,
            day,
            pupils: pupils.collect(),
            is_clear: app > 0 || day < from || day >= play.plot.healed,
            is_stale: app == 0 && plus(from, 1) <= day && day <= to,
        }
    }

    fn says(&self) -> String {
        format!("app {} on {}", self.app, self.day)
    }

    /// The app's part of a figure.
    fn part<'v>(&self, figure: &'v Value) -> &'v Value {
        let id = self.play.apps[self.app].id.to_hex();
        let parts = figure["apps"].as_array().unwrap();
        let part = parts.iter().find(|part| part["app"]["id"] == *id);
        part.unwrap_or_else(|| panic!("{id} is not in {figure}"))
    }

    fn of_school(&self, school: u64) -> Vec<&One<'p>> {
        let day = self.day;
        let pupils = self.pupils.iter();
        pupils
            .filter(|one| one.pupil.school(day) == school)
            .collect()
    }

    /// Counts of some of them.
    fn counts(&self, ones: &[&One<'_>], counts: &Value, whose: &str) {
        let says = format!("{whose}, {}: {counts}", self.says());
        assert_eq!(counts["students"], ones.len(), "{says}");
        let sum = |of: fn(&One<'_>) -> u64| ones.iter().map(|one| of(one)).sum::<u64>();
        assert_eq!(
            micros(&counts["minutes"]),
            sum(|one| one.total.minutes),
            "{says}"
        );
        assert_eq!(
            micros(&counts["progress"]),
            sum(|one| one.total.units),
            "{says}"
        );
        if self.app > 0 || self.day < self.play.plot.outage.0 || self.day > self.play.plot.outage.1
        {
            assert_eq!(counts["reported"], ones.len(), "{says}");
            assert_eq!(counts["coverage_percent"], 100, "{says}");
        }
        // Where the outage can be seen, or somebody's past is not known, states are those of single students only.
        if !self.is_clear || ones.iter().any(|one| one.is_rekeyed) {
            return;
        }
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for one in ones {
            *states.entry(one.seen.state()).or_default() += 1;
        }
        for (state, count) in counts["states"].as_object().unwrap() {
            let expected = states.get(state.as_str()).copied().unwrap_or(0);
            assert_eq!(*count, expected, "{state} {says}");
        }
        let met = |wanted: Option<bool>| ones.iter().filter(|one| one.seen.met() == wanted).count();
        assert_eq!(counts["met"], met(Some(true)), "{says}");
        assert_eq!(counts["with_target"], ones.len() - met(None), "{says}");
        let recent: u64 = ones.iter().map(|one| one.seen.last(5).minutes).sum();
        assert_eq!(micros(&counts["recent_minutes"]), recent, "{says}");
    }

    /// Weeks of everybody who was ever in a group.
    fn weeks(&self, weeks: &Value, whose: &str, places: &[usize]) {
        let told = &self.play.told[self.app];
        let cast = &self.play.cast;
        let (from, to) = self.play.plot.outage;
        for week in weeks.as_array().unwrap() {
            let monday = Date::parse_iso(week["monday"].as_str().unwrap()).unwrap();
            let disturbed = self.app == 0 && (monday <= plus(to, 7) && plus(monday, 7) >= from);
            // A running total of under an hour looks like a first day's work under the new id.
            let small = places.iter().any(|place| {
                let back = cast.pupils[*place].rekeyed.filter(|back| *back == monday);
                let total = back.map(|back| by(cast, &told.done[*place], back).minutes);
                total.is_some_and(|total| total <= 60_000_000)
            });
            if disturbed || small {
                continue;
            }
            let done = places.iter().map(|place| {
                let seen = Seen {
                    school_days: cast.calendar.school_days(),
                    first: cast.calendar.first(),
                    done: &told.done[*place],
                    enrolled: cast.calendar.first(),
                    today: self.day,
                    ceiling: None,
                    target: None,
                    target_from: cast.calendar.first(),
                };
                let done = seen.week(monday);
                // Of whoever came under another id nobody knows what of the first total was done on its day.
                match cast.pupils[*place].rekeyed {
                    Some(back) if back == monday => done.less(seen.by(back).less(by(
                        cast,
                        &told.done[*place],
                        plus(back, -1),
                    ))),
                    _ => done,
                }
            });
            let done = done.fold(Sum::default(), Sum::plus);
            let says = format!("{whose}, {}: {week}", self.says());
            assert_eq!(micros(&week["minutes"]), done.minutes, "{says}");
            assert_eq!(micros(&week["progress"]), done.units, "{says}");
        }
    }
}

/// What was told by the end of a day.
fn by(cast: &Cast, done: &[Sum], day: Date) -> Sum {
    let offset = usize::try_from(day.days() - cast.calendar.first().days()).unwrap();
    done[offset]
}

/// An amount in millionths; nothing where nothing was reported.
fn micros(amount: &Value) -> u64 {
    if amount.is_null() {
        return 0;
    }
    let amount = amount
        .as_f64()
        .unwrap_or_else(|| panic!("{amount} is no amount"));
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "amounts are small and not negative"
    )]
    let micros = (amount * 1e6).round() as u64;
    micros
}

/// Looks at the figures of a night: whom teachers see every day, everything on full days.
pub(crate) async fn look(play: &mut Play, day: Date, full: bool) {
    let called = look_at(play, day, full).await;
    for (app, place, begins) in called {
        play.seen.entry((app, place, begins)).or_insert(day);
    }
}

/// The same; those who are called stuck, with the first day of the time that was planted.
pub(crate) async fn look_at(play: &Play, day: Date, full: bool) -> Vec<(usize, usize, Date)> {
    play.night(day);
    let base = format!("/management/v1/districts/{}/goals", play.district);
    let classes: Vec<_> = (0..play.apps.len())
        .map(|app| Class::new(play, app, day))
        .collect();
    let mut called = Vec::new();
    for school in 1..=3 {
        let teacher = teacher(play, school).await;
        let figure = play
            .manager
            .read(&format!("{base}/teachers/{teacher}"))
            .await;
        for class in &classes {
            called.extend(class.teacher(school, class.part(&figure)));
        }
    }
    if full {
        district(play, &base, &classes).await;
        schools(play, &base, &classes).await;
        students(play, &base, &classes).await;
        contacts(play, &base, &classes).await;
        apps(play, &base, &classes).await;
    }
    called
}

/// The teacher of everybody in a school.
async fn teacher(play: &Play, school: u64) -> String {
    let email = format!("t{school}0@river.example");
    named(play, "users?role=teacher", "email", &email).await
}

/// The id of a record that has a text in a member.
async fn named(play: &Play, list: &str, member: &str, text: &str) -> String {
    let joint = if list.contains('?') { '&' } else { '?' };
    let address = format!("/v3.1/{list}{joint}limit=10000");
    let page = play.reader.read(&address).await;
    let mut records = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["data"]);
    let found = records.find(|record| record[member] == *text);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

impl Class<'_> {
    /// What a teacher sees of everybody in a school.
    fn teacher(&self, school: u64, part: &Value) -> Vec<(usize, usize, Date)> {
        let ones = self.of_school(school);
        self.counts(
            &ones,
            &part["total"],
            &format!("teacher of school {school}"),
        );
        let rows = part["students"].as_array().unwrap();
        let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        let expected: BTreeSet<&str> = ones.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, expected, "{}", self.says());
        let mut called = Vec::new();
        for row in rows {
            let one = ones.iter().find(|one| row["id"] == *one.id).unwrap();
            called.extend(self.row(one, row));
        }
        // Sorted as a teacher would act: whoever is stuck stands first.
        let stuck = |row: &Value| row["state"] == "stuck";
        assert!(rows.is_sorted_by_key(|row| !stuck(row)), "{}", self.says());
        called
    }

    /// One student; whether the student is called stuck, and since when that was planted.
    fn row(&self, one: &One<'_>, row: &Value) -> Option<(usize, usize, Date)> {
        let state = row["state"].as_str().unwrap();
        let number = one.pupil.number;
        let says = format!("student {number}, {:?}, {}: {row}", one.kind, self.says());
        assert_eq!(micros(&row["minutes"]), one.total.minutes, "{says}");
        assert_eq!(micros(&row["progress"]), one.total.units, "{says}");
        assert!(row["why"].as_str().unwrap().ends_with('.'), "{says}");
        if self.is_stale {
            assert!(["feed_stale", "no_data"].contains(&state), "{says}");
        } else if self.is_clear && !one.is_rekeyed {
            assert_eq!(state, one.seen.state(), "{says}");
        }
        if state != "stuck" {
            return None;
        }
        let place = usize::try_from(number).unwrap();
        let planted = self.play.apps[self.app].years[place].planted();
        // An end that was not told yet is none.
        let slack = if self.is_clear { 0 } else { 7 };
        let planted = planted.iter().find(|one| {
            one.begins <= self.day && one.ends.is_none_or(|ends| self.day < plus(ends, slack))
        });
        let Some(planted) = planted else {
            // What was told last can look so, until more is told or the feed is stale; and of a student with two accounts only what
            // one of them did is told before they are merged.
            let is_part = !self.is_clear || one.kind == LearnerKind::Merged;
            let looks_so = is_part && one.seen.state() == "stuck";
            assert!(looks_so, "nobody planted it: {says}");
            return None;
        };
        let holds = planted.holds.is_some_and(|holds| holds <= self.day);
        assert!(holds, "{says}");
        Some((self.app, place, planted.begins))
    }
}

async fn district(play: &Play, base: &str, classes: &[Class<'_>]) {
    let figure = play.manager.read(&format!("{base}/district")).await;
    for class in classes {
        let part = class.part(&figure);
        let all: Vec<_> = class.pupils.iter().collect();
        class.counts(&all, &part["total"], "district");
        let mut shown = 0;
        for row in part["by_school"].as_array().unwrap() {
            let school =
                (1..=3).find(|school| row["name"].as_str().unwrap() == SCHOOLS[school - 1]);
            let ones = class.of_school(u64::try_from(school.unwrap()).unwrap());
            class.counts(&ones, &row["counts"], "school in the district");
            shown += 1;
        }
        assert_eq!(shown, 3);
        let grades = part["by_grade"].as_array().unwrap();
        let sizes: u64 = grades
            .iter()
            .filter_map(|row| row["counts"]["students"].as_u64())
            .sum();
        let all_shown = grades.iter().all(|row| row["hidden"] == false);
        assert!(!all_shown || sizes == u64::try_from(all.len()).unwrap());
        for row in grades.iter().filter(|row| row["hidden"] == false) {
            let of = |one: &&One<'_>| {
                row["name"]
                    .as_str()
                    .unwrap()
                    .ends_with(&one.pupil.grade(class.day).to_string())
            };
            let ones: Vec<_> = class.pupils.iter().filter(of).collect();
            class.counts(&ones, &row["counts"], "grade in the district");
        }
        let everybody: Vec<usize> = (0..play.cast.pupils.len()).collect();
        class.weeks(&part["weeks"], "district", &everybody);
    }
}

const SCHOOLS: [&str; 3] = ["Alder Elementary", "Birch Middle", "Cedar High"];

async fn schools(play: &Play, base: &str, classes: &[Class<'_>]) {
    for (number, name) in (1..).zip(SCHOOLS) {
        let id = named(play, "schools", "name", name).await;
        let figure = play.manager.read(&format!("{base}/schools/{id}")).await;
        for class in classes {
            let part = class.part(&figure);
            class.counts(&class.of_school(number), &part["total"], name);
        }
    }
}

async fn students(play: &Play, base: &str, classes: &[Class<'_>]) {
    for place in 0..classes[0].pupils.len() {
        let id = &classes[0].pupils[place].id;
        let figure = play.manager.read(&format!("{base}/students/{id}")).await;
        let text = figure.to_string();
        assert!(
            !text.contains("stuck"),
            "a student does not read that word: {text}"
        );
        for class in classes {
            let (one, part) = (&class.pupils[place], class.part(&figure));
            let says = format!("student {}, {}: {part}", one.pupil.number, class.says());
            assert_eq!(micros(&part["minutes"]), one.total.minutes, "{says}");
            assert_eq!(micros(&part["progress"]), one.total.units, "{says}");
            if class.is_clear && !one.is_rekeyed {
                assert_eq!(part["streak"], one.seen.streak(), "{says}");
                let week = one.seen.week(monday(class.day));
                if !part["week"].is_null() {
                    assert_eq!(micros(&part["week"]["minutes"]), week.minutes, "{says}");
                }
            }
        }
    }
}

async fn contacts(play: &Play, base: &str, classes: &[Class<'_>]) {
    let class = &classes[0];
    // The first household of which both children are there.
    let both = class
        .pupils
        .array_windows()
        .find(|[one, other]| one.pupil.number / 2 == other.pupil.number / 2);
    let [one, other] = both.unwrap();
    let email = format!("parent{}@home.example", one.pupil.number / 2);
    let id = named(play, "users?role=contact", "email", &email).await;
    let figure = play.manager.read(&format!("{base}/contacts/{id}")).await;
    let children = figure["children"].as_array().unwrap();
    let ids: BTreeSet<&str> = children
        .iter()
        .map(|child| child["student"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        BTreeSet::from([one.id.as_str(), other.id.as_str()]),
        "{figure}"
    );
}

async fn apps(play: &Play, base: &str, classes: &[Class<'_>]) {
    for class in classes {
        let app = &play.apps[class.app];
        let figure = play.manager.read(&format!("{base}/apps/{}", app.id)).await;
        let says = format!("{}: {figure}", class.says());
        assert_eq!(figure["students"], class.pupils.len(), "{says}");
        let newest = figure["requests"][0]["number"].as_u64();
        assert!(newest >= u64::try_from(app.requests()).ok(), "{says}");
        assert_eq!(figure["open"]["implausible"], 0, "{says}");
    }
}

/// At the end: everybody for whom the rule ever held was called stuck within three school days.
pub(crate) fn everybody_was_seen(play: &Play) {
    let days = play.cast.calendar.school_days();
    let number = |day: Date| days.partition_point(|school| *school <= day);
    let (mut planted, (from, _)) = (0, play.plot.outage);
    for (app, used) in play.apps.iter().enumerate() {
        for (place, year) in used.years.iter().enumerate() {
            let pupil = &play.cast.pupils[place];
            for one in year.planted() {
                let Some(holds) = one.holds.filter(|_| pupil.rekeyed.is_none()) else {
                    continue;
                };
                // Nothing can be said while the app says nothing.
                if app == 0 && (from..play.plot.healed).contains(&holds) {
                    continue;
                }
                planted += 1;
                let seen = play.seen.get(&(app, place, one.begins));
                let seen = seen.unwrap_or_else(|| panic!("student {place} in app {app}: {one:?}"));
                assert!(
                    number(*seen) <= number(holds) + 3,
                    "student {place} in app {app}: {one:?}, seen on {seen}"
                );
            }
        }
    }
    assert!(planted > 5, "only {planted} of the students were planted");
}
