//! The rows of `sections.csv`.

use crate::block::{Block, Level, Shape, Spot};
use crate::census::Census;
use crate::course::Course;
use crate::district::District;
use crate::draw::Topic;
use crate::grade::Grade;
use crate::pen::Pen;
use crate::quirk::Quirk;
use crate::section::{Section, TEACHERS};
use crate::table::Cells;
use crate::term;

/// The columns of `sections.csv`.
pub(crate) const HEADER: [&str; 24] = [
    "School_id",
    "Section_id",
    "Teacher_id",
    "Teacher_2_id",
    "Teacher_3_id",
    "Teacher_4_id",
    "Teacher_5_id",
    "Teacher_6_id",
    "Teacher_7_id",
    "Teacher_8_id",
    "Teacher_9_id",
    "Teacher_10_id",
    "Name",
    "Section_number",
    "Grade",
    "Course_name",
    "Course_number",
    "Course_description",
    "Period",
    "Subject",
    "Term_name",
    "Term_start",
    "Term_end",
    "ext.room",
];

/// What the census still has to know of a written section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) period: String,
    /// Whether the students tell the grade.
    pub(crate) grade_derived: bool,
}

/// The course columns of one section.
#[derive(Clone, Debug, Default)]
struct CourseText {
    name: String,
    number: String,
    description: String,
    word: &'static str,
    guessable: bool,
}

impl District {
    /// Writes a section's row.
    pub(crate) fn section_cells(
        &self,
        section: &Section<'_>,
        cells: &mut Cells,
        census: &mut Census,
    ) -> Written {
        let mut pen = Pen {
            placed: &self.placed,
            record: section.planned,
            cells,
            census,
            style: self.keys.draw(Topic::SectionVersion, section.slot),
        };
        let pen = &mut pen;
        pen.text(&section.school.sis_id);
        let mut id = String::new();
        self.section_id(section.school, section.local, &mut id);
        pen.text(&id);
        pen.mark_if(Quirk::SectionIdCase, self.is_case_twin(section));
        for at in 0..TEACHERS {
            pen.text(section.teachers.get(at).map_or("", String::as_str));
        }
        section.quirks.iter().for_each(|&quirk| pen.mark(quirk));
        let nameless = pen.has(Quirk::SectionNameless);
        let course = match &section.course {
            Some(course) if !nameless => course_text(course, section, pen),
            _ => CourseText::default(),
        };
        let period = if nameless {
            String::new()
        } else {
            period(section, pen)
        };
        let name = if nameless {
            String::new()
        } else {
            name(section, &course, &period, pen)
        };
        pen.text(&name);
        let grade_derived = numbers_and_grade(section, pen);
        pen.text(&course.name);
        pen.text(&course.number);
        pen.text(&course.description);
        pen.text(&period);
        pen.mark_if(Quirk::SectionPeriodBlank, period.is_empty());
        subject(&course, &name, section, pen);
        let block = section.place.map(|(block, _)| block);
        let term = term::term(self.year, section.school.zone, block, &mut pen.style);
        term::cells(&term, pen);
        let [rooms, ..] = section.edits;
        pen.cells.number(100 + pen.style.below(200) + rooms * 201);
        churn(section, pen);
        Written {
            name,
            period,
            grade_derived,
        }
    }
}

fn course_text(course: &Course, section: &Section<'_>, pen: &mut Pen<'_>) -> CourseText {
    if pen.has(Quirk::SectionWithoutCourse) {
        return CourseText {
            word: course.word,
            guessable: course.guessable,
            ..CourseText::default()
        };
    }
    let mut text = CourseText {
        name: course.name.clone(),
        number: course.number.clone(),
        description: String::new(),
        word: course.word,
        guessable: course.guessable,
    };
    if pen.has(Quirk::CourseNameDiffers) {
        text.name.clone_from(&course.other_name);
    }
    if pen.has(Quirk::CourseNumberReused) {
        text.number = reused_number(section);
    }
    if pen.has(Quirk::CourseByName) {
        text.number.clear();
    } else if pen.has(Quirk::CourseNumberOnly) {
        text.name.clear();
    } else {
        pen.mark(Quirk::CourseNumbered);
    }
    if pen.has(Quirk::CourseDescription) {
        text.description = format!("{}, as offered at {}", course.name, section.school.name);
    }
    text
}

/// A number that means another course elsewhere.
fn reused_number(section: &Section<'_>) -> String {
    let level = section.place.map(|(block, _)| block.level);
    match level {
        Some(Level::High) => "MUS110",
        Some(Level::Middle) => "MUS210",
        _ => "ADVISE",
    }
    .to_owned()
}

fn name(section: &Section<'_>, course: &CourseText, period: &str, pen: &mut Pen<'_>) -> String {
    let days = ["M-F", "M,W,F", "T,Th", "M1,W1,F1,T2,TH2"];
    let days = pen.style.one_of(&days, "M-F");
    if pen.has(Quirk::SectionNameBlank) {
        return String::new();
    }
    let full = section.course.as_ref().map(|course| course.name.as_str());
    let base = match full {
        // The name says what the course cell may not.
        Some(full) if course.name.is_empty() => full,
        Some(_) => &course.name,
        None => return format!("Workroom {}", 1 + section.local % 3),
    };
    let teacher = &section.teacher_name;
    let [.., names] = section.edits;
    let mut name = match section.school.zone % 4 {
        1 if !teacher.is_empty() && !period.is_empty() => format!("{base} - {teacher} - {period}"),
        1 if !teacher.is_empty() => format!("{base} - {teacher}"),
        2 if !period.is_empty() => format!("{base} {period}({days})"),
        3 => format!("{base} Sec {:02}", 1 + section.local % 40),
        _ => base.to_owned(),
    };
    if names > 0 {
        name = format!("{name} (rev. {names})");
    }
    name
}

fn period(section: &Section<'_>, pen: &mut Pen<'_>) -> String {
    let way = pen.way(20);
    let Some((block, spot)) = section.place else {
        return String::new();
    };
    let [_, _, moved, _] = section.edits;
    let number = match block.period(spot) {
        0 if moved == 0 => 0,
        period => 1 + (period + moved).saturating_sub(1) % 8,
    };
    match (block.shape, number) {
        (Shape::Homeroom, 0) if way < 17 => String::new(),
        (Shape::Homeroom, 0) => "HR".to_owned(),
        (_, 0) => "ADV".to_owned(),
        (_, number) => match section.school.zone % 5 {
            0 => number.to_string(),
            1 => format!("Period {number}"),
            2 => format!("{number}(A)"),
            3 => format!("P{number}"),
            _ => format!("{number:02}"),
        },
    }
}

/// Section number and grade; whether the students tell the grade.
fn numbers_and_grade(section: &Section<'_>, pen: &mut Pen<'_>) -> bool {
    let [_, renumbered, ..] = section.edits;
    if pen.has(Quirk::SectionNumberBlank) {
        pen.cells.blank();
    } else if renumbered > 0 {
        pen.text(&format!("{:03}-{renumbered}", section.local));
    } else {
        pen.text(&format!("{:03}", section.local));
    }
    let Some((block, spot)) = section.place else {
        pen.mark(Quirk::SectionGrade99);
        pen.text("99");
        return true;
    };
    let way = pen.way(3);
    let mixed = block.low != block.high;
    if pen.has(Quirk::SectionGradeBlank) {
        pen.cells.blank();
        return true;
    }
    if pen.has(Quirk::SectionGrade99) {
        pen.text("99");
        return true;
    }
    if pen.has(Quirk::SectionGradeSpreadsheet) {
        pen.text(match block.level {
            Level::Early | Level::Elementary => "5-Jan",
            Level::Middle => "8-Jun",
            Level::High => "12-Sep",
        });
        return true;
    }
    if pen.has(Quirk::SectionGradeMismatch) {
        let old = block.low.years() > 5;
        pen.text(Grade::Number(if old { 1 } else { 12 }).name());
        return false;
    }
    if mixed {
        pen.mark(Quirk::SectionGradeRange);
        pen.text(&range(block, spot, way));
        return true;
    }
    let spelled = if pen.has(Quirk::SectionGradeSpelling) {
        block.high.odd(way)
    } else {
        block.high.name()
    };
    pen.text(spelled);
    // `99` is how some write ungraded, and means nothing for a section.
    spelled == "99"
}

fn range(block: &Block, spot: Spot, way: u64) -> String {
    match (way, spot.parallel % 2) {
        (0, 0) => "Multiple".to_owned(),
        (0, _) => "All".to_owned(),
        _ => format!("{}-{}", block.low.short(), block.high.short()),
    }
}

fn subject(course: &CourseText, name: &str, section: &Section<'_>, pen: &mut Pen<'_>) {
    let blank = pen.way(100) < 22;
    let word = if section.course.is_none() {
        "Admin"
    } else {
        course.word
    };
    if !blank && !word.is_empty() {
        pen.mark(Quirk::SectionSubjectSisWord);
        pen.text(word);
        return;
    }
    pen.cells.blank();
    let quirk = if course.name.is_empty() && name.is_empty() {
        Quirk::SectionSubjectNone
    } else if !course.guessable {
        Quirk::SectionSubjectOther
    } else if course.name.is_empty() {
        Quirk::SectionSubjectFromName
    } else {
        Quirk::SectionSubjectFromCourse
    };
    pen.mark(quirk);
    let text = if course.name.is_empty() {
        name
    } else {
        &course.name
    };
    let text = text.to_lowercase();
    let phrase = OVERRIDES.iter().any(|phrase| text.contains(phrase));
    pen.mark_if(Quirk::SectionSubjectOverride, course.guessable && phrase);
}

/// Phrases of our courses whose words alone would tell another subject (district-side 6.4, row 0).
const OVERRIDES: [&str; 7] = [
    "language arts",
    "art history",
    "computer science",
    "physical science",
    "economics",
    "math intervention",
    "reading intervention",
];

fn churn(section: &Section<'_>, pen: &mut Pen<'_>) {
    let edited = section.edits.iter().any(|&count| count > 0);
    pen.mark_if(Quirk::SectionEdited, edited);
    pen.mark_if(Quirk::SectionOpened, section.opened);
    pen.mark_if(Quirk::SectionTeacherChanged, section.taken_over);
    let renamed = section.course.as_ref().is_some_and(|course| course.renamed);
    pen.mark_if(Quirk::CourseRenamed, renamed);
}
