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
fn days_on_which_goals_were_off_are_told_and_forget_nothing() {
    for (on, days_off, says) in [
        (0, 0, "No whole day is over since sending began."),
        (0, 1, "Goals were off on the last day."),
        (0, 7, "Goals were off on all of the last 7 days."),
        (7, 0, "Nothing was accepted on 0 of the last 7 days."),
        (
            5,
            2,
            "Nothing was accepted on 0 of the last 5 days with Goals on; they were off on 2 others.",
        ),
    ] {
        let facts = Facts {
            days: vec![true; on],
            days_off,
            ..good()
        };
        let found = check(&facts);
        assert_eq!(found[0].says, says);
        for (criterion, known) in [
            (Criterion::DailyDelivery, on > 0),
            (Criterion::TotalsNeverFall, on > 0 || days_off > 0),
            (Criterion::ZeroAtYearStart, on > 0 || days_off > 0),
        ] {
            let found = found.iter().find(|found| found.criterion == criterion);
            let outcome = found.unwrap().outcome;
            assert_eq!(outcome != Outcome::Unknown, known, "{says} {criterion:?}");
        }
    }
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
