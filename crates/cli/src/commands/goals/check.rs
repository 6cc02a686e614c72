//! `homeroom goals check`: whether the app's feed would pass a certification.

use std::sync::Arc;

use clap::Args;
use homeroom_goals::certification::{Finding, Outcome};
use homeroom_sync::goals::Push as How;
use serde::Serialize;

use super::app_side::{AppSide, reporting};
use super::draw::Look;
use super::{criteria, push};
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Print pass or fail for every criterion of a certification, from the log of what was sent (an app's side)
///
/// Exit codes: 0 nothing fails, 1 something does.
#[derive(Args)]
pub(crate) struct Check {
    /// Send everything twice first, to see that the second time changes nothing
    #[arg(long)]
    resend: bool,
    #[command(flatten)]
    app: AppSide,
}

#[derive(Serialize)]
struct Checked {
    districts: Vec<OfDistrict>,
}

#[derive(Serialize)]
struct OfDistrict {
    district: String,
    name: String,
    passes: bool,
    criteria: Vec<Finding>,
}

impl Check {
    /// Looks.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        block_on(async {
            let opened = self.app.open(context)?;
            let opened = Arc::new(opened);
            if self.resend {
                let how = How {
                    twice: true,
                    ..How::DEMAND
                };
                push::push_all(&opened, how).await?;
            }
            let mut districts = Vec::new();
            for district in &opened.districts {
                let reporting = reporting(&opened, district)?;
                let criteria = opened.sender.check(district.number, &reporting).await?;
                districts.push(OfDistrict {
                    district: district.id.to_hex(),
                    name: district.name.clone(),
                    passes: criteria.iter().all(|one| one.outcome == Outcome::Pass),
                    criteria,
                });
            }
            let checked = Checked { districts };
            context.output.result(&checked, |checked| {
                let texts = checked.districts.iter().map(OfDistrict::text);
                texts.collect::<Vec<_>>().join("\n")
            })?;
            let criteria = checked
                .districts
                .iter()
                .flat_map(|district| &district.criteria);
            let fails = criteria.into_iter().any(|one| one.outcome == Outcome::Fail);
            Ok(if fails { Exit::Error } else { Exit::Done })
        })?
    }
}

impl OfDistrict {
    fn text(&self) -> String {
        let table = criteria::table(Look::of_output(), &self.criteria);
        format!("{}\n{}", self.name, table.trim_end())
    }
}
