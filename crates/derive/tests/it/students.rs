//! Students and their contacts (district-side 2.2, 2.3, 6.1).

use crate::check;

#[test]
fn rows_of_one_student_fold_wherever_they_stand() {
    check(
        "school A
        student 1 A grade=3; contact=Ada Moss; phone=5550001111; relationship=Parent
        student 2 A grade=4
        student 1 A grade=3; contact=Ben Moss; phone=5550002222
        student 1 A grade=4; contact=Cy Moss",
        "student link problem count",
        "student 1 at A of A 3
        student 2 at A of A 4
        link Ada Moss of 1 Parent
        link Ben Moss of 1
        link Cy Moss of 1
        problem STUDENT_ROWS_DISAGREE students:5 of 1
        count schools 1 1 0
        count students 2 2 0
        count student_rows 4",
    );
}

#[test]
fn a_student_of_an_unknown_school_is_left_out_with_all_rows() {
    check(
        "school A
        student 1 B contact=Ada Moss
        student 1 A contact=Ben Moss
        student 2 A",
        "student contact problem count",
        "student 2 at A of A
        problem REF_SCHOOL_UNKNOWN students:2 School_id of 1 \"B\"
        count schools 1 1 0
        count students 2 1 1
        count student_rows 3",
    );
}

#[test]
fn contacts_merge_over_students_and_the_first_row_wins() {
    check(
        "school A
        student 1 A contact=Ada Moss; contact_id=c1; relationship=Parent
        student 2 A contact=Ada M; contact_id=c1; relationship=Sibling; type=Emergency
        student 3 A contact=Ada Moss; contact_email=ada@x.org; phone=1
        student 4 A contact=Ada Moss; contact_email=ada@x.org; phone=2
        student 5 A contact=Ada Moss; phone=1
        student 6 A contact=Ada Moss; type=Primary
        student 7 A contact=Ada Moss; type=Primary
        student 8 A contact=Ada Moss; type=Secondary",
        "contact link",
        "contact Ada Moss
        contact Ada Moss
        contact Ada Moss
        contact Ada Moss
        contact Ada Moss
        link Ada Moss of 1 Parent
        link Ada Moss of 2 Sibling Emergency
        link Ada Moss of 3
        link Ada Moss of 4
        link Ada Moss of 5
        link Ada Moss of 6  Primary
        link Ada Moss of 7  Primary
        link Ada Moss of 8  Secondary",
    );
}

#[test]
fn five_contacts_are_kept_and_repeats_do_not_count() {
    check(
        "school A
        student 1 A contact=C1
        student 1 A contact=C2
        student 1 A contact=C1
        student 1 A contact=C3
        student 1 A contact=C4
        student 1 A contact=C5
        student 1 A contact=C6
        student 1 A contact=C5
        student 2 A contact=C6",
        "contact link problem",
        "contact C1
        contact C2
        contact C3
        contact C4
        contact C5
        contact C6
        link C1 of 1
        link C2 of 1
        link C3 of 1
        link C4 of 1
        link C5 of 1
        link C6 of 2
        problem CONTACT_LIMIT students:8 of 1 (5 are kept)",
    );
}

#[test]
fn primary_school_and_schools_follow_the_sections() {
    let rows = "school A
        school B
        school C
        student 1 A
        student 2 A
        student 3 B
        section X B
        section Y B
        section Z C
        section Empty C
        enroll X 1
        enroll Y 1
        enroll Z 1
        enroll Z 3";
    check(
        rows,
        "student",
        "student 1 at B of A,B,C
        student 2 at A of A
        student 3 at C of B,C",
    );
    check(
        &format!("{rows}\nset student_primary_school=sis"),
        "student",
        "student 1 at A of A,B,C
        student 2 at A of A
        student 3 at B of B,C",
    );
}
