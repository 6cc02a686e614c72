//! Where records stand in their files, for problems that are found when all files have been read.

use homeroom_model::Place;

use crate::origin::Origin;

/// Where the records of one file stand, by number: four bytes each.
#[derive(Default)]
pub(crate) struct Places {
    files: [&'static str; 2],
    lines: Vec<u32>,
    /// Number of the first custom record, behind all of the SIS's.
    first_custom: Option<u32>,
}

impl Places {
    /// Notes where the next record stands.
    pub(crate) fn push(&mut self, place: Place, origin: Origin) {
        let number = self.len();
        let [sis, custom] = &mut self.files;
        match origin {
            Origin::Sis => *sis = place.file,
            Origin::Custom => {
                *custom = place.file;
                self.first_custom.get_or_insert(number);
            }
        }
        self.lines.push(u32::try_from(place.line).unwrap_or(0));
    }

    /// Where a record stands.
    pub(crate) fn get(&self, number: u32) -> Place {
        let [sis, custom] = self.files;
        let line = self.lines.get(number as usize).copied().unwrap_or(0);
        Place {
            file: if self.is_custom(number) { custom } else { sis },
            line: u64::from(line),
        }
    }

    /// The SIS's file as a whole.
    pub(crate) fn file(&self) -> Place {
        let [file, _] = self.files;
        Place { file, line: 0 }
    }

    pub(crate) fn is_custom(&self, number: u32) -> bool {
        let all = self.first_custom.map(|first| first..self.len());
        all.is_some_and(|custom| custom.contains(&number))
    }

    /// Number of records.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }
}
