//! For each code of the catalogue files that raise it.

use std::fmt::Write as _;
use std::io::{self, Read};

use homeroom_intake::{FileInfo, InMemory, Source};
use homeroom_model::Code;
use homeroom_testkit::Files;

/// What raises a code.
pub(super) enum Raised {
    /// Files.
    By(Files),
    /// Files that cannot be had as text.
    From(Box<dyn Source>),
    /// Not by files alone: what was published before, or is kept by hand, belongs to it.
    WithMore,
}

/// Nothing is wrong with these files, not even a remark is to be made. A school, two students, a contact each, a teacher, a
/// staff member, a section, a resource and attendance; every column that some code is about.
pub(super) fn good() -> Files {
    Files::new()
        .with(
            "schools.csv",
            "School_id,School_name,School_number,Nces_id,Low_grade,High_grade,School_state\n\
             S1,Elm Street School,1,000000000001,Kindergarten,8,WY\n",
        )
        .with(
            "students.csv",
            "School_id,Student_id,Last_name,First_name,Middle_name,Grade,Gender,Graduation_year,DOB,Race,Home_language,\
             Ell_status,Frl_status,Disability_type,Disability_code,Student_email,Username,Contact_name,Contact_type,\
             Contact_relationship,Contact_phone,Contact_phone_type,Contact_email,Contact_sis_id\n\
             S1,P1,Abara,Nia,,2,F,2037,3/14/2019,W,English,N,Paid,,,nia@elm.example,nia,Chidi Abara,Parent/Guardian,\
             Parent,5550101001,Cell,chidi@home.example,C1\n\
             S1,P2,Bello,Tom,,2,M,2037,11/2/2018,B,Spanish,Y,Free,Autism,aut,tom@elm.example,tom,Rosa Bello,\
             Emergency,Parent,5550101002,Home,rosa@home.example,C2\n",
        )
        .with(
            "teachers.csv",
            "School_id,Teacher_id,Teacher_email,First_name,Last_name,Title,Username\n\
             S1,T1,gail@elm.example,Gail,Hart,Teacher,gail\n",
        )
        .with(
            "staff.csv",
            "School_id,Staff_id,Staff_email,First_name,Last_name,Title,Role\n\
             S1,A1,moe@elm.example,Moe,Nash,Secretary,School Tech Lead\n",
        )
        .with(
            "sections.csv",
            "School_id,Section_id,Teacher_id,Teacher_2_id,Name,Grade,Course_name,Course_number,Period,Subject,Term_name,\
             Term_start,Term_end\n\
             S1,X1,T1,,Grade 2 Reading,2,Reading 2,R2,1,English/language arts,Year,2026-08-20,2027-06-06\n",
        )
        .with(
            "enrollments.csv",
            "School_id,Section_id,Student_id\nS1,X1,P1\nS1,X1,P2\n",
        )
        .with(
            "resources.csv",
            "resource_id,title,roles,course_number\nL1,Reader,student,R2\n",
        )
        .with(
            "attendance.csv",
            "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n\
             A1,S1,P1,,2026-11-02,absent,daily,ILL\nA2,S1,P2,X1,11/3/2026,tardy,section,\n",
        )
}

/// The good files with a text replaced in one of them.
fn with(file: &str, old: &str, new: &str) -> Raised {
    Raised::By(good().replacing(file, old, new))
}

/// The good files with a row more in one of them.
fn and(file: &str, row: &str) -> Raised {
    Raised::By(good().appending(file, format!("{row}\n")))
}

/// The good files and another one.
fn beside(file: &str, content: &str) -> Raised {
    Raised::By(good().with(file, content))
}

/// Files that raise a code. No code is without them: another one added to the catalogue does not compile here.
pub(super) fn raised(code: Code) -> Raised {
    match code {
        Code::FileMissing
        | Code::FileTooLarge
        | Code::FileUnreadable
        | Code::FileEmpty
        | Code::TypeEmpty
        | Code::TypeVanished
        | Code::ManyRejected
        | Code::OptionalFileVanished
        | Code::UnknownFile
        | Code::DuplicateFile
        | Code::FileIgnored => by_file(code),
        Code::HeaderMissing
        | Code::HeaderDuplicate
        | Code::TooManyColumns
        | Code::HeaderInexact
        | Code::UnknownColumn
        | Code::PasswordIgnored
        | Code::ExtNameInvalid
        | Code::DelimiterGuessed
        | Code::EncodingGuessed => by_header(code),
        Code::BadCharacter
        | Code::CellTooLong
        | Code::RowTooLong
        | Code::QuoteUnclosed
        | Code::RowShort
        | Code::RowLong
        | Code::MissingRequired
        | Code::NotUnique
        | Code::IdLooksSpreadsheet
        | Code::TooLong => by_row(code),
        Code::RefSchoolUnknown
        | Code::RefSectionUnknown
        | Code::RefStudentUnknown
        | Code::RefTeacherUnknown
        | Code::RefCourseUnknown
        | Code::PrimaryTeacherPromoted
        | Code::SectionNoTeacher
        | Code::SectionNoStudents
        | Code::EnrollmentRepeated
        | Code::EnrollmentSchoolMismatch
        | Code::StudentNoSection
        | Code::TeacherNoSection
        | Code::SchoolEmpty => by_reference(code),
        Code::ContactLimit
        | Code::ContactNameMissing
        | Code::ContactTypeMapped
        | Code::ContactPhoneInvalid
        | Code::ContactPhoneTypeMapped
        | Code::ContactNoSisId => by_contact(code),
        Code::SchoolNumberDefaulted
        | Code::NcesIdInvalid
        | Code::StateInvalid
        | Code::SchoolGradesInverted => by_school(code),
        Code::StudentRowsDisagree
        | Code::GradeMissing
        | Code::GradeOutsideSchool
        | Code::GradeInvalid
        | Code::GradeSpreadsheetDamage
        | Code::GenderInvalid
        | Code::RaceInvalid
        | Code::LanguageInvalid
        | Code::FlagInvalid
        | Code::FrlAmbiguous
        | Code::FrlInvalid
        | Code::DisabilityInvalid
        | Code::DisabilityDisagrees
        | Code::DobMissing
        | Code::DobInvalid
        | Code::DobImplausible
        | Code::GraduationYearInvalid => by_student(code),
        Code::EmailMissing
        | Code::EmailMalformed
        | Code::EmailDuplicate
        | Code::UsernameMissing
        | Code::UsernameDuplicate
        | Code::MergeNameMismatch
        | Code::MergeAmbiguous
        | Code::StaffRoleUnknown => by_person(code),
        Code::SectionNameGenerated
        | Code::SectionNameDuplicate
        | Code::SectionSubjectOther
        | Code::SectionGradeDerived
        | Code::SectionGradeMismatch
        | Code::SectionLarge
        | Code::TermMissing
        | Code::TermOutOfRange
        | Code::TermDateInvalid
        | Code::TermDatesInverted
        | Code::CourseNumberWithoutName
        | Code::CourseNameConflict => by_section(code),
        Code::AttendanceNotRead
        | Code::AttendanceDateInvalid
        | Code::AttendanceStatusInvalid
        | Code::AttendanceTypeInvalid
        | Code::AttendanceSectionMissing => by_attendance(code),
        Code::ResourceRoleUnknown
        | Code::ExtRowUnknown
        | Code::ExtOverridden
        | Code::SupplementRowUnknown
        | Code::SupplementOverridden
        | Code::CustomShadowed
        | Code::CustomRefUnknown => beside_the_roster(code),
    }
}

fn by_file(code: Code) -> Raised {
    match code {
        Code::FileMissing => Raised::By(good().without("teachers.csv")),
        Code::FileTooLarge => Raised::From(Box::new(Huge(in_memory(&good())))),
        Code::FileEmpty => beside("sections.csv", ""),
        Code::TypeEmpty => with("teachers.csv", "S1,T1,", "S1,,"),
        Code::ManyRejected => and(
            "enrollments.csv",
            "S1,X1,P5\nS1,X1,P6\nS1,X1,P7\nS1,X1,P8\nS1,X1,P9",
        ),
        Code::UnknownFile => beside("contacts.csv", "a\n"),
        Code::DuplicateFile => beside("Staff.csv", "a\n"),
        Code::FileIgnored => beside("admins.csv", "a\n"),
        Code::FileUnreadable => Raised::From(Box::new(Broken(in_memory(&good())))),
        Code::TypeVanished => {
            let good = good();
            let header = good.text("teachers.csv").lines().next().unwrap();
            beside("teachers.csv", &format!("{header}\n"))
        }
        Code::OptionalFileVanished => Raised::WithMore,
        other => panic!("{other:?}"),
    }
}

fn by_header(code: Code) -> Raised {
    let file = "teachers.csv";
    match code {
        Code::HeaderMissing => with(file, "Teacher_id", "Pupil"),
        Code::HeaderDuplicate => with(file, "Title", "last name"),
        Code::TooManyColumns => with(file, "Title", &(0..101).fold(String::new(), column)),
        Code::HeaderInexact => with(file, "Teacher_email", "teacher email"),
        Code::UnknownColumn => with(file, "Title", "Room"),
        Code::PasswordIgnored => with(file, "Title", "Password"),
        Code::ExtNameInvalid => with(file, "Title", "ext.a-b"),
        Code::DelimiterGuessed => {
            let semicolons = good().text(file).replace(',', ";");
            beside(file, &semicolons)
        }
        Code::EncodingGuessed => Raised::By(good().replacing(file, "Gail", b"G\xe4il")),
        other => panic!("{other:?}"),
    }
}

fn column(mut columns: String, number: u32) -> String {
    write!(columns, "c{number},").unwrap();
    columns
}

fn by_row(code: Code) -> Raised {
    let long = |letters: usize| format!("S1,T2,ivan@elm.example,{},June", "x".repeat(letters));
    let file = "teachers.csv";
    match code {
        Code::BadCharacter => with(file, "Gail", "Ga\u{1}il"),
        Code::CellTooLong => and(file, &long(70_000)),
        Code::RowTooLong => {
            let cells = format!("{},", "x".repeat(60_000)).repeat(30);
            and(file, &format!("S1,T2,ivan@elm.example,Ivan,June,{cells}"))
        }
        Code::QuoteUnclosed => and(file, "S1,T2,\"ivan@elm.example,Ivan,June"),
        Code::RowShort => and(file, "S1,T2"),
        Code::RowLong => and(file, "S1,T2,ivan@elm.example,Ivan,June,Teacher,ivan,x,y"),
        Code::MissingRequired => and(file, "S1,T2,ivan@elm.example,,June,Teacher,ivan"),
        Code::NotUnique => and(file, "S1,T1,ivan@elm.example,Ivan,June,Teacher,ivan"),
        Code::IdLooksSpreadsheet => {
            and(file, "S1,1.23E+11,ivan@elm.example,Ivan,June,Teacher,ivan")
        }
        Code::TooLong => and(file, &long(300)),
        other => panic!("{other:?}"),
    }
}

fn by_reference(code: Code) -> Raised {
    match code {
        Code::RefSchoolUnknown => and("teachers.csv", "S9,T2,ivan@elm.example,Ivan,June,,ivan"),
        Code::RefSectionUnknown => and("enrollments.csv", "S1,X9,P1"),
        Code::RefStudentUnknown => and("enrollments.csv", "S1,X1,P9"),
        Code::RefTeacherUnknown => with("sections.csv", "X1,T1,,", "X1,T1,T9,"),
        Code::RefCourseUnknown => with("resources.csv", "R2", "R9"),
        Code::PrimaryTeacherPromoted => with("sections.csv", "X1,T1,,", "X1,,T1,"),
        Code::SectionNoTeacher => with("sections.csv", "X1,T1,", "X1,,"),
        Code::SectionNoStudents => and("sections.csv", &section("X2", "Reading")),
        Code::EnrollmentRepeated => and("enrollments.csv", "S1,X1,P1"),
        Code::EnrollmentSchoolMismatch => with("enrollments.csv", "S1,X1,P1", "S2,X1,P1"),
        Code::StudentNoSection => with("enrollments.csv", "S1,X1,P1\n", ""),
        Code::TeacherNoSection => and("teachers.csv", "S1,T2,ivan@elm.example,Ivan,June,,ivan"),
        Code::SchoolEmpty => and("schools.csv", "S2,Oak School,2,000000000002,1,2,WY"),
        other => panic!("{other:?}"),
    }
}

/// A row of sections.csv.
fn section(id: &str, name: &str) -> String {
    format!("S1,{id},T1,,{name},2,Reading 2,R2,1,English/language arts,Year,2026-08-20,2027-06-06")
}

fn by_contact(code: Code) -> Raised {
    let file = "students.csv";
    match code {
        Code::ContactLimit => {
            let good = good();
            let (before, _) = good.text(file).split_once(",Rosa Bello").unwrap();
            let student = before.lines().last().unwrap().to_owned();
            let contact = |mut rows: String, number: u32| {
                let more = format!("Kin {number},Family,Other,555010200{number},Cell,,K{number}");
                writeln!(rows, "{student},{more}").unwrap();
                rows
            };
            let more = (0..5).fold(String::new(), contact);
            Raised::By(good.appending(file, more))
        }
        Code::ContactNameMissing => with(file, "Chidi Abara", ""),
        Code::ContactTypeMapped => with(file, "Emergency", "Stork"),
        Code::ContactPhoneInvalid => with(file, "5550101002", "5550"),
        Code::ContactPhoneTypeMapped => with(file, ",Home,", ",Pigeon,"),
        Code::ContactNoSisId => with(file, ",C2", ","),
        other => panic!("{other:?}"),
    }
}

fn by_school(code: Code) -> Raised {
    let file = "schools.csv";
    match code {
        Code::SchoolNumberDefaulted => with(file, "School,1,", "School,,"),
        Code::NcesIdInvalid => with(file, "000000000001", "1"),
        Code::StateInvalid => with(file, "WY", "Wyoming"),
        Code::SchoolGradesInverted => with(file, "Kindergarten,8", "8,Kindergarten"),
        other => panic!("{other:?}"),
    }
}

fn by_student(code: Code) -> Raised {
    let file = "students.csv";
    match code {
        Code::StudentRowsDisagree => {
            let good = good();
            let row = good
                .text(file)
                .lines()
                .last()
                .unwrap()
                .replace("Tom,", "Tim,");
            and(file, &row)
        }
        Code::GradeMissing => with(file, "Nia,,2,", "Nia,,,"),
        Code::GradeOutsideSchool => with(file, "Nia,,2,", "Nia,,11,"),
        Code::GradeInvalid => with(file, "Nia,,2,", "Nia,,Zebra,"),
        Code::GradeSpreadsheetDamage => with("sections.csv", "Reading,2,", "Reading,8-Jun,"),
        Code::GenderInvalid => with(file, "2,F,", "2,Q,"),
        Code::RaceInvalid => with(file, ",W,", ",Zebra,"),
        Code::LanguageInvalid => with(file, "Spanish", "Elvish"),
        Code::FlagInvalid => with(file, "English,N,", "English,Perhaps,"),
        Code::FrlAmbiguous => with(file, "Paid", "Yes"),
        Code::FrlInvalid => with(file, "Paid", "Zebra"),
        Code::DisabilityInvalid => with(file, "Autism,", "Zebra,"),
        Code::DisabilityDisagrees => with(file, "Autism,aut", "Autism,emn"),
        Code::DobMissing => with(file, "3/14/2019", ""),
        Code::DobInvalid => with(file, "3/14/2019", "31.31.2019"),
        Code::DobImplausible => with(file, "3/14/2019", "3/14/1969"),
        Code::GraduationYearInvalid => with(file, "F,2037", "F,37"),
        other => panic!("{other:?}"),
    }
}

fn by_person(code: Code) -> Raised {
    let file = "teachers.csv";
    match code {
        Code::EmailMissing => with(file, "gail@elm.example", ""),
        Code::EmailMalformed => with(file, "gail@elm.example", "gail"),
        Code::EmailDuplicate => and(file, "S1,T2,gail@elm.example,Ivan,June,,ivan"),
        Code::UsernameMissing => with(file, "Teacher,gail", "Teacher,"),
        Code::UsernameDuplicate => and(file, "S1,T2,ivan@elm.example,Ivan,June,,gail"),
        Code::MergeNameMismatch => with("staff.csv", "moe@elm.example", "gail@elm.example"),
        Code::MergeAmbiguous => Raised::By(
            good()
                .appending(file, "S1,T2,moe@elm.example,Ivan,June,,ivan\n")
                .appending(file, "S1,T3,moe@elm.example,Kay,Lima,,kay\n"),
        ),
        Code::StaffRoleUnknown => with("staff.csv", "School Tech Lead", "Zebra"),
        other => panic!("{other:?}"),
    }
}

fn by_section(code: Code) -> Raised {
    let file = "sections.csv";
    match code {
        Code::SectionNameGenerated => with(file, "Grade 2 Reading", ""),
        Code::SectionNameDuplicate => Raised::By(
            good()
                .appending(file, section("X2", "Grade 2 Reading") + "\n")
                .appending("enrollments.csv", "S1,X2,P1\n"),
        ),
        Code::SectionSubjectOther => Raised::By(good().replacing(
            file,
            "Grade 2 Reading,2,Reading 2,R2,1,English/language arts",
            "Zebra,2,Zebra,R2,1,Zebra",
        )),
        Code::SectionGradeDerived => with(file, "Reading,2,", "Reading,,"),
        Code::SectionGradeMismatch => with(file, "Reading,2,", "Reading,7,"),
        Code::SectionLarge => {
            let mut files = good();
            let (_, students) = files.text("students.csv").split_once('\n').unwrap();
            let student = students.lines().next().unwrap().to_owned();
            for number in 100..200 {
                let row = student.replace("P1", &format!("P{number}"));
                files = files
                    .appending("students.csv", row + "\n")
                    .appending("enrollments.csv", format!("S1,X1,P{number}\n"));
            }
            Raised::By(files)
        }
        Code::TermMissing => with(file, "Year,2026-08-20,2027-06-06", ",,"),
        Code::TermOutOfRange => with(file, "2026-08-20,2027-06-06", "2006-08-20,2007-06-06"),
        Code::TermDateInvalid => with(file, "2026-08-20", "August"),
        Code::TermDatesInverted => with(file, "2026-08-20,2027-06-06", "2027-06-06,2026-08-20"),
        Code::CourseNumberWithoutName => with(file, "Reading 2,R2", ",R2"),
        Code::CourseNameConflict => Raised::By(
            good()
                .appending(
                    file,
                    section("X2", "Maths").replace("Reading 2", "Maths 2") + "\n",
                )
                .appending("enrollments.csv", "S1,X2,P1\n"),
        ),
        other => panic!("{other:?}"),
    }
}

fn by_attendance(code: Code) -> Raised {
    let row = |row: &str| and("attendance.csv", row);
    match code {
        Code::AttendanceNotRead => with("attendance.csv", "Student_id,", "Pupil,"),
        Code::AttendanceDateInvalid => row("A3,S1,P1,,2027-02-30,absent,daily,"),
        Code::AttendanceStatusInvalid => row("A3,S1,P1,,2026-11-04,purple,daily,"),
        Code::AttendanceTypeInvalid => row("A3,S1,P1,,2026-11-04,absent,weekly,"),
        Code::AttendanceSectionMissing => row("A3,S1,P1,,2026-11-04,absent,section,"),
        other => panic!("{other:?}"),
    }
}

fn beside_the_roster(code: Code) -> Raised {
    let files = |roster: Files, name: &str, content: &str| Raised::By(roster.with(name, content));
    match code {
        Code::ResourceRoleUnknown => with("resources.csv", "student", "zebra"),
        Code::ExtRowUnknown => beside("ext_teachers.csv", "sis_id,ext.room\nT9,12\n"),
        Code::ExtOverridden => {
            let roster = good().replacing("teachers.csv", "Title", "ext.room");
            files(roster, "ext_teachers.csv", "sis_id,ext.room\nT1,12\n")
        }
        Code::SupplementRowUnknown => {
            beside("sections_supplement.csv", "Section_id,Period\nX9,2\n")
        }
        Code::SupplementOverridden => beside(
            "sections_supplement.csv",
            "Section_id,Course_name\nX1,Maths\n",
        ),
        Code::CustomShadowed | Code::CustomRefUnknown => Raised::WithMore,
        other => panic!("{other:?}"),
    }
}

pub(super) fn in_memory(files: &Files) -> InMemory {
    let files = files.iter();
    files.fold(InMemory::default(), |source, (name, bytes)| {
        source.with(name, bytes)
    })
}

/// Says that its files are larger than any limit.
struct Huge(InMemory);

impl Source for Huge {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        let mut files = self.0.files()?;
        for file in &mut files {
            file.bytes = u64::MAX;
        }
        Ok(files)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        self.0.open(name)
    }
}

/// Its teachers.csv cannot be opened.
struct Broken(InMemory);

impl Source for Broken {
    fn files(&self) -> io::Result<Vec<FileInfo>> {
        self.0.files()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send + '_>> {
        if name == "teachers.csv" {
            return Err(io::Error::other("a bad sector"));
        }
        self.0.open(name)
    }
}
