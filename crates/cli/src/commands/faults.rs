//! `homeroom faults`.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use clap::Args;
use homeroom_faults::{BUDGET, CATALOGUE, Faults as Layer, Group, Script, Settings, upstream};
use serde::Serialize;
use tokio::net::TcpListener;

use super::serve::{address, interrupted, url, why_not};
use crate::clock::now;
use crate::context::{Context, block_on};
use crate::exit::Exit;

/// Stand before any Clever-compatible server and misbehave on purpose
///
/// Requests go on to --upstream; what comes back is spoilt as --fault and --script say. Point the client you want to try at
/// this address instead of the server's. Never put it between a server and somebody who relies on it.
#[derive(Args)]
pub(crate) struct Faults {
    /// The server behind, such as <https://api.clever.com> or what `homeroom serve` prints
    #[arg(long, value_name = "URL", required_unless_present = "list")]
    upstream: Option<String>,
    /// Port; 0 picks a free one
    #[arg(long, value_name = "P", default_value_t = 8090)]
    port: u16,
    /// Address; 127.0.0.1 is this machine only
    #[arg(long, value_name = "ADDRESS", value_parser = address, default_value = "127.0.0.1")]
    listen: IpAddr,
    #[command(flatten)]
    choice: Choice,
    /// Name every fault with what it does, and end
    #[arg(long)]
    list: bool,
}

/// Which faults, how often.
#[derive(Args)]
struct Choice {
    /// A fault, a group or `all`: NAME, NAME=RATE, NAME=RATE/NUMBER or NAME=/NUMBER; more, parted by commas or repeated
    #[arg(long = "fault", value_name = "NAME[=RATE[/NUMBER]]")]
    faults: Vec<String>,
    /// File that says which request meets which fault: lines of PATTERN NTH FAULT
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// What everything random follows from
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How often one and the same request may be kept from its answer, 0 for no limit
    #[arg(long, default_value_t = BUDGET, value_name = "N")]
    budget: u32,
    /// Do not say in X-Homeroom-Fault what was done to an answer
    #[arg(long)]
    no_header: bool,
}

/// What a script needs to know.
#[derive(Serialize)]
struct Ready {
    url: String,
    upstream: String,
    faults: Vec<&'static str>,
}

impl Faults {
    /// Misbehaves until interrupted.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        if self.list {
            let listed: Vec<Listed> = Group::ALL.into_iter().flat_map(listed).collect();
            context
                .output
                .result(&List { faults: listed }, List::text)?;
            return Ok(Exit::Done);
        }
        let settings = self.choice.settings()?;
        let faults = settings.faults.keys().map(|fault| fault.name()).collect();
        let upstream_url = self.upstream.unwrap_or_default();
        let behind = upstream(&upstream_url)?;
        let socket = SocketAddr::new(self.listen, self.port);
        block_on(async {
            let listener = TcpListener::bind(socket).await.map_err(|error| {
                anyhow::anyhow!("cannot listen on {socket}: {}", why_not(&error))
            })?;
            let ready = Ready {
                url: url(&listener)?,
                upstream: upstream_url,
                faults,
            };
            context.output.result(&ready, Ready::text)?;
            tokio::select! {
                outcome = axum::serve(listener, spoilt(behind, settings)) => outcome.context("the proxy stopped"),
                () = interrupted() => Ok(()),
            }
        })??;
        Ok(Exit::Done)
    }
}

/// A router that misbehaves.
pub(crate) fn spoilt(router: Router, settings: Settings) -> Router {
    router.layer(Layer::new(settings, Arc::new(now)))
}

impl Choice {
    fn settings(&self) -> anyhow::Result<Settings> {
        let script = match &self.script {
            Some(path) => {
                let text = fs::read_to_string(path);
                let text = text.with_context(|| format!("{} cannot be read", path.display()))?;
                Script::parse(&text).with_context(|| path.display().to_string())?
            }
            None => Script::default(),
        };
        let settings = Settings {
            seed: self.seed,
            script,
            budget: self.budget,
            header: !self.no_header,
            ..Settings::default()
        };
        Ok(settings.with(&self.faults.join(","))?)
    }
}

impl Ready {
    fn text(&self) -> String {
        let faults = match self.faults.as_slice() {
            [] => "none; --fault switches some on, --list names them all".to_owned(),
            faults => faults.join(", "),
        };
        format!(
            "misbehaving at {} before {}; stop with Ctrl-C\nfaults: {faults}",
            self.url, self.upstream
        )
    }
}

/// Every fault.
#[derive(Serialize)]
struct List {
    faults: Vec<Listed>,
}

/// One of them.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    group: &'static str,
    happens_to: &'static str,
    rate: Option<f64>,
    number: Option<&'static str>,
    usual_number: Option<u64>,
    does: &'static str,
    client: &'static str,
}

fn listed(group: Group) -> impl Iterator<Item = Listed> {
    let entries = CATALOGUE.iter().filter(move |entry| entry.group == group);
    entries.map(|entry| Listed {
        name: entry.name,
        group: entry.group.name(),
        happens_to: entry.when.words(),
        rate: (entry.rate > 0).then(|| f64::from(entry.rate) / 1e6),
        number: entry.number.map(|(meaning, _)| meaning),
        usual_number: entry.number.map(|(_, usual)| usual),
        does: entry.does,
        client: entry.client,
    })
}

impl List {
    fn text(&self) -> String {
        let of_group = |group: Group| {
            let faults = self.faults.iter();
            let faults = faults.filter(|fault| fault.group == group.name());
            let told: String = faults.map(Listed::text).collect();
            [group.name(), ": ", group.meaning(), "\n\n", &told, "\n"].concat()
        };
        Group::ALL.into_iter().map(of_group).collect()
    }
}

impl Listed {
    fn text(&self) -> String {
        let happens_to = self.happens_to;
        let rate = self.rate.map(|rate| format!("{rate} of {happens_to}"));
        let number = self.number.zip(self.usual_number);
        let number = number.map(|(meaning, usual)| format!("{meaning}: {usual}"));
        let both: Vec<_> = rate.into_iter().chain(number).collect();
        let usual = if both.is_empty() {
            String::new()
        } else {
            format!(" ({})", both.join("; "))
        };
        format!(
            "  {}{usual}\n      {}\n      Right: {}\n",
            self.name, self.does, self.client
        )
    }
}
