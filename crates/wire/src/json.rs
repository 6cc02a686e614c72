//! Values as JSON bytes, appended to a buffer. No parsing, no allocation, no intermediate text.

use homeroom_model::{ObjectId, Timestamp};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The two digits of every byte.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index past the end"
)]
const HEX: [[u8; 2]; 256] = {
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    table
};

/// The decimal digits of 0 to 99.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index past the end"
)]
const TWO: [[u8; 2]; 100] = {
    let mut table = [[b'0'; 2]; 100];
    let mut tens = 0;
    while tens < 10 {
        let mut ones = 0;
        while ones < 10 {
            table[tens * 10 + ones] = [DIGITS[tens], DIGITS[ones]];
            ones += 1;
        }
        tens += 1;
    }
    table
};

fn two(value: u32) -> [u8; 2] {
    TWO.get(value as usize).copied().unwrap_or(*b"00")
}

/// The 24 digits of an id.
#[inline]
pub(crate) fn hex(id: &ObjectId) -> [u8; 24] {
    let mut text = [0; 24];
    for (pair, &byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(id.bytes()) {
        *pair = HEX.get(usize::from(byte)).copied().unwrap_or_default();
    }
    text
}

/// Appends the 24 digits of an id.
#[inline]
pub(crate) fn push_id(out: &mut Vec<u8>, id: &ObjectId) {
    out.extend_from_slice(&hex(id));
}

/// Appends text inside a JSON string. Bytes that JSON lets stand are copied in runs; UTF-8 is untouched.
pub(crate) fn push_escaped(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| must_escape(byte)) {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, tail)) = tail.split_first() else {
            return;
        };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&HEX.get(usize::from(byte)).copied().unwrap_or_default());
            }
        }
        rest = tail;
    }
    out.extend_from_slice(rest);
}

fn must_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends a number.
pub(crate) fn push_number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        *slot = DIGITS.get((value % 10) as usize).copied().unwrap_or(b'0');
        used += 1;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - used..).unwrap_or(&[]));
}

/// Year, month and day of a day counted from 1970-01-01. Counts in years that begin in March, so that the leap day is the
/// last of its year; 146,097 days are 400 years.
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    // Both are small by construction: 1 to 12 and 1 to 31.
    (
        year,
        month.try_into().unwrap_or(1),
        day.try_into().unwrap_or(1),
    )
}

fn four(year: i64) -> Option<[u8; 4]> {
    let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
    let ([a, b], [c, d]) = (two(year / 100), two(year % 100));
    Some([a, b, c, d])
}

/// `YYYY-MM-DDTHH:MM:SS.sssZ` (clever-api 2.1). Instants outside the years 0 to 9999, which no import makes, are written
/// as the epoch.
pub(crate) fn instant(time: Timestamp) -> [u8; 24] {
    let mut text = *b"1970-01-01T00:00:00.000Z";
    let (year, month, day) = civil(time.millis().div_euclid(86_400_000));
    let Some(year) = four(year) else {
        return text;
    };
    let of_day = u32::try_from(time.millis().rem_euclid(86_400_000)).unwrap_or(0);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let [m1, m2] = two(millis % 100);
    let parts: [(usize, &[u8]); 7] = [
        (0, &year),
        (5, &two(month)),
        (8, &two(day)),
        (11, &two(seconds / 3600)),
        (14, &two(seconds / 60 % 60)),
        (17, &two(seconds % 60)),
        (20, &[two(millis / 100)[1], m1, m2]),
    ];
    for (at, part) in parts {
        if let Some(slot) = text.get_mut(at..at + part.len()) {
            slot.copy_from_slice(part);
        }
    }
    text
}

/// Appends a day counted from 1970-01-01 as `M/D/YYYY`, unpadded, the form of `dob` (settled). Returns whether the year
/// has four digits; nothing is appended otherwise.
pub(crate) fn push_us_date(out: &mut Vec<u8>, days: i32) -> bool {
    let (year, month, day) = civil(i64::from(days));
    let Some(year) = four(year) else {
        return false;
    };
    for part in [month, day] {
        let [tens, ones] = two(part);
        if tens != b'0' {
            out.push(tens);
        }
        out.extend_from_slice(&[ones, b'/']);
    }
    out.extend_from_slice(&year);
    true
}

/// Appends a day counted from 1970-01-01 as `YYYY-MM-DD`. Returns whether the year has four digits; nothing is appended
/// otherwise.
pub(crate) fn push_iso_date(out: &mut Vec<u8>, days: i32) -> bool {
    let (year, month, day) = civil(i64::from(days));
    let Some(year) = four(year) else {
        return false;
    };
    out.extend_from_slice(&year);
    for part in [month, day] {
        out.push(b'-');
        out.extend_from_slice(&two(part));
    }
    true
}

#[cfg(test)]
mod tests {
    use homeroom_model::Date;
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn edges_of_numbers_and_dates() {
        for number in [0, 9, 10, 100, 4_294_967_296, u64::MAX] {
            assert_eq!(text(|out| push_number(out, number)), number.to_string());
        }
        assert_eq!(text(|out| assert!(push_us_date(out, 15_403))), "3/4/2012");
        assert_eq!(text(|out| assert!(push_us_date(out, -1))), "12/31/1969");
        assert_eq!(text(|out| assert!(!push_us_date(out, i32::MAX))), "");
        assert_eq!(text(|out| assert!(!push_iso_date(out, i32::MIN))), "");
    }

    proptest! {
        #[test]
        fn ids_match_the_model(bytes: [u8; 12]) {
            let id = ObjectId::new(bytes);
            prop_assert_eq!(hex(&id), id.hex());
        }

        #[test]
        fn instants_match_the_model(millis in -62_167_219_200_000i64..253_402_300_800_000) {
            let time = Timestamp::from_millis(millis);
            let text = String::from_utf8(instant(time).to_vec()).unwrap();
            prop_assert_eq!(text, time.to_iso());
        }

        #[test]
        fn dates_match_the_model(days in -719_528i32..2_932_897) {
            let date = Date::from_days(days).unwrap();
            prop_assert_eq!(text(|out| { push_us_date(out, days); }), date.to_us());
            prop_assert_eq!(text(|out| { push_iso_date(out, days); }), date.to_string());
        }

        #[test]
        fn strings_read_back(original in any::<String>()) {
            let written = format!("\"{}\"", text(|out| push_escaped(out, original.as_bytes())));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), original);
        }
    }
}
