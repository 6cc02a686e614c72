//! `homeroom sync accounts`: what people order about accounts, as a plan that says what it does.

use clap::{Args, Subcommand};
use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{Local, Order as AccountOrder};
use homeroom_roster::Value;
use homeroom_roster::field::person;
use homeroom_sync::{Order, ReadHow, Until};

use super::plan::{Read, once};
use super::render;
use super::running::{Call, Outcome, Outcomes};
use crate::exit::Exit;
use crate::sync::opened::Followed;

/// Merge two accounts, take a merge apart, or give an id an account of its own
///
/// Accounts are numbers, as `sync timeline` and `sync why --json` show them. Work, groups and ids go along with a merge and come apart with it again, even after more work.
#[derive(Args)]
pub(super) struct Accounts {
    #[command(subcommand)]
    wanted: Wanted,
    /// Only show what that would do
    #[arg(long, global = true)]
    dry_run: bool,
}

#[derive(Subcommand)]
enum Wanted {
    /// Make one account part of another
    Merge {
        /// The account that is given up
        from: i64,
        /// The account that goes on
        into: i64,
    },
    /// Take a merge apart
    Unmerge {
        /// The account that was given up
        account: i64,
    },
    /// Give one of an account's source ids an account of its own, without history
    Split {
        /// The source's id
        id: String,
        /// The account it leaves
        account: i64,
    },
}

impl Accounts {
    /// Plans it, and applies it.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let account = match self.wanted {
            Wanted::Merge { from: account, .. }
            | Wanted::Unmerge { account }
            | Wanted::Split { account, .. } => account,
        };
        let district = owner(call, account)?;
        let kind = kind_of(call, account)?;
        let wanted = match self.wanted {
            Wanted::Merge { from, into } => {
                can_be_one(call, (district, from, kind), into)?;
                AccountOrder::Merge {
                    kind,
                    from: Local(from),
                    into: Local(into),
                }
            }
            Wanted::Unmerge { account } => AccountOrder::Unmerge {
                kind,
                from: Local(account),
            },
            Wanted::Split { id, .. } => AccountOrder::Split {
                kind,
                source: ObjectId::from_hex(&id).ok_or_else(|| {
                    anyhow::anyhow!("{id} is not an id of a source: 24 hexadecimal digits")
                })?,
            },
        };
        let until = if self.dry_run {
            Until::Plan
        } else {
            Until::Apply
        };
        let order = Order {
            read: ReadHow::Kept,
            accounts: vec![wanted],
            ..Read::KEPT.order(until)
        };
        let ran = once(call, district, &order).await?;
        let outcome = Outcome::of(call, district, &ran, true).await?;
        let outcomes = Outcomes {
            districts: vec![outcome],
        };
        call.context.output.result(&outcomes, |outcomes| {
            let texts = outcomes.districts.iter().map(|outcome| {
                let plan = outcome.plan.as_ref();
                let told = plan.map_or_else(String::new, |plan| render::text(plan, true));
                format!(
                    "{}\n{told}\n{}",
                    outcome.heading(),
                    came_of(outcome, self.dry_run)
                )
            });
            texts.collect::<Vec<_>>().join("\n")
        })?;
        Ok(outcomes.exit())
    }
}

/// What came of an order, in a line.
fn came_of(outcome: &Outcome, dry_run: bool) -> String {
    match outcome.run {
        _ if dry_run => "Nothing was changed: that is what it would do.".to_owned(),
        Some(run) if outcome.done > 0 => {
            format!(
                "Applied, {} actions. To take it back: homeroom sync undo {run}",
                outcome.done
            )
        }
        _ if !outcome.holds.is_empty() => {
            "Held for a look: homeroom sync holds shows it, homeroom sync apply approves it."
                .to_owned()
        }
        _ => "Nothing was changed.".to_owned(),
    }
}

/// Two accounts of one district and of one kind may become one: a student's never becomes an employee's (integration-side A3.2).
fn can_be_one(
    call: &Call<'_>,
    (district, from, kind): (&Followed, i64, Kind),
    into: i64,
) -> anyhow::Result<()> {
    if from == into {
        anyhow::bail!("{from} is one account already");
    }
    if owner(call, into)?.number != district.number {
        anyhow::bail!("{from} and {into} are accounts of two districts, which are never merged");
    }
    let other = kind_of(call, into)?;
    if other != kind {
        anyhow::bail!(
            "{from} is of the {} and {into} of the {}: accounts of two kinds are never merged; whoever is both keeps both accounts",
            kind.table(),
            other.table()
        );
    }
    Ok(())
}

/// The district that an account belongs to.
fn owner<'c>(call: &'c Call<'_>, account: i64) -> anyhow::Result<&'c Followed> {
    let number = homeroom_roster::district_of(account);
    let mut districts = call.opened.districts.iter();
    districts
        .find(|district| district.number == number)
        .ok_or_else(|| anyhow::anyhow!("there is no account {account} of these districts"))
}

/// The kind of record that an account has, by its roles; of one that was given up by those of the account that goes on.
fn kind_of(call: &Call<'_>, account: i64) -> anyhow::Result<Kind> {
    let reading = call.opened.read()?;
    let mut roles = reading.roles_of(account)?;
    let record = reading.record(homeroom_roster::Kind::Person, account)?;
    let heir = record.and_then(|record| match record.get(person::MERGED_INTO) {
        Value::Integer(heir) => Some(*heir),
        _ => None,
    });
    if let Some(heir) = heir.filter(|_| roles.is_empty()) {
        roles = reading.roles_of(heir)?;
    }
    match roles.first() {
        Some((Role::Student, _)) => Ok(Kind::Student),
        Some((Role::Contact, _)) => Ok(Kind::Contact),
        Some(_) => Ok(Kind::Employee),
        None => anyhow::bail!("there is no account {account}, or it has no role"),
    }
}
