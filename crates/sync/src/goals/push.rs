//! A push: one district, everything that may go out, in as many requests as it takes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use homeroom_client::{Cancel, Fault, Source};
use homeroom_goals::outgoing::{Later, Outgoing};
use homeroom_goals::{Moment, SchoolYear};
use homeroom_model::{ObjectId, Timestamp};
use homeroom_roster::{GoalPushEnd, GoalTrigger, GoalWaiting};

use super::Sender;
use super::deliver::{Came, Delivering};
use super::error::GoalsError;
use super::lease::Lease;
use super::look::{Fallen, Look};
use super::parts::{halves, parts};
use super::reporting::{Reporting, later};
use super::told::LATER;

/// Why and how something is pushed.
#[derive(Clone, Copy, Debug)]
pub struct Push {
    /// Why.
    pub trigger: GoalTrigger,
    /// Whether every body is sent a second time, to see that it changes nothing.
    pub twice: bool,
}

impl Push {
    /// It is time.
    pub const SCHEDULE: Self = Self {
        trigger: GoalTrigger::Schedule,
        twice: false,
    };

    /// Somebody asked.
    pub const DEMAND: Self = Self {
        trigger: GoalTrigger::Demand,
        twice: false,
    };
}

/// How a push ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushState {
    /// Every request was acknowledged; single students may have been rejected.
    Done,
    /// Some requests, or some students of one, were refused for their content; or progress was left out for its key.
    Partly,
    /// The server will have nothing of this app for this district: the token, or Goals is not on.
    Refused,
    /// Nothing of use came back.
    Unreachable,
    /// A school year is turning, or another push goes on: nothing is sent now.
    NotNow,
}

impl PushState {
    /// Its name.
    pub fn text(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partly => "partly",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::NotNow => "not_now",
        }
    }
}

/// Somebody whom the district does not have as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// The id at the source.
    pub source: ObjectId,
    /// The account.
    pub account: i64,
    /// Why: a reason of the receipt, or `refused`, `too_large`, `unsent`.
    pub reason: String,
}

/// What came of a push.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// How it ended.
    pub state: PushState,
    /// The school year it was about.
    pub year: SchoolYear,
    /// Students to be reported.
    pub students: usize,
    /// Of those, how many the district acknowledged now.
    pub acknowledged: usize,
    /// Requests that were acknowledged.
    pub requests: u32,
    /// Rows that changed a figure, as the receipts say.
    pub updated: u64,
    /// Rows that changed one when the same bytes were sent a second time; nothing if they were not.
    pub changed_by_resend: Option<u32>,
    /// That the district takes nobody's progress under this key, and what to do about it.
    pub left_out: Option<String>,
    /// Whom the district does not have as sent, by id.
    pub not_taken: Vec<NotTaken>,
    /// Of whom minutes follow with later pushes: more was recorded than time has passed since the last were sent, which districts
    /// set aside (integration-side D3). By id.
    pub later: Vec<Later>,
    /// Whose total fell: not sent until somebody allows it.
    pub fallen: Vec<Fallen>,
    /// Active accounts without an id at the source, ascending: counted, not sent.
    pub not_sendable: Vec<i64>,
    /// When the next push is due.
    pub next_try: Timestamp,
    /// What went wrong, in a sentence.
    pub says: Option<String>,
}

/// A push under way.
struct Under {
    pushed: Pushed,
    /// What the server said when it refused this app altogether.
    refused: Option<Fault>,
    not_before: Option<Timestamp>,
}

impl Sender {
    /// Sends what a district's students reached, whole. An error is about this side; what the server does is in the answer.
    /// Whatever comes of it may be pushed again at any time.
    pub async fn push(
        &self,
        source: &Source,
        district: i64,
        reporting: &Reporting,
        push: &Push,
        cancel: &Cancel,
    ) -> Result<Pushed, GoalsError> {
        let lease = self.lease(district, &reporting.limits).await?;
        let now = self.clock().now();
        let Some(moment) = reporting.moment(now) else {
            let until = reporting.quiet_until(now).unwrap_or(now);
            let pushed = Pushed::nothing(reporting.years.moment(now).year, until);
            self.end_push(district, &pushed, None).await?;
            return Ok(pushed);
        };
        let look = self.look(district, reporting, moment).await?;
        let delivering = Delivering {
            sender: self,
            source,
            district,
            reporting,
            trigger: push.trigger,
            look: &look,
            lease: &lease,
            cancel,
        };
        let mut under = Under::begin(&look);
        let done = under.send(&delivering, push.twice).await;
        under.finish(reporting, self.clock().now());
        if let Err(error) = done {
            let pushed = &mut under.pushed;
            pushed.says = Some(error.to_string());
            pushed.state = PushState::Unreachable;
            // Whatever ended it may end this too: then the lease lapses.
            let _ = self.end_push(district, &under.pushed, None).await;
            return Err(error);
        }
        let waiting = waiting(&under.pushed);
        self.end_push(district, &under.pushed, Some(waiting))
            .await?;
        self.tell(district, reporting, &under.pushed, under.refused)
            .await?;
        drop::<Lease>(lease);
        Ok(under.pushed)
    }

    /// Looks at a district at a moment.
    pub(super) async fn look(
        &self,
        district: i64,
        reporting: &Reporting,
        moment: Moment,
    ) -> Result<Look, GoalsError> {
        let reporting = Arc::new(reporting.clone());
        self.with_roster(move |roster| {
            let reading = roster.read()?;
            Look::at(&*reading, district, &reporting, moment)
        })
        .await
    }

    async fn end_push(
        &self,
        district: i64,
        pushed: &Pushed,
        waiting: Option<Vec<GoalWaiting>>,
    ) -> Result<(), GoalsError> {
        let (at, next_try) = (self.clock().now(), pushed.next_try);
        let good = pushed.state == PushState::Done;
        let holder = self.0.holder.clone();
        let ending = self.with_roster(move |roster| {
            let end = GoalPushEnd {
                holder: &holder,
                at,
                good,
                next_try: Some(next_try),
                waiting: waiting.as_deref(),
            };
            roster.end_push(district, &end).map(drop)
        });
        ending.await
    }
}

impl Pushed {
    fn nothing(year: SchoolYear, next_try: Timestamp) -> Self {
        Self {
            state: PushState::NotNow,
            year,
            students: 0,
            acknowledged: 0,
            requests: 0,
            updated: 0,
            changed_by_resend: None,
            left_out: None,
            not_taken: Vec::new(),
            later: Vec::new(),
            fallen: Vec::new(),
            not_sendable: Vec::new(),
            next_try,
            says: Some("a school year is turning; nothing is sent until it has".to_owned()),
        }
    }
}

impl Under {
    fn begin(look: &Look) -> Self {
        let not_sendable = look.covered.not_sendable.iter();
        Self {
            pushed: Pushed {
                state: PushState::Done,
                students: look.covered.students.len(),
                later: look.later.clone(),
                fallen: look.fallen.clone(),
                not_sendable: not_sendable.map(|account| account.0).collect(),
                says: None,
                ..Pushed::nothing(look.moment.year, look.moment.at)
            },
            refused: None,
            not_before: None,
        }
    }

    /// Sends every part. One that is refused for its content stops no other; what concerns all of them does.
    async fn send(&mut self, delivering: &Delivering<'_>, twice: bool) -> Result<(), GoalsError> {
        let mut queue: VecDeque<_> = parts(&delivering.look.rows, delivering.reporting).into();
        let mut part = 0;
        while let Some(rows) = queue.pop_front() {
            part += 1;
            let came = delivering.deliver(&rows, part).await?;
            let is_taken = matches!(came, Came::Acknowledged(_));
            if !self.take(came, &rows, &mut queue) {
                for rows in queue {
                    self.leave(&rows, "unsent");
                }
                break;
            }
            if is_taken && twice {
                self.again(delivering, &rows, part).await?;
            }
        }
        Ok(())
    }

    /// Takes what came of a part; whether the others are sent too.
    fn take(&mut self, came: Came, rows: &[Outgoing], queue: &mut VecDeque<Vec<Outgoing>>) -> bool {
        match came {
            Came::Acknowledged(read) => {
                self.pushed.requests += 1;
                self.pushed.acknowledged += read.taken.len();
                self.pushed.updated += u64::from(read.counts.updated);
                for (row, reason) in read.named {
                    self.name(&row, reason);
                }
                if read.left_out.is_some() {
                    self.pushed.state = PushState::Partly;
                    self.pushed.says.clone_from(&read.left_out);
                    self.pushed.left_out = read.left_out;
                }
                true
            }
            Came::TooLarge => {
                match halves(rows) {
                    Some([first, second]) => {
                        queue.push_front(second);
                        queue.push_front(first);
                    }
                    None => self.refuse(rows, "too_large", Fault::Status(413)),
                }
                true
            }
            Came::Refused { fault, every } => {
                self.refuse(rows, "refused", fault);
                if every {
                    self.refused = Some(fault);
                    self.pushed.state = PushState::Refused;
                }
                !every
            }
            Came::Failed { fault, not_before } => {
                self.leave(rows, "unsent");
                self.pushed.says = Some(fault.to_string());
                self.not_before = Some(not_before);
                self.pushed.state = PushState::Unreachable;
                false
            }
            Came::NotNow => {
                self.leave(rows, "unsent");
                self.pushed.state = PushState::NotNow;
                false
            }
        }
    }

    /// The same bytes a second time.
    async fn again(
        &mut self,
        delivering: &Delivering<'_>,
        rows: &[Outgoing],
        part: u32,
    ) -> Result<(), GoalsError> {
        if let Some(changed) = delivering.deliver_again(rows, part).await? {
            let before = self.pushed.changed_by_resend.unwrap_or_default();
            self.pushed.changed_by_resend = Some(before.saturating_add(changed));
        }
        Ok(())
    }

    fn refuse(&mut self, rows: &[Outgoing], reason: &str, fault: Fault) {
        self.leave(rows, reason);
        self.pushed.says = Some(fault.to_string());
        self.pushed.state = PushState::Partly;
    }

    fn leave(&mut self, rows: &[Outgoing], reason: &str) {
        for row in rows {
            self.name(row, reason.to_owned());
        }
    }

    fn name(&mut self, row: &Outgoing, reason: String) {
        self.pushed.not_taken.push(NotTaken {
            source: row.student,
            account: row.account.0,
            reason,
        });
    }

    fn finish(&mut self, reporting: &Reporting, now: Timestamp) {
        let limits = &reporting.limits;
        self.pushed.not_taken.sort_by_key(|one| one.source);
        let wait = match self.pushed.state {
            PushState::Unreachable | PushState::NotNow => limits.again,
            PushState::Done if !self.pushed.later.is_empty() => {
                limits.every.min(Duration::from_hours(1))
            }
            // What was refused is not sent again; the next push adds up anew.
            PushState::Done | PushState::Partly | PushState::Refused => limits.every,
        };
        let next = later(now, wait).max(self.not_before.unwrap_or(now));
        self.pushed.next_try = reporting.quiet_until(next).unwrap_or(next);
    }
}

/// Everybody who waits after a push, each once.
fn waiting(pushed: &Pushed) -> Vec<GoalWaiting> {
    let row = |person: i64, reason: &str, source: Option<ObjectId>, detail| GoalWaiting {
        person,
        reason: reason.to_owned(),
        source_id: source.map(ObjectId::to_hex),
        detail,
        since: Timestamp::default(),
    };
    let mut rows: BTreeMap<(i64, String), GoalWaiting> = BTreeMap::new();
    let fallen = pushed.fallen.iter().filter_map(|fallen| {
        let first = *fallen.accounts.first()?;
        Some(row(first, "held", Some(fallen.source), Some(fallen.says())))
    });
    let not_taken = pushed.not_taken.iter();
    let not_taken = not_taken.map(|one| row(one.account, &one.reason, Some(one.source), None));
    let later = pushed.later.iter().map(|one| {
        let says = format!("{} minutes follow with later pushes", one.minutes);
        row(one.account.0, LATER, Some(one.student), Some(says))
    });
    let not_sendable = pushed.not_sendable.iter();
    let not_sendable = not_sendable.map(|account| row(*account, "not_sendable", None, None));
    for row in fallen.chain(not_taken).chain(later).chain(not_sendable) {
        rows.insert((row.person, row.reason.clone()), row);
    }
    rows.into_values().collect()
}
