//! Attendance, which is published with the roster and is no part of it: no guard looks at it, it has no place in a plan, and it
//! makes no events. What a file says is all there is; without the file what was published stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use homeroom_history::Published;
use homeroom_intake::Stem;
use homeroom_model::Code;
use homeroom_segment::{
    Attendance, AttendanceRows, AttendanceTally, BuiltAttendance, BuiltPart, Located, PartContent,
    Snapshot, build_attendance,
};

use crate::Ingest;
use crate::begun::Begun;
use crate::counts::ChangeCounts;
use crate::error::IngestError;
use crate::plan::Decision;
use crate::report::{Outcome, Report};
use crate::upload::Upload;

/// Under what reports count attendance.
pub(crate) const ATTENDANCE: &str = Stem::Attendance.text();

/// Parts up to this length share one object, which holds nothing but attendance: it is kept for longer than tables are.
const PACK_BELOW: usize = 1 << 20;

/// The attendance that a publish carries.
pub(crate) enum NewAttendance {
    /// That of the snapshot before.
    Kept,
    /// What a file says, to be matched with the roster that is published.
    Sent(AttendanceRows),
    /// The same, matched already with a roster that does not change.
    Built(BuiltAttendance),
    /// That of an older snapshot.
    Older(BTreeMap<String, Located>),
}

impl From<Option<AttendanceRows>> for NewAttendance {
    fn from(rows: Option<AttendanceRows>) -> Self {
        rows.map_or(Self::Kept, Self::Sent)
    }
}

impl From<AttendanceTally> for ChangeCounts {
    fn from(tally: AttendanceTally) -> Self {
        Self {
            unchanged: tally.unchanged,
            created: tally.created,
            updated: tally.updated,
            deleted: tally.deleted,
            restored: 0,
            after: tally.unchanged + tally.created + tally.updated,
        }
    }
}

impl Ingest {
    /// Publishes attendance alone where the roster says what is published: what was decided, and what is to be carried.
    pub(crate) async fn with_attendance(
        &self,
        begun: &Begun,
        decision: Decision,
        new: NewAttendance,
        old: &Published,
        report: &mut Report,
    ) -> Result<(Decision, NewAttendance), IngestError> {
        let (Decision::NoChange, NewAttendance::Sent(rows)) = (decision, &new) else {
            return Ok((decision, new));
        };
        if rows.is_empty() && !has_attendance(old) {
            return Ok((decision, new));
        }
        let NewAttendance::Sent(rows) = new else {
            return Ok((decision, new));
        };
        // The roster of an empty plan is the one that is published.
        let snapshot = self.history.snapshot(begun.district, old.snapshot.number());
        let snapshot = Arc::clone(&snapshot.await?.snapshot);
        let built = self.build_attendance(begun, old, snapshot, rows).await?;
        let counts = ChangeCounts::from(built.tally);
        report.changes.insert(ATTENDANCE.to_owned(), counts);
        if !built.tally.differs() {
            return Ok((decision, NewAttendance::Kept));
        }
        report.state = Outcome::Published;
        Ok((Decision::Publish, NewAttendance::Built(built)))
    }

    async fn build_attendance(
        &self,
        begun: &Begun,
        old: &Published,
        snapshot: Arc<Snapshot>,
        rows: AttendanceRows,
    ) -> Result<BuiltAttendance, IngestError> {
        let before = match &old.manifest {
            Some(manifest) => self.history.attendance_of(manifest).await?,
            None => Attendance::default(),
        };
        let (now, spools) = (begun.now, Arc::clone(&self.spools));
        let work = move || build_attendance(&rows, &snapshot, &before, now, &*spools);
        let built = tokio::task::spawn_blocking(work).await;
        Ok(built.map_err(|_| IngestError::Interrupted)??)
    }

    /// Puts the attendance of a new snapshot where it lives: the parts for its manifest, and what became of the records.
    pub(crate) async fn put_attendance(
        &self,
        begun: &Begun,
        old: &Published,
        snapshot: Arc<Snapshot>,
        new: NewAttendance,
    ) -> Result<(BTreeMap<String, Located>, Option<AttendanceTally>), IngestError> {
        let built = match new {
            NewAttendance::Kept => return Ok((parts_of(old), None)),
            NewAttendance::Older(parts) => return Ok((parts, None)),
            NewAttendance::Built(built) => built,
            NewAttendance::Sent(rows) => self.build_attendance(begun, old, snapshot, rows).await?,
        };
        let mut before = parts_of(old);
        let (mut parts, mut small) = (BTreeMap::new(), Vec::new());
        for BuiltPart { name, content } in built.parts {
            match content {
                PartContent::Reused => {
                    let kept = before.remove(&name);
                    let why = "a month was to be reused that is not there";
                    parts.insert(name, kept.ok_or(IngestError::Broken(why))?);
                }
                PartContent::Built(bytes) if bytes.len() <= PACK_BELOW => small.push((name, bytes)),
                PartContent::Built(bytes) => {
                    let length = bytes.len() as u64;
                    let object = self.depot.put(bytes).await?;
                    let located = Located {
                        object,
                        offset: 0,
                        length,
                    };
                    parts.insert(name, located);
                }
            }
        }
        parts.extend(self.depot.put_pack(small).await?);
        Ok((parts, Some(built.tally)))
    }
}

/// Whether any attendance is published.
pub(crate) fn has_attendance(old: &Published) -> bool {
    !parts_of(old).is_empty()
}

/// The parts of what is published that hold attendance.
fn parts_of(old: &Published) -> BTreeMap<String, Located> {
    let parts = old.manifest.iter().flat_map(|manifest| &manifest.parts);
    let parts = parts.filter(|(name, _)| Attendance::is_part(name));
    parts
        .map(|(name, located)| (name.clone(), *located))
        .collect()
}

/// Whether a run that ended well has read attendance that was sent to it: what `last_attendance_sync` tells.
pub(crate) fn is_read(upload: &Upload, report: &Report) -> bool {
    let sent = upload.of(Stem::Attendance);
    let not_read = Code::AttendanceNotRead.text();
    sent.is_some_and(|file| !file.carried_over) && !report.problems.contains_key(not_read)
}
