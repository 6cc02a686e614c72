//! A generated district: what everything is computed from.

use crate::block::gcd;
use crate::chain::Chain;
use crate::data::Data;
use crate::draw::{Draw, Keys, Topic, index};
use crate::identity::{Numbering, fold};
use crate::placed::Placed;
use crate::plan::Plan;
use crate::profile::Profile;
use crate::quirk::Quirk;
use crate::school_year::SchoolYear;
use crate::weighted::Weighted;

/// A believable district, the same for the same seed, profile and school year.
///
/// Nothing of it is held but its skeleton, a few kilobytes per school; people, sections and files are computed when
/// they are asked for.
#[derive(Debug)]
pub struct District {
    pub(crate) year: SchoolYear,
    pub(crate) keys: Keys,
    pub(crate) data: Data,
    pub(crate) plan: Plan,
    pub(crate) placed: Placed,
    pub(crate) chains: Chains,
    zones: Vec<Zone>,
    pub(crate) student_numbers: Numbering,
    pub(crate) state_numbers: Numbering,
    pub(crate) teacher_numbers: Numbering,
    pub(crate) staff_numbers: Numbering,
    pub(crate) domain: String,
    pub(crate) state: &'static str,
}

/// A neighbourhood: the schools that feed one high school.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    pub(crate) first_seat: u64,
    pub(crate) seats: u64,
    /// Spreads siblings over the zone; without a divisor common with the seats.
    pub(crate) stride: u64,
    /// Added chance of a low income, of a thousand.
    pub(crate) poverty: u64,
    groups: Weighted<usize>,
}

/// What happens how often, per million and school day (district-side 13: about 0.1 % of students come or go, 0.1 to
/// 0.5 % of enrollments change).
#[derive(Clone, Debug)]
pub(crate) struct Chains {
    pub(crate) spare: Chain,
    pub(crate) leave: Chain,
    pub(crate) vacancy: Chain,
    pub(crate) moves: Chain,
    pub(crate) student_edit: Chain,
    pub(crate) schedule: Chain,
    pub(crate) household_move: Chain,
    pub(crate) contact_edit: Chain,
    pub(crate) teacher_leave: Chain,
    pub(crate) teacher_vacancy: Chain,
    pub(crate) teacher_edit: Chain,
    pub(crate) staff_leave: Chain,
    pub(crate) staff_vacancy: Chain,
    pub(crate) staff_edit: Chain,
    pub(crate) section_cancel: Chain,
    pub(crate) section_open: Chain,
    pub(crate) section_teacher: Chain,
    pub(crate) section_edit: Chain,
    pub(crate) course_edit: Chain,
    pub(crate) school_edit: Chain,
}

impl Chains {
    fn new() -> Self {
        Self {
            spare: Chain::new(Topic::SpareArrival, 25_000),
            leave: Chain::new(Topic::Leave, 500),
            vacancy: Chain::new(Topic::Vacancy, 120_000),
            moves: Chain::new(Topic::Move, 250),
            student_edit: Chain::new(Topic::StudentEdit, 2_500),
            schedule: Chain::new(Topic::ScheduleEdit, 8_000),
            household_move: Chain::new(Topic::HouseholdMove, 250),
            contact_edit: Chain::new(Topic::ContactEdit, 1_500),
            teacher_leave: Chain::new(Topic::TeacherLeave, 400),
            teacher_vacancy: Chain::new(Topic::TeacherVacancy, 150_000),
            teacher_edit: Chain::new(Topic::TeacherEdit, 1_500),
            staff_leave: Chain::new(Topic::StaffLeave, 500),
            staff_vacancy: Chain::new(Topic::StaffVacancy, 150_000),
            staff_edit: Chain::new(Topic::StaffEdit, 1_500),
            section_cancel: Chain::new(Topic::SectionCancel, 200),
            section_open: Chain::new(Topic::SectionOpen, 300),
            section_teacher: Chain::new(Topic::SectionTeacher, 600),
            section_edit: Chain::new(Topic::SectionEdit, 500),
            course_edit: Chain::new(Topic::CourseEdit, 300),
            school_edit: Chain::new(Topic::SchoolEdit, 2_000),
        }
    }
}

impl District {
    /// The district of a seed. Cheap: only its skeleton is made.
    pub fn new(profile: Profile, seed: u64, year: SchoolYear) -> Self {
        let keys = Keys::new(seed);
        let data = Data::load();
        let mut plan = Plan::new(profile, &keys);
        let placed = Placed::new(&plan, &keys);
        name_schools(&mut plan, &placed, &keys, &data);
        let mut draw = keys.draw(Topic::SchoolName, u64::MAX);
        let (city, _) = draw.one_of(&data.places, ("Northbay", "80100"));
        let states = ["CO", "OR", "MN", "GA", "PA", "NM", "OH", "WA"];
        Self {
            year,
            zones: zones(&plan, &keys, &data),
            student_numbers: Numbering::new(plan.seats, 6, 1),
            state_numbers: Numbering::new(plan.seats, 9, 4),
            teacher_numbers: Numbering::new(plan.posts, 5, 2),
            staff_numbers: Numbering::new(plan.staff, 4, 5),
            domain: format!("{}schools.example", fold(city)),
            state: draw.one_of(&states, "CO"),
            chains: Chains::new(),
            keys,
            data,
            plan,
            placed,
        }
    }

    /// The same people without any quirk.
    pub(crate) fn tidy(mut self) -> Self {
        self.placed = Placed::none(&self.keys);
        self
    }

    pub(crate) fn zones(&self) -> u64 {
        self.zones.len() as u64
    }

    pub(crate) fn zone(&self, at: u64) -> Option<&Zone> {
        self.zones.get(index(at))
    }

    /// A demographic group, as likely as it is in a zone.
    pub(crate) fn group_of(&self, zone: u64, draw: &mut Draw) -> usize {
        self.zone(zone).map_or(0, |zone| zone.groups.pick(draw))
    }

    /// City and zip code of a zone.
    pub(crate) fn place(&self, zone: u64) -> (&'static str, &'static str) {
        let places = &self.data.places;
        let at = zone % places.len().max(1) as u64;
        places.get(index(at)).copied().unwrap_or_default()
    }
}

fn zones(plan: &Plan, keys: &Keys, data: &Data) -> Vec<Zone> {
    let zone = |at: u64| {
        let mut draw = keys.draw(Topic::ZoneMix, at);
        let (first_seat, seats) = plan.zone_seats(at);
        let mut stride = (seats * 382 / 1_000).max(1);
        while gcd(stride, seats) > 1 {
            stride += 1;
        }
        // Neighbourhoods differ: a group is a third to three times as common as in the whole district.
        let groups = data.groups.iter().enumerate();
        let groups = groups.map(|(at, group)| (group.weight * draw.between(3, 27), at));
        let groups = groups.collect();
        Zone {
            first_seat,
            seats,
            stride,
            poverty: draw.below(500),
            groups,
        }
    };
    (0..plan.zones).map(zone).collect()
}

/// Ids and names of the schools.
fn name_schools(plan: &mut Plan, placed: &Placed, keys: &Keys, data: &Data) {
    const WORDS: [&str; 6] = ["STRIVE", "BEACON", "COMPASS", "SUMMIT", "ATLAS", "HORIZON"];
    const DIRECTIONS: [&str; 8] = [
        "", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "New ",
    ];
    let mut span = 10_000;
    while span < plan.schools.len() as u64 * 2 {
        span *= 10;
    }
    let digits = index(u64::from(u64::ilog10(span)));
    let lowest = span / 10;
    let names = data.school_names.len().max(1) as u64;
    let shift = keys.draw(Topic::SchoolName, 0).next();
    for school in &mut plan.schools {
        let at = school.index;
        school.sis_id = if let Some(number) = placed.number(Quirk::SchoolLeadingZeroId, at) {
            format!("{:0digits$}", 101 + number * 13)
        } else if let Some(number) = placed.number(Quirk::SchoolWordId, at) {
            let word = WORDS.get(index(number % 6)).copied().unwrap_or("ATLAS");
            match number / 6 {
                0 => word.to_owned(),
                more => format!("{word}-{more}"),
            }
        } else {
            // Seven has no divisor in common with nine times a power of ten.
            (lowest + (at * 7 + shift % lowest) % (span - lowest)).to_string()
        };
        // Sixty-one has none with the number of names.
        let nth = at * 61 + shift % names;
        let stem = data
            .school_names
            .get(index(nth % names))
            .unwrap_or(&"Riverside");
        let direction = DIRECTIONS.get(index(at / names % 8)).unwrap_or(&"");
        school.name = format!("{direction}{stem} {}", school.kind.suffix());
    }
}
