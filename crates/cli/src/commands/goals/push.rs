//! `homeroom goals push`: what students reached, to their districts, now.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;
use homeroom_client::Cancel;
use homeroom_sync::goals::{Push as How, PushState, Pushed};
use serde::Serialize;

use super::app_side::{AppSide, is_of_request, meaning, reporting, stopped_by_hand};
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::sync::opened::{Followed, Opened};

/// So many students are printed.
const SHOWN: usize = 20;

/// Send what students reached this school year to their districts, now (an app's side)
///
/// Districts are served side by side: one's trouble delays no other. `sync serve` and `serve --sync` do it by themselves. Exit
/// codes, of the district that is worst off: 0 everything that was sent was acknowledged, 1 a district's settings cannot be read, 3 totals fell and are held, 6 not
/// everything was taken, 7 the server cannot be reached or refuses the token.
#[derive(Args)]
pub(crate) struct Push {
    #[command(flatten)]
    app: AppSide,
}

#[derive(Serialize)]
struct Outcomes {
    districts: Vec<Outcome>,
}

/// What came of a district.
#[derive(Serialize)]
pub(super) struct Outcome {
    district: String,
    name: String,
    /// `done`, `partly`, `refused`, `unreachable`, `not_now` or `error`.
    state: &'static str,
    school_year: Option<i16>,
    students: usize,
    acknowledged: usize,
    requests: u32,
    /// Rows that changed a figure there.
    updated: u64,
    /// Rows that changed one when the same bytes were sent a second time.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by_resend: Option<u32>,
    /// Whom the district does not have as sent.
    not_taken: Vec<Student>,
    /// Of whom minutes follow with later pushes.
    later: Vec<Follows>,
    /// Whose total fell.
    held: Vec<Student>,
    /// Accounts without an id at the source.
    not_sendable: Vec<i64>,
    next_try: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    /// Only minutes were taken; `says` has why.
    left_out: bool,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Serialize)]
struct Student {
    id: String,
    account: Option<i64>,
    reason: String,
    says: String,
}

#[derive(Serialize)]
struct Follows {
    id: String,
    account: i64,
    minutes: String,
}

impl Push {
    /// Pushes.
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        block_on(async {
            let (opened, unreadable) = self.app.open_each(context)?;
            let mut districts = push_all(&Arc::new(opened), How::DEMAND).await?;
            districts.extend(unreadable.into_iter().map(|one| Outcome {
                says: Some(format!("{:#}", one.error)),
                ..Outcome::none(one.id, one.name)
            }));
            let outcomes = Outcomes { districts };
            context.output.result(&outcomes, |outcomes| {
                let texts = outcomes.districts.iter().map(Outcome::text);
                texts.collect::<Vec<_>>().join("\n")
            })?;
            let order = [Exit::Error, Exit::Unreachable, Exit::Held, Exit::Partial];
            let has = |exit: &Exit| outcomes.districts.iter().any(|one| one.exit == *exit);
            Ok(order.into_iter().find(has).unwrap_or(Exit::Done))
        })?
    }
}

/// Pushes every district, side by side; what came of each, in their order.
pub(super) async fn push_all(opened: &Arc<Opened>, how: How) -> anyhow::Result<Vec<Outcome>> {
    let cancel = stopped_by_hand();
    let pushes = opened.districts.iter().map(|district| {
        let (opened, district, cancel) = (Arc::clone(opened), district.clone(), cancel.clone());
        tokio::spawn(async move { push(&opened, &district, &how, &cancel).await })
    });
    let pushes: Vec<_> = pushes.collect();
    let mut outcomes = Vec::with_capacity(pushes.len());
    for push in pushes {
        outcomes.push(push.await?);
    }
    Ok(outcomes)
}

/// Pushes one district. Its trouble is its own.
async fn push(opened: &Opened, district: &Followed, how: &How, cancel: &Cancel) -> Outcome {
    let pushed = try_push(opened, district, how, cancel).await;
    pushed.unwrap_or_else(|error| Outcome {
        says: Some(format!("{error:#}")),
        ..Outcome::none(district.id.to_hex(), district.name.clone())
    })
}

async fn try_push(
    opened: &Opened,
    district: &Followed,
    how: &How,
    cancel: &Cancel,
) -> anyhow::Result<Outcome> {
    let reporting = reporting(opened, district)?;
    let source = &district.tenant.source;
    let pushing = opened
        .sender
        .push(source, district.number, &reporting, how, cancel);
    let pushed = Box::pin(pushing).await;
    opened.keep_token(district)?;
    let (id, name) = (district.id.to_hex(), district.name.clone());
    Ok(Outcome::of(id, name, pushed?))
}

/// Students with why, as far as they are worth a line each.
fn listed(students: &[Student]) -> String {
    let (others, single): (Vec<&Student>, Vec<&Student>) =
        students.iter().partition(|one| is_of_request(&one.reason));
    let lines = single.iter().take(SHOWN);
    let mut lines: Vec<String> = lines
        .map(|one| format!("{}  {}", one.id, one.says))
        .collect();
    if let Some(more) = single.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("and {more} more (--json lists all)"));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in others {
        *counts.entry(&one.says).or_default() += 1;
    }
    lines.extend(counts.iter().map(|(says, count)| format!("{count} {says}")));
    lines.insert(0, String::new());
    lines.join("\n    ")
}

impl Outcome {
    fn none(district: String, name: String) -> Self {
        Self {
            district,
            name,
            state: "error",
            school_year: None,
            students: 0,
            acknowledged: 0,
            requests: 0,
            updated: 0,
            changed_by_resend: None,
            not_taken: Vec::new(),
            later: Vec::new(),
            held: Vec::new(),
            not_sendable: Vec::new(),
            next_try: None,
            says: None,
            left_out: false,
            exit: Exit::Error,
        }
    }

    fn of(district: String, name: String, pushed: Pushed) -> Self {
        let exit = match pushed.state {
            PushState::Refused | PushState::Unreachable => Exit::Unreachable,
            PushState::Partly | PushState::NotNow => Exit::Partial,
            PushState::Done if !pushed.fallen.is_empty() => Exit::Held,
            PushState::Done if !pushed.not_taken.is_empty() => Exit::Partial,
            PushState::Done => Exit::Done,
        };
        let not_taken = pushed.not_taken.into_iter().map(|one| Student {
            id: one.source.to_hex(),
            account: Some(one.account),
            says: meaning(&one.reason).to_owned(),
            reason: one.reason,
        });
        let later = pushed.later.iter().map(|one| Follows {
            id: one.student.to_hex(),
            account: one.account.0,
            minutes: one.minutes.to_string(),
        });
        let held = pushed.fallen.iter().map(|fallen| Student {
            id: fallen.source.to_hex(),
            account: fallen.accounts.first().copied(),
            reason: "held".to_owned(),
            says: fallen.says(),
        });
        Self {
            state: pushed.state.text(),
            school_year: Some(pushed.year.0),
            students: pushed.students,
            acknowledged: pushed.acknowledged,
            requests: pushed.requests,
            updated: pushed.updated,
            changed_by_resend: pushed.changed_by_resend,
            not_taken: not_taken.collect(),
            later: later.collect(),
            held: held.collect(),
            not_sendable: pushed.not_sendable,
            next_try: Some(pushed.next_try.to_iso()),
            says: pushed.says,
            left_out: pushed.left_out.is_some(),
            exit,
            ..Self::none(district, name)
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{}: {}, {}{} of {} students acknowledged in {}",
            self.name,
            self.state.replace('_', " "),
            if self.left_out { "minutes of " } else { "" },
            self.acknowledged,
            self.students,
            if self.requests == 1 {
                "1 request".to_owned()
            } else {
                format!("{} requests", self.requests)
            }
        );
        if let Some(says) = &self.says {
            text = format!("{text}\n  {says}");
        }
        for (heading, students) in [("held", &self.held), ("not taken", &self.not_taken)] {
            if students.is_empty() {
                continue;
            }
            text = format!("{text}\n  {heading}: {}", students.len());
            text.push_str(&listed(students));
        }
        if !self.later.is_empty() {
            let number = self.later.len();
            text = format!(
                "{text}\n  minutes follow later: {number} {}",
                meaning("later")
            );
        }
        if !self.not_sendable.is_empty() {
            let number = self.not_sendable.len();
            text = format!("{text}\n  without an id at the source, counted and not sent: {number}");
        }
        if let Some(next) = self
            .next_try
            .as_ref()
            .filter(|_| self.state != "done" || !self.later.is_empty())
        {
            text = format!("{text}\n  due again {next}");
        }
        text
    }
}
