//! What people and programs of the app do.

use homeroom_client::Clock as _;
use homeroom_model::Role;
use homeroom_roster::{Decision, Decisions as _, FieldChange, Intent, Op, Seat, SeatChange, Value};
use homeroom_testkit::Dice;

use super::app::App;
use super::story::Story;
use crate::by_hand;

/// Something happens in the app. Says what, unless it cannot happen now.
pub(crate) fn happen(app: &App, dice: &mut Dice) -> Option<String> {
    match dice.below(12) {
        0 | 1 => work(app, dice),
        2 => nickname(app, dice),
        3 => display_name(app, dice),
        4 => group(app, dice),
        5 => divided(app, dice),
        6 => leaves_group(app, dice),
        7 => manual_student(app, dice),
        8 => suspend(app, dice),
        9 => graduation_year(app, dice),
        10 => wish(app, dice),
        _ => Some(side_data(app, dice)),
    }
}

/// The answer of a query that gives one row at random.
fn any(app: &App, dice: &mut Dice, sql: &str) -> Option<String> {
    let rows = app.look.rows(sql);
    if rows.is_empty() {
        return None;
    }
    let at = usize::try_from(dice.below(rows.len() as u64)).unwrap();
    Some(rows[at].clone())
}

fn person(app: &App, dice: &mut Dice) -> Option<String> {
    any(
        app,
        dice,
        "SELECT id FROM people WHERE district = 1 AND merged_into IS NULL ORDER BY id",
    )
}

fn work(app: &App, dice: &mut Dice) -> Option<String> {
    let row = any(
        app,
        dice,
        "SELECT r.person, r.section FROM rosters AS r JOIN students AS s ON s.id = r.person WHERE s.district = 1 AND s.source_id IS NOT NULL
         ORDER BY r.person, r.section",
    )?;
    let (person, section) = row.split_once(' ')?;
    app.world.write(&format!(
        "INSERT INTO work (person, source_id, section, section_label, what, at) VALUES ({person},
         (SELECT source_id FROM people WHERE id = {person}), {section}, (SELECT name FROM classes WHERE id = {section}), 'quiz', {})",
        app.world.toy.clock().now().millis()
    ));
    Some(format!("account {person} does a quiz in class {section}"))
}

fn nickname(app: &App, dice: &mut Dice) -> Option<String> {
    let person = person(app, dice)?;
    let name = format!("Nick {}", dice.below(100));
    app.world.write(&format!(
        "INSERT INTO person_own (person, nickname, settings, changed_by) VALUES ({person}, '{name}', '{{\"theme\":1}}', 'account {person}')
         ON CONFLICT (person) DO UPDATE SET nickname = excluded.nickname"
    ));
    Some(format!("account {person} wants to be called {name}"))
}

fn display_name(app: &App, dice: &mut Dice) -> Option<String> {
    let section = any(
        app,
        dice,
        "SELECT id FROM classes WHERE district = 1 ORDER BY id",
    )?;
    let name = format!("Stars {}", dice.below(100));
    app.world.write(&format!(
        "INSERT INTO section_own (section, display_name, changed_by) VALUES ({section}, '{name}', 'a teacher')
         ON CONFLICT (section) DO UPDATE SET display_name = excluded.display_name"
    ));
    Some(format!("class {section} is shown as {name}"))
}

fn group(app: &App, dice: &mut Dice) -> Option<String> {
    let (owner, member, more) = (person(app, dice)?, person(app, dice)?, person(app, dice)?);
    let today = app.world.today();
    app.world.write(&format!(
        "INSERT INTO custom_group (owner, name, changed_by) VALUES ({owner}, 'Readers', 'account {owner}');
         INSERT OR IGNORE INTO group_member (custom_group, person, opened) VALUES (last_insert_rowid(), {member}, '{today}');
         INSERT OR IGNORE INTO group_member (custom_group, person, opened) SELECT max(id), {more}, '{today}' FROM custom_group;"
    ));
    Some(format!("a group of accounts {member} and {more}"))
}

fn divided(app: &App, dice: &mut Dice) -> Option<String> {
    let row = any(
        app,
        dice,
        "SELECT section, min(person), max(person) FROM rosters WHERE district = 1 AND role = 'student' GROUP BY section ORDER BY section",
    )?;
    let [section, one, other] = row.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let today = app.world.today();
    app.world.write(&format!(
        "INSERT INTO custom_group (owner, section, name, changed_by) VALUES ({one}, {section}, 'Half', 'a teacher');
         INSERT OR IGNORE INTO group_member (custom_group, person, opened) SELECT max(id), {one}, '{today}' FROM custom_group;
         INSERT OR IGNORE INTO group_member (custom_group, person, opened) SELECT max(id), {other}, '{today}' FROM custom_group;"
    ));
    Some(format!(
        "class {section} is divided, with accounts {one} and {other} in a part"
    ))
}

fn leaves_group(app: &App, dice: &mut Dice) -> Option<String> {
    let row = any(
        app,
        dice,
        "SELECT custom_group, person FROM group_member WHERE closed IS NULL ORDER BY 1, 2",
    )?;
    let (group, person) = row.split_once(' ')?;
    let today = app.world.today();
    app.world.write(&format!(
        "UPDATE group_member SET closed = max(opened, '{today}') WHERE custom_group = {group} AND person = {person} AND closed IS NULL"
    ));
    Some(format!("account {person} leaves group {group}"))
}

/// An account of the app's own, which the source may come to know by its SIS id.
fn manual_student(app: &App, dice: &mut Dice) -> Option<String> {
    let number = 1_900_000_000
        + app
            .look
            .number("SELECT count(*) FROM person WHERE id > 1900000000");
    let sis = 1 + dice.below(90);
    let taken = app.look.number(&format!(
        "SELECT count(*) FROM role WHERE role = 'student' AND sis_id = '{sis}'"
    ));
    if taken > 0 {
        return None;
    }
    let email = if dice.below(2) == 0 {
        format!("student{}@example.org", 1 + dice.below(90))
    } else {
        String::new()
    };
    app.world
        .own_student(number + 1, "Manual", &sis.to_string(), &email);
    Some(format!(
        "account {} is made by hand, SIS id {sis} {email}",
        number + 1
    ))
}

fn suspend(app: &App, dice: &mut Dice) -> Option<String> {
    let row = any(
        app,
        dice,
        "SELECT id, app_state = 'suspended' FROM people WHERE district = 1 AND app_state IN ('ok', 'suspended') ORDER BY id",
    )?;
    let (person, suspended) = row.split_once(' ')?;
    let id = person.parse().ok()?;
    by_hand::suspend(&app.world, id, suspended == "0");
    Some(format!(
        "account {person} is {}",
        if suspended == "0" {
            "suspended"
        } else {
            "not suspended any more"
        }
    ))
}

/// Somebody sets a year that the source sets only once.
fn graduation_year(app: &App, dice: &mut Dice) -> Option<String> {
    let row = any(
        app,
        dice,
        "SELECT id, graduation_year FROM students WHERE district = 1 AND usable ORDER BY id",
    )?;
    let (person, year) = row.split_once(' ')?;
    let id = person.parse().ok()?;
    let before = year.parse().map_or(Value::Null, Value::Integer);
    let after = 2030 + i64::try_from(dice.below(9)).unwrap();
    if before == Value::Integer(after) {
        return None;
    }
    let change = FieldChange {
        field: homeroom_roster::field::role::GRADUATION_YEAR,
        before,
        after: Value::Integer(after),
    };
    by_hand::does(
        &app.world,
        Op::UpdateRole {
            person: id,
            role: Role::Student,
            fields: &[change],
        },
    );
    Some(format!(
        "account {person} graduates in {after}, somebody says"
    ))
}

/// Somebody puts a student into a class, or takes one out, against what the source says (integration-side B6).
fn wish(app: &App, dice: &mut Dice) -> Option<String> {
    let out = dice.below(2) == 0;
    let sql = if out {
        "SELECT m.section, m.person FROM membership AS m JOIN section AS s ON s.id = m.section AND s.state = 'active'
         WHERE m.section / 1000000000 = 1 AND m.source = 1 AND m.intent IS NULL AND m.is_teacher = 0 ORDER BY 1, 2"
    } else {
        "SELECT s.id, p.id FROM section AS s, students AS p WHERE s.state = 'active' AND p.usable AND p.district = 1 AND s.id / 1000000000 = 1
         AND NOT EXISTS (SELECT 1 FROM membership AS m WHERE m.section = s.id AND m.person = p.id) ORDER BY 1, 2"
    };
    let row = any(app, dice, sql)?;
    let (section, person) = row.split_once(' ')?;
    let (before, after) = if out {
        (
            Some(Seat::STUDENT),
            Seat {
                intent: Some(Intent::Removed),
                ..Seat::STUDENT
            },
        )
    } else {
        (
            None,
            Seat {
                source: false,
                intent: Some(Intent::Added),
                ..Seat::STUDENT
            },
        )
    };
    let change = SeatChange {
        person: person.parse().ok()?,
        is_teacher: false,
        before,
        after: Some(after),
    };
    by_hand::does(
        &app.world,
        Op::Seats {
            section: section.parse().ok()?,
            changes: &[change],
        },
    );
    let how = if out { "taken out of" } else { "put into" };
    Some(format!("account {person} is {how} class {section} by hand"))
}

fn side_data(app: &App, dice: &mut Dice) -> String {
    let sis = 1 + dice.below(90);
    app.world.write(&format!(
        "INSERT OR IGNORE INTO side_data (district, key_kind, key, name, value) VALUES (1, 'sis_id', '{sis}', 'licence', 'L{sis}')"
    ));
    format!("a licence for SIS id {sis}")
}

/// People answer a question.
pub(crate) fn decide(app: &App, dice: &mut Dice, story: &Story) {
    let Some(row) = any(
        app,
        dice,
        "SELECT id, about FROM suggestion WHERE state = 'open' AND district = 1 ORDER BY id",
    ) else {
        return;
    };
    let (id, about) = row.split_once(' ').unwrap();
    let decision = if dice.below(2) == 0 {
        Decision::Accepted
    } else {
        Decision::Rejected
    };
    let at = app.world.toy.clock().now();
    let number = id.parse().unwrap();
    let done = app
        .world
        .roster
        .decide(app.world.tenant.district, number, decision, "principal", at)
        .unwrap();
    story.tell(format!(
        "  people say {} to suggestion {id}, {about}: {done}",
        decision.text()
    ));
}
