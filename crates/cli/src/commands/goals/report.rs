//! `homeroom goals report`.

mod app;
mod district;
mod own;
pub(super) mod parts;
mod school;
mod teacher;
mod words;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use homeroom_history::Keyed;
use homeroom_model::ObjectId;
use homeroom_progress::figures::{
    AppFigure, Ask, ContactFigure, DistrictFigure, Figures, Language, SchoolFigure, StudentFigure,
    TeacherFigure,
};
use serde::Serialize;

use super::draw::Look;
use super::{figures, noted_reading, of_feed, who};
use crate::clock;
use crate::commands::app::find;
use crate::commands::of_district::OfDistrict;
use crate::context::{Context, Installation, block_on};
use crate::exit::Exit;

/// Print what an audience sees of the apps: tables with small bars, or CSV
///
/// Each audience sees what it may and nothing else: leaders no names of students and no groups that are too small, students
/// and contacts only themselves and their children, in encouraging words. Names of students are personal data.
#[derive(Args)]
pub(super) struct Report {
    /// Whose figures
    #[arg(value_enum)]
    audience: Audience,
    /// The school, teacher, student or contact, by Clever id or by its id in the SIS; of `app` its id, client id or name
    who: Option<String>,
    #[command(flatten)]
    district: OfDistrict,
    /// Only this app, by its id, client id or name
    #[arg(long, value_name = "APP")]
    app: Option<String>,
    /// Only this section of a teacher, by its Clever id or SIS id
    #[arg(long, value_name = "SECTION")]
    section: Option<String>,
    /// The language of a student's or a contact's figures: en or es
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
    /// Every student of a teacher, not only those who need somebody first
    #[arg(long)]
    all: bool,
    /// Print CSV: a row per group, student or request
    #[arg(long)]
    csv: bool,
    /// Print the weeks of a district or a school as CSV
    #[arg(long, conflicts_with = "csv")]
    weeks: bool,
}

/// Whose figures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Audience {
    /// The leaders of the district: apps by school, grade and week
    District,
    /// The leaders of a school: by grade, teacher and week
    School,
    /// A teacher: own sections, whom to see first
    Teacher,
    /// A student: own minutes and progress
    Student,
    /// A parent or other contact: the own children
    Contact,
    /// The owner of an app: requests, coverage, certification
    App,
}

impl Audience {
    /// A command that names one of them.
    fn example(self) -> &'static str {
        match self {
            Self::District => "district",
            Self::School => "school \"Elm Street Elementary\"",
            Self::Teacher => "teacher 7001",
            Self::Student => "student 1042",
            Self::Contact => "contact C1",
            Self::App => "app \"Reading App\"",
        }
    }
}

/// A figure, as the API gives it.
#[derive(Serialize)]
#[serde(untagged)]
enum Figure {
    District(Box<DistrictFigure>),
    School(Box<SchoolFigure>),
    Teacher(Box<TeacherFigure>),
    Student(Box<StudentFigure>),
    Contact(Box<ContactFigure>),
    App(Box<AppFigure>),
}

/// A figure, in each of the forms that it is printed in.
struct Told {
    figure: Figure,
    text: String,
    csv: String,
    weeks: Option<String>,
}

/// What CSV is with `--json`.
#[derive(Serialize)]
struct AsCsv {
    csv: String,
}

/// What every audience is told from.
struct Asked<'a> {
    installation: &'a Installation,
    /// The district's name.
    name: String,
    ask: Ask,
    figures: Figures,
    look: Look,
    language: Language,
}

impl Report {
    /// Works the figures out and prints them.
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let installation = context.open()?;
        let told = block_on(async {
            let record = self.district.record(&installation).await?;
            let app = match &self.app {
                Some(named) => Some(find(&installation, named).await?.id),
                None => None,
            };
            let asked = Asked {
                name: record.document.name,
                ask: Ask {
                    district: record.document.id,
                    app,
                    now: clock::now(),
                },
                figures: figures(&installation),
                look: Look::of_output(),
                language: Language::of(&self.language),
                installation: &installation,
            };
            self.told(&asked).await
        })??;
        self.print(context, told)?;
        Ok(Exit::Done)
    }

    fn print(&self, context: &Context, told: Told) -> anyhow::Result<()> {
        let csv = if self.weeks {
            Some(told.weeks.context("only a district and a school have weeks of their own; the weeks of students stand in the tables")?)
        } else {
            self.csv.then_some(told.csv)
        };
        match csv {
            Some(csv) => context
                .output
                .result(&AsCsv { csv }, |told| told.csv.clone()),
            None => context.output.result(&told.figure, |_| told.text.clone()),
        }
    }

    async fn told(&self, asked: &Asked<'_>) -> anyhow::Result<Told> {
        let Some(who) = self.who.as_deref() else {
            anyhow::ensure!(
                self.audience == Audience::District,
                "say whose figures: homeroom goals report {}",
                self.audience.example()
            );
            return asked.district().await;
        };
        match self.audience {
            Audience::District => {
                anyhow::bail!(
                    "the figures of a district take no id; name the district with --district"
                )
            }
            Audience::School => asked.school(who).await,
            Audience::Teacher => asked.teacher(who, self.section.as_deref(), self.all).await,
            Audience::Student => asked.student(who).await,
            Audience::Contact => asked.contact(who).await,
            Audience::App => asked.app(who).await,
        }
    }
}

impl Asked<'_> {
    async fn district(&self) -> anyhow::Result<Told> {
        let figure = self.figures.district(&self.ask).await?;
        let text = district::text(&figure, &self.name, self.look);
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: Some(figure.weeks_csv()),
            figure: Figure::District(Box::new(figure)),
        })
    }

    async fn school(&self, named: &str) -> anyhow::Result<Told> {
        let id = self.record(Keyed::Schools, named).await?;
        let figure = self.figures.school(&self.ask, id).await?;
        let figure = figure.with_context(|| none("school", named))?;
        let text = school::text(&figure, self.look);
        self.noted("school", id).await?;
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: Some(figure.weeks_csv()),
            figure: Figure::School(Box::new(figure)),
        })
    }

    async fn teacher(&self, named: &str, section: Option<&str>, all: bool) -> anyhow::Result<Told> {
        let id = self.record(Keyed::Teachers, named).await?;
        let section = match section {
            Some(named) => Some(self.record(Keyed::Sections, named).await?),
            None => None,
        };
        let figure = self.figures.teacher(&self.ask, id, section).await?;
        let figure = figure.with_context(|| match section {
            None => none("teacher", named),
            Some(_) => none("teacher of that section", named),
        })?;
        let text = teacher::text(&figure, self.look, all);
        self.noted("teacher", id).await?;
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: None,
            figure: Figure::Teacher(Box::new(figure)),
        })
    }

    async fn student(&self, named: &str) -> anyhow::Result<Told> {
        let id = self.record(Keyed::Students, named).await?;
        let figure = self.figures.student(&self.ask, id, self.language).await?;
        let figure = figure.with_context(|| none("student", named))?;
        let text = own::student(&figure, self.look);
        self.noted("student", id).await?;
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: None,
            figure: Figure::Student(Box::new(figure)),
        })
    }

    async fn contact(&self, named: &str) -> anyhow::Result<Told> {
        let id = self.record(Keyed::Contacts, named).await?;
        let figure = self.figures.contact(&self.ask, id, self.language).await?;
        let figure = figure.with_context(|| none("contact", named))?;
        let text = own::contact(&figure, self.look);
        self.noted("contact", id).await?;
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: None,
            figure: Figure::Contact(Box::new(figure)),
        })
    }

    async fn app(&self, named: &str) -> anyhow::Result<Told> {
        let app = find(self.installation, named).await?;
        let figure = self.figures.app(self.ask.district, app.id, self.ask.now);
        let figure = figure.await?.with_context(|| of_feed::not_on(&app))?;
        let text = app::text(&figure, &self.name, self.look);
        // It tells of single students: those whose rows were rejected or warned about.
        self.noted("app", app.id).await?;
        Ok(Told {
            text,
            csv: figure.csv(),
            weeks: None,
            figure: Figure::App(Box::new(figure)),
        })
    }

    async fn record(&self, keyed: Keyed, named: &str) -> anyhow::Result<ObjectId> {
        who::record(self.installation, self.ask.district, keyed, named).await
    }

    async fn noted(&self, whose: &str, id: ObjectId) -> anyhow::Result<()> {
        noted_reading(
            self.installation,
            self.ask.district,
            format!("{whose} {id}"),
        )
        .await
    }
}

fn none(what: &str, named: &str) -> String {
    format!("the district has published no {what} {named}")
}
