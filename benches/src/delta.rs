//! A changed copy of a district's files: so many percent of the rows of every file, without a change of keys or names.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// What changes of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    /// The file, the column that decides (all rows of one record change alike), and the column that changes.
    columns: [(&'static str, &'static str, &'static str); 4],
    /// Whether a tenth of the chosen students leaves, and somebody else comes into their classes.
    turnover: bool,
    /// How many sections before their own students move to; those of the one right before may sit there already.
    back: usize,
}

/// What the district's own comparison has to see.
const ADDRESSES: Change = Change {
    columns: [
        ("students", "Student_id", "Student_street"),
        ("teachers", "Teacher_id", "Title"),
        ("sections", "Section_id", "Section_number"),
        ("staff", "Staff_id", "Department"),
    ],
    turnover: false,
    back: 1,
};

/// What an app that keeps no addresses has to see.
pub(crate) const PEOPLE: Change = Change {
    columns: [
        ("students", "Student_id", "Middle_name"),
        ("teachers", "Teacher_id", "Title"),
        ("sections", "Section_id", "Section_number"),
        ("staff", "Staff_id", "Department"),
    ],
    turnover: true,
    back: 50,
};

/// Whatever tells one student from another.
const IDENTITY: [&str; 7] = [
    "Student_id",
    "Student_number",
    "State_id",
    "Last_name",
    "First_name",
    "Student_email",
    "Username",
];

/// Copies the files of `from` into `to`; of those in the list above `percent` of the records are changed, and of the
/// enrollments as many students move into a section before theirs.
///
/// Works line by line: a line with quotation marks is copied as it is, so a little less than `percent` changes.
pub(crate) fn write(from: &Path, to: &Path, percent: u64) -> Result<()> {
    write_as(from, to, percent, &ADDRESSES)
}

/// The same with another kind of change.
pub(crate) fn write_as(from: &Path, to: &Path, percent: u64, change: &Change) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let stem = Path::new(&name)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let target = to.join(&name);
        let listed = change.columns.iter().find(|(file, ..)| *file == stem);
        if let Some((_, key, column)) = listed {
            records(&entry.path(), &target, (key, column), (percent, change))?;
        } else if stem == "enrollments" {
            enrollments(&entry.path(), &target, percent, change)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn records(
    from: &Path,
    to: &Path,
    (key, column): (&'static str, &'static str),
    (percent, change): (u64, &Change),
) -> Result<()> {
    let turnover = change.turnover && key == "Student_id";
    let (mut key, mut column) = (Column::new(key), Column::new(column));
    let mut identity = IDENTITY.map(Column::new);
    lines(from, to, |number, cells| {
        if number == 0 {
            key.find(cells);
            column.find(cells);
            for column in &mut identity {
                column.find(cells);
            }
        } else if turnover && leaves(key.of(cells), percent) {
            for column in &identity {
                column.mark(cells);
            }
        } else if chosen(key.of(cells), percent) {
            column.mark(cells);
        }
    })
}

fn enrollments(from: &Path, to: &Path, percent: u64, change: &Change) -> Result<()> {
    let (mut section, mut student) = (Column::new("Section_id"), Column::new("Student_id"));
    let (mut before, mut current) = (VecDeque::new(), Vec::new());
    lines(from, to, |number, cells| {
        if number == 0 {
            section.find(cells);
            student.find(cells);
            return;
        }
        if section.of(cells) != current {
            before.push_back(std::mem::replace(&mut current, section.of(cells).to_vec()));
            if before.len() > change.back {
                before.pop_front();
            }
        }
        let pair = [section.of(cells), student.of(cells)].concat();
        if let Some(before) = before.front().filter(|section| !section.is_empty())
            && chosen(&pair, percent)
        {
            section.set(cells, before);
        }
        if change.turnover && leaves(student.of(cells), percent) {
            student.mark(cells);
        }
    })
}

/// A column by its name.
struct Column {
    name: &'static str,
    at: usize,
}

impl Column {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            at: usize::MAX,
        }
    }

    fn find(&mut self, header: &[Vec<u8>]) {
        let at = header.iter().position(|cell| cell == self.name.as_bytes());
        self.at = at.unwrap_or(usize::MAX);
    }

    fn of<'c>(&self, cells: &'c [Vec<u8>]) -> &'c [u8] {
        cells.get(self.at).map_or(&[], Vec::as_slice)
    }

    fn set(&self, cells: &mut [Vec<u8>], value: &[u8]) {
        if let Some(cell) = cells.get_mut(self.at) {
            cell.clear();
            cell.extend_from_slice(value);
        }
    }

    fn mark(&self, cells: &mut [Vec<u8>]) {
        if let Some(cell) = cells.get_mut(self.at) {
            cell.push(b'9');
        }
    }
}

/// Whether a record is among the `percent`.
fn chosen(key: &[u8], percent: u64) -> bool {
    (hash(key) >> 17) % 100 < percent
}

/// Whether a record is among the tenth of those.
fn leaves(key: &[u8], percent: u64) -> bool {
    chosen(key, percent) && (hash(key) >> 37).is_multiple_of(10)
}

fn hash(key: &[u8]) -> u64 {
    key.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Copies a file line by line; lines without quotation marks go through `edit` with their number.
fn lines(from: &Path, to: &Path, mut edit: impl FnMut(usize, &mut [Vec<u8>])) -> Result<()> {
    let file = fs::File::open(from).with_context(|| format!("opening {}", from.display()))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut writer = BufWriter::with_capacity(1 << 20, fs::File::create(to)?);
    let (mut line, mut cells, mut number) = (Vec::new(), Vec::<Vec<u8>>::new(), 0);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(writer.flush()?);
        }
        if line.contains(&b'"') {
            writer.write_all(&line)?;
        } else {
            let body = line.strip_suffix(b"\n").unwrap_or(&line);
            cells.clear();
            cells.extend(body.split(|byte| *byte == b',').map(<[u8]>::to_vec));
            edit(number, &mut cells);
            writer.write_all(&cells.join(&b','))?;
            writer.write_all(b"\n")?;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_so_many_percent_of_the_records_change_and_no_key_does() {
        let folder = std::env::temp_dir().join(format!("homeroom-delta-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(&from).unwrap();
        let rows: Vec<_> = (0..5000).map(|id| format!("1,{id},Lane")).collect();
        let students = format!("School_id,Student_id,Student_street\n{}\n", rows.join("\n"));
        fs::write(from.join("students.csv"), &students).unwrap();
        fs::write(from.join("schools.csv"), "School_id\n1\n").unwrap();
        write(&from, &to, 5).unwrap();
        let after = fs::read_to_string(to.join("students.csv")).unwrap();
        let changed = students.lines().zip(after.lines()).filter(|(a, b)| a != b);
        let changed: Vec<_> = changed.map(|(_, line)| line.to_owned()).collect();
        assert!((150..350).contains(&changed.len()), "{}", changed.len());
        assert!(changed.iter().all(|line| line.ends_with(",Lane9")));
        assert_eq!(
            fs::read_to_string(to.join("schools.csv")).unwrap(),
            "School_id\n1\n"
        );
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn who_leaves_leaves_their_classes_too() {
        let folder = std::env::temp_dir().join(format!("homeroom-turnover-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(&from).unwrap();
        let people: Vec<_> = (0..5000).map(|id| format!("{id},M{id},L{id}")).collect();
        let students = format!("Student_id,Middle_name,Last_name\n{}\n", people.join("\n"));
        fs::write(from.join("students.csv"), students).unwrap();
        let seats: Vec<_> = (0..5000).map(|id| format!("s,{id}")).collect();
        let enrollments = format!("Section_id,Student_id\n{}\n", seats.join("\n"));
        fs::write(from.join("enrollments.csv"), enrollments).unwrap();
        write_as(&from, &to, 10, &PEOPLE).unwrap();
        let read = |name: &str| fs::read_to_string(to.join(name)).unwrap();
        let (people, seats) = (read("students.csv"), read("enrollments.csv"));
        let of_people = people
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').next());
        let of_seats = seats
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(1));
        assert!(of_people.clone().eq(of_seats), "the same people sit there");
        let new = of_people
            .zip(0..5000)
            .filter(|(id, old)| **id != old.to_string());
        let new = new.count();
        assert!((25..100).contains(&new), "{new}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
