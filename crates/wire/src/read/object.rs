//! Fields of a JSON object, each as what it should be.

use std::cell::RefCell;
use std::collections::BTreeSet;

use homeroom_model::{ClosedList, Date, Ext, Listed, ObjectId, Text, Timestamp};
use serde_json::{Map, Value};

/// Why a document cannot be read. Names the field, never what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// A document, a page or a part of one is no object.
    #[error("{0} is not an object")]
    NotAnObject(&'static str),
    /// A field that no record can be without.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field holds another kind of value, or a text of another form.
    #[error("{0} is not of the form it should have")]
    WrongForm(&'static str),
}

/// Fields of a document whose values could not be read and were left out.
pub(super) type LeftOut = RefCell<BTreeSet<&'static str>>;

/// An object that is being read.
#[derive(Clone, Copy)]
pub(super) struct Read<'v> {
    members: &'v Map<String, Value>,
    /// Where values that cannot be read are noted; without it they are errors.
    left_out: Option<&'v LeftOut>,
}

impl<'v> Read<'v> {
    /// An object whose every member has to be what it should be.
    pub(super) fn new(value: &'v Value) -> Result<Self, ReadError> {
        let members = value.as_object();
        members
            .map(|members| Self {
                members,
                left_out: None,
            })
            .ok_or(ReadError::NotAnObject("a document"))
    }

    /// The same that leaves out single values which are not, and notes their names.
    pub(super) fn tolerant(value: &'v Value, left_out: &'v LeftOut) -> Result<Self, ReadError> {
        Ok(Self {
            left_out: Some(left_out),
            ..Self::new(value)?
        })
    }

    /// Another object of the same document.
    pub(super) fn beside(self, value: &'v Value) -> Result<Self, ReadError> {
        Ok(Self {
            left_out: self.left_out,
            ..Self::new(value)?
        })
    }

    /// A member; nothing for `null`.
    pub(super) fn get(self, name: &str) -> Option<&'v Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A text, if it is there.
    pub(super) fn maybe(self, name: &'static str) -> Result<Option<&'v str>, ReadError> {
        self.or_left_out(name, self.strict(name))
    }

    fn strict(self, name: &'static str) -> Result<Option<&'v str>, ReadError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ReadError::WrongForm(name)),
        }
    }

    /// What cannot be read is left out, where it may be.
    fn or_left_out<T>(
        self,
        name: &'static str,
        read: Result<Option<T>, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        match (read, self.left_out) {
            (Err(_), Some(left_out)) => {
                left_out.borrow_mut().insert(name);
                Ok(None)
            }
            (read, _) => read,
        }
    }

    /// A text, empty if it is not there. A number stands for its digits, as servers write keys that have only digits.
    pub(super) fn text(self, name: &'static str) -> Result<Text<'static>, ReadError> {
        self.string(name).map(Text::from)
    }

    /// The same as a text of its own.
    pub(super) fn string(self, name: &'static str) -> Result<String, ReadError> {
        if let (Some(Value::Number(number)), Some(_)) = (self.get(name), self.left_out) {
            return Ok(number.to_string());
        }
        Ok(self.maybe(name)?.unwrap_or_default().to_owned())
    }

    /// A value of a closed list.
    pub(super) fn listed<L: ClosedList>(
        self,
        name: &'static str,
    ) -> Result<Listed<'static, L>, ReadError> {
        let text = self.string(name)?;
        Ok(match L::from_text(&text) {
            _ if text.is_empty() => Listed::Blank,
            Some(known) => Listed::Known(known),
            None => Listed::AsSent(text.into()),
        })
    }

    /// An id, if it is there.
    pub(super) fn maybe_id(self, name: &'static str) -> Result<Option<ObjectId>, ReadError> {
        let text = self.strict(name)?.filter(|text| !text.is_empty());
        text.map(|text| ObjectId::from_hex(text).ok_or(ReadError::WrongForm(name)))
            .transpose()
    }

    /// An id.
    pub(super) fn id(self, name: &'static str) -> Result<ObjectId, ReadError> {
        self.maybe_id(name)?.ok_or(ReadError::Missing(name))
    }

    /// A list of ids, empty if it is not there.
    pub(super) fn ids(self, name: &'static str) -> Result<Vec<ObjectId>, ReadError> {
        let ids = self.items(name)?.iter().map(|value| {
            let id = value.as_str().and_then(ObjectId::from_hex);
            id.ok_or(ReadError::WrongForm(name))
        });
        ids.collect()
    }

    /// A list of texts, empty if it is not there.
    pub(super) fn texts(self, name: &'static str) -> Result<Vec<&'v str>, ReadError> {
        let texts = self.items(name)?.iter();
        let texts = texts.map(|value| value.as_str().ok_or(ReadError::WrongForm(name)));
        texts.collect()
    }

    /// The elements of a list, none if it is not there.
    pub(super) fn items(self, name: &'static str) -> Result<&'v [Value], ReadError> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(ReadError::WrongForm(name)),
        }
    }

    /// An object inside, if it is there.
    pub(super) fn object(self, name: &'static str) -> Result<Option<Self>, ReadError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Self { members, ..self })),
            Some(_) => Err(ReadError::NotAnObject(name)),
        }
    }

    /// An object inside, read by `read`; its default if it is not there.
    pub(super) fn inside<T: Default>(
        self,
        name: &'static str,
        read: impl FnOnce(Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        self.object(name)?.map_or_else(|| Ok(T::default()), read)
    }

    /// Extension fields. A value that is no text stands as JSON.
    pub(super) fn ext(self) -> Result<Ext<'static>, ReadError> {
        let mut ext = Ext::default();
        let Some(fields) = self.object("ext")? else {
            return Ok(ext);
        };
        for (name, value) in fields.members {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            ext.set(name.clone(), text);
        }
        Ok(ext)
    }

    /// A day, if there is one. A time after it, as older servers write it, is passed over.
    pub(super) fn day(self, name: &'static str) -> Result<Option<Date>, ReadError> {
        let read = |text| day(text).ok_or(ReadError::WrongForm(name));
        let text = self
            .strict(name)
            .map(|text| text.filter(|text| !text.is_empty()));
        let found = text.and_then(|text| text.map(read).transpose());
        self.or_left_out(name, found)
    }

    /// An instant, if there is one.
    pub(super) fn instant(self, name: &'static str) -> Result<Option<Timestamp>, ReadError> {
        let read = |text| instant(text).ok_or(ReadError::WrongForm(name));
        let text = self
            .strict(name)
            .map(|text| text.filter(|text| !text.is_empty()));
        let found = text.and_then(|text| text.map(read).transpose());
        self.or_left_out(name, found)
    }
}

/// A day in any of the forms that versions write: `2015-08-25`, the same with a time behind it, `8/25/2015`.
pub(super) fn day(text: &str) -> Option<Date> {
    let day = text.split(['T', ' ']).next()?;
    if let Some(day) = Date::parse_iso(day) {
        return Some(day);
    }
    let mut parts = text.splitn(3, '/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || ![month, day, year].into_iter().all(digits) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// `YYYY-MM-DDTHH:MM:SSZ` with or without a fraction, of which milliseconds are kept.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_once(['T', ' '])?;
    let time = time.strip_suffix('Z').unwrap_or(time);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.split(':');
    let mut part = |most: i64| {
        let number: i64 = parts.next()?.parse().ok()?;
        (0..=most).contains(&number).then_some(number)
    };
    let (hours, minutes, seconds) = (part(23)?, part(59)?, part(59)?);
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = fraction.bytes().chain(*b"000").take(3);
    let millis = thousandths.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let days = i64::from(Date::parse_iso(day)?.days());
    let seconds = (days * 24 + hours) * 3600 + minutes * 60 + seconds;
    Some(Timestamp::from_millis(seconds * 1000 + millis))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn single_values_are_left_out_and_named_where_that_is_allowed() {
        let value = json!({"dob": "2014-02-30", "email": {"a": 1}, "sis_id": 4711, "grade": 3, "at": "noon", "school": "none"});
        let left_out = LeftOut::default();
        let read = Read::tolerant(&value, &left_out).unwrap();
        assert_eq!(read.day("dob").unwrap(), None);
        assert_eq!(read.instant("at").unwrap(), None);
        assert_eq!(read.string("email").unwrap(), "");
        assert_eq!(read.string("sis_id").unwrap(), "4711");
        assert_eq!(
            read.listed::<homeroom_model::Grade>("grade").unwrap(),
            Listed::Known(homeroom_model::Grade::from_text("3").unwrap())
        );
        assert_eq!(
            read.maybe_id("school"),
            Err(ReadError::WrongForm("school")),
            "an id says whom a record is about"
        );
        assert_eq!(left_out.take(), BTreeSet::from(["at", "dob", "email"]));
        let strict = Read::new(&value).unwrap();
        assert_eq!(strict.day("dob"), Err(ReadError::WrongForm("dob")));
        assert_eq!(strict.string("sis_id"), Err(ReadError::WrongForm("sis_id")));
    }
}
