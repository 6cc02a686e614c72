//! Resources (district-side 2.8).

use crate::check;

#[test]
fn rows_of_one_resource_attach_it_to_several_courses() {
    check(
        "school A
        student 1 A
        teacher T A email=t@x.org
        section X A teachers=T; course=Zoo; number=1
        section Y A teachers=T; course=Ark; number=2
        section Z A teachers=T; course=Bee
        enroll X 1
        enroll Y 1
        enroll Z 1
        resource R number=2
        resource S
        resource R number=1
        resource R number=2
        resource T number=3
        resource U number=Bee",
        "resource problem count",
        "resource R of [1 Zoo],[2 Ark]
        resource S of
        resource T of
        resource U of
        problem REF_COURSE_UNKNOWN resources:14 Course_number of T \"3\"
        problem REF_COURSE_UNKNOWN resources:15 Course_number of U \"Bee\"
        count schools 1 1 0
        count students 1 1 0
        count teachers 1 1 0
        count sections 3 3 0
        count enrollments 3 3 0
        count resources 6 6 0
        count student_rows 1",
    );
}
