//! A district as text, one row in a line: a word for the file, the ids the row cannot be without, then `name=value`
//! parted by `;`. The number of the line is the line of the row.
//!
//! ```text
//! school A
//! teacher T A last=Smith; email=t@x.org
//! staff S A email=t@x.org
//! student 1 A grade=3; contact=Ada Moss; phone=5550001111
//! section X A teachers=T; course=Algebra; number=101
//! enroll X 1
//! resource R number=101
//! attend A 1 date=2026-03-02; section=X; id=7
//! admin K email=k@x.org
//! hand H schools=A; email=h@x.org
//! set section_names=generated; course_key=name
//! custom-student 2 A grade=3
//! ext student 1 ext.bus=7
//! supplement X course=Algebra
//! rejected teachers 3
//! ```

use std::collections::BTreeMap;

use homeroom_derive::{
    ByHand, CourseKey, Derive, Derived, ExtOf, Extra, File, FutureTerms, Origin, PrimarySchool,
    SectionNames, Settings,
};
use homeroom_model::rows::{AttendanceRow, ResourceRow, SectionRow, StaffRow, StudentRow};
use homeroom_model::{
    AttendanceStatus, AttendanceType, ClosedList, Contact, ContactLink, Date, DistrictAdmin,
    Enrollment, Ext, Grade, Listed, Name, Place, Problem, Resource, School, Section, Staff,
    Student, Subject, Teacher, Term,
};
use homeroom_segment::{HashKey, MemorySpools, Snapshot};

/// The words of rows, in the order in which derive takes them.
const ORDER: [&str; 11] = [
    "school", "teacher", "staff", "hand", "admin", "student", "section", "enroll", "resource",
    "attend", "rejected",
];

pub(crate) const KEY: HashKey = HashKey::new([7; 32]);

/// Rows of a district in the order in which they are taken.
#[derive(Default)]
pub(crate) struct District {
    lines: Vec<(u64, String)>,
}

pub(crate) fn read(input: &str) -> District {
    let lines = (1..).zip(input.lines().map(str::trim).map(str::to_owned));
    let lines = lines.filter(|(_, line)| !line.is_empty());
    District {
        lines: lines.collect(),
    }
}

/// One row.
struct Line<'a> {
    number: u64,
    word: &'a str,
    ids: Vec<&'a str>,
    values: BTreeMap<&'a str, &'a str>,
}

impl<'a> Line<'a> {
    fn new(number: u64, text: &'a str) -> Self {
        let (word, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut ids = Vec::new();
        while let Some(id) = rest
            .split(' ')
            .next()
            .filter(|id| !id.is_empty() && !id.contains('='))
        {
            ids.push(id);
            rest = rest[id.len()..].trim_start();
        }
        let values = rest
            .split(';')
            .filter_map(|pair| pair.trim_start().split_once('='));
        Self {
            number,
            word,
            ids,
            values: values.collect(),
        }
    }

    fn get(&self, name: &str) -> &'a str {
        self.values.get(name).copied().unwrap_or("")
    }

    fn listed<L: ClosedList>(&self, name: &str) -> Listed<'a, L> {
        L::from_text(self.get(name)).into()
    }

    fn name(&self) -> Name<'a> {
        Name {
            first: self.get("first").into(),
            middle: "".into(),
            last: self.get("last").into(),
        }
    }

    fn list(&self, name: &str) -> Vec<&'a str> {
        let text = self.get(name);
        if text.is_empty() {
            Vec::new()
        } else {
            text.split(',').collect()
        }
    }

    /// Values whose names begin with `ext.`.
    fn ext(&self) -> Ext<'a> {
        let mut ext = Ext::default();
        for (name, value) in &self.values {
            if let Some(name) = name.strip_prefix("ext.") {
                ext.set(name, *value);
            }
        }
        ext
    }

    fn place(&self, file: &'static str) -> Place {
        Place {
            file,
            line: self.number,
        }
    }
}

impl District {
    pub(crate) fn derive(&self) -> (Derived, Vec<Problem>) {
        self.derive_with(Settings::default())
    }

    /// The people kept by hand.
    pub(crate) fn by_hand(&self) -> Vec<ByHand<'_>> {
        self.parsed().filter_map(|line| by_hand(&line)).collect()
    }

    fn parsed(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|(line, text)| Line::new(*line, text))
    }

    pub(crate) fn derive_with(&self, settings: Settings) -> (Derived, Vec<Problem>) {
        self.derive_after(None, settings)
    }

    /// The rows of `ext` and `supplement` lines.
    fn extra(&self, derive: &mut Derive, problems: &mut Vec<Problem>) {
        let mut extra = Extra::new(KEY, &MemorySpools).unwrap();
        for line in self.parsed() {
            match line.word {
                "supplement" => {
                    let row = section(&line, line.ids[0], "");
                    let place = line.place("sections_supplement");
                    extra.section(place, &row, problems).unwrap();
                }
                "ext" => {
                    let (of, file) = match line.ids[0] {
                        "school" => (ExtOf::Schools, "ext_schools"),
                        "student" => (ExtOf::Students, "ext_students"),
                        "teacher" => (ExtOf::Teachers, "ext_teachers"),
                        "section" => (ExtOf::Sections, "ext_sections"),
                        _ => (ExtOf::Staff, "ext_staff"),
                    };
                    let place = line.place(file);
                    extra
                        .ext(of, place, line.ids[1], &line.ext(), problems)
                        .unwrap();
                }
                _ => {}
            }
        }
        derive.extra(extra).unwrap();
    }

    /// Derives an import without staff.csv and resources.csv of a district of which `before` is published.
    pub(crate) fn derive_after(
        &self,
        before: Option<&Snapshot>,
        mut settings: Settings,
    ) -> (Derived, Vec<Problem>) {
        for line in self.parsed().filter(|line| line.word == "set") {
            set(&mut settings, &line);
        }
        let mut problems = Vec::new();
        let mut derive = Derive::new(settings, KEY, &MemorySpools).unwrap();
        if let Some(snapshot) = before {
            derive.published_courses(snapshot);
        }
        self.extra(&mut derive, &mut problems);
        if self.parsed().any(|line| line.word == "attend") {
            derive.begin_attendance(&MemorySpools).unwrap();
        }
        for word in ORDER {
            derive.origin(Origin::Sis);
            for line in self.parsed().filter(|line| line.word == word) {
                take(&mut derive, &line, &mut problems);
            }
            match (word, before) {
                ("staff", Some(snapshot)) => derive.keep_staff(snapshot).unwrap(),
                ("resource", Some(snapshot)) => derive.keep_resources(snapshot).unwrap(),
                _ => {}
            }
            derive.origin(Origin::Custom);
            let custom = format!("custom-{word}");
            for line in self.parsed().filter(|line| line.word == custom) {
                take(&mut derive, &line, &mut problems);
            }
        }
        let derived = derive.finish(&mut problems).unwrap();
        (derived, problems)
    }
}

fn set(settings: &mut Settings, line: &Line<'_>) {
    let sis = |name| match line.get(name) {
        "sis" => PrimarySchool::Sis,
        _ => PrimarySchool::MostSections,
    };
    settings.student_primary_school = sis("student_primary_school");
    settings.teacher_primary_school = sis("teacher_primary_school");
    if line.get("section_names") == "generated" {
        settings.section_name_source = SectionNames::Generated;
    }
    settings.course_key = match line.get("course_key") {
        "name" => CourseKey::Name,
        "number_and_school" => CourseKey::NumberAndSchool,
        _ => CourseKey::Number,
    };
    if line.get("future_terms") == "leave_out" {
        settings.future_terms = FutureTerms::LeaveOut;
    }
    settings.today = Date::parse_iso(line.get("today"));
    if let Ok(large) = line.get("section_large").parse() {
        settings.section_large = large;
    }
    if let Some(subject) = Subject::from_text(line.get("subject")) {
        settings.course_subjects.set(line.get("of_number"), subject);
    }
}

fn take(derive: &mut Derive, line: &Line<'_>, problems: &mut Vec<Problem>) {
    let id = line.ids[0];
    let second = line.ids.get(1).copied().unwrap_or("");
    let word = line.word.strip_prefix("custom-").unwrap_or(line.word);
    let _ = match word {
        "school" => {
            let school = School {
                sis_id: id.into(),
                low_grade: line.listed("low"),
                high_grade: line.listed("high"),
                ext: line.ext(),
                ..School::default()
            };
            derive
                .school(line.place("schools"), &school, problems)
                .unwrap()
        }
        "teacher" => {
            let teacher = teacher(line, id, second);
            derive
                .teacher(line.place("teachers"), &teacher, problems)
                .unwrap()
        }
        "staff" => {
            let row = StaffRow {
                staff: staff(line, id),
                school_sis_id: second.into(),
            };
            derive.staff(line.place("staff"), &row, problems).unwrap()
        }
        "student" => {
            let row = student(line, id, second);
            derive
                .student(line.place("students"), &row, problems)
                .unwrap()
        }
        "section" => {
            let row = section(line, id, second);
            derive
                .section(line.place("sections"), &row, problems)
                .unwrap()
        }
        "enroll" => {
            let row = Enrollment {
                school_sis_id: line.get("school").into(),
                section_sis_id: id.into(),
                student_sis_id: second.into(),
            };
            derive.enrollment(line.place("enrollments"), &row, problems)
        }
        "resource" => {
            let row = ResourceRow {
                resource: Resource {
                    resource_id: id.into(),
                    title: line.get("title").into(),
                    roles: Vec::new(),
                },
                course_number: line.get("number").into(),
            };
            derive.resource(line.place("resources"), &row).unwrap()
        }
        "attend" => {
            let section = line.get("section");
            let row = AttendanceRow {
                attendance_id: line.get("id").into(),
                school_sis_id: id.into(),
                student_sis_id: second.into(),
                section_sis_id: section.into(),
                date: Date::parse_iso(line.get("date")).unwrap(),
                status: AttendanceStatus::Absent,
                kind: if section.is_empty() {
                    AttendanceType::Daily
                } else {
                    AttendanceType::Section
                },
                excuse_code: "".into(),
            };
            derive
                .attendance(line.place("attendance"), &row, problems)
                .unwrap()
        }
        "rejected" => {
            let file = File::ALL
                .into_iter()
                .find(|file| file.stem() == id)
                .unwrap();
            return derive.rejected(file, second.parse().unwrap());
        }
        _ => return derive.by_hand(&by_hand(line).unwrap()).unwrap(),
    };
}

fn teacher<'a>(line: &Line<'a>, id: &'a str, school: &'a str) -> Teacher<'a> {
    Teacher {
        sis_id: id.into(),
        school_sis_id: school.into(),
        email: line.get("email").into(),
        name: line.name(),
        title: line.get("title").into(),
        username: line.get("username").into(),
        ext: line.ext(),
        ..Teacher::default()
    }
}

fn staff<'a>(line: &Line<'a>, id: &'a str) -> Staff<'a> {
    Staff {
        staff_id: id.into(),
        email: line.get("email").into(),
        name: line.name(),
        title: line.get("title").into(),
        ext: line.ext(),
        ..Staff::default()
    }
}

fn by_hand<'a>(line: &Line<'a>) -> Option<ByHand<'a>> {
    match line.word {
        "admin" => Some(ByHand::Admin(DistrictAdmin {
            key: line.ids[0].into(),
            email: line.get("email").into(),
            name: line.name(),
            title: line.get("title").into(),
        })),
        "hand" => Some(ByHand::Staff {
            staff: staff(line, line.ids[0]),
            schools: line.list("schools").into_iter().map(Into::into).collect(),
        }),
        _ => None,
    }
}

fn student<'a>(line: &Line<'a>, id: &'a str, school: &'a str) -> StudentRow<'a> {
    let contact = Contact {
        sis_id: line.get("contact_id").into(),
        name: line.get("contact").into(),
        email: line.get("contact_email").into(),
        phone: line.get("phone").into(),
        phone_type: Listed::Blank,
    };
    let tie = ContactLink {
        relationship: line.listed("relationship"),
        kind: line.listed("type"),
    };
    StudentRow {
        student: Student {
            sis_id: id.into(),
            school_sis_id: school.into(),
            name: line.name(),
            grade: line.listed("grade"),
            email: line.get("email").into(),
            username: line.get("username").into(),
            ext: line.ext(),
            ..Student::default()
        },
        contact: (!contact.name.is_empty()).then_some((contact, tie)),
    }
}

fn section<'a>(line: &Line<'a>, id: &'a str, school: &'a str) -> SectionRow<'a> {
    let mut teachers: Vec<_> = line.list("teachers").into_iter().map(Into::into).collect();
    if teachers.is_empty() {
        teachers.push("".into());
    }
    SectionRow {
        section: Section {
            sis_id: id.into(),
            name: line.get("name").into(),
            number: line.get("section_number").into(),
            period: line.get("period").into(),
            grade: line.listed::<Grade>("grade"),
            subject: line.listed("subject"),
            term_start_as_sent: line.get("start").into(),
            term_end_as_sent: line.get("end").into(),
            ext: line.ext(),
            ..Section::default()
        },
        school_sis_id: school.into(),
        teachers,
        subject_text: line.get("subject_text").into(),
        course_name: line.get("course").into(),
        course_number: line.get("number").into(),
        term: Term {
            name: line.get("term").into(),
            start: Date::parse_iso(line.get("start")),
            end: Date::parse_iso(line.get("end")),
        },
    }
}
