//! Counts, and the one fatal problem (district-side 4.1).

use crate::check;

#[test]
fn a_required_file_whose_rows_were_all_left_out_is_fatal() {
    check(
        "school A
        teacher T B
        student 1 B
        staff S B
        rejected sections 4",
        "problem count",
        "problem REF_SCHOOL_UNKNOWN teachers:2 School_id of T \"B\"
        problem REF_SCHOOL_UNKNOWN staff:4 School_id of S \"B\"
        problem REF_SCHOOL_UNKNOWN students:3 School_id of 1 \"B\"
        problem TYPE_EMPTY students:0 (1 rows)
        problem TYPE_EMPTY teachers:0 (1 rows)
        problem TYPE_EMPTY sections:0 (4 rows)
        count schools 1 1 0
        count students 1 0 1
        count teachers 1 0 1
        count staff 1 0 1
        count sections 4 0 4
        count student_rows 1",
    );
}

#[test]
fn rows_rejected_before_are_counted_with_the_others() {
    check(
        "school A
        student 1 A
        rejected students 2
        rejected schools 1",
        "problem count",
        "count schools 2 1 1
        count students 3 1 2
        count student_rows 3",
    );
}
