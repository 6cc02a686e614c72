//! `homeroom sync timeline`: everything that ever happened to somebody, or the newest changes of a district.

use clap::Args;
use homeroom_model::Timestamp;
use homeroom_roster::{AuditEntry, TimelineRead};
use homeroom_sync::{NewestChanges, Timeline as Found};
use serde::Serialize;

use super::happened::{Happened, Teller};
use super::running::Call;
use crate::actor;
use crate::exit::Exit;
use crate::output;
use crate::sync::opened::Followed;

/// Show everything that ever happened to a person or a class, or the newest changes of a district
///
/// From the first sync on: each change with its run, who decided it and why. Asks the server nothing, and finds who left, too. Every
/// look is itself noted in the app's database, with who looked, before anything is shown. Values of sensitive fields never are.
#[derive(Args)]
pub(super) struct Timeline {
    /// Who or what: a source id, SIS id, email, name, or the number in the app's database [default: the whole district]
    #[arg(value_name = "WHO")]
    about: Option<String>,
    /// Of a district: changes before this number, as the page before says it
    #[arg(long, value_name = "NUMBER", conflicts_with = "about")]
    before: Option<i64>,
    /// Of a district: at most so many changes
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "about", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Neither names nor values, only ids and the names of fields
    #[arg(long)]
    no_values: bool,
}

#[derive(Serialize)]
struct Timelines {
    timelines: Vec<One>,
    /// How many more are called so.
    more: usize,
}

/// The timeline of a record.
#[derive(Serialize)]
struct One {
    district: String,
    kind: &'static str,
    account: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    ids: Vec<Id>,
    changes: Vec<Change>,
    read_before: Vec<Look>,
}

#[derive(Serialize)]
struct Id {
    id: String,
    state: &'static str,
}

#[derive(Serialize)]
struct Pages {
    districts: Vec<Page>,
}

/// The newest changes of a district.
#[derive(Serialize)]
struct Page {
    district: String,
    name: String,
    changes: Vec<Change>,
    /// What to ask for next.
    before: Option<i64>,
    read_before: Vec<Look>,
}

#[derive(Serialize)]
struct Change {
    number: i64,
    at: Option<String>,
    run: Option<i64>,
    by: String,
    action: String,
    kind: String,
    account: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    happened: Vec<Happened>,
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    policy: Option<String>,
}

#[derive(Serialize)]
struct Look {
    by: String,
    at: String,
}

impl Timeline {
    /// Shows.
    pub(super) async fn run(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        match &self.about {
            Some(about) => self.of_somebody(call, about).await,
            None => self.of_districts(call).await,
        }
    }

    async fn of_somebody(&self, call: &Call<'_>, about: &str) -> anyhow::Result<Exit> {
        let by = actor::name();
        let mut shown = Timelines {
            timelines: Vec::new(),
            more: 0,
        };
        for district in &call.opened.districts {
            let engine = &call.opened.engine;
            let told = engine.timeline(&district.tenant, about, &by).await?;
            shown.more += told.more;
            for found in told.found {
                shown.timelines.push(self.one(call, district, found)?);
            }
        }
        let is_found = !shown.timelines.is_empty();
        call.context.output.result(&shown, |shown| {
            if shown.timelines.is_empty() {
                return format!(
                    "Nobody and nothing in the app's database was ever called {about}."
                );
            }
            let mut texts: Vec<_> = shown.timelines.iter().map(One::text).collect();
            if shown.more > 0 {
                texts.push(format!(
                    "{} more are called so; name one by its id.",
                    shown.more
                ));
            }
            texts.join("\n\n")
        })?;
        Ok(if is_found { Exit::Done } else { Exit::Error })
    }

    fn one(&self, call: &Call<'_>, district: &Followed, found: Found) -> anyhow::Result<One> {
        let reading = call.opened.read()?;
        let teller = Teller {
            reading: &*reading,
            values: !self.no_values,
            about: Some(found.id),
        };
        let ids = found.sources.into_iter().map(|(id, link)| Id {
            id,
            state: link.state.text(),
        });
        Ok(One {
            district: district.id.to_hex(),
            kind: found.kind.text(),
            account: found.id,
            name: if self.no_values {
                String::new()
            } else {
                teller.record(found.kind, found.id)
            },
            ids: ids.collect(),
            changes: changes(found.entries, &teller),
            read_before: looks(found.read_before),
        })
    }

    async fn of_districts(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let by = actor::name();
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            let engine = &call.opened.engine;
            let newest = engine
                .newest_changes(&district.tenant, self.before, self.limit, &by)
                .await?;
            districts.push(self.page(call, district, newest)?);
        }
        call.context.output.result(&Pages { districts }, |pages| {
            let texts = pages.districts.iter().map(|page| page.text(call));
            texts.collect::<Vec<_>>().join("\n\n")
        })?;
        Ok(Exit::Done)
    }

    fn page(
        &self,
        call: &Call<'_>,
        district: &Followed,
        newest: NewestChanges,
    ) -> anyhow::Result<Page> {
        let reading = call.opened.read()?;
        let teller = Teller {
            reading: &*reading,
            values: !self.no_values,
            about: None,
        };
        Ok(Page {
            district: district.id.to_hex(),
            name: district.name.clone(),
            changes: changes(newest.entries, &teller),
            before: newest.before,
            read_before: looks(newest.read_before),
        })
    }
}

fn changes(entries: Vec<AuditEntry>, teller: &Teller<'_>) -> Vec<Change> {
    let change = |entry: AuditEntry| Change {
        happened: teller.of(&entry),
        name: teller.values.then(|| teller.subject(&entry)),
        number: entry.seq,
        at: entry.at.map(Timestamp::to_iso),
        run: entry.run,
        by: entry.actor,
        action: entry.op,
        kind: entry.kind,
        account: entry.subject,
        reason: entry.reason,
        evidence: entry.evidence.filter(|_| teller.values),
        policy: entry.policy,
    };
    entries.into_iter().map(change).collect()
}

fn looks(looks: Vec<TimelineRead>) -> Vec<Look> {
    let look = |look: TimelineRead| Look {
        by: look.actor,
        at: look.at.to_iso(),
    };
    looks.into_iter().map(look).collect()
}

impl One {
    fn text(&self) -> String {
        let number = format!("{} {}", self.kind, self.account);
        let mut text = if self.name.is_empty() {
            number
        } else {
            format!("{} ({number})", self.name)
        };
        for id in &self.ids {
            text = format!("{text}\n  id {} ({})", id.id, id.state);
        }
        let rows: Vec<_> = self.changes.iter().flat_map(Change::rows).collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let header = ["when", "run", "who", "what", "why"];
        let table = output::table(header, &rows, "nothing is known");
        format!("{text}\n\n{table}\n\n{}", read_before(&self.read_before))
    }
}

impl Page {
    fn text(&self, call: &Call<'_>) -> String {
        let mut rows = Vec::new();
        for change in &self.changes {
            let mut of = change.subject();
            for [when, run, who, what, why] in change.rows() {
                rows.push([when, run, who, std::mem::take(&mut of), what, why]);
            }
        }
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let header = ["when", "run", "who", "of", "what", "why"];
        let table = output::table(header, &rows, "nothing changed");
        let older = self.before.map_or_else(String::new, |before| {
            format!(
                "\n\nOlder changes:\n  homeroom sync {}timeline --before {before}",
                call.flags
            )
        });
        format!(
            "{}: the newest changes\n\n{table}\n\n{}{older}",
            self.name,
            read_before(&self.read_before)
        )
    }
}

impl Change {
    fn subject(&self) -> String {
        let number = || format!("{} {}", self.kind.replace('_', " "), self.account);
        self.name.clone().unwrap_or_else(number)
    }

    /// Lines for people: one for each thing that happened.
    fn rows(&self) -> impl Iterator<Item = [String; 5]> {
        self.happened.iter().enumerate().map(|(line, happened)| {
            let what = happened.says.clone();
            if line > 0 {
                return [
                    String::new(),
                    String::new(),
                    String::new(),
                    what,
                    String::new(),
                ];
            }
            [
                self.at.as_deref().map_or_else(String::new, minute),
                self.run.map_or_else(String::new, |run| run.to_string()),
                self.by.clone(),
                what,
                self.reason.clone().unwrap_or_default(),
            ]
        })
    }
}

/// `2026-11-22 14:40`.
fn minute(iso: &str) -> String {
    iso.get(..16).unwrap_or(iso).replace('T', " ")
}

fn read_before(looks: &[Look]) -> String {
    if looks.is_empty() {
        return "read before by: nobody".to_owned();
    }
    let looks = looks
        .iter()
        .map(|look| format!("{} {}", look.by, minute(&look.at)));
    format!("read before by: {}", looks.collect::<Vec<_>>().join(", "))
}
