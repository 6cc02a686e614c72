//! Teachers, staff, people kept by hand, and who of them is one person (district-side 2.4, 2.7, 5.3).

use crate::check;

#[test]
fn first_teacher_wins_and_schools_must_be_known() {
    check(
        "school A
        school A
        teacher T A email=t@x.org
        teacher T A email=u@x.org
        teacher U B email=u@x.org
        teacher U A email=u@x.org
        teacher V A",
        "school employee problem count",
        "school A
        employee teacher T at A of A
        employee teacher V at A of A
        problem NOT_UNIQUE schools:2 School_id of A \"A\"
        problem NOT_UNIQUE teachers:4 Teacher_id of T \"T\"
        problem REF_SCHOOL_UNKNOWN teachers:5 School_id of U \"B\"
        problem NOT_UNIQUE teachers:6 Teacher_id of U \"U\"
        problem EMAIL_MISSING teachers:7 Teacher_email of V
        count schools 2 1 1
        count teachers 5 2 3",
    );
}

#[test]
fn rows_of_a_staff_member_add_schools() {
    check(
        "school B
        school A
        staff S X email=s@x.org
        staff S A email=s@x.org
        staff T A email=
        staff S B email=other@x.org
        staff S A email=s@x.org",
        "employee problem count",
        "employee staff S of B,A
        employee staff T of A
        problem REF_SCHOOL_UNKNOWN staff:3 School_id of S \"X\"
        problem EMAIL_MISSING staff:5 Staff_email of T
        problem NOT_UNIQUE staff:7 Staff_id of S \"S\" (school A)
        count schools 2 2 0
        count staff 5 3 2",
    );
}

#[test]
fn equal_emails_make_one_person() {
    check(
        "school A
        school B
        staff S B last=Smith; email=T@x.org
        staff Q B last=Quinn; email=q@x.org
        teacher T A last=Smith; email= t@X.org
        teacher U A last=Unger; email=u@x.org
        admin K last=Unger; email=u@x.org
        admin L last=Lee; email=l@x.org
        hand H schools=B,nowhere,A; last=Lee; email=l@x.org",
        "employee problem",
        "employee teacher T at A of A staff S of B
        employee teacher U at A of A admin K
        employee staff Q of B
        employee staff H by hand of A,B admin L",
    );
}

#[test]
fn an_email_that_one_role_shares_merges_nobody() {
    check(
        "school A
        teacher T A last=X; email=one@x.org
        teacher U A last=X; email=one@x.org
        teacher V A last=X; email=ONE@x.org
        staff S A last=X; email=one@x.org
        staff P A last=X; email=two@x.org
        staff Q A last=X; email=two@x.org
        teacher W A last=X; email=two@x.org
        admin K last=X; email=two@x.org",
        "employee problem",
        "employee teacher T at A of A
        employee teacher U at A of A
        employee teacher V at A of A
        employee teacher W at A of A
        employee staff S of A
        employee staff P of A
        employee staff Q of A
        employee admin K
        problem EMAIL_DUPLICATE teachers:3 Teacher_email of U (teacher T, teacher U, teacher V)
        problem MERGE_AMBIGUOUS teachers:8 Teacher_email of W (teacher W)
        problem MERGE_AMBIGUOUS staff:5 Staff_email of S (staff S)
        problem EMAIL_DUPLICATE staff:7 Staff_email of Q (staff P, staff Q)
        problem MERGE_AMBIGUOUS :0 (district admin)",
    );
}

#[test]
fn blank_and_malformed_emails_merge_nobody() {
    check(
        "school A
        teacher T A last=X; email=office
        staff S A last=X; email=office
        teacher U A last=X
        teacher V A last=X
        admin K last=X",
        "employee problem",
        "employee teacher T at A of A
        employee teacher U at A of A
        employee teacher V at A of A
        employee staff S of A
        employee admin K
        problem EMAIL_MISSING teachers:4 Teacher_email of U
        problem EMAIL_MISSING teachers:5 Teacher_email of V",
    );
}

#[test]
fn names_without_a_common_word_are_reported_and_merged() {
    check(
        "school A
        teacher T A first=Ana; last=Smith; email=t@x.org
        staff S A first=Joe; last=Brown; email=t@x.org
        teacher U A first=Ana; last=Smith-Jones; email=u@x.org
        staff V A first=Annie; last=jones; email=u@x.org
        teacher W A first=Mary Ann; last=Lee; email=w@x.org
        staff W A first=ann; last=Li; email=w@x.org",
        "employee problem",
        "employee teacher T at A of A staff S of A
        employee teacher U at A of A staff V of A
        employee teacher W at A of A staff W of A
        problem MERGE_NAME_MISMATCH staff:3 Staff_email of S (teacher T, staff S)",
    );
}

#[test]
fn a_teachers_schools_follow_the_sections_that_have_students() {
    let rows = "school A
        school B
        teacher T A email=t@x.org
        teacher U A email=u@x.org
        student 1 A
        student 2 A
        section X B teachers=T
        section Y A teachers=U,T
        section Z B teachers=U
        enroll X 1
        enroll X 2
        enroll Y 1";
    check(
        rows,
        "employee",
        "employee teacher T at B of A,B
        employee teacher U at A of A",
    );
    check(
        &format!("{rows}\nset teacher_primary_school=sis"),
        "employee",
        "employee teacher T at A of A,B
        employee teacher U at A of A",
    );
}

#[test]
fn people_kept_by_hand_have_keys_of_their_own() {
    check(
        "school A
        staff S A email=s@x.org
        hand S schools=A; email=h@x.org
        hand S schools=A; email=again@x.org
        admin S email=k@x.org
        admin S email=again@x.org",
        "employee problem",
        "employee staff S of A
        employee staff S by hand of A
        employee admin S",
    );
}
