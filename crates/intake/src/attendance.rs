//! attendance.csv (district-side 2.8). Nothing that is wrong with it stops an import: the roster does not depend on it.

use std::io;

use homeroom_model::rows::AttendanceRow;
use homeroom_model::{
    AttendanceStatus, AttendanceType, ClosedList, Code, Date, Place, Problem, Problems, Severity,
};

use crate::cells::Cells;
use crate::header::columns;
use crate::read::Format;
use crate::{FileReport, Intake, Stem};

columns! {
    Column {
        AttendanceId = "Attendance_id" Optional, SchoolId = "School_id" Value, StudentId = "Student_id" Value,
        SectionId = "Section_id" Optional, Date = "Attendance_date" Value, Status = "Attendance_status" Value,
        Type = "Attendance_type" Optional, ExcuseCode = "Excuse_code" Optional,
    }
}

struct Attendance;

impl Format for Attendance {
    const KEYS: &'static [Column] = &[Column::AttendanceId];
    const REPEATS: bool = false;
    type Column = Column;
    /// `None` for a row that has said what is wrong with it.
    type Record<'a> = Option<AttendanceRow<'a>>;

    fn record<'a>(cells: &mut Cells<'a, '_>) -> Option<AttendanceRow<'a>> {
        let date = date(cells);
        let status = status(cells);
        let section_sis_id = cells.id(Column::SectionId);
        let kind = kind(cells, !section_sis_id.is_empty());
        let row = AttendanceRow {
            attendance_id: cells.id(Column::AttendanceId),
            school_sis_id: cells.required_id(Column::SchoolId),
            student_sis_id: cells.required_id(Column::StudentId),
            section_sis_id,
            date: date?,
            status: status?,
            kind,
            excuse_code: cells.text(Column::ExcuseCode),
        };
        if row.kind == AttendanceType::Section && row.section_sis_id.is_empty() {
            cells.report(Code::AttendanceSectionMissing, Column::SectionId);
            return None;
        }
        Some(row)
    }
}

/// The first year that attendance may be of: long before anybody served any.
const FIRST_YEAR: i16 = 2000;

/// How far ahead a day may lie, in days: absences are excused before they happen, but not years before.
const DAYS_AHEAD: i32 = 366;

fn date(cells: &mut Cells<'_, '_>) -> Option<Date> {
    let text = cells.required(Column::Date);
    let settings = cells.settings();
    let day = crate::date::term_date(&text, settings.day_first);
    let in_time = |day: &Date| {
        // Who reads on no particular day does not say what lies ahead.
        let is_ahead =
            settings.today != Date::EPOCH && day.days() - settings.today.days() > DAYS_AHEAD;
        day.year() >= FIRST_YEAR && !is_ahead
    };
    let day = day.filter(in_time);
    if day.is_none() {
        cells.report_day(Code::AttendanceDateInvalid, Column::Date, &text);
    }
    day
}

fn status(cells: &mut Cells<'_, '_>) -> Option<AttendanceStatus> {
    let text = cells.required(Column::Status);
    let words = &cells.settings().tables.attendance_status;
    let status = words.get(&text);
    if status.is_none() {
        let code = Code::AttendanceStatusInvalid;
        cells.report_unknown(code, Column::Status, &text, words, ClosedList::text);
    }
    status
}

/// What a row is about. Without a word it is its section's, if it names one, else the day's.
fn kind(cells: &mut Cells<'_, '_>, has_section: bool) -> AttendanceType {
    let text = cells.text(Column::Type);
    let words = &cells.settings().tables.attendance_type;
    let kind = words.get(&text);
    if kind.is_none() && !text.is_empty() {
        let code = Code::AttendanceTypeInvalid;
        cells.report_unknown(code, Column::Type, &text, words, ClosedList::text);
    }
    kind.unwrap_or(if has_section {
        AttendanceType::Section
    } else {
        AttendanceType::Daily
    })
}

/// Passes problems on, but for those that would stop an import: of attendance.csv they are told as what they are to the
/// import, that attendance is not read.
struct Harmless<'a>(&'a mut dyn Problems);

impl Problems for Harmless<'_> {
    fn report(&mut self, problem: Problem) {
        self.0.report(harmless(problem));
    }
}

/// The problem of attendance.csv that stands for a fatal one.
pub(crate) fn harmless(problem: Problem) -> Problem {
    if problem.code.severity() != Severity::Fatal {
        return problem;
    }
    let meaning = problem.code.meaning().trim_end_matches('.');
    let detail = match problem.detail.as_str() {
        "" => format!("{}: {meaning}", problem.code.text()),
        more => format!("{}: {meaning}, {more}", problem.code.text()),
    };
    Problem {
        code: Code::AttendanceNotRead,
        detail,
        ..problem
    }
}

impl Intake<'_> {
    /// Reads attendance.csv: one student on one day per row. A file that cannot be read as a whole is reported as
    /// `ATTENDANCE_NOT_READ`, and its report says that it is fatal, to attendance and to nothing else.
    ///
    /// # Errors
    /// Only if bytes cannot be read.
    pub fn attendance(
        &self,
        problems: &mut dyn Problems,
        mut each: impl FnMut(Place, AttendanceRow<'_>, &mut dyn Problems),
    ) -> io::Result<FileReport> {
        let mut bad = 0;
        let mut problems = Harmless(problems);
        let mut report =
            self.read::<Attendance>(Stem::Attendance, &mut problems, |place, row, problems| {
                match row {
                    Some(row) => each(place, row, problems),
                    None => bad += 1,
                }
            })?;
        report.kept -= bad;
        report.rejected += bad;
        Ok(report)
    }
}
