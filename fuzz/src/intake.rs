//! Reading bytes as files of a district, and what holds whatever they are.

use std::sync::LazyLock;

use homeroom_intake::{Excerpt, FileSet, InMemory, Intake, Settings, Stem, exercise, keep};
use homeroom_model::{Date, Severity};

/// The day of every run.
pub fn today() -> Date {
    Date::new(2026, 11, 22).expect("a day")
}

/// Documented columns of a file.
pub const fn header(stem: Stem) -> &'static str {
    match stem {
        Stem::Schools => {
            "School_id,School_name,School_number,State_id,Nces_id,Mdr_number,Low_grade,High_grade,Principal,\
             Principal_email,School_address,School_city,School_state,School_zip,School_phone,ext.a"
        }
        Stem::Students => {
            "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Preferred_first_name,\
             Preferred_middle_name,Preferred_last_name,Grade,Gender,Graduation_year,DOB,Race,Hispanic_Latino,\
             Home_language,Ell_status,Iep_status,Frl_status,Section_504_status,Gifted_status,Disability_status,\
             Disability_type,Disability_code,Student_street,Student_city,Student_state,Student_zip,Student_email,\
             Username,Password,Unweighted_gpa,Weighted_gpa,Contact_name,Contact_type,Contact_relationship,\
             Contact_phone,Contact_phone_type,Contact_email,Contact_sis_id,ext.a"
        }
        Stem::Teachers => {
            "School_id,Teacher_id,Teacher_number,State_teacher_id,Teacher_email,First_name,Middle_name,Last_name,\
             Title,Username,Password,ext.a"
        }
        Stem::Sections => {
            "School_id,Section_id,Teacher_id,Teacher_2_id,Teacher_3_id,Teacher_4_id,Teacher_5_id,Teacher_6_id,\
             Teacher_7_id,Teacher_8_id,Teacher_9_id,Teacher_10_id,Name,Section_number,Grade,Course_name,\
             Course_number,Course_description,Period,Subject,Term_name,Term_start,Term_end,ext.a"
        }
        Stem::Enrollments => "School_id,Section_id,Student_id",
        Stem::Staff => {
            "School_id,Staff_id,Staff_email,First_name,Middle_name,Last_name,Department,Title,Username,Password,\
             Role,ext.a"
        }
        Stem::Admins => {
            "School_id,Staff_id,Admin_email,First_name,Middle_name,Last_name,Admin_title,Username,Password,Role"
        }
        Stem::Attendance => {
            "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code"
        }
        Stem::Resources => "resource_id,title,roles,course_number",
        Stem::ExtSchools
        | Stem::ExtStudents
        | Stem::ExtTeachers
        | Stem::ExtSections
        | Stem::ExtStaff => "sis_id,ext.a,ext.b",
        Stem::SectionsSupplement => {
            "Section_id,Course_name,Course_number,Course_description,Term_name,Term_start,Term_end"
        }
    }
}

/// The file that a byte stands for.
pub fn stem(choice: u8) -> Stem {
    Stem::ALL[usize::from(choice) % Stem::ALL.len()]
}

/// Settings that a byte stands for: day before month, and limits so small that they are met.
pub fn settings(choice: u8) -> &'static Settings {
    static ALL: LazyLock<Vec<Settings>> = LazyLock::new(|| (0..8).map(new_settings).collect());
    &ALL[usize::from(choice) % ALL.len()]
}

fn new_settings(choice: u8) -> Settings {
    let mut settings = Settings::new(today());
    settings.day_first = choice & 1 != 0;
    if choice & 2 != 0 {
        settings.limits.row_bytes = 200;
        settings.limits.cell_bytes = 40;
        settings.limits.advised_chars = 10;
    }
    if choice & 4 != 0 {
        settings.limits.columns = 6;
        settings.limits.ext_columns = 1;
    }
    settings
}

/// Reads bytes as a file and checks what must hold for any.
pub fn check(stem: Stem, bytes: &[u8], settings: &Settings) {
    let read = exercise(stem, bytes, settings);
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
    let last = ends.count() as u64 + 1;
    assert!(read.lines.iter().all(|&line| line > 1 && line <= last));
    assert!(
        read.lines.is_sorted_by(|a, b| a < b),
        "records come in the order of their lines"
    );
    assert!(
        read.problems
            .iter()
            .all(|problem| problem.place.line <= last)
    );
    assert_eq!(read.report.rows, read.report.kept + read.report.rejected);
    assert_eq!(read.report.kept, read.lines.len() as u64);
    let severities = || read.problems.iter().map(|problem| problem.code.severity());
    let fatal = severities().any(|severity| severity == Severity::Fatal);
    assert_eq!(read.report.fatal, fatal);
    let errors = severities().filter(|severity| *severity == Severity::Error);
    assert!(
        fatal || errors.count() as u64 >= read.report.rejected,
        "no row is left out silently"
    );
    for problem in &read.problems {
        std::hint::black_box(problem.to_string());
    }
    let mut copy = Vec::new();
    let kept = keep(&mut &*bytes, stem, &settings.limits, &mut copy).expect("memory can be read");
    assert_eq!(kept.bytes, copy.len() as u64);
    if !kept.has_passwords && !kept.veiled {
        assert!(copy == bytes, "without passwords a copy is the file");
    }
    check_excerpts(stem, bytes, settings, &read.lines);
}

/// Every row that is read can be shown, with cells that stand where they say.
fn check_excerpts(stem: Stem, bytes: &[u8], settings: &Settings, lines: &[u64]) {
    let source = InMemory::default().with("file", bytes);
    let intake = Intake {
        source: &source,
        files: &FileSet::only(stem, "file"),
        settings,
    };
    let mut shown = Vec::new();
    let each = |excerpt: Excerpt| {
        for cell in &excerpt.cells {
            assert!(excerpt.text.get(cell.range.clone()).is_some());
        }
        shown.push(excerpt.line);
    };
    intake
        .excerpt(stem, lines, each)
        .expect("memory can be read");
    assert_eq!(shown, lines);
}

/// Rows with every documented column: lines are rows, tabs part cells.
pub fn quoted(stem: Stem, rows: &[u8]) -> Vec<u8> {
    let mut file = header(stem).as_bytes().to_vec();
    file.push(b'\n');
    for row in rows.split(|byte| *byte == b'\n') {
        for (at, cell) in row.split(|byte| *byte == b'\t').enumerate() {
            if at > 0 {
                file.push(b',');
            }
            file.push(b'"');
            for byte in cell {
                file.push(*byte);
                if *byte == b'"' {
                    file.push(b'"');
                }
            }
            file.push(b'"');
        }
        file.push(b'\n');
    }
    file
}
