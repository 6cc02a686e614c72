//! Matching rehearsed before anything is linked (integration-side A3.13, A3.14).

use std::sync::Arc;

use homeroom_model::Kind;
use homeroom_plan::{Crossing, Misfit, Rehearsal, misfits, rehearse};
use homeroom_roster::CrosswalkRow;

use super::error::SyncError;
use super::{Engine, Tenant};
use crate::roster::{Known, roster_kind};

/// What matching would find in what was read last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// How well each rung would do.
    pub matching: Rehearsal,
    /// Rows of uploaded tables of ids that have not done their work and would not, and why.
    pub misfits: Vec<(CrosswalkRow, Misfit)>,
}

impl Engine {
    /// Tries every rung on the records of a district that nobody knows yet, and looks for rows of the crosswalk that fit
    /// nothing. Answers from what was read last; asks the source nothing, and changes nothing.
    pub async fn rehearse(&self, tenant: &Tenant) -> Result<Rehearsed, SyncError> {
        let standing = self.standing(tenant).await?;
        if standing.latest.is_nothing() {
            return Err(SyncError::NeverRead);
        }
        let base = self.open(&standing.applied).await?;
        let mirror = self.open(&standing.latest).await?;
        let (district, policy) = (tenant.district, Arc::clone(&tenant.policy));
        let roster = Arc::clone(&self.0.roster);
        self.blocking(move || {
            let reading = roster.read()?;
            let known = Known::read(&*reading, district, &policy)?;
            let matching = rehearse(&mirror.snapshot, &known, &policy)
                .map_err(homeroom_plan::PlanError::from)?;
            let rows = reading.crosswalk(district)?.into_iter();
            let open: Vec<CrosswalkRow> = rows.filter(|row| row.used_by.is_none()).collect();
            let crossings: Vec<Crossing> = open.iter().map(crossing).collect();
            let told = misfits(&crossings, &base.snapshot, &mirror.snapshot, &known)
                .map_err(homeroom_plan::PlanError::from)?;
            let misfits = told
                .into_iter()
                .filter_map(|(place, why)| Some((open.get(place)?.clone(), why)));
            Ok(Rehearsed {
                matching,
                misfits: misfits.collect(),
            })
        })
        .await
    }
}

fn crossing(row: &CrosswalkRow) -> Crossing {
    let kinds = Kind::ALL.into_iter();
    Crossing {
        kinds: kinds
            .filter(|kind| roster_kind(*kind) == Some(row.kind))
            .collect(),
        source_ids: row.source_ids,
        old: row.old.clone(),
        new: row.new.clone(),
    }
}
