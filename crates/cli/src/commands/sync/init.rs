//! `homeroom sync init`: asks, checks, and writes a folder.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use homeroom_client::{AppCredentials, Secret};
use homeroom_model::ObjectId;

use super::ask::{Asker, Choice, Question, tell};
use super::policy_text::{
    Answers, CONTACTS, LEAVING, MATCHING, NEW, STRATEGY, WITHOUT_CLASSES, policy_text,
};
use super::writing::{Made, Reached, add, ensure_free, make};
use crate::context::{Context, block_on};
use crate::exit::Exit;
use crate::sync::discover::{Found, Server};
use crate::sync::edit;
use crate::sync::folder::{self, Folder, SETTINGS};
use crate::sync::settings;

/// Make a folder that follows a server's districts, or add districts to one
///
/// Asks what nobody said, says what each choice gives and costs, and asks the server at once whether address and token are
/// right. Writes sync.toml and policy.toml, which explain themselves, and makes the app's database. Nothing is synced yet.
#[derive(Args)]
pub(super) struct Init {
    /// The folder [default: --folder, or homeroom-sync]
    #[arg(value_name = "FOLDER")]
    place: Option<PathBuf>,
    /// The server: <https://api.clever.com>, or what `homeroom serve` or `homeroom demo` prints
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Where an app finds its tokens, if not there too; <https://clever.com> for <https://api.clever.com>
    #[arg(long, value_name = "URL")]
    oauth: Option<String>,
    /// Version of the API to read [default: the newest]
    #[arg(long, value_name = "VERSION")]
    api: Option<String>,
    /// The token of a district
    #[arg(
        long,
        value_name = "TOKEN",
        env = "HOMEROOM_SYNC_TOKEN",
        hide_env_values = true,
        conflicts_with = "client_id"
    )]
    token: Option<String>,
    /// Instead of a token: the app's client id
    #[arg(long, value_name = "ID", env = "HOMEROOM_SYNC_CLIENT_ID")]
    client_id: Option<String>,
    /// The app's secret
    #[arg(
        long,
        value_name = "SECRET",
        env = "HOMEROOM_SYNC_CLIENT_SECRET",
        hide_env_values = true,
        requires = "client_id"
    )]
    client_secret: Option<String>,
    #[command(flatten)]
    policy: PolicyFlags,
    /// Ask nothing: whatever is not said is as usual
    #[arg(long, short = 'y')]
    yes: bool,
}

/// What the policy begins with.
#[derive(Args, Default)]
struct PolicyFlags {
    /// Who decides what the app shows: sis-lockdown
    #[arg(long, value_name = "WORD")]
    strategy: Option<String>,
    /// Whether parents and guardians are kept: no, yes
    #[arg(long, value_name = "WORD")]
    contacts: Option<String>,
    /// What happens to people who leave: deactivate, review, keep
    #[arg(long, value_name = "WORD")]
    leaving: Option<String>,
    /// What happens to people without classes: allow, notice, skip
    #[arg(long, value_name = "WORD")]
    without_classes: Option<String>,
    /// Whether new classes and people are taken or wait for a pick: take, stage
    #[arg(long, value_name = "WORD")]
    new: Option<String>,
    /// How accounts that are there already are met: sis-id, ask, email
    #[arg(long, value_name = "WORD")]
    matching: Option<String>,
    /// Time zone of the district, such as America/Chicago [default: UTC]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

const ACCESS: Question = Question {
    flag: "access",
    title: "Access: how this app may read",
    choices: &[
        Choice {
            word: "token",
            gives: "one district, and nothing more is kept here",
            costs: "when the district's token is replaced, somebody has to bring the new one (homeroom sync token)",
        },
        Choice {
            word: "app",
            gives: "every district that connected the app; replaced tokens are found again",
            costs: "the app's secret is kept here too, sealed",
        },
    ],
};

impl Init {
    /// Asks, checks and writes.
    pub(super) fn run(
        self,
        context: &Context,
        named: Option<PathBuf>,
        districts: &[String],
    ) -> anyhow::Result<Exit> {
        let path = self.place.clone().unwrap_or_else(|| folder::meant(named));
        let asker = Asker::new(self.yes);
        let there = path.join(SETTINGS).is_file();
        let made = if there {
            let folder = Folder::open(path)?;
            let reached = self.reach(&asker, Some(&folder), districts)?;
            add(context, folder, &reached)?
        } else {
            ensure_free(&path)?;
            let reached = self.reach(&asker, None, districts)?;
            let policy = self.policy.ask(&asker)?;
            make(context, &path, &reached, &policy)?
        };
        context.output.result(&made, Made::text)?;
        Ok(Exit::Done)
    }

    /// Asks where, as whom and which districts, and lets the server say whether that is so.
    fn reach(
        &self,
        asker: &Asker,
        folder: Option<&Folder>,
        wanted: &[String],
    ) -> anyhow::Result<Reached> {
        let (server, oauth, api) = self.address(asker, folder)?;
        let to_ask = Server {
            oauth: oauth.clone().unwrap_or_else(|| server.clone()),
            api: server.clone(),
            version: api,
            transport: folder::transport()?,
        };
        let (app, found) = if let Some(app) = self.app(asker)? {
            let found = block_on(to_ask.of_app(&app))??;
            anyhow::ensure!(!found.is_empty(), "no district has connected this app yet");
            let found = if wanted.is_empty() {
                chosen(asker, found)?
            } else {
                found
            };
            (Some(app), found)
        } else {
            let token = match &self.token {
                Some(token) => Secret::new(token.trim()),
                None => asker.secret("token", "The district's token")?,
            };
            (None, vec![block_on(to_ask.of_token(&token))??])
        };
        let districts = only(found, wanted)?;
        for district in &districts {
            tell(&format!(
                "The server says: {} ({}).\n\n",
                district.name,
                district.id.to_hex()
            ))?;
        }
        Ok(Reached {
            server,
            oauth,
            api,
            app,
            districts,
        })
    }

    fn address(
        &self,
        asker: &Asker,
        folder: Option<&Folder>,
    ) -> anyhow::Result<(String, Option<String>, &'static str)> {
        if let Some(folder) = folder {
            anyhow::ensure!(
                self.server.is_none() && self.api.is_none() && self.oauth.is_none(),
                "{} follows {} already; further districts come from there, and other servers get a folder of their own",
                folder.path().display(),
                folder.settings.server_text()
            );
            let oauth = folder.settings.oauth_text().map(str::to_owned);
            let api = folder.settings.version()?.name;
            return Ok((folder.settings.server_text().to_owned(), oauth, api));
        }
        let title = "Server: the address of its API, such as https://api.clever.com, or what `homeroom demo` prints";
        let server = asker.text(("server", title), self.server.clone(), None)?;
        homeroom_client::Address::parse(&server).context("--server")?;
        if let Some(oauth) = &self.oauth {
            homeroom_client::Address::parse(oauth).context("--oauth")?;
        }
        let title = "Version of the API to read; the newest knows most";
        let api = asker.text(("api", title), self.api.clone(), Some(settings::newest()))?;
        let api = settings::version(&api).map_err(anyhow::Error::msg)?;
        Ok((server, self.oauth.clone(), api.name))
    }

    /// What the app signs in with, unless a token was given.
    fn app(&self, asker: &Asker) -> anyhow::Result<Option<AppCredentials>> {
        if self.token.is_some() {
            return Ok(None);
        }
        if self.client_id.is_none() {
            anyhow::ensure!(
                !self.yes,
                "say --token, or --client-id and --client-secret, as nobody may be asked (--yes)"
            );
            if asker.choose(&ACCESS, None)? == "token" {
                return Ok(None);
            }
        }
        let client_id = asker.text(
            ("client-id", "The app's client id"),
            self.client_id.clone(),
            None,
        )?;
        let client_secret = match &self.client_secret {
            Some(secret) => Secret::new(secret.trim()),
            None => asker.secret("client-secret", "The app's secret")?,
        };
        Ok(Some(AppCredentials {
            client_id,
            client_secret,
        }))
    }
}

impl PolicyFlags {
    fn ask(&self, asker: &Asker) -> anyhow::Result<String> {
        asker.choose(&STRATEGY, self.strategy.as_deref())?;
        policy_text(&Answers {
            contacts: asker.choose(&CONTACTS, self.contacts.as_deref())?,
            leaving: asker.choose(&LEAVING, self.leaving.as_deref())?,
            without_classes: asker.choose(&WITHOUT_CLASSES, self.without_classes.as_deref())?,
            new: asker.choose(&NEW, self.new.as_deref())?,
            matching: asker.choose(&MATCHING, self.matching.as_deref())?,
            time_zone: asker.text(
                (
                    "time-zone",
                    "Time zone of the district, such as America/Chicago: when its days begin",
                ),
                self.time_zone.clone(),
                Some("UTC"),
            )?,
        })
    }
}

/// Those of an app's districts that somebody chooses.
fn chosen(asker: &Asker, found: Vec<Found>) -> anyhow::Result<Vec<Found>> {
    if found.len() == 1 {
        return Ok(found);
    }
    let mut title = "Districts that connected this app".to_owned();
    for (number, district) in (1..).zip(&found) {
        title = format!(
            "{title}\n  {number} {} ({})",
            district.name,
            district.id.to_hex()
        );
    }
    title.push_str("\nWhich? Numbers or names with commas between");
    let answer = asker.text(("districts", &title), None, Some("all"))?;
    if answer == "all" {
        return Ok(found);
    }
    let named = answer.split(',').map(|word| {
        let word = word.trim();
        let numbered = word
            .parse::<usize>()
            .ok()
            .and_then(|number| found.get(number.checked_sub(1)?));
        numbered.map_or_else(|| word.to_owned(), |district| district.id.to_hex())
    });
    let wanted: Vec<String> = named.collect();
    only(found, &wanted)
}

/// Those of the districts that are wanted, by id or name; all if nothing is.
fn only(found: Vec<Found>, wanted: &[String]) -> anyhow::Result<Vec<Found>> {
    let is = |district: &Found, word: &str| {
        ObjectId::from_hex(word) == Some(district.id) || district.name.eq_ignore_ascii_case(word)
    };
    for word in wanted {
        anyhow::ensure!(
            found.iter().any(|district| is(district, word)),
            "there is no district {word} to be read; there are: {}",
            found
                .iter()
                .map(|district| district.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    let mut found = found;
    if !wanted.is_empty() {
        found.retain(|district| wanted.iter().any(|word| is(district, word)));
    }
    Ok(found)
}

/// A folder that follows one district of a server that is known to be there, as `homeroom demo` offers it: made with what is usual,
/// or pointed at the server's new address.
pub(crate) fn offer(
    context: &Context,
    path: &Path,
    server: &str,
    district: Found,
) -> anyhow::Result<()> {
    let reached = Reached {
        server: server.to_owned(),
        oauth: None,
        api: settings::newest(),
        app: None,
        districts: vec![district],
    };
    if path.join(SETTINGS).is_file() {
        let mut folder = Folder::open(path.to_owned())?;
        let text = edit::set(
            &folder.settings_text()?,
            "",
            "server",
            &edit::quoted(server),
        );
        folder.write_settings(&text.context("its settings name no server")?)?;
        add(context, folder, &reached).map(drop)
    } else {
        let policy = PolicyFlags::default().ask(&Asker::silent())?;
        make(context, path, &reached, &policy).map(drop)
    }
}
