//! A process that is killed while it commits a large plan leaves the old database or the new one.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use homeroom_roster::field::person;
use homeroom_roster::suite::sample::{Town, Work, source};
use homeroom_roster::{Kind, Options, Record, SqliteRoster};

const PEOPLE: u32 = 4000;

/// What the killed process does; run by the test below in a process of its own.
#[test]
fn child_applies_a_large_plan() {
    let Some(path) = env::var_os("HOMEROOM_ROSTER_CRASH") else {
        return; // Nothing to see unless it is called by the test below.
    };
    let mut subject = crate::subject(Path::new(&path));
    // A small cache, so that pages reach the log long before the commit.
    let options = Options {
        write_cache: 1,
        ..Options::default()
    };
    subject.roster = Box::new(SqliteRoster::open_with(Path::new(&path), options).unwrap());
    let town = Town::build(&subject, 1);
    let mut work = Work::begin(&subject, &town, 2);
    for number in 0..PEOPLE {
        let record = Record::new(Kind::Person).with(person::FIRST_NAME, "Somebody");
        work.create(Kind::Person, &record, &source(1000 + number));
    }
    work.commit();
}

#[test]
fn kill_leaves_the_old_or_the_new() {
    let (mut old, mut new) = (0, 0);
    for pause in (0..24).map(|step| Duration::from_millis(20 * step)) {
        let (_folder, path) = crate::place();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["crash::child_applies_a_large_plan", "--exact"])
            .env("HOMEROOM_ROSTER_CRASH", &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(pause);
        child.kill().unwrap();
        child.wait().unwrap();
        let roster = SqliteRoster::open(&path).unwrap();
        assert_eq!(roster.check().unwrap(), Vec::<String>::new());
        drop(roster);
        let subject = crate::subject(&path);
        let people: u32 = subject
            .value("SELECT count(*) FROM person")
            .parse()
            .unwrap();
        let audit = subject.value("SELECT count(*) FROM audit WHERE kind = 'person'");
        assert_eq!(audit, people.to_string(), "effects and audit together");
        let links = subject.value("SELECT count(*) FROM link WHERE kind = 'person'");
        assert_eq!(links, people.to_string());
        let applied = subject.value("SELECT count(*) FROM run WHERE state = 'applied'");
        match people {
            0 | 4 => old += 1,
            people => {
                assert_eq!((people, applied.as_str()), (PEOPLE + 4, "2"));
                new += 1;
            }
        }
    }
    // How many of each depends on the machine; that nothing between them was seen does not.
    eprintln!("killed before the commit {old} times, after it {new} times");
    assert_eq!(old + new, 24);
}
