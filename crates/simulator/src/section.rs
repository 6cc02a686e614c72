//! Sections: which exist on a day, who teaches them, and their ids.

use std::fmt::Write as _;

use crate::block::{Block, Spot};
use crate::course::{Course, letters};
use crate::district::District;
use crate::draw::Topic;
use crate::quirk::Quirk;
use crate::school::{Role, School};

/// A section on one day.
#[derive(Clone, Debug)]
pub(crate) struct Section<'a> {
    /// Its number among all sections that can ever exist.
    pub(crate) slot: u64,
    /// Its number in the school.
    pub(crate) local: u64,
    /// Its number among the sections of day 0; later ones have none of the rare quirks.
    pub(crate) planned: u64,
    pub(crate) school: &'a School,
    /// Where it stands in the timetable; none for a section that never has students.
    pub(crate) place: Option<(&'a Block, Spot)>,
    pub(crate) opened: bool,
    /// Whether another teacher has taken it over since day 0.
    pub(crate) taken_over: bool,
    pub(crate) course: Option<Course>,
    /// Changes since day 0: room, number, period, name.
    pub(crate) edits: [u64; 4],
    /// Teachers by column, the primary first; empty cells where nobody stands.
    pub(crate) teachers: Vec<String>,
    /// The primary teacher's family name, if there is one.
    pub(crate) teacher_name: String,
    pub(crate) quirks: Vec<Quirk>,
}

/// Teacher columns.
pub(crate) const TEACHERS: usize = 10;

impl District {
    /// A section of a school, if it exists that day.
    pub(crate) fn section<'a>(
        &'a self,
        school: &'a School,
        local: u64,
        day: u32,
    ) -> Option<Section<'a>> {
        let slot = school.first_slot + local;
        let role = school.role(local)?;
        let (place, opened) = match role {
            Role::Live(_, stand) if stand.parallel > 0 && self.is_cancelled(slot, day) => {
                return None;
            }
            Role::Later(..) if !self.has_opened(slot, day) => return None,
            Role::Live(block, stand) => (Some((block, stand)), false),
            Role::Later(block, stand) => (Some((block, stand)), true),
            Role::Idle => (None, false),
        };
        let course = place.map(|(block, stand)| self.course(slot, school.zone, block, stand, day));
        let mut edits = [0; 4];
        let chain = &self.chains.section_edit;
        for mut event in chain.events(&self.keys, slot, 0, day) {
            let at = crate::draw::index(event.draw.below(4));
            if let Some(count) = edits.get_mut(at) {
                *count += 1;
            }
        }
        let mut section = Section {
            slot,
            local,
            planned: if opened {
                u64::MAX
            } else {
                school.first_planned + local
            },
            school,
            place,
            opened,
            taken_over: self
                .chains
                .section_teacher
                .once(&self.keys, slot, 0, day)
                .is_some(),
            course,
            edits,
            teachers: Vec::new(),
            teacher_name: String::new(),
            quirks: Vec::new(),
        };
        self.staff_section(&mut section, day);
        Some(section)
    }

    /// Appends the id of a section. Ids never change.
    pub(crate) fn section_id(&self, school: &School, local: u64, id: &mut String) {
        let start = id.len();
        let planned = school.first_planned + local;
        let case = |at| self.placed.has(Quirk::SectionIdCase, at);
        let twin = local > 0 && local < school.planned() && case(planned) && !case(planned - 1);
        let local = if twin { local - 1 } else { local };
        let letters = match school.role(local) {
            Some(Role::Live(block, stand) | Role::Later(block, stand)) => {
                letters(Some(block), stand.pool)
            }
            _ => letters(None, 0),
        };
        // Writing to a string cannot fail.
        let _ = write!(id, "{}-{letters}-{local:03}", school.sis_id);
        if twin {
            let lower = id.get(start..).unwrap_or_default().to_ascii_lowercase();
            id.truncate(start);
            id.push_str(&lower);
        }
    }

    /// Whether the section's id differs from its neighbour's in case only.
    pub(crate) fn is_case_twin(&self, section: &Section<'_>) -> bool {
        let (mut own, mut beside) = (String::new(), String::new());
        let Some(before) = section.local.checked_sub(1) else {
            return false;
        };
        self.section_id(section.school, section.local, &mut own);
        self.section_id(section.school, before, &mut beside);
        own != beside && own.eq_ignore_ascii_case(&beside)
    }

    /// The post that is meant to teach a section.
    fn post_of(&self, section: &Section<'_>, day: u32) -> Option<u64> {
        let school = section.school;
        let mut draw = self.keys.draw2(Topic::Section, section.slot, 1);
        let has = |quirk| self.placed.has(quirk, section.planned);
        if has(Quirk::SectionTeacherFromElsewhere) {
            let mut hosts = self
                .plan
                .neighbours(school)
                .filter(|school| school.posts > 0);
            if let Some(host) = hosts.next() {
                // As likely someone who has no sections at home.
                let idle = host.posts - host.teaching;
                let post = match idle {
                    1.. if draw.chance(500_000) => host.teaching + draw.below(idle),
                    _ => draw.below(host.posts),
                };
                return Some(host.first_post + post);
            }
        }
        if school.teaching == 0 {
            return None;
        }
        let mut post = if section.local < school.live {
            section.local * school.teaching / school.live.max(1)
        } else {
            draw.below(school.teaching)
        };
        let chain = &self.chains.section_teacher;
        for mut event in chain.events(&self.keys, section.slot, 0, day) {
            post = event.draw.below(school.teaching);
        }
        Some(school.first_post + post)
    }

    /// The id in the teacher's cell of a post. A vacant post is covered, left empty or still names who left.
    fn cell_of(&self, post: u64, day: u32, section: &mut Section<'_>, primary: bool) -> String {
        let holder = self.teacher_holder(post, day);
        let mut named = Some(post);
        if !holder.present {
            let mut draw = self
                .keys
                .draw2(Topic::TeacherVersion, post, holder.generation + 1);
            let school = section.school;
            named = match draw.below(5) {
                0 => {
                    section.quirks.push(Quirk::SectionTeacherStale);
                    return self.teacher_id(post, holder.generation);
                }
                1 | 2 => None,
                _ => Some(
                    school.first_post
                        + (post + 1 - school.first_post.min(post)) % school.posts.max(1),
                ),
            };
        }
        let Some(teacher) = named.and_then(|post| self.teacher(post, day)) else {
            return String::new();
        };
        if primary {
            section.teacher_name.clone_from(&teacher.person.last);
        }
        self.teacher_id(teacher.holder.post, teacher.holder.generation)
    }

    /// Fills the teacher columns.
    fn staff_section(&self, section: &mut Section<'_>, day: u32) {
        let planned = section.planned;
        let has = |quirk| self.placed.has(quirk, planned);
        let Some(post) = self.post_of(section, day) else {
            return;
        };
        let mut draw = self.keys.draw2(Topic::Section, section.slot, 2);
        let stranger = self.teacher_numbers.stranger(section.slot);
        let mut primary = self.cell_of(post, day, section, true);
        let home = section.school.first_post..section.school.first_post + section.school.posts;
        let mut lone = true;
        if has(Quirk::SectionNoTeacher) {
            primary = String::new();
        } else if has(Quirk::SectionTeacherUnknown) {
            primary = stranger;
        } else {
            lone = false;
            if !home.contains(&post) {
                section.quirks.push(Quirk::SectionTeacherFromElsewhere);
            }
        }
        if primary.is_empty() || lone {
            section.teacher_name.clear();
        }
        let co_teachers = if lone {
            0
        } else if has(Quirk::SectionNineCoTeachers) {
            9
        } else {
            let some = has(Quirk::SectionCoTeachers)
                || has(Quirk::SectionPrimaryBlank)
                || has(Quirk::SectionPrimaryUnknown);
            u64::from(some) * (1 + u64::from(draw.chance(150_000)))
        };
        section.teachers.push(primary);
        let posts = section.school.posts;
        for step in 1..=co_teachers.min(posts.saturating_sub(1)) {
            let beside =
                section.school.first_post + (post.max(home.start) - home.start + step) % posts;
            let cell = self.cell_of(beside, day, section, false);
            section.teachers.push(cell);
        }
        self.disturb_teachers(section);
    }

    /// The primary teacher goes missing, or someone is named twice.
    fn disturb_teachers(&self, section: &mut Section<'_>) {
        let has = |quirk| self.placed.has(quirk, section.planned);
        let co_teachers = section.teachers.iter().skip(1).any(|id| !id.is_empty());
        let stranger = self.teacher_numbers.stranger(section.slot);
        let missing = if has(Quirk::SectionPrimaryBlank) {
            Some((Quirk::SectionPrimaryBlank, String::new()))
        } else if has(Quirk::SectionPrimaryUnknown) {
            Some((Quirk::SectionPrimaryUnknown, stranger))
        } else {
            None
        };
        if let (Some((quirk, cell)), true) = (missing, co_teachers)
            && let Some(primary) = section.teachers.first_mut()
        {
            *primary = cell;
            section.teacher_name.clear();
            section.quirks.push(quirk);
        }
        let repeated = has(Quirk::SectionTeacherRepeated) && section.teachers.len() < TEACHERS;
        let first = section
            .teachers
            .first()
            .filter(|id| repeated && !id.is_empty());
        if let Some(first) = first.cloned() {
            section.teachers.push(first);
            section.quirks.push(Quirk::SectionTeacherRepeated);
        }
        let mut named: Vec<&String> = section
            .teachers
            .iter()
            .filter(|id| !id.is_empty())
            .collect();
        named.sort_unstable();
        named.dedup();
        let named = named.len();
        let quirk = match named {
            0 => Some(Quirk::SectionNoTeacher),
            1 if has(Quirk::SectionTeacherUnknown) => Some(Quirk::SectionTeacherUnknown),
            1 => None,
            TEACHERS.. => Some(Quirk::SectionNineCoTeachers),
            _ => Some(Quirk::SectionCoTeachers),
        };
        section.quirks.extend(quirk);
    }
}
