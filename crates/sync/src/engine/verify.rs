//! Comparing the app with what it is told to hold (integration-side A4.12): counts of the mirror that is applied against the app's,
//! per kind and school, the rules that the database can check, and a plan that looks at every value. Nothing is changed; a run of
//! what was read last that compares everything ([`Order::deep`](super::Order)) repairs what is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use homeroom_model::{Kind, ObjectId, Role};
use homeroom_plan::{Plan, Policy};
use homeroom_roster::field::section;
use homeroom_roster::{self as app, LinkState, PersonKind, Reading, RosterError};
use homeroom_segment::{Relation, Snapshot};

use super::error::SyncError;
use super::planning::Made;
use super::{Engine, Tenant};

/// How an app compares with the mirror that is applied.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Number of the mirror.
    pub mirror: u64,
    /// Counts of both sides, whole district first, then by school, kinds in their order.
    pub tallies: Vec<Tally>,
    /// Rules of the database that are broken, with how often.
    pub broken: Vec<(&'static str, i64)>,
    /// What would have to change so that the app shows what the mirror says, value by value. What is held or waits for an answer is
    /// in it too.
    pub drift: Plan,
}

impl Verified {
    /// Whether there is nothing to repair.
    pub fn is_well(&self) -> bool {
        self.broken.is_empty() && self.drift.is_empty()
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// Records of a kind that are there.
    Records(Kind),
    /// Places of people in sections.
    Memberships,
}

impl Counted {
    /// Its name in reports.
    pub fn text(self) -> &'static str {
        match self {
            Self::Records(kind) => kind.table(),
            Self::Memberships => "memberships",
        }
    }
}

/// One count of both sides. They may differ for good reasons: people whom the policy leaves out or keeps, records that were
/// rejected, one account of two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The school; `None` for the district.
    pub school: Option<ObjectId>,
    /// What.
    pub what: Counted,
    /// In the mirror, as far as the policy takes it.
    pub source: u64,
    /// In the app.
    pub app: u64,
}

impl Engine {
    /// Compares the app with the mirror that is applied.
    pub async fn verify(&self, tenant: &Tenant) -> Result<Verified, SyncError> {
        let standing = self.standing(tenant).await?;
        if standing.applied.is_nothing() {
            return Err(SyncError::NeverRead);
        }
        let made = Made {
            district: tenant.district,
            policy: Arc::clone(&tenant.policy),
            base: self.open(&standing.applied).await?,
            mirror: self.open(&standing.applied).await?,
            about: standing.applied.about,
            deep: true,
            cut_off: false,
            accounts: Vec::new(),
            now: self.0.clock.now(),
        };
        let roster = Arc::clone(&self.0.roster);
        self.blocking(move || verify(&*roster.read()?, &made)).await
    }
}

fn verify(reading: &dyn Reading, made: &Made) -> Result<Verified, SyncError> {
    let mut tallies = Tallies::default();
    tallies.mirror(&made.mirror.snapshot, &made.policy);
    tallies.app(reading, made.district)?;
    let (drift, ()) = made.plan(reading, |_, _, _| Ok(()))?;
    Ok(Verified {
        mirror: made.mirror.manifest.number,
        tallies: tallies.finish(),
        broken: reading.broken(made.district)?,
        drift,
    })
}

#[derive(Default)]
struct Tallies {
    counts: BTreeMap<(Option<ObjectId>, Counted), (u64, u64)>,
    /// Kinds that the app wants.
    kinds: BTreeSet<Kind>,
    /// Source ids of the app's schools.
    schools: HashMap<i64, ObjectId>,
}

/// The kinds that are counted: ties are no records of the app's.
const KINDS: [Kind; 7] = [
    Kind::School,
    Kind::Term,
    Kind::Course,
    Kind::Section,
    Kind::Student,
    Kind::Employee,
    Kind::Contact,
];

impl Tallies {
    fn mirror(&mut self, mirror: &Snapshot, policy: &Policy) {
        for kind in KINDS.into_iter().filter(|kind| policy.wants(*kind)) {
            if kind == Kind::Section && policy.places.generates() {
                continue; // The app's classes are not the source's.
            }
            self.kinds.insert(kind);
            for row in 0..mirror.table(kind).len() {
                if kind == Kind::Section && !policy.filter.takes(mirror, row) {
                    continue;
                }
                let schools = schools(mirror, kind, row);
                self.source(&schools, Counted::Records(kind), 1);
                if kind == Kind::Section {
                    let places = [Relation::SectionTeachers, Relation::SectionStudents]
                        .map(|relation| mirror.lists(relation).get(row).len() as u64);
                    self.source(&schools, Counted::Memberships, places.iter().sum());
                }
            }
        }
    }

    fn source(&mut self, schools: &BTreeSet<ObjectId>, what: Counted, count: u64) {
        let places = std::iter::once(None).chain(schools.iter().copied().map(Some));
        for place in places {
            self.counts.entry((place, what)).or_default().0 += count;
        }
    }

    fn app(&mut self, reading: &dyn Reading, district: i64) -> Result<(), RosterError> {
        let mut people: HashMap<i64, Kind> = HashMap::new();
        let mut sections: BTreeSet<i64> = BTreeSet::new();
        for stored in app::Kind::ALL {
            reading.links(district, stored, &mut |link| {
                let current = matches!(link.state, LinkState::Active | LinkState::Joint);
                let source = ObjectId::from_hex(link.source_id);
                let (Some(kind), Some(source)) = (kind_of(stored, link.person), source) else {
                    return Ok(());
                };
                if !current || !link.present || homeroom_plan::is_made(&source) {
                    return Ok(());
                }
                self.add(None, Counted::Records(kind), 1);
                match kind {
                    Kind::School => {
                        self.schools.insert(link.entity, source);
                        self.add(Some(source), Counted::Records(kind), 1);
                    }
                    Kind::Section => {
                        sections.insert(link.entity);
                    }
                    Kind::Student | Kind::Employee => {
                        people.insert(link.entity, kind);
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        self.people(reading, district, &people)?;
        self.memberships(reading, district, &sections)
    }

    fn people(
        &mut self,
        reading: &dyn Reading,
        district: i64,
        people: &HashMap<i64, Kind>,
    ) -> Result<(), RosterError> {
        let mut seen: (i64, BTreeSet<i64>) = (0, BTreeSet::new());
        reading.schools(district, &mut |person, role, school, _| {
            if seen.0 != person {
                seen = (person, BTreeSet::new());
            }
            let kind = people.get(&person).copied();
            let fits = kind.is_some_and(|kind| (kind == Kind::Student) == (role == Role::Student));
            if fits && seen.1.insert(school) {
                let place = self.schools.get(&school).copied();
                if let (Some(kind), Some(place)) = (kind, place) {
                    self.add(Some(place), Counted::Records(kind), 1);
                }
            }
            Ok(())
        })
    }

    fn memberships(
        &mut self,
        reading: &dyn Reading,
        district: i64,
        sections: &BTreeSet<i64>,
    ) -> Result<(), RosterError> {
        let mut places: HashMap<i64, Option<ObjectId>> = HashMap::new();
        reading.records(district, app::Kind::Section, &mut |id, record| {
            if sections.contains(&id) {
                let school = record.get(section::SCHOOL).integer();
                let place = school.and_then(|school| self.schools.get(&school).copied());
                places.insert(id, place);
            }
            Ok(())
        })?;
        for place in places.values().copied().flatten() {
            self.add(Some(place), Counted::Records(Kind::Section), 1);
        }
        reading.seats(district, &mut |row| {
            let Some(place) = places.get(&row.section) else {
                return Ok(());
            };
            if row.seat.source && row.seat.is_member() {
                self.add(None, Counted::Memberships, 1);
                if place.is_some() {
                    self.add(*place, Counted::Memberships, 1);
                }
            }
            Ok(())
        })
    }

    fn add(&mut self, school: Option<ObjectId>, what: Counted, count: u64) {
        self.counts.entry((school, what)).or_default().1 += count;
    }

    fn finish(self) -> Vec<Tally> {
        let wanted = |what: &Counted| match what {
            Counted::Records(kind) => self.kinds.contains(kind),
            Counted::Memberships => self.kinds.contains(&Kind::Section),
        };
        let counts = self.counts.iter().filter(|((_, what), _)| wanted(what));
        let tallies = counts.map(|((school, what), (source, app))| Tally {
            school: *school,
            what: *what,
            source: *source,
            app: *app,
        });
        tallies.collect()
    }
}

fn kind_of(stored: app::Kind, person: Option<PersonKind>) -> Option<Kind> {
    Some(match (stored, person) {
        (app::Kind::School, _) => Kind::School,
        (app::Kind::Term, _) => Kind::Term,
        (app::Kind::Course, _) => Kind::Course,
        (app::Kind::Section, _) => Kind::Section,
        (app::Kind::Person, Some(PersonKind::Student)) => Kind::Student,
        (app::Kind::Person, Some(PersonKind::Employee)) => Kind::Employee,
        (app::Kind::Person, Some(PersonKind::Contact)) => Kind::Contact,
        (app::Kind::Person, None) | (app::Kind::Profile, _) => return None,
    })
}

/// The schools of a record, where it has any.
fn schools(mirror: &Snapshot, kind: Kind, row: u32) -> BTreeSet<ObjectId> {
    let table = mirror.table(Kind::School);
    let relations: &[Relation] = match kind {
        Kind::School => return [table.id(row)].into(),
        Kind::Section => &[Relation::SectionSchool],
        Kind::Student => &[Relation::StudentSchools, Relation::StudentSchool],
        Kind::Employee => &[
            Relation::TeacherSchools,
            Relation::TeacherSchool,
            Relation::StaffSchools,
        ],
        _ => &[],
    };
    let rows = relations
        .iter()
        .flat_map(|relation| mirror.lists(*relation).get(row).iter());
    rows.map(|school| table.id(*school)).collect()
}
