//! What was stored once can be read for ever: a file of every form that was ever released.
//!
//! The sample of the newest form is written by this test when it is run with `HOMEROOM_FREEZE=1` and the file is not there yet; a
//! file that is there never changes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_model::{Date, Role};
use homeroom_roster::suite::sample::{
    Subject, Town, Work, apply, at, comes, created, dump, goes, source,
};
use homeroom_roster::{
    Decision, FORMAT, GoalActivity, GoalEntry, GoalSum, GoalTrigger, Kind, MirrorRow,
    NewGoalDelivery, NewNotice, NewSuggestion, Op, Seat, SqliteRoster, Tie, Undone,
};

use rusqlite::Connection;

use crate::{place, subject};

const LARGEST: u64 = 600 * 1024;

/// The frozen sample of a form: the file, or what it holds as text.
pub(crate) fn frozen(form: u32, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/frozen/form-{form}.{ending}"))
}

#[test]
fn every_form_ever_stored_is_read() {
    if env::var_os("HOMEROOM_FREEZE").is_some() && !frozen(FORMAT, "sqlite").exists() {
        freeze();
    }
    for form in 1..=FORMAT {
        let (_folder, path) = place();
        let size =
            fs::copy(frozen(form, "sqlite"), &path).expect("a sample of every form; see above");
        assert!(size < LARGEST, "form {form}: {size} bytes");
        let roster = SqliteRoster::open(&path).unwrap();
        assert_eq!(roster.format().unwrap(), FORMAT);
        assert!(roster.check().unwrap().is_empty());
        drop(roster);
        let subject = subject(&path);
        assert_eq!(subject.read().broken(1).unwrap(), []);
        let mirrors = subject.read().mirrors(1).unwrap().len();
        let notices = subject.read().notices(1, false).unwrap().len();
        let asked = subject.read().suggestions(1).unwrap().len();
        let looks = subject.read().timeline_reads(1, None, 9).unwrap().len();
        assert_eq!(looks, usize::from(form >= 6));
        let sent = subject.read().goal_sent(1, 2027).unwrap().len();
        assert_eq!(sent, usize::from(form >= 7));
        let since_two = usize::from(form >= 2);
        assert_eq!((mirrors, notices, asked), (since_two, since_two, since_two));
        let mut sums = Vec::new();
        let mut visit = |sum: GoalSum| {
            sums.push((sum.minutes, sum.progress));
            Ok(())
        };
        let reading = subject.read();
        reading.goal_sums(1, at(0), at(100), &mut visit).unwrap();
        drop(reading);
        let ledger = [(32_500_000, 1_000_000)];
        assert_eq!(sums, ledger[..usize::from(form >= 4)]);
        let expected = fs::read_to_string(frozen(form, "txt")).unwrap();
        assert_eq!(dump(&subject).join("\n"), expected);
        undo_all(&subject);
    }
}

/// Form 1 had no sample of a question; form 2 keeps them, under their numbers.
#[test]
fn questions_of_form_1_are_kept() {
    let (_folder, path) = place();
    fs::copy(frozen(1, "sqlite"), &path).unwrap();
    let old = Connection::open(&path).unwrap();
    let sql = "INSERT INTO suggestion (id, district, about, kind, source_id, entity, rung, state, first_seen, last_seen, \
               decided_by) VALUES (7, 1, 'merge', 'person', 'aa', 1000000004, 'email', 'rejected', 1, 2, 'admin')";
    old.execute(sql, []).unwrap();
    drop(old);
    let subject = subject(&path);
    let kept = subject.read().suggestions(1).unwrap();
    assert_eq!((kept.len(), kept[0].id), (1, 7));
    assert_eq!(kept[0].decision, Decision::Rejected);
    let sql = "SELECT about, rung, evidence, last_seen, decided_by FROM suggestion";
    assert_eq!(
        subject.rows(sql),
        [["merge", "email", "NULL", "2", "admin"]]
    );
}

/// An audit of any age can be inverted.
fn undo_all(subject: &Subject) {
    let town = Town {
        district: 1,
        school: 0,
        sections: [0; 2],
        teacher: 0,
        students: [0; 3],
    };
    let entries = subject.read().changes(0, 1000).unwrap();
    let mut work = Work::begin(subject, &town, 9);
    let engine = entries.iter().rev().filter(|entry| entry.run.is_some());
    let undone: Vec<_> = engine
        .map(|entry| work.applying.invert(entry, 1, "undone").unwrap())
        .collect();
    work.commit();
    // Who was in a class for a week, and where, stays: that was so.
    let kept = undone
        .iter()
        .filter(|undone| !matches!(undone, Undone::Done(_)))
        .count();
    assert_eq!((undone.len(), kept), (13, 6), "{undone:?}");
}

/// One of everything.
fn freeze() {
    let (_folder, path) = place();
    let subject = subject(&path);
    let town = Town::build(&subject, 1);
    let [ana, bo, cy] = town.students;
    let seats = [
        comes(ana, Seat::STUDENT),
        comes(bo, Seat::STUDENT),
        comes(town.teacher, Seat::teacher(0)),
    ];
    let enrol = Op::Seats {
        section: town.sections[0],
        changes: &seats,
    };
    let tie = Op::Tie {
        tie: Tie::Association {
            teacher: town.teacher,
            student: cy,
        },
        open: true,
    };
    apply(&subject, &town, 2, &[enrol, tie]);
    let leave = [goes(bo, Seat::STUDENT)];
    let leave = Op::Seats {
        section: town.sections[0],
        changes: &leave,
    };
    let (old, new) = (source(30), source(31));
    let rekey = Op::Rekey {
        kind: Kind::Person,
        old: &old,
        new: created(&new),
    };
    let revoke = Op::RevokeRole {
        person: town.teacher,
        role: Role::Teacher,
    };
    let merge = Op::Merge {
        from: cy,
        into: bo,
        joint: false,
    };
    apply(&subject, &town, 5, &[leave, rekey, revoke, merge]);
    subject.rows(&format!(
        "INSERT INTO person_own (person, nickname) VALUES ({ana}, 'Nan')"
    ));
    subject.rows(&format!(
        "INSERT INTO work (person, section, what, at) VALUES ({ana}, {}, 'essay', 1)",
        town.sections[0]
    ));
    mirror(&subject);
    let review = Op::Suggest(NewSuggestion {
        about: "review",
        kind: Kind::Person,
        source_id: &old,
        entity: bo,
        rung: "missing",
        evidence: None,
    });
    apply(&subject, &town, 6, &[review]);
    subject.rows(&format!(
        "UPDATE person_own SET privileged = 1, verified_email = '40@example.org' WHERE person = {ana}"
    ));
    ledger(&subject, ana);
    // Form 6.
    let by = "admin";
    subject
        .roster
        .note_timeline_read(1, &[None], by, at(9))
        .unwrap();
    delivery(&subject);
    let lines = dump(&subject).join("\n");
    drop(subject);
    fs::create_dir_all(frozen(FORMAT, "sqlite").parent().unwrap()).unwrap();
    fs::copy(&path, frozen(FORMAT, "sqlite")).unwrap();
    fs::write(frozen(FORMAT, "txt"), lines).unwrap();
}

/// What form 2 brought.
fn mirror(subject: &Subject) {
    let mirror = MirrorRow {
        number: 1,
        manifest: "{}".to_owned(),
        about: "{}".to_owned(),
        made: at(1),
    };
    subject.roster.keep_mirror(1, 1, &mirror).unwrap();
    subject.rows(
        "INSERT INTO lease (district, holder, fence, since, until) VALUES (1, 'engine', 1, 1, 2)",
    );
    let notice = NewNotice {
        district: 1,
        code: "held",
        subject: "",
        detail: None,
        at: at(1),
    };
    subject.roster.raise(&notice).unwrap();
}

/// What form 4 brought.
fn ledger(subject: &Subject, ana: i64) {
    let one = GoalActivity {
        activity: "quiz 7",
        person: ana,
        at: at(7),
        minutes: 32_500_000,
        progress: 1_000_000,
    };
    let undone = GoalEntry::Undone {
        activity: "quiz 6",
        reason: Some("deleted"),
    };
    let entries = [GoalEntry::Done(one), undone];
    subject
        .roster
        .record_activities(1, &entries, "app", at(8))
        .unwrap();
}

/// What form 7 brought.
fn delivery(subject: &Subject) {
    let delivery = NewGoalDelivery {
        district: 1,
        trigger: GoalTrigger::Schedule,
        at: at(9),
        year: 2027,
        day: Date::new(2026, 9, 21).unwrap(),
        part: 1,
        metric: "lessons_completed",
        students: 1,
        bytes: 100,
        digest: "abc",
        sent: &[(source(40), 32_500_000)],
    };
    subject.roster.begin_delivery(&delivery).unwrap();
}
