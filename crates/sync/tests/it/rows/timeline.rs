//! A4.9: everything that ever happened to a person, a class, a district; and who looked.

use homeroom_roster::{AuditEntry, Kind, Op, Record, field};
use homeroom_sync::{Timeline, Timelines};
use homeroom_testkit::toy::{school, section, student, teacher};
use homeroom_wire::V3_1;

use crate::by_hand;
use crate::world::World;

async fn asked(world: &World, about: &str, by: &str) -> Timelines {
    let engine = &world.engine;
    let asked = engine.timeline(&world.tenant, about, (None, 1000), by);
    asked.await.unwrap()
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

/// An app with a small district in which student 1 is Ana Li.
async fn with_ana() -> World {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.river.student(1).named("Ana", "Li").sis("00417").put();
    world.start().await;
    world
}

fn readers(timeline: &Timeline) -> Vec<&str> {
    let looks = timeline.read_before.iter();
    looks.map(|look| look.actor.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn a4_09_everything_about_somebody_by_whatever_names_them() {
    let world = with_ana().await;
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
        engine.newest_changes(tenant, (before, limit), "ada").await
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
    let student = student(5).to_hex();
    let connection = rusqlite::Connection::open(world.roster.path()).unwrap();
    let full = "CREATE TRIGGER app_full BEFORE INSERT ON timeline_read BEGIN SELECT raise(ABORT, 'full'); END";
    connection.execute_batch(full).unwrap();
    assert!(
        world
            .engine
            .timeline(tenant, &student, (None, 9), "eve")
            .await
            .is_err()
    );
    assert!(newest(None, 1).await.is_err());
    connection.execute_batch("DROP TRIGGER app_full").unwrap();
    let readers = readers(&one(&world, &student, "ada").await).concat();
    assert!(!readers.contains("eve"), "{readers}");
}

/// Integration-side B15: whoever is told of with a class or with a district was read, too.
#[tokio::test(start_paused = true)]
async fn a4_09_everybody_of_whom_a_timeline_tells_was_looked_at() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    let made = world.number("SELECT max(seq) FROM audit");
    world.river.unenrol(section(1), student(1));
    world.sync().await;
    let engine = &world.engine;
    let page = (None, 1);
    let newest = engine.newest_changes(&world.tenant, page, "ann").await;
    let newest = newest.unwrap().entries;
    assert_eq!((ops(&newest), newest[0].seq), (vec!["unenrol"], made + 1));
    one(&world, &section(1).to_hex(), "bea").await;
    let looks = |by: &str| {
        let sql = format!(
            "SELECT count(*) FROM timeline_read AS t JOIN person AS p ON p.id = t.subject WHERE t.actor = '{by}'"
        );
        world.number(&sql)
    };
    // Three students, one of whom left, and a teacher.
    assert_eq!((looks("ann"), looks("bea")), (1, 4));
    // Of somebody on a roster only their own place is told, so nobody else's is noted.
    let ana = one(&world, &student(1).to_hex(), "cat").await;
    assert_eq!(readers(&ana), ["bea", "ann"]);
    assert_eq!(looks("cat"), 1);
    let moe = one(&world, &teacher(1).to_hex(), "dot").await;
    assert_eq!(readers(&moe), ["bea"]);
}

#[tokio::test(start_paused = true)]
async fn a4_09_long_timelines_come_page_by_page() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    world.start().await;
    for sis in ["1", "2", "3"] {
        world.days(1);
        world.river.student(1).sis(sis).put();
        world.sync().await;
    }
    let account = student(1).to_hex();
    let all = one(&world, &account, "ada").await;
    assert_eq!((all.entries.len() > 4, all.older), (true, 0));
    let page = async |before, limit| {
        let engine = &world.engine;
        let asked = engine.timeline(&world.tenant, &account, (before, limit), "ada");
        asked.await.unwrap().found.remove(0)
    };
    let newest = page(None, 2).await;
    let older = all.entries.len() - 2;
    assert_eq!(newest.entries, all.entries[older..]);
    assert_eq!(newest.older, older as u64);
    let rest = page(Some(newest.entries[0].seq), 1000).await;
    assert_eq!(rest.entries, all.entries[..older]);
    assert_eq!(rest.older, 0);
    assert_eq!(page(None, 0).await.entries.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a4_09_who_left_is_found_by_every_name_that_finds_who_is_here() {
    let world = with_ana().await;
    let connection = rusqlite::Connection::open(world.roster.path()).unwrap();
    let own = format!(
        "INSERT INTO person_own (person, nickname) VALUES ({}, 'Annie'); \
         INSERT INTO section_own (section, display_name) SELECT entity, 'Tigers' FROM link WHERE source_id = '{}'",
        world.account(student(1)),
        section(1).to_hex()
    );
    connection.execute_batch(&own).unwrap();
    let names = ["Li, Ana", "Ana Li", "Li", "00417", "annie"];
    for name in names {
        let account = world.account(student(1));
        assert_eq!(one(&world, name, "ada").await.id, account, "{name}");
    }
    assert_eq!(one(&world, "tigers", "ada").await.kind, Kind::Section);
    world.days(1);
    world.river.leave(student(1));
    world.sync().await;
    // A second time: no mirror has her any more.
    world.days(1);
    world.river.student(40).put();
    world.sync().await;
    for name in names {
        let account = world.account(student(1));
        assert_eq!(one(&world, name, "ada").await.id, account, "{name}");
    }
}
