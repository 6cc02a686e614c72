//! Histories of years: the truth is what the files say, except where an incident says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{
    DayKind, Expect, Happening, History, HistorySettings, Incident, Incidents, MemorySink, Noun,
    Profile, RosterFile, SectionHabit, Truth,
};

use crate::importer::roster;

fn history(students: u64, seed: u64, habit: SectionHabit) -> History {
    let size = Profile {
        schools: 4,
        ..Profile::students(students)
    };
    History::new(size, seed, HistorySettings::usual(2026, 3, habit))
}

/// Looks at every day.
fn walk(history: &History, mut look: impl FnMut(&Truth, &MemorySink)) {
    let mut walk = history.walk();
    loop {
        let mut files = MemorySink::default();
        let Some(truth) = walk.write_next(&mut files).unwrap() else {
            return;
        };
        look(&truth, &files);
    }
}

/// What the files say, in the keys of the truth.
fn said(files: &MemorySink) -> BTreeSet<(Noun, String)> {
    let mut said = BTreeSet::new();
    let rows = |file: &str| {
        let bytes = files.files.get(file).map(Vec::as_slice).unwrap_or_default();
        let mut reader = csv::Reader::from_reader(bytes);
        let rows = reader.deserialize::<BTreeMap<String, String>>();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    for (noun, file, column) in [
        (Noun::School, "schools.csv", "School_id"),
        (Noun::Student, "students.csv", "Student_id"),
        (Noun::Teacher, "teachers.csv", "Teacher_id"),
        (Noun::Staff, "staff.csv", "Staff_id"),
        (Noun::Section, "sections.csv", "Section_id"),
    ] {
        said.extend(rows(file).iter().map(|row| (noun, row[column].clone())));
    }
    for row in rows("students.csv") {
        let cell = |part: &str| row[&format!("Contact_{part}")].clone();
        let (name, kind) = (cell("name"), cell("type"));
        let key = if name.is_empty() {
            continue;
        } else if !cell("sis_id").is_empty() {
            format!("id|{}", cell("sis_id"))
        } else if !cell("email").is_empty() {
            format!("email|{name}|{}", cell("email"))
        } else if !cell("phone").is_empty() {
            format!("phone|{name}|{}", cell("phone"))
        } else {
            let (relation, phone) = (cell("relationship"), cell("phone_type"));
            format!("words|{name}|{kind}|{relation}|{phone}")
        };
        said.insert((Noun::Contact, key));
    }
    let filled: BTreeSet<String> = rows("enrollments.csv")
        .iter()
        .map(|row| row["Section_id"].clone())
        .collect();
    for row in rows("sections.csv") {
        if !filled.contains(&row["Section_id"]) {
            continue;
        }
        let course = match row["Course_number"].as_str() {
            "" => format!("name|{}", row["Course_name"]),
            number => format!("number|{number}"),
        };
        let term = ["Term_name", "Term_start", "Term_end"].map(|column| row[column].as_str());
        said.insert((Noun::Course, course));
        said.insert((Noun::Term, term.join("|")));
    }
    said
}

fn told(truth: &Truth) -> BTreeSet<(Noun, String)> {
    let records = truth.records.iter();
    records
        .map(|record| (record.noun, record.key.clone()))
        .collect()
}

#[test]
fn the_truth_is_what_the_files_say() {
    for (seed, habit) in [(1, SectionHabit::New), (2, SectionHabit::Reused)] {
        let history = history(150, seed, habit);
        let mut days = 0;
        walk(&history, |truth, files| {
            let day = truth.day.number;
            assert_eq!(truth.day, history.days()[days]);
            assert!(
                truth
                    .records
                    .is_sorted_by_key(|record| (record.noun, record.key.clone()))
            );
            assert_eq!(told(truth).len(), truth.records.len(), "no key twice");
            let looked_at = truth.day.kind != DayKind::Lesson || days % 7 == 0;
            if looked_at
                && truth.expect == Expect::Harmless
                && files.files.contains_key("staff.csv")
            {
                let (said, told) = (said(files), told(truth));
                let more: Vec<_> = said.symmetric_difference(&told).collect();
                assert!(more.is_empty(), "seed {seed}, day {day}: {more:?}");
            }
            days += 1;
        });
        assert_eq!(days, history.days().len());
    }
}

/// A key is one thing's for ever, and things of one kind have one key at a time.
#[test]
fn keys_are_never_handed_on() {
    for (seed, habit) in [(3, SectionHabit::New), (4, SectionHabit::Reused)] {
        let mut owners: BTreeMap<(Noun, String), u64> = BTreeMap::new();
        walk(&history(150, seed, habit), |truth, _| {
            let mut met = BTreeSet::new();
            for record in &truth.records {
                let key = (record.noun, record.key.clone());
                assert_eq!(*owners.entry(key).or_insert(record.entity), record.entity);
                assert!(met.insert((record.noun, record.entity)), "two keys at once");
                let employee = matches!(record.noun, Noun::Teacher | Noun::Staff);
                assert_eq!(record.user > 0, employee);
            }
        });
    }
}

/// An ordinary day changes little, and three years something of everything.
#[test]
fn everything_happens_in_three_years() {
    let mut happened: BTreeMap<Happening, usize> = BTreeMap::new();
    let mut incidents = BTreeSet::new();
    for (seed, habit) in [(5, SectionHabit::New), (6, SectionHabit::Reused)] {
        let mut before = BTreeSet::new();
        walk(&history(200, seed, habit), |truth, _| {
            for happening in &truth.happenings {
                *happened.entry(*happening).or_default() += 1;
            }
            incidents.extend(truth.incident);
            let now = told(truth);
            if truth.day.kind == DayKind::Lesson && truth.incident.is_none() {
                for noun in [Noun::Student, Noun::Teacher, Noun::Section, Noun::School] {
                    let gone = before.difference(&now).filter(|(kind, _)| *kind == noun);
                    assert!(gone.count() < 5, "{noun:?} on day {}", truth.day.number);
                }
            }
            before = now;
        });
    }
    let missing: Vec<_> = ALL
        .iter()
        .filter(|what| !happened.contains_key(what))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(incidents, Incident::ALL.into_iter().collect());
}

const ALL: [Happening; 29] = [
    Happening::StudentCame,
    Happening::StudentLeft,
    Happening::StudentReturned,
    Happening::StudentReturnedLate,
    Happening::StudentEdited,
    Happening::StudentRekeyed,
    Happening::StudentMoved,
    Happening::HouseholdMoved,
    Happening::ContactEdited,
    Happening::ContactRekeyed,
    Happening::ContactAdded,
    Happening::ContactRemoved,
    Happening::ContactIdsAdded,
    Happening::EmployeeHired,
    Happening::EmployeeLeft,
    Happening::EmployeeMarried,
    Happening::EmployeeEdited,
    Happening::RoleGained,
    Happening::RoleLost,
    Happening::RolesMerged,
    Happening::RolesSplit,
    Happening::ScheduleChanged,
    Happening::SectionEdited,
    Happening::SectionCancelled,
    Happening::CourseRenamed,
    Happening::CourseRenumbered,
    Happening::SchoolEdited,
    Happening::TermRollover,
    Happening::YearRollover,
];

/// What an import would keep, as sets of keys: schools, students, teachers, sections, pairs of section and student.
fn kept(files: &MemorySink) -> [BTreeSet<String>; 5] {
    let roster = roster(files);
    let pairs = roster.enrollments.iter();
    [
        roster.schools.keys().cloned().collect(),
        roster.students.keys().cloned().collect(),
        roster.teachers.keys().cloned().collect(),
        roster.sections.keys().cloned().collect(),
        pairs
            .map(|(section, student)| format!("{section} {student}"))
            .collect(),
    ]
}

/// Files of a dangerous day would delete more than a tenth of something, unless they only change names or emails; those
/// of the day after are right again, or what was wanted stays.
#[test]
fn dangerous_days_are_dangerous() {
    for (seed, habit) in [(7, SectionHabit::New), (8, SectionHabit::Reused)] {
        let mut before = kept(&MemorySink::default());
        let history = history(300, seed, habit);
        walk(&history, |truth, files| {
            let number = truth.day.number;
            let near = [number, number + 1].map(|day| history.incident(day));
            if near == [None, None] {
                return;
            }
            let now = kept(files);
            let floors = [1, 10, 3, 5, 50];
            let deletes = before
                .iter()
                .zip(&now)
                .zip(floors)
                .any(|((before, now), floor)| {
                    let gone = before.difference(now).count();
                    gone >= floor && gone * 10 > before.len()
                });
            match truth.expect {
                Expect::Held { wanted } => {
                    let quiet = [Incident::ColumnsSwapped, Incident::EmailDomainChanged];
                    let quiet = quiet.map(Some).contains(&truth.incident);
                    assert_ne!(deletes, quiet, "{:?}", truth.incident);
                    assert_eq!(wanted, truth.incident.is_some_and(Incident::stays));
                    assert!(truth.happenings.is_empty());
                    if wanted {
                        assert_eq!(said(files), told(truth));
                        before = now;
                    }
                }
                Expect::NoChange => assert_eq!(now, before),
                Expect::Fatal => assert!(truth.incident.is_some()),
                Expect::Harmless => {
                    assert!(!deletes || truth.incident.is_none(), "{:?}", truth.incident);
                    before = now;
                }
            }
        });
    }
}

#[test]
fn lost_files_are_not_there_and_empty_ones_are() {
    walk(&history(150, 9, SectionHabit::New), |truth, files| {
        let rows = |file: RosterFile| {
            Some(files.files.get(file.name())?.as_slice())
                .map(|bytes| csv::Reader::from_reader(bytes).into_records().count())
        };
        match truth.incident {
            Some(Incident::FileLost(file)) => assert_eq!(rows(file), None),
            Some(Incident::FileEmptied(file)) => assert_eq!(rows(file), Some(0)),
            _ => assert_eq!(files.files.len(), 7),
        }
    });
}

#[test]
fn same_seed_same_bytes_and_any_day_alone() {
    let one = history(150, 10, SectionHabit::New);
    let other = history(150, 10, SectionHabit::New);
    let mut days = 0;
    let mut walked = other.walk();
    walk(&one, |truth, files| {
        let mut again = MemorySink::default();
        assert_eq!(walked.write_next(&mut again).unwrap().as_ref(), Some(truth));
        assert!(again == *files);
        if days % 200 == 150 {
            let mut alone = MemorySink::default();
            let found = one.write(truth.day.number, &mut alone).unwrap();
            assert_eq!(found.as_ref(), Some(truth));
            assert!(alone == *files);
        }
        days += 1;
    });
    let beyond = one.write(one.days().len(), &mut MemorySink::default());
    assert_eq!(beyond.unwrap(), None);
}

#[test]
fn incidents_come_when_they_are_told_to() {
    let mut settings = HistorySettings::usual(2026, 1, SectionHabit::New);
    let date = homeroom_model::Date::new(2026, 10, 8).unwrap();
    settings.incidents = Incidents::On(vec![(date, Incident::SisChanged)]);
    let history = History::new(Profile::students(60), 1, settings);
    let days: Vec<_> = (0..history.days().len())
        .filter(|day| history.incident(*day).is_some())
        .collect();
    assert_eq!(days.len(), 1);
    assert_eq!(history.days()[days[0]].date, date);
}
