//! Accounts that become one, and come apart again.

use homeroom_model::Role;

use super::sample::{Subject, Town, Work, apply, comes, created, is_well, source};
use crate::{Differs, Kind, NewLink, NewRole, Op, Outcome, Record, Refusal, Seat, Tie};

fn work_of(subject: &Subject, person: i64, number: u32) {
    let sql = format!(
        "INSERT INTO work (person, source_id, what, at) VALUES ({person}, '{}', 'essay', {number})",
        source(number)
    );
    subject.rows(&sql);
}

fn account_of(subject: &Subject, number: u32) -> i64 {
    let sql = format!(
        "SELECT person FROM may_sign_in WHERE source_id = '{}'",
        source(number)
    );
    subject.value(&sql).parse().unwrap()
}

/// Ids, seats, ties and missing roles go over; work stays where it was done and is seen with the account.
pub fn a_merge_moves_everything_but_work(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, double, bo] = town.students;
    let seats = [comes(double, Seat::STUDENT), comes(ana, Seat::STUDENT)];
    let only = [comes(double, Seat::STUDENT)];
    let contact = Op::Tie {
        tie: Tie::Relationship {
            contact: bo,
            student: double,
            kind: "Parent",
            label: "",
        },
        open: true,
    };
    let [first, second] = town.sections;
    let enrol = |section, changes| Op::Seats { section, changes };
    apply(
        subject,
        &town,
        2,
        &[enrol(first, &seats), enrol(second, &only), contact],
    );
    work_of(subject, double, 41);
    let merge = Op::Merge {
        from: double,
        into: ana,
        joint: false,
    };
    apply(subject, &town, 9, &[merge]);
    assert_eq!(account_of(subject, 41), ana);
    assert_eq!(account_of(subject, 40), ana);
    let members = subject.rows("SELECT section, person FROM rosters ORDER BY 1");
    let expected = [first, second].map(|section| vec![section.to_string(), ana.to_string()]);
    assert_eq!(members, expected);
    assert_eq!(
        subject.value("SELECT student FROM relationship WHERE closed IS NULL"),
        ana.to_string()
    );
    let work = subject.rows("SELECT account, person FROM work_of_accounts");
    assert_eq!(work[0], [ana.to_string(), double.to_string()]);
    assert_eq!(subject.value("SELECT count(*) FROM students"), "2");
    let mut work = Work::begin(subject, &town, 10);
    assert_eq!(work.act(merge), Outcome::Differs(Differs::State));
    work.commit();
    is_well(subject, town.district);
}

/// S09: one account with the powers of both.
pub fn a_joint_account_signs_in_with_either_id(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let admin = work.person(Role::Staff, town.school, 31);
    work.done(Op::Merge {
        from: admin,
        into: town.teacher,
        joint: true,
    });
    work.commit();
    for number in [30, 31] {
        let sql = format!(
            "SELECT person, roles FROM may_sign_in WHERE source_id = '{}'",
            source(number)
        );
        assert_eq!(
            subject.rows(&sql)[0],
            [town.teacher.to_string(), "staff,teacher".into()]
        );
    }
    is_well(subject, town.district);
}

/// Work names the id it was done under, so nothing done since is in the way.
pub fn a_merge_is_taken_apart_after_more_work(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, double, third] = town.students;
    let merge = |from, into| Op::Merge {
        from,
        into,
        joint: false,
    };
    apply(subject, &town, 2, &[merge(double, ana)]);
    work_of(subject, ana, 41);
    // The account itself becomes part of a third; what it brought in goes on to it.
    apply(subject, &town, 3, &[merge(ana, third)]);
    assert_eq!(account_of(subject, 41), third);
    apply(subject, &town, 4, &[Op::Unmerge { from: double }]);
    assert_eq!(account_of(subject, 41), double);
    assert_eq!(account_of(subject, 40), third);
    let state = subject.rows(&format!(
        "SELECT usable, merged_into FROM person WHERE id = {double}"
    ));
    assert_eq!(state[0], ["1", "NULL"]);
    let mut work = Work::begin(subject, &town, 5);
    let again = work.act(Op::Unmerge { from: double });
    assert_eq!(again, Outcome::Differs(Differs::State));
    work.commit();
    assert_eq!(subject.value("SELECT count(*) FROM work"), "1");
    is_well(subject, town.district);
}

/// `split`: the other record is somebody else from now on.
pub fn a_split_takes_the_id_and_no_history(subject: &Subject) {
    let town = Town::build(subject, 1);
    work_of(subject, town.teacher, 30);
    let fields = Record::role();
    let roles = [NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[],
    }];
    let record = Record::new(Kind::Person);
    let id = source(30);
    let split = Op::Split {
        from: town.teacher,
        link: NewLink {
            rung: "split",
            ..created(&id)
        },
        record: &record,
        roles: &roles,
    };
    apply(subject, &town, 2, &[split]);
    let other = account_of(subject, 30);
    assert_ne!(other, town.teacher);
    assert_eq!(
        subject.value("SELECT person FROM work"),
        town.teacher.to_string()
    );
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(work.act(split), Outcome::Differs(Differs::Link));
    work.commit();
    is_well(subject, town.district);
}

/// Never a student's account with an employee's, whichever way (integration-side A3.2, B8).
pub fn accounts_of_two_kinds_are_never_made_one(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    for (from, into) in [
        (town.students[0], town.teacher),
        (town.teacher, town.students[0]),
    ] {
        let merge = Op::Merge {
            from,
            into,
            joint: false,
        };
        assert_eq!(work.act(merge), Outcome::SetAside(Refusal::Invalid));
    }
    work.commit();
    assert_eq!(subject.value("SELECT count(*) FROM students"), "3");
}

/// A merge is no way round what the app forbade, and what it brought goes with it again (integration-side A6.5).
pub fn a_suspension_goes_along_and_comes_back(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let staff = work.person(Role::Staff, town.school, 31);
    work.commit();
    let suspend = Op::Suspend {
        person: staff,
        suspended: true,
    };
    let merge = Op::Merge {
        from: staff,
        into: town.teacher,
        joint: true,
    };
    apply(subject, &town, 3, &[suspend]);
    let state = |person: i64| {
        let sql = format!("SELECT app_state, app_reason, usable FROM person WHERE id = {person}");
        subject.rows(&sql).remove(0)
    };
    let roles = || {
        let sql = format!(
            "SELECT role FROM role WHERE person = {} ORDER BY role",
            town.teacher
        );
        subject.rows(&sql).concat()
    };
    let suspended = state(staff);
    assert_eq!(suspended[0], "suspended");
    apply(subject, &town, 4, &[merge]);
    assert_eq!(state(town.teacher), suspended);
    assert_eq!(roles(), ["staff", "teacher"]);
    apply(subject, &town, 5, &[Op::Unmerge { from: staff }]);
    assert_eq!(state(staff), suspended);
    assert_eq!(state(town.teacher), ["ok", "NULL", "1"]);
    assert_eq!(roles(), ["teacher"]);
    // Whoever lifts it in between has the last word on that account.
    apply(subject, &town, 6, &[merge]);
    let lift = Op::Suspend {
        person: town.teacher,
        suspended: false,
    };
    apply(subject, &town, 7, &[lift, Op::Unmerge { from: staff }]);
    assert_eq!(state(staff), suspended);
    assert_eq!(state(town.teacher), ["ok", "NULL", "1"]);
    is_well(subject, town.district);
}
