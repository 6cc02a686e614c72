//! `homeroom sync why`: one plain sentence.

use clap::Args;
use homeroom_model::Kind;
use serde::Serialize;

use super::find;
use super::names::Names;
use super::running::Call;
use crate::exit::Exit;

/// Say why a person or a class is as it is in the app
///
/// Answers from what was read last; asks the server nothing.
#[derive(Args)]
pub(super) struct Why {
    /// Who or what: a source id, SIS id, email or name
    #[arg(value_name = "WHO")]
    about: String,
    /// Why they are, or are not, in this section
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// Every station on the way, not only what it comes to
    #[arg(long)]
    trace: bool,
}

#[derive(Serialize)]
struct Answers {
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    district: String,
    kind: &'static str,
    id: String,
    account: Option<i64>,
    #[serde(skip)]
    name: String,
    sentence: String,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    station: &'static str,
    says: String,
}

impl Why {
    /// Answers.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let mut answers = Vec::new();
        let mut elsewhere = self.section.as_deref();
        for district in &call.opened.districts {
            let mirror = call.opened.mirror(district).await?;
            let section = match &self.section {
                Some(name) => find::at_most_one(&mirror.snapshot, &[Kind::Section], name)?,
                None => None,
            };
            if self.section.is_some() && section.is_none() {
                continue;
            }
            elsewhere = None;
            let whys = call
                .opened
                .engine
                .why(&district.tenant, &self.about, section)
                .await?;
            let reading = call.opened.read()?;
            let names = Names {
                district: district.number,
                mirror: &mirror.snapshot,
                reading: &*reading,
            };
            answers.extend(whys.into_iter().map(|why| {
                let sent = names.sent(why.kind, &why.source);
                let kept = why
                    .local
                    .map(|local| names.kept(why.kind, homeroom_plan::Local(local)));
                Answer {
                    district: district.id.to_hex(),
                    kind: why.kind.table(),
                    id: why.source.to_hex(),
                    account: why.local,
                    name: if sent.is_empty() {
                        kept.unwrap_or_default()
                    } else {
                        sent
                    },
                    sentence: why.sentence,
                    steps: why
                        .steps
                        .into_iter()
                        .map(|step| Step {
                            station: step.station,
                            says: step.said,
                        })
                        .collect(),
                }
            }));
        }
        if let Some(section) = elsewhere {
            return Err(find::nobody(section));
        }
        let found = !answers.is_empty();
        call.context
            .output
            .result(&Answers { answers }, |answers| self.text(answers))?;
        Ok(if found { Exit::Done } else { Exit::Error })
    }

    fn text(&self, answers: &Answers) -> String {
        if answers.answers.is_empty() {
            return format!(
                "Nobody and nothing that was ever read is called {}; a whole name or last name, an email, an id in the SIS or of the \
                 source finds somebody.",
                self.about
            );
        }
        let one = |answer: &Answer| {
            let mut text = format!(
                "{} ({} {}): {}",
                answer.name, answer.kind, answer.id, answer.sentence
            );
            for step in answer.steps.iter().filter(|_| self.trace) {
                text = format!("{text}\n  {:<9} {}", step.station, step.says);
            }
            text
        };
        answers
            .answers
            .iter()
            .map(one)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
