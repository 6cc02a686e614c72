//! Fields an app may or may not see: what a [`crate::Mask`] is made of.

/// A field that a district or an app can leave out (district-side 9.3). Ids, names and keys are not among them: a
/// record without those is of no use to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is the record and the published name of the field"
)]
pub enum Field {
    SchoolExt,
    SchoolPrincipal,
    SchoolPhone,
    SchoolLocation,
    StudentNumber,
    StudentStateId,
    StudentPreferredName,
    StudentGrade,
    StudentGender,
    StudentGraduationYear,
    StudentDob,
    StudentRace,
    StudentHispanicEthnicity,
    StudentHomeLanguage,
    StudentEllStatus,
    StudentIepStatus,
    StudentFrlStatus,
    StudentSection504Status,
    StudentGiftedStatus,
    StudentDisability,
    StudentLocation,
    StudentEmail,
    StudentCredentials,
    StudentExt,
    TeacherNumber,
    TeacherStateId,
    TeacherTitle,
    TeacherCredentials,
    TeacherExt,
    StaffDepartment,
    StaffTitle,
    StaffCredentials,
    StaffExt,
    EmployeeEmail,
    ContactEmail,
    ContactPhone,
    SectionExt,
}

/// A set of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FieldSet(u64);

impl FieldSet {
    /// No field.
    pub const NONE: Self = Self(0);

    /// The set with a field added.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }

    /// Whether the field is in the set.
    pub const fn contains(self, field: Field) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    /// The set as a number, for digests.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::NONE, Self::with)
    }
}
