//! From documents to an app's database: read, plan, perform, and the next plan is empty.

use std::collections::BTreeMap;

use homeroom_client::Record;
use homeroom_model::{Kind, ObjectId, Timestamp};
use homeroom_plan::{Consent, Input, Order, Part, Picks, Plan, Policy, Reach, plan};
use homeroom_roster::{
    Applying, Begin, Commit, Decision, Decisions as _, Districts as _, NewDistrict, NewRun,
    Roster as _, Runs as _, SqliteRoster, Suggestion, Undone,
};
use homeroom_segment::MemorySpools;
use homeroom_sync::{Gathered, Keep, Known, Mirror, Performed, Performer};
use homeroom_wire::{Object, V3_1};
use serde_json::json;
use tempfile::TempDir;

use crate::mirrors::{Place, district, hex, record, section, student, teacher};

pub(crate) struct App {
    pub(crate) roster: SqliteRoster,
    pub(crate) district: i64,
    pub(crate) policy: Policy,
    place: Place,
    mirror: Mirror,
    runs: i64,
    pub(crate) orders: Vec<Order>,
    pub(crate) crosswalk: BTreeMap<ObjectId, ObjectId>,
    picks: Picks,
    _folder: TempDir,
}

pub(crate) fn at(number: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + number * 86_400_000)
}

impl App {
    pub(crate) fn new(policy: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let roster = SqliteRoster::open(&folder.path().join("app.sqlite")).unwrap();
        let district = roster
            .connect(&NewDistrict {
                source_id: &hex(0),
                name: "Riverside",
                at: at(0),
            })
            .unwrap();
        Self {
            roster,
            district,
            policy: Policy::read(policy).unwrap(),
            place: Place::new(),
            mirror: Mirror::empty(),
            runs: 0,
            orders: Vec::new(),
            crosswalk: BTreeMap::new(),
            picks: Picks::new(),
            _folder: folder,
        }
    }

    async fn read(&self, records: Vec<Record>) -> Mirror {
        let mut gathered = Gathered::new(&self.policy, &MemorySpools).unwrap();
        for record in records {
            let _ = homeroom_client::Sink::take(&mut gathered, record);
        }
        let before = if self.mirror.manifest.number == 0 {
            Mirror::empty()
        } else {
            self.keep()
                .open(self.mirror.manifest.clone())
                .await
                .unwrap()
        };
        let whole = Kind::ALL.into_iter().collect();
        self.keep()
            .build(before, gathered, whole, MemorySpools)
            .await
            .unwrap()
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.roster.path()
    }

    fn keep(&self) -> &Keep {
        &self.place.keep
    }

    fn plan(&self, mirror: &Mirror) -> Plan {
        let reading = self.roster.read().unwrap();
        let known = Known::read(&*reading, self.district, &self.policy).unwrap();
        let reach = Reach::everything();
        let input = Input {
            reach: &reach,
            first_sync: self.mirror.manifest.number == 0,
            orders: &self.orders,
            crosswalk: &self.crosswalk,
            picks: &self.picks,
            school_year: Some(2027),
            ..Input::new(&self.mirror.snapshot, &mirror.snapshot)
        };
        plan(&input, &known, &self.policy).unwrap()
    }

    /// Reads, plans and performs a part; what was applied last stays what it was.
    pub(crate) async fn sync_part(&mut self, records: Vec<Record>, part: &Part) -> Performed {
        let mirror = self.read(records).await;
        let plan = self.plan(&mirror);
        let numbers = plan.part(part, &Input::new(&self.mirror.snapshot, &mirror.snapshot));
        self.perform(&plan, &mirror, &Consent::Only(numbers))
    }

    /// Somebody picks what waits, or drops it.
    pub(crate) fn pick(&mut self, kind: homeroom_roster::Kind, source: &str, picked: bool) {
        let record = (kind, source);
        let done = self
            .roster
            .pick(self.district, record, Some(picked), "ann", at(self.runs));
        assert!(done.unwrap());
        let kind = if kind == homeroom_roster::Kind::Section {
            Kind::Section
        } else {
            Kind::Student
        };
        self.picks
            .insert((kind, ObjectId::from_hex(source).unwrap()), picked);
    }

    /// Somebody answers a question.
    pub(crate) fn decide(&self, about: &str, decision: Decision) {
        let questions = self
            .roster
            .read()
            .unwrap()
            .suggestions(self.district)
            .unwrap();
        let open = |asked: &&Suggestion| asked.about == about && asked.decision == Decision::Open;
        let asked = questions.iter().find(open).expect("nobody was asked");
        let decided = self
            .roster
            .decide(self.district, asked.id, decision, "ann", at(self.runs));
        assert!(decided.unwrap());
    }

    /// Reads, plans, performs everything, and checks that nothing is left to do.
    pub(crate) async fn sync(&mut self, records: Vec<Record>) -> (Plan, Performed) {
        let mirror = self.read(records).await;
        let plan = self.plan(&mirror);
        let came = self.perform(&plan, &mirror, &Consent::All);
        self.mirror = mirror;
        self.orders.clear();
        let again = self.plan(&self.mirror);
        assert!(
            again.is_empty(),
            "{:?}",
            again.lines(true).collect::<Vec<_>>()
        );
        assert_eq!(again.notes(), [], "what was noted is noted");
        (plan, came)
    }

    fn perform(&mut self, plan: &Plan, mirror: &Mirror, consent: &Consent) -> Performed {
        self.runs += 1;
        let run = NewRun {
            district: self.district,
            trigger: "demand",
            scope: "{}",
            mode: "full",
            fence: self.runs,
            at: at(self.runs),
            undoes: None,
        };
        self.roster.claim(self.district, self.runs).unwrap();
        let run = self.roster.start_run(&run).unwrap();
        let begin = Begin {
            district: self.district,
            fence: self.runs,
            run,
            mirror: None,
            actor: "sync",
            at: at(self.runs),
            on: at(self.runs).date(),
        };
        let applying = self.roster.begin(&begin).unwrap();
        let mut performer =
            Performer::new(applying, self.district, &mirror.snapshot, &self.policy).unwrap();
        performer.perform(plan, consent).unwrap();
        let (transaction, came) = performer.into_applying();
        transaction.commit(&Commit::APPLIED).unwrap();
        assert_eq!(
            self.roster.read().unwrap().broken(self.district).unwrap(),
            []
        );
        came
    }

    /// Takes the last run back, from its last change to its first; all of it has to go.
    pub(crate) fn undo(&mut self) {
        let last = self.roster.read().unwrap().runs(self.district, 1).unwrap()[0].id;
        let mut entries = Vec::new();
        let reading = self.roster.read().unwrap();
        let mut visit = |entry| {
            entries.push(entry);
            Ok(())
        };
        reading.changes_of(last, &mut visit).unwrap();
        drop(reading);
        let mut applying = self.begin();
        for entry in entries.iter().rev() {
            let undone = applying.invert(entry, 1, "undone").unwrap();
            assert!(matches!(undone, Undone::Done(_)), "{undone:?} {entry:?}");
        }
        applying.commit(&Commit::APPLIED).unwrap();
        assert_eq!(
            self.roster.read().unwrap().broken(self.district).unwrap(),
            []
        );
    }

    fn begin(&mut self) -> Box<dyn Applying + '_> {
        self.runs += 1;
        let run = NewRun {
            district: self.district,
            trigger: "demand",
            scope: "{}",
            mode: "full",
            fence: self.runs,
            at: at(self.runs),
            undoes: None,
        };
        self.roster.claim(self.district, self.runs).unwrap();
        let run = self.roster.start_run(&run).unwrap();
        let begin = Begin {
            district: self.district,
            fence: self.runs,
            run,
            mirror: None,
            actor: "sync",
            at: at(self.runs),
            on: at(self.runs).date(),
        };
        self.roster.begin(&begin).unwrap()
    }

    /// Rows of a query, columns joined.
    pub(crate) fn ask(&self, sql: &str) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.roster.path()).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let texts = (0..columns).map(|at| {
                let value: rusqlite::types::Value = row.get(at)?;
                Ok(match value {
                    rusqlite::types::Value::Null => "-".to_owned(),
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                })
            });
            Ok(texts
                .collect::<Result<Vec<_>, rusqlite::Error>>()?
                .join(" "))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }
}

pub(crate) fn words(plan: &Plan) -> Vec<String> {
    plan.lines(false).collect()
}

#[tokio::test]
async fn a_district_is_in_the_database_as_it_is_shared() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let (_, performed) = app.sync(district()).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(
        app.ask("SELECT first_name, last_name, email, source_state FROM person ORDER BY last_name"),
        [
            "Ana Bo a@x.org present",
            "Ana Li a@x.org present",
            "Tom Orr t@x.org present"
        ]
    );
    assert_eq!(
        app.ask("SELECT sis_id, ext FROM role WHERE role = 'student'")[0],
        "00417 {\"username\":\"ana\"}"
    );
    assert_eq!(
        app.ask("SELECT s.name, c.number, t.name, k.name FROM section s JOIN course c ON c.id = s.course JOIN term t ON t.id = s.term JOIN school k ON k.id = s.school"),
        ["Algebra ALG1 Fall North"]
    );
    assert_eq!(
        app.ask("SELECT count(*), sum(is_teacher) FROM membership WHERE opened IS NOT NULL"),
        ["3 1"]
    );
    assert_eq!(
        app.ask("SELECT count(*) FROM role_school WHERE is_primary = 1"),
        ["3"]
    );
    // The same again does nothing at all.
    let (plan, performed) = app.sync(district()).await;
    assert_eq!((plan.actions().len(), performed.done), (0, 0));
}

#[tokio::test]
async fn changes_arrive_in_the_columns_they_belong_to() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    let mut records = district();
    records[3] = record(&V3_1, Object::User, &{
        let mut student = student(10, "Renamed");
        student["roles"]["student"]["credentials"]["district_username"] = json!("other");
        student["roles"]["student"]["grade"] = json!("9");
        student
    });
    records[5] = record(&V3_1, Object::User, &{
        let mut teacher = teacher(40);
        teacher["roles"]["staff"] =
            json!({"staff_id": "A1", "legacy_id": hex(91), "schools": [hex(1)], "title": "Dean"});
        teacher
    });
    records[6] = record(&V3_1, Object::Section, &section(50, &[11]));
    let (plan, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    assert_eq!(
        app.ask("SELECT p.last_name, r.grade, r.ext FROM person p JOIN role r ON r.person = p.id WHERE p.last_name = 'Renamed'"),
        ["Renamed 9 {\"username\":\"other\"}"]
    );
    assert_eq!(
        app.ask(
            "SELECT role, sis_id, title FROM role WHERE role IN ('staff', 'teacher') ORDER BY role"
        ),
        ["staff A1 Dean", "teacher T1 Mr"]
    );
    assert_eq!(
        app.ask("SELECT count(*) FROM membership WHERE opened IS NOT NULL AND is_teacher = 0"),
        ["1"]
    );
    assert_eq!(
        app.ask("SELECT count(*) FROM membership_past"),
        ["1"],
        "who leaves a class leaves a trace"
    );
}

#[tokio::test]
async fn leaving_coming_back_and_another_id() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    let account = app.ask("SELECT id FROM person WHERE last_name = 'Li'");
    let mut records = district();
    let gone = records.remove(3);
    let (plan, _) = app.sync(records.clone()).await;
    assert!(
        words(&plan).iter().any(|line| line.contains("deactivate")),
        "{:?}",
        words(&plan)
    );
    assert_eq!(
        app.ask("SELECT source_state, usable FROM person WHERE last_name = 'Li'"),
        ["missing 0"]
    );
    records.push(gone);
    app.sync(records).await;
    assert_eq!(
        app.ask("SELECT id FROM person WHERE last_name = 'Li' AND usable = 1"),
        account
    );
    // The teacher's email changes, and with it the id.
    let mut records = district();
    records[5] = record(&V3_1, Object::User, &{
        let mut teacher = teacher(44);
        teacher["email"] = json!("new@x.org");
        teacher
    });
    records[6] = record(&V3_1, Object::Section, &{
        let mut section = section(50, &[10, 11]);
        section["teachers"] = json!([hex(44)]);
        section
    });
    let (plan, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    assert!(words(&plan)[0].contains("rekey"));
    assert_eq!(
        app.ask("SELECT count(*) FROM person WHERE last_name = 'Orr'"),
        ["1"]
    );
    assert_eq!(app.ask("SELECT source_id, state FROM link WHERE rung = 'rekey' OR state = 'alias' ORDER BY state"), [
        format!("{} active", hex(44)),
        format!("{} alias", hex(40)),
    ]);
}

#[tokio::test]
async fn contacts_come_with_their_ties() {
    let policy = Policy::SIS_LOCKDOWN
        .replace("# contacts = ", "contacts = ")
        .replace("# contact_links = ", "contact_links = ");
    let mut app = App::new(&policy);
    let contact = |kind: &str| {
        record(
            &V3_1,
            Object::User,
            &json!({
                "id": hex(60), "name": {"last": "Mo Li"}, "roles": {"contact": {"phone": "555", "student_relationships": [
                    {"student": hex(10), "relationship": "Parent", "type": kind}]}},
            }),
        )
    };
    let with = |kind: &str| {
        district()
            .into_iter()
            .chain([contact(kind)])
            .collect::<Vec<_>>()
    };
    app.sync(with("Primary")).await;
    assert_eq!(
        app.ask("SELECT type, label, closed FROM relationship"),
        ["Primary Parent -"]
    );
    app.sync(with("Emergency")).await;
    assert_eq!(
        app.ask("SELECT type FROM relationship WHERE closed IS NULL"),
        ["Emergency"]
    );
    app.sync(district()).await;
    assert_eq!(
        app.ask("SELECT count(*) FROM relationship WHERE closed IS NULL"),
        ["0"]
    );
    assert_eq!(
        app.ask("SELECT source_state FROM person WHERE last_name = 'Mo Li'"),
        ["missing"]
    );
}

#[tokio::test]
async fn an_account_of_the_app_is_adopted() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    // Somebody of the app made an account for a pupil, number and all, and the pupil has a nickname there.
    let connection = rusqlite::Connection::open(app.roster.path()).unwrap();
    connection
        .execute_batch(
            "INSERT INTO person (id, origin, source_state, first_name, last_name) VALUES (1000000900, 'manual', 'never', 'C.', 'Ng');
             INSERT INTO role (person, role, sis_id) VALUES (1000000900, 'student', '00777');
             INSERT INTO person_own (person, nickname) VALUES (1000000900, 'Cy');",
        )
        .unwrap();
    drop(connection);
    let mut records = district();
    records.push(record(&V3_1, Object::User, &{
        let mut student = student(12, "Ng");
        student["roles"]["student"]["sis_id"] = json!("00777");
        student["email"] = json!("cy@x.org");
        student
    }));
    let (plan, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, [], "{:?}", words(&plan));
    assert!(
        words(&plan)
            .iter()
            .any(|line| line.contains("[linked_by_sis_id]"))
    );
    assert_eq!(
        app.ask("SELECT p.id, p.origin, p.first_name, p.email, o.nickname FROM person p JOIN person_own o ON o.person = p.id"),
        ["1000000900 adopted Ana cy@x.org Cy"]
    );
    assert_eq!(
        app.ask("SELECT usable FROM person WHERE id = 1000000900"),
        ["1"]
    );
    let in_class =
        "SELECT count(*) FROM membership WHERE person = 1000000900 AND opened IS NOT NULL";
    assert_eq!(
        app.ask(in_class),
        ["1"],
        "the section named this pupil all along"
    );
}
