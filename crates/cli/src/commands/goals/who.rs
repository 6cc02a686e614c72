//! Which school, section or person a command is about.

use homeroom_history::{Keyed, Now};
use homeroom_model::{Kind, ObjectId};
use homeroom_segment::Row;
use homeroom_segment::fields::{contact, employee, school, section, student};

use crate::context::Installation;

/// Records that are named where a name fits several.
const NAMED: usize = 10;

/// The Clever id of a record: itself, or of the record that the SIS, or nobody but it, calls so.
pub(super) async fn record(
    installation: &Installation,
    district: ObjectId,
    keyed: Keyed,
    named: &str,
) -> anyhow::Result<ObjectId> {
    if let Some(id) = ObjectId::from_hex(named) {
        return Ok(id);
    }
    let ingest = installation.ingest();
    let ids = ingest
        .history()
        .became_of_key(district, keyed, named)
        .await?;
    let published = ids.iter().find(|became| became.now == Now::Published);
    if let Some(found) = published.and_then(|became| became.present) {
        return Ok(found);
    }
    let (kind, word) = kind(keyed);
    let snapshot = ingest.published(district).await?.snapshot;
    let table = snapshot.table(kind);
    let wanted = named.trim().to_lowercase();
    let called =
        (0..table.len()).filter(|row| name(kind, &table.row(*row)).to_lowercase() == wanted);
    let found: Vec<ObjectId> = called.map(|row| table.id(row)).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => anyhow::bail!(
            "the district has published no {word} {named}; name one by its name, its id in the SIS or its Clever id"
        ),
        several => {
            let ids = several.iter().take(NAMED).map(|id| id.to_hex());
            anyhow::bail!(
                "several are called {named}; name the {word} that is meant by its id: {}",
                ids.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn kind(keyed: Keyed) -> (Kind, &'static str) {
    match keyed {
        Keyed::Schools => (Kind::School, "school"),
        Keyed::Students => (Kind::Student, "student"),
        Keyed::Teachers | Keyed::Staff => (Kind::Employee, "teacher"),
        Keyed::Contacts => (Kind::Contact, "contact"),
        Keyed::Sections => (Kind::Section, "section"),
        Keyed::Courses => (Kind::Course, "course"),
        Keyed::Resources => (Kind::Resource, "resource"),
    }
}

/// What a record is called; nothing of those that nobody asks for by name.
fn name(kind: Kind, row: &Row<'_>) -> String {
    let person = |first: usize, last: usize| format!("{} {}", row.text(first), row.text(last));
    match kind {
        Kind::School => row.text(school::NAME).to_owned(),
        Kind::Section => row.text(section::NAME).to_owned(),
        Kind::Contact => row.text(contact::NAME).to_owned(),
        Kind::Employee => person(employee::TEACHER_FIRST, employee::TEACHER_LAST),
        Kind::Student => person(student::FIRST, student::LAST),
        _ => String::new(),
    }
}
