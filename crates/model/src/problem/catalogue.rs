//! The catalogue of problems: every code with its severity, the records it is about, its meaning and its repair. It is
//! data: whoever adds a code adds a line here, and the table in the documentation is made from it.

use super::{RecordType, Severity};

/// Declares the codes: name, severity, records, meaning, repair.
macro_rules! codes {
    ($($variant:ident = $text:literal, $severity:ident, [$($record:ident),+], $meaning:literal, $repair:literal;)+) => {
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

            /// The code that reports write so.
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The types of record it is about. What is about more than one record (a file, an upload) has a type of its
            /// own.
            pub fn records(self) -> &'static [RecordType] {
                match self { $(Self::$variant => &[$(RecordType::$record),+]),+ }
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
    FileMissing = "FILE_MISSING", Fatal, [Upload], "A required file is not there.",
        "Add the file to the export; all five of schools, students, teachers, sections and enrollments are needed.";
    FileTooLarge = "FILE_TOO_LARGE", Fatal, [File], "The file is larger than the limit.",
        "Check that the export holds current records only, or raise the limit.";
    FileUnreadable = "FILE_UNREADABLE", Fatal, [File], "The file could not be read to its end.",
        "Check the disk and the permissions of the file, and send it again.";
    FileEmpty = "FILE_EMPTY", Fatal, [File], "The file has no header line.",
        "Export the file again; the first line must name the columns.";
    HeaderMissing = "HEADER_MISSING", Fatal, [File], "A required column is not in the header.",
        "Add the column to the export; its exact name is given.";
    HeaderDuplicate = "HEADER_DUPLICATE", Fatal, [File], "Two columns of the file have the same name.",
        "Remove or rename one of them.";
    TooManyColumns = "TOO_MANY_COLUMNS", Fatal, [File], "The header has more columns than the limit.",
        "Check that the columns are separated as intended, and remove those that are not needed.";
    TypeEmpty = "TYPE_EMPTY", Fatal, [File], "Every row of a required file was rejected.",
        "Look at the errors of that file; usually one column is wrong in every row.";
    TypeVanished = "TYPE_VANISHED", Warning, [File], "A required file has a header and no rows although records of that type are published.",
        "Look whether the export failed; only if there really are none any more, approve the run that is held.";
    ManyRejected = "MANY_REJECTED", Warning, [File], "So many rows of the file are left out that the export is probably wrong as a whole.",
        "Look at the errors of that file before you approve the run that is held.";
    OptionalFileVanished = "OPTIONAL_FILE_VANISHED", Warning, [File], "A file that the district has sent before is not there; its records are kept as they were.",
        "Add the file again; to remove its records, send it with a header and no rows.";
    UnknownFile = "UNKNOWN_FILE", Warning, [File], "The file is not one that is read.",
        "Remove it, or rename it if it was meant to be one of the known files.";
    DuplicateFile = "DUPLICATE_FILE", Warning, [File], "Two files differ only in upper and lower case; the newer one was read.",
        "Keep one of them.";
    FileIgnored = "FILE_IGNORED", Warning, [File], "admins.csv was ignored because staff.csv is there.",
        "Remove admins.csv, or move its rows to staff.csv.";
    HeaderInexact = "HEADER_INEXACT", Info, [File], "Column names differ from the documented ones in case or spacing.",
        "Nothing needs to be done.";
    UnknownColumn = "UNKNOWN_COLUMN", Warning, [File], "The column is not one that is read.",
        "Remove it, correct its name, or prefix it with ext. to keep it as an extension field.";
    PasswordIgnored = "PASSWORD_IGNORED", Info, [File], "The file has a column of passwords; they are neither read nor kept.",
        "Leave the column out of the export.";
    ExtNameInvalid = "EXT_NAME_INVALID", Warning, [File], "An extension column is ignored: its name, its number or its place is not allowed.",
        "Use letters, digits and underscores, at most 64, and at most 50 extension columns in a file that may have them.";
    DelimiterGuessed = "DELIMITER_GUESSED", Warning, [File], "The columns are not separated by commas; another separator was found and used.",
        "Export with commas.";
    EncodingGuessed = "ENCODING_GUESSED", Warning, [File], "The file is not UTF-8; the cells that are not were read as Windows-1252.",
        "Export as UTF-8, so that names cannot be damaged.";
    BadCharacter = "BAD_CHARACTER", Warning, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "A cell held control characters or characters lost in an earlier conversion.",
        "Correct the value in the student information system.";
    CellTooLong = "CELL_TOO_LONG", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "A cell is longer than the limit (64 KiB unless set otherwise); the row is left out.",
        "Look for a quotation mark that is never closed before that line.";
    RowTooLong = "ROW_TOO_LONG", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "A row is longer than the limit (1 MiB unless set otherwise); it is left out.",
        "Look for a quotation mark that is never closed before that line.";
    QuoteUnclosed = "QUOTE_UNCLOSED", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "A quotation mark is opened and never closed; the line is left out and reading goes on with the next.",
        "Close the quotation mark, or write it twice if it belongs to the value; the line may also have been cut short.";
    RowShort = "ROW_SHORT", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "The row has too few cells; it is left out.",
        "Look at that line: a line break or a missing separator cut it.";
    RowLong = "ROW_LONG", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "The row has more cells than the header; it is left out.",
        "Put quotation marks around values that contain a comma.";
    MissingRequired = "MISSING_REQUIRED", Error, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "A value that every record must have is empty; the record is left out.",
        "Fill in the value.";
    NotUnique = "NOT_UNIQUE", Error, [School, Student, Teacher, Staff, Section, Attendance], "The id was used by an earlier row of the file; this row is left out.",
        "Give every record an id of its own, or remove the repeated row.";
    RefSchoolUnknown = "REF_SCHOOL_UNKNOWN", Error, [Student, Teacher, Staff, Section, Attendance], "The school is not in schools.csv; the record is left out.",
        "Add the school, or correct the School_id.";
    RefSectionUnknown = "REF_SECTION_UNKNOWN", Error, [Enrollment, Attendance], "The section is not in sections.csv; what refers to it is left out.",
        "Add the section, or correct the Section_id.";
    RefStudentUnknown = "REF_STUDENT_UNKNOWN", Error, [Enrollment, Attendance], "The student is not in students.csv; what refers to them is left out.",
        "Add the student, or correct the Student_id.";
    RefTeacherUnknown = "REF_TEACHER_UNKNOWN", Warning, [Section], "The teacher is not in teachers.csv; the section is kept without that teacher.",
        "Add the teacher, or correct the teacher's id in the section.";
    RefCourseUnknown = "REF_COURSE_UNKNOWN", Warning, [Resource], "No section uses that course number; the resource is kept without that course.",
        "Correct the course_number, or add the course to a section.";
    PrimaryTeacherPromoted = "PRIMARY_TEACHER_PROMOTED", Warning, [Section], "The section has no valid primary teacher; its first co-teacher takes the place.",
        "Fill in Teacher_id.";
    SectionNoTeacher = "SECTION_NO_TEACHER", Warning, [Section], "The section has no valid teacher.",
        "Assign a teacher to the section.";
    SectionNoStudents = "SECTION_NO_STUDENTS", Warning, [Section], "The section has no students; apps do not see it until it has one.",
        "Enroll students, or leave the section out of the export.";
    EnrollmentRepeated = "ENROLLMENT_REPEATED", Warning, [Enrollment], "The same student is in the same section twice; one row was kept.",
        "Remove the repeated rows.";
    EnrollmentSchoolMismatch = "ENROLLMENT_SCHOOL_MISMATCH", Warning, [Enrollment], "The enrollment names another school than its section; the section's school was used.",
        "Correct the School_id of the enrollment or of the section.";
    StudentRowsDisagree = "STUDENT_ROWS_DISAGREE", Warning, [Student], "Rows of the same student differ outside the contact columns; the first row was used.",
        "Make all rows of a student alike except for the contact.";
    ContactLimit = "CONTACT_LIMIT", Error, [Contact], "The student has more than five contacts; the rest is left out.",
        "Keep the five contacts that matter.";
    ContactNameMissing = "CONTACT_NAME_MISSING", Error, [Contact], "A contact has no name; the contact is left out, the student is kept.",
        "Fill in Contact_name.";
    ContactTypeMapped = "CONTACT_TYPE_MAPPED", Warning, [Contact], "The contact's type or relationship is not one of the known words; Other was used.",
        "Use one of the documented words.";
    ContactPhoneInvalid = "CONTACT_PHONE_INVALID", Warning, [Contact], "The contact's telephone has fewer than ten digits.",
        "Correct the number.";
    ContactPhoneTypeMapped = "CONTACT_PHONE_TYPE_MAPPED", Warning, [Contact], "The type of the contact's telephone is not one of the known words; Other was used.",
        "Use Cell, Home, Work or Other.";
    ContactNoSisId = "CONTACT_NO_SIS_ID", Info, [Contact], "The contact has no id of its own; a change of its name, email or telephone makes another contact of it for apps.",
        "Add Contact_sis_id if the system has an id for contacts.";
    SchoolNumberDefaulted = "SCHOOL_NUMBER_DEFAULTED", Info, [School], "The school has no number; its id was used.",
        "Add School_number if the school has a number of its own.";
    NcesIdInvalid = "NCES_ID_INVALID", Warning, [School], "The NCES id does not have twelve digits; it is served as it came.",
        "Correct the id; leading zeros belong to it.";
    StateInvalid = "STATE_INVALID", Warning, [School], "The state is not two letters; it is served as it came.",
        "Use the postal abbreviation, such as CA.";
    SchoolEmpty = "SCHOOL_EMPTY", Warning, [School], "The school has no students and no sections.",
        "Leave the school out of the export, or find out why its records are missing.";
    IdLooksSpreadsheet = "ID_LOOKS_SPREADSHEET", Warning, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "An id looks as if a spreadsheet had changed it.",
        "Export from the system itself, not through a spreadsheet; format id columns as text.";
    GradeMissing = "GRADE_MISSING", Warning, [Student], "The student has no grade.",
        "Fill in Grade; apps sort students by it.";
    GradeOutsideSchool = "GRADE_OUTSIDE_SCHOOL", Warning, [Student], "The student's grade is outside the grades of the school.",
        "Correct the grade, the school, or the school's Low_grade and High_grade.";
    GradeInvalid = "GRADE_INVALID", Warning, [School, Student, Section], "The grade is not one that is known; Other was used.",
        "Use one of the documented grades.";
    GradeSpreadsheetDamage = "GRADE_SPREADSHEET_DAMAGE", Warning, [School, Student, Section], "A range of grades was turned into a date by a spreadsheet.",
        "Export from the system itself, or format the column as text.";
    SchoolGradesInverted = "SCHOOL_GRADES_INVERTED", Warning, [School], "The school's lowest grade is above its highest.",
        "Correct Low_grade and High_grade.";
    GenderInvalid = "GENDER_INVALID", Warning, [Student], "The gender is not one that is known; it was left empty.",
        "Use M, F or X.";
    RaceInvalid = "RACE_INVALID", Warning, [Student], "The race is not one that is known; Unknown was used.",
        "Use one of the documented values.";
    LanguageInvalid = "LANGUAGE_INVALID", Warning, [Student], "The home language is not one that is known; Other was used.",
        "Use a language name or an ISO 639-3 code.";
    FlagInvalid = "FLAG_INVALID", Warning, [Student], "The value is neither yes nor no; it was left empty.",
        "Use Y or N.";
    FrlAmbiguous = "FRL_AMBIGUOUS", Warning, [Student], "The lunch status does not say whether free or reduced; it was left empty.",
        "Use Free, Reduced or Paid.";
    FrlInvalid = "FRL_INVALID", Warning, [Student], "The lunch status is not one that is known; it was left empty.",
        "Use Free, Reduced or Paid.";
    DisabilityInvalid = "DISABILITY_INVALID", Warning, [Student], "The disability is not one that is known; Other was used.",
        "Use one of the documented types or codes.";
    DisabilityDisagrees = "DISABILITY_DISAGREES", Warning, [Student], "The type and the code of the disability name different ones; the type was used.",
        "Correct one of them, or send only one.";
    DobMissing = "DOB_MISSING", Warning, [Student], "The student has no date of birth.",
        "Fill in DOB if apps need it.";
    DobInvalid = "DOB_INVALID", Warning, [Student], "The date of birth could not be read or is impossible; it was left out.",
        "Write it as M/D/YYYY.";
    DobImplausible = "DOB_IMPLAUSIBLE", Warning, [Student], "By the date of birth the student is younger than 2 or older than 23.",
        "Check the date.";
    GraduationYearInvalid = "GRAD_YEAR_INVALID", Warning, [Student], "The year of graduation is not four digits and was left out, or is over a year ago or over twenty ahead and is served as it came.",
        "Write the year in four digits, and correct it if it is wrong.";
    EmailMissing = "EMAIL_MISSING", Warning, [Student, Teacher, Staff], "The student, teacher or staff member has no email.",
        "Fill in the email; many apps need it.";
    EmailMalformed = "EMAIL_MALFORMED", Warning, [School, Student, Teacher, Staff, Contact], "The email does not have exactly one @ with text on both sides; it is served as it came.",
        "Correct the email.";
    EmailDuplicate = "EMAIL_DUPLICATE", Warning, [Student, Teacher, Staff], "Several records of the same role share one email.",
        "Give each person an email of their own.";
    UsernameMissing = "USERNAME_MISSING", Warning, [Student, Teacher], "The person has no user name.",
        "Fill in Username if people sign in with it.";
    UsernameDuplicate = "USERNAME_DUPLICATE", Warning, [Student, Teacher], "Several records of the same role share one user name.",
        "Give each person a user name of their own.";
    StudentNoSection = "STUDENT_NO_SECTION", Warning, [Student], "The student is in no section.",
        "Enroll the student, or leave the student out if they have left.";
    TeacherNoSection = "TEACHER_NO_SECTION", Warning, [Teacher], "The teacher teaches no section.",
        "Assign the teacher to a section, or move the person to staff.csv.";
    SectionNameGenerated = "SECTION_NAME_GENERATED", Info, [Section], "The section has no name; one was made of its course, its teacher and its period.",
        "Fill in Name if another is wanted.";
    SectionNameDuplicate = "SECTION_NAME_DUPLICATE", Warning, [Section], "Sections of the same school and period have the same name.",
        "Give them names that people can tell apart.";
    SectionSubjectOther = "SECTION_SUBJECT_OTHER", Info, [Section], "The subject could not be told from the Subject cell, the course or the name; other was used.",
        "Fill in Subject with one of the documented subjects, or map the word or the course number in the district's settings.";
    SectionGradeDerived = "SECTION_GRADE_DERIVED", Info, [Section], "The section's grade is the most common one of its students.",
        "Fill in Grade if another is wanted.";
    SectionGradeMismatch = "SECTION_GRADE_MISMATCH", Warning, [Section], "The section's grade is that of none of its students.",
        "Correct the section's grade or its enrollments.";
    SectionLarge = "SECTION_LARGE", Info, [Section], "The section has more than 100 students.",
        "Nothing needs to be done if it is right; there is no limit.";
    TermMissing = "TERM_MISSING", Warning, [Section], "The section has no term.",
        "Fill in Term_name, Term_start and Term_end, or send them in sections_supplement.csv.";
    TermOutOfRange = "TERM_OUT_OF_RANGE", Warning, [Section, Term], "The term lies far from the day of the import, or is longer than a year or so.",
        "Check the years of Term_start and Term_end, and whether sections of past years are in the export.";
    MergeNameMismatch = "MERGE_NAME_MISMATCH", Warning, [User], "A teacher and a staff record with the same email were merged although the names differ.",
        "Check that they are the same person.";
    MergeAmbiguous = "MERGE_AMBIGUOUS", Warning, [User], "An employee was not merged because several records share the email.",
        "Give each person an email of their own.";
    TermDateInvalid = "TERM_DATE_INVALID", Warning, [Section], "A term date could not be read; the term has none.",
        "Write it as YYYY-MM-DD.";
    TermDatesInverted = "TERM_DATES_INVERTED", Warning, [Section], "The term ends before it begins.",
        "Correct Term_start and Term_end.";
    CourseNumberWithoutName = "COURSE_NUMBER_WITHOUT_NAME", Warning, [Section, Course], "The section has a course number but no course name; no course was made.",
        "Fill in Course_name.";
    CourseNameConflict = "COURSE_NAME_CONFLICT", Warning, [Course], "Sections with the same course number name the course differently; the most frequent name was used.",
        "Use one name for a course number.";
    StaffRoleUnknown = "STAFF_ROLE_UNKNOWN", Warning, [Staff], "The staff role is not one that is known; Portal Access was used.",
        "Leave it empty or write School Tech Lead.";
    ResourceRoleUnknown = "RESOURCE_ROLE_UNKNOWN", Warning, [Resource], "The resource role is neither teacher nor student; it was left out.",
        "Write teacher, student or both separated by a semicolon.";
    AttendanceNotRead = "ATTENDANCE_NOT_READ", Warning, [File], "attendance.csv cannot be read as a whole; attendance is kept as it was, and the roster is imported all the same.",
        "Repair the file as the text in brackets says, and send it again.";
    AttendanceDateInvalid = "ATTENDANCE_DATE_INVALID", Error, [Attendance], "The day cannot be read, lies before the year 2000 or more than a year ahead; the row is left out.",
        "Write it as 2026-03-02 or 3/2/2026.";
    AttendanceStatusInvalid = "ATTENDANCE_STATUS_INVALID", Error, [Attendance], "The status is not one that is known; the row is left out.",
        "Use present, absent or tardy, or add the word to the table attendance_status of the district's settings.";
    AttendanceTypeInvalid = "ATTENDANCE_TYPE_INVALID", Warning, [Attendance], "The type is not one that is known; section was used if the row names a section, else daily.",
        "Use daily or section.";
    AttendanceSectionMissing = "ATTENDANCE_SECTION_MISSING", Error, [Attendance], "The attendance of a section does not say of which; the row is left out.",
        "Fill in Section_id, or use the type daily.";
    ExtRowUnknown = "EXT_ROW_UNKNOWN", Warning, [School, Student, Teacher, Staff, Section], "No record has that id; the row's extension fields are not used.",
        "Remove the row, or correct its sis_id.";
    ExtOverridden = "EXT_OVERRIDDEN", Info, [School, Student, Teacher, Staff, Section], "The roster file has another value for that extension field; it was used.",
        "Send the field in one of the two files only.";
    SupplementRowUnknown = "SUPPLEMENT_ROW_UNKNOWN", Warning, [Section], "No section has that id; the row is not used.",
        "Remove the row, or correct its Section_id.";
    SupplementOverridden = "SUPPLEMENT_OVERRIDDEN", Info, [Section], "sections.csv has another value for that cell; it was used.",
        "Remove the value from one of the two files.";
    CustomShadowed = "CUSTOM_SHADOWED", Warning, [Custom], "A record of the files has the same key as a custom record; the one of the files was used.",
        "Remove the custom record.";
    CustomRefUnknown = "CUSTOM_REF_UNKNOWN", Warning, [Custom], "A custom record names a record that does not exist any more; it is left out.",
        "Correct the custom record or remove it.";
    TooLong = "TOO_LONG", Warning, [School, Student, Contact, Teacher, Staff, Section, Enrollment, Resource, Attendance], "The value is longer than 255 characters, more than many apps can store.",
        "Shorten it if apps have trouble.";
}
