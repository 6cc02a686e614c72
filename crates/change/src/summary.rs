//! A plan as people review it: counts and samples per type and per school, what it looks like, what the guards say
//! (district-side 7.5). SIS ids and names of fields only, nothing personal.

use homeroom_model::ObjectId;
use homeroom_segment::{Candidate, Digest, Evidence, Snapshot};
use serde::{Serialize, Serializer};

use crate::action::Verb;
use crate::counts::{Served, Tally};
use crate::guard::{Circumstances, Guards, Verdict};
use crate::id_changes::IdChanges;
use crate::limit::{Limit, Share};
use crate::moved::{self, MovedEnrollments};
use crate::pattern::Pattern;
use crate::plan::Plan;
use crate::samples::Samples;
use crate::schools::SchoolCounts;
use crate::season::Season;

/// How long a summary may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryLimits {
    /// Samples per type and verb in the whole district.
    pub samples: usize,
    /// Samples per type and verb in each school.
    pub school_samples: usize,
    /// Changes of ids that are listed; the counts say how many there are.
    pub id_changes: usize,
}

impl Default for SummaryLimits {
    /// Twenty, three and a thousand.
    fn default() -> Self {
        Self {
            samples: 20,
            school_samples: 3,
            id_changes: 1000,
        }
    }
}

/// A plan in numbers, samples and sentences.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Number of the snapshot it was compared with; 0 before the first publish.
    pub base: u64,
    /// What somebody approves.
    pub digest: Digest,
    /// Whether it publishes an older snapshot again.
    pub undo: bool,
    /// The season whose limits hold.
    pub season: Season,
    /// Every type, in the order of [`Served::ALL`].
    pub types: Vec<TypeSummary>,
    /// Every school in which something changes, by SIS id.
    pub schools: Vec<SchoolSummary>,
    /// Enrollments that are deleted here and created there.
    pub moved_enrollments: MovedEnrollments,
    /// Who changes an id, or probably is somebody else under another key.
    pub id_changes: IdChanges,
    /// What it looks like.
    pub patterns: Vec<Pattern>,
    /// What the guards say.
    pub verdicts: Vec<Verdict>,
}

/// What happens to the records of one type.
#[derive(Clone, Debug, Serialize)]
pub struct TypeSummary {
    /// The type.
    #[serde(rename = "type")]
    pub kind: Served,
    /// How many meet each fate.
    #[serde(flatten)]
    pub tally: Tally,
    /// How many there are afterwards.
    pub total_after: u64,
    /// The share that is deleted, in percent of what is published.
    pub percent_deleted: Percent,
    /// What the guard of deletions allows; `None` for types without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Some of the records that change, by verb.
    pub samples: Vec<Sample>,
}

/// What happens in one school.
#[derive(Clone, Debug, Serialize)]
pub struct SchoolSummary {
    /// The school's id in the SIS.
    pub school: String,
    /// Whether the school itself is deleted.
    pub gone: bool,
    /// The types of which something changes, in the order of reports.
    pub types: Vec<TypeSummary>,
}

/// A record that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// What is done to it.
    pub action: Verb,
    /// Its id in the SIS, or what else it is known by that is not personal.
    pub sis_id: String,
    /// Its published id, if it has one already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clever_id: Option<ObjectId>,
    /// The SIS id of its school, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// Names of the fields and relations that change, or why it comes or goes.
    pub fields: Vec<String>,
}

/// A change of an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdChange {
    /// The type of the record.
    #[serde(rename = "type")]
    pub kind: Served,
    /// The SIS id it is known by now.
    pub from: String,
    /// The published id it has now.
    pub from_id: ObjectId,
    /// The SIS id it is known by afterwards.
    pub to: String,
    /// The published id it has afterwards; `None` if it is a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_id: Option<ObjectId>,
    /// What says so.
    pub evidence: Evidence,
}

/// Tenths of a percent, written as a number with one decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u64);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tenths = u32::try_from(self.0).unwrap_or(u32::MAX);
        serializer.serialize_f64(f64::from(tenths) / 10.0)
    }
}

impl Plan {
    /// The plan in numbers, samples and sentences. `old` and `candidate` are those it was made from. The same plan gives the
    /// same summary, whatever the order of files.
    pub fn summary(
        &self,
        old: &Snapshot,
        candidate: &Candidate,
        guards: &Guards,
        circumstances: &Circumstances<'_>,
        limits: &SummaryLimits,
    ) -> Summary {
        let verdicts = self.verdicts(guards, circumstances);
        let mut samples = Samples::new(self, old, candidate, limits);
        samples.collect();
        let limit = |kind: Served, school: Option<&str>| {
            let guard = match school {
                None => guards.deletions.of(kind),
                Some(_) => guards.school_deletions.of(kind),
            };
            guard.map(|rule| rule.limit(circumstances.season()))
        };
        let types = self.counts().iter().map(|(kind, tally)| {
            let samples = samples.of_district(kind);
            of_type(kind, tally, limit(kind, None), samples)
        });
        let types = types.collect();
        let changed = self.schools().iter().filter(|school| is_changed(school));
        let schools = changed.map(|school| {
            let counted = school.iter().filter(|(_, tally)| !tally.is_empty());
            let types = counted.map(|(kind, tally)| {
                let samples = samples.of_school(&school.sis_id, kind);
                of_type(kind, tally, limit(kind, Some(&school.sis_id)), samples)
            });
            SchoolSummary {
                school: school.sis_id.clone(),
                gone: school.gone,
                types: types.collect(),
            }
        });
        Summary {
            base: self.base(),
            digest: self.digest(),
            undo: self.is_undo(),
            season: circumstances.season(),
            types,
            schools: schools.collect(),
            moved_enrollments: moved::count(self, old, candidate),
            id_changes: IdChanges::of(self, old, candidate, limits.id_changes),
            patterns: self.patterns(),
            verdicts,
        }
    }
}

impl Summary {
    /// The guards that hold the plan back.
    pub fn triggers(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.held)
    }

    /// Whether any guard holds the plan back.
    pub fn is_held(&self) -> bool {
        self.triggers().next().is_some()
    }
}

fn is_changed(school: &SchoolCounts) -> bool {
    school.gone || school.iter().any(|(_, tally)| !tally.is_empty())
}

fn of_type(kind: Served, tally: Tally, limit: Option<Limit>, samples: Vec<Sample>) -> TypeSummary {
    TypeSummary {
        kind,
        tally,
        total_after: tally.after(),
        percent_deleted: Percent(Share::new(tally.deleted, tally.before()).per_mille()),
        limit,
        samples,
    }
}
