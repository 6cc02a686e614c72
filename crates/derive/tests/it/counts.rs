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

#[test]
fn a_district_without_schools_is_fatal() {
    check(
        "custom-school A",
        "problem",
        "problem TYPE_EMPTY schools:0 (0 rows)",
    );
}

#[test]
fn shares_of_rejected_rows_leave_repeats_out() {
    let (derived, _) = crate::district::read(
        "school A
        student 1 A
        section X A name=n
        enroll X 1
        enroll X 1
        enroll X 1
        enroll X 2
        enroll X 3",
    )
    .derive();
    let count = |file| derived.counts.of(file);
    let enrollments = count(homeroom_derive::File::Enrollments);
    assert_eq!((enrollments.rejected, enrollments.repeats), (4, 2));
    assert!((enrollments.rejected_percent() - 40.0).abs() < 1e-9);
    assert!(enrollments.rejects_more_than(39) && !enrollments.rejects_more_than(40));
    assert!(!count(homeroom_derive::File::Teachers).rejects_more_than(0));
    assert!(
        count(homeroom_derive::File::Teachers)
            .rejected_percent()
            .abs()
            < 1e-9
    );
}
