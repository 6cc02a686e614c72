//! Any bytes as a set of departed records.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::walk;
use homeroom_segment::Departed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(departed) = Departed::open(&Bytes::copy_from_slice(input)) {
        walk::departed(&departed, input);
    }
});
