//! Any bytes as a part of the ledger of ids.
#![no_main]

use bytes::Bytes;
use homeroom_fuzz::walk;
use homeroom_segment::{Digest, Ledger, Located, Manifest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let located = Located {
        object: Digest::of(input),
        offset: 0,
        length: input.len() as u64,
    };
    let manifest = Manifest {
        format: Manifest::FORMAT,
        number: 1,
        parts: [("ledger.0".to_owned(), located)].into(),
    };
    if let Ok(ledger) = Ledger::open(&manifest, |_, _| Ok(Bytes::copy_from_slice(input))) {
        walk::ledger(&ledger);
    }
});
