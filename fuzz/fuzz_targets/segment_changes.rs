//! Any bytes as the changes of a publish, applied in both directions to snapshots that may be others.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::sample::SAMPLE;
use homeroom_fuzz::walk;
use homeroom_segment::{Changes, MemorySpools, rebuild_newer, rebuild_older};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(changes) = Changes::open(Bytes::copy_from_slice(input)) else {
        return;
    };
    walk::changes(&changes);
    for published in &*SAMPLE {
        let (snapshot, departed) = (&published.snapshot, &published.departed);
        for rebuild in [rebuild_older, rebuild_newer] {
            if let Err(error) = rebuild(snapshot, departed, &changes, &MemorySpools) {
                std::hint::black_box(error.to_string());
            }
        }
    }
});
