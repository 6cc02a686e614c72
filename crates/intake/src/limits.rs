use serde::{Deserialize, Serialize};

/// What a district's files may not exceed (district-side 1.3). A few pieces of rows are in memory, so [`Limits::row_bytes`]
/// bounds the memory of reading; in the worst case, a row of nothing but separators, to some forty times that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a file; a larger one stops the run.
    pub file_bytes: u64,
    /// Columns of a header; more stop the run.
    pub columns: usize,
    /// Extension columns of a file; those after them are not read.
    pub ext_columns: usize,
    /// Bytes of a cell; a row with a longer one is left out.
    pub cell_bytes: usize,
    /// Bytes of a row; a longer one is left out.
    pub row_bytes: usize,
    /// Code points of a value that apps are advised to store; longer ones are kept and reported (district-side 3.8).
    pub advised_chars: usize,
}

impl Default for Limits {
    /// 1 GiB, 100 columns, 50 of them extensions, 64 KiB, 1 MiB, 255 code points.
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            columns: 100,
            ext_columns: 50,
            cell_bytes: 64 << 10,
            row_bytes: 1 << 20,
            advised_chars: 255,
        }
    }
}
