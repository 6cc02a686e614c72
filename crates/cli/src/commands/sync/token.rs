//! `homeroom sync token`: a district's token was replaced.

use clap::Args;
use homeroom_client::{AppCredentials, Secret};

use super::ask::Asker;
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::sync::discover::Server;
use crate::sync::folder::{self, Folder};

/// Keep the new token of a district, or the app's new secret
///
/// The server is asked at once whether it is right. What is kept is sealed, and never shown.
#[derive(Args)]
pub(super) struct Token {
    /// The token [default: asked for]
    #[arg(
        long = "token",
        value_name = "TOKEN",
        env = "HOMEROOM_SYNC_TOKEN",
        hide_env_values = true,
        conflicts_with = "client_id"
    )]
    given: Option<String>,
    /// Instead: the app's client id; tokens of all districts are found by it
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The app's secret [default: asked for]
    #[arg(
        long,
        value_name = "SECRET",
        env = "HOMEROOM_SYNC_CLIENT_SECRET",
        hide_env_values = true,
        requires = "client_id"
    )]
    client_secret: Option<String>,
}

impl Token {
    /// Asks the server, and keeps it.
    pub(super) fn run(
        self,
        context: &Context,
        folder: &Folder,
        wanted: &[String],
    ) -> anyhow::Result<Exit> {
        let asker = Asker::new(false);
        let api = folder.settings.server_text().to_owned();
        let server = Server {
            oauth: folder.settings.oauth_text().unwrap_or(&api).to_owned(),
            api,
            version: folder.settings.version()?.name,
            transport: folder::transport()?,
        };
        let mut vault = folder.vault(&context.settings.master_key)?;
        let found = if let Some(client_id) = self.client_id {
            let client_secret = match self.client_secret {
                Some(secret) => Secret::new(secret.trim()),
                None => asker.secret("client-secret", "The app's secret")?,
            };
            let app = AppCredentials {
                client_id,
                client_secret,
            };
            let found = block_on(server.of_app(&app))??;
            vault.keep_app(&app)?;
            found
        } else {
            let token = match self.given {
                Some(token) => Secret::new(token.trim()),
                None => asker.secret("token", "The district's token")?,
            };
            vec![block_on(server.of_token(&token))??]
        };
        let mut kept = Vec::new();
        for district in folder.meant_districts(wanted)? {
            let id = district.id()?;
            if let Some(found) = found.iter().find(|found| found.id == id) {
                vault.keep_token(id, &found.token)?;
                kept.push(district.name.clone());
            }
        }
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        anyhow::ensure!(
            !kept.is_empty(),
            "that is a token of {}, which this folder does not follow; `homeroom sync init` adds districts",
            names.join(", ")
        );
        context
            .output
            .result(&serde_json::json!({ "kept": kept }), |_| {
                format!("The token of {} is kept.", kept.join(", "))
            })?;
        Ok(Exit::Done)
    }
}
