//! Timelines: everything that ever happened to a person, a class or any other record, and the newest changes of a district
//! (integration-side A4.9). Who looks is noted before anything is handed out (integration-side B15).

use std::collections::BTreeSet;
use std::sync::Arc;

use homeroom_model::Timestamp;
use homeroom_roster::{
    AuditEntry, History, Kind, LinkValue, Reading, Record, Roster, RosterError, TimelineRead, field,
};

use super::error::SyncError;
use super::{Engine, Tenant, find};
use crate::roster::roster_kind;

/// Earlier looks that are told, the newest of them.
const LOOKS: u32 = 20;
/// Changes that are handed out at once, of a record or of a district.
const MOST_CHANGES: u32 = 1000;

/// What ever happened to one record.
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
    /// What happened, the newest of it, ascending: its own entries, and those that say something of it
    /// ([`AuditEntry::is_about`]), each with only that.
    pub entries: Vec<AuditEntry>,
    /// How many entries are older; they come before the number of the first one.
    pub older: u64,
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
    /// What ever happened to whoever or whatever a text names: a source id (a former one too), an id in the SIS, an email, a name
    /// of now, or its number here; of each before a number if one is given, at most `limit` entries and at most 1,000. Asks the
    /// source nothing, and needs no mirror: who left long ago is found too.
    ///
    /// `by` is who is shown it, which is noted before it is handed out: of each that was found, and of everybody else of whom the
    /// entries tell, such as those who came to a class.
    pub async fn timeline(
        &self,
        tenant: &Tenant,
        about: &str,
        (before, limit): (Option<i64>, u32),
        by: &str,
    ) -> Result<Timelines, SyncError> {
        let standing = self.standing(tenant).await?;
        let mut mirrors = vec![self.open(&standing.latest).await?];
        if !standing.is_applied() {
            mirrors.push(self.open(&standing.applied).await?);
        }
        let roster = Arc::clone(&self.0.roster);
        let (district, at) = (tenant.district, self.0.clock.now());
        let (about, by) = (about.trim().to_lowercase(), by.to_owned());
        let limit = limit.clamp(1, MOST_CHANGES);
        self.blocking(move || {
            let snapshots = mirrors.iter().map(|mirror| &mirror.snapshot);
            let sent = find::in_mirrors(snapshots, &about);
            let reading = roster.read()?;
            let mut named = named(&*reading, district, &sent, &about)?;
            let more = named.len().saturating_sub(find::MOST);
            named.truncate(find::MOST);
            let ids: Vec<i64> = named.iter().map(|(_, id)| *id).collect();
            let mut found = Vec::new();
            let histories = reading.history(district, &ids, before, limit)?;
            for ((kind, _), history) in named.into_iter().zip(histories) {
                found.push(timeline(&*reading, district, kind, history)?);
            }
            let entries = found.iter().flat_map(|timeline| &timeline.entries);
            let people = people(&*reading, entries)?;
            let asked = ids.into_iter().map(Some).collect();
            note(&*roster, district, (asked, people), (&by, at))?;
            Ok(Timelines { found, more })
        })
        .await
    }

    /// The newest changes of a district, newest first, before a number if one is given; at most `limit` of them, and at most
    /// 1,000. `by` is who is shown them, which is noted before they are handed out: of the district, and of everybody of whom they
    /// tell.
    pub async fn newest_changes(
        &self,
        tenant: &Tenant,
        (before, limit): (Option<i64>, u32),
        by: &str,
    ) -> Result<NewestChanges, SyncError> {
        let roster = Arc::clone(&self.0.roster);
        let (district, at) = (tenant.district, self.0.clock.now());
        let (by, limit) = (by.to_owned(), limit.clamp(1, MOST_CHANGES));
        self.blocking(move || {
            let reading = roster.read()?;
            if reading.district(district)?.is_none() {
                return Err(SyncError::NoDistrict(district));
            }
            let mut entries = reading.newest_changes(district, before, limit + 1)?;
            let is_more = entries.len() > limit as usize;
            entries.truncate(limit as usize);
            let newest = NewestChanges {
                before: entries.last().filter(|_| is_more).map(|entry| entry.seq),
                read_before: reading.timeline_reads(district, None, LOOKS)?,
                entries,
            };
            let people = people(&*reading, &newest.entries)?;
            note(&*roster, district, (vec![None], people), (&by, at))?;
            Ok(newest)
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
    reading: &dyn Reading,
    district: i64,
    kind: Kind,
    history: History,
) -> Result<Timeline, RosterError> {
    let History { id, entries, older } = history;
    Ok(Timeline {
        kind,
        id,
        record: reading.record(kind, id)?,
        sources: reading.links_of(id)?,
        entries,
        older,
        read_before: reading.timeline_reads(district, Some(id), LOOKS)?,
    })
}

/// Everybody of whom entries tell.
fn people<'e>(
    reading: &dyn Reading,
    entries: impl IntoIterator<Item = &'e AuditEntry>,
) -> Result<BTreeSet<i64>, RosterError> {
    let (mut people, mut profiles) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries {
        entry.each_about(&mut |kind, id| {
            match kind {
                Kind::Person => people.insert(id),
                Kind::Profile => profiles.insert(id),
                _ => false,
            };
        });
    }
    for profile in profiles {
        // One that was removed said whose it was when it was.
        let record = reading.record(Kind::Profile, profile)?;
        people.extend(record.and_then(|record| record.get(field::profile::PERSON).integer()));
    }
    Ok(people)
}

/// Notes a look at what was asked for, and at everybody else of whom it tells.
fn note(
    roster: &dyn Roster,
    district: i64,
    (mut asked, people): (Vec<Option<i64>>, BTreeSet<i64>),
    (by, at): (&str, Timestamp),
) -> Result<(), RosterError> {
    let told = people.into_iter().map(Some);
    let told: Vec<_> = told.filter(|id| !asked.contains(id)).collect();
    asked.extend(told);
    if asked.is_empty() {
        return Ok(());
    }
    roster.note_timeline_read(district, &asked, by, at)
}
