//! Attendance (district-side 2.8).

use crate::{check, district};

const ROSTER: &str = "school A
        student 1 A
        student 2 B
        teacher T A email=t@x.org
        section X A name=n; teachers=T
        enroll X 1";

#[test]
fn what_rows_refer_to_must_be_known_and_is_told_once() {
    check(
        &format!(
            "{ROSTER}
        attend A 1 date=2026-03-02; id=1
        attend B 1 date=2026-03-02; id=2
        attend A 2 date=2026-03-02; id=3
        attend A 2 date=2026-03-03; id=4
        attend A 9 date=2026-03-03; section=Y; id=5
        attend B 9 date=2026-03-04; section=X; id=6
        attend A 1 date=2026-03-02; section=X; id=7"
        ),
        "problem count",
        "problem REF_SCHOOL_UNKNOWN students:3 School_id of 2 \"B\"
        problem REF_SCHOOL_UNKNOWN attendance:8 School_id of 2 \"B\" (told once, of the first row)
        problem REF_STUDENT_UNKNOWN attendance:9 Student_id of 3 \"2\" (it is in its file, but its row was left out; told once, of the first row)
        problem REF_STUDENT_UNKNOWN attendance:11 Student_id of 5 \"9\" (told once, of the first row)
        problem REF_SECTION_UNKNOWN attendance:11 Section_id of 5 \"Y\" (told once, of the first row)
        count schools 1 1 0
        count students 2 1 1
        count teachers 1 1 0
        count sections 1 1 0
        count enrollments 1 1 0
        count attendance 7 2 5
        count student_rows 2",
    );
}

#[test]
fn the_first_row_of_a_record_wins() {
    check(
        &format!(
            "{ROSTER}
        attend A 1 date=2026-03-02; id=1
        attend A 1 date=2026-03-05; id=1
        attend A 1 date=2026-03-02
        attend A 1 date=2026-03-02
        attend A 1 date=2026-03-02; section=X
        attend A 1 date=2026-03-03"
        ),
        "problem count",
        "problem REF_SCHOOL_UNKNOWN students:3 School_id of 2 \"B\"
        problem NOT_UNIQUE attendance:8 Attendance_id of 1 \"1\"
        problem NOT_UNIQUE attendance:10 of 1 (an earlier row says it of the same student, place, day and type)
        count schools 1 1 0
        count students 2 1 1
        count teachers 1 1 0
        count sections 1 1 0
        count enrollments 1 1 0
        count attendance 6 4 2
        count student_rows 2",
    );
}

#[test]
fn without_a_file_there_is_nothing_to_say() {
    let (derived, _) = district::read(ROSTER).derive();
    assert!(derived.attendance.is_none());
    let with = format!("{ROSTER}\nattend A 1 date=2026-03-02");
    let (derived, _) = district::read(&with).derive();
    assert_eq!(derived.attendance.unwrap().len(), 1);
}
