//! What a field is compared with.

use std::cmp::Ordering;

use homeroom_model::{Date, ObjectId};
use serde_json::Value;

use super::read::Found;

/// A value to compare with, in every form that a field may have.
#[derive(Clone)]
pub(super) enum Operand {
    /// `null`: nothing there.
    Nothing,
    /// `true` or `false`, which no field is.
    Flag,
    /// A number, as it is written too: number-like fields are texts (clever-api 2.1).
    Number(f64, String),
    /// A text, and what else it may be.
    Text(Spelt),
}

#[derive(Clone)]
pub(super) struct Spelt {
    text: String,
    id: Option<ObjectId>,
    /// A day as days since 1970.
    day: Option<i32>,
    /// An instant as milliseconds since 1970.
    instant: Option<i64>,
}

impl Operand {
    /// A scalar; `None` for lists and objects.
    pub(super) fn read(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Nothing,
            Value::Bool(_) => Self::Flag,
            Value::Number(number) => Self::Number(number.as_f64()?, number.to_string()),
            Value::String(text) => Self::Text(Spelt::new(text)),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }

    /// The id it spells, if it spells one.
    pub(super) fn id(&self) -> Option<ObjectId> {
        match self {
            Self::Text(spelt) => spelt.id,
            _ => None,
        }
    }

    /// How what was found compares with it; `None` where the two are of different kinds, and for lists, which are compared
    /// element by element.
    pub(super) fn compare(&self, found: &Found<'_>) -> Option<Ordering> {
        match (self, found) {
            (Self::Number(_, written), Found::Text(text)) if *text == written.as_bytes() => {
                Some(Ordering::Equal)
            }
            (Self::Number(number, _), Found::Text(text)) => {
                let found: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
                found.partial_cmp(number)
            }
            (Self::Text(spelt), Found::Text(text)) => Some((*text).cmp(spelt.text.as_bytes())),
            (Self::Text(spelt), Found::Id(id)) => Some(id.cmp(&spelt.id?)),
            (Self::Text(spelt), Found::Day(day) | Found::IsoDay(day)) => Some(day.cmp(&spelt.day?)),
            (Self::Text(spelt), Found::Instant(time)) => Some(time.millis().cmp(&spelt.instant?)),
            _ => None,
        }
    }
}

impl Spelt {
    fn new(text: &str) -> Self {
        Self {
            id: ObjectId::from_hex(text),
            day: us_day(text)
                .or_else(|| Date::parse_iso(text))
                .map(Date::days),
            instant: instant(text),
            text: text.to_owned(),
        }
    }
}

/// `M/D/YYYY`.
fn us_day(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || ![month, day, year].into_iter().all(digits) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// `YYYY-MM-DDTHH:MM:SS.sssZ`, of which everything after the day, and after the seconds, may be missing.
fn instant(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let days = i64::from(Date::parse_iso(day)?.days());
    let time = time.strip_suffix('Z').unwrap_or(time);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut millis = 0;
    for (part, (weight, most)) in clock
        .split(':')
        .zip([(3_600_000, 23), (60_000, 59), (1000, 59)])
    {
        if !part.is_empty() {
            let number: i64 = part
                .parse()
                .ok()
                .filter(|number| (0..=most).contains(number))?;
            millis += number * weight;
        }
    }
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if clock.split(':').count() > 3 || !digits {
        return None;
    }
    let thousandths = fraction.bytes().chain(*b"000").take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(days * 86_400_000 + millis + thousandths)
}
