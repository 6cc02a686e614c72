//! Reading what a folder has, as leniently as an import does (district-side 1.3, 1.4): any column order, case, line
//! end and encoding.

use std::collections::BTreeSet;
use std::io::Read;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::grades::{self, Range};
use super::{Folder, Known, KnownSchool, KnownSection, KnownStudent, KnownTeacher, OverError, io};

/// The rows of a file, cut down to some columns.
struct Rows {
    rows: Vec<Vec<String>>,
}

impl Known {
    pub(super) fn read(folder: Folder<'_>) -> Result<Self, OverError> {
        let mut known = Self::default();
        let Some(schools) = folder.schools else {
            return Err(OverError::NoSchools);
        };
        known.take_schools(schools)?;
        if known.schools.is_empty() {
            return Err(OverError::SchoolsEmpty);
        }
        if let Some(teachers) = folder.teachers {
            known.take_teachers(teachers)?;
        }
        if let Some(sections) = folder.sections {
            known.take_sections(sections)?;
        }
        if let Some(students) = folder.students {
            known.take_students(students)?;
        }
        if let Some(enrollments) = folder.enrollments {
            let columns = ["section_id", "student_id"];
            let rows = rows(enrollments, "enrollments.csv", &columns, &[])?;
            let pairs = rows.rows.into_iter().filter_map(|row| {
                let [section, student] = <[String; 2]>::try_from(row).ok()?;
                (!section.is_empty() && !student.is_empty()).then_some((section, student))
            });
            known.enrollments = Some(pairs.collect());
        }
        Ok(known)
    }

    fn take_schools(&mut self, reader: impl Read) -> Result<(), OverError> {
        let optional = ["low_grade", "high_grade"];
        let rows = rows(
            reader,
            "schools.csv",
            &["school_id", "school_name"],
            &optional,
        )?;
        for row in rows.rows {
            let Ok([id, name, low, high]) = <[String; 4]>::try_from(row) else {
                continue;
            };
            if id.is_empty() || name.is_empty() || self.by_id.contains_key(&id) {
                continue;
            }
            self.by_id.insert(id.clone(), self.schools.len());
            let grades = match (grades::parse(&low), grades::parse(&high)) {
                (Some(low), Some(high)) => Some(low.to(high)),
                (low, high) => low.or(high),
            };
            self.schools.push(KnownSchool { id, grades });
        }
        Ok(())
    }

    fn take_teachers(&mut self, reader: impl Read) -> Result<(), OverError> {
        let columns = ["school_id", "teacher_id", "first_name", "last_name"];
        let rows = rows(reader, "teachers.csv", &columns, &[])?;
        let mut seen = BTreeSet::new();
        let mut teachers = Vec::new();
        for row in rows.rows {
            if let Some((id, school, _)) = self.person(row, &mut seen) {
                teachers.push(KnownTeacher { id, school });
            }
        }
        self.teachers = Some(teachers);
        Ok(())
    }

    fn take_students(&mut self, reader: impl Read) -> Result<(), OverError> {
        let columns = ["school_id", "student_id", "first_name", "last_name"];
        let rows = rows(reader, "students.csv", &columns, &["grade"])?;
        let mut seen = BTreeSet::new();
        let mut students = Vec::new();
        for row in rows.rows {
            if let Some((id, school, rest)) = self.person(row, &mut seen) {
                let grades = rest.first().and_then(|grade| grades::parse(grade));
                students.push(KnownStudent { id, school, grades });
            }
        }
        self.students = Some(students);
        Ok(())
    }

    /// A row that begins with school, id, first and last name, if an import keeps it.
    fn person(
        &self,
        row: Vec<String>,
        seen: &mut BTreeSet<String>,
    ) -> Option<(String, usize, Vec<String>)> {
        let mut cells = row.into_iter();
        let school = self.by_id.get(&cells.next()?).copied()?;
        let id = cells.next()?;
        let (first, last) = (cells.next()?, cells.next()?);
        if id.is_empty() || first.is_empty() || last.is_empty() || !seen.insert(id.clone()) {
            return None;
        }
        Some((id, school, cells.collect()))
    }

    fn take_sections(&mut self, reader: impl Read) -> Result<(), OverError> {
        let optional: Vec<String> = std::iter::once("grade".to_owned())
            .chain(std::iter::once("teacher_id".to_owned()))
            .chain((2..=10).map(|at| format!("teacher_{at}_id")))
            .collect();
        let optional: Vec<&str> = optional.iter().map(String::as_str).collect();
        let rows = rows(
            reader,
            "sections.csv",
            &["school_id", "section_id"],
            &optional,
        )?;
        let mut seen = BTreeSet::new();
        let mut sections = Vec::new();
        for row in rows.rows {
            let mut cells = row.into_iter();
            let (Some(school), Some(id)) = (cells.next(), cells.next()) else {
                continue;
            };
            let Some(&school) = self.by_id.get(&school) else {
                continue;
            };
            if id.is_empty() || !seen.insert(id.clone()) {
                continue;
            }
            // For a section, `99` means that nobody said.
            let grade = cells.next().filter(|grade| grade != "99");
            let grades: Option<Range> = grade.and_then(|grade| grades::parse(&grade));
            let teachers = cells.filter(|teacher| !teacher.is_empty()).collect();
            sections.push(KnownSection {
                id,
                school,
                grades,
                teachers,
            });
        }
        self.sections = Some(sections);
        Ok(())
    }
}

/// Reads a file, keeping the required and then the optional columns; a missing optional column is empty.
fn rows(
    mut reader: impl Read,
    file: &'static str,
    required: &[&str],
    optional: &[&str],
) -> Result<Rows, OverError> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(io(file))?;
    let text = decode(&bytes);
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut records = csv.byte_records();
    let header: Vec<String> = match records.next() {
        Some(record) => record
            .map_err(|error| broken(file, error))?
            .iter()
            .map(|name| column(&String::from_utf8_lossy(name)))
            .collect(),
        None => Vec::new(),
    };
    let place = |name: &&str| header.iter().position(|column| column == name);
    let missing: Vec<&str> = required
        .iter()
        .copied()
        .filter(|name| place(name).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(OverError::Header {
            file,
            columns: missing.join(", "),
        });
    }
    let places: Vec<Option<usize>> = required.iter().chain(optional).map(place).collect();
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|error| broken(file, error))?;
        let cell = |at: usize| {
            record
                .get(at)
                .map(|cell| clean(&String::from_utf8_lossy(cell)))
        };
        // A row with more values than columns is one that an import refuses.
        if (header.len()..record.len()).any(|at| cell(at).is_some_and(|cell| !cell.is_empty())) {
            continue;
        }
        let cells = places
            .iter()
            .map(|place| place.and_then(cell).unwrap_or_default());
        rows.push(cells.collect());
    }
    Ok(Rows { rows })
}

fn broken(file: &'static str, error: csv::Error) -> OverError {
    OverError::Io {
        file,
        source: error.into(),
    }
}

fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    let encoding = match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn delimiter(text: &str) -> u8 {
    let header = text.split(['\r', '\n']).next().unwrap_or_default();
    let found = [b',', b'\t', b'|', b';']
        .into_iter()
        .find(|&byte| header.as_bytes().contains(&byte));
    found.unwrap_or(b',')
}

/// A column's name as it is compared.
fn column(name: &str) -> String {
    clean(name)
        .to_lowercase()
        .split([' ', '-', '_'])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// A cell without the white space around it, visible or not.
fn clean(cell: &str) -> String {
    let around = |letter: char| {
        letter.is_whitespace() || matches!(letter, '\u{200b}'..='\u{200d}' | '\u{feff}')
    };
    cell.trim_matches(around).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_encodings_and_line_ends_do_not_matter() {
        let plain = "School_id,School_name\nÉ1,One\n";
        let odd = b"\"school NAME\" ;SCHOOL-ID\rOne;\xC91\r";
        let first = rows(
            plain.as_bytes(),
            "schools.csv",
            &["school_id", "school_name"],
            &[],
        );
        let second = rows(&odd[..], "schools.csv", &["school_id", "school_name"], &[]);
        assert_eq!(first.unwrap().rows, [["É1", "One"]]);
        assert_eq!(second.unwrap().rows, [["É1", "One"]]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = rows(&b"a,b\n"[..], "schools.csv", &["school_id", "b"], &[])
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "schools.csv, line 1: no column school_id; name the columns as the Clever CSV format does"
        );
    }
}
