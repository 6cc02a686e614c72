//! Everything that ever happened to somebody, and who looked at it.

use std::collections::BTreeSet;

use super::sample::{Subject, Town, apply, at, comes, goes};
use crate::{AuditEntry, History, Kind, Op, Seat, Tie};

/// Integration-side B15.
pub fn who_reads_a_timeline_is_noted_for_ever(subject: &Subject) {
    let town = Town::build(subject, 1);
    let other = Town::build(subject, 2);
    let [ana, bo, _] = town.students;
    let note = |of: &[_], by, seconds| {
        let roster = &subject.roster;
        roster.note_timeline_read(town.district, of, by, at(seconds))
    };
    let reads = |of, limit| {
        let reads = subject.read().timeline_reads(town.district, of, limit);
        let told = reads.unwrap().into_iter();
        told.map(|read| (read.actor, read.at)).collect::<Vec<_>>()
    };
    let before = subject.value("SELECT count(*) FROM audit");
    note(&[Some(ana)], "ada", 1).unwrap();
    note(&[Some(bo)], "ada", 2).unwrap();
    note(&[None, Some(ana)], "grace", 3).unwrap();
    note(&[], "nobody", 4).unwrap();
    let line = |by: &str, seconds| (by.to_owned(), at(seconds));
    assert_eq!(reads(Some(ana), 9), [line("grace", 3), line("ada", 1)]);
    assert_eq!(reads(Some(ana), 1), [line("grace", 3)]);
    assert_eq!(reads(Some(bo), 9), [line("ada", 2)]);
    assert_eq!(reads(None, 9), [line("grace", 3)]);
    let theirs = subject.read().timeline_reads(other.district, None, 9);
    assert_eq!(theirs.unwrap(), []);
    // All or none.
    assert!(note(&[Some(bo), Some(other.students[0])], "ada", 5).is_err());
    assert!(note(&[Some(ana)], "", 5).is_err(), "nobody reads");
    assert_eq!(reads(Some(bo), 9).len(), 1);
    for sql in [
        "UPDATE timeline_read SET actor = 'nobody'",
        "DELETE FROM timeline_read",
        "INSERT OR REPLACE INTO timeline_read (seq, district, actor) VALUES (1, 1, 'nobody')",
    ] {
        assert!((subject.sql)(sql).is_err(), "{sql}");
    }
    // An app that shows a timeline itself notes it itself.
    subject.rows(&format!(
        "INSERT INTO timeline_read (district, subject, actor) VALUES (1, {bo}, 'counsellor 7')"
    ));
    assert_eq!(reads(Some(bo), 1)[0].0, "counsellor 7");
    let after = subject.value("SELECT count(*) FROM audit");
    assert_eq!(after, before, "a look is no change");
}

/// Integration-side A4.9.
pub fn what_happened_to_somebody_is_found_wherever_it_stands(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let seats = |changes| Op::Seats {
        section: town.sections[0],
        changes,
    };
    let (come, go) = ([comes(ana, Seat::STUDENT)], [goes(ana, Seat::STUDENT)]);
    // On one day: no table of the roster knows of it any more.
    apply(subject, &town, 2, &[seats(&come), seats(&go)]);
    let tie = Tie::Association {
        teacher: town.teacher,
        student: ana,
    };
    apply(subject, &town, 3, &[Op::Tie { tie, open: true }]);
    let merge = Op::Merge {
        from: bo,
        into: ana,
        joint: false,
    };
    apply(subject, &town, 4, &[merge]);
    subject.rows(&format!(
        "INSERT INTO custom_group (id, owner, name) VALUES (1, {}, 'Birds')",
        town.teacher
    ));
    subject.rows(&format!(
        "INSERT INTO group_member (custom_group, person, opened) VALUES (1, {ana}, '2026-08-05')"
    ));
    let history = |ids: &[i64], before, limit| {
        let found = subject.read().history(town.district, ids, before, limit);
        found.unwrap()
    };
    let ops = |id| {
        let found = history(&[id], None, 99).remove(0);
        assert_eq!((found.id, found.older), (id, 0));
        ops(found.entries)
    };
    assert_eq!(
        ops(ana),
        ["create", "enrol", "unenrol", "enrol", "merge", "enrol"]
    );
    assert_eq!(ops(bo), ["create", "merge"]);
    assert_eq!(ops(cy), ["create"]);
    assert_eq!(ops(town.teacher), ["create", "enrol", "create"]);
    assert_eq!(ops(town.sections[0]), ["create", "enrol", "unenrol"]);
    assert_eq!(ops(town.school), ["create"]);
    assert_eq!(ops(7), [""; 0], "nobody");
    // Of several at once, the newest of each, and the rest with the next question.
    let whole: Vec<i64> = seqs(&history(&[ana], None, 99)[0]);
    let newest = history(&[bo, ana], None, 4);
    assert_eq!([newest[0].id, newest[1].id], [bo, ana]);
    assert_eq!((newest[0].entries.len(), newest[0].older), (2, 0));
    assert_eq!(
        (seqs(&newest[1]), newest[1].older),
        (whole[2..].to_vec(), 2)
    );
    let before = history(&[ana], Some(whole[2]), 4);
    assert_eq!(
        (seqs(&before[0]), before[0].older),
        (whole[..2].to_vec(), 0)
    );
}

/// Of a roster on which somebody stands their history tells nobody else's place; that of the class tells all.
pub fn a_history_tells_of_nobody_else_on_the_roster(subject: &Subject) {
    let town = Town::build(subject, 1);
    let [ana, bo, cy] = town.students;
    let [class, _] = town.sections;
    let come = [ana, bo, cy].map(|id| comes(id, Seat::STUDENT));
    let seats = Op::Seats {
        section: class,
        changes: &come,
    };
    apply(subject, &town, 2, &[seats]);
    let told = |id| {
        let found = subject.read().history(town.district, &[id], None, 9);
        let mut people = BTreeSet::new();
        for entry in found.unwrap().remove(0).entries {
            entry.each_about(&mut |kind, id| {
                if kind == Kind::Person {
                    people.insert(id);
                }
            });
        }
        people.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(told(ana), [ana]);
    let mut all = [ana, bo, cy];
    all.sort_unstable();
    assert_eq!(told(class), all);
}

/// Names that the app's people gave find what they named.
pub fn own_names_are_told(subject: &Subject) {
    let town = Town::build(subject, 1);
    Town::build(subject, 2);
    let ([class, other], [ana, ..]) = (town.sections, town.students);
    subject.rows(&format!(
        "INSERT INTO section_own (section, display_name) VALUES ({class}, 'Tigers'), ({other}, NULL)"
    ));
    subject.rows(&format!(
        "INSERT INTO person_own (person, nickname) VALUES ({ana}, 'Annie')"
    ));
    let names = |district| {
        let mut names = Vec::new();
        let mut visit = |kind, id, name: &str| {
            names.push((kind, id, name.to_owned()));
            Ok(())
        };
        subject.read().own_names(district, &mut visit).unwrap();
        names
    };
    let name = |kind, id, name: &str| (kind, id, name.to_owned());
    let own = [
        name(Kind::Person, ana, "Annie"),
        name(Kind::Section, class, "Tigers"),
    ];
    assert_eq!(names(town.district), own);
    assert_eq!(names(2), []);
}

/// Integration-side A4.9: the timeline of a district.
pub fn the_newest_changes_come_page_by_page(subject: &Subject) {
    let town = Town::build(subject, 1);
    let other = Town::build(subject, 2);
    let page = |before, limit| {
        let found = subject.read().newest_changes(town.district, before, limit);
        found.unwrap()
    };
    let all: Vec<i64> = page(None, 99).iter().map(|entry| entry.seq).collect();
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted_by(|one, next| one > next), "{all:?}");
    let (first, second) = (page(None, 4), page(Some(all[3]), 4));
    let parts = first.iter().chain(&second).map(|entry| entry.seq);
    assert_eq!(parts.collect::<Vec<_>>(), all);
    let theirs = subject.read().newest_changes(other.district, None, 1);
    assert!(theirs.unwrap()[0].seq > all[0]);
}

fn seqs(of: &History) -> Vec<i64> {
    of.entries.iter().map(|entry| entry.seq).collect()
}

fn ops(entries: Vec<AuditEntry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.op).collect()
}
