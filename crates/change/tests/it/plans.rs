//! What a plan says: counts, lines, digest, and its refusal to be carried out on other inputs.

use homeroom_change::{AssignError, Fate, Served, Settings, Verb, assign};
use homeroom_model::{IdRange, Kind};
use homeroom_segment::Relation;

use crate::ledger::Ledger;
use crate::roster::{Job, Lesson, Pupil, Roster};

fn roster() -> Roster {
    let mut roster = Roster {
        schools: [(1, 0), (2, 0)].into(),
        courses: [(1, 0)].into(),
        ..Roster::default()
    };
    for id in 1..=3 {
        let schools = [1].into();
        roster.students.insert(id, Pupil { name: 0, schools });
    }
    let job = |email| Job {
        email,
        ..Job::default()
    };
    roster.roles = [((0, 1), job(1)), ((0, 2), job(2)), ((1, 1), job(1))].into();
    roster.contacts = [(1, 0), (2, 0)].into();
    roster.links = [((1, 1), 0), ((2, 2), 0)].into();
    let lesson = Lesson {
        school: 1,
        course: Some(1),
        teachers: vec![1, 2],
        students: [1, 2].into(),
        ..Lesson::default()
    };
    roster.sections = [(1, lesson)].into();
    roster
}

/// Publishes the roster, changes it, and shows the lines of the plan without ids.
fn lines(change: impl FnOnce(&mut Roster)) -> Vec<String> {
    let mut ledger = Ledger::new();
    let mut roster = roster();
    ledger.publish(&roster.candidate(0));
    change(&mut roster);
    let candidate = roster.candidate(0);
    let plan = ledger.compare(&candidate);
    let actions = plan.actions(ledger.snapshot(), &candidate);
    let line = |action: homeroom_change::Action| {
        let known = action.verb != Verb::Create;
        assert_eq!(action.id.is_some(), known, "{action}");
        let hash = action.key.starts_with('#');
        let key = if hash { "#".to_owned() } else { action.key };
        homeroom_change::Action {
            id: None,
            key,
            ..action
        }
        .to_string()
    };
    actions.map(line).collect()
}

#[test]
fn lines_say_what_and_why() {
    assert!(lines(|_| {}).is_empty());
    assert_eq!(
        lines(|roster| {
            roster.students.get_mut(&1).unwrap().name = 1;
            roster.students.get_mut(&2).unwrap().schools = [1, 2].into();
            roster.students.remove(&3);
            roster.students.insert(4, roster.students[&1].clone());
        }),
        [
            "update students student 1: last_name",
            "update students student 2: student_schools",
            "create students student 4: new",
            "delete students student 3: no longer sent",
        ]
    );
}

#[test]
fn a_contact_is_updated_with_its_ties() {
    assert_eq!(
        lines(|roster| {
            roster.links.insert((1, 1), 1);
            roster.links.insert((2, 1), 0);
        }),
        [
            "update contacts contact 1: ties to students",
            "update contacts contact 2: ties to students",
            "update contact_links #: type",
            "create contact_links #: new",
        ]
    );
}

#[test]
fn people_are_named_by_their_roles() {
    assert_eq!(
        lines(|roster| {
            roster.roles.get_mut(&(1, 1)).unwrap().email = 2;
            roster.roles.insert((2, 1), Job::default());
        }),
        [
            "update employees teacher:teacher 1: loses the role staff",
            "update employees teacher:teacher 2 staff:staff 1: gains the role staff",
            "create employees district_admin: new",
        ]
    );
    assert_eq!(
        lines(|roster| {
            roster.roles.get_mut(&(1, 1)).unwrap().email = 5;
            roster.roles.remove(&(0, 1));
        }),
        [
            "update employees staff:staff 1: loses the role teacher, staff_email",
            "update sections section 1: section_teachers",
        ]
    );
}

#[test]
fn a_section_notices_when_a_teacher_gets_another_id_as_a_teacher() {
    // The person stays, by the staff role; versions 1 and 2 show the teacher's own id.
    assert_eq!(
        lines(|roster| {
            let job = roster.roles.remove(&(0, 1)).unwrap();
            roster.roles.insert((0, 3), job);
            roster.sections.get_mut(&1).unwrap().teachers = vec![3, 2];
        }),
        [
            "update employees teacher:teacher 3 staff:staff 1: teacher_sis_id",
            "update sections section 1: section_teachers",
        ]
    );
}

#[test]
fn counts_are_those_of_the_api() {
    let mut ledger = Ledger::new();
    let mut roster = roster();
    let plan = ledger.publish(&roster.candidate(0));
    let created = |kind| plan.counts().of(kind).created;
    let all = [
        (Served::Schools, 2),
        (Served::Users, 7),
        (Served::Students, 3),
        (Served::Teachers, 2),
        (Served::Staff, 1),
        (Served::DistrictAdmins, 0),
        (Served::Contacts, 2),
        (Served::Sections, 1),
        (Served::Courses, 1),
        (Served::Terms, 0),
        (Served::Enrollments, 2),
    ];
    assert_eq!(all.map(|(kind, _)| kind), Served::ALL);
    for (kind, count) in all {
        assert_eq!(created(kind), count, "{kind}");
    }
    roster.sections.get_mut(&1).unwrap().students = [2, 3].into();
    roster.contacts.insert(1, 1);
    roster.courses.insert(1, 1);
    let plan = ledger.compare(&roster.candidate(0));
    for (kind, tally) in plan.counts().iter() {
        let expected = match kind {
            Served::Enrollments => (1, 0, 1),
            Served::Users | Served::Contacts | Served::Sections | Served::Courses => (0, 1, 0),
            _ => (0, 0, 0),
        };
        assert_eq!(
            (tally.created, tally.updated, tally.deleted),
            expected,
            "{kind}"
        );
    }
    assert_eq!(plan.ids_needed(), 0, "an enrollment has no id");
}

#[test]
fn the_order_of_teachers_counts_and_that_of_students_does_not() {
    let mut ledger = Ledger::new();
    let mut roster = roster();
    ledger.publish(&roster.candidate(0));
    assert!(ledger.compare(&roster.candidate(77)).is_empty());
    roster.sections.get_mut(&1).unwrap().teachers.reverse();
    let plan = ledger.publish(&roster.candidate(0));
    assert!(matches!(plan.fates(Kind::Section), [Fate::Updated(0)]));
    let teachers = ledger
        .snapshot()
        .lists(Relation::SectionTeachers)
        .get(0)
        .to_vec();
    assert!(!teachers.is_sorted());
}

#[test]
fn the_digest_is_of_what_is_planned() {
    let digest = |change: &dyn Fn(&mut Roster), order: u64| {
        let mut ledger = Ledger::new();
        let mut roster = roster();
        ledger.publish(&roster.candidate(0));
        change(&mut roster);
        ledger.compare(&roster.candidate(order)).digest()
    };
    let name = |roster: &mut Roster| roster.students.get_mut(&1).unwrap().name = 1;
    let other_name = |roster: &mut Roster| roster.students.get_mut(&1).unwrap().name = 2;
    let enroll = |roster: &mut Roster| {
        roster.sections.get_mut(&1).unwrap().students.insert(3);
    };
    let expel = |roster: &mut Roster| {
        roster.sections.get_mut(&1).unwrap().students.remove(&2);
    };
    assert_eq!(digest(&name, 0), digest(&name, 9));
    let all = [
        digest(&|_| {}, 0),
        digest(&name, 0),
        digest(&other_name, 0),
        digest(&enroll, 0),
        digest(&expel, 0),
    ];
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
}

#[test]
fn ids_are_not_given_for_another_candidate_nor_out_of_too_few() {
    let mut ledger = Ledger::new();
    let mut roster = roster();
    ledger.publish(&roster.candidate(0));
    roster.schools.insert(3, 0);
    let candidate = roster.candidate(0);
    let plan = ledger.compare(&candidate);
    roster.schools.insert(4, 0);
    let other = roster.candidate(0);
    let settings = Settings::new(ledger.now);
    let last = ledger.last();
    let range = Some(IdRange {
        seconds: u32::MAX,
        fence: [0; 5],
        count: 1,
    });
    let try_assign = |candidate, range| {
        assign(
            &plan,
            &last.snapshot,
            &last.departed,
            candidate,
            range,
            &settings,
        )
        .err()
    };
    assert_eq!(try_assign(&other, range), Some(AssignError::OtherInputs));
    let short = AssignError::TooFewIds {
        needed: 1,
        reserved: 0,
    };
    assert_eq!(try_assign(&candidate, None), Some(short));
    assert_eq!(try_assign(&candidate, range), None);
}
