//! What can be wrong with a district's data: codes, where they stand, how to repair them.

use std::fmt;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Published as it came, or repaired; somebody should look.
    Warning,
    /// The record, or the part of it that is named, is left out; the run goes on.
    Error,
    /// The run stops and nothing is published.
    Fatal,
}

impl Severity {
    /// Lower-case word, as reports print it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// Declares the codes: name, severity, meaning, repair.
macro_rules! codes {
    ($($variant:ident = $text:literal, $severity:ident, $meaning:literal, $repair:literal;)+) => {
        /// A problem code (district-side 1, 4.2 and 8). Codes are stable: reports and scripts rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant),+
        }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as reports write it, for example `REF_SCHOOL_UNKNOWN`.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),+ }
            }

            /// What it means, in one sentence for a person who is not a programmer.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }

            /// What to do about it, in one sentence.
            pub fn repair(self) -> &'static str {
                match self { $(Self::$variant => $repair),+ }
            }
        }
    };
}

codes! {
    FileMissing = "FILE_MISSING", Fatal, "A required file is not there.",
        "Add the file to the export; all five of schools, students, teachers, sections and enrollments are needed.";
    FileTooLarge = "FILE_TOO_LARGE", Fatal, "The file is larger than the limit.",
        "Check that the export holds current records only, or raise the limit.";
    FileUnreadable = "FILE_UNREADABLE", Fatal, "The file could not be read to its end.",
        "Check the disk and the permissions of the file, and send it again.";
    FileEmpty = "FILE_EMPTY", Fatal, "The file has no header line.",
        "Export the file again; the first line must name the columns.";
    HeaderMissing = "HEADER_MISSING", Fatal, "A required column is not in the header.",
        "Add the column to the export; its exact name is given.";
    HeaderDuplicate = "HEADER_DUPLICATE", Fatal, "Two columns of the file have the same name.",
        "Remove or rename one of them.";
    TooManyColumns = "TOO_MANY_COLUMNS", Fatal, "The header has more columns than the limit.",
        "Check that the columns are separated as intended, and remove those that are not needed.";
    TypeEmpty = "TYPE_EMPTY", Fatal, "Every row of a required file was rejected.",
        "Look at the errors of that file; usually one column is wrong in every row.";
    UnknownFile = "UNKNOWN_FILE", Warning, "The file is not one that is read.",
        "Remove it, or rename it if it was meant to be one of the known files.";
    DuplicateFile = "DUPLICATE_FILE", Warning, "Two files differ only in upper and lower case; the newer one was read.",
        "Keep one of them.";
    FileIgnored = "FILE_IGNORED", Warning, "admins.csv was ignored because staff.csv is there.",
        "Remove admins.csv, or move its rows to staff.csv.";
    HeaderInexact = "HEADER_INEXACT", Info, "Column names differ from the documented ones in case or spacing.",
        "Nothing needs to be done.";
    UnknownColumn = "UNKNOWN_COLUMN", Warning, "The column is not one that is read.",
        "Remove it, correct its name, or prefix it with ext. to keep it as an extension field.";
    ExtNameInvalid = "EXT_NAME_INVALID", Warning, "An extension column is ignored: its name, its number or its place is not allowed.",
        "Use letters, digits and underscores, at most 64, and at most 50 extension columns in a file that may have them.";
    DelimiterGuessed = "DELIMITER_GUESSED", Warning, "The columns are not separated by commas; another separator was found and used.",
        "Export with commas.";
    EncodingGuessed = "ENCODING_GUESSED", Warning, "The file is not UTF-8; the cells that are not were read as Windows-1252.",
        "Export as UTF-8, so that names cannot be damaged.";
    BadCharacter = "BAD_CHARACTER", Warning, "A cell held control characters or characters lost in an earlier conversion.",
        "Correct the value in the student information system.";
    CellTooLong = "CELL_TOO_LONG", Error, "A cell is longer than the limit (64 KiB unless set otherwise); the row is left out.",
        "Look for a quotation mark that is never closed before that line.";
    RowTooLong = "ROW_TOO_LONG", Error, "A row is longer than the limit (1 MiB unless set otherwise); it is left out.",
        "Look for a quotation mark that is never closed before that line.";
    QuoteUnclosed = "QUOTE_UNCLOSED", Error, "A quotation mark is opened and never closed; the line is left out and reading goes on with the next.",
        "Close the quotation mark, or write it twice if it belongs to the value; the line may also have been cut short.";
    RowShort = "ROW_SHORT", Error, "The row has too few cells; it is left out.",
        "Look at that line: a line break or a missing separator cut it.";
    RowLong = "ROW_LONG", Error, "The row has more cells than the header; it is left out.",
        "Put quotation marks around values that contain a comma.";
    MissingRequired = "MISSING_REQUIRED", Error, "A value that every record must have is empty; the record is left out.",
        "Fill in the value.";
    NotUnique = "NOT_UNIQUE", Error, "The id was used by an earlier row of the file; this row is left out.",
        "Give every record an id of its own, or remove the repeated row.";
    RefSchoolUnknown = "REF_SCHOOL_UNKNOWN", Error, "The school is not in schools.csv; the record is left out.",
        "Add the school, or correct the School_id.";
    RefSectionUnknown = "REF_SECTION_UNKNOWN", Error, "The section is not in sections.csv; the enrollment is left out.",
        "Add the section, or correct the Section_id.";
    RefStudentUnknown = "REF_STUDENT_UNKNOWN", Error, "The student is not in students.csv; the enrollment is left out.",
        "Add the student, or correct the Student_id.";
    RefTeacherUnknown = "REF_TEACHER_UNKNOWN", Warning, "The teacher is not in teachers.csv; the section is kept without that teacher.",
        "Add the teacher, or correct the teacher's id in the section.";
    RefCourseUnknown = "REF_COURSE_UNKNOWN", Warning, "No section uses that course number; the resource is kept without that course.",
        "Correct the course_number, or add the course to a section.";
    PrimaryTeacherPromoted = "PRIMARY_TEACHER_PROMOTED", Warning, "The section has no valid primary teacher; its first co-teacher takes the place.",
        "Fill in Teacher_id.";
    SectionNoTeacher = "SECTION_NO_TEACHER", Warning, "The section has no valid teacher.",
        "Assign a teacher to the section.";
    SectionNoStudents = "SECTION_NO_STUDENTS", Warning, "The section has no students; apps do not see it until it has one.",
        "Enroll students, or leave the section out of the export.";
    EnrollmentRepeated = "ENROLLMENT_REPEATED", Warning, "The same student is in the same section twice; one row was kept.",
        "Remove the repeated rows.";
    EnrollmentSchoolMismatch = "ENROLLMENT_SCHOOL_MISMATCH", Warning, "The enrollment names another school than its section; the section's school was used.",
        "Correct the School_id of the enrollment or of the section.";
    StudentRowsDisagree = "STUDENT_ROWS_DISAGREE", Warning, "Rows of the same student differ outside the contact columns; the first row was used.",
        "Make all rows of a student alike except for the contact.";
    ContactLimit = "CONTACT_LIMIT", Error, "The student has more than five contacts; the rest is left out.",
        "Keep the five contacts that matter.";
    ContactNameMissing = "CONTACT_NAME_MISSING", Error, "A contact has no name; the contact is left out, the student is kept.",
        "Fill in Contact_name.";
    ContactTypeMapped = "CONTACT_TYPE_MAPPED", Warning, "The contact's type or relationship is not one of the known words; Other was used.",
        "Use one of the documented words.";
    ContactPhoneInvalid = "CONTACT_PHONE_INVALID", Warning, "The contact's telephone has fewer than ten digits.",
        "Correct the number.";
    SchoolNumberDefaulted = "SCHOOL_NUMBER_DEFAULTED", Info, "The school has no number; its id was used.",
        "Add School_number if the school has a number of its own.";
    IdLooksSpreadsheet = "ID_LOOKS_SPREADSHEET", Warning, "An id looks as if a spreadsheet had changed it.",
        "Export from the system itself, not through a spreadsheet; format id columns as text.";
    GradeInvalid = "GRADE_INVALID", Warning, "The grade is not one that is known; Other was used.",
        "Use one of the documented grades.";
    GradeSpreadsheetDamage = "GRADE_SPREADSHEET_DAMAGE", Warning, "A range of grades was turned into a date by a spreadsheet.",
        "Export from the system itself, or format the column as text.";
    SchoolGradesInverted = "SCHOOL_GRADES_INVERTED", Warning, "The school's lowest grade is above its highest.",
        "Correct Low_grade and High_grade.";
    GenderInvalid = "GENDER_INVALID", Warning, "The gender is not one that is known; it was left empty.",
        "Use M, F or X.";
    RaceInvalid = "RACE_INVALID", Warning, "The race is not one that is known; Unknown was used.",
        "Use one of the documented values.";
    LanguageInvalid = "LANGUAGE_INVALID", Warning, "The home language is not one that is known; Other was used.",
        "Use a language name or an ISO 639-3 code.";
    FlagInvalid = "FLAG_INVALID", Warning, "The value is neither yes nor no; it was left empty.",
        "Use Y or N.";
    FrlAmbiguous = "FRL_AMBIGUOUS", Warning, "The lunch status does not say whether free or reduced; it was left empty.",
        "Use Free, Reduced or Paid.";
    FrlInvalid = "FRL_INVALID", Warning, "The lunch status is not one that is known; it was left empty.",
        "Use Free, Reduced or Paid.";
    DisabilityInvalid = "DISABILITY_INVALID", Warning, "The disability is not one that is known; Other was used.",
        "Use one of the documented types or codes.";
    DobMissing = "DOB_MISSING", Warning, "The student has no date of birth.",
        "Fill in DOB if apps need it.";
    DobInvalid = "DOB_INVALID", Warning, "The date of birth could not be read or is impossible; it was left out.",
        "Write it as M/D/YYYY.";
    DobImplausible = "DOB_IMPLAUSIBLE", Warning, "By the date of birth the student is younger than 2 or older than 23.",
        "Check the date.";
    GraduationYearInvalid = "GRAD_YEAR_INVALID", Warning, "The year of graduation is not a plausible year; it was left out.",
        "Write four digits.";
    EmailMissing = "EMAIL_MISSING", Warning, "The teacher or staff member has no email.",
        "Fill in the email; many apps need it.";
    EmailMalformed = "EMAIL_MALFORMED", Warning, "The email does not have exactly one @ with text on both sides; it is served as it came.",
        "Correct the email.";
    EmailDuplicate = "EMAIL_DUPLICATE", Warning, "Several records of the same role share one email.",
        "Give each person an email of their own.";
    MergeNameMismatch = "MERGE_NAME_MISMATCH", Warning, "A teacher and a staff record with the same email were merged although the names differ.",
        "Check that they are the same person.";
    MergeAmbiguous = "MERGE_AMBIGUOUS", Warning, "An employee was not merged because several records share the email.",
        "Give each person an email of their own.";
    TermDateInvalid = "TERM_DATE_INVALID", Warning, "A term date could not be read; the term has none.",
        "Write it as YYYY-MM-DD.";
    TermDatesInverted = "TERM_DATES_INVERTED", Warning, "The term ends before it begins.",
        "Correct Term_start and Term_end.";
    CourseNumberWithoutName = "COURSE_NUMBER_WITHOUT_NAME", Warning, "The section has a course number but no course name; no course was made.",
        "Fill in Course_name.";
    CourseNameConflict = "COURSE_NAME_CONFLICT", Warning, "Sections with the same course number name the course differently; the most frequent name was used.",
        "Use one name for a course number.";
    StaffRoleUnknown = "STAFF_ROLE_UNKNOWN", Warning, "The staff role is not one that is known; Portal Access was used.",
        "Leave it empty or write School Tech Lead.";
    ResourceRoleUnknown = "RESOURCE_ROLE_UNKNOWN", Warning, "The resource role is neither teacher nor student; it was left out.",
        "Write teacher, student or both separated by a semicolon.";
    TooLong = "TOO_LONG", Warning, "The value is longer than 255 characters, more than many apps can store.",
        "Shorten it if apps have trouble.";
}

/// Where a problem stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Stem of the file's documented name, for example `students`; empty when no file is concerned.
    pub file: &'static str,
    /// Line of the file, from 1, the header being line 1 as a rule; 0 for the file as a whole. A row whose quoted cells
    /// hold line breaks stands at its first line.
    pub line: u64,
}

/// One thing that is wrong. Reports print the id of the record, never its names or other values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// Where it stands.
    pub place: Place,
    /// The documented name of the column, empty when the row as a whole is concerned.
    pub column: String,
    /// More for the reader: the record's id, a misspelt column and the one that was probably meant. Never a name, an
    /// email, a date of birth or another value of a person (layout, invariant 11).
    pub detail: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new(code: Code, place: Place) -> Self {
        Self {
            code,
            place,
            column: String::new(),
            detail: String::new(),
        }
    }

    /// The same problem in a named column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = column.into();
        self
    }

    /// The same problem with more for the reader.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}:{} {}",
            self.code.text(),
            self.place.file,
            self.place.line,
            self.column
        )
    }
}

impl fmt::Display for Problem {
    /// One line: place, severity, code, meaning, detail.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.file.is_empty() {
            write!(f, "{}.csv", self.place.file)?;
            if self.place.line > 0 {
                write!(f, ":{}", self.place.line)?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{} {}", self.code.severity().text(), self.code.text())?;
        if !self.column.is_empty() {
            write!(f, " [{}]", self.column)?;
        }
        write!(f, ": {}", self.code.meaning())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

/// Takes problems as they are found. Whoever keeps them decides how many to keep; counting is never capped.
pub trait Problems {
    /// Takes one problem.
    fn report(&mut self, problem: Problem);
}

impl Problems for Vec<Problem> {
    fn report(&mut self, problem: Problem) {
        self.push(problem);
    }
}
