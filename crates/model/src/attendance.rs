//! Attendance: whether a student was there, of a day or of a section (clever-api 10.1, district-side 2.8). Not part of the
//! roster: it has no table, no published ids and no events.

use crate::list::closed_list;

closed_list! {
    /// Whether somebody was there.
    AttendanceStatus { Present = "present", Absent = "absent", Tardy = "tardy" }
}

closed_list! {
    /// What a record is about: a whole day, or a section's meeting on it.
    AttendanceType { Daily = "daily", Section = "section" }
}
