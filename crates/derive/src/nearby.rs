//! Ids that are almost the one that refers to nothing: without case, leading zeros or what a spreadsheet adds.

use homeroom_segment::HashKey;

use crate::keys::Keys;

/// After so many ids without a relative one after the other, only the form that helped before is still tried: a file in
/// which everything is wrong must not take longer than one in which nothing is.
const GIVE_UP: u32 = 200;

/// Ids longer than this many bytes, or padded to more, have no relatives.
const LONGEST: usize = 64;

/// As many zeros are put in front of an id to find its relative.
const ZEROS: usize = 8;

/// Finds the relatives of unknown ids. There is no index of ids (their texts are not in memory): the forms an id may have
/// had are looked up instead.
#[derive(Default)]
pub(crate) struct Nearby {
    helped: Option<Form>,
    misses: u32,
    last: String,
    found: Option<String>,
}

/// One way to write an id differently.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lower,
    Upper,
    /// Without leading zeros.
    Stripped(Case),
    /// With leading zeros to a number of bytes.
    Padded(Case, usize),
    /// Without `.0` behind.
    Whole,
    /// With `.0` behind.
    Fraction,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    AsSent,
    Lower,
    Upper,
}

impl Case {
    const ALL: [Self; 3] = [Self::AsSent, Self::Lower, Self::Upper];

    fn of(self, id: &str) -> String {
        match self {
            Self::AsSent => id.to_owned(),
            Self::Lower => id.to_lowercase(),
            Self::Upper => id.to_uppercase(),
        }
    }
}

impl Form {
    /// The id in this form.
    fn of(self, id: &str) -> Option<String> {
        let stripped = |case: Case| {
            let id = case.of(id);
            let rest = id.trim_start_matches('0').to_owned();
            (!rest.is_empty()).then_some(rest)
        };
        let other = match self {
            Self::Lower => Case::Lower.of(id),
            Self::Upper => Case::Upper.of(id),
            Self::Stripped(case) => stripped(case)?,
            Self::Padded(case, to) => format!("{:0>to$}", stripped(case)?),
            Self::Whole => id.strip_suffix(".0")?.to_owned(),
            Self::Fraction => format!("{id}.0"),
        };
        (other != id).then_some(other)
    }

    /// Every form in which the relative of an id may stand, the likeliest first.
    fn all(id: &str) -> impl Iterator<Item = Self> {
        let has_letters = id.to_lowercase() != id.to_uppercase();
        let cases = Case::ALL.into_iter().take(if has_letters { 3 } else { 1 });
        let length = id.trim_start_matches('0').len();
        let zeros = cases.flat_map(move |case| {
            let padded = (length + 1..=length + ZEROS).map(move |to| Self::Padded(case, to));
            std::iter::once(Self::Stripped(case)).chain(padded)
        });
        [Self::Lower, Self::Upper, Self::Whole, Self::Fraction]
            .into_iter()
            .chain(zeros)
    }
}

impl Nearby {
    /// A kept record's id that differs from this one in form only.
    pub(crate) fn find(&mut self, keys: &Keys, key: &HashKey, id: &str) -> Option<String> {
        if id.is_empty() || id.len() > LONGEST {
            return None;
        }
        if self.last != id {
            self.last.clear();
            self.last.push_str(id);
            self.found = self.search(keys, key, id);
        }
        self.found.clone()
    }

    fn search(&mut self, keys: &Keys, key: &HashKey, id: &str) -> Option<String> {
        let known = |form: Form| {
            let other = form.of(id)?;
            keys.row(&key.hash(other.as_bytes())).map(|_| other)
        };
        if let Some(found) = self.helped.and_then(known) {
            return Some(found);
        }
        if self.misses >= GIVE_UP {
            return None;
        }
        let found = Form::all(id).find_map(|form| Some((form, known(form)?)));
        if let Some((form, _)) = &found {
            (self.helped, self.misses) = (Some(*form), 0);
        } else {
            self.misses += 1;
        }
        found.map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: HashKey = HashKey::new([3; 32]);

    fn keys(ids: &[&str]) -> Keys {
        let mut keys = Keys::default();
        for (row, id) in (0..).zip(ids) {
            keys.insert(KEY.hash(id.as_bytes()), row);
        }
        keys
    }

    #[test]
    fn relatives_differ_in_zeros_case_and_fraction_only() {
        let known = keys(&["0348", "77", "ab-1", "XY", "00ZZ", "5.0", "9"]);
        for (id, expected) in [
            ("348", Some("0348")),
            ("000348", Some("0348")),
            ("0077", Some("77")),
            ("AB-1", Some("ab-1")),
            ("xy", Some("XY")),
            ("zz", Some("00ZZ")),
            ("5", Some("5.0")),
            ("9.0", Some("9")),
            ("349", None),
            ("0", None),
            ("", None),
            ("3480", None),
        ] {
            let found = Nearby::default().find(&known, &KEY, id);
            assert_eq!(found.as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn what_helped_before_helps_after_many_misses() {
        let known = keys(&["000348", "000349"]);
        let mut nearby = Nearby::default();
        assert!(nearby.find(&known, &KEY, "348").is_some());
        for miss in 0..2 * GIVE_UP {
            assert_eq!(nearby.find(&known, &KEY, &format!("x{miss}")), None);
        }
        assert_eq!(nearby.find(&known, &KEY, "349").as_deref(), Some("000349"));
        assert_eq!(
            nearby.find(&known, &KEY, "0000349"),
            Some("000349".to_owned())
        );
        assert_eq!(nearby.find(&keys(&["b"]), &KEY, "B"), None);
    }
}
