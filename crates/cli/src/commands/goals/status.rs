//! `homeroom goals status`: whether districts are told, whom they do not have, and what waits for somebody.

use clap::Args;
use homeroom_model::Timestamp;
use homeroom_sync::goals::Standing;
use serde::Serialize;

use super::app_side::{AppSide, is_of_request, meaning, reporting};
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::output::table;

/// So many students of one reason are printed.
const SHOWN: usize = 10;

/// Say whether districts know what their students reached, and who waits (an app's side)
///
/// Exit codes: 0 all is well, 3 totals fell and are held, 8 a district is late or something else needs somebody.
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    app: AppSide,
}

#[derive(Serialize)]
struct Statuses {
    districts: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    district: String,
    name: String,
    late: bool,
    says: String,
    school_year: i16,
    progress_metric: String,
    /// What would be better about its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    since: Option<String>,
    last_good: Option<String>,
    next_try: Option<String>,
    /// Students to be reported.
    students: usize,
    /// Of those, how many did something this school year.
    at_work: usize,
    held: Vec<Held>,
    waiting: Vec<Waiting>,
    deliveries: Vec<Delivery>,
    notices: Vec<Notice>,
}

#[derive(Serialize)]
struct Held {
    id: String,
    accounts: Vec<i64>,
    says: String,
    /// Ids of the activities that were undone.
    undone: Vec<String>,
}

#[derive(Serialize)]
struct Waiting {
    id: Option<String>,
    account: i64,
    reason: String,
    since: String,
}

#[derive(Serialize)]
struct Delivery {
    number: i64,
    begun: String,
    trigger: &'static str,
    school_year: i16,
    part: u32,
    students: u32,
    bytes: u64,
    digest: String,
    state: &'static str,
    tries: u32,
    status: Option<u16>,
    updated: Option<u32>,
    unchanged: Option<u32>,
    rejected: Option<u32>,
    warned: Option<u32>,
    says: Option<String>,
    next_try: Option<String>,
}

#[derive(Serialize)]
struct Notice {
    code: String,
    since: String,
    says: Option<String>,
}

impl Status {
    /// Shows.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        block_on(async {
            let opened = self.app.open(context)?;
            let mut districts = Vec::new();
            for district in &opened.districts {
                let reporting = reporting(&opened, district)?;
                let standing = opened.sender.standing(district.number, &reporting).await?;
                let (id, name) = (district.id.to_hex(), district.name.clone());
                districts.push(Shown::of((id, name), reporting.metric, standing));
            }
            let statuses = Statuses { districts };
            context.output.result(&statuses, |statuses| {
                let texts = statuses.districts.iter().map(Shown::text);
                texts.collect::<Vec<_>>().join("\n\n")
            })?;
            let any = |is: fn(&Shown) -> bool| statuses.districts.iter().any(is);
            Ok(if any(|shown| !shown.held.is_empty()) {
                Exit::Held
            } else if any(|shown| shown.late || !shown.notices.is_empty()) {
                Exit::Overdue
            } else {
                Exit::Done
            })
        })?
    }
}

impl Shown {
    fn of((district, name): (String, String), metric: String, standing: Standing) -> Self {
        let iso = |at: Option<Timestamp>| at.map(Timestamp::to_iso);
        let feed = standing.feed.as_ref();
        Self {
            district,
            name,
            late: standing.late,
            says: standing.sentence,
            school_year: standing.year.0,
            progress_metric: metric,
            advice: standing.key,
            since: feed.map(|feed| feed.since.to_iso()),
            last_good: iso(feed.and_then(|feed| feed.last_good)),
            next_try: iso(feed.and_then(|feed| feed.next_try)),
            students: standing.students,
            at_work: standing.at_work,
            held: held(&standing.fallen),
            waiting: waiting(standing.waiting),
            deliveries: standing.deliveries.into_iter().map(delivery).collect(),
            notices: notices(standing.notices),
        }
    }

    fn text(&self) -> String {
        let or = |at: &Option<String>, none: &str| at.clone().unwrap_or_else(|| none.to_owned());
        let mut text = format!(
            "{}: {}\n  \
             everything was last acknowledged  {}\n  \
             due again                         {}\n  \
             students to be reported           {}, of whom {} did something this school year\n  \
             progress metric                   {}",
            self.name,
            self.says,
            or(&self.last_good, "never"),
            or(&self.next_try, "(not known)"),
            self.students,
            self.at_work,
            self.progress_metric,
        );
        if let Some(advice) = self.advice {
            text = format!("{text} ({advice})");
        }
        for notice in &self.notices {
            let says = notice.says.as_deref().unwrap_or(&notice.code);
            text = format!("{text}\n  ! {says}");
        }
        for held in &self.held {
            text = format!("{text}\n  held  {}  {}", held.id, held.says);
        }
        for (reason, students) in self.by_reason() {
            text = format!("{text}\n  {} {}", students.len(), meaning(reason));
            if is_of_request(reason) {
                continue;
            }
            for student in students.iter().take(SHOWN) {
                let id = student
                    .id
                    .clone()
                    .unwrap_or_else(|| student.account.to_string());
                text = format!("{text}\n    {id}, since {}", student.since);
            }
            if let Some(more) = students.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                text = format!("{text}\n    and {more} more (--json lists all)");
            }
        }
        format!("{text}\n{}", self.log())
    }

    /// Those who wait, by reason; who is held was shown already.
    fn by_reason(&self) -> Vec<(&str, Vec<&Waiting>)> {
        let mut reasons: Vec<&str> = self.waiting.iter().map(|one| one.reason.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons.retain(|reason| *reason != "held");
        let of = |reason: &str| {
            self.waiting
                .iter()
                .filter(|one| one.reason == reason)
                .collect()
        };
        reasons
            .into_iter()
            .map(|reason| (reason, of(reason)))
            .collect()
    }

    fn log(&self) -> String {
        let number = |number: Option<u32>| number.map_or_else(String::new, |one| one.to_string());
        let cells: Vec<[String; 7]> = self
            .deliveries
            .iter()
            .map(|one| {
                [
                    one.begun.clone(),
                    one.state.replace('_', " "),
                    one.students.to_string(),
                    number(one.updated),
                    number(one.rejected),
                    one.tries.to_string(),
                    one.says.clone().unwrap_or_default(),
                ]
            })
            .collect();
        let rows: Vec<[&str; 7]> = cells
            .iter()
            .map(|row| row.each_ref().map(String::as_str))
            .collect();
        let header = [
            "request", "state", "students", "updated", "rejected", "tries", "",
        ];
        table(header, &rows, "  nothing was sent yet")
    }
}

fn held(fallen: &[homeroom_sync::goals::Fallen]) -> Vec<Held> {
    let held = fallen.iter().map(|fallen| Held {
        id: fallen.source.to_hex(),
        accounts: fallen.accounts.clone(),
        says: fallen.says(),
        undone: fallen
            .undone
            .iter()
            .map(|one| one.activity.clone())
            .collect(),
    });
    held.collect()
}

fn waiting(waiting: Vec<homeroom_roster::GoalWaiting>) -> Vec<Waiting> {
    let waiting = waiting.into_iter().map(|one| Waiting {
        id: one.source_id,
        account: one.person,
        reason: one.reason,
        since: one.since.to_iso(),
    });
    waiting.collect()
}

fn notices(notices: Vec<homeroom_roster::Notice>) -> Vec<Notice> {
    let notices = notices.into_iter().map(|notice| Notice {
        code: notice.code,
        since: notice.raised.to_iso(),
        says: notice.detail,
    });
    notices.collect()
}

fn delivery(one: homeroom_roster::GoalDelivery) -> Delivery {
    Delivery {
        number: one.id,
        begun: one.begun.to_iso(),
        trigger: one.trigger.text(),
        school_year: one.year,
        part: one.part,
        students: one.students,
        bytes: one.bytes,
        digest: one.digest,
        state: one.state.text(),
        tries: one.tries,
        status: one.status,
        updated: one.counts.map(|counts| counts.updated),
        unchanged: one.counts.map(|counts| counts.unchanged),
        rejected: one.counts.map(|counts| counts.rejected),
        warned: one.counts.map(|counts| counts.warned),
        says: one.detail,
        next_try: one.next_try.map(Timestamp::to_iso),
    }
}
