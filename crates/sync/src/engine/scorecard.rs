//! How good a district's data is, school by school (integration-side A2.9): what a district can act on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{Policy, names};
use homeroom_roster::Finding;
use homeroom_segment::{Relation, Snapshot, fields_of};

use super::error::SyncError;
use super::{Engine, Tenant};
use crate::mirror::Mirror;

/// How good a district's data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scorecard {
    /// The district as a whole, records of no school included.
    pub district: Score,
    /// Each school, by name, then by id.
    pub schools: Vec<(ObjectId, String, Score)>,
    /// What could be gained: so many records are left out or shortened for this, most first.
    pub gains: Vec<Gain>,
}

/// The figures of a school or a district.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Records, by table.
    pub records: BTreeMap<&'static str, u64>,
    /// Of each field that the app uses: in how many records something stands there. By table and field.
    pub filled: BTreeMap<(&'static str, &'static str), u64>,
    /// Open findings, by code.
    pub findings: BTreeMap<String, u64>,
    /// Records that open findings leave out.
    pub left_out: u64,
    /// Values that somebody else has too.
    pub duplicates: u64,
    /// Students and teachers without a class, classes without students, and names of people whom nobody shares.
    pub orphans: u64,
}

impl Score {
    /// How complete a field is, in whole percent rounded down; nothing where there are no records.
    pub fn percent(&self, table: &'static str, field: &'static str) -> Option<u64> {
        let records = *self.records.get(table).filter(|records| **records > 0)?;
        let filled = self.filled.get(&(table, field)).copied().unwrap_or(0);
        Some(filled * 100 / records)
    }
}

/// Something that is worth repairing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gain {
    /// Kind of record.
    pub kind: String,
    /// The field.
    pub field: String,
    /// What is wrong.
    pub code: String,
    /// So many records would be gained, or be whole.
    pub records: u64,
}

/// Kinds that belong to schools.
const KINDS: [(Kind, &[Relation]); 3] = [
    (Kind::Section, &[Relation::SectionSchool]),
    (
        Kind::Student,
        &[Relation::StudentSchools, Relation::StudentSchool],
    ),
    (
        Kind::Employee,
        &[
            Relation::TeacherSchools,
            Relation::TeacherSchool,
            Relation::StaffSchools,
        ],
    ),
];

impl Engine {
    /// How good the data of a district is, as it was read last and as planning found it.
    pub async fn scorecard(&self, tenant: &Tenant) -> Result<Scorecard, SyncError> {
        let standing = self.standing(tenant).await?;
        if standing.latest.is_nothing() {
            return Err(SyncError::NeverRead);
        }
        let mirror = self.open(&standing.latest).await?;
        let district = tenant.district;
        let policy = Arc::clone(&tenant.policy);
        let findings = self
            .with_roster(move |roster| roster.read()?.findings(district, false))
            .await?;
        self.blocking(move || Ok(scorecard(&mirror, &policy, &findings)))
            .await
    }
}

fn scorecard(mirror: &Mirror, policy: &Policy, findings: &[Finding]) -> Scorecard {
    let snapshot = &mirror.snapshot;
    let schools = snapshot.table(Kind::School);
    let mut each = vec![Score::default(); schools.len() as usize];
    let mut district = Score::default();
    for (kind, relations) in KINDS {
        let used: Vec<_> = fields_of(kind)
            .iter()
            .enumerate()
            .filter(|(_, field)| policy.uses(kind, field.name))
            .map(|(number, field)| (number, field.name))
            .collect();
        for row in 0..snapshot.table(kind).len() {
            let mut of: BTreeSet<u32> = BTreeSet::new();
            for relation in relations {
                of.extend(snapshot.lists(*relation).get(row));
            }
            let own = of.iter().filter_map(|at| usize::try_from(*at).ok());
            let own: Vec<usize> = own.collect();
            count(snapshot, (kind, row), &used, &mut district);
            for at in own {
                if let Some(score) = each.get_mut(at) {
                    count(snapshot, (kind, row), &used, score);
                }
            }
        }
    }
    district.orphans += mirror.unresolved().len() as u64;
    for finding in findings {
        judge(finding, &mut district);
        for at in schools_of(snapshot, finding) {
            if let Some(score) = each.get_mut(at as usize) {
                judge(finding, score);
            }
        }
    }
    let named = (0..schools.len()).zip(each).map(|(row, score)| {
        let name = names(snapshot, Kind::School, row).1.to_owned();
        (schools.id(row), name, score)
    });
    let mut named: Vec<_> = named.collect();
    named.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    Scorecard {
        district,
        schools: named,
        gains: gains(findings),
    }
}

/// Counts a record, what stands in it, and whether it leads nowhere.
fn count(
    snapshot: &Snapshot,
    (kind, row): (Kind, u32),
    used: &[(usize, &'static str)],
    score: &mut Score,
) {
    *score.records.entry(kind.table()).or_default() += 1;
    let record = snapshot.table(kind).row(row);
    for (number, name) in used {
        // Codes of closed lists are bytes, and nothing is 0.
        if record.bytes(*number).iter().any(|byte| *byte != 0) {
            *score.filled.entry((kind.table(), name)).or_default() += 1;
        }
    }
    let alone = match kind {
        Kind::Section => snapshot
            .lists(Relation::SectionStudents)
            .get(row)
            .is_empty(),
        Kind::Student => snapshot.back(Relation::SectionStudents).get(row).is_empty(),
        Kind::Employee => {
            snapshot.back(Relation::SectionTeachers).get(row).is_empty()
                && snapshot.lists(Relation::StaffSchools).get(row).is_empty()
        }
        _ => false,
    };
    score.orphans += u64::from(alone);
}

fn judge(finding: &Finding, score: &mut Score) {
    *score.findings.entry(finding.code.clone()).or_default() += 1;
    score.left_out += u64::from(is_left_out(finding));
    score.duplicates += u64::from(finding.code == "duplicate_value");
}

fn is_left_out(finding: &Finding) -> bool {
    matches!(finding.reaction.as_str(), "reject" | "quarantine")
}

/// The rows of the schools that the record of a finding belongs to.
fn schools_of(snapshot: &Snapshot, finding: &Finding) -> Vec<u32> {
    let kind = KINDS.iter().find(|(kind, _)| kind.table() == finding.kind);
    let (Some((kind, relations)), Some(id)) = (kind, ObjectId::from_hex(&finding.source_id)) else {
        return Vec::new();
    };
    let Some(row) = snapshot.table(*kind).find(&id) else {
        return Vec::new();
    };
    let lists = relations.iter();
    let schools: BTreeSet<u32> = lists
        .flat_map(|relation| snapshot.lists(*relation).get(row).to_vec())
        .collect();
    schools.into_iter().collect()
}

fn gains(findings: &[Finding]) -> Vec<Gain> {
    let mut counts: BTreeMap<(&str, &str, &str), u64> = BTreeMap::new();
    for finding in findings {
        let about = (&*finding.kind, &*finding.field, &*finding.code);
        *counts.entry(about).or_default() += 1;
    }
    let mut gains: Vec<_> = counts
        .into_iter()
        .map(|((kind, field, code), records)| Gain {
            kind: kind.to_owned(),
            field: field.to_owned(),
            code: code.to_owned(),
            records,
        })
        .collect();
    gains.sort_by_key(|gain| std::cmp::Reverse(gain.records));
    gains
}
