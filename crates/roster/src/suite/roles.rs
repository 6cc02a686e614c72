//! Roles and their schools (integration-side A3.7, A6.3).

use homeroom_model::Role;

use super::sample::{Subject, Town, Work, apply, is_well, source};
use crate::field::{role, school};
use crate::{Differs, FieldChange, Kind, NewRole, Op, Outcome, Record, Value};

/// S08: a role goes, everything else of the account stays.
pub fn a_role_comes_and_goes_with_its_schools(subject: &Subject) {
    let town = Town::build(subject, 1);
    let fields = Record::role().with(role::TITLE, "Principal");
    let staff = NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[(town.school, true)],
    };
    let grant = Op::GrantRole {
        person: town.teacher,
        role: staff,
    };
    let revoke = Op::RevokeRole {
        person: town.teacher,
        role: Role::Staff,
    };
    apply(subject, &town, 2, &[grant]);
    let roles = || {
        subject.value(&format!(
            "SELECT roles FROM people WHERE id = {}",
            town.teacher
        ))
    };
    assert_eq!(roles(), "staff,teacher");
    assert_eq!(
        subject.rows("SELECT title, school FROM staff")[0],
        ["Principal".to_owned(), town.school.to_string()]
    );
    let mut work = Work::begin(subject, &town, 3);
    assert_eq!(work.act(grant), Outcome::Differs(Differs::Role));
    let change = FieldChange {
        field: role::TITLE,
        before: Value::from("Principal"),
        after: Value::from("Dean"),
    };
    work.done(Op::UpdateRole {
        person: town.teacher,
        role: Role::Staff,
        fields: &[change],
    });
    work.commit();
    assert_eq!(subject.value("SELECT title FROM staff"), "Dean");
    assert_eq!(
        subject.value("SELECT field FROM changed_fields"),
        "staff.title"
    );
    apply(subject, &town, 4, &[revoke]);
    assert_eq!(roles(), "teacher");
    let mut work = Work::begin(subject, &town, 5);
    assert_eq!(work.act(revoke), Outcome::Differs(Differs::Role));
    work.commit();
    is_well(subject, town.district);
}

/// The primary school changes as a field does.
pub fn schools_change_only_from_what_they_were(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let second = Record::new(Kind::School).with(school::NAME, "Hill");
    let second = work.create(Kind::School, &second, &source(11));
    let was = [(town.school, true)];
    let both = [(town.school, false), (second, true)];
    let change = |before, after| Op::Schools {
        person: town.students[0],
        role: Role::Student,
        before,
        after,
    };
    work.done(change(&was, &both));
    assert_eq!(
        work.act(change(&was, &both)),
        Outcome::Differs(Differs::Schools)
    );
    work.commit();
    let read = subject
        .read()
        .schools_of(town.students[0], Role::Student)
        .unwrap();
    assert_eq!(read, both);
    let sql = format!(
        "SELECT school FROM students WHERE id = {}",
        town.students[0]
    );
    assert_eq!(subject.value(&sql), second.to_string());
    apply(subject, &town, 3, &[change(&both, &[])]);
    assert_eq!(subject.value(&sql), "NULL");
}
