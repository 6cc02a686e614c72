//! `homeroom sync findings --scorecard`: how good a district's data is.

use std::collections::BTreeMap;

use homeroom_model::ObjectId;
use homeroom_sync::Score;
use serde::Serialize;

use super::running::Call;
use crate::exit::Exit;
use crate::output;

/// Fields that are shown as the emptiest ones.
const EMPTIEST: usize = 5;

#[derive(Serialize)]
struct Scorecards {
    districts: Vec<Card>,
}

#[derive(Serialize)]
struct Card {
    district: String,
    name: String,
    whole: Figures,
    schools: Vec<OfSchool>,
    gains: Vec<Gain>,
}

#[derive(Serialize)]
struct OfSchool {
    id: String,
    name: String,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
struct Figures {
    records: BTreeMap<&'static str, u64>,
    /// How complete each field is, in percent, by `table.field`.
    complete: BTreeMap<String, u64>,
    findings: BTreeMap<String, u64>,
    left_out: u64,
    duplicates: u64,
    orphans: u64,
}

#[derive(Serialize)]
struct Gain {
    kind: String,
    field: String,
    code: String,
    records: u64,
}

/// Shows the scorecards.
pub(super) async fn run(call: &Call<'_>) -> anyhow::Result<Exit> {
    let mut districts = Vec::new();
    for district in &call.opened.districts {
        let card = call.opened.engine.scorecard(&district.tenant).await?;
        districts.push(Card {
            district: district.id.to_hex(),
            name: district.name.clone(),
            whole: figures(&card.district),
            schools: card
                .schools
                .iter()
                .map(|(id, name, score)| OfSchool {
                    id: ObjectId::to_hex(*id),
                    name: name.clone(),
                    figures: figures(score),
                })
                .collect(),
            gains: card
                .gains
                .into_iter()
                .map(|gain| Gain {
                    kind: gain.kind,
                    field: gain.field,
                    code: gain.code,
                    records: gain.records,
                })
                .collect(),
        });
    }
    call.context
        .output
        .result(&Scorecards { districts }, |cards| {
            let texts = cards.districts.iter().map(Card::text);
            texts.collect::<Vec<_>>().join("\n\n")
        })?;
    Ok(Exit::Done)
}

fn figures(score: &Score) -> Figures {
    let fields = score.filled.keys();
    Figures {
        records: score.records.clone(),
        complete: fields
            .filter_map(|(table, field)| {
                Some((format!("{table}.{field}"), score.percent(table, field)?))
            })
            .collect(),
        findings: score.findings.clone(),
        left_out: score.left_out,
        duplicates: score.duplicates,
        orphans: score.orphans,
    }
}

impl Card {
    fn text(&self) -> String {
        let whole = [(self.name.as_str(), &self.whole)];
        let schools = self
            .schools
            .iter()
            .map(|school| (school.name.as_str(), &school.figures));
        let rows: Vec<_> = whole
            .into_iter()
            .chain(schools)
            .map(|(name, figures)| row(name, figures))
            .collect();
        let rows: Vec<[&str; 7]> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let mut text = output::table(
            [
                "",
                "students",
                "classes",
                "left out",
                "duplicates",
                "orphans",
                "emptiest fields",
            ],
            &rows,
            "",
        );
        for gain in &self.gains {
            text = format!(
                "{text}\nRepairing {} in {} of {} would gain {} records.",
                gain.code, gain.field, gain.kind, gain.records
            );
        }
        text
    }
}

fn row(name: &str, figures: &Figures) -> [String; 7] {
    let records = |table: &str| {
        figures
            .records
            .get(table)
            .copied()
            .unwrap_or_default()
            .to_string()
    };
    let mut fields: Vec<_> = figures
        .complete
        .iter()
        .filter(|(_, percent)| **percent < 100)
        .collect();
    fields.sort_by_key(|(field, percent)| (**percent, field.as_str()));
    let emptiest = fields
        .iter()
        .take(EMPTIEST)
        .map(|(field, percent)| format!("{field} {percent} %"));
    [
        name.to_owned(),
        records("students"),
        records("sections"),
        figures.left_out.to_string(),
        figures.duplicates.to_string(),
        figures.orphans.to_string(),
        emptiest.collect::<Vec<_>>().join(", "),
    ]
}
