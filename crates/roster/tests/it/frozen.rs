//! What was stored once can be read for ever: a file of every form that was ever released.
//!
//! The sample of the newest form is written by this test when it is run with `HOMEROOM_FREEZE=1` and the file is not there yet; a
//! file that is there never changes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_model::Role;
use homeroom_roster::suite::sample::{
    Subject, Town, Work, apply, comes, created, dump, goes, source,
};
use homeroom_roster::{FORMAT, Kind, Op, Seat, SqliteRoster, Tie, Undone};

use crate::{place, subject};

const LARGEST: u64 = 600 * 1024;

fn frozen(form: u32, ending: &str) -> PathBuf {
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
        let expected = fs::read_to_string(frozen(form, "txt")).unwrap();
        assert_eq!(dump(&subject).join("\n"), expected);
        undo_all(&subject);
    }
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
    let lines = dump(&subject).join("\n");
    drop(subject);
    fs::create_dir_all(frozen(1, "sqlite").parent().unwrap()).unwrap();
    fs::copy(&path, frozen(FORMAT, "sqlite")).unwrap();
    fs::write(frozen(FORMAT, "txt"), lines).unwrap();
}
