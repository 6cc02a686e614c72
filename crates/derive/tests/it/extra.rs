//! What other files add: extension fields (district-side 2.9) and the supplement of sections.

use crate::check;

#[test]
fn extension_fields_fill_what_the_roster_files_leave_empty() {
    check(
        "school A ext.track=b
        school B
        teacher T A email=t@x.org
        staff S A email=s@x.org
        staff S B email=s@x.org
        student 1 A ext.bus=12; contact=Ada Moss
        student 1 A ext.bus=12; contact=Ben Moss
        student 2 A
        section X A teachers=T; name=n
        enroll X 1
        enroll X 2
        ext school B ext.track=a
        ext teacher T ext.room=7
        ext staff S ext.desk=9
        ext student 1 ext.bus=13; ext.club=chess
        ext student 2 ext.bus=12
        ext student 2 ext.bus=14
        ext student T ext.bus=1
        ext section X ext.wing=north
        ext section 1 ext.wing=south",
        "school student employee section problem",
        "school A ext.track=b
        school B ext.track=a
        student 1 at A of A ext.bus=12 ext.club=chess
        student 2 at A of A ext.bus=12
        employee teacher T at A of A ext.room=7
        employee staff S of A,B ext.desk=9
        section X at A teachers=T students=1,2 name=n subject=other ext.wing=north
        problem NOT_UNIQUE ext_students:17 sis_id of 2 \"2\"
        problem EXT_OVERRIDDEN ext_students:15 ext.bus of 1
        problem EXT_ROW_UNKNOWN ext_students:18 sis_id of T \"T\"
        problem EXT_ROW_UNKNOWN ext_sections:20 sis_id of 1 \"1\"",
    );
}

#[test]
fn the_supplement_brings_courses_and_terms_cell_by_cell() {
    check(
        "school A
        student 1 A
        teacher T A email=t@x.org
        section X A teachers=T; name=x
        section Y A teachers=T; name=y; course=Algebra; start=2026-08-20
        section Z A teachers=T; name=z; term=Spring; end=2026-01-01
        enroll X 1
        enroll Y 1
        enroll Z 1
        supplement X course=Chess; number=9; term=Fall; start=2026-08-20; end=2026-12-18
        supplement Y course=Geometry; number=7; term=Fall; start=2026-08-21; end=2026-12-18
        supplement Z start=2026-08-20
        supplement X course=Rooks
        supplement W course=Rooks",
        "section problem",
        "section X at A course=[9 Chess] term=[Fall 2026-08-20/2026-12-18] teachers=T students=1 name=x subject=other
        section Y at A course=[7 Algebra] term=[Fall 2026-08-20/2026-12-18] teachers=T students=1 name=y subject=math
        section Z at A term=[Spring 2026-08-20/2026-01-01] teachers=T students=1 name=z subject=other
        problem NOT_UNIQUE sections_supplement:13 Section_id of X \"X\"
        problem SUPPLEMENT_OVERRIDDEN sections_supplement:11 Course_name of Y \"Geometry\" -> Algebra
        problem SUPPLEMENT_OVERRIDDEN sections_supplement:11 Term_start of Y \"2026-08-21\" -> 2026-08-20
        problem TERM_DATES_INVERTED sections:6 Term_end of Z (one of the two is of the supplement)
        problem SUPPLEMENT_ROW_UNKNOWN sections_supplement:14 Section_id of W \"W\"",
    );
}
