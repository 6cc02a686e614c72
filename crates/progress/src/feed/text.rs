//! The settings of a feed as the text that the store keeps: JSON with the number of its form.

use std::collections::BTreeMap;

use homeroom_goals::Amount;
use homeroom_goals::report_link::{ReportLink, Subject};
use homeroom_model::{ObjectId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FeedSettings, Said, Series, UnreadableFeed};

/// The form that is written; every one that was ever written is read for ever.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Text {
    format: u32,
    #[serde(default)]
    schools: Option<Vec<ObjectId>>,
    #[serde(default)]
    apps_see_targets: bool,
    #[serde(default)]
    label: Option<String>,
    /// In millionths.
    #[serde(default)]
    ceiling: Option<u64>,
    #[serde(default)]
    may_fall: bool,
    #[serde(default)]
    counts_finished_work: Option<bool>,
    #[serde(default)]
    report_links: BTreeMap<Subject, String>,
    #[serde(default)]
    series: Vec<SeriesText>,
}

#[derive(Serialize, Deserialize)]
struct SeriesText {
    number: u32,
    key: String,
    /// Milliseconds since 1970.
    since: i64,
    declared: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// In millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ceiling: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    may_fall: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counts_finished_work: Option<bool>,
}

impl FeedSettings {
    /// Reads the text of a feed.
    pub fn from_text(text: &str) -> Result<Self, UnreadableFeed> {
        let text: Text = serde_json::from_str(text).map_err(|_| UnreadableFeed)?;
        if text.format != FORMAT {
            return Err(UnreadableFeed);
        }
        let links = text.report_links.into_iter().map(|(subject, address)| {
            let link = ReportLink::new(subject, &address);
            link.map(|link| (subject, link)).map_err(|_| UnreadableFeed)
        });
        let series = text.series.into_iter().map(|series| Series {
            number: series.number,
            key: series.key,
            since: Timestamp::from_millis(series.since),
            declared: series.declared,
            said: Said {
                label: series.label,
                ceiling: series.ceiling.map(Amount::from_micros),
                may_fall: series.may_fall,
                counts_finished_work: series.counts_finished_work,
            },
        });
        Ok(Self {
            schools: text.schools.map(sorted),
            apps_see_targets: text.apps_see_targets,
            label: text.label,
            ceiling: text.ceiling.map(Amount::from_micros),
            may_fall: text.may_fall,
            counts_finished_work: text.counts_finished_work,
            report_links: links.collect::<Result<_, _>>()?,
            series: series.collect(),
        })
    }

    /// The text that the store keeps.
    pub fn to_text(&self) -> String {
        let links = self.report_links.iter();
        let series = self.series.iter().map(|series| SeriesText {
            number: series.number,
            key: series.key.clone(),
            since: series.since.millis(),
            declared: series.declared,
            label: series.said.label.clone(),
            ceiling: series.said.ceiling.map(Amount::micros),
            may_fall: series.said.may_fall,
            counts_finished_work: series.said.counts_finished_work,
        });
        let text = Text {
            format: FORMAT,
            schools: self.schools.clone(),
            apps_see_targets: self.apps_see_targets,
            label: self.label.clone(),
            ceiling: self.ceiling.map(Amount::micros),
            may_fall: self.may_fall,
            counts_finished_work: self.counts_finished_work,
            report_links: links
                .map(|(subject, link)| (*subject, link.as_str().to_owned()))
                .collect(),
            series: series.collect(),
        };
        serde_json::to_string(&text).unwrap_or_default()
    }
}

/// Ids in their order, each once.
pub(super) fn sorted(mut ids: Vec<ObjectId>) -> Vec<ObjectId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Turn;

    fn full() -> FeedSettings {
        let link = ReportLink::new(Subject::Student, "https://app.example/s/{id}").unwrap();
        let mut settings = FeedSettings::default();
        settings.count("lessons", false, Timestamp::from_millis(7));
        settings.count("lessons_completed", true, Timestamp::from_millis(8));
        FeedSettings {
            schools: Some(vec![ObjectId::new([3; 12]), ObjectId::new([9; 12])]),
            apps_see_targets: true,
            label: Some("Lessons completed".into()),
            ceiling: Some(Amount::from_micros(120_500_000)),
            may_fall: true,
            counts_finished_work: Some(false),
            report_links: [(Subject::Student, link)].into(),
            series: settings.series,
        }
    }

    /// Written by form 1; it never changes.
    const FROZEN: &str = r#"{"format":1,"schools":["030303030303030303030303","090909090909090909090909"],"apps_see_targets":true,"label":"Lessons completed","ceiling":120500000,"may_fall":true,"counts_finished_work":false,"report_links":{"student":"https://app.example/s/{id}"},"series":[{"number":1,"key":"lessons","since":7,"declared":false},{"number":2,"key":"lessons_completed","since":8,"declared":true}]}"#;

    #[test]
    fn what_was_stored_once_is_read_for_ever() {
        assert_eq!(full().to_text(), FROZEN);
        assert_eq!(FeedSettings::from_text(FROZEN).unwrap(), full());
        let bare = FeedSettings::from_text(r#"{"format":1}"#).unwrap();
        assert_eq!(bare, FeedSettings::default());
    }

    #[test]
    fn another_form_is_not_guessed_at() {
        for text in [
            "",
            "{}",
            r#"{"format":2}"#,
            r#"{"format":1,"report_links":{"student":"http://x"}}"#,
        ] {
            assert_eq!(FeedSettings::from_text(text), Err(UnreadableFeed), "{text}");
        }
    }

    #[test]
    fn a_series_begins_with_another_key() {
        let mut settings = FeedSettings::default();
        assert_eq!(
            settings.metrics().series,
            1,
            "what comes first is the first"
        );
        let at = Timestamp::from_millis;
        for (key, declared, turn) in [
            ("books_read", false, Turn::Begins),
            ("books_read", false, Turn::Stays),
            ("books_read", true, Turn::Declared),
            ("books_read", false, Turn::Stays),
            ("pages_read", false, Turn::Begins),
            ("books_read", false, Turn::Returns),
            ("books_read", true, Turn::Stays),
            ("pages_read", true, Turn::Returns),
            ("pages_read", true, Turn::Stays),
        ] {
            assert_eq!(settings.count(key, declared, at(1)), turn, "{key}");
        }
        assert_eq!(settings.metrics().series, 2);
        assert_eq!(settings.progress_label(), "pages_read");
        let said = full();
        let mut next = full();
        next.count("pages_read", false, at(9));
        assert_eq!(
            (&next.label, next.ceiling, next.may_fall),
            (&None, None, false)
        );
        assert_eq!(next.counts_finished_work, None);
        assert_eq!(next.report_links, said.report_links);
        assert!(next.apps_see_targets && next.schools == said.schools);
        let kept = FeedSettings::from_text(&next.to_text()).unwrap();
        assert_eq!(kept, next, "what was said of the other is kept");
        next.count("lessons_completed", false, at(10));
        let last = next.series.pop();
        assert_eq!(last.as_ref(), said.series.last());
        next.series.clone_from(&said.series);
        assert_eq!(next, said, "and is said again");
        let mut early = FeedSettings {
            series: Vec::new(),
            ..full()
        };
        early.count("lessons", false, at(9));
        assert_eq!(early.ceiling, said.ceiling, "said before there was any");
        for number in 0..80 {
            let turn = settings.count(&format!("key_{number}"), false, at(6));
            assert_eq!(turn, Turn::Begins);
        }
        assert_eq!(settings.series.len(), super::super::SERIES);
        assert_eq!(settings.metrics().series, 82);
    }
}
