//! One transaction per plan, and what a crash or an overtaken writer may not do.

use super::sample::{Subject, Town, Work, at, comes, day, dump, is_well, source, start_run};
use crate::field::{person, section};
use crate::{Begin, Commit, Kind, Op, Outcome, Record, Refusal, RunState, Seat};

/// Dropping takes everything back, ids too.
pub fn a_dropped_transaction_leaves_nothing(subject: &Subject) {
    let town = Town::build(subject, 1);
    let (before, seq) = (dump(subject), subject.value("SELECT max(seq) FROM audit"));
    let mut work = Work::begin(subject, &town, 2);
    let record = Record::new(Kind::Person).with(person::FIRST_NAME, "Ana");
    let id = work.create(Kind::Person, &record, &source(90));
    assert!(
        work.applying
            .look()
            .record(Kind::Person, id)
            .unwrap()
            .is_some()
    );
    assert!(subject.read().record(Kind::Person, id).unwrap().is_none());
    drop(work);
    assert_eq!(dump(subject), before);
    assert_eq!(subject.value("SELECT max(seq) FROM audit"), seq);
    let mut work = Work::begin(subject, &town, 2);
    assert_eq!(work.create(Kind::Person, &record, &source(90)), id);
}

/// What a commit says is true together with the effects.
pub fn cursor_run_and_effects_move_together(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let run = work.run;
    let changes = [comes(town.students[0], Seat::STUDENT)];
    work.done(Op::Seats {
        section: town.sections[0],
        changes: &changes,
    });
    assert_eq!(
        subject
            .read()
            .district(town.district)
            .unwrap()
            .unwrap()
            .cursor,
        None
    );
    let commit = Commit {
        mirror: Some(7),
        cursor: Some(("e1", at(5))),
        source_sync: Some(at(3)),
        last_read: Some(at(4)),
        policy: Some("p"),
        report: Some("{}"),
        ..Commit::APPLIED
    };
    let last = work.applying.commit(&commit).unwrap();
    let reading = subject.read();
    let district = reading.district(town.district).unwrap().unwrap();
    assert_eq!(
        (district.cursor.as_deref(), district.mirror),
        (Some("e1"), Some(7))
    );
    assert_eq!(district.cursor_at, Some(at(5)));
    assert_eq!(
        (district.source_sync, district.last_read),
        (Some(at(3)), Some(at(4)))
    );
    assert_eq!(district.last_apply, Some(at(2 * 86_400)));
    let run = reading.run(run).unwrap().unwrap();
    assert_eq!(
        (run.state, run.changes),
        (RunState::Applied, Some((last, last)))
    );
}

/// A writer with an older number is refused, whether the newer one began or only announced itself.
pub fn a_late_writer_is_refused(subject: &Subject) {
    let town = Town::build(subject, 1);
    let run = start_run(subject, town.district, 1);
    let begin = Begin {
        district: town.district,
        fence: 1,
        run,
        mirror: None,
        actor: "sync",
        at: at(1),
        on: day(1),
    };
    drop(subject.roster.begin(&begin).unwrap());
    subject.roster.claim(town.district, 3).unwrap();
    let late = subject.roster.begin(&begin).err().unwrap();
    assert_eq!(late.refusal(), Some(Refusal::Fenced), "{late}");
    let late = subject.roster.claim(town.district, 2).unwrap_err();
    assert_eq!(late.refusal(), Some(Refusal::Fenced));
    subject.roster.claim(town.district, 3).unwrap();
    let gone = subject.roster.claim(99, 1).unwrap_err();
    assert_eq!(gone.refusal(), Some(Refusal::Gone));
}

/// A plan is bound to the mirror it was made from.
pub fn a_plan_made_from_another_mirror_is_refused(subject: &Subject) {
    let town = Town::build(subject, 1);
    let commit = Commit {
        mirror: Some(2),
        ..Commit::APPLIED
    };
    Work::begin(subject, &town, 2)
        .applying
        .commit(&commit)
        .unwrap();
    let begin = Begin {
        district: town.district,
        fence: 1,
        run: start_run(subject, town.district, 1),
        mirror: Some(1),
        actor: "sync",
        at: at(1),
        on: day(1),
    };
    let moved = subject.roster.begin(&begin).err().unwrap();
    assert_eq!(moved.refusal(), Some(Refusal::Moved), "{moved}");
    let run = Begin {
        run: 5,
        mirror: Some(2),
        ..begin
    };
    let gone = subject.roster.begin(&run).err().unwrap();
    assert_eq!(gone.refusal(), Some(Refusal::Gone), "{gone}");
}

/// One bad record does not spoil the rest, and leaves no half of itself.
pub fn a_record_that_does_not_fit_is_set_aside(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let good = Record::new(Kind::Section).with(section::NAME, "Good");
    let lost =
        Record::new(Kind::Section).with(section::SCHOOL, town.district * 1_000_000_000 + 999);
    let wrong = Record::new(Kind::Section).with(section::EXT, "{");
    let mut create = |record, number| {
        work.act(Op::Create {
            kind: Kind::Section,
            record,
            roles: &[],
            link: Some(super::sample::placed(&source(number))),
        })
    };
    assert_eq!(create(&lost, 91), Outcome::SetAside(Refusal::Gone));
    assert_eq!(create(&wrong, 92), Outcome::SetAside(Refusal::Invalid));
    // The record fits, its source id does not: the record goes with it.
    assert_eq!(create(&good, 20), Outcome::SetAside(Refusal::Exists));
    assert!(create(&good, 93).is_done());
    work.commit();
    assert_eq!(subject.value("SELECT count(*) FROM section"), "3");
    is_well(subject, town.district);
}

/// The district of any id is a division.
pub fn districts_number_their_records_apart(subject: &Subject) {
    let (one, two) = (Town::build(subject, 1), Town::build(subject, 2));
    assert_ne!(one.district, two.district);
    for (town, id) in [(&one, one.students[0]), (&two, two.students[0])] {
        assert_eq!(crate::district_of(id), town.district);
    }
    let again = subject.roster.connect(&crate::NewDistrict {
        source_id: &source(1),
        name: "Other",
        at: at(9),
    });
    assert_eq!(again.unwrap(), one.district);
    assert_eq!(subject.read().districts().unwrap().len(), 2);
}

/// What was removed does not lend its id to somebody else.
pub fn ids_are_never_given_twice(subject: &Subject) {
    let town = Town::build(subject, 1);
    let mut work = Work::begin(subject, &town, 2);
    let record = Record::new(Kind::Person);
    let first = work.create(Kind::Person, &record, &source(90));
    work.done(Op::Remove {
        kind: Kind::Person,
        id: first,
    });
    assert!(work.create(Kind::Person, &record, &source(90)) > first);
    work.commit();
}
