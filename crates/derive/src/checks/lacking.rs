//! Values that records lack.

use homeroom_model::{Code, Place, Problem, Problems};

/// Records of one kind, for what many of them may lack.
pub(crate) struct Records<P, K> {
    /// How many there are.
    pub(crate) count: u32,
    /// The file as a whole.
    pub(crate) file: Place,
    /// Where a record stands.
    pub(crate) place: P,
    /// The key of a record.
    pub(crate) key: K,
}

impl<K: AsRef<str>, P: Fn(u32) -> Place, F: Fn(u32) -> K> Records<P, F> {
    /// Reports each record that lacks something. Where every one of several does, the column is what is missing: then one
    /// problem says so for the file, because a million of the same help nobody.
    pub(crate) fn lack(
        &self,
        (code, column): (Code, &str),
        lacks: impl Fn(u32) -> bool,
        problems: &mut dyn Problems,
    ) {
        if self.count > 1 && (0..self.count).all(&lacks) {
            let problem = Problem::new(code, self.file).column(column);
            problems.report(problem.detail(format!("all {} records", self.count)));
            return;
        }
        for number in (0..self.count).filter(|number| lacks(*number)) {
            self.report((code, column), number, problems);
        }
    }

    /// Reports one record.
    pub(crate) fn report(
        &self,
        (code, column): (Code, &str),
        number: u32,
        problems: &mut dyn Problems,
    ) {
        let problem = Problem::new(code, (self.place)(number)).column(column);
        problems.report(problem.key((self.key)(number).as_ref()));
    }
}
