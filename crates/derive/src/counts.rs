//! How many rows of each file came and how many were kept.

/// A file whose rows are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// schools.csv
    Schools,
    /// students.csv
    Students,
    /// teachers.csv
    Teachers,
    /// staff.csv, or admins.csv in its place
    Staff,
    /// sections.csv
    Sections,
    /// enrollments.csv
    Enrollments,
    /// resources.csv
    Resources,
    /// attendance.csv, which is not part of the roster
    Attendance,
}

impl File {
    /// Every file, in the order in which [`crate::Derive`] takes them.
    pub const ALL: [Self; 8] = [
        Self::Schools,
        Self::Students,
        Self::Teachers,
        Self::Staff,
        Self::Sections,
        Self::Enrollments,
        Self::Resources,
        Self::Attendance,
    ];

    /// The stem of the file's name, as reports print it.
    pub const fn stem(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Students => "students",
            Self::Teachers => "teachers",
            Self::Staff => "staff",
            Self::Sections => "sections",
            Self::Enrollments => "enrollments",
            Self::Resources => "resources",
            Self::Attendance => "attendance",
        }
    }

    /// Whether a run fails without the file (district-side 1.2).
    pub const fn required(self) -> bool {
        !matches!(self, Self::Staff | Self::Resources | Self::Attendance)
    }
}

/// Whether a row was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Kept {
    /// It is part of the candidate.
    Yes,
    /// It is left out; a problem says why.
    No,
    /// It is left out by choice of the district.
    PassedOver,
}

/// Rows of one file. Students are counted by distinct id, not by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Count {
    /// Rows that came; always `kept + rejected + passed_over`.
    pub received: u64,
    /// Rows that are part of the candidate.
    pub kept: u64,
    /// Rows that are not, because something is wrong with them.
    pub rejected: u64,
    /// Rows that are not by choice of the district: sections of terms that have not begun, and their enrollments.
    pub passed_over: u64,
    /// Of the rejected rows those that only repeat a kept one word for word, which does no harm.
    pub repeats: u64,
}

impl Count {
    pub(crate) fn add(&mut self, kept: Kept) -> Kept {
        self.received += 1;
        match kept {
            Kept::Yes => self.kept += 1,
            Kept::No => self.rejected += 1,
            Kept::PassedOver => self.passed_over += 1,
        }
        kept
    }

    /// Turns kept rows into rejected ones: they repeat others.
    pub(crate) fn reject_repeats(&mut self, rows: u64) {
        self.kept = self.kept.saturating_sub(rows);
        self.rejected += rows;
        self.repeats += rows;
    }

    /// Rows that are rejected for another reason than that they repeat kept ones, per cent of the rows that came
    /// (district-side 4.2); 0 if none came.
    pub fn rejected_percent(&self) -> f64 {
        if self.received == 0 {
            return 0.0;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a share to show; the comparison with a limit is exact"
        )]
        let share = self.harmful() as f64 / self.received as f64;
        share * 100.0
    }

    /// Whether more than so many per cent of the rows are rejected for another reason than that they repeat kept ones
    /// (`MANY_REJECTED`, district-side 4.2: 5 for a file, 20 for enrollments).
    pub fn rejects_more_than(&self, percent: u64) -> bool {
        u128::from(self.harmful()) * 100 > u128::from(self.received) * u128::from(percent)
    }

    fn harmful(&self) -> u64 {
        self.rejected.saturating_sub(self.repeats)
    }
}

/// The counts of an import.
///
/// A section without students counts as kept: it is in the candidate, hidden from apps (settled). A repeated enrollment
/// counts as rejected: kept enrollments are exactly the pairs of the candidate. A row of staff.csv whose school is known
/// counts as kept also when it only adds a school to a staff member; so does a row of resources.csv that adds a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    files: [Count; File::ALL.len()],
    /// Rows of students.csv, of which several may stand for one student.
    pub student_rows: u64,
    /// Records kept by hand beside the files, which count with no file.
    pub custom: Count,
}

impl Counts {
    /// The count of a file.
    pub fn of(&self, file: File) -> Count {
        // A file is its own index: the array has one place for each.
        self.files.get(file as usize).copied().unwrap_or_default()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a file is its own index: the array has one place for each"
    )]
    pub(crate) fn of_mut(&mut self, file: File) -> &mut Count {
        &mut self.files[file as usize]
    }
}
