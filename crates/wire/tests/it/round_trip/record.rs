//! Arbitrary records.

use homeroom_model::{
    ClosedList, Contact, ContactLink, Course, Date, DistrictAdmin, Employee, Ext, Listed, Location,
    Name, Resource, ResourceRole, School, Section, Staff, Student, Teacher, Term, Text,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// One of everything.
#[derive(Clone, Debug)]
pub(super) struct Records {
    pub(super) school: School<'static>,
    pub(super) course: Course<'static>,
    pub(super) term: Term<'static>,
    pub(super) student: Student<'static>,
    pub(super) employee: Employee<'static>,
    pub(super) contact: Contact<'static>,
    pub(super) link: ContactLink<'static>,
    pub(super) section: Section<'static>,
    pub(super) resource: Resource<'static>,
}

/// Texts, often empty, often with what JSON must escape.
fn text() -> BoxedStrategy<Text<'static>> {
    prop_oneof![
        2 => Just(String::new()),
        3 => "[a-z0-9]{1,6}",
        2 => any::<String>(),
        1 => "[\"\\\\\n\u{1}é/ ]{1,4}",
    ]
    .prop_map(Text::from)
    .boxed()
}

fn listed<L: ClosedList + std::fmt::Debug>() -> BoxedStrategy<Listed<'static, L>> {
    prop_oneof![
        1 => Just(Listed::Blank),
        4 => select(L::ALL).prop_map(Listed::Known),
    ]
    .boxed()
}

fn date() -> BoxedStrategy<Option<Date>> {
    prop::option::of((1i16..=9999, 1i8..=12, 1i8..=31))
        .prop_map(|parts| parts.and_then(|(year, month, day)| Date::new(year, month, day)))
        .boxed()
}

fn ext() -> BoxedStrategy<Ext<'static>> {
    vec((text(), text()), 0..3)
        .prop_map(|pairs| {
            let mut ext = Ext::default();
            for (name, value) in pairs {
                ext.set(name, value);
            }
            ext
        })
        .boxed()
}

fn name() -> BoxedStrategy<Name<'static>> {
    (text(), text(), text())
        .prop_map(|(first, middle, last)| Name {
            first,
            middle,
            last,
        })
        .boxed()
}

fn location() -> BoxedStrategy<Location<'static>> {
    (text(), text(), text(), text())
        .prop_map(|(address, city, state, zip)| Location {
            address,
            city,
            state,
            zip,
        })
        .boxed()
}

fn school() -> BoxedStrategy<School<'static>> {
    let texts = [(); 9].map(|()| text());
    (texts, listed(), listed(), location(), ext(), any::<bool>())
        .prop_map(|(texts, low_grade, high_grade, location, ext, custom)| {
            let [
                sis_id,
                name,
                number,
                state_id,
                nces_id,
                mdr_number,
                principal,
                principal_email,
                phone,
            ] = texts;
            School {
                sis_id,
                name,
                number,
                state_id,
                nces_id,
                mdr_number,
                low_grade,
                high_grade,
                principal,
                principal_email,
                phone,
                location,
                ext,
                custom,
            }
        })
        .boxed()
}

fn student() -> BoxedStrategy<Student<'static>> {
    let texts = [(); 7].map(|()| text());
    let lists = (
        listed(),
        listed(),
        listed(),
        listed(),
        listed(),
        listed(),
        listed(),
        listed(),
    );
    let programmes = (listed(), listed(), listed(), listed());
    let rest = (name(), name(), date(), location(), ext(), any::<bool>());
    (texts, lists, programmes, rest)
        .prop_map(|(texts, lists, programmes, rest)| {
            let [
                sis_id,
                school_sis_id,
                number,
                state_id,
                graduation_year,
                email,
                username,
            ] = texts;
            let (grade, gender, race, hispanic, home_language, ell, iep, frl) = lists;
            let (section_504, gifted, disability_status, disability) = programmes;
            let (name, preferred_name, dob, location, ext, custom) = rest;
            Student {
                sis_id,
                school_sis_id,
                number,
                state_id,
                name,
                preferred_name,
                grade,
                gender,
                graduation_year,
                dob,
                race,
                hispanic,
                home_language,
                ell,
                iep,
                frl,
                section_504,
                gifted,
                disability_status,
                disability,
                location,
                email,
                username,
                ext,
                custom,
            }
        })
        .boxed()
}

fn employee() -> BoxedStrategy<Employee<'static>> {
    let teacher = ([(); 7].map(|()| text()), name(), ext()).prop_map(|(texts, name, ext)| {
        let [
            sis_id,
            school_sis_id,
            number,
            state_id,
            email,
            title,
            username,
        ] = texts;
        Teacher {
            sis_id,
            school_sis_id,
            number,
            state_id,
            email,
            name,
            title,
            username,
            ext,
            custom: false,
        }
    });
    let staff = ([(); 5].map(|()| text()), name(), ext(), vec(text(), 0..3)).prop_map(
        |(texts, name, ext, roles)| {
            let [staff_id, email, department, title, username] = texts;
            Staff {
                staff_id,
                email,
                name,
                department,
                title,
                username,
                roles,
                ext,
                kept_by_hand: true,
                custom: false,
            }
        },
    );
    let admin =
        ([(); 3].map(|()| text()), name()).prop_map(|([key, email, title], name)| DistrictAdmin {
            key,
            email,
            name,
            title,
        });
    (teacher, staff, admin, 1u8..8)
        .prop_map(|(teacher, staff, admin, roles)| Employee {
            teacher: (roles & 1 != 0).then_some(teacher),
            staff: (roles & 2 != 0).then_some(staff),
            admin: (roles & 4 != 0).then_some(admin),
        })
        .boxed()
}

fn section() -> BoxedStrategy<Section<'static>> {
    let texts = [(); 7].map(|()| text());
    (texts, listed(), listed(), ext())
        .prop_map(|(texts, grade, subject, ext)| {
            let [
                sis_id,
                name,
                number,
                period,
                course_description,
                term_start_as_sent,
                term_end_as_sent,
            ] = texts;
            Section {
                sis_id,
                name,
                number,
                period,
                grade,
                subject,
                course_description,
                term_start_as_sent,
                term_end_as_sent,
                ext,
                custom: true,
            }
        })
        .boxed()
}

pub(super) fn records() -> BoxedStrategy<Box<Records>> {
    let classes = (
        (text(), text()).prop_map(|(name, number)| Course { name, number }),
        (text(), date(), date()).prop_map(|(name, start, end)| Term { name, start, end }),
        section(),
        (
            text(),
            text(),
            subsequence(ResourceRole::ALL.to_vec(), 0..=2),
        )
            .prop_map(|(resource_id, title, roles)| Resource {
                resource_id,
                title,
                roles,
            }),
    );
    let contact = ([(); 4].map(|()| text()), listed()).prop_map(
        |([sis_id, name, email, phone], phone_type)| Contact {
            sis_id,
            name,
            email,
            phone,
            phone_type,
        },
    );
    let link =
        (listed(), listed()).prop_map(|(relationship, kind)| ContactLink { relationship, kind });
    (school(), student(), employee(), contact, link, classes)
        .prop_map(
            |(school, student, employee, contact, link, (course, term, section, resource))| {
                Box::new(Records {
                    school,
                    course,
                    term,
                    student,
                    employee,
                    contact,
                    link,
                    section,
                    resource,
                })
            },
        )
        .boxed()
}
