//! Records: created, changed, removed.

use homeroom_model::Role;

use super::sample::{Subject, Town, Work, apply, created, dump, is_well, source};
use crate::field::{person, section};
use crate::{Differs, FieldChange, Kind, NewRole, Op, Outcome, Record, Refusal, Value};

/// All of a person comes in one action, with one row in the audit.
pub fn a_record_is_created_with_roles_and_link(subject: &Subject) {
    let town = Town::build(subject, 1);
    let reading = subject.read();
    let roles = reading.roles_of(town.students[0]).unwrap();
    assert_eq!(roles[0].0, Role::Student);
    assert_eq!(
        reading.schools_of(town.students[0], Role::Student).unwrap(),
        [(town.school, true)]
    );
    let link = reading
        .linked(town.district, Kind::Person, &source(40))
        .unwrap()
        .unwrap();
    assert_eq!(link.entity, town.students[0]);
    let timeline = reading.timeline(town.students[0]).unwrap();
    assert_eq!((timeline.len(), timeline[0].op.as_str()), (1, "create"));
    assert_eq!(timeline[0].reason.as_deref(), Some("tried"));
    let row = subject
        .rows("SELECT source_id, first_name, sis_id, school, usable FROM students ORDER BY id");
    let school = town.school.to_string();
    assert_eq!(
        row[0],
        [
            source(40),
            "First40".into(),
            "00040".into(),
            school,
            "1".into()
        ]
    );
    is_well(subject, town.district);
}

/// District, kind and source id make one record.
pub fn natural_keys_are_unique(subject: &Subject) {
    let (one, two) = (Town::build(subject, 1), Town::build(subject, 2));
    let mut work = Work::begin(subject, &one, 2);
    let record = Record::new(Kind::Person);
    let again = work.act(Op::Create {
        kind: Kind::Person,
        record: &record,
        roles: &[],
        link: Some(created(&source(40))),
    });
    assert_eq!(again, Outcome::SetAside(Refusal::Exists));
    work.commit();
    // The same id in another district is somebody else's.
    assert_ne!(one.students[0], two.students[0]);
}

/// Login names are the app's, across districts; nobody is matched by them.
pub fn login_names_are_unique_in_the_app(subject: &Subject) {
    let (one, two) = (Town::build(subject, 1), Town::build(subject, 2));
    let name = |id, town: &Town| {
        let change = [FieldChange {
            field: person::LOGIN_NAME,
            before: Value::Null,
            after: Value::from("ana"),
        }];
        let mut work = Work::begin(subject, town, 2);
        let outcome = work.act(Op::Update {
            kind: Kind::Person,
            id,
            fields: &change,
        });
        work.commit();
        outcome
    };
    let has = || {
        subject
            .roster
            .read()
            .unwrap()
            .has_login_name("ana")
            .unwrap()
    };
    assert!(!has());
    assert!(name(one.students[0], &one).is_done());
    assert!(has());
    assert_eq!(
        name(two.students[0], &two),
        Outcome::SetAside(Refusal::Exists)
    );
}

/// An action whose `before` is not there is told so, and changes nothing, not even the fields that fit.
pub fn fields_change_only_from_what_they_were(subject: &Subject) {
    let town = Town::build(subject, 1);
    let change = |field, before: &'static str, after: &'static str| FieldChange {
        field,
        before: Value::from(before),
        after: Value::from(after),
    };
    let fits = [
        change(person::EMAIL, "40@example.org", "new@example.org"),
        change(person::LAST_NAME, "Last40", "New"),
    ];
    let does_not = [
        change(person::FIRST_NAME, "First40", "Other"),
        change(person::EMAIL, "40@example.org", "other@example.org"),
    ];
    let update = |fields| Op::Update {
        kind: Kind::Person,
        id: town.students[0],
        fields,
    };
    apply(subject, &town, 2, &[update(&fits)]);
    let before = dump(subject);
    let mut work = Work::begin(subject, &town, 3);
    let told = work.act(update(&does_not));
    assert_eq!(told, Outcome::Differs(Differs::Field(person::EMAIL)));
    assert_eq!(work.act(update(&[])), Outcome::SetAside(Refusal::Invalid));
    work.commit();
    assert_eq!(dump(subject), before);
    let rows = subject.rows("SELECT field, before, after FROM changed_fields ORDER BY seq, field");
    assert_eq!(rows[0], ["email", "40@example.org", "new@example.org"]);
    assert_eq!(rows[1], ["last_name", "Last40", "New"]);
}

/// Invariant 3.
pub fn nothing_refers_to_another_district(subject: &Subject) {
    let (one, two) = (Town::build(subject, 1), Town::build(subject, 2));
    let before = dump(subject);
    let mut work = Work::begin(subject, &one, 2);
    let record = Record::new(Kind::Section).with(section::SCHOOL, two.school);
    let created = work.act(Op::Create {
        kind: Kind::Section,
        record: &record,
        roles: &[],
        link: None,
    });
    assert_eq!(created, Outcome::SetAside(Refusal::Invalid));
    let fields = Record::role();
    let role = NewRole {
        role: Role::Staff,
        record: &fields,
        schools: &[(two.school, true)],
    };
    let granted = work.act(Op::GrantRole {
        person: one.teacher,
        role,
    });
    assert_eq!(granted, Outcome::SetAside(Refusal::Invalid));
    let seat = [super::sample::comes(two.students[0], crate::Seat::STUDENT)];
    let enrolled = work.act(Op::Seats {
        section: one.sections[0],
        changes: &seat,
    });
    assert_eq!(enrolled, Outcome::SetAside(Refusal::Invalid));
    let theirs = work.act(Op::Deactivate {
        person: two.students[0],
        disconnected: false,
    });
    assert_eq!(theirs, Outcome::SetAside(Refusal::Gone));
    work.commit();
    assert_eq!(dump(subject), before);
}

/// Invariant 1: work keeps its person, whatever is asked.
pub fn what_is_referred_to_is_not_removed(subject: &Subject) {
    let town = Town::build(subject, 1);
    let student = town.students[0];
    subject.rows(&format!(
        "INSERT INTO work (person, source_id, section, section_label, what, at) \
         VALUES ({student}, '{}', {}, 'Class 20', 'essay', 1)",
        source(40),
        town.sections[0]
    ));
    let mut work = Work::begin(subject, &town, 2);
    let remove = |kind, id| Op::Remove { kind, id };
    let refused = Outcome::SetAside(Refusal::InUse);
    assert_eq!(work.act(remove(Kind::Person, student)), refused);
    assert_eq!(work.act(remove(Kind::School, town.school)), refused);
    // Nobody is in the class; what was done in it names it as a label only.
    assert!(work.act(remove(Kind::Section, town.sections[0])).is_done());
    let gone = work.act(remove(Kind::Section, town.sections[0]));
    assert_eq!(gone, Outcome::Differs(Differs::State));
    work.commit();
    assert_eq!(subject.value("SELECT count(*) FROM work"), "1");
    is_well(subject, town.district);
}

/// A removal can be undone, under the same id.
pub fn a_removed_record_comes_back_whole(subject: &Subject) {
    let town = Town::build(subject, 1);
    let before = dump(subject);
    let remove = Op::Remove {
        kind: Kind::Person,
        id: town.students[2],
    };
    let run = apply(subject, &town, 2, &[remove]);
    assert_eq!(subject.value("SELECT count(*) FROM students"), "2");
    let entry = super::sample::changes(subject, run).remove(0);
    let mut work = Work::begin(subject, &town, 3);
    let undone = work.applying.invert(&entry, 1, "undone").unwrap();
    assert!(matches!(undone, crate::Undone::Done(_)), "{undone:?}");
    work.commit();
    assert_eq!(dump(subject), before);
}
