//! Runs, plans, holds, approvals, connections.

use super::sample::{Subject, Town, Work, at, day, dump, source, start_run};
use crate::{
    Approval, Commit, Connection, HoldOutcome, NewHold, NewRun, Plan, PlanState, Refusal, RunEnd,
    RunState,
};

fn plan(subject: &Subject, town: &Town, digest: &str) -> Plan {
    let plan = Plan {
        digest: digest.to_owned(),
        run: start_run(subject, town.district, 1),
        state: PlanState::Held,
        object: "object".to_owned(),
        actions: 12,
        inputs: "{}".to_owned(),
        made: at(1),
    };
    subject.roster.keep_plan(town.district, &plan).unwrap();
    plan
}

/// S02: nothing to do is a success, and moves what says so.
pub fn runs_begin_end_and_are_abandoned(subject: &Subject) {
    let town = Town::build(subject, 1);
    let first = start_run(subject, town.district, 1);
    let second = start_run(subject, town.district, 2);
    let state = |run| subject.read().run(run).unwrap().unwrap().state;
    assert_eq!(
        (state(first), state(second)),
        (RunState::Abandoned, RunState::Running)
    );
    let before = (dump(subject), subject.value("SELECT count(*) FROM audit"));
    let end = RunEnd {
        state: RunState::NoChange,
        mirror: Some(3),
        plan: None,
        report: Some("{\"noop\":5}"),
        at: at(90),
    };
    let finish = |run| {
        subject
            .roster
            .finish_run(town.district, run, &end, Some(("e9", at(80))))
    };
    finish(second).unwrap();
    assert_eq!(finish(second).unwrap_err().refusal(), Some(Refusal::Gone));
    let district = subject.read().district(town.district).unwrap().unwrap();
    assert_eq!(
        (district.last_apply, district.mirror),
        (Some(at(90)), Some(3))
    );
    assert_eq!(district.cursor.as_deref(), Some("e9"));
    assert_eq!(
        (dump(subject), subject.value("SELECT count(*) FROM audit")),
        before
    );
    let runs = subject.read().runs(town.district, 2).unwrap();
    assert_eq!((runs.len(), runs[0].id), (2, second));
    let late = start_run_refused(subject, &town);
    assert_eq!(late, Some(Refusal::Fenced));
}

fn start_run_refused(subject: &Subject, town: &Town) -> Option<Refusal> {
    let run = NewRun {
        district: town.district,
        trigger: "schedule",
        scope: "{}",
        mode: "full",
        fence: 1,
        at: at(0),
        undoes: None,
    };
    subject.roster.start_run(&run).unwrap_err().refusal()
}

/// Integration-side A4.5: what was seen is what is approved.
pub fn approvals_bind_to_a_plan_that_waits(subject: &Subject) {
    let town = Town::build(subject, 1);
    let first = plan(subject, &town, "aa");
    let approval = |digest: &str| Approval {
        digest: digest.to_owned(),
        part: String::new(),
        by: "admin".to_owned(),
        at: at(5),
        note: None,
        used_by: None,
    };
    let approve = |digest| subject.roster.approve(town.district, &approval(digest));
    let second = plan(subject, &town, "bb");
    let state = |digest| {
        subject
            .read()
            .plan(town.district, digest)
            .unwrap()
            .unwrap()
            .state
    };
    assert_eq!(
        (state("aa"), state("bb")),
        (PlanState::Stale, PlanState::Held)
    );
    assert_eq!(
        approve(&first.digest).unwrap_err().refusal(),
        Some(Refusal::Moved)
    );
    assert_eq!(approve("cc").unwrap_err().refusal(), Some(Refusal::Moved));
    approve(&second.digest).unwrap();
    let work = Work::begin(subject, &town, 2);
    let run = work.run;
    let commit = Commit {
        plan: Some("bb"),
        ..Commit::APPLIED
    };
    work.applying.commit(&commit).unwrap();
    assert_eq!(state("bb"), PlanState::Applied);
    let used = Approval {
        used_by: Some(run),
        ..approval("bb")
    };
    assert_eq!(
        subject.read().approvals(town.district, "bb").unwrap(),
        [used]
    );
    // Lines of plans that are done with are let go, those of a plan that waits are not.
    plan(subject, &town, "dd");
    let objects = || subject.read().plan_objects(town.district).unwrap();
    assert_eq!(objects(), ["object"]);
    let forget = |moment| subject.roster.forget_lines(town.district, moment).unwrap();
    assert_eq!((forget(at(1)), forget(at(2)), forget(at(2))), (0, 2, 0));
    assert_eq!(objects(), ["object"]);
    assert!(
        subject
            .roster
            .set_plan(town.district, "bb", PlanState::Discarded)
            .unwrap()
    );
    assert!(
        !subject
            .roster
            .set_plan(town.district, "zz", PlanState::Stale)
            .unwrap()
    );
}

/// A yes is used once, and ends with the plan or the roster that it was said of.
pub fn approvals_end_with_what_they_were_for(subject: &Subject) {
    let town = Town::build(subject, 1);
    let approve = |by: &str| {
        plan(subject, &town, "aa");
        let approval = Approval {
            digest: "aa".to_owned(),
            part: String::new(),
            by: by.to_owned(),
            at: at(5),
            note: None,
            used_by: None,
        };
        subject.roster.approve(town.district, &approval).unwrap();
    };
    let approvals = || {
        let approvals = subject.read().approvals(town.district, "aa").unwrap();
        let told = approvals.into_iter().map(|one| (one.by, one.used_by));
        told.collect::<Vec<_>>()
    };
    approve("admin");
    approve("somebody else");
    assert_eq!(approvals(), [("admin".to_owned(), None)]);
    let work = Work::begin(subject, &town, 2);
    let applied = work.run;
    let commit = Commit {
        plan: Some("aa"),
        ..Commit::APPLIED
    };
    work.applying.commit(&commit).unwrap();
    assert_eq!(approvals(), [("admin".to_owned(), Some(applied))]);
    // It was undone, and is planned again.
    approve("principal");
    let used = ("admin".to_owned(), Some(applied));
    assert_eq!(approvals(), [used.clone(), ("principal".to_owned(), None)]);
    let discarded = PlanState::Discarded;
    subject
        .roster
        .set_plan(town.district, "aa", discarded)
        .unwrap();
    assert_eq!(approvals(), std::slice::from_ref(&used));
    let begun = |mode, undoes| {
        let run = NewRun {
            district: town.district,
            trigger: "demand",
            scope: "{}",
            mode,
            fence: 1,
            at: at(6),
            undoes,
        };
        subject.roster.start_run(&run).unwrap()
    };
    let committed = |state, mode, undoes| {
        let run = begun(mode, undoes);
        let work = Work::of(subject, &town, 3, run);
        let commit = Commit {
            state,
            ..Commit::APPLIED
        };
        work.applying.commit(&commit).unwrap();
    };
    let ended = |state| {
        let end = RunEnd {
            state,
            mirror: None,
            plan: None,
            report: None,
            at: at(7),
        };
        let run = begun("full", None);
        let finished = subject.roster.finish_run(town.district, run, &end, None);
        finished.unwrap();
    };
    // What is planned anew is another plan, or none; or what stood is taken back.
    let ends: [&dyn Fn(); 5] = [
        &|| drop(plan(subject, &town, "bb")),
        &|| committed(RunState::NoChange, "full", None),
        &|| committed(RunState::Applied, "undo", Some(applied)),
        &|| ended(RunState::Planned),
        &|| ended(RunState::Held),
    ];
    for end in ends {
        approve("principal");
        end();
        assert_eq!(approvals(), std::slice::from_ref(&used));
    }
    // A run that came to nothing, and what people here do, are no word about it.
    approve("principal");
    ended(RunState::Failed);
    committed(RunState::NoChange, "local", None);
    assert_eq!(approvals(), [used, ("principal".to_owned(), None)]);
}

/// Integration-side B9: a new plan replaces the held one and keeps the discussion.
pub fn a_hold_is_renewed_and_keeps_its_discussion(subject: &Subject) {
    let town = Town::build(subject, 1);
    let hold = |plan, subject_of| NewHold {
        district: town.district,
        subject: subject_of,
        plan,
        pattern: "school_unshared",
        verdicts: "{}",
        at: at(1),
    };
    let open = |plan, of| subject.roster.hold(&hold(plan, of)).unwrap();
    let id = open("aa", "");
    let discuss = |hold| {
        subject
            .roster
            .discuss(town.district, hold, "admin", "asked the district", at(2))
            .unwrap()
    };
    assert!(discuss(id));
    assert_eq!(open("bb", ""), id);
    assert_ne!(open("bb", "section 9"), id);
    let holds = subject.read().holds(town.district, false).unwrap();
    assert_eq!((holds.len(), holds[0].plan.as_str()), (2, "bb"));
    assert!(holds[0].discussion.contains("asked the district"));
    let close = |hold| {
        let outcome = HoldOutcome::NoLongerNeeded;
        subject
            .roster
            .close_hold(town.district, hold, outcome, "sync", at(3))
            .unwrap()
    };
    assert!(close(id) && !close(id) && !discuss(id));
    assert_ne!(open("cc", ""), id);
    let all = subject.read().holds(town.district, true).unwrap();
    assert_eq!(
        (all.len(), all[0].outcome),
        (3, Some(HoldOutcome::NoLongerNeeded))
    );
    assert_eq!(subject.value("SELECT open_holds FROM freshness"), "2");
}

/// S40: a token that is gone takes nobody's account.
pub fn connections_of_districts_touch_no_account(subject: &Subject) {
    let town = Town::build(subject, 1);
    let before = dump(subject);
    let set = |state, until| {
        let reason = Some("token_revoked");
        subject
            .roster
            .set_connection(town.district, state, reason, until, at(7))
            .unwrap()
    };
    let signs_in = || {
        let sql = format!(
            "SELECT usable, why_not, keep_until FROM may_sign_in WHERE source_id = '{}'",
            source(40)
        );
        subject.rows(&sql).remove(0)
    };
    assert!(set(Connection::Disconnected, Some(day(30))));
    assert_eq!(signs_in(), ["1", "NULL", "2026-08-30"]);
    assert!(set(Connection::Disconnected, None));
    assert_eq!(signs_in(), ["0", "disconnected", "NULL"]);
    assert!(set(Connection::Connected, None));
    assert_eq!(signs_in(), ["1", "NULL", "NULL"]);
    assert_eq!(dump(subject), before);
}
