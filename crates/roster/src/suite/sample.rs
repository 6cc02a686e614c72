//! A small district to try things on, and how to try them.

use homeroom_model::{Date, Role, Timestamp};

use crate::field::{person, role, school, section};
use crate::{
    Action, Applying, AuditEntry, Begin, Commit, Kind, LinkState, NewDistrict, NewLink, NewRole,
    NewRun, Op, Outcome, PersonKind, Reading, Record, Roster, Seat, SeatChange,
};

/// Runs a statement as an application would, and gives the rows it answers with as texts (`NULL` for nothing).
pub type Sql = Box<dyn Fn(&str) -> Result<Vec<Vec<String>>, String>>;

/// What is tried.
pub struct Subject {
    /// The roster.
    pub roster: Box<dyn Roster>,
    /// Another connection to its database.
    pub sql: Sql,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.roster.fmt(f)
    }
}

impl Subject {
    /// Rows of a statement that has to work.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        (self.sql)(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The one value a statement answers with.
    pub fn value(&self, sql: &str) -> String {
        self.rows(sql)[0][0].clone()
    }

    /// A view of now.
    pub fn read(&self) -> Box<dyn Reading> {
        self.roster.read().unwrap()
    }
}

/// A moment: this many seconds into the test.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + seconds * 1000)
}

/// A day of August 2026.
pub fn day(day: i8) -> Date {
    Date::new(2026, 8, day).unwrap()
}

/// A source id.
pub fn source(number: u32) -> String {
    format!("5f00000000000000{number:08x}")
}

/// A district and what is in it: one school, two sections, a teacher and three students, nobody in a class.
#[derive(Debug)]
pub struct Town {
    /// The district.
    pub district: i64,
    /// Its school.
    pub school: i64,
    /// Its sections.
    pub sections: [i64; 2],
    /// Its teacher; source id 30.
    pub teacher: i64,
    /// Its students; source ids 40, 41, 42.
    pub students: [i64; 3],
}

impl Town {
    /// Builds the district of that number.
    pub fn build(subject: &Subject, number: u32) -> Self {
        let district = subject
            .roster
            .connect(&NewDistrict {
                source_id: &source(number),
                name: "Town",
                at: at(0),
            })
            .unwrap();
        let mut town = Self {
            district,
            school: 0,
            sections: [0; 2],
            teacher: 0,
            students: [0; 3],
        };
        let mut work = Work::begin(subject, &town, 1);
        let record = Record::new(Kind::School).with(school::NAME, "Lake");
        town.school = work.create(Kind::School, &record, &source(10));
        for (place, number) in [(0, 20), (1, 21)] {
            let record = Record::new(Kind::Section)
                .with(section::NAME, format!("Class {number}"))
                .with(section::SCHOOL, town.school);
            town.sections[place] = work.create(Kind::Section, &record, &source(number));
        }
        town.teacher = work.person(Role::Teacher, town.school, 30);
        for (place, number) in [(0, 40), (1, 41), (2, 42)] {
            town.students[place] = work.person(Role::Student, town.school, number);
        }
        work.commit();
        town
    }
}

/// A transaction under way.
pub struct Work<'s> {
    /// The transaction.
    pub applying: Box<dyn Applying + 's>,
    /// The run it belongs to.
    pub run: i64,
    number: i64,
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({})", self.run)
    }
}

impl<'s> Work<'s> {
    /// Begins on a day of August 2026.
    pub fn begin(subject: &'s Subject, town: &Town, on: i8) -> Self {
        Self::of(subject, town, on, start_run(subject, town.district, 1))
    }

    /// The same of a run that was started.
    pub fn of(subject: &'s Subject, town: &Town, on: i8, run: i64) -> Self {
        let mirror = subject
            .read()
            .district(town.district)
            .unwrap()
            .unwrap()
            .mirror;
        let begin = Begin {
            district: town.district,
            fence: 1,
            run,
            mirror,
            actor: "sync",
            at: at(i64::from(on) * 86_400),
            on: day(on),
        };
        Self {
            applying: subject.roster.begin(&begin).unwrap(),
            run,
            number: 0,
        }
    }

    /// Applies an operation.
    pub fn act(&mut self, op: Op<'_>) -> Outcome {
        self.number += 1;
        let action = Action {
            number: self.number,
            reason: "tried",
            evidence: Some("test"),
            policy: Some("lockdown"),
            op,
        };
        self.applying.apply(&action).unwrap()
    }

    /// Applies an operation that has to work.
    pub fn done(&mut self, op: Op<'_>) -> i64 {
        let outcome = self.act(op);
        outcome
            .id()
            .unwrap_or_else(|| panic!("{op:?}: {outcome:?}"))
    }

    /// Creates a record for a source id.
    pub fn create(&mut self, kind: Kind, record: &Record<'_>, source_id: &str) -> i64 {
        self.done(Op::Create {
            kind,
            record,
            roles: &[],
            link: Some(NewLink {
                person: (kind == Kind::Person).then_some(PersonKind::Student),
                ..created(source_id)
            }),
        })
    }

    /// Creates a person with a role; everything about them is made of the number.
    pub fn person(&mut self, of: Role, school: i64, number: u32) -> i64 {
        let record = Record::new(Kind::Person)
            .with(person::FIRST_NAME, format!("First{number}"))
            .with(person::LAST_NAME, format!("Last{number}"))
            .with(person::EMAIL, format!("{number}@example.org"));
        let fields = Record::role()
            .with(role::SIS_ID, format!("{number:05}"))
            .with(role::GRADE, "9");
        let roles = [NewRole {
            role: of,
            record: &fields,
            schools: &[(school, true)],
        }];
        self.done(Op::Create {
            kind: Kind::Person,
            record: &record,
            roles: &roles,
            link: Some(NewLink {
                person: Some(match of {
                    Role::Student => PersonKind::Student,
                    Role::Contact => PersonKind::Contact,
                    _ => PersonKind::Employee,
                }),
                ..created(&source(number))
            }),
        })
    }

    /// Ends it.
    pub fn commit(self) -> i64 {
        self.applying.commit(&Commit::APPLIED).unwrap()
    }
}

/// Does something in a transaction of its own.
pub fn apply(subject: &Subject, town: &Town, on: i8, ops: &[Op<'_>]) -> i64 {
    let mut work = Work::begin(subject, town, on);
    for op in ops {
        work.done(*op);
    }
    let run = work.run;
    work.commit();
    run
}

/// Rows of the audit of a run.
pub fn changes(subject: &Subject, run: i64) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    let mut visit = |entry| {
        entries.push(entry);
        Ok(())
    };
    subject.read().changes_of(run, &mut visit).unwrap();
    entries
}

/// Starts a run under a writer's number.
pub fn start_run(subject: &Subject, district: i64, fence: i64) -> i64 {
    let run = NewRun {
        district,
        trigger: "demand",
        scope: "{}",
        mode: "full",
        fence,
        at: at(0),
        undoes: None,
    };
    subject.roster.start_run(&run).unwrap()
}

/// The link of a student who was created for their source id.
pub fn created(source_id: &str) -> NewLink<'_> {
    NewLink {
        person: Some(PersonKind::Student),
        ..placed(source_id)
    }
}

/// The link of something else than a person.
pub fn placed(source_id: &str) -> NewLink<'_> {
    NewLink {
        source_id,
        person: None,
        state: LinkState::Active,
        rung: "created",
        evidence: None,
        hash: Some([7; 16]),
        roster_hash: None,
    }
}

/// Somebody comes to a class.
pub fn comes(person: i64, seat: Seat) -> SeatChange {
    SeatChange {
        person,
        is_teacher: seat.position.is_some(),
        before: None,
        after: Some(seat),
    }
}

/// Somebody leaves a class.
pub fn goes(person: i64, seat: Seat) -> SeatChange {
    SeatChange {
        person,
        is_teacher: seat.position.is_some(),
        before: Some(seat),
        after: None,
    }
}

const TABLES: [(&str, &str); 19] = [
    ("school", "*"),
    ("term", "*"),
    ("course", "*"),
    ("section", "*"),
    ("person", "*"),
    ("role", "*"),
    ("role_school", "*"),
    ("profile", "*"),
    ("membership", "*"),
    ("membership_past", "*"),
    ("relationship", "*"),
    ("association", "*"),
    (
        "link",
        "kind, source_id, person_kind, entity, state, rung, evidence, since",
    ),
    (
        "cell",
        "entity, field, base, value, origin, until, until_date, by",
    ),
    ("custom_group", "*"),
    ("group_member", "*"),
    ("work", "*"),
    ("goal_activity", "*"),
    ("goal_undone", "*"),
];

/// Everything the roster holds, but for hashes and notes.
pub fn dump(subject: &Subject) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, columns) in TABLES {
        let rows = subject.rows(&format!(
            "SELECT {columns} FROM {table} ORDER BY 1, 2, 3, 4"
        ));
        lines.extend(rows.iter().map(|row| format!("{table}: {}", row.join("|"))));
    }
    lines
}

/// No invariant is broken.
pub fn is_well(subject: &Subject, district: i64) {
    assert_eq!(subject.read().broken(district).unwrap(), []);
}
