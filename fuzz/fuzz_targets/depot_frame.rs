//! Any bytes as a framed object. The checksum is repaired on every other try, or nothing but its check would be reached.
#![no_main]

use bytes::Bytes;
use homeroom_depot::frame::{self, HEADER};
use homeroom_fuzz::choices;
use homeroom_segment::Digest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([repair], bytes)) = choices(input) else {
        return;
    };
    let mut bytes = bytes.to_vec();
    if repair & 1 != 0 && bytes.len() >= HEADER {
        let digest = *Digest::of(&bytes[HEADER..]).bytes();
        bytes[HEADER - digest.len()..HEADER].copy_from_slice(&digest);
    }
    let object = Bytes::from(bytes);
    match frame::open(&object) {
        Ok(payload) => {
            let sealed = frame::seal(payload);
            assert_eq!(
                sealed.into_chunks().concat(),
                object,
                "an object has one frame only"
            );
        }
        Err(error) => {
            std::hint::black_box(error.to_string());
        }
    }
});
