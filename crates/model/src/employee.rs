//! The three roles of an employee. Employees of one district merge into one person by equal email (district-side 5.3);
//! each role keeps a record and an id of its own.

use crate::{Ext, Name, Text};

/// A teacher record (clever-api 3.6, district-side 2.4). Key: `sis_id`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Teacher<'a> {
    /// The teacher's id in the SIS.
    pub sis_id: Text<'a>,
    /// School the SIS names; the primary school served may be another one (district-side 6.1).
    pub school_sis_id: Text<'a>,
    /// Local number.
    pub number: Text<'a>,
    /// Id given by the state.
    pub state_id: Text<'a>,
    /// Email, as sent.
    pub email: Text<'a>,
    /// Name.
    pub name: Name<'a>,
    /// Title.
    pub title: Text<'a>,
    /// User name in the district.
    pub username: Text<'a>,
    /// Extension fields.
    pub ext: Ext<'a>,
    /// Kept by a person beside the files; a record of the files with the same key takes its place (district-side 9.6).
    pub custom: bool,
}

/// A staff record, `school_admin` before version 3 (clever-api 3.7 and 3.9, district-side 2.7). Key: `staff_id`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Staff<'a> {
    /// The staff id in the SIS.
    pub staff_id: Text<'a>,
    /// Email, as sent.
    pub email: Text<'a>,
    /// Name.
    pub name: Name<'a>,
    /// Department.
    pub department: Text<'a>,
    /// Title.
    pub title: Text<'a>,
    /// User name in the district.
    pub username: Text<'a>,
    /// Names of dashboard permissions, ascending, each once.
    pub roles: Vec<Text<'a>>,
    /// Extension fields.
    pub ext: Ext<'a>,
    /// Added by a person, not by a file: no import removes it.
    pub kept_by_hand: bool,
    /// Kept by a person beside staff.csv; a record of the file with the same id takes its place (district-side 9.6).
    pub custom: bool,
}

/// A district administrator (clever-api 3.7 and 3.9). Never in a file: added by a person. Key: `key`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct DistrictAdmin<'a> {
    /// What identifies the record inside the district.
    pub key: Text<'a>,
    /// Email, as entered.
    pub email: Text<'a>,
    /// Name.
    pub name: Name<'a>,
    /// Title.
    pub title: Text<'a>,
}

crate::name::redacted!(Teacher<'_>, Staff<'_>, DistrictAdmin<'_>);

/// An employee: one person with one to three roles (district-side 5.3).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Employee<'a> {
    /// The teacher role.
    pub teacher: Option<Teacher<'a>>,
    /// The staff role.
    pub staff: Option<Staff<'a>>,
    /// The district admin role.
    pub admin: Option<DistrictAdmin<'a>>,
}

crate::name::redacted!(Employee<'_>);
