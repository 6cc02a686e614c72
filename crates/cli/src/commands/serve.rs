//! `homeroom serve`.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use clap::Args;
use homeroom_api::{MasterKey, Parts, router};
use homeroom_client::Cancel;
use homeroom_history::History;
use homeroom_store::{Apps as _, Connection, Connections as _};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::sync::serve::keep;
use crate::clock::SystemClock;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::random::RequestIds;
use crate::sync::opened::Opened;

/// How often the server looks for views that an import could not move any more, and how often it sweeps.
const CATCH_UP: Duration = Duration::from_secs(10);
const SWEEP: Duration = Duration::from_hours(24);
const SWEEP_GRACE_HOURS: u32 = 24;

/// Serve the API until interrupted
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    listen: Listen,
    /// Also sync the districts of this folder, as `homeroom sync serve` does
    #[arg(long, value_name = "FOLDER")]
    sync: Option<PathBuf>,
}

/// Where and how to serve.
#[derive(Args, Clone, Copy)]
pub(crate) struct Listen {
    /// Port; 0 picks a free one [default: 8080]
    #[arg(long, value_name = "P")]
    port: Option<u16>,
    /// Address [default: 127.0.0.1, this machine only]
    #[arg(long = "listen", value_name = "ADDRESS", value_parser = address)]
    address: Option<IpAddr>,
    /// Requests per minute and token, 0 for no limit [default: 1200]
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
}

pub(crate) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| {
        "an address is written in numbers: 127.0.0.1 is this machine only, 0.0.0.0 every network it is in"
            .to_owned()
    })
}

#[derive(Serialize)]
struct Ready {
    url: String,
}

impl Serve {
    /// Serves.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = Arc::new(context.open()?);
        block_on(async {
            let listener = self.listen.bind(context).await?;
            let url = url(&listener)?;
            let router = self.listen.router(context, &installation).await?;
            installation.ingest().catch_up().await?;
            let syncing = match self.sync {
                Some(folder) => Some(Syncing::start(Opened::open(context, Some(folder), &[])?)),
                None => None,
            };
            context.output.result(&Ready { url }, |ready| {
                format!(
                    "serving at {}; documentation at {}/docs; stop with Ctrl-C",
                    ready.url, ready.url
                )
            })?;
            let served = serve(context, installation, router, listener).await;
            if let Some(syncing) = syncing {
                syncing
                    .stop(Duration::from_secs(context.settings.stop_seconds))
                    .await;
            }
            served
        })??;
        Ok(Exit::Done)
    }
}

/// The consumer's schedule, beside the provider.
struct Syncing {
    cancel: Cancel,
    task: JoinHandle<()>,
}

impl Syncing {
    fn start(opened: Opened) -> Self {
        let cancel = Cancel::default();
        let task = tokio::spawn(keep(Arc::new(opened), cancel.clone()));
        Self { cancel, task }
    }

    /// Stops reading at once; what is being applied gets so long to finish. Cut off, it leaves the old state.
    async fn stop(self, grace: Duration) {
        self.cancel.set();
        let _ = tokio::time::timeout(grace, self.task).await;
    }
}

/// The address a listener is reached at.
pub(crate) fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

impl Listen {
    /// Takes the port.
    pub(crate) async fn bind(&self, context: &Context) -> anyhow::Result<TcpListener> {
        let settings = &context.settings;
        let address = SocketAddr::new(
            self.address.unwrap_or(settings.listen),
            self.port.unwrap_or(settings.port),
        );
        let bound = TcpListener::bind(address).await;
        if bound.is_ok() && !address.ip().is_loopback() {
            tracing::warn!(
                "listening on {address}, beyond this machine: HTTP is not encrypted, so only a proxy that speaks TLS should reach it"
            );
        }
        bound.map_err(|error| anyhow::anyhow!("cannot listen on {address}: {}", why_not(&error)))
    }

    /// What answers requests. Whatever is wrong with the installation is told here, before anybody hears that it serves.
    pub(crate) async fn router(
        &self,
        context: &Context,
        installation: &Installation,
    ) -> anyhow::Result<Router> {
        let settings = homeroom_api::Settings {
            rate_limit: self.rate_limit.unwrap_or(context.settings.rate_limit),
            snapshots_open: context.settings.snapshots_open,
            filter_rows: context.settings.filter_rows,
            filters_at_once: context.settings.filters_at_once,
            ..homeroom_api::Settings::default()
        };
        let history = History::new(
            installation.store_dyn(),
            Arc::clone(&installation.depot),
            Arc::clone(&installation.spools) as _,
            homeroom_history::Settings {
                rebuilt_bytes: u64::from(context.settings.past_megabytes) << 20,
                ..homeroom_history::Settings::default()
            },
        );
        let master = installation.master_key()?;
        warn_of_another_key(installation, &master).await?;
        Ok(router(Parts {
            store: installation.store_dyn(),
            history,
            master,
            clock: Arc::new(SystemClock::start()),
            request_ids: Arc::new(RequestIds::start()?),
            settings,
        }))
    }
}

/// Serves an installation until the process is told to stop, then lets running requests finish.
pub(crate) async fn serve(
    context: &Context,
    installation: Arc<Installation>,
    router: Router,
    listener: TcpListener,
) -> anyhow::Result<()> {
    let housekeeping = tokio::spawn(keep_house(Arc::clone(&installation)));
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let signal = async move {
        interrupted().await;
        tracing::info!("stopping: running requests finish first");
        let _ = stopping.send(());
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(signal);
    let grace = Duration::from_secs(context.settings.stop_seconds);
    let outcome = tokio::select! {
        outcome = serving => outcome.context("the server stopped"),
        () = async { let _ = stopped.await; tokio::time::sleep(grace).await } => {
            tracing::warn!("some requests did not finish in time and were cut off");
            Ok(())
        }
    };
    housekeeping.abort();
    outcome
}

/// Why an address cannot be listened on, and what to do.
pub(crate) fn why_not(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program has the port; choose another with --port, or 0 for a free one"
                .to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address; name one of its own with --listen".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need more rights; choose another with --port".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Says so when tokens were sealed under another master key: everything works but listing them, which nobody would
/// connect with a lost key.
async fn warn_of_another_key(
    installation: &Installation,
    master: &MasterKey,
) -> anyhow::Result<()> {
    let mut others = 0;
    for app in installation.store.apps().await? {
        let connections = installation.store.connections_of_app(app.id).await?;
        let other = |each: &&Connection| master.open(each.id, &each.sealed).is_err();
        others += connections.iter().filter(other).count();
    }
    if others > 0 {
        tracing::warn!(
            tokens = others,
            "sealed under another master key: these tokens work, but GET /oauth/tokens fails for their apps; put the right key in its place, or disconnect and connect those apps again"
        );
    }
    Ok(())
}

/// Moves views that lag behind (an import may have died between publishing and moving them) and sweeps once a day.
async fn keep_house(installation: Arc<Installation>) {
    let ingest = installation.ingest();
    let mut since_sweep = SWEEP;
    loop {
        if let Err(error) = ingest.catch_up().await {
            tracing::warn!(%error, "views could not be moved; tried again soon");
        }
        if since_sweep >= SWEEP {
            since_sweep = Duration::ZERO;
            match ingest.sweep(SWEEP_GRACE_HOURS).await {
                Ok(swept) => tracing::info!(
                    condemned = swept.condemned,
                    deleted = swept.deleted,
                    "swept"
                ),
                Err(error) => tracing::warn!(%error, "sweeping failed; tried again tomorrow"),
            }
        }
        tokio::time::sleep(CATCH_UP).await;
        since_sweep += CATCH_UP;
    }
}

/// Waits for Ctrl-C or a request to terminate.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
