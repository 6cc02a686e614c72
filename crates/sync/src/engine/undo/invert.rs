//! Taking back the rows of a run, the last one first.

use std::fmt;

use homeroom_roster::{
    Action, Applying, AuditEntry, Differs, Kind, Op, Outcome, Reading, RosterError, RowChange,
    SeatGroup, Undone,
};

use super::guard::Counted;
use crate::roster::is_switch;

/// Rows are read so many at a time: a first sync of a large district has millions.
const PAGE: u32 = 2_000;

/// So many rows of each sort are listed.
const MOST: usize = 10_000;

/// Why the audit says that something was undone.
const REASON: &str = "undone";

/// How a row is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenHow {
    /// All of it.
    Whole,
    /// What of it nobody changed since.
    InPart,
    /// What it made cannot go, because something hangs on it: it is switched off or put away.
    SwitchedOff,
}

/// A row of the run that is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenRow {
    /// The row's number in the audit.
    pub seq: i64,
    /// What it had done.
    pub op: String,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub subject: i64,
    /// How.
    pub how: TakenHow,
}

impl fmt::Display for TakenRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seq,
            op,
            kind,
            subject,
            how,
        } = self;
        let how = match how {
            TakenHow::Whole => "",
            TakenHow::InPart => ", in part",
            TakenHow::SwitchedOff => ": switched off, because something hangs on it",
        };
        write!(f, "row {seq} ({op} of {kind} {subject}){how}")
    }
}

/// A row of the run, or a part of one, that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// The row's number in the audit.
    pub seq: i64,
    /// What it had done.
    pub op: String,
    /// Kind of the record.
    pub kind: String,
    /// The record.
    pub subject: i64,
    /// What is not as the run left it; nothing where the record is in use, or gone already.
    pub differs: Option<Differs>,
    /// Who changed the record last since then, and with which row.
    pub since: Option<(String, i64)>,
}

impl fmt::Display for KeptRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seq,
            op,
            kind,
            subject,
            ..
        } = self;
        write!(f, "row {seq} ({op} of {kind} {subject}): ")?;
        match self.differs {
            Some(Differs::Field(field)) => write!(f, "{} was changed since", field.name()),
            Some(Differs::State) => f.write_str("its state was changed since, or it is gone"),
            Some(Differs::Link) => f.write_str("its source id means something else since"),
            Some(Differs::Role) => f.write_str("a role was changed since"),
            Some(Differs::Schools) => f.write_str("the schools of a role were changed since"),
            Some(Differs::Member(person)) => {
                write!(f, "the place of person {person} was changed since")
            }
            Some(Differs::Tie) => f.write_str("the tie was changed since"),
            Some(Differs::Cell) => f.write_str("a note of the field was changed since"),
            None => f.write_str("something needs it"),
        }?;
        match &self.since {
            Some((by, row)) => write!(f, " (by {by}, row {row})"),
            None => Ok(()),
        }
    }
}

/// What came of it.
pub(super) struct Inverted {
    pub(super) digest: blake3::Hash,
    pub(super) taken_back: u64,
    pub(super) taken: Vec<TakenRow>,
    pub(super) switched_off: u64,
    pub(super) kept: Vec<KeptRow>,
    pub(super) all_kept: u64,
}

struct Inverting<'a> {
    applying: &'a mut dyn Applying,
    counted: &'a mut Counted,
    /// The undo's own run.
    run: i64,
    hasher: blake3::Hasher,
    number: i64,
    taken_back: u64,
    taken: Vec<TakenRow>,
    switched_off: u64,
    kept: Vec<KeptRow>,
    all_kept: u64,
}

/// Takes back the rows of a run, under the number of the undo's own.
pub(super) fn run(
    applying: &mut dyn Applying,
    (undoes, run): (i64, i64),
    counted: &mut Counted,
) -> Result<Inverted, RosterError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&undoes.to_le_bytes());
    let mut inverting = Inverting {
        applying,
        counted,
        run,
        hasher,
        number: 0,
        taken_back: 0,
        taken: Vec::new(),
        switched_off: 0,
        kept: Vec::new(),
        all_kept: 0,
    };
    let mut before = None;
    loop {
        let page = inverting
            .applying
            .look()
            .changes_back(undoes, before, PAGE)?;
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        for entry in &page {
            inverting.row(entry)?;
        }
    }
    Ok(Inverted {
        digest: inverting.hasher.finalize(),
        taken_back: inverting.taken_back,
        taken: inverting.taken,
        switched_off: inverting.switched_off,
        kept: inverting.kept,
        all_kept: inverting.all_kept,
    })
}

impl Inverting<'_> {
    fn row(&mut self, entry: &AuditEntry) -> Result<(), RosterError> {
        let schools = self.counted.schools(self.applying.look(), entry)?;
        let undone = self.invert(entry)?;
        let parts = match undone {
            Undone::Kept(_) => parts(entry),
            _ => Vec::new(),
        };
        if parts.len() > 1 {
            let mut any = false;
            for part in parts.iter().rev() {
                let undone = self.invert(part)?;
                if matches!(undone, Undone::Done(_)) {
                    any = true;
                    self.counted.seated(part);
                }
                self.note(part, &undone)?;
            }
            if any {
                self.taken(entry, &schools, TakenHow::InPart);
            }
            return Ok(());
        }
        match undone {
            Undone::Done(_) => {
                self.note(entry, &undone)?;
                self.counted.seated(entry);
                self.taken(entry, &schools, TakenHow::Whole);
                Ok(())
            }
            Undone::InUse if is_creation(entry) => self.switch_off(entry, &schools),
            _ => self.note(entry, &undone),
        }
    }

    fn invert(&mut self, entry: &AuditEntry) -> Result<Undone, RosterError> {
        self.number += 1;
        self.applying.invert(entry, self.number, REASON)
    }

    fn taken(&mut self, entry: &AuditEntry, schools: &[i64], how: TakenHow) {
        self.taken_back += 1;
        self.counted.taken_back(entry, schools);
        if self.taken.len() < MOST {
            self.taken.push(TakenRow {
                seq: entry.seq,
                op: entry.op.clone(),
                kind: entry.kind.clone(),
                subject: entry.subject,
                how,
            });
        }
    }

    /// What the run made and something hangs on: an account that cannot be used, a place that is put away.
    fn switch_off(&mut self, entry: &AuditEntry, schools: &[i64]) -> Result<(), RosterError> {
        let Some(kind) = Kind::from_text(&entry.kind) else {
            return self.note(entry, &Undone::InUse);
        };
        let id = entry.subject;
        let op = match kind {
            Kind::Person => Op::Deactivate {
                person: id,
                disconnected: false,
            },
            _ => Op::Archive { kind, id },
        };
        let evidence = format!("audit {}", entry.seq);
        let action = Action {
            number: self.number,
            reason: REASON,
            evidence: Some(&evidence),
            policy: None,
            op,
        };
        match self.applying.apply(&action)? {
            Outcome::Done { .. } => {
                self.hash(entry.seq, b"off");
                self.switched_off += 1;
                self.taken(entry, schools, TakenHow::SwitchedOff);
                Ok(())
            }
            Outcome::Differs(_) | Outcome::SetAside(_) => self.note(entry, &Undone::InUse),
        }
    }

    /// Takes note of what became of a row.
    fn note(&mut self, entry: &AuditEntry, undone: &Undone) -> Result<(), RosterError> {
        let differs = match undone {
            Undone::Done(_) => {
                self.hash(entry.seq, b"done");
                return Ok(());
            }
            Undone::Kept(differs) => Some(*differs),
            Undone::InUse => None,
        };
        self.hash(entry.seq, b"kept");
        self.all_kept += 1;
        if self.kept.len() < MOST {
            self.kept.push(KeptRow {
                seq: entry.seq,
                op: entry.op.clone(),
                kind: entry.kind.clone(),
                subject: entry.subject,
                differs,
                since: last_change(self.applying.look(), entry, self.run)?,
            });
        }
        Ok(())
    }

    fn hash(&mut self, seq: i64, outcome: &[u8]) {
        self.hasher.update(&seq.to_le_bytes());
        self.hasher.update(outcome);
        self.hasher.update(&[0]);
    }
}

/// Who changed a record last since a row of the audit, and with which row.
fn last_change(
    reading: &dyn Reading,
    entry: &AuditEntry,
    run: i64,
) -> Result<Option<(String, i64)>, RosterError> {
    let rows = reading.timeline(entry.subject)?.into_iter().rev();
    let mut later = rows
        .take_while(|row| row.seq > entry.seq)
        .filter(|row| row.run != Some(run) && (entry.run.is_none() || row.run != entry.run));
    Ok(later.next().map(|row| (row.actor, row.seq)))
}

/// Whether a row made a record: its own changes are nothing, or say just that.
fn is_creation(entry: &AuditEntry) -> bool {
    let created = |change: &RowChange| match change {
        RowChange::Created { id, .. } => *id == entry.subject,
        _ => false,
    };
    entry.changes.is_empty() || (entry.changes.len() == 1 && entry.changes.iter().all(created))
}

/// A row taken apart into changes that mean something by themselves: single fields, single seats. Nothing for a row whose changes
/// belong together, such as a switch, a merge, or a stand-in and its mark.
fn parts(entry: &AuditEntry) -> Vec<AuditEntry> {
    let mut parts = Vec::new();
    for change in &entry.changes {
        match change {
            RowChange::Fields { fields, kind, id }
                if !fields.keys().any(|name| is_switch(name)) =>
            {
                parts.extend(fields.iter().map(|(name, pair)| RowChange::Fields {
                    fields: [(name.clone(), pair.clone())].into(),
                    kind: *kind,
                    id: *id,
                }));
            }
            RowChange::Seats {
                section,
                on,
                seats,
                left,
            } => {
                for group in seats {
                    let seat = |person: &i64| RowChange::Seats {
                        section: *section,
                        on: on.clone(),
                        seats: vec![SeatGroup {
                            people: vec![*person],
                            ..group.clone()
                        }],
                        left: left
                            .iter()
                            .filter(|(_, who, _)| who == person && !group.is_teacher)
                            .cloned()
                            .collect(),
                    };
                    parts.extend(group.people.iter().map(seat));
                }
            }
            _ => return Vec::new(),
        }
    }
    let whole = |change| AuditEntry {
        changes: vec![change],
        ..entry.clone()
    };
    parts.into_iter().map(whole).collect()
}
