//! `homeroom admin token`: tokens of the management API.

use anyhow::Context as _;
use clap::Subcommand;
use homeroom_model::{ObjectId, Timestamp};
use homeroom_store::{ManagementToken, ManagementTokens as _};
use serde::Serialize;

use crate::actor;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{clock, random};

const DAY_MILLIS: i64 = 86_400_000;

/// What is done with tokens of the management API
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Make a token; it is shown once and kept only as a digest
    Add {
        /// What it is for; the audit calls whoever uses it by this name
        name: String,
        /// Good for this district only, by id or name [default: for all of them]
        #[arg(long, value_name = "DISTRICT")]
        district: Option<String>,
        /// Good for so many days [default: until it is revoked]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        days: Option<u16>,
    },
    /// List the tokens
    List,
    /// Revoke a token, at once and for ever
    Revoke {
        /// The token's name or id
        token: String,
    },
}

#[derive(Serialize)]
struct Added {
    id: String,
    token: String,
}

#[derive(Serialize)]
struct Listed {
    tokens: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    district: Option<String>,
    created: String,
    state: String,
}

#[derive(Serialize)]
struct Revoked {
    revoked: String,
}

impl Token {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            match self {
                Self::Add {
                    name,
                    district,
                    days,
                } => {
                    let district = match district {
                        Some(named) => Some(installation.district(&named).await?.document.id),
                        None => None,
                    };
                    let added = add(&installation, name, district, days).await?;
                    context.output.result(&added, |added| {
                        format!(
                            "token {}\nIt is not shown again. Use it as: Authorization: Bearer {}",
                            added.token, added.token
                        )
                    })
                }
                Self::List => {
                    let now = clock::now();
                    let tokens = installation.store.management_tokens().await?;
                    let tokens = tokens.iter().map(|token| row(token, now)).collect();
                    context
                        .output
                        .result(&Listed { tokens }, |listed| table(&listed.tokens))
                }
                Self::Revoke { token } => {
                    let revoked = revoke(&installation, &token).await?;
                    context.output.result(&revoked, |revoked| {
                        format!("token {} revoked", revoked.revoked)
                    })
                }
            }
        })??;
        Ok(Exit::Done)
    }
}

async fn add(
    installation: &Installation,
    name: String,
    district: Option<ObjectId>,
    days: Option<u16>,
) -> anyhow::Result<Added> {
    let name = name.trim().to_owned();
    anyhow::ensure!(!name.is_empty(), "the name of a token must not be empty");
    let now = clock::now();
    let token = random::hex::<32>()?;
    let expires = days.map(|days| {
        Timestamp::from_millis(now.millis().saturating_add(i64::from(days) * DAY_MILLIS))
    });
    let record = ManagementToken {
        id: random::object_id(now)?,
        digest: homeroom_api::token_digest(&token),
        name,
        district,
        created: now,
        expires,
        revoked: None,
    };
    let id = record.id.to_hex();
    installation
        .store
        .add_management_token(record)
        .await
        .context("the token cannot be made")?;
    let detail = format!("token {id}");
    noted(installation, district, "management token made", detail).await?;
    Ok(Added { id, token })
}

async fn revoke(installation: &Installation, named: &str) -> anyhow::Result<Revoked> {
    let tokens = installation.store.management_tokens().await?;
    let mut good = tokens.iter().filter(|token| token.revoked.is_none());
    let found = good
        .find(|token| token.name == named || token.id.to_hex() == named)
        .with_context(|| {
            format!(
                "there is no token {named} that could be revoked; `admin token list` shows them"
            )
        })?;
    installation
        .store
        .revoke_management_token(found.id, clock::now())
        .await?;
    let detail = format!("token {}", found.id);
    noted(
        installation,
        found.district,
        "management token revoked",
        detail,
    )
    .await?;
    Ok(Revoked {
        revoked: found.name.clone(),
    })
}

async fn noted(
    installation: &Installation,
    district: Option<ObjectId>,
    action: &str,
    detail: String,
) -> anyhow::Result<()> {
    let ingest = installation.ingest();
    Ok(ingest
        .decided(district, &actor::name(), action, detail)
        .await?)
}

fn row(token: &ManagementToken, now: Timestamp) -> Row {
    let state = match (token.revoked, token.expires) {
        (Some(when), _) => format!("revoked {}", when.date()),
        (None, Some(end)) if end <= now => format!("ran out {}", end.date()),
        (None, Some(end)) => format!("good until {}", end.date()),
        (None, None) => "good".to_owned(),
    };
    Row {
        id: token.id.to_hex(),
        name: token.name.clone(),
        district: token.district.map(ObjectId::to_hex),
        created: token.created.to_iso(),
        state,
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let district = row.district.as_deref().unwrap_or("all");
            [
                row.id.as_str(),
                &row.name,
                district,
                &row.created,
                &row.state,
            ]
        })
        .collect();
    output::table(
        ["token", "name", "district", "created", "state"],
        &rows,
        "no tokens yet; `homeroom admin token add NAME` makes one",
    )
}
