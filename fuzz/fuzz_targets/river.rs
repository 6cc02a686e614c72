//! Any files, parted by 0x1e, all the way down: read, derived, compared with what is published, given ids, built, opened.
#![no_main]

use homeroom_fuzz::sample::{Published, SAMPLE, derive, publish};
use homeroom_fuzz::{choices, intake};
use homeroom_intake::Stem;
use homeroom_wire::V3_1;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([settings], files)) = choices(input) else {
        return;
    };
    let files = files.split(|byte| *byte == 0x1e).map(<[u8]>::to_vec);
    let stems = Stem::ALL.into_iter().filter(|stem| *stem != Stem::Admins);
    let files: Vec<_> = stems.zip(files).collect();
    let Some(candidate) = derive(&files, intake::settings(settings)) else {
        return;
    };
    let first = publish(&Published::nothing(), &candidate);
    let later = publish(&SAMPLE[1], &candidate);
    homeroom_fuzz::walk::snapshot(&first.snapshot, &V3_1);
    // The same candidate again changes nothing.
    let settings = homeroom_change::Settings::new(homeroom_model::Timestamp::from_millis(0));
    let plan = homeroom_change::compare(&later.snapshot, &later.departed, &candidate, &settings);
    assert!(plan.is_empty());
});
