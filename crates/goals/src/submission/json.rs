//! A body of JSON, in one pass, nothing kept of it but the rows.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{error::Category, value::RawValue};

use super::{Batch, Draft, Form, Metric, Reading, Refused, STUDENT, Value};

/// Reads `{"data": {"students": [{"clever_id", "metrics": {"minutes", …}}]}}` (clever-api 8.1). Fields that are not named
/// there are left out; an empty list is a submission of nothing.
pub fn read(body: &[u8], form: &Form<'_>) -> Result<Batch, Refused> {
    let mut reading = Reading::new(form, body.len())?;
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = Top(&mut reading)
        .deserialize(&mut json)
        .and_then(|found| json.end().map(|()| found));
    match read {
        _ if reading.full => {}
        Ok(true) => {}
        Ok(false) => return Err(Refused::NoStudents),
        Err(fault) if fault.classify() == Category::Data => return Err(Refused::NoStudents),
        Err(fault) => {
            return Err(Refused::NotJson {
                line: fault.line(),
                column: fault.column(),
            });
        }
    }
    reading.finish()
}

/// Implements reading for a visitor of objects or of anything.
macro_rules! seed {
    ($name:ident, $value:ty, $how:ident) => {
        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
                json.$how(self)
            }
        }
    };
}

/// The whole body: whether it had `data.students`.
struct Top<'r, 'f>(&'r mut Reading<'f>);
/// `data`: whether it had `students`.
struct Data<'r, 'f>(&'r mut Reading<'f>);
/// The list of rows.
struct Students<'r, 'f>(&'r mut Reading<'f>);
/// One row, or whatever stands in its place.
struct Student<'r, 'f>(&'r mut Reading<'f>);
/// `metrics` of a row, or whatever stands in its place.
struct Metrics<'r, 'f>(&'r mut Reading<'f>, &'r mut Draft);

seed!(Top, bool, deserialize_map);
seed!(Data, bool, deserialize_map);
seed!(Students, (), deserialize_seq);
seed!(Student, Draft, deserialize_any);
seed!(Metrics, (), deserialize_any);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(ours) = map.next_key_seed(Key(|key: &str| key == "data"))? {
            if ours {
                found |= map.next_value_seed(Data(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

impl<'de> Visitor<'de> for Data<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with students")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(ours) = map.next_key_seed(Key(|key: &str| key == "students"))? {
            if ours {
                map.next_value_seed(Students(self.0))?;
                found = true;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

impl<'de> Visitor<'de> for Students<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of students")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(draft) = rows.next_element_seed(Student(self.0))? {
            if !self.0.take(draft) {
                return Err(A::Error::custom("too many rows"));
            }
        }
        Ok(())
    }
}

/// Lets whatever is not an object pass as `$other`.
macro_rules! anything_else {
    ($($visit:ident($kind:ty)),+ => $other:expr) => {
        $(fn $visit<E: Error>(self, _: $kind) -> Result<Self::Value, E> {
            Ok($other(self))
        })+

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok($other(self))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok($other(self))
        }
    };
}

impl<'de> Visitor<'de> for Student<'_, '_> {
    type Value = Draft;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a student")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft, A::Error> {
        let mut draft = Draft::default();
        while let Some(field) = map.next_key_seed(Key(Field::of))? {
            match field {
                Field::Student => name(&mut draft, map.next_value::<&RawValue>()?.get()),
                Field::Metrics => map.next_value_seed(Metrics(self.0, &mut draft))?,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(draft)
    }

    anything_else!(
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str) => |_| Draft::broken()
    );
}

impl<'de> Visitor<'de> for Metrics<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metrics")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(reading, draft) = self;
        while let Some(metric) = map.next_key_seed(Key(|key: &str| reading.metric(key)))? {
            // As text: every decimal is read exactly, and 1e999 costs its row only.
            let value = map.next_value::<&RawValue>()?.get().as_bytes();
            match metric {
                Metric::Minutes => draft.minutes = Value::read(value),
                Metric::Progress => draft.progress = Value::read(value),
                Metric::Other(_) | Metric::Unnamed => reading.count_other(metric),
            }
        }
        Ok(())
    }

    anything_else!(
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str)
            => |metrics: Self| metrics.1.broken = true
    );
}

/// The id of a row as it stands in the body.
fn name(draft: &mut Draft, raw: &str) {
    let bare = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    match bare {
        Some(bare) if !bare.contains('\\') => draft.student(bare),
        Some(_) => draft.student(&serde_json::from_str::<String>(raw).unwrap_or_default()),
        None => draft.student(raw),
    }
}

enum Field {
    Student,
    Metrics,
    Other,
}

impl Field {
    fn of(key: &str) -> Self {
        match key {
            STUDENT => Self::Student,
            "metrics" => Self::Metrics,
            _ => Self::Other,
        }
    }
}

/// A key, asked for what it is instead of being kept.
struct Key<F>(F);

impl<'de, T, F: FnOnce(&str) -> T> DeserializeSeed<'de> for Key<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<T, D::Error> {
        json.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Key<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<T, E> {
        Ok((self.0)(key))
    }
}
