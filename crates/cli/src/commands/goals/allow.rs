//! `homeroom goals allow`: a total that fell goes out because somebody says so.

use clap::Args;
use serde::Serialize;

use super::app_side::{AppSide, decimal, reporting};
use crate::actor;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Let a student's total fall to what it is now: the next push sends it (an app's side)
///
/// A total that fell is not sent by itself, because it is usually a mistake; `goals status` shows the activities that explain it. What
/// is allowed is what it is now: if it falls further it is held again. The district keeps the higher total until it is confirmed there.
#[derive(Args)]
pub(crate) struct Allow {
    /// The student: id at the source, or local number of the account
    student: String,
    /// Why, for the log
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    app: AppSide,
}

#[derive(Serialize)]
struct Allowed {
    correction: i64,
    account: i64,
    school_year: i16,
    minutes: String,
    progress: String,
    from_minutes: String,
    from_progress: String,
    by: String,
}

impl Allow {
    /// Allows.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        block_on(async {
            let opened = self.app.open(context)?;
            let district = opened.only()?;
            let reporting = reporting(&opened, district)?;
            let by = actor::name();
            let note = self.note.as_deref();
            let allowing =
                opened
                    .sender
                    .allow(district.number, &reporting, &self.student, &by, note);
            let correction = allowing.await?;
            let allowed = Allowed {
                correction: correction.id,
                account: correction.person,
                school_year: correction.year,
                minutes: decimal(correction.minutes),
                progress: decimal(correction.progress),
                from_minutes: decimal(correction.from_minutes),
                from_progress: decimal(correction.from_progress),
                by: correction.by,
            };
            context.output.result(&allowed, |allowed| {
                format!(
                    "{}: the total of account {} may fall from {} minutes and {} to {} and {}; the next push sends it",
                    district.name,
                    allowed.account,
                    allowed.from_minutes,
                    allowed.from_progress,
                    allowed.minutes,
                    allowed.progress
                )
            })?;
            Ok(Exit::Done)
        })?
    }
}
