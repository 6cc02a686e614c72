//! Approving a plan that was seen (integration-side A4.5).

use homeroom_client::Cancel;
use homeroom_plan::Part;
use homeroom_roster::{Approval, HoldOutcome, PlanState, Refusal, RosterError};

use super::accounts;
use super::error::SyncError;
use super::notices::code;
use super::order::{Order, ReadHow, Trigger};
use super::run::{Approved, Ran};
use super::watch::Watch;
use super::{Engine, Tenant};

/// Somebody's yes.
#[derive(Clone, Debug)]
pub struct Yes<'a> {
    /// The digest of the plan that was seen, in hexadecimal; its beginning is enough if it is the only one.
    pub digest: &'a str,
    /// What of it.
    pub part: Part,
    /// Who.
    pub by: &'a str,
    /// What they said.
    pub note: Option<&'a str>,
}

impl Engine {
    /// Approves a plan, or a part of it, and applies exactly that. If source, policy or roster changed since, nothing is
    /// applied: the run is `held` with the note `stale_approval` and the difference.
    pub async fn approve(
        &self,
        tenant: &Tenant,
        yes: &Yes<'_>,
        cancel: &Cancel,
        watch: &dyn Watch,
    ) -> Result<Ran, SyncError> {
        self.may_approve(yes.by)?;
        let digest = self.whole_digest(tenant.district, yes.digest).await?;
        let approval = Approval {
            digest: digest.clone(),
            part: match yes.part {
                Part::All => String::new(),
                part => part.text(),
            },
            by: yes.by.to_owned(),
            at: self.0.clock.now(),
            note: yes.note.map(ToOwned::to_owned),
            used_by: None,
        };
        let district = tenant.district;
        let approving = self.with_roster(move |roster| {
            roster.approve(district, &approval)?;
            roster.read()?.plan(district, &approval.digest)
        });
        let seen = approving.await.map_err(|error| no_such(error, &digest))?;
        let inputs = seen.map(|plan| serde_json::from_str(&plan.inputs));
        let inputs: serde_json::Value = inputs.transpose().ok().flatten().unwrap_or_default();
        // The plan that applies it looks at the same things as the one that was seen.
        let order = Order {
            read: ReadHow::Kept,
            deep: inputs.get("deep").and_then(serde_json::Value::as_bool) == Some(true),
            accounts: accounts::read(&inputs),
            actor: yes.by.to_owned(),
            ..Order::new(Trigger::Demand)
        };
        let approved = Approved { digest };
        self.run_approved(tenant, &order, Some(approved), (cancel, watch))
            .await
    }

    /// Applies a plan that somebody saw, without what guards hold of it. If source, policy or roster changed since, nothing is
    /// applied, as in [`Engine::approve`].
    pub async fn apply_seen(
        &self,
        tenant: &Tenant,
        digest: &str,
        by: &str,
        (cancel, watch): (&Cancel, &dyn Watch),
    ) -> Result<Ran, SyncError> {
        let digest = self.whole_digest(tenant.district, digest).await?;
        let order = Order {
            read: ReadHow::Kept,
            actor: by.to_owned(),
            ..Order::new(Trigger::Demand)
        };
        let approved = Some(Approved { digest });
        self.run_approved(tenant, &order, approved, (cancel, watch))
            .await
    }

    /// Says no to a plan: its holds are closed, and it cannot be approved any more. The next run plans anew.
    pub async fn discard(&self, tenant: &Tenant, digest: &str, by: &str) -> Result<(), SyncError> {
        self.may_approve(by)?;
        let digest = self.whole_digest(tenant.district, digest).await?;
        let (district, by, at) = (tenant.district, by.to_owned(), self.0.clock.now());
        self.with_roster(move |roster| {
            roster.set_plan(district, &digest, PlanState::Discarded)?;
            let holds = roster.read()?.holds(district, false)?;
            for hold in holds.into_iter().filter(|hold| hold.plan == digest) {
                roster.close_hold(district, hold.id, HoldOutcome::Discarded, &by, at)?;
                roster.settle_notice(district, code::HOLD, &hold.subject, at)?;
            }
            Ok(())
        })
        .await
    }

    pub(crate) fn may_approve(&self, by: &str) -> Result<(), SyncError> {
        let approvers = &self.0.settings.approvers;
        if approvers.is_empty() || approvers.iter().any(|one| one == by) {
            return Ok(());
        }
        Err(SyncError::MayNotApprove(by.to_owned()))
    }

    /// The digest of a waiting plan that begins so.
    async fn whole_digest(&self, district: i64, beginning: &str) -> Result<String, SyncError> {
        let wanted = beginning.to_ascii_lowercase();
        let mut found = self
            .with_roster(move |roster| {
                let reading = roster.read()?;
                let runs = reading.runs(district, RUNS)?.into_iter();
                let mut found: Vec<_> = runs.filter_map(|run| run.plan).collect();
                found.extend(
                    reading
                        .holds(district, false)?
                        .into_iter()
                        .map(|hold| hold.plan),
                );
                Ok(found)
            })
            .await?;
        found.sort_unstable();
        found.dedup();
        found.retain(|digest| digest.starts_with(&wanted) && wanted.len() >= 6);
        match found.as_slice() {
            [one] => Ok(one.clone()),
            _ => Err(SyncError::NoSuchPlan(beginning.to_owned())),
        }
    }
}

/// So many runs are looked through for a plan that is named by the beginning of its digest.
const RUNS: u32 = 200;

fn no_such(error: SyncError, digest: &str) -> SyncError {
    let moved = |error: &RosterError| error.refusal() == Some(Refusal::Moved);
    match error {
        SyncError::Roster(error) if moved(&error) => SyncError::NoSuchPlan(digest.to_owned()),
        other => other,
    }
}
