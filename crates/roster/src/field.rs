//! The fields of records: one line each. The SQL of reading and writing them is made from these lines by the compiler.

use crate::Kind;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A number; yes and no are 1 and 0.
    Number,
    /// A moment: milliseconds since 1970 UTC.
    Moment,
    /// The id of a record of that kind.
    Reference(Kind),
    /// A JSON document.
    Json,
}

/// A field of a record, or of a role of a person.
#[derive(Clone, Copy)]
pub struct Field {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) index: usize,
    pub(crate) get: &'static str,
    pub(crate) set: &'static str,
}

impl Field {
    /// The table it stands in: a kind's name, or `role`.
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// Its name, which is the column's.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it holds.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Its place in [`Table::fields`].
    pub fn index(&self) -> usize {
        self.index
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        (self.table, self.index) == (other.table, other.index)
    }
}

impl Eq for Field {}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.table, self.name)
    }
}

/// The fields of a kind or of roles, and the SQL that reads and writes whole rows.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The table's name.
    pub name: &'static str,
    /// Its fields, in the order of columns.
    pub fields: &'static [Field],
    pub(crate) insert: &'static str,
    pub(crate) select: &'static str,
    pub(crate) scan: &'static str,
    pub(crate) delete: &'static str,
}

impl Table {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<Field> {
        self.fields.iter().copied().find(|field| field.name == name)
    }
}

/// The fields of a kind.
pub fn table(kind: Kind) -> &'static Table {
    match kind {
        Kind::School => &school::TABLE,
        Kind::Term => &term::TABLE,
        Kind::Course => &course::TABLE,
        Kind::Section => &section::TABLE,
        Kind::Person => &person::TABLE,
        Kind::Profile => &profile::TABLE,
    }
}

macro_rules! fields {
    ($(#[$doc:meta])* $module:ident, $table:literal, keys $key:literal $keys:literal, one $one:literal, order $order:literal,
     $( $id:ident $name:literal $form:expr, $meaning:literal; )*) => {
        $(#[$doc])*
        pub mod $module {
            use super::{Field, Form, Table};
            use crate::Kind;

            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "gives each field its place")]
            enum At { $($id),* }

            $(
                #[doc = $meaning]
                pub const $id: Field = Field {
                    table: $table,
                    name: $name,
                    form: $form,
                    index: At::$id as usize,
                    get: concat!("SELECT ", $name, " FROM ", $table, " WHERE ", $one),
                    set: concat!("UPDATE ", $table, " SET ", $name, " = ?3 WHERE ", $one, " AND ", $name, " IS ?4"),
                };
            )*

            /// The fields and their SQL.
            pub static TABLE: Table = Table {
                name: $table,
                fields: &[$($id),*],
                insert: concat!("INSERT INTO ", $table, " (", $key, $(", ", $name,)* ") VALUES (", $keys, $(fields!(@mark $name),)* ")"),
                select: concat!("SELECT ", $key, $(", ", $name,)* " FROM ", $table, " WHERE ", $one),
                scan: concat!("SELECT ", $key, $(", ", $name,)* " FROM ", $table, " WHERE ", $order),
                delete: concat!("DELETE FROM ", $table, " WHERE ", $one),
            };

            // Not every field is a reference.
            const _: Option<Kind> = None;
        }
    };
    (@mark $name:literal) => { ", ?" };
}

macro_rules! records {
    ($(#[$doc:meta])* $module:ident, $table:literal, $($rest:tt)*) => {
        fields! { $(#[$doc])* $module, $table, keys "id" "?", one "id = ?1 AND ?2 IS NULL",
            order "id BETWEEN ?1 * 1000000000 AND ?1 * 1000000000 + 999999999 ORDER BY id", $($rest)* }
    };
}

records! {
    /// Schools.
    school, "school",
    ORIGIN "origin" Form::Text, "Where it comes from: `source`, `manual`, or `adopted` (made here, then met in the source).";
    STATE "state" Form::Text, "`active` or `archived` (integration-side B7).";
    REASON "reason" Form::Text, "Why it is archived: a reason code.";
    SINCE "since" Form::Moment, "Since when it is in its state.";
    NAME "name" Form::Text, "Name.";
    SIS_ID "sis_id" Form::Text, "Id in the student information system.";
    NUMBER "number" Form::Text, "School number.";
    STATE_ID "state_id" Form::Text, "Id the state gives.";
    LOW_GRADE "low_grade" Form::Text, "Lowest grade taught.";
    HIGH_GRADE "high_grade" Form::Text, "Highest grade taught.";
    EXT "ext" Form::Json, "Whatever else the app is configured to use.";
}

records! {
    /// Terms.
    term, "term",
    ORIGIN "origin" Form::Text, "Where it comes from: `source`, `manual` or `adopted`.";
    STATE "state" Form::Text, "`active` or `archived`.";
    REASON "reason" Form::Text, "Why it is archived.";
    SINCE "since" Form::Moment, "Since when it is in its state.";
    NAME "name" Form::Text, "Name.";
    START_DATE "start_date" Form::Date, "First day.";
    END_DATE "end_date" Form::Date, "Last day.";
    SUCCESSOR "successor" Form::Reference(Kind::Term), "The term of the same name and dates that came in its place (integration-side A6.6).";
    EXT "ext" Form::Json, "Whatever else the app is configured to use.";
}

records! {
    /// Courses.
    course, "course",
    ORIGIN "origin" Form::Text, "Where it comes from: `source`, `manual` or `adopted`.";
    STATE "state" Form::Text, "`active` or `archived`.";
    REASON "reason" Form::Text, "Why it is archived.";
    SINCE "since" Form::Moment, "Since when it is in its state.";
    NAME "name" Form::Text, "Name.";
    NUMBER "number" Form::Text, "Course number.";
    SCHOOL "school" Form::Reference(Kind::School), "The school, for apps that keep courses per school (integration-side A6.8).";
    COPY_OF "copy_of" Form::Reference(Kind::Course), "The district's course that this school's copy stands for.";
    EXT "ext" Form::Json, "Whatever else the app is configured to use.";
}

records! {
    /// Sections.
    section, "section",
    ORIGIN "origin" Form::Text, "Where it comes from: `source`, `manual` or `adopted`.";
    STATE "state" Form::Text, "`active` or `archived`.";
    REASON "reason" Form::Text, "Why it is archived.";
    SINCE "since" Form::Moment, "Since when it is in its state.";
    NAME "name" Form::Text, "The source's name; a display name is the app's own.";
    SCHOOL "school" Form::Reference(Kind::School), "Its school.";
    COURSE "course" Form::Reference(Kind::Course), "Its course.";
    TERM "term" Form::Reference(Kind::Term), "Its term.";
    SIS_ID "sis_id" Form::Text, "Id in the student information system.";
    NUMBER "number" Form::Text, "Section number.";
    PERIOD "period" Form::Text, "Period.";
    SUBJECT "subject" Form::Text, "Subject.";
    GRADE "grade" Form::Text, "Grade, as the source says; unreliable.";
    CARRIED_FROM "carried_from" Form::Reference(Kind::Section), "The section whose settings were carried over to this one.";
    EXT "ext" Form::Json, "Whatever else the app is configured to use.";
}

records! {
    /// People.
    person, "person",
    ORIGIN "origin" Form::Text, "Where the account comes from: `source`, `manual` or `adopted`.";
    SOURCE_STATE "source_state" Form::Text, "First switch (integration-side B7): `present`, `missing`, `disconnected`, `never`.";
    SOURCE_REASON "source_reason" Form::Text, "Why the source's switch stands so.";
    SOURCE_SINCE "source_since" Form::Moment, "Since when.";
    APP_STATE "app_state" Form::Text, "Second switch: `ok`, `suspended`, `merged_into`, `purged`.";
    APP_REASON "app_reason" Form::Text, "Why the app's switch stands so.";
    APP_SINCE "app_since" Form::Moment, "Since when.";
    MERGED_INTO "merged_into" Form::Reference(Kind::Person), "The account this one became part of.";
    FIRST_NAME "first_name" Form::Text, "First name.";
    MIDDLE_NAME "middle_name" Form::Text, "Middle name.";
    LAST_NAME "last_name" Form::Text, "Last name; of contacts the whole name.";
    EMAIL "email" Form::Text, "Email address, not verified by anybody.";
    LOGIN_NAME "login_name" Form::Text, "The app's own login name, unique in the app, never matched by (integration-side A3.4).";
}

records! {
    /// Profiles.
    profile, "profile",
    STATE "state" Form::Text, "`active` or `archived`.";
    REASON "reason" Form::Text, "Why it is archived.";
    SINCE "since" Form::Moment, "Since when it is in its state.";
    PERSON "person" Form::Reference(Kind::Person), "Whose it is.";
    SECTION "section" Form::Reference(Kind::Section), "The class it is for, under `profile_per_section`.";
    SCHOOL "school" Form::Reference(Kind::School), "The school it is for, under `profile_per_school`.";
    LABEL "label" Form::Text, "What a chooser shows.";
    IS_DEFAULT "is_default" Form::Number, "Whether it is the one that is used where nobody chose.";
    ROLE "role" Form::Text, "The role it is for, under `account_per_role` (integration-side A3.9).";
}

fields! {
    /// Roles of people.
    role, "role", keys "person, role" "?, ?", one "person = ?1 AND role = ?2",
    order "person BETWEEN ?1 * 1000000000 AND ?1 * 1000000000 + 999999999 ORDER BY person, role",
    SIS_ID "sis_id" Form::Text, "Id in the student information system, in this role.";
    NUMBER "number" Form::Text, "Student or teacher number.";
    STATE_ID "state_id" Form::Text, "Id the state gives.";
    GRADE "grade" Form::Text, "Grade of a student.";
    GRADUATION_YEAR "graduation_year" Form::Number, "Year of graduation.";
    BIRTH_DATE "birth_date" Form::Date, "Date of birth.";
    TITLE "title" Form::Text, "Title of an employee.";
    EXT "ext" Form::Json, "Whatever else the app is configured to use.";
}
