//! `homeroom events`.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_store::{Connection, Connections as _, EventMove, Events as _};
use serde::Serialize;

use super::app::find;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;

/// Switch the events of a connected app on or off, or say how they stand
///
/// Events tell an app what changed in a district since it looked last (GET /events). What was made before stays as long as
/// events are kept (the setting `event_days`); while they are off none are made, and the app is told that some are missing.
#[derive(Args)]
pub(crate) struct Events {
    /// The app's id, client id or name
    app: String,
    /// The district's id or name
    district: String,
    /// Whether changes make events from now on; without it, what is kept is shown
    switch: Option<Switch>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// How a connection's events stand.
#[derive(Serialize)]
struct State {
    events: bool,
    /// How many moves of what the app sees made events that are kept.
    moves: usize,
    /// When the oldest of them was.
    oldest: Option<String>,
    /// Since when nothing is missing; nothing while the app misses what happened last.
    whole_since: Option<String>,
}

impl Events {
    /// Switches, if asked to, and says how they stand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let state = block_on(self.state(&installation))??;
        context
            .output
            .result(&state, |state| self.text(state, context))?;
        Ok(Exit::Done)
    }

    async fn state(&self, installation: &Installation) -> anyhow::Result<State> {
        let store = &installation.store;
        let app = find(installation, &self.app).await?;
        let district = installation.district(&self.district).await?.document.id;
        let connections = store.connections_of_app(app.id).await?;
        let connection = connections
            .into_iter()
            .find(|connection| connection.district == district);
        let mut connection = connection.context("the app is not connected to that district")?;
        if let Some(switch) = self.switch {
            connection.events = switch == Switch::On;
            let switched = store.switch_events(district, connection.id, connection.events);
            anyhow::ensure!(switched.await?, "the app was disconnected in this moment");
        }
        let moves = store.event_moves(district, connection.id).await?;
        Ok(State {
            events: connection.events,
            moves: moves.len(),
            oldest: moves.first().map(|oldest| oldest.moved_at.to_iso()),
            whole_since: whole_since(&connection, &moves).map(|first| first.moved_at.to_iso()),
        })
    }

    fn text(&self, state: &State, context: &Context) -> String {
        let first = match (self.switch.is_some(), state.events) {
            (false, true) => "events are on",
            (false, false) => "events are off",
            (true, true) => "events are on: what changes from now on can be read at GET /events",
            (true, false) => "events are off: what changes from now on makes none",
        };
        let Some(oldest) = &state.oldest else {
            return format!("{first}\nkept     none yet");
        };
        let days = context.settings.event_days;
        let moves = if state.moves == 1 { "move" } else { "moves" };
        let whole = match &state.whole_since {
            Some(since) => format!("nothing since {since}"),
            None => "what happened last, while they were off".to_owned(),
        };
        format!(
            "{first}\n\
             kept     {} {moves} of what the app sees, the oldest of {oldest}; each for {days} days\n\
             missing  {whole}",
            state.moves
        )
    }
}

/// The first of the moves that follow one another, without one that made no events, up to where the view is now.
fn whole_since<'a>(connection: &Connection, moves: &'a [EventMove]) -> Option<&'a EventMove> {
    let mut newer = connection.view.generation + 1;
    let unbroken = moves.iter().rev().take_while(|kept| {
        let follows = kept.generation + 1 == newer;
        newer = kept.generation;
        follows
    });
    unbroken.last()
}
