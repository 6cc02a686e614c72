//! Any bytes as any file: encoding, lexer, header, cells.
#![no_main]

use homeroom_fuzz::{choices, intake};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some(([stem, settings], bytes)) = choices(input) {
        intake::check(intake::stem(stem), bytes, intake::settings(settings));
    }
});
