//! `homeroom admin` and `homeroom staff`: people that no file brings. They merge by email like others, and no import
//! removes them.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_model::ObjectId;
use homeroom_store::{People as _, Person, PersonKind};
use serde::Serialize;

use crate::actor;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{clock, random};

/// District admins, who come in no file, and tokens of the management API
#[derive(Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    action: AdminAction,
}

#[derive(Subcommand)]
enum AdminAction {
    #[command(flatten)]
    People(Action<NewPerson>),
    /// Tokens of the management API, with which programs look at runs, holds and ids
    #[command(subcommand)]
    Token(super::token::Token),
}

/// Staff members whom no file brings
#[derive(Args)]
pub(crate) struct Staff {
    #[command(subcommand)]
    action: Action<NewStaff>,
}

#[derive(Subcommand)]
enum Action<P: Args> {
    /// Add a person; apps see them at once, or after the import that is running
    Add {
        #[command(flatten)]
        person: P,
        /// The district's id
        #[arg(long)]
        district: String,
    },
    /// List the people added by hand
    List {
        /// The district's id
        #[arg(long)]
        district: String,
    },
    /// Remove a person added by hand
    Remove {
        /// The person's id, as `list` shows it
        person: String,
        /// The district's id
        #[arg(long)]
        district: String,
    },
}

/// A person to add.
#[derive(Args, Default)]
pub(crate) struct NewPerson {
    /// Email; teachers, staff and district admins with the same email are one person
    #[arg(value_parser = email)]
    pub(crate) email: String,
    /// Given name
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) first: String,
    /// Family name
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) last: String,
    /// Title
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) title: String,
}

/// A staff member to add.
#[derive(Args)]
struct NewStaff {
    #[command(flatten)]
    person: NewPerson,
    /// Department
    #[arg(long, default_value = "", hide_default_value = true)]
    department: String,
    /// SIS id of a school; may be given several times
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// A dashboard permission; may be given several times
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Staff id [default: one of Homeroom's]
    #[arg(long, default_value = "", hide_default_value = true)]
    staff_id: String,
}

/// An email as people may be added with one: exactly one @ with text on both sides.
pub(crate) fn email(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => {
            Ok(text.to_owned())
        }
        _ => Err("an email has exactly one @ with text on both sides".to_owned()),
    }
}

#[derive(Serialize)]
struct Added {
    person: String,
}

#[derive(Serialize)]
struct Removed {
    removed: bool,
}

#[derive(Serialize)]
struct Listed {
    people: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    person: String,
    email: String,
    first: String,
    last: String,
    title: String,
}

impl Admin {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.action {
            AdminAction::People(action) => action.run(context, PersonKind::DistrictAdmin),
            AdminAction::Token(token) => token.run(context),
        }
    }
}

impl Staff {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        self.action.run(context, PersonKind::Staff)
    }
}

impl<P: Args + Draft> Action<P> {
    fn run(self, context: &Context, kind: PersonKind) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            match self {
                Self::Add { person, district } => {
                    let district = installation.district(&district).await?.document.id;
                    let person = person.draft(district)?;
                    let added = Added {
                        person: add(&installation, person).await?.to_hex(),
                    };
                    context
                        .output
                        .result(&added, |added| format!("person {} added", added.person))
                }
                Self::List { district } => {
                    let district = installation.district(&district).await?.document.id;
                    let people = of_kind(&installation, district, kind).await?;
                    let people = people.into_iter().map(row).collect();
                    context
                        .output
                        .result(&Listed { people }, |listed| table(&listed.people))
                }
                Self::Remove { person, district } => {
                    let district = installation.district(&district).await?.document.id;
                    let people = of_kind(&installation, district, kind).await?;
                    let found = people.iter().find(|each| each.id.to_hex() == person);
                    let found = found.with_context(|| {
                        format!("nobody of id {person} was added by hand; `list` shows who was")
                    })?;
                    let removed = installation.store.remove_person(district, found.id).await?;
                    noted(&installation, found, "person removed").await?;
                    installation.ingest().people_changed(district).await?;
                    context
                        .output
                        .result(&Removed { removed }, |_| format!("person {person} removed"))
                }
            }
        })??;
        Ok(Exit::Done)
    }
}

/// What becomes a person of a district.
trait Draft {
    /// The person, with an id of their own.
    fn draft(self, district: ObjectId) -> anyhow::Result<Person>;
}

impl Draft for NewPerson {
    fn draft(self, district: ObjectId) -> anyhow::Result<Person> {
        let now = clock::now();
        let id = random::object_id(now)?;
        Ok(Person {
            id,
            district,
            kind: PersonKind::DistrictAdmin,
            email: self.email,
            first: self.first,
            last: self.last,
            title: self.title,
            department: String::new(),
            schools: Vec::new(),
            roles: Vec::new(),
            staff_id: id.to_hex(),
            created: now,
        })
    }
}

impl Draft for NewStaff {
    fn draft(self, district: ObjectId) -> anyhow::Result<Person> {
        let person = self.person.draft(district)?;
        let staff_id = if self.staff_id.is_empty() {
            person.staff_id
        } else {
            self.staff_id
        };
        Ok(Person {
            kind: PersonKind::Staff,
            department: self.department,
            schools: self.schools,
            roles: self.roles,
            staff_id,
            ..person
        })
    }
}

/// Adds a district admin.
pub(crate) async fn add_admin(
    installation: &Installation,
    district: ObjectId,
    person: NewPerson,
) -> anyhow::Result<ObjectId> {
    add(installation, person.draft(district)?).await
}

/// Adds a person to their district and publishes the change.
async fn add(installation: &Installation, person: Person) -> anyhow::Result<ObjectId> {
    let (id, district) = (person.id, person.district);
    let added = person.clone();
    let there = of_kind(installation, district, person.kind).await?;
    let same = there
        .iter()
        .find(|each| each.email.eq_ignore_ascii_case(&person.email));
    if let Some(same) = same {
        anyhow::bail!(
            "somebody with this email was added already, as {}; remove them first to change something",
            same.id.to_hex()
        );
    }
    installation
        .store
        .add_person(person)
        .await
        .context("the person cannot be added")?;
    noted(installation, &added, "person added").await?;
    installation.ingest().people_changed(district).await?;
    Ok(id)
}

async fn noted(installation: &Installation, person: &Person, action: &str) -> anyhow::Result<()> {
    let detail = format!("{} {}", person.kind.as_str(), person.id);
    let ingest = installation.ingest();
    Ok(ingest
        .decided(Some(person.district), &actor::name(), action, detail)
        .await?)
}

/// The people of a kind that were added by hand.
async fn of_kind(
    installation: &Installation,
    district: ObjectId,
    kind: PersonKind,
) -> anyhow::Result<Vec<Person>> {
    let mut people = installation.store.people(district).await?;
    people.retain(|person| person.kind == kind);
    Ok(people)
}

fn row(person: Person) -> Row {
    Row {
        person: person.id.to_hex(),
        email: person.email,
        first: person.first,
        last: person.last,
        title: person.title,
    }
}

fn table(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            [
                row.person.as_str(),
                &row.email,
                &row.first,
                &row.last,
                &row.title,
            ]
        })
        .collect();
    output::table(
        ["person", "email", "first", "last", "title"],
        &rows,
        "nobody was added by hand",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_one_at_sign_between_texts() {
        assert_eq!(email(" a@b.example "), Ok("a@b.example".to_owned()));
        for wrong in ["", "a", "@", "a@", "@b", "a@b@c"] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }
}
