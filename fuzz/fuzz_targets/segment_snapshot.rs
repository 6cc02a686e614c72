//! A published snapshot with one part replaced by any bytes, read in every way there is.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::sample::{Published, SAMPLE, part_names};
use homeroom_fuzz::{choices, walk};
use homeroom_wire::VERSIONS;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([part, version], bytes)) = choices(input) else {
        return;
    };
    let names = part_names();
    let name = &names[usize::from(part) % names.len()];
    let mut parts = SAMPLE[1].parts.clone();
    parts.insert(name.clone(), Bytes::copy_from_slice(bytes));
    if let Some(published) = Published::open(2, parts) {
        walk::snapshot(
            &published.snapshot,
            VERSIONS[usize::from(version) % VERSIONS.len()],
        );
    }
});
