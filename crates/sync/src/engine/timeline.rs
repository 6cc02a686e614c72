//! Timelines: everything that ever happened to a person, a class or any other record, and the newest changes of a district
//! (integration-side A4.9). Who looks is noted before anything is handed out (integration-side B15).

use std::collections::BTreeSet;
use std::sync::Arc;

use homeroom_roster::{
    AuditEntry, Kind, LinkValue, Reading, Record, Roster, RosterError, TimelineRead,
};

use super::error::SyncError;
use super::{Engine, Tenant, find};
use crate::roster::roster_kind;

/// Earlier looks that are told, the newest of them.
const LOOKS: u32 = 20;
/// Changes of a district that are handed out at once.
const MOST_CHANGES: u32 = 1000;

/// Everything that ever happened to one record.
#[derive(Clone)]
pub struct Timeline {
    /// Its kind.
    pub kind: Kind,
    /// Its number here.
    pub id: i64,
    /// As it is now; nothing if its creation was taken back.
    pub record: Option<Record<'static>>,
    /// Its source ids, those it had before too, ascending.
    pub sources: Vec<(String, LinkValue)>,
    /// What happened, ascending: its own entries, and those that say something of it ([`AuditEntry::is_about`]).
    pub entries: Vec<AuditEntry>,
    /// Who was shown this before, newest first; at most 20.
    pub read_before: Vec<TimelineRead>,
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Timeline({}, {} entries)", self.id, self.entries.len())
    }
}

/// Timelines of everybody whom a text names.
#[derive(Clone, Debug)]
pub struct Timelines {
    /// People first, as they are found.
    pub found: Vec<Timeline>,
    /// How many more are called so: the question has to be narrower.
    pub more: usize,
}

/// The newest changes of a district.
#[derive(Clone, Debug)]
pub struct NewestChanges {
    /// The changes, newest first.
    pub entries: Vec<AuditEntry>,
    /// What to ask for next: changes before this number. Nothing if there are none.
    pub before: Option<i64>,
    /// Who was shown such a list before, newest first; at most 20.
    pub read_before: Vec<TimelineRead>,
}

impl Engine {
    /// Everything that ever happened to whoever or whatever a text names: a source id (a former one too), an id in the SIS, an
    /// email, a name, or its number here. `by` is who is shown it, which is noted first. Asks the source nothing, and needs no
    /// mirror: who left long ago is found too.
    pub async fn timeline(
        &self,
        tenant: &Tenant,
        about: &str,
        by: &str,
    ) -> Result<Timelines, SyncError> {
        let standing = self.standing(tenant).await?;
        let mirrors = [
            self.open(&standing.latest).await?,
            self.open(&standing.applied).await?,
        ];
        let roster = Arc::clone(&self.0.roster);
        let (district, at) = (tenant.district, self.0.clock.now());
        let (about, by) = (about.trim().to_lowercase(), by.to_owned());
        self.blocking(move || {
            let sent = find::in_mirrors(mirrors.each_ref().map(|mirror| &mirror.snapshot), &about);
            let mut named = named(&*roster.read()?, district, &sent, &about)?;
            let more = named.len().saturating_sub(find::MOST);
            named.truncate(find::MOST);
            let mut found = Vec::new();
            for (kind, id) in named {
                let noted = roster.note_timeline_read(district, Some(id), &by, at)?;
                found.push(timeline(&*roster, district, (kind, id), noted)?);
            }
            Ok(Timelines { found, more })
        })
        .await
    }

    /// The newest changes of a district, newest first, before a number if one is given; at most `limit` of them, and at most
    /// 1,000. `by` is who is shown them, which is noted first.
    pub async fn newest_changes(
        &self,
        tenant: &Tenant,
        before: Option<i64>,
        limit: u32,
        by: &str,
    ) -> Result<NewestChanges, SyncError> {
        let roster = Arc::clone(&self.0.roster);
        let (district, at) = (tenant.district, self.0.clock.now());
        let (by, limit) = (by.to_owned(), limit.clamp(1, MOST_CHANGES));
        self.blocking(move || {
            if roster.read()?.district(district)?.is_none() {
                return Err(SyncError::NoDistrict(district));
            }
            let noted = roster.note_timeline_read(district, None, &by, at)?;
            let reading = roster.read()?;
            let mut entries = reading.newest_changes(district, before, limit + 1)?;
            let is_more = entries.len() > limit as usize;
            entries.truncate(limit as usize);
            Ok(NewestChanges {
                before: entries.last().filter(|_| is_more).map(|entry| entry.seq),
                entries,
                read_before: looks(&*reading, district, None, noted)?,
            })
        })
        .await
    }
}

/// Records of the app that are meant: what the source calls so first, then what the app remembers.
fn named(
    reading: &dyn Reading,
    district: i64,
    sent: &[(homeroom_model::Kind, homeroom_model::ObjectId)],
    about: &str,
) -> Result<Vec<(Kind, i64)>, SyncError> {
    let mut named = Vec::new();
    for (kind, source) in sent {
        let Some(kind) = roster_kind(*kind) else {
            continue;
        };
        let link = reading.linked(district, kind, &source.to_hex())?;
        named.extend(link.map(|link| (kind, link.entity)));
    }
    named.extend(find::in_app(reading, district, about)?);
    let mut seen = BTreeSet::new();
    named.retain(|(_, id)| seen.insert(*id));
    Ok(named)
}

fn timeline(
    roster: &dyn Roster,
    district: i64,
    (kind, id): (Kind, i64),
    noted: i64,
) -> Result<Timeline, RosterError> {
    let reading = roster.read()?;
    Ok(Timeline {
        kind,
        id,
        record: reading.record(kind, id)?,
        sources: reading.links_of(id)?,
        entries: reading.history(district, id)?,
        read_before: looks(&*reading, district, Some(id), noted)?,
    })
}

/// Looks before the one that was just noted.
fn looks(
    reading: &dyn Reading,
    district: i64,
    subject: Option<i64>,
    noted: i64,
) -> Result<Vec<TimelineRead>, RosterError> {
    let mut looks = reading.timeline_reads(district, subject, LOOKS + 1)?;
    looks.retain(|look| look.seq < noted);
    looks.truncate(LOOKS as usize);
    Ok(looks)
}
