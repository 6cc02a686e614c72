//! `homeroom sync apply`: what was seen, and nothing else.

use clap::Args;
use homeroom_plan::Part;
use homeroom_sync::{Order, Ran, ReadHow, Trigger, Until, Watch, Yes};

use super::ask::{Asker, tell};
use super::plan::{Read, Show, once};
use super::render;
use super::running::{Call, Outcome, Outcomes, Seen, stopped_by_hand};
use super::shown::reasons;
use crate::actor;
use crate::exit::Exit;
use crate::sync::opened::Followed;

/// Apply a plan that was seen, or plan, show and ask
///
/// With the digest of a plan exactly that plan is applied: if the source, the policy or the database changed since, nothing is,
/// and the difference is shown (exit code 5). Without one, a new plan is made and shown, and you are asked.
#[derive(Args)]
pub(super) struct Apply {
    /// The digest of a plan, or its beginning, as `sync plan` prints it
    #[arg(value_name = "DIGEST")]
    digest: Option<String>,
    /// Approve what is held, too
    #[arg(long)]
    approve: bool,
    /// Only a part of it: harmless, section:ID, school:ID, kind:students, students:ID
    #[arg(long, value_name = "PART", requires = "approve", value_parser = part)]
    part: Option<Part>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", requires = "approve")]
    note: Option<String>,
    /// Ask nothing
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    read: Read,
    #[command(flatten)]
    show: Show,
}

/// A part of a plan as it is written.
pub(super) fn part(text: &str) -> Result<Part, String> {
    Part::parse(text).ok_or_else(|| {
        "a part is harmless, section:ID, school:ID, kind:students (or another kind) or students:ID, with ids of the source".to_owned()
    })
}

impl Apply {
    /// Applies.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut districts = Vec::new();
        for district in self.meant(call)? {
            let outcome = match self.district(call, district).await {
                Ok(ran) => Outcome::of(call, district, &ran, self.show.values()).await?,
                Err(error) => Outcome::failed(district, &error),
            };
            districts.push(outcome);
        }
        let outcomes = Outcomes { districts };
        call.context.output.result(&outcomes, |outcomes| {
            let texts = outcomes
                .districts
                .iter()
                .map(|outcome| Self::text(call, outcome));
            texts.collect::<Vec<_>>().join("\n")
        })?;
        Ok(outcomes.exit())
    }

    /// A digest is of one district's plan.
    fn meant<'c>(&self, call: &'c Call<'_>) -> anyhow::Result<Vec<&'c Followed>> {
        if self.digest.is_some() {
            return Ok(vec![call.opened.only()?]);
        }
        Ok(call.opened.districts.iter().collect())
    }

    async fn district(&self, call: &Call<'_>, district: &Followed) -> anyhow::Result<Ran> {
        if let Some(digest) = &self.digest {
            return self.seen(call, district, digest).await;
        }
        let planned = once(call, district, &self.read.order(Until::Plan)).await?;
        if planned.plan.is_empty() {
            // Nothing to do is done at once: the cursor moves, and "last good sync".
            return again(call, district).await;
        }
        let shown = Outcome::of(call, district, &planned, self.show.values()).await?;
        if let (Some(plan), false) = (&shown.plan, call.context.output.is_json()) {
            tell(&format!(
                "{}\n{}",
                shown.heading(),
                render::text(plan, self.show.all())
            ))?;
        }
        if planned.plan.is_held() && !self.approve {
            // Held for everybody to see, not only here.
            return again(call, district).await;
        }
        let question = if self.approve {
            "Approve and apply this?"
        } else {
            "Apply this?"
        };
        if !Asker::new(self.yes).confirm(question)? {
            return Ok(planned);
        }
        self.seen(call, district, &planned.digest).await
    }

    /// Applies a plan that somebody saw.
    async fn seen(
        &self,
        call: &Call<'_>,
        district: &Followed,
        digest: &str,
    ) -> anyhow::Result<Ran> {
        let seen = Seen::start(call.context, district);
        let cancel = stopped_by_hand();
        let by = actor::name();
        let engine = &call.opened.engine;
        let ran = if self.approve {
            let yes = Yes {
                digest,
                part: self.part.unwrap_or(Part::All),
                by: &by,
                note: self.note.as_deref(),
            };
            let approving = engine.approve(&district.tenant, &yes, &cancel, &seen);
            Box::pin(approving).await
        } else {
            let watched = (&cancel, &seen as &dyn Watch);
            let applying = engine.apply_seen(&district.tenant, digest, &by, watched);
            Box::pin(applying).await
        };
        seen.finish();
        Ok(ran?)
    }

    fn text(call: &Call<'_>, outcome: &Outcome) -> String {
        if outcome.error.is_some() {
            return outcome.heading();
        }
        match outcome.state {
            "planned" => format!("{}: nothing was applied.", outcome.name),
            "no_change" => format!("{}: nothing to do.", outcome.name),
            "held" if outcome.exit == Exit::Stale => stale(call, outcome),
            "held" => held(call, outcome),
            _ => applied(call, outcome),
        }
    }
}

/// Plans again from what was read, and applies what nothing holds.
async fn again(call: &Call<'_>, district: &Followed) -> anyhow::Result<Ran> {
    let order = Order {
        read: ReadHow::Kept,
        actor: actor::name(),
        ..Order::new(Trigger::Demand)
    };
    once(call, district, &order).await
}

pub(super) fn stale(call: &Call<'_>, outcome: &Outcome) -> String {
    let lines = outcome.difference.join("\n  ");
    let lines = if lines.is_empty() {
        "(the lines of the approved plan are not kept any more)".to_owned()
    } else {
        lines
    };
    format!(
        "{}: nothing was applied. What you saw is not what would be done now; - was in it, + is new:\n  {lines}\n\
         Look at the plan of now:\n  homeroom sync {}plan --kept",
        outcome.name, call.flags
    )
}

pub(super) fn held(call: &Call<'_>, outcome: &Outcome) -> String {
    let why = outcome.plan.iter().flat_map(|plan| &plan.verdicts);
    let why = reasons(why.map(|verdict| verdict.told.as_str()));
    let why = why.iter().fold(String::new(), |told, reason| {
        [&told, "  ", reason, ".\n"].concat()
    });
    format!(
        "{}: held, nothing was applied.\n{why}To look at it, approve or discard it:\n  homeroom sync {}holds",
        outcome.name, call.flags
    )
}

/// What an applied run did.
pub(super) fn applied(call: &Call<'_>, outcome: &Outcome) -> String {
    let run = outcome.run.unwrap_or_default();
    let partial = if outcome.state == "partial" {
        " Not everything could be read: nobody who is missing was taken for gone."
    } else {
        ""
    };
    let mut text = format!(
        "{}: applied, {} (run {run}).{partial}",
        outcome.name,
        actions(outcome.done)
    );
    if !outcome.set_aside.is_empty() {
        text = format!(
            "{text}\nSet aside, and tried again next time:\n  {}",
            outcome.set_aside.join("\n  ")
        );
    }
    if !outcome.holds.is_empty() {
        text = format!(
            "{text}\nA part waits for somebody:\n  homeroom sync {}holds",
            call.flags
        );
    } else if outcome.left > 0 {
        text = format!(
            "{text}\nLeft out: {}. Without the rest nothing holds this back; the next run does it.",
            actions(outcome.left)
        );
    }
    if outcome.done > 0 {
        text = format!(
            "{text}\nTo take it back:\n  homeroom sync {}undo {run}",
            call.flags
        );
    }
    text
}

fn actions(number: u64) -> String {
    if number == 1 {
        "1 action".to_owned()
    } else {
        format!("{number} actions")
    }
}
