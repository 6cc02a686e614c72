//! Warnings about records that take part as they are (district-side 8).

use crate::check;

#[test]
fn people_without_sections_and_schools_without_people() {
    check(
        "school A
        school B
        school C
        teacher T A email=t@x.org
        teacher U A email=u@x.org
        student 1 A
        student 2 B
        section X A teachers=T; name=n; subject=math; grade=3; term=Fall
        enroll X 1",
        "note",
        "note SCHOOL_EMPTY schools:3 of C
        note STUDENT_NO_SECTION students:7 of 2
        note TEACHER_NO_SECTION teachers:5 of U",
    );
}

#[test]
fn what_every_record_lacks_is_told_once() {
    check(
        "school A
        teacher T A email=t@x.org
        teacher U A email=u@x.org
        student 1 A
        student 2 A
        section X A name=n
        section Y A name=m",
        "note",
        "note STUDENT_NO_SECTION students:0 (all 2 records)
        note TEACHER_NO_SECTION teachers:0 (all 2 records)",
    );
}

#[test]
fn students_who_share_an_email_or_a_user_name() {
    check(
        "school A
        student 1 A email=ada@x.org; username=ada
        student 2 A email=office; username=Ada
        student 3 A email= ADA@x.org
        student 4 A email=office
        student 5 A email=ada@x.org
        teacher T A email=ada@x.org; username=ada
        teacher U A email=u@x.org; username=ADA
        section X A name=n; teachers=T,U; subject=math; grade=3; term=Fall
        enroll X 1
        enroll X 2
        enroll X 3
        enroll X 4
        enroll X 5",
        "note problem",
        "problem EMAIL_DUPLICATE students:4 Student_email of 3 (1, 3, 5)
        note USERNAME_DUPLICATE students:3 Username of 2 (1, 2)
        note USERNAME_DUPLICATE teachers:8 Username of U (T, U)",
    );
}

#[test]
fn grades_outside_of_the_school() {
    check(
        "school A low=Kindergarten; high=5
        school B low=6
        school C low=8; high=6
        student 1 A grade=PreKindergarten
        student 2 A grade=Kindergarten
        student 3 A grade=6
        student 4 A grade=6
        student 5 A grade=Other
        student 6 A
        student 7 B grade=5
        student 8 B grade=PostGraduate
        student 9 C grade=1
        student 3 A grade=6",
        "note",
        "note GRADE_OUTSIDE_SCHOOL students:4 Grade of 1 \"PreKindergarten\" (school A has grades Kindergarten to 5)
        note GRADE_OUTSIDE_SCHOOL students:6 Grade of 3 \"6\" (school A has grades Kindergarten to 5)
        note GRADE_OUTSIDE_SCHOOL students:7 Grade of 4 \"6\" (school A has grades Kindergarten to 5)
        note GRADE_OUTSIDE_SCHOOL students:10 Grade of 7 \"5\" (school B has grades 6 to ?)
        note STUDENT_NO_SECTION students:0 (all 9 records)",
    );
}

#[test]
fn sections_with_students_are_looked_at() {
    check(
        "school A
        school B
        set section_large=2
        student 1 A grade=3
        student 2 A grade=4
        student 3 B
        teacher T A email=t@x.org
        section X1 A teachers=T; name=One; grade=3; subject=math; term=Fall; period=1
        section X2 A teachers=T; course=Algebra; subject=math; grade=5; term=Fall
        section X3 A teachers=T; name=One; subject_text=Basket weaving; term=Fall; period=1
        section X4 B teachers=T; name=One; grade=Ungraded; subject=math; term=Fall; period=1
        section X5 A teachers=T; name=One; grade=7; subject=math; period=2
        section X6 A teachers=T; grade=9
        section X7 B teachers=T; name=Seven; grade=9; subject=math; term=Fall
        enroll X1 1
        enroll X1 2
        enroll X1 3
        enroll X2 1
        enroll X2 2
        enroll X3 1
        enroll X4 1
        enroll X5 1
        enroll X5 3
        enroll X7 3",
        "note",
        "note SECTION_NAME_GENERATED sections:9 Name of X2
        note SECTION_GRADE_DERIVED sections:10 Grade of X3
        note SECTION_SUBJECT_OTHER sections:10 Subject of X3 \"Basket weaving\"
        note TERM_MISSING sections:12 Term_name of X5
        note SECTION_NAME_DUPLICATE sections:10 Name of X3 (X1, X3)
        note SECTION_LARGE sections:8 of X1 (3 students)
        note SECTION_GRADE_MISMATCH sections:9 Grade of X2 \"5\"
        note SECTION_GRADE_MISMATCH sections:12 Grade of X5 \"7\"",
    );
}

#[test]
fn a_doubtful_term_is_told_at_its_first_section() {
    check(
        "school A
        set today=2026-11-22
        student 1 A
        teacher T A email=t@x.org
        section X A teachers=T; name=x; term=Fall; start=2016-08-20; end=2016-12-18
        section Y A teachers=T; name=y; term=Fall; start=2016-08-20; end=2016-12-18
        section Z A teachers=T; name=z; term=Fall; start=2026-08-20; end=2026-12-18
        enroll X 1
        enroll Y 1
        enroll Z 1",
        "problem",
        "problem TERM_OUT_OF_RANGE sections:5 Term_start of X \"2016-08-20 to 2016-12-18\" (it ended 3626 days ago)",
    );
}
