//! Staff, and their rows in `staff.csv`. Some are teachers too: one person by their email.

use crate::census::Census;
use crate::district::District;
use crate::draw::{Topic, mix};
use crate::identity::fold;
use crate::pen::Pen;
use crate::person::Adult;
use crate::post::{Holder, holder};
use crate::quirk::Quirk;
use crate::school::School;
use crate::table::Cells;
use crate::teacher::Teacher;

/// The columns of `staff.csv`.
pub(crate) const HEADER: [&str; 11] = [
    "School_id",
    "Staff_id",
    "Staff_email",
    "First_name",
    "Last_name",
    "Department",
    "Title",
    "Username",
    "Password",
    "Role",
    "ext.badge",
];

/// The lists of `titles.csv` that staff use.
#[cfg(test)]
pub(crate) const LISTS: [&str; 7] = [
    "principal",
    "assistant",
    "office",
    "counselor",
    "department_principal",
    "department_office",
    "department_counselor",
];

/// A staff member on one day.
#[derive(Clone, Debug)]
pub(crate) struct StaffMember {
    pub(crate) holder: Holder,
    unique: u64,
    pub(crate) id: String,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    /// The title of the n-th change.
    titles: u64,
    pub(crate) edited: bool,
    quirks: Vec<Quirk>,
}

impl District {
    pub(crate) fn staff_holder(&self, post: u64, day: u32) -> Holder {
        let chains = &self.chains;
        holder(
            &self.keys,
            &chains.staff_leave,
            &chains.staff_vacancy,
            post,
            day,
        )
    }

    /// The staff member on a post, if there is one that day.
    pub(crate) fn staff_member(&self, post: u64, day: u32) -> Option<StaffMember> {
        let holder = self.staff_holder(post, day);
        if !holder.present {
            return None;
        }
        if holder.generation == 0
            && let Some(teacher_post) = self.teacher_too(post)
        {
            // Such a person holds both posts or neither.
            let teacher = self.teacher(teacher_post, day)?;
            return match teacher.holder.generation {
                0 => self.as_staff(holder, &teacher, day),
                _ => None,
            };
        }
        Some(self.own_staff(holder, day))
    }

    /// The post as a teacher of someone who is both.
    pub(crate) fn teacher_too(&self, post: u64) -> Option<u64> {
        let has = |quirk| self.placed.has(quirk, post);
        if let Some(number) = self.placed.number(Quirk::MergeAmbiguous, post) {
            // The teacher whose email another teacher shares.
            let shared = self.placed.nth(Quirk::TeacherEmailShared, number);
            return shared.filter(|&post| post > 0);
        }
        let both = [
            Quirk::StaffIsTeacher,
            Quirk::MergeNameMismatch,
            Quirk::MergeEmailCase,
        ];
        if !both.into_iter().any(has) {
            return None;
        }
        let school = self.plan.school_of_staff(post)?;
        let plain = |at: &u64| {
            let has = |quirk| self.placed.has(quirk, *at);
            !has(Quirk::TeacherEmailBlank)
                && !has(Quirk::TeacherEmailWithoutAt)
                && !has(Quirk::TeacherEmailShared)
                && !self.placed.has(Quirk::TeacherEmailShared, at + 1)
        };
        // One teacher for each place in the school's staff, so that nobody is three people.
        let places = school.posts / school.staff.max(1);
        let place = post - school.first_staff;
        let first = school.first_post + place * places;
        (first..first + places).find(plain)
    }

    fn as_staff(&self, holder: Holder, teacher: &Teacher, day: u32) -> Option<StaffMember> {
        let post = holder.post;
        let has = |quirk| self.placed.has(quirk, post);
        let mut quirks = Vec::new();
        let split = teacher.emails > 0 && post % 3 != 2;
        let changes = if split { 0 } else { teacher.emails };
        let (mut email, quirk) = self.teacher_email(teacher, changes, day);
        if email.is_empty() {
            return None;
        }
        quirks.push(match quirk {
            Some(Quirk::TeacherEmailShared) => Quirk::MergeAmbiguous,
            _ if split => Quirk::MergedEmailSplit,
            _ => Quirk::StaffIsTeacher,
        });
        if has(Quirk::MergeEmailCase) {
            email = email.to_uppercase();
            quirks.push(Quirk::MergeEmailCase);
        }
        let mut first = teacher.person.first.to_owned();
        let mut last = teacher.person.last.clone();
        if has(Quirk::MergeNameMismatch) {
            quirks.push(Quirk::MergeNameMismatch);
            let other = self.own_staff(holder, 0);
            (first, last) = (other.first, other.last);
        }
        let id = if post.is_multiple_of(3) {
            quirks.push(Quirk::StaffIdOfTeacher);
            self.teacher_id(teacher.holder.post, 0)
        } else {
            self.staff_numbers.id(post).to_string()
        };
        Some(StaffMember {
            holder,
            unique: post,
            id,
            first,
            last,
            email,
            titles: 0,
            edited: teacher.edits > 0,
            quirks,
        })
    }

    fn own_staff(&self, holder: Holder, day: u32) -> StaffMember {
        let post = holder.post;
        let unique = holder.generation * self.plan.staff + post;
        let zone = self
            .plan
            .school_of_staff(post)
            .map_or(0, |school| school.zone);
        let (mut names, mut emails, mut titles) = (0, 0, 0);
        let chain = &self.chains.staff_edit;
        for mut event in chain.events(&self.keys, unique, holder.since, day) {
            match event.draw.below(10) {
                0..=2 => names += 1,
                3..=6 => emails += 1,
                _ => titles += 1,
            }
        }
        let person = |renamed| {
            let mut draw = self.keys.draw(Topic::Staff, unique);
            self.adult(&mut draw, zone, renamed)
        };
        let Adult { first, last, .. } = person(names);
        let mut quirks = Vec::new();
        let mut email = self.staff_email(&person(0), unique, emails);
        let shares = holder.generation == 0 && self.placed.has(Quirk::StaffEmailShared, post);
        let alone = |beside: &u64| self.teacher_too(*beside).is_none();
        let beside = post.checked_sub(1).filter(|_| shares).filter(alone);
        if let Some(other) = beside.and_then(|beside| self.staff_member(beside, day)) {
            email = other.email;
            quirks.push(Quirk::StaffEmailShared);
        }
        StaffMember {
            holder,
            unique,
            id: self.staff_numbers.id(unique).to_string(),
            first: first.to_owned(),
            last,
            email,
            titles,
            edited: names + emails + titles > 0,
            quirks,
        }
    }

    fn staff_email(&self, person: &Adult, unique: u64, changes: u64) -> String {
        let mark = match changes {
            0 => String::new(),
            more => format!("-{more}"),
        };
        let tail = self.staff_numbers.tail(unique);
        let (first, last) = (fold(person.first), fold(&person.last));
        format!("{first}.{last}.s{tail}{mark}@{}", self.domain)
    }

    /// The schools of a staff member besides the first.
    pub(crate) fn further_schools(&self, post: u64) -> Vec<&School> {
        let several = self.placed.has(Quirk::StaffAtSeveralSchools, post)
            || self.placed.has(Quirk::StaffRowsDisagree, post);
        let school = self.plan.school_of_staff(post).filter(|_| several);
        let count = 1 + crate::draw::index(mix(post) % 3);
        school
            .map(|school| self.plan.neighbours(school).take(count).collect())
            .unwrap_or_default()
    }

    /// Writes one row of a staff member, for one of its schools; `row` counts them.
    pub(crate) fn staff_cells(
        &self,
        member: &StaffMember,
        school: &School,
        row: u64,
        cells: &mut Cells,
        census: &mut Census,
    ) {
        let post = member.holder.post;
        let place = self
            .plan
            .school_of_staff(post)
            .map_or(0, |home| post - home.first_staff);
        let mut pen = Pen {
            placed: &self.placed,
            record: post,
            cells,
            census,
            style: self.keys.draw(Topic::StaffVersion, member.unique),
        };
        pen.text(&school.sis_id);
        pen.text(&member.id);
        pen.text(&member.email);
        pen.mark_name(&member.first, &member.last);
        pen.text(&member.first);
        pen.text(&member.last);
        let (titles, departments) = match place {
            0 => ("principal", "department_principal"),
            2 => ("counselor", "department_counselor"),
            3 => ("assistant", "department_principal"),
            _ => ("office", "department_office"),
        };
        let department = self.data.titles(departments).pick(&mut pen.style);
        pen.mark_if(Quirk::StaffDepartmentBlank, department.is_empty());
        pen.text(department);
        let titles = self.data.titles(titles);
        let mut title = titles.pick(&mut pen.style);
        if member.titles > 0 {
            title = titles.nth(member.titles + post);
        }
        if row > 0 && pen.has(Quirk::StaffRowsDisagree) {
            title = "Itinerant";
        }
        pen.text(title);
        pen.text(&format!("s{}", self.staff_numbers.tail(member.unique)));
        pen.cells.blank();
        role(&mut pen);
        pen.cells.number(1_000 + mix(member.unique) % 9_000);
        if row == 0 {
            member.quirks.iter().for_each(|&quirk| pen.mark(quirk));
            pen.mark_if(Quirk::StaffEdited, member.edited);
        }
    }
}

fn role(pen: &mut Pen<'_>) {
    let at = pen.way(100);
    let role = if pen.has(Quirk::StaffRoleOdd) {
        "Registrar"
    } else {
        match at {
            0..=4 => "School Tech Lead",
            5..=6 => "STL",
            7..=14 => "Portal Access",
            _ => "",
        }
    };
    pen.mark_if(Quirk::StaffRoleBlank, role.is_empty());
    pen.mark_if(
        Quirk::StaffTechLead,
        matches!(role, "School Tech Lead" | "STL"),
    );
    pen.text(role);
}
