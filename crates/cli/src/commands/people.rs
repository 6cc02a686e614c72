//! `homeroom admin` and `homeroom staff`: people that no file brings. They merge by email like others, and no import
//! removes them.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use homeroom_model::ObjectId;
use homeroom_store::{People as _, Person, PersonKind};
use serde::Serialize;

use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;
use crate::output;
use crate::{clock, random};

/// District admins, who come in no file
#[derive(Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    action: Action,
}

/// Staff members whom no file brings
#[derive(Args)]
pub(crate) struct Staff {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Add a person; apps see them at once
    Add {
        #[command(flatten)]
        person: NewPerson,
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
    /// Email; people with the same email are one person
    pub(crate) email: String,
    /// Given name
    #[arg(long, default_value = "")]
    pub(crate) first: String,
    /// Family name
    #[arg(long, default_value = "")]
    pub(crate) last: String,
    /// Title
    #[arg(long, default_value = "")]
    pub(crate) title: String,
    /// Department (staff)
    #[arg(long, default_value = "")]
    pub(crate) department: String,
    /// SIS id of a school (staff); may be given several times
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    pub(crate) schools: Vec<String>,
    /// A dashboard permission (staff); may be given several times
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<String>,
    /// Staff id [default: one of Homeroom's]
    #[arg(long, default_value = "")]
    pub(crate) staff_id: String,
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
        self.action.run(context, PersonKind::DistrictAdmin)
    }
}

impl Staff {
    /// Runs the subcommand.
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        self.action.run(context, PersonKind::Staff)
    }
}

impl Action {
    fn run(self, context: &Context, kind: PersonKind) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        block_on(async {
            match self {
                Self::Add { person, district } => {
                    let district = installation.district(&district).await?.document.id;
                    let added = Added {
                        person: person.add(&installation, district, kind).await?.to_hex(),
                    };
                    context
                        .output
                        .result(&added, |added| format!("person {} added", added.person))
                }
                Self::List { district } => {
                    let district = installation.district(&district).await?.document.id;
                    let people = installation.store.people(district).await?;
                    let people = people
                        .into_iter()
                        .filter(|person| person.kind == kind)
                        .map(row)
                        .collect();
                    context
                        .output
                        .result(&Listed { people }, |listed| table(&listed.people))
                }
                Self::Remove { person, district } => {
                    let district = installation.district(&district).await?.document.id;
                    let person = ObjectId::from_hex(&person)
                        .context("a person's id has 24 hexadecimal digits")?;
                    let removed = installation.store.remove_person(district, person).await?;
                    anyhow::ensure!(
                        removed,
                        "there is no such person; `list` shows the people added by hand"
                    );
                    installation.ingest().people_changed(district).await?;
                    context
                        .output
                        .result(&Removed { removed }, |_| "removed".to_owned())
                }
            }
        })??;
        Ok(Exit::Done)
    }
}

impl NewPerson {
    /// Adds the person to a district and publishes the change.
    pub(crate) async fn add(
        &self,
        installation: &Installation,
        district: ObjectId,
        kind: PersonKind,
    ) -> anyhow::Result<ObjectId> {
        anyhow::ensure!(
            !self.email.trim().is_empty(),
            "the email must not be empty: it is what people are merged by"
        );
        let now = clock::now();
        let id = random::object_id(now)?;
        let staff_id = if self.staff_id.is_empty() {
            id.to_hex()
        } else {
            self.staff_id.clone()
        };
        let person = Person {
            id,
            district,
            kind,
            email: self.email.trim().to_owned(),
            first: self.first.clone(),
            last: self.last.clone(),
            title: self.title.clone(),
            department: self.department.clone(),
            schools: self.schools.clone(),
            roles: self.roles.clone(),
            staff_id,
            created: now,
        };
        installation
            .store
            .add_person(person)
            .await
            .context("the person cannot be added")?;
        installation.ingest().people_changed(district).await?;
        Ok(id)
    }
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
