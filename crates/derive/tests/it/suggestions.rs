//! Ids that lead nowhere, and the one that was probably meant.

use crate::check;

#[test]
fn lost_zeros_and_changed_case_are_recognised() {
    check(
        "school 0348
        teacher T07 0348 email=t@x.org
        teacher U 348 email=u@x.org
        student 0001 0348
        student 2 nowhere
        section ab-1 0348 name=n; teachers=t07
        enroll ab-1 0001
        enroll AB-1 1
        enroll ab-1 2
        enroll ab-1 3",
        "problem",
        "problem REF_SCHOOL_UNKNOWN teachers:3 School_id of U \"348\" -> 0348
        problem REF_SCHOOL_UNKNOWN students:5 School_id of 2 \"nowhere\"
        problem REF_TEACHER_UNKNOWN sections:6 Teacher_id of ab-1 \"t07\" -> T07
        problem SECTION_NO_TEACHER sections:6 Teacher_id of ab-1
        problem REF_SECTION_UNKNOWN enrollments:8 Section_id of AB-1 / 1 \"AB-1\" -> ab-1
        problem REF_STUDENT_UNKNOWN enrollments:8 Student_id of AB-1 / 1 \"1\" -> 0001
        problem REF_STUDENT_UNKNOWN enrollments:9 Student_id of ab-1 / 2 \"2\" (it is in its file, but its row was left out)
        problem REF_STUDENT_UNKNOWN enrollments:10 Student_id of ab-1 / 3 \"3\"",
    );
}
