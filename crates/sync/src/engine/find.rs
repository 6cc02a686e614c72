//! Records that a text names, for questions about single people and classes: a source id, an id in the SIS, an email or a name.

use std::collections::BTreeSet;

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{emails, names, sis_ids};
use homeroom_roster::field::{person, role, table};
use homeroom_roster::{self as app, LinkState, Reading, district_of};
use homeroom_segment::{Snapshot, fields};

use super::error::SyncError;
use crate::roster::{roster_kind, sent_kind};

/// More records than this are not told about at once: the question has to be narrower.
pub(super) const MOST: usize = 20;

/// Kinds that people ask about, in the order of answering.
const ASKED: [Kind; 7] = [
    Kind::Student,
    Kind::Employee,
    Kind::Contact,
    Kind::Section,
    Kind::School,
    Kind::Course,
    Kind::Term,
];

/// The same among the app's records, and the fields that name each; people are found by more than that.
const ASKED_HERE: [(app::Kind, &[&str]); 4] = [
    (app::Kind::Section, &["name", "sis_id"]),
    (app::Kind::School, &["name", "sis_id"]),
    (app::Kind::Course, &["name", "number"]),
    (app::Kind::Term, &["name"]),
];

/// Records of a mirror that a text names, by the rule of [`super::Engine::why`] and [`super::Engine::timeline`]: a source id, an
/// id in the SIS, an email, a name (of a person also the last name alone), a class by [`section_name`] too; capitals do not
/// matter. Those of the first kind first.
pub fn named(mirror: &Snapshot, kinds: &[Kind], about: &str) -> Vec<(Kind, ObjectId)> {
    let about = about.trim().to_lowercase();
    in_mirror(mirror, kinds, &about).collect()
}

/// What people call a class: its name, and its number where the name does not say it.
pub fn section_name(mirror: &Snapshot, row: u32) -> String {
    let row = mirror.table(Kind::Section).row(row);
    let (name, number) = (
        row.text(fields::section::NAME),
        row.text(fields::section::NUMBER),
    );
    if number.is_empty() || name.contains(number) {
        name.to_owned()
    } else {
        format!("{name} ({number})")
    }
}

/// Records of mirrors that a text in small letters names, those of the first mirror first, each once.
pub(super) fn in_mirrors<'m>(
    mirrors: impl IntoIterator<Item = &'m Snapshot>,
    about: &str,
) -> Vec<(Kind, ObjectId)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for mirror in mirrors {
        found.extend(in_mirror(mirror, &ASKED, about).filter(|record| seen.insert(*record)));
    }
    found
}

fn in_mirror<'a>(
    mirror: &'a Snapshot,
    kinds: &'a [Kind],
    about: &'a str,
) -> impl Iterator<Item = (Kind, ObjectId)> + 'a {
    kinds.iter().flat_map(move |kind| {
        let table = mirror.table(*kind);
        let rows = (0..table.len()).filter(move |row| is_named(mirror, *kind, *row, about));
        rows.map(move |row| (*kind, table.id(row)))
    })
}

/// Source ids of records that no mirror has any more: by such an id, or as the app remembers them.
pub(super) fn who_left(
    reading: &dyn Reading,
    district: i64,
    about: &str,
) -> Result<Vec<(Kind, ObjectId)>, SyncError> {
    if let Some(id) = ObjectId::from_hex(about) {
        for kind in ASKED {
            let Some(stored) = roster_kind(kind) else {
                continue;
            };
            if let Some(link) = reading.linked(district, stored, about)? {
                return Ok(vec![(sent_kind(stored, link.person).unwrap_or(kind), id)]);
            }
        }
    }
    let mut found = Vec::new();
    for (kind, id) in in_app(reading, district, about)? {
        for (source, link) in reading.links_of(id)? {
            let current = matches!(link.state, LinkState::Active | LinkState::Joint);
            let source = ObjectId::from_hex(&source).filter(|_| current);
            found.extend(sent_kind(kind, link.person).zip(source));
        }
    }
    Ok(found)
}

/// Records of the app that a text in small letters names, also by their numbers here; each once.
pub(super) fn in_app(
    reading: &dyn Reading,
    district: i64,
    about: &str,
) -> Result<Vec<(app::Kind, i64)>, SyncError> {
    let mut found = Vec::new();
    if ObjectId::from_hex(about).is_some() {
        for kind in app::Kind::ALL {
            let link = reading.linked(district, kind, about)?;
            found.extend(link.map(|link| (kind, link.entity)));
        }
    }
    let number = about.parse().ok().filter(|id| district_of(*id) == district);
    if let Some(id) = number {
        // A record that was taken back is known to the audit only.
        let entries = reading.timeline(id)?.into_iter();
        let mut kinds = entries.filter(|entry| entry.subject == id);
        let kind = kinds.find_map(|entry| app::Kind::from_text(&entry.kind));
        found.extend(kind.map(|kind| (kind, id)));
    }
    let people = people(reading, district, about)?;
    found.extend(people.into_iter().map(|id| (app::Kind::Person, id)));
    reading.own_names(district, &mut |kind, id, name| {
        if is(name, about) {
            found.push((kind, id));
        }
        Ok(())
    })?;
    for (kind, fields) in ASKED_HERE {
        let fields = fields.iter().filter_map(|name| table(kind).field(name));
        let fields: Vec<app::Field> = fields.collect();
        reading.records(district, kind, &mut |id, record| {
            let mut values = fields.iter().filter_map(|field| record.get(*field).text());
            if values.any(|text| is(text, about)) {
                found.push((kind, id));
            }
            Ok(())
        })?;
    }
    let mut seen = BTreeSet::new();
    found.retain(|(_, id)| seen.insert(*id));
    Ok(found)
}

fn people(reading: &dyn Reading, district: i64, about: &str) -> Result<BTreeSet<i64>, SyncError> {
    let mut people = BTreeSet::new();
    reading.records(district, app::Kind::Person, &mut |id, record| {
        let text = |field| record.get(field).text().unwrap_or_default();
        let (first, last) = (text(person::FIRST_NAME), text(person::LAST_NAME));
        if is(text(person::EMAIL), about) || is_called(first, last, about) {
            people.insert(id);
        }
        Ok(())
    })?;
    reading.roles(district, &mut |id, _, record| {
        if is(record.get(role::SIS_ID).text().unwrap_or_default(), about) {
            people.insert(id);
        }
        Ok(())
    })?;
    Ok(people)
}

/// Whether a text is what is asked for, which is in small letters.
fn is(text: &str, about: &str) -> bool {
    !text.is_empty() && text.to_lowercase() == about
}

/// Whether somebody is called so: by the last name, by both names, or by both as lists have them. Places and classes have a last
/// name only.
fn is_called(first: &str, last: &str, about: &str) -> bool {
    is(last, about)
        || is(format!("{first} {last}").trim(), about)
        || is(&format!("{last}, {first}"), about)
}

fn is_named(snapshot: &Snapshot, kind: Kind, row: u32, about: &str) -> bool {
    let id = snapshot.table(kind).id(row);
    if id.to_hex() == about {
        return true;
    }
    let (first, last) = names(snapshot, kind, row);
    let mut ids = sis_ids(snapshot, kind, row).into_iter();
    ids.any(|(_, id)| is(id, about))
        || emails(snapshot, kind, row)
            .iter()
            .any(|email| is(email, about))
        || is_called(first, last, about)
        || (kind == Kind::Section && is(&section_name(snapshot, row), about))
}
