//! What holds after any step (integration-side B16), each as a check with its number in its name. A check looks at the app's
//! database before and after a step and at what the source has, and says what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_roster::Roster as _;

use super::look::{Look, Rows};
use super::shown::{self, Shared, readable};
use crate::world::World;

/// Complaints, as sentences.
pub(crate) type Wrong = Vec<String>;

/// What an app's database holds.
pub(crate) struct State {
    pub(crate) rows: Rows,
    pub(crate) own: Vec<String>,
    pub(crate) years: BTreeMap<String, String>,
    pub(crate) members: BTreeSet<String>,
    pub(crate) changes: i64,
    /// Source ids of people who are present and of classes that are active.
    pub(crate) here: BTreeSet<String>,
    /// Who the source puts into which class, by source ids.
    pub(crate) seats: BTreeSet<(String, String)>,
    /// Students of active classes by the source's word: class and person, by the app's ids.
    pub(crate) students: BTreeSet<(String, String)>,
    /// People who are present, and classes that are active, by the app's ids.
    pub(crate) people: BTreeSet<String>,
    pub(crate) classes: BTreeSet<String>,
}

impl State {
    pub(crate) fn of(look: &Look) -> Self {
        let district = look.district;
        let here = format!(
            "SELECT source_id FROM people WHERE source_state IN ('present', 'disconnected') AND merged_into IS NULL AND source_id IS NOT NULL
                 AND roles NOT LIKE '%contact%' AND district = {district}
             UNION SELECT source_id FROM classes WHERE active AND source_id IS NOT NULL AND district = {district}"
        );
        let seats = format!(
            "SELECT s.source_id, p.source_id FROM membership AS m JOIN classes AS s ON s.id = m.section AND s.active
             JOIN people AS p ON p.id = m.person WHERE m.source = 1 AND s.source_id IS NOT NULL AND p.source_id IS NOT NULL
                 AND s.district = {district}"
        );
        let students = format!(
            "SELECT m.section, m.person FROM membership AS m JOIN classes AS s ON s.id = m.section AND s.active
             WHERE m.source = 1 AND m.opened IS NOT NULL AND NOT m.is_teacher AND s.source_id IS NOT NULL AND s.district = {district}"
        );
        let pair = |row: String| {
            let (section, person) = row.split_once(' ').unwrap();
            (section.to_owned(), person.to_owned())
        };
        Self {
            rows: look.roster(),
            own: look.own(),
            years: look.years(),
            members: look.members(),
            changes: look.last_change(),
            here: look.rows(&here).into_iter().collect(),
            seats: look.rows(&seats).into_iter().map(pair).collect(),
            students: look.rows(&students).into_iter().map(pair).collect(),
            people: look
                .rows(
                    "SELECT id FROM people WHERE source_state = 'present' AND merged_into IS NULL",
                )
                .into_iter()
                .collect(),
            classes: look
                .rows("SELECT id FROM classes WHERE active")
                .into_iter()
                .collect(),
        }
    }
}

/// When records and seats were last not in the source, counted in changes of it.
#[derive(Default)]
pub(crate) struct Absences {
    turn: u64,
    known: BTreeSet<String>,
    seated: BTreeSet<(String, String)>,
    ids: BTreeMap<String, u64>,
    seats: BTreeMap<(String, String), u64>,
    /// Whatever was absent before this turn, the app knows.
    settled: u64,
}

impl Absences {
    /// The source is so now.
    pub(crate) fn note(&mut self, shared: &Shared) {
        self.turn += 1;
        for id in self.known.difference(&shared.ids) {
            self.ids.insert(id.clone(), self.turn);
        }
        for seat in self.seated.difference(&shared.seats) {
            self.seats.insert(seat.clone(), self.turn);
        }
        self.known.extend(shared.ids.iter().cloned());
        self.seated.extend(shared.seats.iter().cloned());
    }

    /// The app shows what the source has.
    pub(crate) fn settle(&mut self) {
        self.settled = self.turn;
    }

    fn was_absent(&self, id: &str) -> bool {
        self.ids.get(id).is_some_and(|turn| *turn > self.settled)
    }

    fn was_unseated(&self, seat: &(String, String)) -> bool {
        let alone = self
            .seats
            .get(seat)
            .is_some_and(|turn| *turn > self.settled);
        alone || !self.seated.contains(seat) || self.was_absent(&seat.0) || self.was_absent(&seat.1)
    }
}

/// B16.1: no sync deletes a learning record; each still is of somebody.
pub(crate) fn b16_01_work_stays(before: &State, after: &State, look: &Look) -> Wrong {
    let work = |state: &State| -> Vec<String> {
        let rows = state.own.iter().filter(|row| row.starts_with("work "));
        rows.cloned().collect()
    };
    let mut wrong = differences("work", &work(before), &work(after));
    let lost = look.number(
        "SELECT count(*) FROM work AS w WHERE NOT EXISTS (SELECT 1 FROM work_of_accounts AS a JOIN person AS p ON p.id = a.account
         WHERE a.id = w.id)",
    );
    if lost > 0 {
        wrong.push(format!("{lost} rows of work belong to nobody"));
    }
    wrong
}

/// B16.2: two present source ids share no account unless somebody said so.
pub(crate) fn b16_02_one_id_one_account(look: &Look) -> Wrong {
    let shared = look.rows(
        "SELECT group_concat(l.source_id, ' ') FROM link AS l WHERE l.state IN ('active', 'joint') GROUP BY l.entity
         HAVING count(*) > 1 AND (sum(l.state = 'joint' AND l.evidence IS NULL) > 0 OR NOT EXISTS (SELECT 1 FROM suggestion AS s
             WHERE s.state = 'accepted' AND (s.entity = l.entity OR s.source_id IN (SELECT source_id FROM link WHERE entity = l.entity))))",
    );
    let shared = shared
        .iter()
        .map(|ids| format!("one account for {}", readable(ids)));
    shared.collect()
}

/// B16.3: nothing of one district refers to another, and a run of one leaves the other as it is.
pub(crate) fn b16_03_districts_apart(look: &Look, other: Option<(&State, &State)>) -> Wrong {
    let mut wrong = Vec::new();
    for (what, sql) in [
        ("a link", "SELECT count(*) FROM link WHERE entity / 1000000000 <> district"),
        ("a seat", "SELECT count(*) FROM membership WHERE section / 1000000000 <> person / 1000000000"),
        ("a seat that ended", "SELECT count(*) FROM membership_past WHERE section / 1000000000 <> person / 1000000000"),
        ("a school of a role", "SELECT count(*) FROM role_school WHERE school / 1000000000 <> person / 1000000000"),
        ("a tie", "SELECT count(*) FROM relationship WHERE contact / 1000000000 <> student / 1000000000"),
        ("an association", "SELECT count(*) FROM association WHERE teacher / 1000000000 <> student / 1000000000"),
        ("a merge", "SELECT count(*) FROM person WHERE merged_into / 1000000000 <> id / 1000000000"),
        (
            "a place of a section",
            "SELECT count(*) FROM section WHERE school / 1000000000 <> id / 1000000000 OR term / 1000000000 <> id / 1000000000
                 OR course / 1000000000 <> id / 1000000000 OR carried_from / 1000000000 <> id / 1000000000",
        ),
        ("a suggestion", "SELECT count(*) FROM suggestion WHERE entity / 1000000000 <> district"),
        (
            "a row of the audit",
            "SELECT count(*) FROM audit WHERE run IS NOT NULL AND (run / 1000000000 <> district
                 OR (subject >= 1000000000 AND subject / 1000000000 <> district))",
        ),
    ] {
        let often = look.number(sql);
        if often > 0 {
            wrong.push(format!("{what} across districts, {often} times"));
        }
    }
    if let Some((before, after)) = other {
        for (key, rows) in changed(&before.rows, &after.rows) {
            wrong.push(format!("the other district's {} {}: {rows}", key.0, key.1));
        }
        if before.changes != after.changes {
            wrong.push("the audit of the other district grew".to_owned());
        }
    }
    wrong
}

/// B16.4: the app shows what the source has. `left_out` are ids that wait for people.
pub(crate) fn b16_04_app_is_source(world: &World, look: &Look, contacts: bool) -> Wrong {
    let one = world.toy.version().family == homeroom_wire::Family::One;
    let shared = shown::shared(&world.river, contacts);
    let mut shows = shown::shows(look, contacts, !one);
    for id in &shared.without_email {
        shows.retain(|line| !line.starts_with(&format!("email {id} ")));
    }
    let joint = look.joint();
    // Who is in a class against the word of the source is B16.11's matter.
    let wished = look.rows(
        "SELECT 'seat', s.source_id, p.source_id FROM membership AS m JOIN classes AS s ON s.id = m.section
         JOIN people AS p ON p.id = m.person WHERE m.intent IS NOT NULL AND s.source_id IS NOT NULL AND p.source_id IS NOT NULL",
    );
    let mut expected = shown::canonical(&shared.lines, &joint);
    for seat in &wished {
        expected.retain(|line| !line.starts_with(seat));
        shows.retain(|line| !line.starts_with(seat));
    }
    shown::difference(&expected, &shows, &look.undecided())
}

/// B16.6 and B10: who was in the source all the time is not switched off, and no class loses who was in it all the time,
/// however the district was read.
pub(crate) fn b16_06_who_is_there_stays(
    before: &State,
    after: &State,
    absences: &Absences,
) -> Wrong {
    let people = before
        .here
        .difference(&after.here)
        .filter(|id| !absences.was_absent(id));
    let mut wrong: Wrong = people
        .map(|id| format!("{} was there all the time and is off", readable(id)))
        .collect();
    let seats = before.seats.difference(&after.seats);
    let seats = seats.filter(|seat| !absences.was_unseated(seat));
    wrong.extend(seats.map(|(section, person)| {
        format!(
            "{} was in {} all the time and is not any more",
            readable(person),
            readable(section)
        )
    }));
    wrong
}

/// B16.9: what belongs to the app, and what was set once, is as it was.
pub(crate) fn b16_09_own_and_islands_stay(before: &State, after: &State, look: &Look) -> Wrong {
    // What a class had is put on the one that follows it where somebody said so (S19).
    let carried = look.rows("SELECT id FROM section WHERE carried_from IS NOT NULL");
    let carried: BTreeSet<String> = carried.into_iter().collect();
    let own = |state: &State| -> Vec<String> {
        let follows = |row: &&String| {
            let words: Vec<_> = row.split(' ').collect();
            match words[0] {
                "section_own" => !carried.contains(words[1]),
                "custom_group" => words[3] == "-" || carried.is_empty(),
                _ => true,
            }
        };
        state.own.iter().filter(follows).cloned().collect()
    };
    let mut wrong = differences("of the app's own", &own(before), &own(after));
    for (person, year) in &before.years {
        let now = after.years.get(person);
        if now != Some(year) {
            wrong.push(format!(
                "the year of graduation of account {person} was {year} and is {now:?}"
            ));
        }
    }
    wrong
}

/// B16.10: groups change only by people; the sync dates the leaving of who left the class that a group divides.
pub(crate) fn b16_10_groups_stay(before: &State, after: &State, look: &Look) -> Wrong {
    let mut wrong = Vec::new();
    for row in after.members.difference(&before.members) {
        let words: Vec<_> = row.split(' ').collect();
        let [group, person, opened, closed, by_sync] = words[..] else {
            unreachable!("{row}")
        };
        let was = format!("{group} {person} {opened} - 0");
        let left = look.number(&format!(
            "SELECT count(*) FROM custom_group AS g WHERE g.id = {group} AND g.section IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM membership AS m WHERE m.section = g.section AND m.person = {person} AND m.opened IS NOT NULL)"
        ));
        // What a class was divided into goes to the class that follows it where somebody said so (S19).
        let carried = look.number(&format!(
            "SELECT count(*) FROM custom_group AS g JOIN section AS s ON s.id = g.section OR s.carried_from = g.section
             WHERE g.id = {group} AND s.carried_from IS NOT NULL"
        ));
        if carried > 0 {
            continue;
        }
        if by_sync != "1" || closed == "-" || !before.members.contains(&was) || left == 0 {
            wrong.push(format!("a member of a group: {row}"));
        }
    }
    let gone = before.members.difference(&after.members).filter(|row| {
        let mut words = row.split(' ');
        let key: Vec<_> = words.by_ref().take(3).collect();
        let key = format!("{} ", key.join(" "));
        !after.members.iter().any(|now| now.starts_with(&key))
    });
    wrong.extend(gone.map(|row| format!("a member of a group is gone: {row}")));
    wrong
}

/// B16.11: who is a member follows from fact and wish as the table of B6 says.
pub(crate) fn b16_11_membership_is_fact_and_wish(look: &Look) -> Wrong {
    let rows = look.rows(
        "SELECT m.section, m.person, m.source, ifnull(m.intent, 'no wish'), m.opened IS NOT NULL FROM membership AS m
         WHERE (m.opened IS NOT NULL) <> CASE
             WHEN m.source = 1 AND m.intent IS NULL THEN 1
             WHEN m.source = 0 AND m.intent = 'added' THEN 1
             WHEN m.source = 1 AND m.intent = 'added' THEN 1
             WHEN m.source = 1 AND m.intent = 'removed' THEN 0
             ELSE 2 END
         UNION ALL
         SELECT m.section, m.person, m.source, 'not shown', 1 FROM membership AS m JOIN section AS s ON s.id = m.section
         WHERE s.state = 'active' AND m.opened IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rosters AS r
             WHERE r.section = m.section AND r.person = m.person AND r.role = iif(m.is_teacher, 'teacher', 'student'))",
    );
    rows.iter()
        .map(|row| format!("a seat is not as fact and wish say: {row}"))
        .collect()
}

/// B16.12: what changed stands in the audit, and what stands there is an action of a plan or somebody's.
pub(crate) fn b16_12_changes_are_audited(before: &State, after: &State, look: &Look) -> Wrong {
    let mut wrong = Vec::new();
    let since = look.rows(&format!(
        "SELECT subject, ifnull(changes, '') FROM audit WHERE seq > {} AND district = {}",
        before.changes, look.district
    ));
    let mut named = BTreeSet::new();
    for row in &since {
        for number in row.split(|letter: char| !letter.is_ascii_digit()) {
            named.extend(number.parse::<i64>().ok());
        }
    }
    for (key, rows) in changed(&before.rows, &after.rows) {
        if !named.contains(&key.1) {
            wrong.push(format!(
                "{} {} changed and no row of the audit says so: {rows}",
                key.0, key.1
            ));
        }
    }
    let stray = look.rows(&format!(
        "SELECT a.seq, a.op, a.kind, a.subject FROM audit AS a WHERE a.seq > {} AND a.run IS NOT NULL AND (a.action IS NULL
             OR NOT EXISTS (SELECT 1 FROM run AS r WHERE r.id = a.run AND r.district = a.district
                 AND r.state IN ('applied', 'partial', 'no_change') AND a.seq BETWEEN r.first_change AND r.last_change)
             OR EXISTS (SELECT 1 FROM run AS r JOIN plan AS p ON p.district = r.district AND p.digest = r.plan
                 WHERE r.id = a.run AND a.action > p.actions))",
        before.changes
    ));
    wrong.extend(
        stray
            .iter()
            .map(|row| format!("a row of the audit is of no plan's action: {row}")),
    );
    wrong
}

/// B9 and S14: what a guard holds is not applied without a yes, however often the district is synced. No class loses most of its
/// students, or exchanges them, though they are all there. Told from the app alone.
pub(crate) fn b09_rosters_keep_most(before: &State, after: &State) -> Wrong {
    let of = |state: &State| {
        let mut classes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (class, person) in &state.students {
            classes
                .entry(class.clone())
                .or_default()
                .insert(person.clone());
        }
        classes
    };
    let here: BTreeSet<_> = after.people.iter().collect();
    let (was, is) = (of(before), of(after));
    let mut wrong = Vec::new();
    for (class, students) in was
        .iter()
        .filter(|(class, _)| after.classes.contains(*class))
    {
        let none = BTreeSet::new();
        let now = is.get(class).unwrap_or(&none);
        let lost = students
            .difference(now)
            .filter(|person| here.contains(person));
        let (lost, came) = (lost.count(), now.difference(students).count());
        let most = |part: usize| part * 2 > students.len();
        let other = most(lost) && came * 2 >= lost;
        if students.len() >= 5 && (most(lost.saturating_sub(came)) || other) {
            wrong.push(format!(
                "class {class} of {} lost {lost} and got {came}, and nobody said yes",
                students.len()
            ));
        }
    }
    wrong
}

/// The rules that the database itself can see.
pub(crate) fn nothing_is_broken(world: &World) -> Wrong {
    let broken = world
        .roster
        .read()
        .unwrap()
        .broken(world.tenant.district)
        .unwrap();
    broken
        .into_iter()
        .map(|(rule, often)| format!("{rule}, {often} times"))
        .collect()
}

fn differences(what: &str, before: &[String], after: &[String]) -> Wrong {
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let gone = was
        .difference(&is)
        .map(|row| format!("{what}: gone is {row}"));
    gone.chain(
        is.difference(&was)
            .map(|row| format!("{what}: new is {row}")),
    )
    .collect()
}

/// Rows that are not as they were.
pub(crate) fn changed(before: &Rows, after: &Rows) -> Vec<((&'static str, i64), String)> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let none = BTreeSet::new();
    let differs = keys.into_iter().filter_map(|key| {
        let (was, is) = (
            before.get(&key).unwrap_or(&none),
            after.get(&key).unwrap_or(&none),
        );
        let gone: Vec<_> = was.difference(is).map(|row| format!("- {row}")).collect();
        let new: Vec<_> = is.difference(was).map(|row| format!("+ {row}")).collect();
        (was != is).then(|| (key, [gone, new].concat().join("; ")))
    });
    differs.collect()
}

/// B16.8: what an undone run changed is as it was. Periods of membership that lasted less than a day leave nothing, so what
/// ended is not compared; what the run had made may stay, switched off, where something hangs on it.
pub(crate) fn b16_08_undo_restores(before: &State, after: &State) -> Wrong {
    let known: BTreeSet<i64> = before.rows.keys().map(|(_, entity)| *entity).collect();
    let differs = changed(&before.rows, &after.rows).into_iter();
    let differs =
        differs.filter(|((table, entity), _)| !table.ends_with("_past") && known.contains(entity));
    differs
        .map(|(key, rows)| format!("{} {}: {rows}", key.0, key.1))
        .collect()
}
