//! Summaries and patterns: what a person sees of a plan.

use homeroom_change::{
    Circumstances, Guard, Guards, PatternKind, Plan, Served, Summary, SummaryLimits, Verb,
};
use homeroom_segment::Candidate;

use crate::ledger::Ledger;
use crate::people::{District, Pupil};

fn summary(ledger: &Ledger, plan: &Plan, candidate: &Candidate) -> Summary {
    let limits = SummaryLimits {
        samples: 4,
        school_samples: 2,
        id_changes: 3,
    };
    plan.summary(
        ledger.snapshot(),
        candidate,
        &Guards::default(),
        &Circumstances::default(),
        &limits,
    )
}

/// What a change of a district looks like, and which guards hold it.
fn looks_like(change: impl FnOnce(&mut District)) -> (Vec<(PatternKind, Served)>, Vec<Guard>) {
    let mut ledger = Ledger::new();
    let mut district = District::new(100);
    ledger.publish(&district.candidate());
    change(&mut district);
    let candidate = district.candidate();
    let plan = ledger.compare(&candidate);
    let summary = summary(&ledger, &plan, &candidate);
    let text = serde_json::to_string(&summary).unwrap();
    for word in ["First", "Last", "@", "Renamed", "2010-"] {
        assert!(!text.contains(word), "{word} is personal: {text}");
    }
    let mut guards: Vec<_> = summary.triggers().map(|verdict| verdict.guard).collect();
    guards.dedup();
    let patterns = summary.patterns.iter();
    (
        patterns.map(|found| (found.pattern, found.kind)).collect(),
        guards,
    )
}

#[test]
fn a_quiet_day_looks_like_nothing() {
    let (patterns, guards) = looks_like(|district| {
        district.students.remove(3);
        district.students[5].last = "Renamed".to_owned();
        district.students[6].id = "S9999".to_owned();
    });
    assert_eq!((patterns, guards), (vec![], vec![]));
}

#[test]
fn other_ids_for_the_same_people_are_recognised() {
    let (patterns, guards) = looks_like(|district| {
        for (number, pupil) in district.students.iter_mut().enumerate().take(30) {
            pupil.id = format!("NEW{number}");
        }
    });
    assert_eq!(patterns, [(PatternKind::MassRekey, Served::Students)]);
    assert_eq!(
        guards,
        [Guard::Deletions, Guard::SchoolDeletions, Guard::KeysChanged]
    );
}

#[test]
fn lost_zeros_and_other_capitals_are_recognised() {
    let zeros = |district: &mut District| {
        for pupil in &mut district.students {
            pupil.id = pupil.id.trim_start_matches('0').to_owned();
        }
    };
    let (patterns, guards) = looks_like(zeros);
    assert!(patterns.contains(&(PatternKind::LeadingZerosLost, Served::Students)));
    assert!(guards.contains(&Guard::LeadingZerosLost));
    let (patterns, guards) = looks_like(|district| {
        for teacher in &mut district.teachers {
            teacher.0 = teacher.0.to_lowercase();
        }
    });
    assert!(patterns.contains(&(PatternKind::KeyCaseChanged, Served::Teachers)));
    assert!(guards.contains(&Guard::KeyCaseChanged));
}

#[test]
fn everything_under_other_ids_is_another_system() {
    let (patterns, _) = looks_like(|district| {
        for pupil in &mut district.students {
            pupil.id = format!("x{}", pupil.id);
        }
        for teacher in &mut district.teachers {
            teacher.0 = format!("x{}", teacher.0);
        }
    });
    assert!(patterns.contains(&(PatternKind::ChangeOfSis, Served::Students)));
}

#[test]
fn a_file_cut_off_is_not_a_hundred_people_who_left() {
    let (patterns, _) = looks_like(|district| district.students.truncate(60));
    assert_eq!(patterns, [(PatternKind::TruncatedFile, Served::Students)]);
    let (patterns, _) = looks_like(|district| {
        let mut number = 0;
        district.students.retain(|_| {
            number += 1;
            number % 3 != 0
        });
    });
    assert_eq!(patterns, [], "every third is no end of a file");
}

#[test]
fn swapped_and_shifted_columns_are_held() {
    let (patterns, guards) = looks_like(|district| {
        for pupil in &mut district.students {
            std::mem::swap(&mut pupil.first, &mut pupil.last);
        }
    });
    assert_eq!(patterns, [(PatternKind::SwappedNames, Served::Students)]);
    assert_eq!(guards, [Guard::NamesChanged]);
    let (patterns, guards) = looks_like(|district| {
        let first: Vec<_> = district
            .students
            .iter()
            .map(|pupil| pupil.last.clone())
            .collect();
        for (pupil, last) in district.students.iter_mut().zip(first.into_iter().skip(1)) {
            pupil.last = last;
        }
    });
    assert_eq!(patterns, [(PatternKind::NamesChanged, Served::Students)]);
    assert_eq!(guards, [Guard::NamesChanged]);
}

#[test]
fn emails_of_everybody_and_moves_of_everybody_are_held() {
    let (patterns, guards) = looks_like(|district| {
        for teacher in &mut district.teachers {
            teacher.1 = format!("new.{}", teacher.1);
        }
    });
    assert_eq!(patterns, [(PatternKind::MassEmailChange, Served::Teachers)]);
    assert_eq!(guards, [Guard::EmailMassChange]);
    let (patterns, guards) = looks_like(|district| {
        for pupil in &mut district.students {
            pupil.school = 1 - pupil.school;
        }
    });
    assert_eq!(patterns, [(PatternKind::SchoolMassMove, Served::Students)]);
    assert_eq!(guards, [Guard::SchoolMassMove]);
}

#[test]
fn a_school_that_is_gone_is_named() {
    let (patterns, guards) =
        looks_like(|district| district.students.retain(|pupil| pupil.school == 0));
    assert!(patterns.contains(&(PatternKind::SchoolVanished, Served::Students)));
    assert!(guards.contains(&Guard::SchoolVanished));
    let (patterns, guards) = looks_like(|district| district.teachers.clear());
    assert!(patterns.contains(&(PatternKind::TypeVanished, Served::Teachers)));
    assert!(guards.contains(&Guard::TypeVanished));
}

#[test]
fn a_new_year_looks_like_one() {
    let (patterns, _) = looks_like(|district| {
        for pupil in &mut district.students {
            pupil.grade += 1;
        }
    });
    assert_eq!(patterns, [(PatternKind::Rollover, Served::Students)]);
}

#[test]
fn counts_samples_and_schools_agree() {
    let mut ledger = Ledger::new();
    let mut district = District::new(100);
    ledger.publish(&district.candidate());
    district.students.drain(10..20);
    for number in 0..6 {
        let pupil = Pupil::new(200 + number);
        district.students.push(pupil);
    }
    district.students[0].last = "Renamed".to_owned();
    district.students[1].school = 1;
    let candidate = district.candidate();
    let plan = ledger.compare(&candidate);
    let summary = summary(&ledger, &plan, &candidate);
    let students = summary
        .types
        .iter()
        .find(|found| found.kind == Served::Students);
    let students = students.unwrap();
    let tally = students.tally;
    assert_eq!(
        (tally.created, tally.updated, tally.deleted, tally.unchanged),
        (6, 2, 10, 88)
    );
    assert_eq!(students.total_after, 96);
    let of = |verb: Verb| {
        let samples = students
            .samples
            .iter()
            .filter(move |sample| sample.action == verb);
        samples
            .map(|sample| sample.sis_id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Verb::Create), ["00200", "00201", "00202", "00203"]);
    assert_eq!(of(Verb::Update), ["00000", "00001"]);
    assert_eq!(of(Verb::Delete), ["00010", "00011", "00012", "00013"]);
    let renamed = &students.samples[4];
    assert_eq!(renamed.fields, ["last_name"]);
    assert!(renamed.clever_id.is_some() && renamed.school.as_deref() == Some("A"));
    let schools: Vec<_> = summary
        .schools
        .iter()
        .map(|school| school.school.as_str())
        .collect();
    assert_eq!(schools, ["A", "B"]);
    let in_schools = summary.schools.iter().flat_map(|school| &school.types);
    let in_schools = in_schools.filter(|found| found.kind == Served::Students);
    let (mut created, mut deleted) = (0, 0);
    for found in in_schools {
        created += found.tally.created;
        deleted += found.tally.deleted;
        assert!(found.samples.len() <= 2 * 4);
    }
    assert_eq!((created, deleted), (6, 10));
    let again = ledger.compare(&candidate);
    assert_eq!(
        serde_json::to_string(&summary).unwrap(),
        serde_json::to_string(&self::summary(&ledger, &again, &candidate)).unwrap()
    );
}

#[test]
fn enrollments_that_move_are_told_apart() {
    let mut ledger = Ledger::new();
    let mut district = District::new(20);
    ledger.publish(&district.candidate());
    // Students 0 to 4 go from section 0 to section 1 of the same course; 5 to 7 leave it.
    for pupil in &mut district.students[0..5] {
        pupil.section = Some(1);
    }
    for pupil in &mut district.students[5..8] {
        pupil.section = None;
    }
    let candidate = district.candidate();
    let plan = ledger.compare(&candidate);
    let moved = summary(&ledger, &plan, &candidate).moved_enrollments;
    assert_eq!((moved.same_course, moved.same_term), (5, 0));
    let tally = plan.counts().of(Served::Enrollments);
    assert_eq!((tally.created, tally.deleted), (5, 8));
}

#[test]
fn id_changes_are_listed_by_their_ids_in_the_sis() {
    let mut ledger = Ledger::new();
    let mut district = District::new(100);
    ledger.publish(&district.candidate());
    for pupil in &mut district.students[0..5] {
        pupil.id = format!("n{}", pupil.id);
    }
    let candidate = district.candidate();
    let plan = ledger.compare(&candidate);
    let changes = summary(&ledger, &plan, &candidate).id_changes;
    assert_eq!(changes.rekeyed[&Served::Students], 5);
    let pairs: Vec<_> = changes
        .rekeys
        .iter()
        .map(|change| (change.from.as_str(), change.to.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("00000", "n00000"),
            ("00001", "n00001"),
            ("00002", "n00002")
        ]
    );
}
