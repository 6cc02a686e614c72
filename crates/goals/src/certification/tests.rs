use super::*;

fn good() -> Facts {
    Facts {
        days: vec![true; 7],
        active: 100,
        covered: 100,
        changed_by_resend: Some(0),
        saw_year_begin: true,
        key: Some("lessons_completed".to_owned()),
        busy: 40,
        moved: 20,
        counts_finished_work: Some(true),
        ..Facts::default()
    }
}

fn not_passed(facts: &Facts) -> Vec<(Criterion, Outcome)> {
    let findings = check(facts)
        .into_iter()
        .map(|finding| (finding.criterion, finding.outcome));
    findings
        .filter(|(_, outcome)| *outcome != Outcome::Pass)
        .collect()
}

#[test]
fn a_good_feed_passes_and_every_fault_fails_its_criterion() {
    assert_eq!(not_passed(&good()), []);
    for (criterion, facts) in [
        (
            Criterion::DailyDelivery,
            Facts {
                days: vec![true, false],
                ..good()
            },
        ),
        (
            Criterion::EveryStudentCovered,
            Facts {
                covered: 99,
                ..good()
            },
        ),
        (
            Criterion::RightToken,
            Facts {
                refused: 1,
                ..good()
            },
        ),
        (
            Criterion::ResendHarmless,
            Facts {
                changed_by_resend: Some(1),
                ..good()
            },
        ),
        (
            Criterion::TotalsNeverFall,
            Facts {
                regressions: 1,
                ..good()
            },
        ),
        (
            // Repaired since.
            Criterion::TotalsNeverFall,
            Facts {
                days_fallen: 1,
                ..good()
            },
        ),
        (
            Criterion::ZeroAtYearStart,
            Facts {
                not_from_zero: 1,
                ..good()
            },
        ),
        (
            Criterion::KeyName,
            Facts {
                key: Some("progress".to_owned()),
                ..good()
            },
        ),
        (
            Criterion::KeyName,
            Facts {
                left_out: Some(left_out("lessons_completed", Some("books_read"))),
                ..good()
            },
        ),
        (
            Criterion::MovesWeekly,
            Facts {
                moved: 19,
                ..good()
            },
        ),
        (
            Criterion::CountsFinishedWork,
            Facts {
                counts_finished_work: Some(false),
                ..good()
            },
        ),
    ] {
        assert_eq!(not_passed(&facts), [(criterion, Outcome::Fail)]);
    }
}

#[test]
fn goals_that_were_off_are_told_and_are_no_fault_of_the_token() {
    let facts = Facts { off: 3, ..good() };
    assert_eq!(not_passed(&facts), []);
    let says = check(&facts).swap_remove(2).says;
    assert!(says.starts_with("0 requests") && says.contains("3 came while Goals were off"));
}

#[test]
fn what_is_wrong_is_known_before_a_day_is_over() {
    let facts = Facts {
        refused: 1,
        days_fallen: 1,
        ..Facts::default()
    };
    let known = check(&facts).into_iter().filter_map(|finding| {
        (finding.outcome != Outcome::Unknown).then_some((finding.criterion, finding.outcome))
    });
    let expected = [Criterion::RightToken, Criterion::TotalsNeverFall];
    assert!(known.eq(expected.map(|criterion| (criterion, Outcome::Fail))));
}

#[test]
fn nothing_seen_is_nothing_known() {
    let findings = check(&Facts::default());
    assert_eq!(findings.len(), 9);
    assert!(
        findings
            .iter()
            .all(|finding| finding.outcome == Outcome::Unknown),
        "{findings:?}"
    );
    assert!(findings.is_sorted_by_key(|finding| finding.criterion));
}
