//! `homeroom goals deliveries`.

use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Args;
use homeroom_goals::submission::NOT_AN_ID;
use homeroom_model::ObjectId;
use homeroom_progress::figures::Delivery;
use homeroom_progress::receive::DeliveryReport;
use homeroom_store::Goals as _;
use serde::Serialize;

use super::draw::{Column, Look, grouped};
use super::noted_reading;
use super::of_feed::{OfFeed, not_on};
use super::report::parts::moment;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// List the requests of an app, newest first, or show what one of them was told
#[derive(Args)]
pub(super) struct Deliveries {
    #[command(flatten)]
    feed: OfFeed,
    /// Show this one, with the rows that were rejected or noticed
    #[arg(value_name = "NUMBER")]
    number: Option<u64>,
    /// At most so many
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: u32,
}

#[derive(Serialize)]
struct Listed {
    deliveries: Vec<Delivery>,
}

impl Deliveries {
    /// Lists or shows.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let deliveries = block_on(async {
            let (app, key) = self.feed.key(&installation).await?;
            let feed = installation.store.goals_feed(key).await?;
            anyhow::ensure!(feed.is_some(), not_on(&app));
            let (before, limit) = match self.number {
                Some(number) => (number.checked_add(1), 1),
                None => (None, self.limit),
            };
            let kept = installation
                .store
                .goals_deliveries(key, before, limit)
                .await?;
            if let Some(number) = self.number {
                let one = kept.first().filter(|kept| kept.number == number);
                let one = one.with_context(|| {
                    format!("the log does not hold a request {number} of {}", app.name)
                })?;
                // It tells of single students: those whose rows were rejected or warned about.
                let what = format!("delivery {number} of app {}", key.app);
                noted_reading(&installation, key.district, what).await?;
                return Ok(vec![Delivery::detailed(one)]);
            }
            anyhow::Ok(kept.iter().map(Delivery::of).collect())
        })??;
        let one = self.number.is_some();
        context.output.result(&Listed { deliveries }, |listed| {
            let mut text = table(Look::of_output(), &listed.deliveries);
            let details = listed.deliveries.iter().filter(|_| one);
            for details in details.filter_map(|delivery| delivery.details.as_ref()) {
                text.push_str(&told(details));
            }
            text
        })?;
        Ok(Exit::Done)
    }
}

/// Requests under each other.
pub(super) fn table(look: Look, deliveries: &[Delivery]) -> String {
    if deliveries.is_empty() {
        return "  no request yet\n".to_owned();
    }
    let columns = [
        Column::number("request"),
        Column::words("arrived"),
        Column::number("status"),
        Column::number("rows"),
        Column::number("updated"),
        Column::number("unchanged"),
        Column::number("rejected"),
        Column::number("warnings"),
    ];
    let rows: Vec<Vec<String>> = deliveries
        .iter()
        .map(|request| {
            let count = |count: u32| grouped(count.into());
            vec![
                request.number.to_string(),
                moment(request.at),
                request.status.to_string(),
                count(request.received),
                count(request.updated),
                count(request.unchanged),
                count(request.rejected),
                count(request.warnings),
            ]
        })
        .collect();
    look.table(&columns, &rows)
}

/// The rows that were rejected or noticed, as far as the log keeps them, and why a request was refused.
fn told(details: &DeliveryReport) -> String {
    let mut text = String::new();
    if let Some(message) = &details.message {
        let _ = writeln!(text, "\nrefused: {message}");
    }
    let rejected = details.rejected.iter();
    let rejected = rejected.map(|row| ("rejected", row.index, row.student, word(&row.reason)));
    let warned = details.warnings.iter();
    let warned = warned.map(|row| ("warning", row.index, Some(row.student), word(&row.reason)));
    for (what, index, student, reason) in rejected.chain(warned) {
        let student = student.map(ObjectId::to_hex);
        let student = student.as_deref().unwrap_or(NOT_AN_ID);
        let _ = writeln!(text, "  {what}: row {index}, {student}, {reason}");
    }
    text
}

/// A reason's word in answers.
fn word(reason: &impl Serialize) -> String {
    let word = serde_json::to_value(reason).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}
