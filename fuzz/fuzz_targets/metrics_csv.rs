//! A body of totals in CSV: byte 0 whether the progress metric is declared, then the body.
#![no_main]

use homeroom_fuzz::totals;
use homeroom_goals::submission::read_csv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((settings, body)) = input.split_first() else {
        return;
    };
    totals::check(*settings, |form| read_csv(body, form));
});
