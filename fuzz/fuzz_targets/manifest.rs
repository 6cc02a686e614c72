//! Any text as a manifest.
#![no_main]

use homeroom_segment::Manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    match Manifest::from_text(input) {
        Ok(manifest) => {
            let again =
                Manifest::from_text(&manifest.to_text()).expect("what is written can be read");
            assert_eq!(again, manifest);
            assert!(manifest.objects().is_sorted_by(|a, b| a < b));
        }
        Err(error) => {
            std::hint::black_box(error.to_string());
        }
    }
});
