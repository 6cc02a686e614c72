//! The catalogue of quirks: everything real files do that an importer must survive or derive from, each with a name,
//! a meaning and where the specification says so. The census counts them.

/// Where a quirk is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    Schools,
    Students,
    Households,
    Teachers,
    Staff,
    Sections,
    /// Nowhere on purpose: it comes from how the district is made.
    Natural,
    /// Comes with the days.
    Churn,
}

macro_rules! quirks {
    ($($variant:ident $name:literal $among:ident $rate:literal $source:literal $meaning:literal;)+) => {
        /// One thing that real files do. Quirks whose meaning begins with `Rejected` are rows that an import refuses;
        /// they come on top of a profile's counts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Quirk {
            $(#[doc = $meaning] $variant,)+
        }

        impl Quirk {
            /// Every quirk, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, lower case with underscores.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it is, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// The section of the specification it comes from.
            pub fn source(self) -> &'static str {
                match self { $(Self::$variant => $source,)+ }
            }

            /// Among what it is placed, and at how many of a million.
            pub(crate) fn placing(self) -> (Among, u64) {
                match self { $(Self::$variant => (Among::$among, $rate),)+ }
            }
        }
    };
}

quirks! {
    // Schools.
    SchoolLeadingZeroId "school_leading_zero_id" Schools 40_000 "district-side 1.3" "A school id that begins with a zero: `0348` and `348` are different ids.";
    SchoolWordId "school_word_id" Schools 15_000 "district-side 1.3" "A school id that is a word.";
    SchoolNumberBlank "school_number_blank" Schools 30_000 "district-side 2.1" "No school number: the id stands in for it.";
    SchoolGradeSpelling "school_grade_spelling" Schools 250_000 "district-side 3.1" "A lowest or highest grade in another spelling than the closed list.";
    SchoolGradesInverted "school_grades_inverted" Schools 8_000 "district-side 2.1" "The lowest grade ranks above the highest.";
    SchoolPhoneExtension "school_phone_extension" Schools 120_000 "district-side 2.1" "A school phone with an extension; the text is kept.";
    SchoolPrincipalBlank "school_principal_blank" Schools 20_000 "clever-api 3.2" "A school without a principal.";
    SchoolNcesBlank "school_nces_blank" Schools 60_000 "district-side 2.1" "No NCES id.";
    SchoolWithoutStudents "school_without_students" Natural 0 "district-side 8" "A school without students and sections.";
    SchoolRepeated "school_repeated" Schools 4_000 "district-side 4.2" "Rejected: a second row with the id of a school.";
    SchoolNameBlank "school_name_blank" Schools 4_000 "district-side 4.2" "Rejected: a school row without a name.";
    // Student ids and numbers.
    StudentLeadingZeroId "student_leading_zero_id" Students 20_000 "district-side 1.3" "A student id that begins with a zero.";
    StudentIdTwin "student_id_twin" Students 60 "district-side 1.3" "Two student ids that differ in leading zeros only.";
    StudentIdSpreadsheet "student_id_spreadsheet" Students 80 "district-side 1.3" "A student id that a spreadsheet seems to have damaged (`1.2E+11`, trailing `.0`).";
    StudentNumberBlank "student_number_blank" Students 15_000 "district-side 2.2" "No local student number.";
    StateIdBlank "state_id_blank" Students 40_000 "district-side 2.2" "No state id.";
    // Student names and text.
    NameComma "name_comma" Students 1_500 "district-side 1.3" "A last name with a comma, which needs quotes (`Harris, Jr.`).";
    NameQuote "name_quote" Students 300 "district-side 1.3" "A first name with quotation marks, which are doubled in the file.";
    NameHyphen "name_hyphen" Natural 0 "district-side 1.4" "A hyphen in a name.";
    NameApostrophe "name_apostrophe" Natural 0 "district-side 1.4" "An apostrophe in a name.";
    NameAccent "name_accent" Natural 0 "district-side 1.4" "Letters beyond ASCII in a name.";
    NameUpperCase "name_upper_case" Students 12_000 "district-side 3.8" "A name in capitals.";
    NameVeryLong "name_very_long" Students 80 "district-side 3.8" "A name of more than 255 characters.";
    NamePadded "name_padded" Students 2_000 "district-side 1.3" "Blanks or no-break spaces around a name, to be trimmed.";
    MiddleNameNullWord "middle_name_null_word" Students 2_000 "district-side 1.3" "A word like `NULL` or `N/A` in an optional cell means empty.";
    PreferredName "preferred_name" Students 30_000 "clever-api 3.9" "A preferred name beside the legal one.";
    BadCharacter "bad_character" Students 300 "district-side 1.4" "A control character in a cell.";
    CellLineBreak "cell_line_break" Students 400 "district-side 1.3" "A line break inside a quoted cell.";
    // Student grades.
    GradeInfantToddler "grade_infant_toddler" Natural 0 "clever-api 2.2" "A student of grade `InfantToddler`.";
    GradePreschool "grade_preschool" Natural 0 "clever-api 2.2" "A student of grade `Preschool`.";
    GradePreKindergarten "grade_pre_kindergarten" Natural 0 "clever-api 2.2" "A student of grade `PreKindergarten`.";
    GradeTransitionalKindergarten "grade_transitional_kindergarten" Natural 0 "clever-api 2.2" "A student of grade `TransitionalKindergarten`.";
    GradeThirteen "grade_thirteen" Natural 0 "clever-api 2.2" "A student of grade `13`.";
    GradePostGraduate "grade_post_graduate" Natural 0 "clever-api 2.2" "A student of grade `PostGraduate`.";
    GradeUngraded "grade_ungraded" Natural 0 "clever-api 2.2" "A student of grade `Ungraded`.";
    GradeOther "grade_other" Students 300 "clever-api 2.2" "A student of grade `Other`.";
    GradeBlank "grade_blank" Students 1_500 "district-side 3.1" "No grade.";
    GradeSpelling "grade_spelling" Students 60_000 "district-side 3.1" "A grade in another spelling than the closed list.";
    GradeInvalid "grade_invalid" Students 200 "district-side 3.1" "A grade nobody can map.";
    GradeList "grade_list" Students 200 "district-side 3.1" "A range of grades for one student.";
    GradeOutsideSchool "grade_outside_school" Students 500 "district-side 8" "A grade outside the range of the student's school.";
    GraduationYearInvalid "graduation_year_invalid" Students 300 "district-side 8" "A graduation year that is no year.";
    // Student demography.
    GenderX "gender_x" Students 3_000 "clever-api 2.2" "Gender X, which older API versions do not know.";
    GenderWord "gender_word" Students 30_000 "district-side 3.2" "A gender as a word.";
    GenderBlank "gender_blank" Students 5_000 "district-side 3.2" "No gender.";
    GenderInvalid "gender_invalid" Students 300 "district-side 3.2" "A gender nobody can map.";
    DobBlank "dob_blank" Students 6_000 "district-side 8" "No date of birth.";
    DobSpelling "dob_spelling" Students 100_000 "district-side 3.6" "A date of birth in another spelling than M/D/YYYY.";
    DobTwoDigitYear "dob_two_digit_year" Students 3_000 "district-side 3.6" "A date of birth with a year of two digits.";
    DobInvalid "dob_invalid" Students 200 "district-side 3.6" "A date of birth that is no date.";
    DobImplausible "dob_implausible" Students 150 "district-side 3.6" "A date of birth that makes the student an adult long since.";
    RaceCode "race_code" Students 200_000 "district-side 3.3" "A race as a letter code.";
    RaceWord "race_word" Students 40_000 "district-side 3.3" "A race as another word than the closed list has.";
    RaceBlank "race_blank" Students 15_000 "district-side 3.3" "No race.";
    RaceInvalid "race_invalid" Students 200 "district-side 3.3" "A race nobody can map, such as another SIS's number.";
    RaceHispanic "race_hispanic" Students 3_000 "district-side 3.3" "`Hispanic` as a race: the ethnicity follows from it when its cell is empty.";
    RaceList "race_list" Students 2_000 "district-side 3.3" "Several race codes in one cell.";
    RaceAmbiguous "race_ambiguous" Students 300 "district-side 3.3" "The race code `H`, which two groups claim.";
    FlagWord "flag_word" Students 60_000 "district-side 3.4" "A yes or no in another form than Y or N.";
    FlagInvalid "flag_invalid" Students 250 "district-side 3.4" "A flag nobody can map.";
    FlagBlank "flag_blank" Students 30_000 "district-side 3.4" "Flags left empty.";
    LanguageSpelling "language_spelling" Students 80_000 "district-side 3.5" "A home language as a code or a variant of its name.";
    LanguageInvalid "language_invalid" Students 300 "district-side 3.5" "A home language nobody can map.";
    LanguageBlank "language_blank" Students 30_000 "district-side 3.5" "No home language.";
    LanguageOutsideOldList "language_outside_old_list" Natural 0 "clever-api 2.2" "A home language that only the newest API version knows.";
    FrlCode "frl_code" Students 300_000 "district-side 3.4" "A lunch status as a code.";
    FrlAmbiguous "frl_ambiguous" Students 2_000 "district-side 3.4" "A lunch status `Y`, which may be free or reduced.";
    FrlOther "frl_other" Students 1_000 "clever-api 2.2" "Lunch status `Other`, which only the newest API version knows.";
    Gifted "gifted" Natural 0 "clever-api 3.9" "A gifted student.";
    Section504 "section504" Natural 0 "clever-api 3.9" "A student with a section 504 plan.";
    EnglishLearner "english_learner" Natural 0 "clever-api 3.9" "A student who learns English.";
    Iep "iep" Natural 0 "clever-api 3.9" "A student with an individual education plan.";
    DisabilityBoth "disability_both" Natural 0 "district-side 3.7" "A disability with type and code.";
    DisabilityTypeOnly "disability_type_only" Natural 0 "district-side 3.7" "A disability with its type only: the code follows.";
    DisabilityCodeOnly "disability_code_only" Natural 0 "district-side 3.7" "A disability with its code only: the type follows.";
    // Student accounts and rows.
    EmailBlank "email_blank" Students 80_000 "district-side 8" "A student without an email.";
    EmailWithoutAt "email_without_at" Students 1_000 "clever-api 2.1" "An email without `@`, served as it came.";
    EmailShared "email_shared" Students 600 "clever-api 1.2" "Two students with one email: students never merge.";
    EmailUpperCase "email_upper_case" Students 10_000 "district-side 3.8" "Capitals in an email; comparisons fold them.";
    EmailAccent "email_accent" Students 500 "district-side 1.4" "Letters beyond ASCII in an email.";
    UsernameBlank "username_blank" Students 10_000 "district-side 8" "A student without a user name.";
    UsernameShared "username_shared" Students 300 "district-side 8" "Two students with one user name.";
    PasswordPresent "password_present" Students 100_000 "district-side 2.2" "A password in the file, which must never be kept.";
    ExtensionField "extension_field" Natural 0 "clever-api 3.11" "A filled extension column.";
    RowCutShort "row_cut_short" Students 500 "district-side 1.3" "A row without its empty trailing cells; it is kept.";
    RowPadded "row_padded" Students 300 "district-side 1.3" "A row with extra empty cells; it is kept.";
    StudentSchoolUnknown "student_school_unknown" Students 150 "district-side 4.2" "Rejected: a student of a school that is not in the files.";
    StudentRequiredBlank "student_required_blank" Students 200 "district-side 4.2" "Rejected: a student row without a name or an id.";
    StudentRowLong "student_row_long" Students 80 "district-side 4.2" "Rejected: a student row with more values than columns.";
    StudentRowShort "student_row_short" Students 80 "district-side 4.2" "Rejected: a student row that ends before a required cell.";
    // Students, schools and sections.
    StudentWithoutSection "student_without_section" Natural 0 "district-side 8" "A student in no section: the SIS school is the primary one.";
    StudentAtSeveralSchools "student_at_several_schools" Students 12_000 "clever-api 1.2" "A student with a section of another school.";
    PrimarySchoolElsewhere "primary_school_elsewhere" Students 1_500 "district-side 6.1" "A student most of whose sections are at another school than the SIS says.";
    PrimarySchoolTie "primary_school_tie" Students 1_500 "district-side 6.1" "A student with as many sections at one school as at the other.";
    // Contacts.
    ContactNone "contact_none" Natural 0 "district-side 2.3" "A student without contacts: one row.";
    ContactFive "contact_five" Natural 0 "district-side 2.3" "A student with five contacts, the most that are kept.";
    ContactSix "contact_six" Natural 0 "district-side 4.2" "Rejected: contacts beyond a student's fifth.";
    ContactShared "contact_shared" Natural 0 "clever-api 1.2" "A contact that a student shares with an older sibling.";
    ContactTwoRelations "contact_two_relations" Households 6_000 "clever-api 1.2" "A contact who is not the same to both siblings.";
    ContactSisId "contact_sis_id" Natural 0 "district-side 5.2" "A contact with an id of its own, which makes it stable.";
    ContactWithoutSisId "contact_without_sis_id" Households 200_000 "district-side 5.2" "A contact without an id of its own.";
    ContactKeyEmail "contact_key_email" Natural 0 "district-side 5.2" "A contact known by name and email.";
    ContactKeyPhone "contact_key_phone" Natural 0 "district-side 5.2" "A contact known by name and phone.";
    ContactKeyWords "contact_key_words" Natural 0 "district-side 5.2" "A contact known by name, type, relationship and phone type only.";
    ContactNameMissing "contact_name_missing" Households 2_000 "district-side 4.2" "Rejected: a contact without a name; the student stays.";
    ContactTypeWord "contact_type_word" Natural 0 "district-side 3.7" "A contact type in another word than the closed list has.";
    ContactTypeBlank "contact_type_blank" Households 8_000 "district-side 2.3" "A contact without a type.";
    ContactTypeIsRelation "contact_type_is_relation" Households 15_000 "district-side 3.7" "A relationship word in the type column, the relationship empty.";
    ContactRelationWord "contact_relation_word" Natural 0 "district-side 3.7" "A relationship in another word than the closed list has.";
    ContactPhoneExtension "contact_phone_extension" Households 20_000 "district-side 3.7" "A contact phone with an extension.";
    ContactPhonePunctuated "contact_phone_punctuated" Households 300_000 "district-side 3.7" "A contact phone with brackets, dots or hyphens.";
    ContactPhoneCountry "contact_phone_country" Households 50_000 "district-side 3.7" "A contact phone of eleven digits.";
    ContactPhoneShort "contact_phone_short" Households 5_000 "district-side 3.7" "A contact phone with too few digits.";
    ContactPhoneTypeWord "contact_phone_type_word" Natural 0 "district-side 3.7" "A phone type in another word than the closed list has.";
    ContactEmailBlank "contact_email_blank" Natural 0 "district-side 2.3" "A contact without an email.";
    ContactIsEmployee "contact_is_employee" Households 4_000 "clever-api 1.2" "A contact with the email of a teacher: contacts never merge.";
    ContactRowRepeated "contact_row_repeated" Students 600 "district-side 2.3" "The same contact twice for one student; the rows collapse.";
    StudentRowsDisagree "student_rows_disagree" Students 900 "district-side 2.3" "Contact rows of one student that differ in a student cell; the first wins.";
    // Teachers.
    TeacherEmailBlank "teacher_email_blank" Teachers 9_000 "district-side 8" "A teacher without an email.";
    TeacherEmailWithoutAt "teacher_email_without_at" Teachers 1_000 "district-side 3.8" "A teacher email without `@`, which merges with nobody.";
    TeacherEmailShared "teacher_email_shared" Teachers 800 "district-side 5.3" "Two teachers with one email: two people.";
    TeacherTitleBlank "teacher_title_blank" Natural 0 "district-side 2.4" "A teacher without a title.";
    TeacherNumberBlank "teacher_number_blank" Teachers 40_000 "district-side 2.4" "A teacher without a number.";
    TeacherUsernameBlank "teacher_username_blank" Teachers 30_000 "district-side 8" "A teacher without a user name.";
    TeacherIdOfStudent "teacher_id_of_student" Teachers 400 "district-side 4.3" "A teacher with the id of a student: the name spaces are separate.";
    TeacherNoSection "teacher_no_section" Natural 0 "district-side 8" "A teacher without sections.";
    TeacherAtSeveralSchools "teacher_at_several_schools" Natural 0 "district-side 2.4" "A teacher with sections at another school.";
    TeacherPrimaryElsewhere "teacher_primary_elsewhere" Natural 0 "district-side 6.1" "A teacher most of whose sections are at another school than the SIS says.";
    TeacherRepeated "teacher_repeated" Teachers 400 "district-side 4.2" "Rejected: a second row with the id of a teacher.";
    TeacherIdBlank "teacher_id_blank" Teachers 2_000 "district-side 4.2" "Rejected: a teacher row without an id.";
    TeacherSchoolUnknown "teacher_school_unknown" Teachers 400 "district-side 4.2" "Rejected: a teacher of a school that is not in the files.";
    // Staff.
    StaffIsTeacher "staff_is_teacher" Staff 250_000 "district-side 5.3" "One person in teachers.csv and staff.csv, merged by email.";
    StaffIdOfTeacher "staff_id_of_teacher" Natural 0 "district-side 4.3" "A staff record with the id of a teacher record.";
    MergeNameMismatch "merge_name_mismatch" Staff 6_000 "district-side 5.3" "Merged by email although the names disagree.";
    MergeAmbiguous "merge_ambiguous" Staff 5_000 "district-side 5.3" "A staff record with an email that two teachers share merges with neither.";
    MergeEmailCase "merge_email_case" Staff 10_000 "district-side 5.3" "The two records of one person write the email in different case.";
    StaffEmailShared "staff_email_shared" Staff 12_000 "district-side 5.3" "Two staff records with one email: two people.";
    StaffAtSeveralSchools "staff_at_several_schools" Staff 50_000 "district-side 2.7" "A staff member of several schools: a row per school.";
    StaffRowsDisagree "staff_rows_disagree" Staff 4_000 "district-side 2.7" "Rows of one staff member that differ; the first wins.";
    StaffRoleBlank "staff_role_blank" Natural 0 "district-side 2.7" "No role, which means portal access.";
    StaffTechLead "staff_tech_lead" Natural 0 "district-side 2.7" "A school tech lead, by either of its two words.";
    StaffRoleOdd "staff_role_odd" Staff 10_000 "district-side 2.7" "A role nobody knows.";
    StaffDepartmentBlank "staff_department_blank" Natural 0 "district-side 2.7" "A staff member without a department.";
    StaffEmailBlank "staff_email_blank" Staff 4_000 "district-side 4.2" "Rejected: a staff row without an email.";
    StaffSchoolUnknown "staff_school_unknown" Staff 4_000 "district-side 4.2" "Rejected: a staff row of a school that is not in the files.";
    // Sections: teachers and students.
    SectionCoTeachers "section_co_teachers" Sections 60_000 "clever-api 2.3" "A section with co-teachers.";
    SectionNineCoTeachers "section_nine_co_teachers" Sections 250 "clever-api 2.3" "A section with nine co-teachers, as many as there can be.";
    SectionTeacherRepeated "section_teacher_repeated" Sections 1_500 "district-side 2.5" "A teacher named twice in one section.";
    SectionTeacherUnknown "section_teacher_unknown" Sections 4_000 "district-side 4.2" "A section that names a teacher who is not in the files, and no other.";
    SectionNoTeacher "section_no_teacher" Sections 5_000 "district-side 2.5" "A section without a teacher.";
    SectionPrimaryBlank "section_primary_blank" Sections 1_200 "district-side 2.5" "No primary teacher, but a co-teacher, who is promoted.";
    SectionPrimaryUnknown "section_primary_unknown" Sections 800 "district-side 2.5" "An unknown primary teacher, but a co-teacher, who is promoted.";
    SectionTeacherFromElsewhere "section_teacher_from_elsewhere" Sections 7_000 "clever-api 1.2" "A section whose teacher belongs to another school.";
    SectionWithoutStudents "section_without_students" Natural 0 "clever-api 2.3" "A section without students: kept, not served.";
    SectionLarge "section_large" Natural 0 "district-side 8" "A section of more than a hundred students.";
    // Sections: names, grades and subjects.
    SectionNameBlank "section_name_blank" Sections 80_000 "district-side 6.2" "No section name: course, teacher and period make one.";
    SectionNameless "section_nameless" Sections 500 "district-side 6.2" "No name and nothing to make one of: number or id do.";
    SectionNameRepeated "section_name_repeated" Natural 0 "district-side 6.2" "A section named exactly as one before it in the same school and period.";
    SectionPeriodBlank "section_period_blank" Natural 0 "clever-api 2.3" "A section without a period.";
    SectionNumberBlank "section_number_blank" Sections 20_000 "district-side 2.5" "A section without a number.";
    SectionGradeBlank "section_grade_blank" Sections 90_000 "district-side 6.3" "No section grade: the students tell.";
    SectionGradeTie "section_grade_tie" Natural 0 "district-side 6.3" "A section without a grade whose students are of two grades equally often.";
    SectionGrade99 "section_grade99" Sections 40_000 "district-side 3.1" "Section grade `99`: the students tell.";
    SectionGradeRange "section_grade_range" Natural 0 "district-side 3.1" "A range or `Multiple` as a section grade.";
    SectionGradeSpreadsheet "section_grade_spreadsheet" Sections 4_000 "district-side 3.1" "A range that a spreadsheet took for a date (`8-Jun`).";
    SectionGradeSpelling "section_grade_spelling" Sections 150_000 "district-side 3.1" "A section grade in another spelling than the closed list.";
    SectionGradeMismatch "section_grade_mismatch" Sections 600 "district-side 8" "A section grade that none of its students has.";
    SectionSubjectSisWord "section_subject_sis_word" Natural 0 "district-side 6.4" "A subject in the words of the SIS.";
    SectionSubjectFromCourse "section_subject_from_course" Natural 0 "district-side 6.4" "No subject, but a course name that tells it.";
    SectionSubjectFromName "section_subject_from_name" Natural 0 "district-side 6.4" "No subject and no course, but a section name that tells it.";
    SectionSubjectOverride "section_subject_override" Natural 0 "district-side 6.4" "No subject, and a name with a phrase that means another subject than its words.";
    SectionSubjectOther "section_subject_other" Natural 0 "district-side 6.4" "No subject, and names that do not tell it.";
    SectionSubjectNone "section_subject_none" Natural 0 "district-side 6.4" "No subject and no names at all.";
    SectionIdCase "section_id_case" Sections 200 "district-side 5.2" "Two section ids that differ in case only.";
    SectionRepeated "section_repeated" Sections 200 "district-side 4.2" "Rejected: a second row with the id of a section.";
    SectionIdBlank "section_id_blank" Sections 150 "district-side 4.2" "Rejected: a section row without an id.";
    SectionSchoolUnknown "section_school_unknown" Sections 150 "district-side 4.2" "Rejected: a section of a school that is not in the files.";
    // Courses and terms.
    CourseNumbered "course_numbered" Natural 0 "district-side 5.4" "A section whose course is known by its number.";
    CourseNameDiffers "course_name_differs" Sections 30_000 "district-side 5.4" "A course number with another name than elsewhere.";
    CourseByName "course_by_name" Sections 50_000 "district-side 5.4" "A course without a number, known by its name.";
    CourseNumberOnly "course_number_only" Sections 1_500 "district-side 5.4" "A course number without a name: no course.";
    CourseNumberReused "course_number_reused" Sections 500 "district-side 5.4" "A course number that another school uses for another course.";
    SectionWithoutCourse "section_without_course" Sections 8_000 "district-side 5.4" "A section without a course.";
    CourseDescription "course_description" Sections 20_000 "district-side 2.5" "A course description, which only the oldest API versions serve.";
    TermYear "term_year" Natural 0 "clever-api 2.1" "A section of the whole year.";
    TermSemester "term_semester" Natural 0 "clever-api 2.1" "A section of a semester.";
    TermQuarter "term_quarter" Natural 0 "clever-api 2.1" "A section of a quarter.";
    TermSpelling "term_spelling" Sections 200_000 "district-side 5.4" "Term dates in another spelling of the same days.";
    TermNameOnly "term_name_only" Sections 2_000 "district-side 5.4" "A term with a name only.";
    TermDatesOnly "term_dates_only" Sections 3_000 "district-side 5.4" "A term with dates only.";
    TermStartOnly "term_start_only" Sections 1_500 "district-side 5.4" "A term with a first day and no last one.";
    TermMissing "term_missing" Sections 6_000 "district-side 8" "A section without a term.";
    TermInverted "term_inverted" Sections 250 "district-side 3.6" "A term that ends before it begins.";
    // Enrollments and resources.
    EnrollmentRepeated "enrollment_repeated" Students 1_500 "district-side 2.6" "The same student in the same section twice; the rows collapse.";
    EnrollmentSchoolMismatch "enrollment_school_mismatch" Students 2_000 "district-side 2.6" "An enrollment that names another school than its section's.";
    EnrollmentSchoolBlank "enrollment_school_blank" Students 3_000 "district-side 2.6" "An enrollment without a school.";
    EnrollmentSectionUnknown "enrollment_section_unknown" Students 400 "district-side 4.2" "Rejected: an enrollment in a section that is not kept.";
    EnrollmentStudentUnknown "enrollment_student_unknown" Students 400 "district-side 4.2" "Rejected: an enrollment of a student who is not kept.";
    EnrollmentRequiredBlank "enrollment_required_blank" Students 100 "district-side 4.2" "Rejected: an enrollment without a student or a section.";
    ResourceWithCourse "resource_with_course" Natural 0 "district-side 2.8" "A resource attached to a course.";
    ResourceWithoutCourse "resource_without_course" Natural 0 "district-side 2.8" "A resource attached to no course.";
    ResourceCourseUnknown "resource_course_unknown" Natural 0 "district-side 2.8" "A resource for a course number no section has.";
    ResourceBothRoles "resource_both_roles" Natural 0 "district-side 2.8" "A resource for teachers and students.";
    // What happens after day 0.
    StudentArrived "student_arrived" Churn 0 "clever-api 1.2" "A student who was not there on day 0.";
    StudentWithdrew "student_withdrew" Churn 0 "district-side 13" "A student who has left; the row is gone.";
    StudentReturned "student_returned" Churn 0 "clever-api 1.2" "A student who left and came back under the same id.";
    StudentMoved "student_moved" Churn 0 "clever-api 6.1" "A student who has changed school.";
    StudentScheduleChanged "student_schedule_changed" Churn 0 "district-side 7.6" "A student who has changed, added or dropped a class.";
    StudentEdited "student_edited" Churn 0 "district-side 7.6" "A student whose own columns have changed.";
    HouseholdMoved "household_moved" Churn 0 "district-side 7.6" "A student whose address has changed.";
    ContactChangedWithSisId "contact_changed_with_sis_id" Churn 0 "district-side 5.2" "A changed contact with an id of its own: updated in place.";
    ContactChangedWithoutSisId "contact_changed_without_sis_id" Churn 0 "district-side 5.2" "A changed contact without an id: deleted and created anew.";
    ContactAdded "contact_added" Churn 0 "district-side 5.2" "A contact who was not there on day 0.";
    ContactRemoved "contact_removed" Churn 0 "district-side 5.2" "A contact who is gone.";
    TeacherLeft "teacher_left" Churn 0 "district-side 7.6" "A teacher who has left.";
    TeacherHired "teacher_hired" Churn 0 "district-side 7.6" "A teacher who was not there on day 0.";
    TeacherEdited "teacher_edited" Churn 0 "district-side 5.2" "A teacher whose name, title or email has changed.";
    MergedEmailSplit "merged_email_split" Churn 0 "district-side 5.3" "A person in two files whose email changed in one of them only.";
    SectionTeacherStale "section_teacher_stale" Churn 0 "district-side 2.5" "A section that still names a teacher who has left.";
    SectionTeacherChanged "section_teacher_changed" Churn 0 "district-side 7.6" "A section that another teacher has taken over.";
    SectionCancelled "section_cancelled" Churn 0 "district-side 7.6" "A section that is gone.";
    SectionOpened "section_opened" Churn 0 "district-side 7.6" "A section that was not there on day 0.";
    SectionEdited "section_edited" Churn 0 "district-side 7.6" "A section whose own columns have changed.";
    CourseRenamed "course_renamed" Churn 0 "district-side 5.4" "A section whose course has a new name under its number.";
    StaffLeft "staff_left" Churn 0 "district-side 7.6" "A staff member who has left.";
    StaffHired "staff_hired" Churn 0 "district-side 7.6" "A staff member who was not there on day 0.";
    StaffEdited "staff_edited" Churn 0 "district-side 7.6" "A staff member whose columns have changed.";
    SchoolEdited "school_edited" Churn 0 "district-side 7.6" "A school with a new phone or address.";
}

impl Quirk {
    /// Whether it is something that happens after day 0: the census of day 0 has none of it.
    pub fn evolves(self) -> bool {
        self.placing().0 == Among::Churn
    }

    /// Whether it is a row that an import refuses.
    pub fn rejects(self) -> bool {
        self.meaning().starts_with("Rejected")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_distinct_and_everything_is_explained() {
        let names: BTreeSet<_> = Quirk::ALL.iter().map(|quirk| quirk.name()).collect();
        assert_eq!(names.len(), Quirk::ALL.len());
        for (at, quirk) in Quirk::ALL.iter().enumerate() {
            assert_eq!(*quirk as usize, at);
            assert!(quirk.meaning().ends_with('.'), "{}", quirk.name());
            let source = quirk.source();
            let known = source.starts_with("clever-api ") || source.starts_with("district-side ");
            assert!(known, "{}", quirk.name());
        }
    }
}
