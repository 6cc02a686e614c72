//! Where rows come from: the files of the SIS, or records that a person keeps beside them (district-side 9.6).

use homeroom_model::{Code, Place, Problem};

use crate::counts::{File, Kept};
use crate::derive::Derive;
use crate::keys::REJECTED;

/// Where the rows come from that [`Derive`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Origin {
    /// From a file of the SIS.
    #[default]
    Sis,
    /// From records kept by hand beside the files. One whose key a record of the files has is left
    /// out, unless that record was left out itself.
    Custom,
}

impl Derive {
    /// Says where the rows come from that follow; [`Origin::Sis`] in the beginning. Custom rows of a file come behind all
    /// of its SIS rows.
    pub fn origin(&mut self, origin: Origin) {
        self.origin = origin;
    }

    /// The row of a key that was seen before, as far as it is in the way: a custom record may take the place of a row of
    /// the files that was left out.
    pub(crate) fn taken(&self, seen: Option<u32>) -> Option<u32> {
        seen.filter(|row| !self.custom() || *row != REJECTED)
    }

    pub(crate) fn custom(&self) -> bool {
        self.origin == Origin::Custom
    }

    /// Counts a row: those of files by file, the others together.
    pub(crate) fn count(&mut self, file: File, kept: Kept) -> Kept {
        match self.origin {
            Origin::Sis => self.counts.of_mut(file).add(kept),
            Origin::Custom => self.counts.custom.add(kept),
        }
    }

    /// A key that an earlier row has, which is one of the same origin or not.
    pub(crate) fn repeated(
        &self,
        place: Place,
        column: &str,
        id: &str,
        of_custom: bool,
    ) -> Problem {
        let code = if self.custom() && !of_custom {
            Code::CustomShadowed
        } else {
            Code::NotUnique
        };
        Problem::new(code, place).column(column).key(id).value(id)
    }

    /// What is wrong with a record that cannot be kept because it refers to nothing.
    pub(crate) fn ref_unknown(&self, of_files: Code) -> Code {
        match self.origin {
            Origin::Sis => of_files,
            Origin::Custom => Code::CustomRefUnknown,
        }
    }
}
