//! `homeroom sync undo`: an applied run is taken back.

use clap::Args;
use homeroom_roster::RunState;
use homeroom_sync::{Undo as Wanted, Undoing};
use serde::Serialize;

use super::running::Call;
use crate::actor;
use crate::exit::Exit;

/// Rows that stay and are named.
const NAMED: usize = 20;

/// Take back what a run did, wherever it still stands as the run left it
///
/// What people or later runs changed since is listed and stays. The source may still say what was undone: the next plan holds that.
#[derive(Args)]
pub(super) struct Undo {
    /// The run, as `sync runs` shows it
    #[arg(value_name = "RUN")]
    run: i64,
    /// Only say what that would do
    #[arg(long)]
    dry_run: bool,
    /// The digest of an undo that was looked at: needed where it passes the policy's limits
    #[arg(long, value_name = "DIGEST")]
    approve: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    run: i64,
    undoes: i64,
    state: &'static str,
    digest: String,
    taken_back: u64,
    /// What is taken back, row by row; the first ten thousand.
    taken: Vec<String>,
    switched_off: u64,
    stays: u64,
    kept: Vec<String>,
    verdicts: Vec<String>,
}

impl Undo {
    /// Undoes.
    pub(super) async fn run(self, call: &Call<'_>) -> anyhow::Result<Exit> {
        let number = homeroom_roster::district_of(self.run);
        let districts = &call.opened.districts;
        let district = districts.iter().find(|district| district.number == number);
        let district = district.ok_or_else(|| {
            anyhow::anyhow!(
                "there is no run {} of these districts; `homeroom sync {}runs` shows them",
                self.run,
                call.flags
            )
        })?;
        let by = actor::name();
        let wanted = Wanted {
            run: self.run,
            dry: self.dry_run,
            by: &by,
            approved: self.approve.as_deref(),
        };
        let progress = call.context.output.progress("undoing");
        let undone = call.opened.engine.undo(&district.tenant, &wanted).await;
        progress.finish();
        let undone = undone?;
        let exit = match undone.state {
            RunState::Held if self.approve.is_some() => Exit::Stale,
            RunState::Held => Exit::Held,
            _ => Exit::Done,
        };
        call.context
            .output
            .result(&shown(&undone), |shown| shown.text(call))?;
        Ok(exit)
    }
}

fn shown(undone: &Undoing) -> Shown {
    Shown {
        run: undone.run,
        undoes: undone.undoes,
        state: undone.state.text(),
        digest: undone.digest.clone(),
        taken_back: undone.taken_back,
        taken: undone.taken.iter().map(ToString::to_string).collect(),
        switched_off: undone.switched_off,
        stays: undone.all_kept,
        kept: undone.kept.iter().map(ToString::to_string).collect(),
        verdicts: undone.verdicts.iter().map(ToString::to_string).collect(),
    }
}

impl Shown {
    fn text(&self, call: &Call<'_>) -> String {
        let mut text = match self.state {
            "planned" => format!(
                "Undoing run {} would take back {} changes",
                self.undoes, self.taken_back
            ),
            "held" => format!(
                "Undoing run {} is held; it would take back {} changes",
                self.undoes, self.taken_back
            ),
            "no_change" => format!("Of run {} nothing is left to take back", self.undoes),
            _ => format!(
                "Run {} is undone (run {}): {} changes taken back",
                self.undoes, self.run, self.taken_back
            ),
        };
        if self.switched_off > 0 {
            text = format!(
                "{text}; {} records are switched off instead of removed, because something hangs on them",
                self.switched_off
            );
        }
        text.push('.');
        if self.state == "planned" || self.state == "held" {
            for taken in self.taken.iter().take(NAMED) {
                text = format!("{text}\n  {taken}");
            }
            if self.taken_back > NAMED as u64 {
                text = format!(
                    "{text}\n  … and {} more; --json names them",
                    self.taken_back - NAMED as u64
                );
            }
        }
        if self.stays > 0 {
            text = format!(
                "{text}\n{} stay, because they were changed since:",
                self.stays
            );
        }
        for kept in self.kept.iter().take(NAMED) {
            text = format!("{text}\n  {kept}");
        }
        if self.kept.len() > NAMED {
            text = format!(
                "{text}\n  … and {} more; --json names them",
                self.stays - NAMED as u64
            );
        }
        for verdict in &self.verdicts {
            text = format!("{text}\nHeld: {verdict}.");
        }
        match self.state {
            "planned" if self.verdicts.is_empty() => format!(
                "{text}\nTo do it:  homeroom sync {}undo {}",
                call.flags, self.undoes
            ),
            "planned" | "held" => format!(
                "{text}\nTo do it:  homeroom sync {}undo {} --approve {}",
                call.flags, self.undoes, self.digest
            ),
            _ => text,
        }
    }
}
