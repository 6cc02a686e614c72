//! Any bytes as one direction of a relation between tables of any small size.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::{choices, walk};
use homeroom_segment::Lists;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([from, to], bytes)) = choices(input) else {
        return;
    };
    let to = u32::from(to);
    if let Ok(lists) = Lists::open("fuzz", Bytes::copy_from_slice(bytes), from.into(), to) {
        walk::lists(&lists, to);
    }
});
