//! Records that a person keeps beside the files (district-side 9.6).

use crate::check;

#[test]
fn records_of_the_files_go_before_custom_ones() {
    check(
        "school A
        custom-school B
        custom-school A
        teacher T A email=t@x.org
        custom-teacher T A email=u@x.org
        custom-teacher U B last=Lee; email=u@x.org
        staff S A email=s@x.org
        custom-staff S B email=s@x.org
        custom-staff V A last=Lee; email=u@x.org
        custom-staff V B email=u@x.org
        student 1 B grade=3
        custom-student 1 A grade=4; contact=Ada Moss
        custom-student 2 A grade=4; contact=Ben Moss
        section X A teachers=U; name=n
        custom-section X A name=m
        custom-section Y B teachers=T; name=m
        enroll X 1
        enroll Y 1
        custom-enroll X 1
        custom-enroll Y 2",
        "school employee student section link problem count",
        "school A
        school B custom
        student 1 at B of A,B 3
        student 2 at B of A,B 4 custom
        employee teacher T at B of A,B
        employee teacher U at A of A,B custom staff V of A,B custom
        employee staff S of A
        link Ben Moss of 2
        section X at A teachers=U+V students=1 name=n grade=3 subject=other
        section Y at B teachers=T students=1,2 name=m grade=3 subject=other custom
        problem CUSTOM_SHADOWED schools:3 School_id of A \"A\"
        problem CUSTOM_SHADOWED teachers:5 Teacher_id of T \"T\"
        problem CUSTOM_SHADOWED staff:8 Staff_id of S \"S\"
        problem CUSTOM_SHADOWED students:12 Student_id of 1 \"1\"
        problem CUSTOM_SHADOWED sections:15 Section_id of X \"X\"
        problem CUSTOM_SHADOWED enrollments:19 of X / 1 (it is in line 17)
        count schools 1 1 0
        count students 1 1 0
        count teachers 1 1 0
        count staff 1 1 0
        count sections 1 1 0
        count enrollments 2 2 0
        count student_rows 1
        count custom 13 8 5",
    );
}

#[test]
fn a_custom_record_that_refers_to_nothing_is_left_out() {
    check(
        "school 0348
        student 1 0348
        custom-student 2 348
        custom-teacher T gone
        custom-staff S gone
        section X 0348 name=n
        custom-section Y gone
        custom-section Z 0348 teachers=T; name=z
        custom-enroll Y 1
        custom-enroll X 9
        custom-enroll X 1",
        "student employee section problem count",
        "student 1 at 0348 of 0348
        section X at 0348 students=1 name=n subject=other
        section Z at 0348 name=z subject=other custom
        problem CUSTOM_REF_UNKNOWN teachers:4 School_id of T \"gone\"
        problem CUSTOM_REF_UNKNOWN staff:5 School_id of S \"gone\"
        problem CUSTOM_REF_UNKNOWN students:3 School_id of 2 \"348\" -> 0348
        problem SECTION_NO_TEACHER sections:6 Teacher_id of X
        problem CUSTOM_REF_UNKNOWN sections:7 School_id of Y \"gone\"
        problem REF_TEACHER_UNKNOWN sections:8 Teacher_id of Z \"T\"
        problem SECTION_NO_TEACHER sections:8 Teacher_id of Z
        problem CUSTOM_REF_UNKNOWN enrollments:9 Section_id of Y / 1 \"Y\" (it is in its file, but its row was left out)
        problem CUSTOM_REF_UNKNOWN enrollments:10 Student_id of X / 9 \"9\"
        problem SECTION_NO_STUDENTS sections:8 of Z
        count schools 1 1 0
        count students 1 1 0
        count sections 1 1 0
        count student_rows 1
        count custom 8 2 6",
    );
}

#[test]
fn a_custom_record_takes_the_place_of_a_row_that_was_left_out() {
    check(
        "school A
        teacher T gone email=t@x.org
        custom-teacher T A email=t@x.org
        student 1 gone contact=Ada Moss
        student 1 A
        custom-student 1 A contact=Ben Moss
        section X gone
        custom-section X A teachers=T; name=n
        enroll X 1",
        "student employee section link problem",
        "student 1 at A of A custom
        employee teacher T at A of A custom
        link Ben Moss of 1
        section X at A teachers=T students=1 name=n subject=other custom
        problem REF_SCHOOL_UNKNOWN teachers:2 School_id of T \"gone\"
        problem REF_SCHOOL_UNKNOWN students:4 School_id of 1 \"gone\"
        problem REF_SCHOOL_UNKNOWN sections:7 School_id of X \"gone\"
        problem TYPE_EMPTY students:0 (1 rows)
        problem TYPE_EMPTY teachers:0 (1 rows)
        problem TYPE_EMPTY sections:0 (1 rows)",
    );
}
