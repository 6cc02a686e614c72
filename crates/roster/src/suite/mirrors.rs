//! Mirrors and leases: what one run leaves for the next, and who may run.

use super::sample::{Subject, Town, at, start_run};
use crate::{Commit, Lease, MirrorRow, Refusal, RosterError, RunState};

fn row(number: i64) -> MirrorRow {
    MirrorRow {
        number,
        manifest: format!("{{\"tables\":{number}}}"),
        about: "{}".to_owned(),
        made: at(number),
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, RosterError>) -> Option<Refusal> {
    answer.unwrap_err().refusal()
}

/// Integration-side A2.1: readers that build on the same mirror are told, and what is needed stays.
pub fn mirrors_follow_each_other(subject: &Subject) {
    let town = Town::build(subject, 1);
    let keep = |fence, number| {
        subject
            .roster
            .keep_mirror(town.district, fence, &row(number))
    };
    let drop = |numbers: &[i64]| subject.roster.drop_mirrors(town.district, numbers);
    let numbers = || {
        let rows = subject.read().mirrors(town.district).unwrap();
        rows.iter().map(|row| row.number).collect::<Vec<_>>()
    };
    keep(1, 1).unwrap();
    keep(2, 2).unwrap();
    assert_eq!(refusal(keep(1, 3)), Some(Refusal::Fenced));
    assert_eq!(refusal(keep(2, 2)), Some(Refusal::Moved));
    assert_eq!(refusal(keep(2, 4)), Some(Refusal::Moved));
    keep(2, 3).unwrap();
    assert_eq!(numbers(), [3, 2, 1]);
    assert_eq!(
        subject.read().mirror(town.district, 2).unwrap(),
        Some(row(2))
    );
    assert_eq!(subject.read().mirror(town.district, 9).unwrap(), None);
    let run = apply_mirror(subject, &town, None, 2);
    let base = |run| subject.read().run(run).unwrap().unwrap().base;
    assert_eq!(base(run), None);
    assert_eq!(refusal(drop(&[1, 2])), Some(Refusal::InUse));
    assert_eq!(refusal(drop(&[3])), Some(Refusal::InUse));
    assert_eq!(numbers(), [3, 2, 1], "all or none");
    drop(&[1, 77]).unwrap();
    assert_eq!(numbers(), [3, 2]);
    // Numbers are not given twice, kept or not.
    let run = apply_mirror(subject, &town, Some(2), 3);
    assert_eq!(base(run), Some(2));
    keep(2, 4).unwrap();
    apply_mirror(subject, &town, Some(3), 4);
    drop(&[3]).unwrap();
    assert_eq!(refusal(keep(2, 3)), Some(Refusal::Moved));
    let other = Town::build(subject, 2);
    assert!(subject.read().mirrors(other.district).unwrap().is_empty());
    assert_eq!(
        refusal(subject.roster.keep_mirror(99, 1, &row(1))),
        Some(Refusal::Gone)
    );
}

fn apply_mirror(subject: &Subject, town: &Town, base: Option<i64>, mirror: i64) -> i64 {
    let run = start_run(subject, town.district, 2);
    let begin = crate::Begin {
        district: town.district,
        fence: 2,
        run,
        mirror: base,
        actor: "sync",
        at: at(5),
        on: super::sample::day(1),
    };
    let commit = Commit {
        mirror: Some(mirror),
        ..Commit::APPLIED
    };
    subject
        .roster
        .begin(&begin)
        .unwrap()
        .commit(&commit)
        .unwrap();
    run
}

/// Integration-side A4.9, B12: one writer, and a late one is refused.
pub fn a_lease_has_one_holder(subject: &Subject) {
    let town = Town::build(subject, 1);
    let lease = |holder: &str, from: i64, until: i64| {
        subject
            .roster
            .lease(town.district, holder, at(from), at(until))
    };
    let Lease::Yours { fence } = lease("a", 0, 60).unwrap() else {
        panic!("it was free");
    };
    let taken = Lease::Taken {
        holder: "a".to_owned(),
        until: at(60),
    };
    assert_eq!(lease("b", 59, 90).unwrap(), taken);
    // Renewed, even late, as long as nobody took it.
    assert_eq!(lease("a", 50, 70).unwrap(), Lease::Yours { fence });
    assert_eq!(lease("a", 75, 100).unwrap(), Lease::Yours { fence });
    assert_eq!(lease("b", 99, 120).unwrap(), {
        let (holder, until) = ("a".to_owned(), at(100));
        Lease::Taken { holder, until }
    });
    let run = start_run(subject, town.district, fence);
    let next = Lease::Yours { fence: fence + 1 };
    assert_eq!(lease("b", 100, 160).unwrap(), next);
    assert_eq!(refusal(lease("c", 100, 100)), Some(Refusal::Invalid));
    let late = subject.roster.claim(town.district, fence);
    assert_eq!(refusal(late), Some(Refusal::Fenced));
    start_run(subject, town.district, fence + 1);
    let state = subject.read().run(run).unwrap().unwrap().state;
    assert_eq!(state, RunState::Abandoned);
    let release = |holder| subject.roster.release(town.district, holder).unwrap();
    assert!(!release("a") && release("b") && !release("b"));
    assert_eq!(subject.read().lease(town.district).unwrap(), None);
    // Given back and taken again is a new writer; a number that was announced by hand counts too.
    let next = |fence| Lease::Yours { fence };
    assert_eq!(lease("b", 110, 160).unwrap(), next(fence + 2));
    subject.roster.claim(town.district, 40).unwrap();
    assert_eq!(lease("b", 111, 160).unwrap(), next(41));
    let row = subject.read().lease(town.district).unwrap().unwrap();
    assert_eq!((row.holder.as_str(), row.until), ("b", at(160)));
    assert_eq!(
        refusal(subject.roster.lease(99, "a", at(0), at(1))),
        Some(Refusal::Gone)
    );
}

/// A run says how far it is while it goes on, and not afterwards.
pub fn a_run_under_way_tells_how_far_it_is(subject: &Subject) {
    let town = Town::build(subject, 1);
    let run = start_run(subject, town.district, 1);
    let note = |words| subject.roster.note_run(town.district, run, words);
    note("{\"stage\":\"read\"}").unwrap();
    note("{\"stage\":\"plan\"}").unwrap();
    let report = || subject.read().run(run).unwrap().unwrap().report;
    assert_eq!(report().as_deref(), Some("{\"stage\":\"plan\"}"));
    assert_eq!(refusal(note("no document")), Some(Refusal::Invalid));
    // The same writer begins anew: what it left was cut short.
    start_run(subject, town.district, 1);
    assert_eq!(refusal(note("{}")), Some(Refusal::Gone));
    assert_eq!(report().as_deref(), Some("{\"stage\":\"plan\"}"));
}
