//! From all rows to the candidate: what hangs on several files at once.

use std::io;

use homeroom_model::{Code, Kind, Listed, Place, Problem, Problems, Section};
use homeroom_segment::fields::{employee, section, student};
use homeroom_segment::{Candidate, CandidateBuilder, CandidateLists, Noun, Relation};

use crate::checks::{self, Checked};
use crate::clusters::{Cluster, clusters};
use crate::counts::{Counts, File};
use crate::courses::{Building, Courses, PublishedNames};
use crate::derive::{Derive, Derived};
use crate::employees;
use crate::enrollments::{Repeated, both};
use crate::inverse::{Inverse, at};
use crate::pack::Pack;
use crate::people::{self, Part};
use crate::primary_school::{SchoolsOf, Served};
use crate::section_grade::most_common;
use crate::section_made::Made;
use crate::section_name::NameParts;
use crate::sections::{self, raw};
use crate::settings::Settings;
use crate::terms;

impl Derive {
    /// Makes the candidate. An `Err` means that a spool broke; whatever is wrong with the data is a problem, and
    /// `TYPE_EMPTY`, when every row of a required file was left out or there is no school, is the only fatal one.
    pub fn finish(mut self, problems: &mut dyn Problems) -> io::Result<Derived> {
        let attendance = self.finish_attendance()?;
        self.extras.unknown(problems);
        let (mut counts, mut builder, ranks) = (self.counts, self.builder, self.schools.ranks());
        let (school_ids, school_places) = self.schools.into_sis_ids();
        drop(self.students.keys);
        let [link_contact, link_student] = self.contacts.lists();
        drop(self.contacts);
        builder.set_lists(Relation::LinkContact, link_contact);
        builder.set_lists(Relation::LinkStudent, link_student);
        let sections = self.sections.seal()?;
        let people = self.people.seal()?;
        let (rosters, repeated) = self.enrollments.finish(sections.len());
        for pair in &repeated {
            counts.of_mut(File::Enrollments).reject_repeats(pair.more);
        }
        type_empty(&counts, problems);

        let clusters = clusters(&people, problems);
        employees::write(&people, &clusters, &mut builder)?;
        let district = District {
            settings: &self.settings,
            sections: &sections,
            people: &people,
            clusters: &clusters,
            rosters: &rosters,
            school_ids: &school_ids,
            published: &self.published,
        };
        district.schools_of_people(&self.students.schools, &ranks, &mut builder);
        let (courses, made) = district.sections(&self.students.grades, &mut builder, problems)?;
        let resources = builder.len(Kind::Resource);
        let numbered = if self.resources.are_alone() {
            Courses::unnumbered()
        } else {
            courses.numbered(&sections, &self.key)
        };
        let attached = self.resources.lists(resources, &numbered, problems);
        builder.set_lists(Relation::ResourceCourses, attached);
        builder.set_lists(Relation::SectionStudents, rosters);
        let candidate = builder.finish()?;
        for pair in repeated {
            problems.report(pair.problem(&candidate));
        }
        let checked = Checked {
            candidate: &candidate,
            settings: &self.settings,
            schools: &school_places,
            students: &self.students.places,
            sis_schools: &self.students.schools,
            sections: &sections,
            people: &people,
            made: &made,
        };
        checks::run(&checked, problems);
        Ok(Derived {
            candidate,
            attendance,
            counts,
        })
    }
}

/// What the last steps look at.
struct District<'a> {
    settings: &'a Settings,
    sections: &'a sections::Sealed,
    people: &'a people::Sealed,
    clusters: &'a [Cluster],
    /// The students of each section.
    rosters: &'a CandidateLists,
    school_ids: &'a [Box<str>],
    published: &'a PublishedNames,
}

impl District<'_> {
    /// Primary schools and lists of schools; only sections with students count.
    fn schools_of_people(
        &self,
        sis_schools_of_students: &[u32],
        ranks: &[u32],
        builder: &mut CandidateBuilder,
    ) {
        let (count, facts) = (self.sections.len(), &self.sections.facts);
        let served = |section| !self.rosters.get(section).is_empty();
        let mut schools = SchoolsOf::new(Served {
            schools: &facts.schools,
            students: self.rosters,
            ranks,
        });
        let students = u32::try_from(sis_schools_of_students.len()).unwrap_or(u32::MAX);
        let of_students = Inverse::new(self.rosters, count, students, served);
        let source = self.settings.student_primary_school;
        let [primary, all] = schools.lists(sis_schools_of_students, &of_students, source);
        drop(of_students);
        builder.set_lists(Relation::StudentSchool, primary);
        builder.set_lists(Relation::StudentSchools, all);

        let sis = &self.people.teacher_schools;
        let teachers = u32::try_from(sis.len()).unwrap_or(u32::MAX);
        let of_teachers = Inverse::new(&facts.teachers, count, teachers, served);
        let source = self.settings.teacher_primary_school;
        let [primary, all] = schools.lists(sis, &of_teachers, source);
        let list = |lists: &CandidateLists| {
            employees::of_teachers(self.clusters, |teacher| lists.get(teacher).to_vec())
        };
        builder.set_lists(Relation::TeacherSchool, list(&primary));
        builder.set_lists(Relation::TeacherSchools, list(&all));
        let staff = employees::staff_schools(self.people, self.clusters);
        builder.set_lists(Relation::StaffSchools, staff);
    }

    /// Courses, terms and sections, and what had to be made for each section.
    fn sections(
        &self,
        grades: &[u8],
        builder: &mut CandidateBuilder,
        problems: &mut dyn Problems,
    ) -> io::Result<(Courses, Vec<Made>)> {
        let (sections, rosters) = (self.sections, self.rosters);
        let served = |section| !rosters.get(section).is_empty();
        for section in (0..sections.len()).filter(|section| !served(*section)) {
            let id = sections.row(section).text(section::SIS_ID);
            let problem = Problem::new(Code::SectionNoStudents, sections.place(section));
            problems.report(problem.key(id));
        }
        let building = Building {
            sections,
            served,
            key: self.settings.course_key,
            schools: self.school_ids,
            published: self.published,
        };
        let courses = Courses::build(&building, builder, problems)?;
        builder.set_lists(Relation::SectionCourse, courses.lists());
        let terms = terms::build(sections, served, self.settings, builder, problems)?;
        builder.set_lists(Relation::SectionTerm, terms);
        let mut pack = Pack::default();
        let mut schools = CandidateLists::default();
        let mut all_made = Vec::with_capacity(sections.len() as usize);
        for number in 0..sections.len() {
            let (section, made) = self.section(number, &courses, grades);
            let packed = pack.noun(&section);
            builder.push(Kind::Section, &[&section.sis_id], packed)?;
            schools.push([at(&sections.facts.schools, number)]);
            all_made.push(made);
        }
        builder.set_lists(Relation::SectionSchool, schools);
        let rows = self.people.teacher_schools.len();
        let rows = employees::rows_of_teachers(self.clusters, rows);
        let teachers = (0..sections.len()).map(|number| sections.facts.teachers.get(number));
        let teachers = employees::section_teachers(teachers, &rows);
        builder.set_lists(Relation::SectionTeachers, teachers);
        Ok((courses, all_made))
    }

    /// A section with its derived name, grade and subject.
    fn section(&self, number: u32, courses: &Courses, grades: &[u8]) -> (Section<'_>, Made) {
        let facts = &self.sections.facts;
        let row = self.sections.row(number);
        let mut section = Section::read(row);
        let mut made = Made::default();
        let mut course_name = row.text(raw::COURSE_NAME);
        let course_subjects = &self.settings.course_subjects;
        if let Some(subject) = course_subjects.of(row.text(raw::COURSE_NUMBER)) {
            section.subject = Listed::Known(subject);
        } else if section.subject.known().is_none() {
            let keywords = &self.settings.subject_keywords;
            let subject = keywords.of(course_name, &section.name);
            made.subject_untold = subject.is_none();
            // The API always shows a subject (clever-api 3.3).
            section.subject = Listed::Known(subject.unwrap_or(homeroom_model::Subject::Other));
        }
        if section.grade.known().is_none() || facts.alike.all() {
            let students = self.rosters.get(number).iter();
            let codes = students.map(|student| at(grades, *student));
            section.grade = most_common(codes).into();
            made.grade = true;
        }
        if course_name.is_empty()
            && let Some(course) = courses.of(number)
        {
            let named_by = self.sections.row(courses.named_by(course));
            course_name = named_by.text(raw::COURSE_NAME);
        }
        let teacher = facts.teachers.get(number).first();
        let teacher = teacher.map(|teacher| self.people.row(Part::Teacher, *teacher));
        let parts = NameParts {
            sis: row.text(section::NAME),
            course: course_name,
            teacher: teacher.map_or("", |teacher| teacher.text(employee::TEACHER_LAST)),
            period: row.text(section::PERIOD),
            number: row.text(section::NUMBER),
            sis_id: row.text(section::SIS_ID),
        };
        section.name = parts.name(self.settings.section_name_source);
        made.name = parts.sis.is_empty();
        (section, made)
    }
}

impl Repeated {
    fn problem(&self, candidate: &Candidate) -> Problem {
        let section = candidate.table(Kind::Section).row(self.section);
        let student = candidate.table(Kind::Student).row(self.student);
        let code = if self.shadowed {
            Code::CustomShadowed
        } else {
            Code::EnrollmentRepeated
        };
        let key = both(section.text(section::SIS_ID), student.text(student::SIS_ID));
        let rows = if self.shadowed {
            format!("it is in line {}", self.first)
        } else {
            format!("{} rows, the first in line {}", self.more + 1, self.first)
        };
        Problem::new(code, self.place).key(&key).detail(rows)
    }
}

/// The fatal guard (district-side 4.1): a required file that had rows, none of which was kept, or no school at all.
fn type_empty(counts: &Counts, problems: &mut dyn Problems) {
    for file in File::ALL.into_iter().filter(|file| file.required()) {
        let count = counts.of(file);
        if count.kept == 0 && (count.rejected > 0 || file == File::Schools) {
            let place = Place {
                file: file.stem(),
                line: 0,
            };
            let detail = format!("{} rows", count.received);
            problems.report(Problem::new(Code::TypeEmpty, place).detail(detail));
        }
    }
}
