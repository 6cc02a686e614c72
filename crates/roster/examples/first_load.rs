//! A first load by hand, to be timed from outside. It reads one line: `load FILE [STUDENTS]` applies a made-up district in one
//! transaction, `scan FILE` reads every link and membership in order, `roll FILE` closes every membership, `undo FILE` undoes the
//! last of the two, `check FILE` asks for broken rules:
//! `echo load FILE | cargo run --release -p homeroom-roster --example first_load`.
//!
//! 1,000,000 students have 50,000 teachers, 240,000 sections and 6,000,000 memberships.

use std::error::Error;
use std::io;
use std::path::Path;

use homeroom_model::{Date, Role, Timestamp};
use homeroom_roster::field::{person, role, school, section};
use homeroom_roster::{
    Action, Begin, Commit, Districts, Kind, LinkState, NewDistrict, NewLink, NewRole, NewRun, Op,
    Outcome, PersonKind, Reading, Record, Roster, Runs, Seat, SeatChange, SqliteRoster, Undone,
};

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (phase, file) = (words.next(), words.next());
    let students = words.next().map_or(Ok(1_000_000), str::parse)?;
    let roster = SqliteRoster::open(Path::new(file.ok_or("name a file")?))?;
    match phase {
        Some("load") => load(&roster, students),
        Some("roll") => roll(&roster),
        Some("undo") => undo(&roster),
        Some("check") => Err(format!("broken: {:?}", roster.read()?.broken(1)?).into()),
        Some("scan") => scan(&*roster.read()?),
        _ => Err("say load, roll, undo, check or scan".into()),
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn begin<'r>(
    roster: &'r SqliteRoster,
    day: i8,
) -> Result<Box<dyn homeroom_roster::Applying + 'r>, Box<dyn Error>> {
    let district = roster.connect(&NewDistrict {
        source_id: "5f0000000000000000000001",
        name: "Large",
        at: NOW,
    })?;
    let run = roster.start_run(&NewRun {
        district,
        trigger: "demand",
        scope: "{}",
        mode: "full",
        fence: 1,
        at: NOW,
        undoes: None,
    })?;
    Ok(roster.begin(&Begin {
        district,
        fence: 1,
        run,
        mirror: None,
        actor: "sync",
        at: NOW,
        on: Date::new(2026, 8, day).ok_or("a date")?,
    })?)
}

struct Load<'r> {
    applying: Box<dyn homeroom_roster::Applying + 'r>,
    number: i64,
}

impl Load<'_> {
    fn act(&mut self, op: Op<'_>) -> Result<i64, Box<dyn Error>> {
        self.number += 1;
        let action = Action {
            number: self.number,
            reason: "new_in_source",
            evidence: None,
            policy: Some("lockdown.create"),
            op,
        };
        match self.applying.apply(&action)? {
            Outcome::Done { id, .. } => Ok(id),
            other => Err(format!("{other:?}").into()),
        }
    }
}

fn link(source_id: &str) -> NewLink<'_> {
    NewLink {
        source_id,
        person: None,
        state: LinkState::Active,
        rung: "created",
        evidence: None,
        hash: Some([7; 16]),
        roster_hash: Some([8; 16]),
    }
}

fn load(roster: &SqliteRoster, students: usize) -> Done {
    let mut load = Load {
        applying: begin(roster, 20)?,
        number: 0,
    };
    let schools = (0..(students / 1000).max(1))
        .map(|n| {
            let record = Record::new(Kind::School).with(school::NAME, format!("School {n}"));
            let source = format!("5f1{n:021x}");
            let op = Op::Create {
                kind: Kind::School,
                record: &record,
                roles: &[],
                link: Some(link(&source)),
            };
            load.act(op)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let sections = (0..students * 24 / 100)
        .map(|n| {
            let record = Record::new(Kind::Section)
                .with(section::NAME, format!("Algebra {n}"))
                .with(
                    section::SCHOOL,
                    *schools.get(n % schools.len()).unwrap_or(&0),
                )
                .with(section::PERIOD, "3")
                .with(section::SUBJECT, "math");
            let source = format!("5f2{n:021x}");
            let op = Op::Create {
                kind: Kind::Section,
                record: &record,
                roles: &[],
                link: Some(link(&source)),
            };
            load.act(op)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let teachers = people(&mut load, &schools, students / 20, Role::Teacher)?;
    let pupils = people(&mut load, &schools, students, Role::Student)?;
    rosters(&mut load, &sections, &teachers, &pupils)?;
    load.applying.commit(&Commit::APPLIED)?;
    Ok(())
}

fn people(
    load: &mut Load<'_>,
    schools: &[i64],
    count: usize,
    of: Role,
) -> Result<Vec<i64>, Box<dyn Error>> {
    let mut ids = Vec::with_capacity(count);
    for n in 0..count {
        let record = Record::new(Kind::Person)
            .with(person::FIRST_NAME, format!("First{}", n % 997))
            .with(person::LAST_NAME, format!("Lastname{}", n % 7919))
            .with(
                person::EMAIL,
                format!("{}.{n}@district.example.org", of.text()),
            );
        let fields = Record::role()
            .with(role::SIS_ID, format!("{:08}", n * 17))
            .with(role::GRADE, "9")
            .with(role::BIRTH_DATE, "2011-03-04");
        let schools = [(*schools.get(n % schools.len()).unwrap_or(&0), true)];
        let roles = [NewRole {
            role: of,
            record: &fields,
            schools: &schools,
        }];
        let (kind, prefix) = match of {
            Role::Student => (PersonKind::Student, 40),
            _ => (PersonKind::Employee, 30),
        };
        let source = format!("5f{prefix}{n:020x}");
        let link = NewLink {
            person: Some(kind),
            ..link(&source)
        };
        ids.push(load.act(Op::Create {
            kind: Kind::Person,
            record: &record,
            roles: &roles,
            link: Some(link),
        })?);
    }
    Ok(ids)
}

fn rosters(load: &mut Load<'_>, sections: &[i64], teachers: &[i64], pupils: &[i64]) -> Done {
    let mut seats = Vec::new();
    for (n, section) in sections.iter().enumerate() {
        seats.clear();
        let mut seat = |person: Option<&i64>, is_teacher, seat| {
            seats.extend(person.map(|person| SeatChange {
                person: *person,
                is_teacher,
                before: None,
                after: Some(seat),
            }));
        };
        seat(
            teachers.get(n % teachers.len().max(1)),
            true,
            Seat::teacher(0),
        );
        for place in 0..25 {
            // As far from each other as a school's students are in order of their ids.
            seat(
                pupils.get((n / 6 * 25 + place * 39) % pupils.len()),
                false,
                Seat::STUDENT,
            );
        }
        seats.sort_by_key(|seat| (seat.person, seat.is_teacher));
        seats.dedup_by_key(|seat| (seat.person, seat.is_teacher));
        load.act(Op::Seats {
            section: *section,
            changes: &seats,
        })?;
    }
    Ok(())
}

fn scan(reading: &dyn Reading) -> Done {
    let (mut links, mut seats, mut last) = (0_u64, 0_u64, 0_i64);
    for kind in Kind::ALL {
        reading.links(1, kind, &mut |row| {
            links += u64::from(row.hash.is_some());
            Ok(())
        })?;
    }
    reading.seats(1, &mut |row| {
        seats += 1;
        last = row.person;
        Ok(())
    })?;
    if links == 0 || seats == 0 || last == 0 {
        return Err("nothing was read".into());
    }
    Err(format!("read {links} links and {seats} memberships").into())
}

fn roll(roster: &SqliteRoster) -> Done {
    let mut all: Vec<(i64, Vec<SeatChange>)> = Vec::new();
    roster.read()?.seats(1, &mut |row| {
        let change = SeatChange {
            person: row.person,
            is_teacher: row.is_teacher,
            before: Some(row.seat),
            after: None,
        };
        match all.last_mut() {
            Some((section, seats)) if *section == row.section => seats.push(change),
            _ => all.push((row.section, vec![change])),
        }
        Ok(())
    })?;
    let mut load = Load {
        applying: begin(roster, 28)?,
        number: 0,
    };
    for (section, changes) in &all {
        load.act(Op::Seats {
            section: *section,
            changes,
        })?;
    }
    load.applying.commit(&Commit::APPLIED)?;
    Ok(())
}

fn undo(roster: &SqliteRoster) -> Done {
    let runs = roster.read()?.runs(1, 9)?;
    let last = runs.iter().find(|run| run.changes.is_some());
    let last = last.ok_or("nothing to undo")?.id;
    let mut applying = begin(roster, 20)?;
    let (mut before, mut done, mut kept) = (None, 0_u64, 0_u64);
    loop {
        let page = applying.look().changes_back(last, before, 2000)?;
        let Some(row) = page.last() else { break };
        before = Some(row.seq);
        for row in &page {
            match applying.invert(row, 1, "undone")? {
                Undone::Done(_) => done += 1,
                _ => kept += 1,
            }
        }
    }
    applying.commit(&Commit::APPLIED)?;
    Err(format!("took back {done} rows, {kept} stay").into())
}
