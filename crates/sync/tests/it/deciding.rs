//! What people decide, in the app's database: S04, S05, S09, S19, S32 and rows A2.5, A3.2, A3.6, A3.8, A3.10, A3.11, A3.13,
//! A3.14, A5.4.

use homeroom_client::Record;
use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Key, Local, Order, Part, Policy};
use homeroom_roster::{CrosswalkRow, Decision, Decisions as _, Kind as Stored};
use homeroom_sync::SyncError;
use homeroom_wire::{Object, V3_1};
use serde_json::{Value, json};

use crate::by_hand;
use crate::mirrors::{district, hex, record, section, student, teacher};
use crate::performing::App;
use crate::world::World;

const MANUAL: i64 = 1_000_000_900;

fn user(value: &Value) -> Record {
    record(&V3_1, Object::User, value)
}

/// A pupil with an own number and address.
fn pupil(number: u8, email: &str) -> Value {
    let mut pupil = student(number, "Ng");
    pupil["roles"]["student"]["sis_id"] = json!(format!("n{number}"));
    pupil["email"] = json!(email);
    pupil
}

/// The district with a further pupil, who is in the class.
fn with(pupil: &Value) -> Vec<Record> {
    let mut records = district();
    records.push(user(pupil));
    records
}

fn execute(app: &App, sql: &str) {
    let connection = rusqlite::Connection::open(app.path()).unwrap();
    connection.execute_batch(sql).unwrap();
}

/// An account that somebody of the app made, with work done under it.
fn manual(app: &App, email: &str) {
    execute(
        app,
        &format!(
            "INSERT INTO person (id, origin, source_state, first_name, last_name, email) VALUES ({MANUAL}, 'manual', 'never', 'C.', 'Ng', '{email}');
             INSERT INTO role (person, role) VALUES ({MANUAL}, 'student');
             INSERT INTO person_own (person, nickname) VALUES ({MANUAL}, 'Cy');
             INSERT INTO work (person, what, at) VALUES ({MANUAL}, 'essay', 1);"
        ),
    );
}

const OF_THE_ID: &str = "SELECT p.id, p.usable, p.email, o.nickname, l.state, l.evidence FROM link l \
     JOIN person p ON p.id = l.entity LEFT JOIN person_own o ON o.person = p.id WHERE l.source_id = ";

#[tokio::test]
async fn s04_a_blank_account_becomes_part_of_the_one_that_was_there() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    manual(&app, "cy@x.org");
    let records = with(&pupil(12, "Cy@x.org"));
    app.sync(records.clone()).await;
    assert_eq!(
        app.ask("SELECT count(*) FROM person WHERE last_name = 'Ng'"),
        ["2"]
    );
    app.decide("link", Decision::Accepted);
    let (_, performed) = app.sync(records.clone()).await;
    assert_eq!(performed.set_aside, []);
    let asked = format!("{OF_THE_ID}'{}'", hex(12));
    assert!(
        app.ask(&asked)[0].starts_with(&format!("{MANUAL} 1 Cy@x.org Cy active")),
        "{:?}",
        app.ask(&asked)
    );
    let seats =
        format!("SELECT count(*) FROM membership WHERE person = {MANUAL} AND opened IS NOT NULL");
    assert_eq!(app.ask(&seats), ["1"]);
    let audit = "SELECT evidence FROM audit WHERE op = 'merge'";
    assert_eq!(
        app.ask(audit),
        ["suggestion 1"],
        "who said so stands with the question"
    );
    // It comes apart again, after more work.
    let blank = app.ask("SELECT id FROM person WHERE merged_into IS NOT NULL")[0]
        .parse()
        .unwrap();
    app.orders = vec![Order::Unmerge {
        kind: Kind::Student,
        from: Local(blank),
    }];
    let (_, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, []);
    assert!(
        app.ask(&asked)[0].starts_with(&format!("{blank} 1 Cy@x.org")),
        "{:?}",
        app.ask(&asked)
    );
    assert_eq!(app.ask(&seats), ["0"]);
    assert_eq!(
        app.ask(&format!("SELECT person FROM work WHERE person = {MANUAL}"))
            .len(),
        1
    );
}

#[tokio::test]
async fn s05_after_the_merge_the_address_is_taken_over() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(with(&pupil(12, "old@x.org"))).await;
    manual(&app, "new@x.org");
    let records = with(&pupil(12, "new@x.org"));
    app.sync(records.clone()).await;
    assert_eq!(
        app.ask("SELECT code, field, state FROM conflict"),
        ["split_identity email open"]
    );
    let email = format!(
        "SELECT p.email FROM link l JOIN person p ON p.id = l.entity WHERE l.source_id = '{}'",
        hex(12)
    );
    assert_eq!(app.ask(&email), ["old@x.org"]);
    app.decide("merge", Decision::Accepted);
    let (_, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(app.ask(&email), ["new@x.org"]);
    assert_eq!(app.ask("SELECT state FROM conflict"), ["gone"]);
    assert_eq!(
        app.ask(&format!("SELECT app_state FROM person WHERE id = {MANUAL}")),
        ["merged_into"]
    );
}

fn admin() -> Value {
    let mut admin = teacher(41);
    admin["name"]["last"] = json!("Orrson");
    admin["roles"] = json!({"district_admin": {"legacy_id": hex(91), "title": "Head"}});
    admin
}

#[tokio::test]
async fn s09_either_id_signs_in_to_both_powers_and_the_join_comes_apart() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let records = with(&admin());
    app.sync(records.clone()).await;
    app.decide("join", Decision::Accepted);
    let (_, performed) = app.sync(records.clone()).await;
    assert_eq!(performed.set_aside, []);
    let sign_in = |number: u8| {
        format!(
            "SELECT person, roles FROM may_sign_in WHERE source_id = '{}'",
            hex(number)
        )
    };
    let both = app.ask(&sign_in(40));
    assert_eq!(both, app.ask(&sign_in(41)));
    assert!(both[0].ends_with("district_admin,teacher"), "{both:?}");
    // What the second record says of the person is not fought over.
    let mut changed = admin();
    changed["roles"]["district_admin"]["title"] = json!("Chief");
    let (plan, performed) = app.sync(with(&changed)).await;
    assert_eq!((performed.set_aside, plan.actions().len()), (vec![], 1));
    assert_eq!(
        app.ask("SELECT r.title FROM role r JOIN person p ON p.id = r.person WHERE role = 'district_admin' AND p.usable = 1"),
        ["Chief"]
    );
    assert_eq!(
        app.ask("SELECT count(*) FROM person WHERE last_name = 'Orr' AND usable = 1"),
        ["1"]
    );
    let second = app.ask("SELECT id FROM person WHERE merged_into IS NOT NULL")[0]
        .parse()
        .unwrap();
    app.orders = vec![Order::Unmerge {
        kind: Kind::Employee,
        from: Local(second),
    }];
    let (_, performed) = app.sync(with(&changed)).await;
    assert_eq!(performed.set_aside, []);
    assert!(
        app.ask(&sign_in(40))[0].ends_with(" teacher"),
        "{:?}",
        app.ask(&sign_in(40))
    );
    assert!(
        app.ask(&sign_in(41))[0].ends_with(" district_admin"),
        "{:?}",
        app.ask(&sign_in(41))
    );
}

#[tokio::test]
async fn s09_a_second_id_gets_an_account_of_its_own() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let records = with(&admin());
    app.sync(records.clone()).await;
    app.decide("join", Decision::Accepted);
    app.sync(records.clone()).await;
    let source = ObjectId::from_hex(&hex(41)).unwrap();
    app.orders = vec![Order::Split {
        kind: Kind::Employee,
        source,
    }];
    let (_, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, []);
    let accounts = format!(
        "SELECT DISTINCT entity FROM link WHERE source_id IN ('{}', '{}')",
        hex(40),
        hex(41)
    );
    assert_eq!(app.ask(&accounts).len(), 2);
}

#[tokio::test]
async fn a3_10_somebody_who_was_gone_gets_the_account_back() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(with(&pupil(12, "cy@x.org"))).await;
    let account = app.ask("SELECT id FROM person WHERE last_name = 'Ng'");
    app.sync(district()).await;
    let mut back = pupil(13, "cy@x.org");
    back["roles"]["student"]["sis_id"] = json!("n12");
    let mut records = with(&back);
    records[6] = record(&V3_1, Object::Section, &section(50, &[10, 13]));
    app.sync(records.clone()).await;
    app.decide("reconnect", Decision::Accepted);
    let (_, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, []);
    let known = format!(
        "SELECT entity, state FROM link WHERE source_id IN ('{}', '{}') ORDER BY state",
        hex(12),
        hex(13)
    );
    let account = &account[0];
    assert_eq!(
        app.ask(&known),
        [format!("{account} active"), format!("{account} alias")]
    );
    assert_eq!(
        app.ask(&format!("SELECT usable FROM person WHERE id = {account}")),
        ["1"]
    );
    let seats =
        format!("SELECT count(*) FROM membership WHERE person = {account} AND opened IS NOT NULL");
    assert_eq!(app.ask(&seats), ["1"]);
}

#[tokio::test]
async fn s19_what_the_app_keeps_of_a_class_goes_on() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(district()).await;
    let old = &app.ask("SELECT id FROM section")[0];
    let owner = &app.ask("SELECT person FROM role WHERE role = 'teacher'")[0];
    execute(
        &app,
        &format!(
            "INSERT INTO section_own (section, display_name) VALUES ({old}, 'Tigers');
             INSERT INTO custom_group (id, owner, section, name) VALUES (1, {owner}, {old}, 'Readers');
             INSERT INTO group_member (custom_group, person, opened) SELECT 1, person, '2026-09-22' FROM membership WHERE is_teacher = 0;"
        ),
    );
    let mut records = district();
    records[6] = record(&V3_1, Object::Section, &section(51, &[10]));
    app.sync(records.clone()).await;
    app.decide("carry_over", Decision::Accepted);
    let (_, performed) = app.sync(records.clone()).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(
        app.ask("SELECT o.display_name, s.state, s.carried_from FROM section s JOIN section_own o ON o.section = s.id ORDER BY s.id DESC LIMIT 1"),
        [format!("Tigers active {old}")]
    );
    assert_eq!(
        app.ask("SELECT count(*) FROM group_member WHERE closed IS NULL"),
        ["1"]
    );
    let (plan, _) = app.sync(records).await;
    assert_eq!(plan.actions().len(), 0, "it is carried over once");
}

#[tokio::test]
async fn s32_a_picked_class_and_later_the_rest() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    let of_its_own = record(&V3_1, Object::Section, &section(51, &[11]));
    records.push(of_its_own);
    let part = Part::Section(ObjectId::from_hex(&hex(51)).unwrap());
    let performed = app.sync_part(records.clone(), &part).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(app.ask("SELECT count(*) FROM section"), ["1"]);
    assert_eq!(app.ask("SELECT count(*) FROM person"), ["2"]);
    let (_, performed) = app.sync(records).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(
        app.ask("SELECT count(*) FROM membership WHERE is_teacher = 0"),
        ["3"]
    );
}

#[tokio::test]
async fn a_class_whose_people_wait_is_looked_at_again() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let kinds = [Kind::School, Kind::Term, Kind::Course, Kind::Employee];
    for kind in kinds {
        app.sync_part(district(), &Part::Kind(kind)).await;
    }
    // The class goes in without its pupils: they are not part of what harmless means to nobody, so only its own record is.
    let class = Part::Record(Kind::Section, ObjectId::from_hex(&hex(50)).unwrap());
    app.sync_part(district(), &class).await;
    let (_, performed) = app.sync(district()).await;
    assert_eq!(performed.set_aside, []);
    assert_eq!(
        app.ask("SELECT count(*) FROM membership WHERE is_teacher = 0"),
        ["2"]
    );
}

#[tokio::test]
async fn a2_5_findings_come_and_go_with_what_they_are_about() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(with(&pupil(12, "nonsense"))).await;
    let findings =
        "SELECT kind, code, field, reaction, closed IS NULL FROM finding WHERE field = 'email'";
    assert_eq!(app.ask(findings), ["students bad_format email drop 1"]);
    let (plan, _) = app.sync(with(&pupil(12, "nonsense"))).await;
    assert_eq!(plan.notes(), []);
    app.sync(with(&pupil(12, "cy@x.org"))).await;
    assert_eq!(app.ask(findings), ["students bad_format email drop 0"]);
}

#[tokio::test]
async fn a3_2_an_email_links_by_itself_only_where_the_app_verified_it() {
    let policy = Policy::SIS_LOCKDOWN.replace("email = \"suggest\"", "email = \"auto\"");
    for verified in [false, true] {
        let mut app = App::new(&policy);
        app.sync(district()).await;
        manual(&app, "cy@x.org");
        if verified {
            execute(&app, "UPDATE person_own SET verified_email = 'cy@x.org'");
        }
        let (plan, _) = app.sync(with(&pupil(12, "cy@x.org"))).await;
        let linked = plan
            .lines(false)
            .any(|line| line.contains("[linked_by_email]"));
        assert_eq!(linked, verified);
    }
    let mut app = App::new(&policy);
    app.sync(district()).await;
    manual(&app, "cy@x.org");
    execute(
        &app,
        "UPDATE person_own SET verified_email = 'cy@x.org', privileged = 1",
    );
    let (plan, _) = app.sync(with(&pupil(12, "cy@x.org"))).await;
    assert!(
        plan.lines(false).any(|line| line.contains("suggest_link")),
        "nobody with power is taken over"
    );
}

#[tokio::test]
async fn a3_14_a_row_of_a_crosswalk_does_its_work_once() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    app.sync(with(&pupil(12, "cy@x.org"))).await;
    let row = CrosswalkRow {
        kind: Stored::Person,
        source_ids: true,
        old: hex(12),
        new: hex(13),
        used_by: None,
    };
    app.roster
        .add_crosswalk(app.district, &[row], "ann", crate::performing::at(9))
        .unwrap();
    app.crosswalk = [(12, 13)]
        .map(|(old, new): (u8, u8)| {
            (
                ObjectId::from_hex(&hex(old)).unwrap(),
                ObjectId::from_hex(&hex(new)).unwrap(),
            )
        })
        .into();
    let mut renumbered = pupil(13, "cy@x.org");
    renumbered["roles"]["student"]["sis_id"] = json!("another");
    let (plan, _) = app.sync(with(&renumbered)).await;
    assert!(plan.lines(false).any(|line| line.contains("[crosswalk]")));
    assert_eq!(app.ask("SELECT used_by IS NOT NULL FROM crosswalk"), ["1"]);
}

#[tokio::test]
async fn a5_4_what_waits_is_picked_and_what_is_dropped_is_left_out() {
    let policy = Policy::SIS_LOCKDOWN.replace("default = \"take\"", "default = \"stage\"");
    let mut app = App::new(&policy);
    app.sync(district()).await;
    let staged = "SELECT kind, verdict FROM staged ORDER BY kind, source_id";
    assert_eq!(app.ask(staged).len(), 4, "a class and three people wait");
    assert_eq!(app.ask("SELECT count(*) FROM section"), ["0"]);
    let class = hex(50);
    app.pick(Stored::Section, &class, true);
    app.sync(district()).await;
    assert_eq!(
        app.ask("SELECT count(*) FROM section WHERE state = 'active'"),
        ["1"]
    );
    assert_eq!(
        app.ask(staged),
        ["section picked"],
        "who came along waits no longer"
    );
    app.pick(Stored::Section, &class, false);
    app.sync(district()).await;
    assert_eq!(
        app.ask("SELECT state, reason FROM section"),
        ["archived filter"]
    );
}

#[tokio::test]
async fn a3_11_a_class_that_people_made_is_adopted() {
    let mut app = App::new(Policy::SIS_LOCKDOWN);
    let mut records = district();
    let class = records.pop().unwrap();
    app.sync(records.clone()).await;
    let school = &app.ask("SELECT id FROM school")[0];
    let teacher = &app.ask("SELECT person FROM role WHERE role = 'teacher'")[0];
    execute(
        &app,
        &format!(
            "INSERT INTO section (id, origin, school, name, sis_id) VALUES (1000000901, 'manual', {school}, 'Stars', 'c1');
             INSERT INTO section_own (section, display_name) VALUES (1000000901, 'Tigers');
             INSERT INTO membership (section, person, is_teacher, source, intent, position, opened) VALUES (1000000901, {teacher}, 1, 0, 'added', 0, '2026-09-01');"
        ),
    );
    records.push(class);
    let (plan, performed) = app.sync(records).await;
    assert_eq!(
        performed.set_aside,
        [],
        "{:?}",
        plan.lines(true).collect::<Vec<_>>()
    );
    assert_eq!(
        app.ask("SELECT s.id, s.origin, s.name, o.display_name FROM section s JOIN section_own o ON o.section = s.id"),
        ["1000000901 adopted Algebra Tigers"]
    );
    assert_eq!(
        app.ask("SELECT count(*), sum(source) FROM membership WHERE section = 1000000901 AND opened IS NOT NULL"),
        ["3 3"]
    );
}

#[tokio::test(start_paused = true)]
async fn a3_13_matching_is_rehearsed_before_anything_is_linked() {
    let world = World::new(&V3_1);
    by_hand::small(&world.river);
    let never = world.engine.rehearse(&world.tenant).await;
    assert!(matches!(never, Err(SyncError::NeverRead)));
    world.sync_full().await;
    let rehearsed = world.engine.rehearse(&world.tenant).await.unwrap();
    let mut rungs = rehearsed.matching.rungs.iter();
    let by_sis_id = rungs
        .find(|rung| (rung.kind, rung.key) == (Kind::Student, Key::SisId))
        .unwrap();
    assert!(by_sis_id.records > 0 && by_sis_id.records == by_sis_id.none + by_sis_id.blank);
    assert_eq!(rehearsed.misfits, []);
}
