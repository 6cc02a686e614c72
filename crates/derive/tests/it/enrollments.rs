//! Enrollments (district-side 2.6).

use crate::check;

#[test]
fn both_ends_must_be_known() {
    check(
        "school A
        student 1 A
        section X A name=n
        enroll X 1
        enroll Y 1
        enroll X 2
        enroll Y 2",
        "section problem count",
        "section X at A students=1 name=n subject=other
        problem SECTION_NO_TEACHER sections:3 Teacher_id of X
        problem REF_SECTION_UNKNOWN enrollments:5 Section_id of Y / 1 \"Y\"
        problem REF_STUDENT_UNKNOWN enrollments:6 Student_id of X / 2 \"2\"
        problem REF_SECTION_UNKNOWN enrollments:7 Section_id of Y / 2 \"Y\"
        problem REF_STUDENT_UNKNOWN enrollments:7 Student_id of Y / 2 \"2\"
        count schools 1 1 0
        count students 1 1 0
        count sections 1 1 0
        count enrollments 4 1 3
        count student_rows 1",
    );
}

#[test]
fn repeated_pairs_collapse_and_count_as_rejected() {
    check(
        "school A
        student 1 A
        student 2 A
        teacher T A email=t@x.org
        section X A name=n; teachers=T
        section Y A name=n; teachers=T
        enroll X 2
        enroll X 1
        enroll Y 1
        enroll X 2
        enroll X 2
        enroll Y 1",
        "section problem count",
        "section X at A teachers=T students=1,2 name=n subject=other
        section Y at A teachers=T students=1 name=n subject=other
        problem ENROLLMENT_REPEATED enrollments:10 of X / 2 (3 rows, the first in line 7)
        problem ENROLLMENT_REPEATED enrollments:12 of Y / 1 (2 rows, the first in line 9)
        count schools 1 1 0
        count students 2 2 0
        count teachers 1 1 0
        count sections 2 2 0
        count enrollments 6 3 3
        count student_rows 2",
    );
}

#[test]
fn the_sections_school_counts() {
    check(
        "school A
        school B
        student 1 A
        teacher T A email=t@x.org
        section X B name=n; teachers=T
        enroll X 1 school=A
        section Y B name=n; teachers=T
        enroll Y 1 school=B",
        "student problem",
        "student 1 at B of A,B
        problem ENROLLMENT_SCHOOL_MISMATCH enrollments:6 School_id of X / 1 \"A\" -> B",
    );
}
