//! As what people may sign in, and what they are told (integration-side A3.7, A3.9, A6.1, A6.2, A6.14).

use homeroom_model::Role;

use super::sample::{Subject, Town, apply, is_well, source};
use crate::field::profile;
use crate::{Fits, Kind, NewRole, Op, Record, SideRow};

fn staff() -> Record<'static> {
    Record::role()
}

/// A3.7: three ways to read several roles.
pub fn powers_follow_the_policy(subject: &Subject) {
    let town = Town::build(subject, 1);
    let fields = staff();
    let grant = Op::GrantRole {
        person: town.teacher,
        role: NewRole {
            role: Role::Staff,
            record: &fields,
            schools: &[],
        },
    };
    apply(subject, &town, 2, &[grant]);
    let of = |what: &str| {
        let sql = format!(
            "SELECT {what} FROM may_sign_in WHERE person = {}",
            town.teacher
        );
        subject.value(&sql)
    };
    let choices = || {
        subject.rows(&format!(
            "SELECT role, is_default FROM sign_in_choices WHERE person = {} ORDER BY role",
            town.teacher
        ))
    };
    assert_eq!(of("powers"), "staff");
    assert_eq!(choices(), [["staff", "1"]]);
    for (run, before, after, powers, count) in [
        (3, "highest", "teacher_only_for_teachers", "teacher", 1),
        (4, "teacher_only_for_teachers", "choose_at_login", "NULL", 2),
        (5, "choose_at_login", "highest", "staff", 1),
    ] {
        apply(subject, &town, run, &[Op::Powers { before, after }]);
        assert_eq!(of("powers"), powers);
        assert_eq!(choices().len(), count, "{after}");
        let district = subject.read().district(1).unwrap().unwrap();
        assert_eq!(district.powers, after);
    }
    is_well(subject, town.district);
}

/// A3.9, A6.1: each profile that goes on is a choice, with the name of what it is for.
pub fn profiles_are_what_people_choose(subject: &Subject) {
    let town = Town::build(subject, 1);
    let of_class = Record::new(Kind::Profile)
        .with(profile::PERSON, town.students[0])
        .with(profile::SECTION, town.sections[0]);
    let of_school = Record::new(Kind::Profile)
        .with(profile::PERSON, town.students[0])
        .with(profile::SCHOOL, town.school);
    let of_role = Record::new(Kind::Profile)
        .with(profile::PERSON, town.students[0])
        .with(profile::ROLE, "student");
    let create = |record| Op::Create {
        kind: Kind::Profile,
        record,
        roles: &[],
        link: None,
    };
    let made = [create(&of_class), create(&of_school), create(&of_role)];
    apply(subject, &town, 2, &made);
    let choices = || {
        subject.rows(&format!(
            "SELECT label, role, is_default FROM sign_in_choices WHERE source_id = '{}' ORDER BY label",
            source(40)
        ))
    };
    let expected = [
        ["Class 20", "student", "0"],
        ["Lake", "student", "1"],
        ["student", "student", "0"],
    ];
    assert_eq!(choices(), expected);
    let id: i64 = subject
        .value("SELECT id FROM profile WHERE section IS NOT NULL")
        .parse()
        .unwrap();
    let archive = Op::Archive {
        kind: Kind::Profile,
        id,
    };
    apply(subject, &town, 3, &[archive]);
    assert_eq!(choices(), expected.get(1..).unwrap());
    is_well(subject, town.district);
}

/// A6.2: one person is told something until it is over.
pub fn a_person_is_told_until_it_is_over(subject: &Subject) {
    let town = Town::build(subject, 1);
    let tell = |detail| Op::Notice {
        person: town.students[1],
        code: "without_class",
        detail,
    };
    let told = || subject.rows("SELECT subject, detail FROM notices WHERE code = 'without_class'");
    apply(
        subject,
        &town,
        2,
        &[tell(Some("soon")), tell(Some("later"))],
    );
    assert_eq!(told(), [[town.students[1].to_string(), "later".to_owned()]]);
    apply(subject, &town, 3, &[tell(None)]);
    assert_eq!(told(), Vec::<Vec<String>>::new());
}

/// A6.14: an upload says whom its ids mean, and values stay with their people.
pub fn side_data_says_whom_it_means(subject: &Subject) {
    let town = Town::build(subject, 1);
    let key = source(30);
    let row = |source_id: bool, key, value| SideRow {
        source_id,
        key,
        name: "licence",
        value,
    };
    let rows = [
        row(true, key.as_str(), Some("A")),
        row(false, "00040", Some("B")),
        row(false, "nobody", Some("C")),
    ];
    let fits = subject.roster.put_side_data(1, &rows).unwrap();
    let expected = [
        Fits::Person(town.teacher),
        Fits::Person(town.students[0]),
        Fits::Nobody,
    ];
    assert_eq!(fits, expected);
    let values = || subject.rows("SELECT person, value FROM side_values ORDER BY value");
    let of = |person: i64, value: &str| vec![person.to_string(), value.to_owned()];
    assert_eq!(
        values(),
        [
            of(town.teacher, "A"),
            of(town.students[0], "B"),
            vec!["NULL".to_owned(), "C".to_owned()]
        ]
    );
    let again = [row(false, "00040", Some("B2")), row(false, "nobody", None)];
    subject.roster.put_side_data(1, &again).unwrap();
    assert_eq!(
        values(),
        [of(town.teacher, "A"), of(town.students[0], "B2")]
    );
}
