//! `homeroom goals confirm` and `dismiss`: what a value means that waits. A decision is about the value that somebody saw, and
//! about nothing that came after.

use std::fmt::Write as _;

use anyhow::Context as _;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use homeroom_goals::Amount;
use homeroom_goals::total::Correction;
use homeroom_history::Keyed;
use homeroom_model::ObjectId;
use homeroom_progress::corrections::{
    AT_ONCE, CorrectionError, Decision, Open as Waits, Seen, decide, digest,
};
use homeroom_store::{FeedKey, Goals as _};
use serde::Serialize;

use super::of_feed::{OfFeed, not_on};
use super::open::{counted, waiting};
use super::{by, noted_reading, who};
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::{actor, clock};

/// Students who are named where nothing was decided.
const NAMED: usize = 10;

/// Confirm what waits: the value that was reported is right, and takes the place of the one that is shown
#[derive(Args)]
pub(super) struct Confirm {
    #[command(flatten)]
    decide: Decide,
}

/// Dismiss what waits: it was a mistake of the app, and is forgotten
#[derive(Args)]
pub(super) struct Dismiss {
    #[command(flatten)]
    decide: Decide,
}

/// Which values.
#[derive(Args)]
struct Decide {
    #[command(flatten)]
    feed: OfFeed,
    /// The student, by Clever id, SIS id or name; may be given several times
    #[arg(value_name = "STUDENT", required_unless_present = "all")]
    students: Vec<String>,
    /// Which value, where several of a student wait; may be given several times
    #[arg(long, value_name = "WHAT", value_parser = what())]
    what: Vec<Correction>,
    /// The value that was looked at: nothing is decided if another one waits now
    #[arg(long, value_name = "REPORTED", value_parser = amount)]
    value: Option<Amount>,
    /// Everything that waits in this app, as `goals open` listed it
    #[arg(long, requires = "seen", conflicts_with_all = ["students", "what", "value"])]
    all: bool,
    /// The digest of what was looked at, as `goals open` prints it
    #[arg(long, value_name = "DIGEST", requires = "all")]
    seen: Option<String>,
}

/// Reads the word of a value that waits.
fn what() -> impl TypedValueParser<Value = Correction> {
    let words = Correction::ALL.map(|what| PossibleValue::new(what.word()).help(what.says()));
    PossibleValuesParser::new(words).try_map(|word| {
        let mut all = Correction::ALL.into_iter();
        all.find(|what| what.word() == word)
            .ok_or("not on the list")
    })
}

fn amount(text: &str) -> Result<Amount, String> {
    Amount::parse(text.as_bytes()).ok_or_else(|| {
        "a value is a number as `goals open` prints it, such as 60 or 2.5".to_owned()
    })
}

/// What was decided, as it was before.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Confirmed(Vec<Seen>),
    Dismissed(Vec<Seen>),
}

impl Confirm {
    /// Confirms.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let decided = self.decide.run(context, Decision::Confirm)?;
        context
            .output
            .result(&Decided::Confirmed(decided), Decided::text)?;
        Ok(Exit::Done)
    }
}

impl Dismiss {
    /// Dismisses.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let decided = self.decide.run(context, Decision::Dismiss)?;
        context
            .output
            .result(&Decided::Dismissed(decided), Decided::text)?;
        Ok(Exit::Done)
    }
}

impl Decide {
    fn run(&self, context: &Context, decision: Decision) -> anyhow::Result<Vec<Seen>> {
        let installation = context.open()?;
        block_on(async {
            let (app, key) = self.feed.key(&installation).await?;
            let feed = installation.store.goals_feed(key).await?;
            anyhow::ensure!(feed.is_some(), not_on(&app));
            let mut students = Vec::with_capacity(self.students.len());
            for named in &self.students {
                let id = who::record(&installation, key.district, Keyed::Students, named).await?;
                if !students.contains(&id) {
                    students.push(id);
                }
            }
            let decided = self.decide(&installation, key, &students, decision).await;
            if decided.is_err() {
                // It tells what waits, to somebody who named something else.
                let what = format!("open of app {}", key.app);
                noted_reading(&installation, key.district, what).await?;
            }
            decided
        })?
    }

    async fn decide(
        &self,
        installation: &Installation,
        key: FeedKey,
        students: &[ObjectId],
        decision: Decision,
    ) -> anyhow::Result<Vec<Seen>> {
        let waiting = waiting(installation, key).await?;
        let seen = match &self.seen {
            Some(seen) => all(&waiting, seen, decision)?,
            None => self.named(students, &waiting)?,
        };
        decided(installation, key, &seen, decision).await?;
        Ok(seen)
    }

    /// The values of the students who are named.
    fn named(&self, students: &[ObjectId], waiting: &[Waits]) -> anyhow::Result<Vec<Seen>> {
        let mut all = Vec::with_capacity(students.len());
        for student in students {
            let open = waiting.iter().find(|open| open.student == *student);
            let open = open.with_context(|| {
                format!("nothing of student {student} waits; `homeroom goals open` lists what does")
            })?;
            all.extend(self.of_student(open)?);
        }
        Ok(all)
    }

    /// The values of a student that are meant: those that are named, or the only one.
    fn of_student(&self, open: &Waits) -> anyhow::Result<Vec<Seen>> {
        let what = &self.what;
        let named = |seen: &Seen| what.is_empty() || what.contains(&seen.what);
        let seen: Vec<_> = open.seen().filter(named).collect();
        let there = |what: &Correction| seen.iter().any(|seen| seen.what == *what);
        let as_seen = |seen: &Seen| self.value.is_none_or(|value| value == seen.value);
        let only = seen.len() == 1 || !what.is_empty();
        if only && what.iter().all(there) && seen.iter().all(as_seen) {
            return Ok(seen);
        }
        let why = if only {
            "nothing was decided: what was named is not what waits now"
        } else {
            "several values of this student wait, and each is decided by itself; say which"
        };
        anyhow::bail!("{why}{}", waits_now(std::slice::from_ref(open)))
    }
}

/// All that waits, if it is what was seen.
fn all(waiting: &[Waits], seen: &str, decision: Decision) -> anyhow::Result<Vec<Seen>> {
    anyhow::ensure!(
        digest(waiting) == seen.trim().to_lowercase(),
        "nothing was decided: what waits is not what was listed with {seen} any more; `homeroom goals open` lists it anew"
    );
    let both = contradicting(waiting);
    anyhow::ensure!(
        both.is_empty() || decision == Decision::Dismiss,
        "nothing was decided: lower and implausible minutes of the same student wait, and not both can be right; decide \
         about those first, one by one with --what{}",
        waits_now(&both)
    );
    Ok(waiting.iter().flat_map(Waits::seen).collect())
}

/// The students of whom lower and implausible minutes wait: not both can be right.
pub(super) fn contradicting(waiting: &[Waits]) -> Vec<Waits> {
    let both = |open: &&Waits| open.lower_minutes.is_some() && open.implausible_minutes.is_some();
    waiting.iter().filter(both).cloned().collect()
}

/// Decides, so many at a time as the audit can name.
async fn decided(
    installation: &Installation,
    key: FeedKey,
    seen: &[Seen],
    decision: Decision,
) -> anyhow::Result<()> {
    let (store, actor) = (installation.store_dyn(), actor::name());
    for (place, some) in seen.chunks(AT_ONCE).enumerate() {
        let by = by(&actor, clock::now())?;
        let decided = decide(&*store, key, some, decision, by).await;
        let before = match place * AT_ONCE {
            0 => "nothing was decided".to_owned(),
            before => format!("only {} were decided", counted(before)),
        };
        decided.map_err(|error| match error {
            CorrectionError::Changed(now) => anyhow::anyhow!(
                "{before}, because something else was reported just now; `homeroom goals open` lists what waits{}",
                waits_now(&now)
            ),
            other => anyhow::Error::new(other).context(before),
        })?;
    }
    Ok(())
}

/// What waits of some students, a line each, and how to go on.
fn waits_now(open: &[Waits]) -> String {
    let mut text = String::new();
    for seen in open.iter().take(NAMED).flat_map(Waits::seen) {
        let shown = shown(&seen);
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n  {}: --what {} --value {} (shown: {shown})",
            seen.student,
            seen.what.word(),
            seen.value
        );
    }
    text
}

fn shown(seen: &Seen) -> String {
    seen.shown
        .map_or_else(|| "nothing".to_owned(), |shown| shown.to_string())
}

impl Decided {
    fn text(&self) -> String {
        let (seen, what) = match self {
            Self::Confirmed(seen) => (seen, "Confirmed"),
            Self::Dismissed(seen) => (seen, "Dismissed"),
        };
        let mut text = format!("{what}: {}.", counted(seen.len()));
        for seen in seen {
            let metric = if seen.what.is_of_progress() {
                "progress"
            } else {
                "minutes"
            };
            let (student, value, shown) = (seen.student, seen.value, shown(seen));
            let line = match self {
                Self::Confirmed(_) => format!("{metric} {value}, in the place of {shown}"),
                Self::Dismissed(_) => format!("{metric} {shown} as before; {value} is forgotten"),
            };
            let _ = write!(text, "\n  {student}: {line}");
        }
        text
    }
}
