//! Teachers, and their rows in `teachers.csv`.

use crate::census::Census;
use crate::district::District;
use crate::draw::{Topic, index};
use crate::identity::fold;
use crate::pen::Pen;
use crate::person::Adult;
use crate::post::{Holder, holder};
use crate::quirk::Quirk;
use crate::table::Cells;

/// The columns of `teachers.csv`.
pub(crate) const HEADER: [&str; 12] = [
    "School_id",
    "Teacher_id",
    "Teacher_number",
    "State_teacher_id",
    "Teacher_email",
    "First_name",
    "Middle_name",
    "Last_name",
    "Title",
    "Username",
    "Password",
    "ext.employee_type",
];

/// A teacher on one day.
#[derive(Clone, Debug)]
pub(crate) struct Teacher {
    pub(crate) holder: Holder,
    pub(crate) unique: u64,
    pub(crate) person: Adult,
    /// Changes of the email since hiring.
    pub(crate) emails: u64,
    titles: u64,
    pub(crate) edits: u64,
}

impl District {
    pub(crate) fn teacher_holder(&self, post: u64, day: u32) -> Holder {
        let chains = &self.chains;
        holder(
            &self.keys,
            &chains.teacher_leave,
            &chains.teacher_vacancy,
            post,
            day,
        )
    }

    /// The holder of a post, if there is one that day.
    pub(crate) fn teacher(&self, post: u64, day: u32) -> Option<Teacher> {
        let holder = self.teacher_holder(post, day);
        holder.present.then(|| self.teacher_of(holder, day))
    }

    pub(crate) fn teacher_of(&self, holder: Holder, day: u32) -> Teacher {
        let unique = holder.generation * self.plan.posts + holder.post;
        let zone = self
            .plan
            .school_of_post(holder.post)
            .map_or(0, |school| school.zone);
        let (mut names, mut emails, mut titles) = (0, 0, 0);
        let chain = &self.chains.teacher_edit;
        for mut event in chain.events(&self.keys, unique, holder.since, day) {
            match event.draw.below(10) {
                0..=2 => names += 1,
                3..=6 => emails += 1,
                _ => titles += 1,
            }
        }
        let mut draw = self.keys.draw(Topic::Teacher, unique);
        Teacher {
            holder,
            unique,
            person: self.adult(&mut draw, zone, names),
            emails,
            titles,
            edits: names + emails + titles,
        }
    }

    /// The id of a teacher. Some equal a student's: the name spaces are separate.
    pub(crate) fn teacher_id(&self, post: u64, generation: u64) -> String {
        let unique = generation * self.plan.posts + post;
        if generation == 0 && self.placed.has(Quirk::TeacherIdOfStudent, post) {
            let school = self.plan.school_of_post(post);
            if let Some(school) = school.filter(|school| school.seats > 0) {
                let seat = school.first_seat + (post - school.first_post) % school.seats;
                return self.student_id(seat, seat).0;
            }
        }
        self.teacher_numbers.id(unique).to_string()
    }

    /// The email of a teacher after so many changes, without regard to quirks.
    pub(crate) fn plain_email(&self, teacher: &Teacher, changes: u64) -> String {
        let Adult { first, last, .. } = &teacher.person;
        let mark = match changes {
            0 => String::new(),
            more => format!("-{more}"),
        };
        // The name at hiring: a new name does not always mean a new address.
        let family = match teacher.edits {
            0 => fold(last),
            _ => fold(&self.hired_name(teacher)),
        };
        let tail = self.teacher_numbers.tail(teacher.unique);
        format!("{}.{family}{tail}{mark}@{}", fold(first), self.domain)
    }

    fn hired_name(&self, teacher: &Teacher) -> String {
        let post = self.plan.school_of_post(teacher.holder.post);
        let mut draw = self.keys.draw(Topic::Teacher, teacher.unique);
        self.adult(&mut draw, post.map_or(0, |school| school.zone), 0)
            .last
    }

    /// The email that the holder of day 0 had then.
    pub(crate) fn first_teacher_email(&self, post: u64) -> String {
        let teacher = self.teacher_of(self.teacher_holder(post, 0), 0);
        self.plain_email(&teacher, 0)
    }

    /// The email as the teacher's row gives it, and the quirk it has.
    pub(crate) fn teacher_email(
        &self,
        teacher: &Teacher,
        changes: u64,
        day: u32,
    ) -> (String, Option<Quirk>) {
        let post = teacher.holder.post;
        let has = |quirk| self.placed.has(quirk, post);
        if has(Quirk::TeacherEmailBlank) {
            return (String::new(), Some(Quirk::TeacherEmailBlank));
        }
        let own = |post: &u64| {
            let has = |quirk| self.placed.has(quirk, *post);
            !has(Quirk::TeacherEmailBlank) && !has(Quirk::TeacherEmailWithoutAt)
        };
        let beside = post.checked_sub(1).filter(own);
        let beside = beside.filter(|_| has(Quirk::TeacherEmailShared));
        if let Some(other) = beside.and_then(|beside| self.teacher(beside, day)) {
            let email = self.plain_email(&other, other.emails);
            return (email, Some(Quirk::TeacherEmailShared));
        }
        let email = self.plain_email(teacher, changes);
        if has(Quirk::TeacherEmailWithoutAt) {
            return (email.replace('@', "."), Some(Quirk::TeacherEmailWithoutAt));
        }
        (email, None)
    }

    /// Writes the row of a post's holder; false when the post is vacant.
    pub(crate) fn teacher_cells(
        &self,
        post: u64,
        day: u32,
        cells: &mut Cells,
        census: &mut Census,
    ) -> bool {
        let Some(teacher) = self.teacher(post, day) else {
            return false;
        };
        let Some(school) = self.plan.school_of_post(post) else {
            return false;
        };
        let mut pen = Pen {
            placed: &self.placed,
            record: post,
            cells,
            census,
            style: self.keys.draw(Topic::TeacherVersion, teacher.unique),
        };
        pen.text(&school.sis_id);
        pen.text(&self.teacher_id(post, teacher.holder.generation));
        pen.mark_if(
            Quirk::TeacherIdOfStudent,
            teacher.holder.generation == 0
                && school.seats > 0
                && self.placed.has(Quirk::TeacherIdOfStudent, post),
        );
        self.teacher_account(&teacher, day, &mut pen);
        pen.mark_if(Quirk::TeacherEdited, teacher.edits > 0);
        true
    }

    fn teacher_account(&self, teacher: &Teacher, day: u32, pen: &mut Pen<'_>) {
        let person = &teacher.person;
        let tail = self.teacher_numbers.tail(teacher.unique);
        if pen.has(Quirk::TeacherNumberBlank) {
            pen.cells.blank();
        } else {
            pen.cells.number(tail);
        }
        let licensed = pen.way(10) > 0;
        if licensed {
            pen.text(&format!("L{:08}", teacher.unique * 37 % 100_000_000));
        } else {
            pen.cells.blank();
        }
        let (email, quirk) = self.teacher_email(teacher, teacher.emails, day);
        if let Some(quirk) = quirk {
            pen.mark(quirk);
        }
        pen.text(&email);
        pen.mark_name(person.first, &person.last);
        pen.text(person.first);
        pen.text(person.middle);
        pen.text(&person.last);
        let titles = self.data.titles("teacher");
        let mut title = titles.pick(&mut pen.style);
        if teacher.titles > 0 {
            let at = titles.len() as u64 / 2 + teacher.titles + tail;
            title = titles.nth(at);
        }
        pen.mark_if(Quirk::TeacherTitleBlank, title.is_empty());
        pen.text(title);
        let initial = fold(person.first).chars().take(1).collect::<String>();
        if pen.has(Quirk::TeacherUsernameBlank) {
            pen.cells.blank();
        } else {
            pen.text(&format!("{initial}{tail}"));
        }
        let bits = pen.style.next();
        if bits.is_multiple_of(12) {
            let street = self.data.streets.get(index(bits % 97));
            let word = fold(street.copied().unwrap_or("otter"));
            pen.text(&format!("{word}!{:03}", bits / 97 % 1_000));
        } else {
            pen.cells.blank();
        }
        let kind = self.data.titles("employee_type").pick(&mut pen.style);
        pen.mark(Quirk::ExtensionField);
        pen.text(kind);
    }
}
