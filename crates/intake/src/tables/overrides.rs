//! What a district changes of the shipped tables, as its settings hold it.

use std::collections::BTreeMap;

use homeroom_model::{
    AttendanceStatus, AttendanceType, ClosedList, ContactType, Disability, Gender, Grade, Language,
    Lunch, PhoneType, Race, Relationship, Subject, YesNo,
};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{StaffRole, TableError, Tables};
use crate::hint::nearest;

/// By table, words and what they mean.
pub type Overrides = BTreeMap<String, BTreeMap<String, String>>;

/// Values of a table that are listed in full; of a longer list only what is near.
const LISTED: usize = 20;

impl Tables {
    /// The shipped tables with what a district changed.
    ///
    /// # Errors
    /// As [`Tables::set`].
    pub fn with(overrides: &Overrides) -> Result<Self, TableError> {
        let mut tables = Self::shipped();
        for (table, words) in overrides {
            if !Self::NAMES.contains(&table.as_str()) {
                return Err(TableError::UnknownTable(table.clone()));
            }
            for (word, value) in words {
                tables.set(table, word, value)?;
            }
        }
        Ok(tables)
    }

    /// Gives a word of a table a meaning for this district. Values are texts of the closed list that the table leads to,
    /// with these besides: `range` (several grades), an empty gender, `hispanic` (race), `ambiguous` (lunch), and a
    /// relationship behind a contact type and a semicolon. A word that ends with `*` stands for all that begin so.
    ///
    /// # Errors
    /// If there is no such table, the word is empty or too long, or the value is none of the table's.
    pub fn set(&mut self, table: &str, word: &str, value: &str) -> Result<(), TableError> {
        self.change(table, word, value)?;
        let words = self.overrides.entry(table.to_owned()).or_default();
        words.insert(word.to_owned(), value.to_owned());
        Ok(())
    }

    /// What the district changed.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }
}

/// Tables are what was changed of the shipped ones: two with the same changes are the same.
impl PartialEq for Tables {
    fn eq(&self, other: &Self) -> bool {
        self.overrides == other.overrides
    }
}

impl Eq for Tables {}

impl Serialize for Tables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.overrides.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let overrides = Overrides::deserialize(deserializer)?;
        Self::with(&overrides).map_err(D::Error::custom)
    }
}

/// The values that a table can give, for who asked for one that it cannot.
pub(super) fn known(table: &str, wrong: &str) -> String {
    let all = values(table);
    let known: Vec<&str> = all.iter().map(String::as_str).collect();
    let near = nearest(wrong, &known);
    let shown = if known.len() <= LISTED {
        known.join(", ")
    } else {
        format!("the {} values of its list", known.len())
    };
    match near {
        Some(meant) => format!("{shown}; did you mean {meant:?}?"),
        None => shown,
    }
}

fn values(table: &str) -> Vec<String> {
    match table {
        "grade" | "powerschool_grade" | "section_grade" => of_list::<Grade>(&["range"]),
        "gender" => of_list::<Gender>(&["\"\""]),
        "race" => of_list::<Race>(&["hispanic"]),
        "flag" | "hispanic" => of_list::<YesNo>(&[]),
        "lunch" => of_list::<Lunch>(&["ambiguous"]),
        "language" => of_list::<Language>(&[]),
        "relationship" => of_list::<Relationship>(&[]),
        "contact_type" => {
            of_list::<ContactType>(&["any of these with ;Parent or another relationship"])
        }
        "phone_type" => of_list::<PhoneType>(&[]),
        "disability" => of_list::<Disability>(&[]),
        "attendance_status" => of_list::<AttendanceStatus>(&[]),
        "attendance_type" => of_list::<AttendanceType>(&[]),
        "staff_role" => [StaffRole::PortalAccess, StaffRole::SchoolTechLead]
            .map(|role| role.text().to_owned())
            .to_vec(),
        _ => of_list::<Subject>(&[]),
    }
}

fn of_list<L: ClosedList>(besides: &[&str]) -> Vec<String> {
    let words = L::ALL.iter().map(|value| value.text());
    words
        .chain(besides.iter().copied())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(table: &str, word: &str, value: &str) -> Overrides {
        let words = BTreeMap::from([(word.to_owned(), value.to_owned())]);
        BTreeMap::from([(table.to_owned(), words)])
    }

    #[test]
    fn every_table_can_be_changed_and_says_what_it_gives() {
        for table in Tables::NAMES {
            let Err(wrong) = Tables::with(&overrides(table, "zzz", "no such value")) else {
                panic!("{table}")
            };
            let message = wrong.to_string();
            assert!(message.contains(table), "{message}");
            let value = &values(table)[0];
            assert!(
                Tables::with(&overrides(table, "zzz", value)).is_ok(),
                "{table}"
            );
        }
    }

    #[test]
    fn a_wrong_value_is_answered_with_the_right_ones() {
        let wrong = |table: &str, value: &str| {
            Tables::with(&overrides(table, "x", value))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            wrong("lunch", "free"),
            "\"free\" is no value of table lunch, which gives Free, Reduced, Paid, Other, ambiguous; did you mean \"Free\"?"
        );
        assert!(wrong("language", "Spansh").ends_with("did you mean \"Spanish\"?"));
        assert!(wrong("grade", "Kindergarden").contains("did you mean \"Kindergarten\"?"));
        assert!(wrong("colours", "x").contains("there is no table \"colours\""));
        let empty = BTreeMap::from([("colours".to_owned(), BTreeMap::new())]);
        assert!(Tables::with(&empty).is_err());
    }

    #[test]
    fn only_what_was_changed_is_stored() {
        assert_eq!(serde_json::to_string(&Tables::shipped()).unwrap(), "{}");
        let text = r#"{"race":{"5":"Caucasian"}}"#;
        let tables: Tables = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&tables).unwrap(), text);
        assert!(tables.race.get("5").is_some() && tables != Tables::shipped());
        let wrong = serde_json::from_str::<Tables>(r#"{"race":{"5":"White"}}"#).unwrap_err();
        assert!(wrong.to_string().contains("Caucasian"), "{wrong}");
    }
}
