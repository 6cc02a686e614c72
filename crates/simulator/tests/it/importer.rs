//! A tiny importer: which records of the files are kept, by the rules of district-side 4.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Index;
use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord};
use homeroom_simulator::MemorySink;

/// A row whose cells are found by their column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    header: Rc<BTreeMap<String, usize>>,
    record: StringRecord,
}

impl Index<&str> for Row {
    type Output = str;

    fn index(&self, column: &str) -> &str {
        self.record.get(self.header[column]).unwrap_or("")
    }
}

/// The kept records of one day, by id.
#[derive(Default)]
pub(crate) struct Roster {
    pub(crate) schools: BTreeMap<String, Row>,
    /// Without the contact columns.
    pub(crate) students: BTreeMap<String, Row>,
    /// The contact columns, each contact once.
    pub(crate) contacts: BTreeMap<String, Vec<StringRecord>>,
    pub(crate) teachers: BTreeMap<String, Row>,
    pub(crate) sections: BTreeMap<String, Row>,
    pub(crate) staff: BTreeMap<String, Vec<Row>>,
    pub(crate) enrollments: BTreeSet<(String, String)>,
}

/// The rows of a file that have no value beyond the header; short rows are filled up.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Row> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let names = columns.iter().map(str::to_owned).zip(0..);
    let header: Rc<BTreeMap<String, usize>> = Rc::new(names.collect());
    reader.into_records().filter_map(move |record| {
        let mut record = record.unwrap();
        record.trim();
        if record
            .iter()
            .skip(columns.len())
            .any(|cell| !cell.is_empty())
        {
            return None;
        }
        record.truncate(columns.len());
        (record.len()..columns.len()).for_each(|_| record.push_field(""));
        Some(Row {
            header: Rc::clone(&header),
            record,
        })
    })
}

pub(crate) fn roster(files: &MemorySink) -> Roster {
    let mut roster = Roster::default();
    for row in rows(files.text("schools.csv")) {
        if !row["School_id"].is_empty() && !row["School_name"].is_empty() {
            let id = row["School_id"].to_owned();
            roster.schools.entry(id).or_insert(row);
        }
    }
    let schools: BTreeSet<String> = roster.schools.keys().cloned().collect();
    let person = |row: &Row, id: &str| {
        let required = [id, "First_name", "Last_name"];
        schools.contains(&row["School_id"]) && required.iter().all(|column| !row[column].is_empty())
    };
    for row in rows(files.text("teachers.csv")) {
        if person(&row, "Teacher_id") {
            let id = row["Teacher_id"].to_owned();
            roster.teachers.entry(id).or_insert(row);
        }
    }
    for row in rows(files.text("staff.csv")) {
        if person(&row, "Staff_id") && !row["Staff_email"].is_empty() {
            let id = row["Staff_id"].to_owned();
            roster.staff.entry(id).or_default().push(row);
        }
    }
    for mut row in rows(files.text("students.csv")) {
        if !person(&row, "Student_id") {
            continue;
        }
        let id = row["Student_id"].to_owned();
        let own = row.header["Contact_relationship"];
        let contact: StringRecord = row.record.iter().skip(own).collect();
        row.record.truncate(own);
        let contacts = roster.contacts.entry(id.clone()).or_default();
        if contact.iter().any(|cell| !cell.is_empty()) && !contacts.contains(&contact) {
            contacts.push(contact);
        }
        roster.students.entry(id).or_insert(row);
    }
    for row in rows(files.text("sections.csv")) {
        if schools.contains(&row["School_id"]) && !row["Section_id"].is_empty() {
            let id = row["Section_id"].to_owned();
            roster.sections.entry(id).or_insert(row);
        }
    }
    for row in rows(files.text("enrollments.csv")) {
        let pair = (row["Section_id"].to_owned(), row["Student_id"].to_owned());
        if roster.sections.contains_key(&pair.0) && roster.students.contains_key(&pair.1) {
            roster.enrollments.insert(pair);
        }
    }
    roster
}
