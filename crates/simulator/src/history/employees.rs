//! Teachers and staff: one person may be both, under one email or two.

use super::truth::{Happening, Noun};
use super::world::{Employee, Role, Today};
use crate::draw::{Topic, index};
use crate::identity::fold;

/// Of staff, those who teach too, and of these those whose two roles have two emails, of a million.
const BOTH: u64 = 120_000;
const APART: u64 = 400_000;

/// The role that a person is hired for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    Teacher,
    Staff,
}

impl Today<'_> {
    /// A new teacher or staff member of a school.
    pub(super) fn hire(&mut self, school: usize, job: Job) -> usize {
        let unique = self.world.employees.len() as u64;
        let zone = self.people.plan.school(school as u64);
        let zone = zone.map_or(0, |school| school.zone);
        let mut draw = self.people.keys.draw(Topic::Teacher, unique);
        let person = self.people.adult(&mut draw, zone, 0);
        let list = match job {
            Job::Teacher => "teacher",
            Job::Staff => "office",
        };
        let entity = self.world.entity();
        self.world.employees.push(Employee {
            entity,
            unique,
            school,
            first: person.first,
            middle: person.middle,
            last: person.last,
            email: String::new(),
            staff_email: None,
            title: self.people.data.titles(list).pick(&mut draw),
            addresses: 0,
            teacher: None,
            staff: None,
        });
        let at = self.world.employees.len() - 1;
        let email = self.new_email(at);
        if let Some(employee) = self.world.employees.get_mut(at) {
            employee.email = email;
        }
        self.give_role(at, job);
        at
    }

    /// The staff and teachers of the first day.
    pub(super) fn hire_everybody(&mut self) {
        for school in 0..self.world.schools.len() {
            let Some(plan) = self.people.plan.school(school as u64) else {
                continue;
            };
            for _ in 0..plan.posts {
                self.hire(school, Job::Teacher);
            }
            for _ in 0..plan.staff {
                if self.draw.chance(BOTH) {
                    let at = self.hire(school, Job::Teacher);
                    self.give_role(at, Job::Staff);
                    if self.draw.chance(APART) {
                        self.part_emails(at);
                    }
                } else {
                    self.hire(school, Job::Staff);
                }
            }
        }
    }

    /// An address that nobody has had.
    fn new_email(&mut self, at: usize) -> String {
        let domain = self.world.domain.clone();
        let Some(one) = self.world.employees.get_mut(at) else {
            return String::new();
        };
        let mark = match one.addresses {
            0 => String::new(),
            more => format!("-{more}"),
        };
        one.addresses += 1;
        let (first, last) = (fold(one.first), fold(&one.last));
        format!("{first}.{last}{}{mark}@{domain}", one.unique)
    }

    /// Gives somebody a role: the one held before, if there was one.
    fn give_role(&mut self, at: usize, job: Job) {
        let (systems, entity) = (self.world.systems, self.world.entity());
        let Some(one) = self.world.employees.get_mut(at) else {
            return;
        };
        let unique = one.unique;
        let role = match job {
            Job::Teacher => &mut one.teacher,
            Job::Staff => &mut one.staff,
        };
        if let Some(role) = role {
            role.held = true;
            return;
        }
        let id = self.role_id(job, entity, unique, systems);
        let role = Role {
            entity,
            id,
            held: true,
        };
        if let Some(one) = self.world.employees.get_mut(at) {
            match job {
                Job::Teacher => one.teacher = Some(role),
                Job::Staff => one.staff = Some(role),
            }
        }
    }

    fn role_id(&mut self, job: Job, entity: u64, unique: u64, systems: u64) -> String {
        let system = match systems {
            0 => String::new(),
            more => more.to_string(),
        };
        let (noun, letter, numbers) = match job {
            Job::Teacher => (Noun::Teacher, 'T', self.people.teacher_numbers),
            Job::Staff => (Noun::Staff, 'A', self.people.staff_numbers),
        };
        self.world.first_free(noun, entity, |again| {
            format!("{letter}{system}{}", numbers.id(unique + again * 10_007))
        })
    }

    /// Somebody leaves, and somebody else is hired.
    pub(super) fn replace(&mut self, at: usize) {
        let Some(one) = self.world.employees.get_mut(at) else {
            return;
        };
        let (school, taught) = (one.school, one.teaches());
        for role in [&mut one.teacher, &mut one.staff].into_iter().flatten() {
            role.held = false;
        }
        let job = if taught { Job::Teacher } else { Job::Staff };
        let new = self.hire(school, job);
        for section in &mut self.world.sections {
            for teacher in &mut section.teachers {
                if *teacher == at {
                    *teacher = new;
                }
            }
        }
        self.happened(Happening::EmployeeLeft);
        self.happened(Happening::EmployeeHired);
    }

    /// Somebody has another family name, mostly with another email.
    pub(super) fn marry(&mut self, at: usize) {
        let group = index(self.draw.below(self.people.data.groups.len() as u64));
        let family = self.people.data.family(group, &mut self.draw).to_owned();
        let Some(one) = self.world.employees.get_mut(at) else {
            return;
        };
        one.last = family;
        if self.draw.chance(700_000) {
            let email = self.new_email(at);
            if let Some(one) = self.world.employees.get_mut(at) {
                one.email = email;
            }
        }
        self.happened(Happening::EmployeeMarried);
    }

    pub(super) fn retitle(&mut self, at: usize) {
        let title = self.people.data.titles("teacher").pick(&mut self.draw);
        if let Some(one) = self.world.employees.get_mut(at) {
            one.title = title;
        }
        self.happened(Happening::EmployeeEdited);
    }

    /// Somebody with one role gets the other, or somebody with two loses one.
    pub(super) fn change_roles(&mut self, at: usize) {
        let Some(one) = self.world.employees.get(at) else {
            return;
        };
        match (one.teaches(), one.serves()) {
            (true, true) => self.lose_role(at),
            (true, false) => self.gain_role(at, Job::Staff),
            (false, true) => self.gain_role(at, Job::Teacher),
            (false, false) => {}
        }
    }

    fn gain_role(&mut self, at: usize, job: Job) {
        if let Some(one) = self.world.employees.get_mut(at) {
            one.staff_email = None;
        }
        self.give_role(at, job);
        self.happened(Happening::RoleGained);
    }

    /// The staff role goes, or the teacher's of somebody who has no section.
    fn lose_role(&mut self, at: usize) {
        let sections = &self.world.sections;
        let busy = sections.iter().any(|one| one.teachers.contains(&at));
        let staff = busy || self.draw.chance(500_000);
        let Some(one) = self.world.employees.get_mut(at) else {
            return;
        };
        if staff {
            one.staff_email = None;
        } else if let Some(email) = one.staff_email.take() {
            one.email = email;
        }
        let role = if staff {
            &mut one.staff
        } else {
            &mut one.teacher
        };
        if let Some(role) = role {
            role.held = false;
        }
        self.happened(Happening::RoleLost);
    }

    /// Two roles under one email get two, or the other way round.
    pub(super) fn change_emails(&mut self, at: usize) {
        let Some(one) = self.world.employees.get_mut(at) else {
            return;
        };
        if !one.teaches() || !one.serves() {
            return;
        }
        if one.staff_email.take().is_some() {
            return self.happened(Happening::RolesMerged);
        }
        self.part_emails(at);
        self.happened(Happening::RolesSplit);
    }

    fn part_emails(&mut self, at: usize) {
        let email = self.new_email(at);
        if let Some(one) = self.world.employees.get_mut(at) {
            one.staff_email = Some(email);
        }
    }

    /// Everybody's addresses are under another domain.
    pub(super) fn change_domain(&mut self) {
        let number = 1 + self.draw.below(900);
        let domain = format!("unified{number}.example");
        let old = std::mem::replace(&mut self.world.domain, domain.clone());
        let changed = |email: &mut String| {
            *email = email.replace(&format!("@{old}"), &format!("@{domain}"));
        };
        for one in &mut self.world.employees {
            changed(&mut one.email);
            one.staff_email.iter_mut().for_each(changed);
        }
        for pupil in &mut self.world.pupils {
            let old = format!("@students.{old}");
            let email = &mut pupil.facts.email;
            *email = email.replace(&old, &format!("@students.{domain}"));
        }
    }

    /// Everybody's ids are the next SIS's.
    pub(super) fn rekey_all_employees(&mut self) {
        let systems = self.world.systems;
        for at in 0..self.world.employees.len() {
            for job in [Job::Teacher, Job::Staff] {
                let role = |one: &Employee| match job {
                    Job::Teacher => one.teacher.clone(),
                    Job::Staff => one.staff.clone(),
                };
                let one = self.world.employees.get(at);
                let Some((unique, role)) = one.and_then(|one| Some((one.unique, role(one)?)))
                else {
                    continue;
                };
                let id = self.role_id(job, role.entity, unique, systems);
                let one = self.world.employees.get_mut(at);
                let place = one.and_then(|one| match job {
                    Job::Teacher => one.teacher.as_mut(),
                    Job::Staff => one.staff.as_mut(),
                });
                if let Some(place) = place {
                    place.id = id;
                }
            }
        }
    }
}
