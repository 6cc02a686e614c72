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

/// Changes of a record that are told unless somebody says otherwise: of most everything.
const OF_ONE: u32 = 1000;
/// The same of a district.
const OF_ALL: u32 = 50;

/// Show everything that ever happened to a person or a class, or the newest changes of a district
///
/// From the first sync on: each change with its run, who decided it and why. Asks the server nothing, and finds who left, too, by
/// what they are called now. Every look is itself noted in the app's database, with who looked, before anything is shown: of each
/// person of whom something is told, also with a class or a district. Values of sensitive fields are never shown.
#[derive(Args)]
pub(super) struct Timeline {
    /// Who or what: a source id, SIS id, email, name, or the number in the app's database [default: the whole district]
    #[arg(value_name = "WHO")]
    about: Option<String>,
    /// Changes before this number, as the page before says it
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// At most so many changes of each, the newest [default: 1000 of WHO, 50 of a district]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,
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
    /// How many changes are older than these.
    older: u64,
    /// What to ask for next.
    before: Option<i64>,
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
            let page = (self.before, self.limit.unwrap_or(OF_ONE));
            let told = engine.timeline(&district.tenant, about, page, &by).await?;
            shown.more += told.more;
            for found in told.found {
                shown.timelines.push(self.one(call, district, found)?);
            }
        }
        let is_found = !shown.timelines.is_empty();
        call.context.output.result(&shown, |shown| {
            if shown.timelines.is_empty() {
                return format!("Nobody and nothing in the app's database is called {about}.");
            }
            let texts = shown.timelines.iter();
            let mut texts: Vec<_> = texts.map(|one| self.text(call, one)).collect();
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
            older: found.older,
            before: found
                .entries
                .first()
                .filter(|_| found.older > 0)
                .map(|entry| entry.seq),
            changes: changes(found.entries, &teller),
            read_before: looks(found.read_before),
        })
    }

    async fn of_districts(&self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let by = actor::name();
        let mut districts = Vec::new();
        for district in &call.opened.districts {
            let engine = &call.opened.engine;
            let page = (self.before, self.limit.unwrap_or(OF_ALL));
            let newest = engine.newest_changes(&district.tenant, page, &by).await?;
            districts.push(self.page(call, district, newest)?);
        }
        call.context.output.result(&Pages { districts }, |pages| {
            let texts = pages.districts.iter();
            let texts = texts.map(|page| self.page_text(call, page));
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

    fn text(&self, call: &Call<'_>, one: &One) -> String {
        let number = format!("{} {}", one.kind, one.account);
        let mut text = if one.name.is_empty() {
            number
        } else {
            format!("{} ({number})", one.name)
        };
        for id in &one.ids {
            text = format!("{text}\n  id {} ({})", id.id, id.state);
        }
        let rows: Vec<_> = one.changes.iter().flat_map(Change::rows).collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let header = ["when", "run", "who", "what", "why"];
        let table = output::table(header, &rows, "nothing is known");
        let older = one.before.map_or_else(String::new, |before| {
            let next = self.next(call, &one.district, &format!("{} ", one.account), before);
            format!("\n\n{} older changes:\n  {next}", one.older)
        });
        let read_before = read_before(&one.read_before);
        format!("{text}\n\n{table}\n\n{read_before}{older}")
    }

    fn page_text(&self, call: &Call<'_>, page: &Page) -> String {
        let mut rows = Vec::new();
        for change in &page.changes {
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
        let older = page.before.map_or_else(String::new, |before| {
            let next = self.next(call, &page.district, "", before);
            format!("\n\nOlder changes:\n  {next}")
        });
        let read_before = read_before(&page.read_before);
        format!(
            "{}: the newest changes\n\n{table}\n\n{read_before}{older}",
            page.name
        )
    }

    /// The command that shows what is older, of the same and in the same way.
    fn next(&self, call: &Call<'_>, district: &str, about: &str, before: i64) -> String {
        let limit = self.limit.map(|limit| format!(" --limit {limit}"));
        format!(
            "homeroom sync {}--district {district} timeline {about}--before {before}{}{}",
            call.flags,
            limit.unwrap_or_default(),
            if self.no_values { " --no-values" } else { "" }
        )
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
