//! Who is there: students in three schools, as the files of a district tell it.

use std::fmt::Write as _;

use homeroom_model::Date;
use homeroom_simulator::usage::{APPS, Calendar, Done, Learner, Mix, Usage, Year};
use homeroom_testkit::{Files, small_district};

use super::oracle::{monday, plus};

/// Every kind of student often enough to be there.
const MIX: Mix = Mix {
    absent: 90,
    transferred_in: 70,
    transferred_out: 60,
    new: 50,
    sprinter: 120,
    idle: 80,
    stuck: 200,
    merged: 60,
    finished: 90,
};

/// Schools, and their first and last grade.
const SCHOOLS: [(&str, &str, u64, u64); 3] = [
    ("S1", "Alder Elementary", 1, 5),
    ("S2", "Birch Middle", 6, 8),
    ("S3", "Cedar High", 9, 12),
];
/// Sections of a school.
const SECTIONS: u64 = 2;

/// A student.
pub(crate) struct Pupil {
    /// By what the simulator knows the student.
    pub(crate) number: u64,
    /// From the second day on.
    school: [u64; 2],
    moves: Option<Date>,
    /// Left on a Saturday and came back on this Monday, under another id of the district's making.
    pub(crate) rekeyed: Option<Date>,
}

/// Everybody.
pub(crate) struct Cast {
    pub(crate) calendar: Calendar,
    pub(crate) pupils: Vec<Pupil>,
    /// Who is at school is the same in all apps.
    presence: Usage,
}

impl Cast {
    pub(crate) fn new(seed: u64, pupils: u64, school_days: usize) -> Self {
        let first = Date::parse_iso("2026-09-08").unwrap();
        let day = |text| Date::parse_iso(text).unwrap();
        let closed = vec![
            (day("2026-10-12"), day("2026-10-12")),
            (day("2026-11-23"), day("2026-11-27")),
            (day("2026-12-19"), day("2027-01-04")),
            (day("2027-03-15"), day("2027-03-21")),
        ];
        let whole = Calendar::new(first, day("2027-06-25"), closed);
        let last = whole.school_days()[school_days - 1];
        let calendar = whole.until(last);
        let presence = Self::usage_of(seed, 0, &calendar);
        let days = calendar.school_days();
        let settled = |number: u64| {
            let Learner { enrolled, left, .. } = presence.learner(number);
            enrolled == first && left.is_none()
        };
        let is_monday = |day: &&Date| monday(**day) == **day;
        let back = *days[days.len() / 6..].iter().find(is_monday).unwrap();
        // Those of whom nothing else is told: one has another id, two another school.
        let mut stays = (0..pupils).filter(|number| settled(*number));
        let rekeyed = stays.find(|number| rests(seed, &calendar, *number, back));
        let elsewhere = [stays.next(), stays.next()];
        let pupils = (0..pupils).map(|number| {
            let school = number % 3;
            let moves = elsewhere.contains(&Some(number));
            Pupil {
                number,
                school: [school, if moves { (school + 1) % 3 } else { school }],
                moves: moves.then(|| days[days.len() / 2]),
                rekeyed: (rekeyed == Some(number)).then_some(back),
            }
        });
        Self {
            pupils: pupils.collect(),
            calendar: calendar.clone(),
            presence,
        }
    }

    /// What students do in an app.
    pub(crate) fn usage_of(seed: u64, app: usize, calendar: &Calendar) -> Usage {
        Usage::new(seed, APPS[app], calendar.clone()).mixed(MIX)
    }

    /// When a student came, as the district knows it.
    pub(crate) fn enrolled(&self, pupil: &Pupil) -> Date {
        self.presence.learner(pupil.number).enrolled
    }

    /// Whether a student is in the files of a day.
    pub(crate) fn is_there(&self, pupil: &Pupil, day: Date) -> bool {
        let Learner { enrolled, left, .. } = self.presence.learner(pupil.number);
        // The files of the first day come some days before it.
        let gone = pupil
            .rekeyed
            .is_some_and(|back| (plus(back, -2)..back).contains(&day));
        enrolled <= day.max(self.calendar.first()) && left.is_none_or(|left| day < left) && !gone
    }

    /// The files of a day.
    pub(crate) fn files(&self, day: Date) -> Files {
        let (mut students, mut enrollments) =
            (HEAD_OF_STUDENTS.to_owned(), HEAD_OF_ENROLLMENTS.to_owned());
        for pupil in self.pupils.iter().filter(|pupil| self.is_there(pupil, day)) {
            let (number, id, school) = (pupil.number, pupil.id(), pupil.school(day));
            let section = pupil.section();
            // Two children of a household follow each other.
            let home = number / 2;
            let _ = writeln!(
                students,
                "S{school},{id},{number},Family{home},Child{number},{},child{number}@river.example,Parent{home},Parent/Guardian,\
                 Parent,parent{home}@home.example,C{home}",
                pupil.grade(day)
            );
            let _ = writeln!(enrollments, "S{school},X{school}{section},{id}");
        }
        let (mut schools, mut teachers, mut sections) = (
            HEAD_OF_SCHOOLS.to_owned(),
            HEAD_OF_TEACHERS.to_owned(),
            HEAD_OF_SECTIONS.to_owned(),
        );
        for (number, (id, name, low, high)) in (1..).zip(SCHOOLS) {
            let _ = writeln!(schools, "{id},{name},{low},{high}");
            for teacher in 0..=SECTIONS {
                let _ = writeln!(
                    teachers,
                    "{id},T{number}{teacher},t{number}{teacher}@river.example,Kim,Teacher{number}{teacher}"
                );
            }
            // The first teacher of a school teaches everybody.
            for section in 1..=SECTIONS {
                let _ = writeln!(
                    sections,
                    "{id},X{number}{section},T{number}{section},T{number}0,Class {number}{section},Reading,R{number},Year,\
                     2026-09-01,2027-06-25"
                );
            }
        }
        small_district()
            .with("schools.csv", &schools)
            .with("students.csv", &students)
            .with("teachers.csv", &teachers)
            .with(
                "staff.csv",
                "School_id,Staff_id,Staff_email,First_name,Last_name\n",
            )
            .with("sections.csv", &sections)
            .with("enrollments.csv", &enrollments)
            .with("resources.csv", "resource_id,title,roles\n")
    }

    /// What is different in the files from one day to another; equal texts mean equal files.
    pub(crate) fn outline(&self, day: Date) -> String {
        let there = self.pupils.iter().filter(|pupil| self.is_there(pupil, day));
        there.fold(String::new(), |text, pupil| {
            format!("{text} {}:{}", pupil.id(), pupil.school(day))
        })
    }
}

/// Whether nothing is done in any app on the weekend before a day.
fn rests(seed: u64, calendar: &Calendar, number: u64, monday: Date) -> bool {
    let mut year = Year::default();
    (0..APPS.len()).all(|app| {
        let usage = Cast::usage_of(seed, app, calendar);
        usage.play(&usage.learner(number), &mut year);
        year.done(plus(monday, -2), plus(monday, -1)) == Done::default()
    })
}

impl Pupil {
    /// The `Student_id`.
    pub(crate) fn id(&self) -> String {
        format!("P{}", self.number)
    }

    /// The number of the school, from 1.
    pub(crate) fn school(&self, day: Date) -> u64 {
        let moved = self.moves.is_some_and(|from| from <= day);
        self.school[usize::from(moved)] + 1
    }

    /// The grade, of which a school has two.
    pub(crate) fn grade(&self, day: Date) -> u64 {
        let (_, _, low, _) = SCHOOLS[usize::try_from(self.school(day) - 1).unwrap()];
        low + self.number / 3 % 2
    }

    /// Which of the school's sections.
    pub(crate) fn section(&self) -> u64 {
        self.number / 6 % SECTIONS + 1
    }
}

const HEAD_OF_SCHOOLS: &str = "School_id,School_name,Low_grade,High_grade\n";
const HEAD_OF_STUDENTS: &str = "School_id,Student_id,Student_number,Last_name,First_name,Grade,Student_email,Contact_name,\
Contact_type,Contact_relationship,Contact_email,Contact_sis_id\n";
const HEAD_OF_TEACHERS: &str = "School_id,Teacher_id,Teacher_email,First_name,Last_name\n";
const HEAD_OF_SECTIONS: &str = "School_id,Section_id,Teacher_id,Teacher_2_id,Name,Course_name,Course_number,Term_name,Term_start,Term_end\n";
const HEAD_OF_ENROLLMENTS: &str = "School_id,Section_id,Student_id\n";
