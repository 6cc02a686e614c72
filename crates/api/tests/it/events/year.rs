//! A school year of a generated district: its uploads, what goes wrong with some, the summer, and the beginning of the next.

use std::time::Duration;

use homeroom_ingest::{ApproveRequest, ImportRequest, Outcome, Report, UndoRequest};
use homeroom_intake::InMemory;
use homeroom_model::ObjectId;
use homeroom_simulator::{
    Day, DayKind, Expect, History, HistorySettings, MemorySink, Profile, SectionHabit, Truth, Walk,
    YearDates,
};
use homeroom_store::{DistrictChange, Edit};
use homeroom_testkit::soak;

use crate::installation::Installation;

/// Days of the second year that belong to it: the upload before it begins, and three weeks of lessons.
const NEXT: usize = 15;
/// How often a publish is undone and done again, beside those that somebody approved.
const UNDONE: usize = 9;

/// The year that begins in 2027, and the beginning of the one after.
pub(crate) fn history(students: u64, seed: u64) -> History {
    let size = Profile {
        schools: 4,
        ..Profile::students(students)
    };
    let habit = if seed.is_multiple_of(2) {
        SectionHabit::Reused
    } else {
        SectionHabit::New
    };
    let mut settings = HistorySettings::usual(2027, 2, habit);
    settings.incidents = homeroom_simulator::Incidents::Spread;
    History::new(size, seed, settings)
}

/// For so many days events are kept: as is usual in a soak, and else for longer, because days are passed over.
pub(crate) fn event_days() -> u32 {
    if soak() { 30 } else { 400 }
}

/// A year on its way.
pub(crate) struct Year<'h> {
    pub(crate) installation: Installation,
    pub(crate) district: ObjectId,
    history: &'h History,
    walk: Walk<'h>,
    /// The next day, and the one after the last.
    next: usize,
    end: usize,
    pub(crate) published: usize,
    /// Uploads that were approved, undone, discarded or refused.
    pub(crate) unusual: usize,
    /// What of resources was sent last.
    resources: Vec<u8>,
}

impl<'h> Year<'h> {
    pub(crate) async fn new(history: &'h History) -> Self {
        let mut installation = Installation::new();
        installation.0.ingest = installation.0.ingest.keeping_events(event_days());
        let district = installation.add_district(1).await;
        let calendar = calendar(&history.settings().years);
        let set = installation
            .ingest
            .set_settings(district, None, &calendar, "test");
        set.await.unwrap();
        let starts = |day: &&Day| day.year == 1 && day.kind == DayKind::YearStart;
        let second = history.days().iter().find(starts).unwrap().number;
        Self {
            installation,
            district,
            history,
            walk: history.walk(),
            next: 0,
            end: second + if soak() { NEXT } else { 3 },
            published: 0,
            unusual: 0,
            resources: Vec::new(),
        }
    }

    /// The day after which nothing comes.
    pub(crate) fn is_over(&self) -> bool {
        self.next >= self.end
    }

    /// In a soak every day; else the first, some in between, and those around what begins.
    fn is_chosen(&self, number: usize) -> bool {
        let begins = |number: usize| {
            let day = self.history.days().get(number);
            day.is_some_and(|day| day.kind != DayKind::Lesson)
        };
        let approved = |number: usize| {
            let incident = self.history.incident(number);
            incident.is_some_and(|one| one.expect() == (Expect::Held { wanted: true }))
        };
        soak()
            || number < 2
            || number.is_multiple_of(31)
            || begins(number)
            || begins(number.saturating_sub(1))
            || begins(number + 1)
            || approved(number)
    }

    /// The next upload, with all that comes of it; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<Truth> {
        while self.next < self.end && !self.is_chosen(self.next) {
            self.walk.skip();
            self.next += 1;
        }
        if self.is_over() {
            return None;
        }
        self.next += 1;
        let mut files = MemorySink::default();
        let truth = self.walk.write_next(&mut files).unwrap()?;
        self.evening(&truth);
        if truth.incident.is_none() {
            self.resources = resources(self.published, &files);
        }
        let resources = self.resources.clone();
        files.files.insert("resources.csv".to_owned(), resources);
        let before = self.published;
        self.upload(&truth, &files).await;
        if self.published > before {
            self.people(&files).await;
        }
        Some(truth)
    }

    /// What is done by hand: two people come, change and go, and the district has another name.
    async fn people(&self, files: &MemorySink) {
        let store = &self.installation.store;
        match self.published {
            2 => {
                let change = DistrictChange {
                    name: Edit::To("Elm Valley".to_owned()),
                    ..DistrictChange::default()
                };
                let changed = store.change_district(self.district, change).await;
                changed.unwrap().unwrap();
                let moved = self.installation.ingest.move_views(self.district);
                Box::pin(moved).await.unwrap();
            }
            3 => {
                let school = column(files, "schools.csv", "School_id").remove(0);
                self.installation
                    .add_people(self.district, vec![school])
                    .await;
            }
            5 | 7 => {
                for mut person in store.people(self.district).await.unwrap() {
                    let removed = store.remove_person(self.district, person.id).await;
                    assert!(removed.unwrap());
                    if self.published == 5 {
                        person.title.push_str(" II");
                        store.add_person(person).await.unwrap();
                    }
                }
                self.installation.time.pass(Duration::from_mins(1));
                let published = self.installation.ingest.people_changed(self.district);
                Box::pin(published).await.unwrap();
            }
            _ => {}
        }
    }

    /// Uploads come in the evening.
    fn evening(&self, truth: &Truth) {
        let evening = i64::from(truth.day.date.days()) * 86_400 + 18 * 3600;
        let time = &self.installation.time;
        let wait = u64::try_from(evening - time.seconds()).unwrap();
        time.pass(Duration::from_secs(wait));
    }

    async fn upload(&mut self, truth: &Truth, files: &MemorySink) {
        let source = files
            .files
            .iter()
            .fold(InMemory::default(), |source, (name, bytes)| {
                source.with(name, bytes.as_slice())
            });
        let request = ImportRequest {
            district: self.district,
            source: Box::new(source),
            dry_run: false,
            approved: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| {}),
        };
        let report = Box::pin(self.installation.ingest.import(request))
            .await
            .unwrap();
        let undone = match (report.state, truth.expect) {
            (Outcome::Published, _) => {
                self.published += 1;
                self.published.is_multiple_of(UNDONE)
            }
            (Outcome::NoChange, _) => false,
            (Outcome::Held, Expect::Held { wanted: false }) => {
                self.discard(&report).await;
                self.unusual += 1;
                false
            }
            // Days that were passed over come together.
            (Outcome::Held, _) => {
                self.approve(&report).await;
                self.published += 1;
                true
            }
            (Outcome::Error, Expect::Fatal) => {
                self.unusual += 1;
                false
            }
            _ => panic!("{}", report.text(9)),
        };
        self.installation.time.pass(Duration::from_secs(2));
        if undone && self.published > 1 {
            let number = self.number().await;
            self.go_to(number - 1).await;
            self.go_to(number).await;
            self.unusual += 1;
        }
    }

    /// The number of the snapshot that is published.
    pub(crate) async fn number(&self) -> u64 {
        let store = &self.installation.store;
        let record = store.district(self.district).await.unwrap().unwrap();
        record.snapshot.unwrap_or(0)
    }

    async fn discard(&self, report: &Report) {
        let run = ObjectId::from_hex(&report.run).unwrap();
        let ingest = &self.installation.ingest;
        let discarded = ingest.discard(self.district, run, "test", "wrong files");
        discarded.await.unwrap();
    }

    async fn approve(&self, report: &Report) {
        let request = ApproveRequest {
            district: self.district,
            run: ObjectId::from_hex(&report.run).unwrap(),
            digest: report.plan.clone().unwrap(),
            selection: None,
            actor: "test".to_owned(),
            progress: Box::new(|_| ()),
        };
        let approved = Box::pin(self.installation.ingest.approve(request)).await;
        assert_eq!(approved.unwrap().state, Outcome::Published);
    }

    async fn go_to(&self, to: u64) {
        let request = UndoRequest {
            district: self.district,
            to: Some(to),
            dry_run: false,
            actor: "test".to_owned(),
            progress: Box::new(|_| ()),
        };
        let undone = Box::pin(self.installation.ingest.undo(request)).await;
        assert_eq!(undone.unwrap().state, Outcome::Published);
        self.installation.time.pass(Duration::from_secs(2));
    }
}

/// The cells of a column.
fn column(files: &MemorySink, file: &str, name: &str) -> Vec<String> {
    let text = files.text(file);
    let mut lines = text.lines();
    let at = lines.next().unwrap().split(',').position(|own| own == name);
    let cells = lines.filter_map(|line| line.split(',').nth(at.unwrap()));
    cells.map(str::to_owned).collect()
}

/// Resources, which no history has: some come and go, some have another title, course or role by and by.
fn resources(published: usize, files: &MemorySink) -> Vec<u8> {
    let mut courses = column(files, "sections.csv", "Course_number");
    courses.retain(|number| !number.is_empty());
    let mut text = "resource_id,title,roles,course_number\r\n".to_owned();
    for number in 0..6 {
        let turn = published / 2 + number;
        let course = courses.get(turn % courses.len().max(1));
        let roles = ["teacher", "student", "teacher;student"][turn / 3 % 3];
        if !turn.is_multiple_of(4) {
            let course = course.map_or("", String::as_str);
            let edition = published / 5;
            let line = format!("r{number},Book {edition},{roles},{course}\r\n");
            text.push_str(&line);
        }
    }
    text.into_bytes()
}

/// The calendar as a district's settings have it.
fn calendar(years: &[YearDates]) -> String {
    let (first, terms) = (&years[0], years.iter().map(|year| year.second_term));
    let terms: Vec<_> = terms.map(|date| format!("\"{date}\"")).collect();
    format!(
        "[calendar]\nfirst_day = \"{}\"\nlast_day = \"{}\"\nboundaries = [{}]\n",
        first.first_day,
        first.last_day,
        terms.join(", ")
    )
}
