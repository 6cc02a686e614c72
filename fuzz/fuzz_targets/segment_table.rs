//! Any bytes as the table of any kind.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::{choices, walk};
use homeroom_model::Kind;
use homeroom_segment::Table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([kind], bytes)) = choices(input) else {
        return;
    };
    let kind = Kind::ALL[usize::from(kind) % Kind::ALL.len()];
    if let Ok(table) = Table::open(kind, Bytes::copy_from_slice(bytes)) {
        walk::table(&table);
    }
});
