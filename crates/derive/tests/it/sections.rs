//! Sections: teacher slots, names, grades and subjects (district-side 2.5, 6.2 to 6.4).

use crate::check;

#[test]
fn first_section_wins_and_schools_must_be_known() {
    check(
        "school A
        student 1 A
        section X A name=One
        section X A name=Two
        section Y B name=Three
        enroll X 1
        enroll Y 1",
        "section problem count",
        "section X at A students=1 name=One subject=other
        problem SECTION_NO_TEACHER sections:3 Teacher_id of X
        problem NOT_UNIQUE sections:4 Section_id of X \"X\"
        problem REF_SCHOOL_UNKNOWN sections:5 School_id of Y \"B\"
        problem REF_SECTION_UNKNOWN enrollments:7 Section_id of Y / 1 \"Y\" (it is in its file, but its row was left out)
        count schools 1 1 0
        count students 1 1 0
        count sections 3 1 2
        count enrollments 2 1 1
        count student_rows 1",
    );
}

#[test]
fn teacher_slots_lose_blanks_repeats_and_unknown_teachers() {
    check(
        "school A
        student 1 A
        teacher T A email=t@x.org
        teacher U A email=u@x.org
        section A1 A teachers=T,U; name=n
        section A2 A teachers=U,,T,U,T; name=n
        section A3 A teachers=,T; name=n
        section A4 A teachers=Z,,U; name=n
        section A5 A teachers=T,Z,Z; name=n
        section A6 A teachers=Z,Z; name=n
        section A7 A name=n
        enroll A1 1
        enroll A2 1
        enroll A3 1
        enroll A4 1
        enroll A5 1
        enroll A6 1
        enroll A7 1",
        "section problem",
        "section A1 at A teachers=T,U students=1 name=n subject=other
        section A2 at A teachers=U,T students=1 name=n subject=other
        section A3 at A teachers=T students=1 name=n subject=other
        section A4 at A teachers=U students=1 name=n subject=other
        section A5 at A teachers=T students=1 name=n subject=other
        section A6 at A students=1 name=n subject=other
        section A7 at A students=1 name=n subject=other
        problem PRIMARY_TEACHER_PROMOTED sections:7 Teacher_id of A3
        problem REF_TEACHER_UNKNOWN sections:8 Teacher_id of A4 \"Z\"
        problem PRIMARY_TEACHER_PROMOTED sections:8 Teacher_id of A4
        problem REF_TEACHER_UNKNOWN sections:9 Teacher_2_id of A5 \"Z\"
        problem REF_TEACHER_UNKNOWN sections:9 Teacher_3_id of A5 \"Z\"
        problem REF_TEACHER_UNKNOWN sections:10 Teacher_id of A6 \"Z\"
        problem REF_TEACHER_UNKNOWN sections:10 Teacher_2_id of A6 \"Z\"
        problem SECTION_NO_TEACHER sections:10 Teacher_id of A6
        problem SECTION_NO_TEACHER sections:11 Teacher_id of A7",
    );
}

#[test]
fn names_are_generated_where_the_sis_sends_none() {
    let rows = "school A
        student 1 A
        teacher T A last=Smith; email=t@x.org
        teacher U A last=Jones; email=u@x.org
        section X1 A teachers=T; name=Block; course=Algebra; period=3
        section X2 A teachers=Z,U; course=Algebra; period=Period 3
        section X3 A section_number=7
        section X4 A
        section X5 A number=101; period=2
        section X6 A number=101; course=Chess
        enroll X1 1
        enroll X2 1
        enroll X3 1
        enroll X4 1
        enroll X5 1
        enroll X6 1";
    check(
        rows,
        "section",
        "section X1 at A course=[ Algebra] teachers=T students=1 name=Block subject=math
        section X2 at A course=[ Algebra] teachers=U students=1 name=Algebra - Jones - Period 3 subject=math
        section X3 at A students=1 name=Section 7 subject=other
        section X4 at A students=1 name=Section X4 subject=other
        section X5 at A course=[101 Chess] students=1 name=Chess - 2 subject=other
        section X6 at A course=[101 Chess] students=1 name=Chess subject=other",
    );
    check(
        &format!("{rows}\nset section_names=generated"),
        "section",
        "section X1 at A course=[ Algebra] teachers=T students=1 name=Algebra - Smith - 3 subject=math
        section X2 at A course=[ Algebra] teachers=U students=1 name=Algebra - Jones - Period 3 subject=math
        section X3 at A students=1 name=Section 7 subject=other
        section X4 at A students=1 name=Section X4 subject=other
        section X5 at A course=[101 Chess] students=1 name=Chess - 2 subject=other
        section X6 at A course=[101 Chess] students=1 name=Chess subject=other",
    );
}

#[test]
fn blank_grades_come_from_the_students() {
    check(
        "school A
        student 1 A grade=3
        student 2 A grade=4
        student 3 A grade=4
        student 4 A grade=Other
        section X1 A name=n; grade=5
        section X2 A name=n
        section X3 A name=n
        section X4 A name=n
        section X5 A name=n; grade=6
        enroll X1 1
        enroll X2 1
        enroll X2 2
        enroll X2 3
        enroll X3 1
        enroll X3 2
        enroll X4 4
        enroll X5 4",
        "section",
        "section X1 at A students=1 name=n grade=5 subject=other
        section X2 at A students=1,2,3 name=n grade=4 subject=other
        section X3 at A students=1,2 name=n grade=3 subject=other
        section X4 at A students=4 name=n subject=other
        section X5 at A students=4 name=n grade=6 subject=other",
    );
}

#[test]
fn grades_that_are_all_the_same_say_nothing() {
    check(
        "school A
        student 1 A grade=3
        student 2 A grade=Other
        section X1 A name=n; grade=9
        section X2 A name=n; grade=9
        section X3 A name=n
        enroll X1 1
        enroll X2 2
        enroll X3 1",
        "section",
        "section X1 at A students=1 name=n grade=3 subject=other
        section X2 at A students=2 name=n subject=other
        section X3 at A students=1 name=n grade=3 subject=other",
    );
    check(
        "school A
        student 1 A grade=3
        section X1 A name=n; grade=9
        section X2 A name=n
        enroll X1 1
        enroll X2 1",
        "section",
        "section X1 at A students=1 name=n grade=9 subject=other
        section X2 at A students=1 name=n grade=3 subject=other",
    );
}

#[test]
fn subjects_come_from_the_sis_then_the_course_then_the_name() {
    check(
        "school A
        student 1 A
        section X1 A subject=science; course=Algebra; name=French 1
        section X2 A course=Algebra; name=French 1
        section X3 A course=Chess; name=French 1
        section X4 A course=Chess; name=Rooks
        section X5 A name=AP Art History",
        "section",
        "section X1 at A name=French 1 subject=science
        section X2 at A name=French 1 subject=math
        section X3 at A name=French 1 subject=language
        section X4 at A name=Rooks subject=other
        section X5 at A name=AP Art History subject=arts and music",
    );
}

#[test]
fn a_section_without_students_stays_without_course_and_term() {
    check(
        "school A
        teacher T A email=t@x.org
        section X A teachers=T; name=n; course=Algebra; number=1; term=Fall; grade=3",
        "section course term problem count",
        "section X at A teachers=T name=n grade=3 subject=math
        problem SECTION_NO_STUDENTS sections:3 of X
        count schools 1 1 0
        count teachers 1 1 0
        count sections 1 1 0",
    );
}

#[test]
fn sections_of_terms_to_come_can_be_left_out() {
    let rows = "school A
        teacher T A email=t@x.org
        student 1 A
        section X A teachers=T; name=x; start=2026-11-22
        section Y A teachers=T; name=y; start=2026-11-23
        section Z A teachers=T; name=z; term=Spring
        enroll X 1
        enroll Y 1
        enroll Y 9
        enroll Z 1";
    check(
        &format!("{rows}\nset future_terms=leave_out; today=2026-11-22"),
        "section problem count",
        "section X at A term=[ 2026-11-22/] teachers=T students=1 name=x subject=other
        section Z at A term=[Spring /] teachers=T students=1 name=z subject=other
        count schools 1 1 0
        count students 1 1 0
        count teachers 1 1 0
        count sections 3 2 0 passed over 1
        count enrollments 4 2 0 passed over 2
        count student_rows 1",
    );
    for kept in ["today=2026-11-22", "future_terms=leave_out"] {
        let (derived, _) = crate::district::read(&format!("{rows}\nset {kept}")).derive();
        let sections = derived.candidate.table(homeroom_model::Kind::Section);
        assert_eq!(sections.len(), 3, "{kept}");
    }
}

#[test]
fn the_number_of_a_course_can_tell_the_subject() {
    check(
        "school A
        set subject=science; of_number=0101
        student 1 A
        section X A name=n; course=Algebra; number=0101; subject=math
        section Y A name=n; course=Algebra; number=101",
        "section",
        "section X at A name=n subject=science
        section Y at A name=n subject=math",
    );
}
