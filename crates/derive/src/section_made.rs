//! What of a section had to be made because the SIS does not send it.

/// What of a section is not what the SIS sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// The SIS sends no name.
    pub(crate) name: bool,
    /// The grade is that of the students.
    pub(crate) grade: bool,
    /// Nothing tells the subject.
    pub(crate) subject_untold: bool,
}
