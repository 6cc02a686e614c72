//! `homeroom id`.

use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Args;
use homeroom_history::{Became, Keyed};
use homeroom_model::{ObjectId, Timestamp};
use serde::Serialize;

use super::of_district::OfDistrict;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// What became of an id: who got it when, on what evidence, and what it is now
///
/// `homeroom id 5f00aa11bb22cc33dd44ee01` follows an id through merges, splits, new keys and returns to what stands for it
/// now; `homeroom id students 1042` lists every id that the student 1042 of the SIS ever had.
#[derive(Args)]
pub(crate) struct Id {
    /// An id, or what an id of the SIS stands for: schools, students, teachers, staff, contacts, sections, courses or resources
    #[arg(value_name = "ID|TYPE")]
    named: String,
    /// The id in the SIS; of a course its number
    #[arg(value_name = "SIS_ID")]
    key: Option<String>,
    #[command(flatten)]
    district: OfDistrict,
}

#[derive(Serialize)]
struct Shown {
    ids: Vec<Became>,
}

impl Id {
    /// Looks up.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let ids = block_on(async {
            let district = self.district.id(&installation).await?;
            let ingest = installation.ingest();
            let history = ingest.history();
            if let Some(key) = &self.key {
                let keyed = Keyed::from_text(&self.named).with_context(|| {
                    let known: Vec<_> = Keyed::ALL.iter().map(|keyed| keyed.text()).collect();
                    format!("{} is none of {}", self.named, known.join(", "))
                })?;
                let ids = history.became_of_key(district, keyed, key).await?;
                anyhow::ensure!(!ids.is_empty(), "{} {key} never had an id here", self.named);
                return Ok(ids);
            }
            let id = ObjectId::from_hex(&self.named)
                .context("an id has 24 hexadecimal digits; for an id of the SIS write for example: homeroom id students 1042")?;
            let became = history.became(district, id).await?;
            let became =
                became.with_context(|| format!("the id {id} was never given in this district"))?;
            anyhow::Ok(vec![became])
        })??;
        context.output.result(&Shown { ids }, Shown::text)?;
        Ok(Exit::Done)
    }
}

impl Shown {
    fn text(&self) -> String {
        let mut text = String::new();
        for became in &self.ids {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", became.says);
            for happened in &became.history {
                let at = happened
                    .at
                    .map_or_else(|| "at a time not kept".to_owned(), Timestamp::to_iso);
                let other = happened
                    .other
                    .map_or_else(String::new, |other| format!(", {other}"));
                let _ = writeln!(
                    text,
                    "  snapshot {}, {at}: {} ({}){other}",
                    happened.snapshot, happened.event, happened.evidence
                );
            }
        }
        text
    }
}
