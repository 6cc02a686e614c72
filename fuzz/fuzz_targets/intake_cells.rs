//! Any cells below a good header: dates, word tables, normalisation. A line that begins with 0x01 changes a word table.
#![no_main]

use std::borrow::Cow;

use homeroom_fuzz::{choices, intake};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([stem, settings], rows)) = choices(input) else {
        return;
    };
    let stem = intake::stem(stem);
    // The column limit would refuse the whole header.
    let mut settings = Cow::Borrowed(intake::settings(settings & 3));
    for line in rows.split(|byte| *byte == b'\n') {
        let words = line
            .strip_prefix(&[1])
            .and_then(|line| std::str::from_utf8(line).ok());
        let mut words = words.unwrap_or("").split('\t');
        if let (Some(table), Some(word), Some(value)) = (words.next(), words.next(), words.next())
            && let Err(error) = settings.to_mut().tables.set(table, word, value)
        {
            std::hint::black_box(error.to_string());
        }
    }
    intake::check(stem, &intake::quoted(stem, rows), &settings);
});
