//! Classes that people here made and that the source never named, by their ids in the SIS (integration-side A3.11).

use std::collections::HashMap;

use homeroom_plan::{Account, Key, Local};
use homeroom_roster::field::section;
use homeroom_roster::{Kind, LinkState, Reading, RosterError};

/// Whose class has which id.
pub(super) type Classes = HashMap<String, Vec<i64>>;

/// Reads them; there are few, so that each is asked for its links.
pub(super) fn read(reading: &dyn Reading, district: i64) -> Result<Classes, RosterError> {
    let mut made = Vec::new();
    reading.records(district, Kind::Section, &mut |id, record| {
        let manual = record.get(section::ORIGIN).text() == Some("manual");
        let active = record.get(section::STATE).text() == Some("active");
        if let Some(sis_id) = record
            .get(section::SIS_ID)
            .text()
            .filter(|_| manual && active)
        {
            made.push((Key::SisId.normal(sis_id), id));
        }
        Ok(())
    })?;
    let mut classes = Classes::new();
    for (sis_id, id) in made {
        let links = reading.links_of(id)?;
        let linked = links
            .iter()
            .any(|(_, link)| matches!(link.state, LinkState::Active | LinkState::Joint));
        if !linked && !sis_id.is_empty() {
            classes.entry(sis_id).or_default().push(id);
        }
    }
    Ok(classes)
}

/// The classes with an id, as whom a record may belong to.
pub(super) fn with(classes: &Classes, sis_id: &str) -> Vec<Account> {
    let ids = classes.get(sis_id).into_iter().flatten();
    ids.map(|id| Account {
        local: Local(*id),
        linked: None,
        former: None,
        privileged: false,
        suspended: false,
        verified: false,
    })
    .collect()
}
