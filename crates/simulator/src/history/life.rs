//! What happens on a day: the ordinary, the few things that every history has, and the rollovers.

use super::calendar::{Day, DayKind, plus};
use super::settings::Incident;
use super::truth::Happening;
use super::world::{Presence, Today};
use crate::draw::index;
use crate::grade::Grade;

/// What happens how often, of a million records and school days (district-side 13).
const STUDENTS_LEAVE: u64 = 900;
const STUDENTS_COME: u64 = 700;
const STUDENTS_MOVE: u64 = 300;
const STUDENT_EDITS: u64 = 2_500;
const STUDENT_REKEYS: u64 = 30;
const HOUSEHOLD_MOVES: u64 = 250;
const CONTACT_EDITS: u64 = 3_000;
const SCHEDULES: u64 = 12_000;
/// In the first three weeks of a year.
const FIRST_SCHEDULES: u64 = 250_000;
const FIRST_WEEKS: i32 = 21;
const EMPLOYEES_LEAVE: u64 = 400;
const MARRIAGES: u64 = 400;
const EMPLOYEE_EDITS: u64 = 800;
const ROLE_CHANGES: u64 = 500;
const EMAIL_CHANGES: u64 = 8_000;
const SECTION_EDITS: u64 = 2_000;
const CANCELLED: u64 = 150;
const COURSE_EDITS: u64 = 400;
const SCHOOL_EDITS: u64 = 1_000;
/// Between two years.
const SUMMER_LEAVES: u64 = 40_000;
const HELD_BACK: u64 = 20_000;
const TURNOVER: u64 = 110_000;
/// The most of a role that leaves between two years: one in so many (district-side 7.3 holds at 30 %).
const MOST_TURNOVER: usize = 5;

/// What every history has in its first year, one thing after the other, whatever chance brings.
const CERTAIN: [fn(&mut Today<'_>); 12] = [
    |today| today.absent(400),
    |today| today.some_employee(Today::marry),
    |today| today.absent(31),
    |today| today.some_employee(Today::change_roles),
    |today| today.some_student(Today::rekey_student),
    |today| today.some_student(|today, at| _ = today.move_student(at)),
    |today| today.some_double(Today::change_emails),
    |today| today.some_double(Today::change_emails),
    |today| today.some_double(Today::change_roles),
    |today| today.add_contact_ids(),
    |today| today.some_course(Today::rename_course),
    |today| today.absent(250),
];
/// What happens at a rate to one of many.
type Step<T> = (u64, fn(&mut T, usize));

/// The day of the first certain thing, and how many days lie between two.
const FIRST_CERTAIN: usize = 8;
const BETWEEN_CERTAIN: usize = 6;

impl Today<'_> {
    /// The first day of all.
    pub(super) fn begin(&mut self) {
        self.hire_everybody();
        self.begin_sections();
        for school in &self.people.plan.schools {
            for span in &school.grades {
                for _ in 0..span.count {
                    self.new_pupil(span.grade);
                }
            }
        }
        self.seat_all();
    }

    /// Everything that a SIS records on a later day.
    pub(super) fn live(&mut self, day: &Day) {
        match day.kind {
            DayKind::YearStart => self.new_year(day.year),
            DayKind::TermStart => {
                self.world.second_term = true;
                self.begin_second_term();
                self.happened(Happening::TermRollover);
            }
            DayKind::Lesson => {}
        }
        self.students_return();
        self.churn_students();
        self.churn_employees();
        self.churn_sections();
        let since = day.number.checked_sub(FIRST_CERTAIN);
        let certain = since.filter(|since| since.is_multiple_of(BETWEEN_CERTAIN));
        if let Some(step) = certain.and_then(|since| CERTAIN.get(since / BETWEEN_CERTAIN)) {
            step(self);
        }
    }

    /// What an incident makes of the district itself.
    pub(super) fn suffer(&mut self, incident: Incident) {
        match incident {
            Incident::CoursesRenumbered => self.renumber_all_courses(),
            Incident::EmailDomainChanged => self.change_domain(),
            Incident::SisChanged => {
                self.world.systems += 1;
                self.rekey_all_students();
                self.rekey_all_employees();
                self.rekey_all_sections();
            }
            _ => {}
        }
    }

    fn churn_students(&mut self) {
        let mut here = self.pupils(|_| true);
        let count = here.len();
        for _ in 0..self.times(count, STUDENTS_LEAVE) {
            if let Some(at) = self.one(&here) {
                here.retain(|one| *one != at);
                self.student_leaves(at);
            }
        }
        for _ in 0..self.times(count, STUDENTS_COME) {
            self.student_comes();
        }
        let mut some = |rate, step: fn(&mut Self, usize)| {
            for _ in 0..self.times(count, rate) {
                if let Some(at) = self.one(&here) {
                    step(self, at);
                }
            }
        };
        some(STUDENTS_MOVE, |today, at| _ = today.move_student(at));
        some(STUDENT_EDITS, Self::edit_student);
        some(STUDENT_REKEYS, Self::rekey_student);
        some(HOUSEHOLD_MOVES, |today, at| {
            today.of_home(at, Self::move_household);
        });
        some(CONTACT_EDITS, |today, at| {
            today.of_home(at, Self::edit_contacts);
        });
        let dates = self.settings.years.get(self.world.year);
        let first = dates.map_or(0, |dates| dates.first_day.days());
        let rate = match self.date.days() - first {
            ..FIRST_WEEKS => FIRST_SCHEDULES,
            _ => SCHEDULES,
        };
        for _ in 0..self.times(count, rate) {
            if let Some(at) = self.one(&here) {
                self.change_schedule(at);
            }
        }
    }

    fn of_home(&mut self, at: usize, step: fn(&mut Self, usize)) {
        if let Some(home) = self.world.pupils.get(at).map(|pupil| pupil.home) {
            step(self, home);
        }
    }

    fn churn_employees(&mut self) {
        let mut all = self.employees(|_| true);
        let count = all.len();
        for _ in 0..self.times(count, EMPLOYEES_LEAVE) {
            if let Some(at) = self.one(&all) {
                all.retain(|one| *one != at);
                self.replace(at);
            }
        }
        let steps: [Step<Self>; 3] = [
            (MARRIAGES, Self::marry),
            (EMPLOYEE_EDITS, Self::retitle),
            (ROLE_CHANGES, Self::change_roles),
        ];
        for (rate, step) in steps {
            for _ in 0..self.times(count, rate) {
                if let Some(at) = self.one(&all) {
                    step(self, at);
                }
            }
        }
        let doubles = self.employees(|one| one.teaches() && one.serves());
        for _ in 0..self.times(doubles.len(), EMAIL_CHANGES) {
            self.some_double(Self::change_emails);
        }
    }

    fn churn_sections(&mut self) {
        let all = self.world.sections.iter().enumerate();
        let open = all.filter(|(_, section)| section.open);
        let open: Vec<usize> = open.map(|(at, _)| at).collect();
        let steps: [Step<Self>; 2] = [
            (SECTION_EDITS, Self::edit_section),
            (CANCELLED, Self::cancel_section),
        ];
        for (rate, step) in steps {
            for _ in 0..self.times(open.len(), rate) {
                if let Some(at) = self.one(&open) {
                    step(self, at);
                }
            }
        }
        for _ in 0..self.times(self.world.courses.len(), COURSE_EDITS) {
            if self.draw.chance(800_000) {
                self.some_course(Self::rename_course);
            } else {
                self.some_course(Self::renumber_course);
            }
        }
        for _ in 0..self.times(self.world.schools.len(), SCHOOL_EDITS) {
            let at = index(self.draw.below(self.world.schools.len() as u64));
            if let Some(school) = self.world.schools.get_mut(at) {
                school.edits += 1;
                self.happened(Happening::SchoolEdited);
            }
        }
    }

    /// Somebody is away for so many days at least.
    fn absent(&mut self, days: i32) {
        let until = plus(self.date, days);
        // Who is in the last grades by then would have left.
        let here = self.pupils(|pupil| (0..9).contains(&pupil.facts.grade.years()));
        if let Some(at) = self.one(&here) {
            self.leave(at, Some(until));
        }
    }

    fn some_student(&mut self, step: fn(&mut Self, usize)) {
        let here = self.pupils(|_| true);
        if let Some(at) = self.one(&here) {
            step(self, at);
        }
    }

    fn some_employee(&mut self, step: fn(&mut Self, usize)) {
        let all = self.employees(|_| true);
        if let Some(at) = self.one(&all) {
            step(self, at);
        }
    }

    /// Somebody who teaches and is staff.
    fn some_double(&mut self, step: fn(&mut Self, usize)) {
        let doubles = self.employees(|one| one.teaches() && one.serves());
        if let Some(at) = self.one(&doubles) {
            step(self, at);
        }
    }

    fn some_course(&mut self, step: fn(&mut Self, usize)) {
        let all: Vec<usize> = (0..self.world.courses.len()).collect();
        if let Some(at) = self.one(&all) {
            step(self, at);
        }
    }

    /// Grades advance, the highest leaves, some others too; kindergarten comes; employees change; all is taught anew.
    fn new_year(&mut self, year: usize) {
        self.world.year = year;
        self.world.second_term = false;
        for at in 0..self.world.pupils.len() {
            let stays = self.draw.chance(HELD_BACK);
            let leaves = self.draw.chance(SUMMER_LEAVES);
            self.advance(at, stays);
            let pupil = self.world.pupils.get_mut(at);
            let Some(pupil) = pupil.filter(|pupil| pupil.presence != Presence::Gone) else {
                continue;
            };
            if leaves && pupil.presence == Presence::Here {
                pupil.presence = Presence::Gone;
            }
            let (grade, school) = (pupil.facts.grade, pupil.school);
            if let Some(school) = self.school_for(grade, Some(school))
                && let Some(pupil) = self.world.pupils.get_mut(at)
            {
                pupil.school = school;
            }
        }
        for pupil in &mut self.world.pupils {
            pupil.sections.clear();
        }
        self.fill_grades();
        self.change_employees();
        self.begin_sections();
        self.seat_all();
        self.happened(Happening::YearRollover);
    }

    /// The lowest grades fill with new children, and then whatever grade has room.
    fn fill_grades(&mut self) {
        for grade in [Grade::PreKindergarten, Grade::Kindergarten] {
            let schools = self.people.plan.schools.iter();
            let spans = schools.flat_map(|school| &school.grades);
            let seats: u64 = spans
                .filter(|span| span.grade == grade)
                .map(|span| span.count)
                .sum();
            let here = self.pupils(|pupil| pupil.facts.grade == grade).len() as u64;
            for _ in here..seats {
                self.new_pupil(grade);
            }
        }
        let here = self.pupils(|_| true).len() as u64;
        for _ in here..self.people.plan.students {
            if let Some(grade) = self.some_grade() {
                self.new_pupil(grade);
            }
        }
    }

    fn change_employees(&mut self) {
        let groups = [
            self.employees(|one| one.teaches() && !one.serves()),
            self.employees(|one| !one.teaches()),
        ];
        for group in groups {
            let most = group.len() / MOST_TURNOVER;
            let mut left = 0;
            for at in group {
                if left < most && self.draw.chance(TURNOVER) {
                    left += 1;
                    self.replace(at);
                }
            }
        }
    }
}
