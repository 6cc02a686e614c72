//! A4.9: everything that ever happened to a person, a class, a district; and who looked.

use homeroom_roster::{AuditEntry, Kind, Op, Record, field};
use homeroom_sync::{Timeline, Timelines};
use homeroom_testkit::toy::{school, section, student, teacher};
use homeroom_wire::V3_1;

use crate::by_hand;
use crate::world::World;

async fn asked(world: &World, about: &str, by: &str) -> Timelines {
    let engine = &world.engine;
    engine.timeline(&world.tenant, about, by).await.unwrap()
}

/// The only one who is meant.
async fn one(world: &World, about: &str, by: &str) -> Timeline {
    let mut asked = asked(world, about, by).await;
    assert_eq!((asked.found.len(), asked.more), (1, 0), "{about}");
    asked.found.remove(0)
}

fn ops(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.op.as_str()).collect()
}

fn readers(timeline: &Timeline) -> Vec<&str> {
    let looks = timeline.read_before.iter();
    looks.map(|look| look.actor.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn a4_09_everything_about_somebody_by_whatever_names_them() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(1).named("Ana", "Li").sis("00417").put();
    world.start().await;
    world.days(1);
    world.river.unenrol(section(1), student(1));
    world.sync().await;
    let account = world.account(student(1));
    world.days(1);
    world.river.leave(student(1));
    world.sync().await;
    world.days(1);
    world.river.student(40).put();
    world.sync().await;
    by_hand::merge(&world, world.account(student(2)), account);
    // Nothing that is shared names her any more, and what happened to her stands with her class and with another account, too.
    let number = account.to_string();
    let names = [
        "00417",
        "  ANA Li ",
        "li",
        "student1@example.org",
        &student(1).to_hex(),
        &number,
    ];
    for (before, about) in names.iter().enumerate() {
        let ana = one(&world, about, &format!("reader {before}")).await;
        assert_eq!((ana.kind, ana.id), (Kind::Person, account), "{about}");
        let ops = ops(&ana.entries);
        for op in ["create", "enrol", "unenrol", "deactivate", "merge"] {
            assert!(ops.contains(&op), "{about}: {ops:?} has no {op}");
        }
        assert!(ana.entries.is_sorted_by(|one, next| one.seq < next.seq));
        let sources: Vec<_> = ana.sources.iter().map(|(id, _)| id.as_str()).collect();
        assert!(sources.contains(&student(1).to_hex().as_str()));
        assert!(sources.contains(&student(2).to_hex().as_str()), "{about}");
        // Newest first, and not this one.
        let earlier: Vec<_> = (0..before).rev().map(|by| format!("reader {by}")).collect();
        assert_eq!(readers(&ana), earlier, "{about}");
    }
    for (about, kind) in [
        (section(1).to_hex(), Kind::Section),
        (school(1).to_hex(), Kind::School),
        (teacher(1).to_hex(), Kind::Person),
    ] {
        let of = one(&world, &about, "ada").await;
        assert_eq!((of.kind, ops(&of.entries)[0]), (kind, "create"));
        assert!(of.record.is_some());
    }
    let nobody = asked(&world, "nobody", "ada").await;
    assert_eq!((nobody.found.len(), nobody.more), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a4_09_who_was_made_here_is_found_before_anything_is_read() {
    let world = World::new(&V3_1);
    let record = Record::new(Kind::Person).with(field::person::LAST_NAME, "Handmade");
    let made = Op::Create {
        kind: Kind::Person,
        record: &record,
        roles: &[],
        link: None,
    };
    by_hand::does(&world, made);
    let id = world.number("SELECT id FROM person");
    let found = one(&world, "handmade", "ada").await;
    assert_eq!((found.id, ops(&found.entries)), (id, vec!["create"]));
}

#[tokio::test(start_paused = true)]
async fn a4_09_nothing_is_shown_that_is_not_noted() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let tenant = &world.tenant;
    let newest = async |before, limit| {
        let engine = &world.engine;
        engine.newest_changes(tenant, before, limit, "ada").await
    };
    let all = newest(None, 1000).await.unwrap();
    assert_eq!((all.before, all.read_before.len()), (None, 0));
    let mut paged = Vec::new();
    let mut before = None;
    loop {
        let page = newest(before, 1).await.unwrap();
        assert_eq!(page.entries.len(), 1);
        paged.extend(page.entries.iter().map(|entry| entry.seq));
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    let all: Vec<_> = all.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(paged, all);
    assert!(all.is_sorted_by(|one, next| one > next));
    let before = newest(None, 1).await.unwrap().read_before;
    assert_eq!((before.len(), before[0].actor.as_str()), (20, "ada"));
    // What a person's timeline shows is theirs, and its readers too.
    let student = student(5).to_hex();
    assert_eq!(readers(&one(&world, &student, "ada").await), [""; 0]);
    let connection = rusqlite::Connection::open(world.roster.path()).unwrap();
    let full = "CREATE TRIGGER app_full BEFORE INSERT ON timeline_read BEGIN SELECT raise(ABORT, 'full'); END";
    connection.execute_batch(full).unwrap();
    assert!(
        world
            .engine
            .timeline(tenant, &student, "eve")
            .await
            .is_err()
    );
    assert!(newest(None, 1).await.is_err());
    connection.execute_batch("DROP TRIGGER app_full").unwrap();
    assert_eq!(readers(&one(&world, &student, "ada").await), ["ada"]);
}
