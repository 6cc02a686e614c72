//! What an app decides about a district: a table that ships as a preset and can be edited (integration-side B5). No code
//! asks for the name of a strategy.

mod calendar;
mod ladder;
mod leaving;
mod limits;
mod login_names;
mod normal;
mod owner;
mod places;
mod requirement;
mod sent;

use std::collections::{BTreeMap, BTreeSet};

use homeroom_change::Calendar;
use homeroom_model::{Date, Kind, Timestamp};
use homeroom_segment::{Hash, Snapshot};

pub use crate::filter::Filter;
pub use ladder::{Act, Key, Ladder, Undecided};
pub use leaving::{Leaving, Removal, Untold, WithoutClass, WithoutClasses};
pub use limits::{Bound, GuardLimits, HoldScope};
pub use login_names::{LoginNames, MakeLogin};
pub use owner::{Owner, SENSITIVE, Unshared};
pub(crate) use places::Profiles;
pub use places::{
    Classes, ContactLimits, Courses, ManyClasses, ManyRoles, ManySchools, Places, Powers, Schools,
};
pub use requirement::{Reaction, Requirement, Rule};

use owner::ADDRESS;
use sent::Sent;

use crate::action::Adjusted;
use crate::known::Origin;
use crate::values::{self, Digest, Field};

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is no policy: the message names line and column.
    #[error("the policy cannot be read: {0}")]
    Syntax(#[from] Box<toml::de::Error>),
    /// A field that records of the kind do not have.
    #[error("the policy names the field {field} of {kind}; there are: {known}")]
    UnknownField {
        /// The table.
        kind: &'static str,
        /// The field.
        field: String,
        /// What could stand there.
        known: String,
    },
    /// The policy was written for another version of this program.
    #[error("the policy has format {0}; this program reads format 0")]
    Format(u32),
    /// Two entries contradict each other, or one cannot be meant.
    #[error("the policy says {0}")]
    Senseless(String),
}

/// What an app decides about a district.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The name people know it by.
    pub name: String,
    /// The fields the app uses, per kind.
    used: BTreeMap<Kind, Vec<Field>>,
    /// Fields that do not simply follow the source.
    owners: BTreeMap<(Kind, &'static str), Owner>,
    /// What happens to values of fields that stop coming.
    unshared: BTreeMap<(Kind, &'static str), Unshared>,
    /// How records find their accounts.
    pub ladder: Ladder,
    /// What records must be like.
    pub requirements: Vec<Requirement>,
    /// What leaving means.
    pub removal: Removal,
    /// What happens to people without classes.
    pub without_classes: WithoutClasses,
    /// Which sections the app takes at all.
    pub filter: Filter,
    /// What happens to classes and people that nobody picked.
    pub untold: Untold,
    /// How much is too much.
    pub guards: GuardLimits,
    /// What many classes, schools and roles mean.
    pub places: Places,
    /// What is told of contacts.
    pub contacts: ContactLimits,
    /// Whether new accounts get login names of the app's own.
    pub login_names: LoginNames,
    /// Whether the year of graduation is worked out where the source does not say it (integration-side B14).
    pub infers_graduation_year: bool,
    days: calendar::Days,
    /// Digest of the text it was read from.
    pub text_digest: [u8; 16],
}

impl Policy {
    /// Everything locked to the SIS: the first of the four strategies (integration-side A5.1).
    pub const SIS_LOCKDOWN: &'static str = include_str!("../presets/sis-lockdown.toml");

    /// Reads a policy.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let sent: Sent = toml::from_str(text).map_err(Box::new)?;
        if sent.format != 0 {
            return Err(PolicyError::Format(sent.format));
        }
        let mut used = BTreeMap::new();
        for (name, fields) in &sent.fields {
            let kind = kind(name)?;
            used.insert(kind, resolve(kind, fields)?);
        }
        let places = Places {
            courses: sent.courses,
            classes: sent.many_classes,
            schools: sent.many_schools,
            roles: sent.many_roles,
        };
        places.adapt(&mut used);
        let mut unshared = BTreeMap::new();
        for (name, fields) in &sent.unshared {
            let kind = kind(name)?;
            for (field, what) in fields {
                unshared.insert((kind, resolve_one(kind, field)?.name), *what);
            }
        }
        let mut owners = BTreeMap::new();
        for (name, fields) in &sent.owners {
            let kind = kind(name)?;
            for (field, owner) in fields {
                owners.insert((kind, resolve_one(kind, field)?.name), *owner);
            }
        }
        let digest = crate::values::short(blake3::Hasher::new().update(text.as_bytes()));
        let policy = Self {
            name: sent.name,
            used,
            owners,
            unshared,
            ladder: sent.matching,
            requirements: requirement::resolve(sent.requirements)?,
            removal: sent.removal,
            without_classes: sent.without_classes,
            filter: Filter::resolve(sent.filter)?,
            untold: sent.staging.default,
            guards: sent.guards,
            places,
            contacts: sent.contacts,
            login_names: sent.login_names,
            infers_graduation_year: sent.inference.graduation_year,
            days: calendar::resolve(sent.calendar)?,
            text_digest: digest,
        };
        policy.check()?;
        Ok(policy)
    }

    /// The district's day at a moment: its time zone is the policy's.
    pub fn today(&self, now: Timestamp) -> Date {
        self.days.day_of(now)
    }

    /// The district's seasons ([`homeroom_change::Season::of`]).
    pub fn calendar(&self) -> &Calendar {
        &self.days.seasons
    }

    /// The name of the district's time zone.
    pub fn time_zone(&self) -> &str {
        self.days.zone()
    }

    /// The day on which school years begin: a month and a day, as in `07-01`.
    pub fn school_year_starts(&self) -> String {
        let (month, day) = self.days.year_starts();
        format!("{month:02}-{day:02}")
    }

    /// The year in which the school year of a day ends, by which it is named (integration-side B14).
    pub fn school_year(&self, day: Date) -> i16 {
        self.days.school_year(day)
    }

    /// What a person should know before using it.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.filter.warnings();
        if self.ladder.trusts_emails() {
            warnings.push(
                "accounts are linked by email alone: do that only where the app has verified its addresses".to_owned(),
            );
        }
        warnings
    }

    /// The values that an entity begins with, in the order of the policy's fields: those that follow the source and those
    /// that are set once.
    pub fn first_values(
        &self,
        mirror: &Snapshot,
        (kind, row): (Kind, u32),
        adjusted: &[Adjusted],
    ) -> Vec<(&'static str, String, Origin)> {
        let used = self.used(kind).iter();
        let used = used.filter(|field| self.owner(kind, field.name) != Owner::App);
        let value = |field: &Field| {
            let other = adjusted
                .iter()
                .find(|adjusted| adjusted.field == field.name);
            match other {
                Some(adjusted) => (field.name, adjusted.value.clone(), adjusted.how.origin()),
                None => (
                    field.name,
                    field.text(mirror, kind, row).into_owned(),
                    Origin::Source,
                ),
            }
        };
        used.map(value).collect()
    }

    /// The digest of values that planning compares, of a record whose fields `text` tells by name.
    pub fn digest(&self, kind: Kind, text: impl Fn(&'static str) -> String) -> Hash {
        let followed = self.used(kind).iter();
        let followed = followed.filter(|field| self.owner(kind, field.name) != Owner::App);
        Digest::of_values(followed.map(|field| text(field.name).into()))
    }

    /// Whether the app uses a field of a kind: what it does not use need not be kept anywhere.
    pub fn uses(&self, kind: Kind, name: &str) -> bool {
        self.used(kind).iter().any(|field| field.name == name)
    }

    /// Whether a field is set once and then the app's own (integration-side A5.8).
    pub fn is_island(&self, kind: Kind, name: &str) -> bool {
        let used = self.used(kind).iter().find(|field| field.name == name);
        used.is_some_and(|field| self.owner(kind, field.name) == Owner::Island)
    }

    /// Whether records of a kind are wanted at all: a kind without fields is not.
    pub fn wants(&self, kind: Kind) -> bool {
        self.used.contains_key(&kind)
    }

    pub(crate) fn used(&self, kind: Kind) -> &[Field] {
        self.used.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn owner(&self, kind: Kind, field: &'static str) -> Owner {
        self.owners.get(&(kind, field)).copied().unwrap_or_default()
    }

    /// What happens to the values of a field that stops coming for a whole district.
    pub(crate) fn unshared(&self, kind: Kind, field: &'static str) -> Unshared {
        let said = self.unshared.get(&(kind, field)).copied();
        let sensitive =
            kind == Kind::Student && (SENSITIVE.contains(&field) || ADDRESS.contains(&field));
        said.unwrap_or(if sensitive {
            Unshared::Clear
        } else {
            Unshared::Keep
        })
    }

    fn check(&self) -> Result<(), PolicyError> {
        let senseless = |what: &str| Err(PolicyError::Senseless(what.to_owned()));
        if [self.removal.staff, self.removal.district_admins].contains(&Leaving::Keep) {
            return senseless(
                "that staff or district administrators who leave keep their accounts, which would leave pupils' data open",
            );
        }
        for kind in [Kind::School, Kind::Section, Kind::Student, Kind::Employee] {
            if !self.wants(kind) {
                return senseless(&format!(
                    "nothing of {kind}, which no roster can be without"
                ));
            }
        }
        self.places.check()?;
        let tied = self.wants(Kind::Contact) == self.wants(Kind::ContactLink);
        if !tied {
            return senseless("only one of contacts and contact_links, which belong together");
        }
        Ok(())
    }
}

/// The kind of a table's name.
pub(crate) fn kind(name: &str) -> Result<Kind, PolicyError> {
    let found = Kind::ALL.into_iter().find(|kind| kind.table() == name);
    found.ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.into_iter().map(Kind::table).collect();
        PolicyError::Senseless(format!(
            "something of {name}; there are: {}",
            known.join(", ")
        ))
    })
}

/// A field of a kind by its name.
pub(crate) fn resolve_one(kind: Kind, name: &str) -> Result<Field, PolicyError> {
    let all = values::all(kind);
    let found = all.iter().find(|field| field.name == name).copied();
    found.ok_or_else(|| PolicyError::UnknownField {
        kind: kind.table(),
        field: name.to_owned(),
        known: all
            .iter()
            .map(|field| field.name)
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The fields with these names, in the order of the kind's own.
fn resolve(kind: Kind, names: &BTreeSet<String>) -> Result<Vec<Field>, PolicyError> {
    for name in names {
        resolve_one(kind, name)?;
    }
    let mut fields = values::all(kind);
    fields.retain(|field| names.contains(field.name));
    Ok(fields)
}
