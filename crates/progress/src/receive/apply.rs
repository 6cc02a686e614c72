//! The rows of a body, applied to what the store has of their students.

use std::borrow::Cow;
use std::sync::Arc;

use homeroom_goals::submission::{Receipt, Row, Warning};
use homeroom_goals::total::{Ground, Metrics, Report, apply};
use homeroom_goals::{Moment, SchoolYears};
use homeroom_model::{Date, ObjectId, Timestamp};
use homeroom_store::{Digest, StudentYear};

use super::reading::{Reading, Turned};
use crate::student_year::{Damaged, Record};

/// Everything that rows are applied to.
pub(super) struct Applying {
    pub(super) reading: Arc<Reading>,
    /// What the store has of the students of the body, ascending by student.
    pub(super) kept: Vec<StudentYear>,
    pub(super) moment: Moment,
    pub(super) years: SchoolYears,
}

/// What came of it.
pub(super) struct Applied {
    pub(super) receipt: Receipt,
    /// Digest of the body.
    pub(super) body: Digest,
    /// The student years that changed, ascending by student.
    pub(super) changed: Vec<StudentYear>,
    /// Another metric of the feed, where it has another now.
    pub(super) turned: Option<Turned>,
}

/// The students whose earlier days are needed as well.
pub(super) type Lacking = Arc<[ObjectId]>;

/// One student of the body.
#[derive(Default)]
struct Slot {
    /// What there is of the student; nothing before the first report.
    record: Option<Record>,
    /// What stood before this body.
    ground: Ground,
    /// When the student was last heard of before this body.
    heard: Option<Timestamp>,
    changed: bool,
}

impl Applying {
    /// Takes the place of what was read without its earlier days.
    pub(super) fn complete(&mut self, whole: Vec<StudentYear>) {
        let mut whole = whole.into_iter().peekable();
        for kept in &mut self.kept {
            if let Some(found) = whole.next_if(|whole| whole.student == kept.student) {
                *kept = found;
            }
        }
    }

    /// Applies all rows.
    pub(super) fn apply(&self) -> Result<Result<Applied, Lacking>, Damaged> {
        let mut slots = match self.slots()? {
            Ok(slots) => slots,
            Err(lacking) => return Ok(Err(lacking)),
        };
        let reading = &*self.reading;
        let metrics = reading.settings.metrics();
        let mut rows = Vec::with_capacity(reading.rows.len());
        let mut warnings = Vec::new();
        // Rows usually come in the order of their students' ids.
        let mut place = 0;
        for row in &*self.ordered() {
            if reading.students.get(place) != Some(&row.student) {
                let found = reading.students.binary_search(&row.student);
                place = found.unwrap_or_default();
            }
            if let Some(slot) = slots.get_mut(place) {
                let updated = self.row(slot, row, metrics, &mut warnings);
                rows.push((*row, updated));
            }
            place += 1;
        }
        rows.sort_by_key(|(row, _)| row.index);
        let changed = self.changed(slots);
        Ok(Ok(Applied {
            receipt: Receipt::new(reading.parsed.batch.clone(), &rows, warnings),
            body: reading.parsed.digest,
            changed,
            turned: reading.turned.clone(),
        }))
    }

    /// The rows in the order in which they are applied: that of the body, but several of one student from the lowest to the
    /// highest, so that their order in the body makes no difference. Where totals may fall it does: the last counts.
    fn ordered(&self) -> Cow<'_, [Row]> {
        let Reading {
            rows,
            students,
            settings,
            ..
        } = &*self.reading;
        if rows.len() == students.len() || settings.metrics().may_fall {
            return Cow::Borrowed(rows);
        }
        let mut rows = rows.clone();
        rows.sort_by_key(|row| (row.student, row.minutes, row.progress));
        Cow::Owned(rows)
    }

    /// A slot for each student of the body, or those whose earlier days are needed.
    fn slots(&self) -> Result<Result<Vec<Slot>, Lacking>, Damaged> {
        let mut kept = self.kept.iter().peekable();
        let mut slots = Vec::with_capacity(self.reading.students.len());
        let mut lacking = Vec::new();
        for student in &*self.reading.students {
            let mut slot = Slot::default();
            if let Some(kept) = kept.next_if(|kept| kept.student == *student) {
                let mut record = Record::default();
                record.read(kept)?;
                if record.needs_earlier(self.moment.day) {
                    lacking.push(*student);
                }
                slot.ground = Ground::of(Some(&record.total), &self.moment);
                slot.heard = Some(record.total.heard);
                slot.record = Some(record);
            }
            slots.push(slot);
        }
        if lacking.is_empty() {
            return Ok(Ok(slots));
        }
        Ok(Err(lacking.into()))
    }

    /// Applies one row; whether a figure changed.
    fn row(
        &self,
        slot: &mut Slot,
        row: &Row,
        metrics: Metrics,
        warnings: &mut Vec<Warning>,
    ) -> bool {
        let report = Report {
            minutes: row.minutes,
            progress: row.progress,
        };
        let mut resumed = false;
        if let Some(record) = &mut slot.record
            && row.progress.is_some()
            && slot.ground.takes(&report, &self.moment)
        {
            resumed = record.resume(metrics.series);
        }
        slot.changed |= resumed;
        let held = slot.record.as_ref().map(|record| &record.total);
        let applied = apply(held, &mut slot.ground, &report, metrics, &self.moment);
        warnings.extend(applied.notices.iter().map(|reason| Warning {
            index: row.index,
            student: row.student,
            reason: *reason,
        }));
        let Some(record) = &mut slot.record else {
            let mut record = Record::new(applied.total);
            record.days.extend(applied.day);
            slot.record = Some(record);
            slot.changed = true;
            return applied.updated;
        };
        if let Some(closed) = applied.closed
            && let Some(progress) = closed.progress
        {
            record.close(closed.series, progress);
        }
        let heard = record.total.heard;
        record.total.heard = applied.total.heard;
        slot.changed |= record.total != applied.total;
        record.total = applied.total;
        if let Some(day) = applied.day {
            slot.changed |= record.add(day, metrics.may_fall);
        }
        debug_assert!(record.total.heard >= heard, "nobody is unheard");
        applied.updated || resumed
    }

    /// What has to be written: whatever changed. That a student was heard of again on the same day is no change: an hourly
    /// request that repeats every value writes nothing.
    fn changed(&self, slots: Vec<Slot>) -> Vec<StudentYear> {
        let mut last: Option<(Timestamp, Date)> = None;
        let mut heard_today = |heard: Timestamp| {
            let day = match last {
                Some((moment, day)) if moment == heard => day,
                _ => self.years.day_of(heard),
            };
            last = Some((heard, day));
            day >= self.moment.day
        };
        let students = self.reading.students.iter().zip(slots);
        let changed = students.filter_map(|(student, slot)| {
            let record = slot.record?;
            let silent = !slot.changed && slot.heard.is_some_and(&mut heard_today);
            if silent {
                return None;
            }
            let (recent, earlier) = record.write();
            Some(StudentYear {
                student: *student,
                open: record.total.is_open(),
                recent,
                earlier,
            })
        });
        changed.collect()
    }
}
