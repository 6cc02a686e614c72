//! Three apps that report about the demo's students, as they did since the school year began.
//!
//! Everything goes the way that requests go, with the moments at which they would have come. A demo that is started again
//! gets what its apps would have reported meanwhile.

mod reporting;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use homeroom_goals::Amount;
use homeroom_goals::report_link::Subject;
use homeroom_goals::target::Metric;
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_progress::feed::{By, Declaration, Switch, declare, switch};
use homeroom_progress::figures::{Figures, Settings};
use homeroom_progress::targets::{LevelWord, Setter, TargetWish};
use homeroom_segment::fields::student;
use homeroom_segment::{Relation, Snapshot};
use homeroom_simulator::usage::{APPS, AppProfile, Calendar, Hundredths, number};
use homeroom_store::{Apps as _, Connections as _, FeedKey, Goals as _};
use serde::Serialize;

use crate::commands::{app, connect};
use crate::context::Installation;
use crate::{actor, random};

/// The hour at which apps report what was done on a day: after everybody has gone to bed in the simulator's district.
const HOUR: i64 = 23;
/// Milliseconds.
const HOUR_MILLIS: i64 = 3_600_000;

/// What becomes known of the apps.
#[derive(Default, Serialize)]
pub(super) struct Goals {
    /// The apps that report, in the order of the simulator.
    pub(super) apps: Vec<Reporting>,
    /// A teacher of somebody who is stuck.
    pub(super) teacher: Option<String>,
    /// What the first app could report next.
    #[serde(skip)]
    pub(super) next: Option<String>,
}

/// An app that reports.
#[derive(Serialize)]
pub(super) struct Reporting {
    pub(super) app: String,
    pub(super) name: String,
    pub(super) token: String,
    pub(super) progress_key: String,
}

/// The district that the apps report to.
pub(super) struct Reported<'a> {
    pub(super) installation: &'a Installation,
    pub(super) district: ObjectId,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) calendar: &'a Calendar,
    pub(super) seed: u64,
    pub(super) now: Timestamp,
}

/// An app and its students.
struct Feed<'a> {
    key: FeedKey,
    profile: &'static AppProfile,
    /// Its place among the apps.
    place: usize,
    /// By the row in the snapshot, the id, and the number that the simulator goes by.
    students: &'a [Learning],
}

/// A student.
#[derive(Clone, Copy)]
struct Learning {
    row: u32,
    id: ObjectId,
    number: u64,
}

impl Reported<'_> {
    /// Connects the apps that are not, and lets each report what it has not yet.
    pub(super) async fn bring(&self) -> anyhow::Result<Goals> {
        let all = self.students();
        let mut goals = Goals::default();
        for (place, profile) in APPS.iter().enumerate() {
            let (key, token) = self.connected(profile).await?;
            let schools = self.schools(place);
            let students: Vec<Learning> = all
                .iter()
                .filter(|student| self.is_in(student.row, schools.as_deref()))
                .copied()
                .collect();
            let feed = Feed {
                key,
                profile,
                place,
                students: &students,
            };
            let kept = self.installation.store.goals_feed(key).await?;
            if kept.is_none() {
                self.switch_on(&feed, schools).await?;
                self.set_targets(&feed).await?;
            }
            let told = self.report(&feed, kept.and_then(|kept| kept.last)).await?;
            let stuck = told.stuck.filter(|_| goals.teacher.is_none());
            if let Some(teacher) = stuck.and_then(|row| self.teacher_of(row)) {
                goals.teacher = Some(teacher.to_hex());
            }
            goals.next = goals.next.or(told.next);
            goals.apps.push(Reporting {
                app: key.app.to_hex(),
                name: profile.name.to_owned(),
                token,
                progress_key: profile.progress_key.to_owned(),
            });
        }
        Ok(goals)
    }

    fn students(&self) -> Vec<Learning> {
        let table = self.snapshot.table(Kind::Student);
        let students = (0..table.len()).map(|row| Learning {
            row,
            id: table.id(row),
            number: number(table.row(row).text(student::SIS_ID)),
        });
        students.collect()
    }

    /// The schools that use an app: the last app is used by all but the first of several.
    fn schools(&self, place: usize) -> Option<Vec<ObjectId>> {
        let table = self.snapshot.table(Kind::School);
        let some = place + 1 == APPS.len() && table.len() > 1;
        some.then(|| (1..table.len()).map(|row| table.id(row)).collect())
    }

    fn is_in(&self, student: u32, schools: Option<&[ObjectId]>) -> bool {
        let table = self.snapshot.table(Kind::School);
        let mut at = self
            .snapshot
            .lists(Relation::StudentSchools)
            .get(student)
            .iter();
        schools.is_none_or(|schools| at.any(|row| schools.contains(&table.id(*row))))
    }

    fn teacher_of(&self, student: u32) -> Option<ObjectId> {
        let sections = self.snapshot.back(Relation::SectionStudents).get(student);
        let teachers = self.snapshot.lists(Relation::SectionTeachers);
        let mut found = sections
            .iter()
            .filter_map(|section| teachers.first(*section));
        found
            .next()
            .map(|row| self.snapshot.table(Kind::Employee).id(row))
    }

    /// The app, added and connected if it is not, and its token.
    async fn connected(&self, profile: &AppProfile) -> anyhow::Result<(FeedKey, String)> {
        let installation = self.installation;
        let mut apps = installation.store.apps().await?.into_iter();
        let id = if let Some(app) = apps.find(|app| app.name == profile.name) {
            app.id
        } else {
            let added = app::add(installation, profile.name).await?;
            ObjectId::from_hex(&added.app).context("an app without an id")?
        };
        let connections = installation.store.connections_of_app(id).await?;
        let mut here = connections
            .iter()
            .filter(|each| each.district == self.district);
        let token = match here.next() {
            Some(connection) => {
                let key = installation.master_key()?;
                let token = key.open(connection.id, &connection.sealed);
                token.context("the token of an app cannot be read with this master key")?
            }
            None => connect::connect(installation, id, self.district, false).await?,
        };
        let key = FeedKey {
            district: self.district,
            app: id,
        };
        Ok((key, token))
    }

    fn by<'b>(&self, actor: &'b str, now: Timestamp) -> anyhow::Result<By<'b>> {
        Ok(By {
            actor,
            now,
            audit: random::object_id(self.now)?,
        })
    }

    /// The district switches the app on, and the app says what it counts. The second app may see its targets.
    async fn switch_on(
        &self,
        feed: &Feed<'_>,
        schools: Option<Vec<ObjectId>>,
    ) -> anyhow::Result<()> {
        let store = self.installation.store_dyn();
        let began = moment(self.calendar.first().days()).min(self.now);
        let wish = Switch {
            on: Some(true),
            schools: schools.map(Some),
            apps_see_targets: Some(feed.place == 1),
        };
        switch(&*store, feed.key, &wish, self.by(&actor::name(), began)?).await?;
        let host = feed.profile.name.to_lowercase();
        let link = |what: &str| format!("https://{host}.example/reports/{what}/{{id}}");
        let said = Declaration {
            progress_key: Some(feed.profile.progress_key.to_owned()),
            label: Some(feed.profile.progress_label.to_owned()),
            ceiling: feed.profile.ceiling.map(Amount::whole),
            may_fall: false,
            counts_finished_work: Some(true),
            report_links: BTreeMap::from([
                (Subject::Student, link("students")),
                (Subject::Section, link("classes")),
                (Subject::School, link("schools")),
                (Subject::District, link("districts")),
            ]),
        };
        declare(&*store, feed.key, &said, self.by("app", began)?).await?;
        Ok(())
    }

    /// What the app recommends; of the first app also what the district, a school and somebody for a student have said.
    async fn set_targets(&self, feed: &Feed<'_>) -> anyhow::Result<()> {
        let figures = Figures::new(
            self.installation.store_dyn(),
            self.installation.ingest().history().clone(),
            Settings::default(),
        );
        let first = self.calendar.first();
        let wish = |level, id, metric, per_week| TargetWish {
            level,
            id,
            grade: None,
            school_type: None,
            metric,
            per_week: Some(per_week),
            from: Some(first),
        };
        let minutes = Amount::whole(feed.profile.minutes_per_week);
        let units = Amount::from_micros(Hundredths(feed.profile.units_per_week).micros());
        let recommended = [
            wish(LevelWord::App, None, Metric::Minutes, minutes),
            wish(LevelWord::App, None, Metric::Progress, units),
        ];
        let began = moment(first.days()).min(self.now);
        let by = self.by("app", began)?;
        figures
            .set_targets(feed.key, &recommended, Setter::App, by)
            .await?;
        if feed.place > 0 {
            return Ok(());
        }
        let school = self.snapshot.table(Kind::School).ids().next();
        let student = feed.students.first().map(|student| student.id);
        let near = [
            (LevelWord::District, None, 50),
            (LevelWord::School, school, 55),
            (LevelWord::Student, student, 30),
        ];
        let wishes: Vec<TargetWish> = near
            .into_iter()
            .filter(|(level, id, _)| *level == LevelWord::District || id.is_some())
            .map(|(level, id, per_week)| wish(level, id, Metric::Minutes, Amount::whole(per_week)))
            .collect();
        let actor = actor::name();
        let by = self.by(&actor, began)?;
        figures
            .set_targets(feed.key, &wishes, Setter::District, by)
            .await?;
        Ok(())
    }
}

/// When an app reports what was done on a day, by its number since 1970.
fn moment(day: i32) -> Timestamp {
    Timestamp::from_millis((i64::from(day) * 24 + HOUR) * HOUR_MILLIS)
}
