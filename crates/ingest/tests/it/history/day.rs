//! The files of one day, read in the plainest way that works: no lexer, no tables of words, no packed rows, nothing of the
//! rooms that are under test. It knows what the rules of district-side 2, 4 and 6.1 make of clean columns only.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use homeroom_simulator::MemorySink;

/// What one day's files say.
#[derive(Default)]
pub(crate) struct Day {
    /// Schools with all their cells.
    pub(crate) schools: BTreeMap<String, String>,
    pub(crate) students: BTreeMap<String, Student>,
    /// Teachers with the school the SIS names, and all their cells.
    pub(crate) teachers: BTreeMap<String, (String, String)>,
    pub(crate) staff: BTreeSet<String>,
    pub(crate) sections: BTreeMap<String, Section>,
    /// Pairs of section and student.
    pub(crate) enrollments: BTreeSet<(String, String)>,
}

pub(crate) struct Student {
    pub(crate) school: String,
    /// All cells that are not about contacts.
    pub(crate) own: String,
    /// What identifies each contact.
    pub(crate) contacts: Vec<String>,
}

pub(crate) struct Section {
    pub(crate) school: String,
    /// Those that exist, each once.
    pub(crate) teachers: Vec<String>,
    /// Cells that apps see as they are sent.
    pub(crate) shown: String,
}

/// A primary school and all schools.
pub(crate) type SchoolsOf<'a> = (&'a str, BTreeSet<&'a str>);

impl Day {
    pub(crate) fn read(files: &MemorySink) -> Self {
        let mut day = Self::default();
        let table = Table::read(files, "schools.csv", &["School_id", "School_name"]);
        for row in table.rows() {
            let all = table.joined(row, |_| true);
            let id = table.cell(row, "School_id").to_owned();
            day.schools.entry(id).or_insert(all);
        }
        day.read_employees(files);
        day.read_students(files);
        day.read_sections(files);
        let table = Table::read(files, "enrollments.csv", &["Section_id", "Student_id"]);
        for row in table.rows() {
            let pair = ["Section_id", "Student_id"].map(|name| table.cell(row, name).to_owned());
            let [section, student] = pair;
            if day.sections.contains_key(&section) && day.students.contains_key(&student) {
                day.enrollments.insert((section, student));
            }
        }
        day
    }

    fn read_employees(&mut self, files: &MemorySink) {
        let required = ["School_id", "Teacher_id", "First_name", "Last_name"];
        let table = Table::read(files, "teachers.csv", &required);
        let mut met = BTreeSet::new();
        for row in table.rows() {
            let [school, id] = ["School_id", "Teacher_id"].map(|name| table.cell(row, name));
            if met.insert(id.to_owned()) && self.schools.contains_key(school) {
                let all = table.joined(row, |column| column != "Password");
                self.teachers
                    .insert(id.to_owned(), (school.to_owned(), all));
            }
        }
        let required = [
            "School_id",
            "Staff_id",
            "Staff_email",
            "First_name",
            "Last_name",
        ];
        let table = Table::read(files, "staff.csv", &required);
        for row in table.rows() {
            if self.schools.contains_key(table.cell(row, "School_id")) {
                self.staff.insert(table.cell(row, "Staff_id").to_owned());
            }
        }
    }

    fn read_students(&mut self, files: &MemorySink) {
        let required = ["School_id", "Student_id", "First_name", "Last_name"];
        let table = Table::read(files, "students.csv", &required);
        let mut rejected = BTreeSet::new();
        for row in table.rows() {
            let [school, id] = ["School_id", "Student_id"].map(|name| table.cell(row, name));
            if rejected.contains(id) {
                continue;
            }
            if !self.students.contains_key(id) {
                if !self.schools.contains_key(school) {
                    rejected.insert(id.to_owned());
                    continue;
                }
                let own = |column: &str| column != "Password" && !column.starts_with("Contact_");
                let student = Student {
                    school: school.to_owned(),
                    own: table.joined(row, own),
                    contacts: Vec::new(),
                };
                self.students.insert(id.to_owned(), student);
            }
            let contacts = &mut self.students.get_mut(id).unwrap().contacts;
            if let Some(key) = contact_key(|name| table.cell(row, name))
                && !contacts.contains(&key)
                && contacts.len() < 5
            {
                contacts.push(key);
            }
        }
    }

    fn read_sections(&mut self, files: &MemorySink) {
        let table = Table::read(files, "sections.csv", &["School_id", "Section_id"]);
        let mut met = BTreeSet::new();
        for row in table.rows() {
            let [school, id] = ["School_id", "Section_id"].map(|name| table.cell(row, name));
            if !met.insert(id.to_owned()) || !self.schools.contains_key(school) {
                continue;
            }
            let mut teachers: Vec<String> = Vec::new();
            for at in 1..=10 {
                let column = match at {
                    1 => "Teacher_id".to_owned(),
                    at => format!("Teacher_{at}_id"),
                };
                let teacher = table.cell(row, &column).to_owned();
                if self.teachers.contains_key(&teacher) && !teachers.contains(&teacher) {
                    teachers.push(teacher);
                }
            }
            let shown = |column: &str| {
                ["Section_number", "Period", "Course_description", "ext.room"].contains(&column)
            };
            let section = Section {
                school: school.to_owned(),
                teachers,
                shown: table.joined(row, shown),
            };
            self.sections.insert(id.to_owned(), section);
        }
    }

    /// How many students each section has.
    pub(crate) fn sizes(&self) -> BTreeMap<&str, u64> {
        let mut sizes = BTreeMap::new();
        for (section, _) in &self.enrollments {
            *sizes.entry(section.as_str()).or_default() += 1;
        }
        sizes
    }

    /// The schools of every student.
    pub(crate) fn schools_of_students(&self) -> BTreeMap<&str, SchoolsOf<'_>> {
        let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (section, student) in &self.enrollments {
            sections.entry(student).or_default().push(section);
        }
        let sizes = self.sizes();
        let people = self.students.iter();
        people
            .map(|(id, student)| {
                let own = sections.get(id.as_str()).map_or(&[][..], Vec::as_slice);
                (id.as_str(), self.schools_of(&student.school, own, &sizes))
            })
            .collect()
    }

    /// The schools of every teacher; sections without students do not count.
    pub(crate) fn schools_of_teachers(&self) -> BTreeMap<&str, SchoolsOf<'_>> {
        let sizes = self.sizes();
        let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, section) in &self.sections {
            for teacher in section
                .teachers
                .iter()
                .filter(|_| sizes.contains_key(id.as_str()))
            {
                sections.entry(teacher).or_default().push(id);
            }
        }
        let people = self.teachers.iter();
        people
            .map(|(id, (school, _))| {
                let own = sections.get(id.as_str()).map_or(&[][..], Vec::as_slice);
                (id.as_str(), self.schools_of(school, own, &sizes))
            })
            .collect()
    }

    /// District-side 6.1: most sections, then most students, then the SIS's school, then the smallest id.
    fn schools_of<'a>(
        &'a self,
        sis: &'a str,
        sections: &[&'a str],
        sizes: &BTreeMap<&str, u64>,
    ) -> SchoolsOf<'a> {
        let mut tallies: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for section in sections {
            let tally = tallies.entry(&self.sections[*section].school).or_default();
            tally.0 += 1;
            tally.1 += sizes[section];
        }
        let most = tallies
            .iter()
            .max_by_key(|(school, tally)| (**tally, **school == sis, Reverse(**school)));
        let primary = most.map_or(sis, |(school, _)| school);
        let all = tallies.keys().copied().chain([sis]).collect();
        (primary, all)
    }
}

/// District-side 5.2. Cells of a key are compared as they are sent, which is enough for one district's own spelling.
fn contact_key<'a>(cell: impl Fn(&str) -> &'a str) -> Option<String> {
    let [name, sis_id, email, phone] =
        ["name", "sis_id", "email", "phone"].map(|part| cell(&format!("Contact_{part}")));
    // The extension is no part of the number.
    let number = phone.split(['x', 'e', '#']).next().unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix('1').filter(|rest| rest.len() == 10);
    let digits = national.unwrap_or(&digits);
    let key = if !sis_id.is_empty() {
        sis_id.to_owned()
    } else if !email.is_empty() {
        format!("{name}|{email}")
    } else if !digits.is_empty() {
        format!("{name}|{digits}")
    } else {
        let words =
            ["type", "relationship", "phone_type"].map(|part| cell(&format!("Contact_{part}")));
        format!("{name}|{}", words.join("|"))
    };
    (!name.is_empty()).then_some(key)
}

/// A file.
struct Table {
    columns: Vec<String>,
    rows: Vec<StringRecord>,
    required: Vec<usize>,
}

impl Table {
    fn read(files: &MemorySink, name: &str, required: &[&str]) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(files.files[name].as_slice());
        let columns: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let at = |name: &&str| columns.iter().position(|column| column == name).unwrap();
        let required = required.iter().map(at).collect();
        let rows = reader.records().map(Result::unwrap).collect();
        Self {
            columns,
            rows,
            required,
        }
    }

    /// The rows that have the cells they need and none beyond the header.
    fn rows(&self) -> impl Iterator<Item = &StringRecord> {
        self.rows.iter().filter(|row| {
            let filled = |at: &usize| row.get(*at).is_some_and(|cell| !cell.trim().is_empty());
            let mut beyond = row.iter().skip(self.columns.len());
            self.required.iter().all(filled) && beyond.all(|cell| cell.trim().is_empty())
        })
    }

    fn cell<'a>(&self, row: &'a StringRecord, column: &str) -> &'a str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| row.get(at)).unwrap_or_default().trim()
    }

    /// The cells of some columns in one text.
    fn joined(&self, row: &StringRecord, wanted: impl Fn(&str) -> bool) -> String {
        let mut text = String::new();
        for (at, column) in self.columns.iter().enumerate() {
            if wanted(column) {
                text.push_str(row.get(at).unwrap_or_default().trim());
                text.push('\u{1f}');
            }
        }
        text
    }
}
