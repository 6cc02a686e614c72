//! Targets as the store keeps them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use homeroom_goals::Amount;
use homeroom_goals::target::{Audience, Level, Metric, SchoolType, Target, Targets};
use homeroom_model::{ClosedList, Grade, ObjectId};
use homeroom_store::{FeedKey, GoalsTarget};

/// Targets from what the store keeps, in the order of their numbers, while a progress metric counts: those for progress that
/// were set while another did rest until it returns. What no version of this program ever wrote is left out; of statements of
/// one kind for the same first day the last one counts.
pub(crate) fn read(kept: &[GoalsTarget], series: u32) -> Targets {
    let mut last = BTreeMap::new();
    let counts = |of: Option<u32>| of.is_none_or(|of| of == series);
    for (target, _) in kept.iter().filter_map(target).filter(|(_, of)| counts(*of)) {
        let progress = target.metric == Metric::Progress;
        let kind = (target.level, target.audience, progress);
        last.insert((kind, target.from), target);
    }
    Targets::new(last.into_values().collect())
}

/// What was said last about the same students and metric for the first day of a statement.
fn before<'a>(kept: &'a [GoalsTarget], new: &GoalsTarget) -> Option<&'a GoalsTarget> {
    let same = kept.iter().filter(|kept| {
        (&kept.audience, &kept.metric) == (&new.audience, &new.metric) && kept.from <= new.from
    });
    same.max_by_key(|kept| (kept.from, kept.number))
}

/// Whether what a statement says holds already on its first day, so that saying it changes nothing.
pub(super) fn holds(kept: &[GoalsTarget], new: &GoalsTarget) -> bool {
    before(kept, new).is_some_and(|kept| kept.per_week == new.per_week)
}

/// What the audit says of statements that follow what is kept: ids and numbers, before and after.
pub(super) fn told(key: FeedKey, kept: &[GoalsTarget], new: &[GoalsTarget]) -> String {
    let amount = |target: Option<&GoalsTarget>| {
        let per_week = target.and_then(|target| target.per_week);
        per_week.map_or("none".to_owned(), |micros| {
            Amount::from_micros(micros).to_string()
        })
    };
    let mut text = format!("app {}", key.app);
    let last = kept.last().map_or(0, |target| target.number);
    for (number, target) in (last + 1..).zip(new) {
        let (was, is) = (amount(before(kept, target)), amount(Some(target)));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "; {number}: {} {} {was} -> {is} from {}",
            target.audience, target.metric, target.from
        );
    }
    text
}

/// A target, and the number of the progress metric that counted when it was set, where it is for progress.
pub(super) fn target(kept: &GoalsTarget) -> Option<(Target, Option<u32>)> {
    let (level, audience) = whom(&kept.audience)?;
    let (metric, series) = of_what(&kept.metric)?;
    let target = Target {
        level,
        audience,
        metric,
        per_week: kept.per_week.map(Amount::from_micros),
        from: kept.from,
        by: kept.by.as_str().into(),
        at: kept.at,
    };
    Some((target, series))
}

/// `minutes`, `progress`, `progress:2`: what a target is for, as the store keeps it. Progress is of the metric with the number;
/// the first, or the one that will be, has none.
pub(super) fn metric_word(metric: Metric, series: u32) -> String {
    match metric {
        Metric::Minutes => "minutes".to_owned(),
        Metric::Progress if series <= 1 => "progress".to_owned(),
        Metric::Progress => format!("progress:{series}"),
    }
}

fn of_what(text: &str) -> Option<(Metric, Option<u32>)> {
    Some(match text.split_once(':') {
        None if text == "minutes" => (Metric::Minutes, None),
        None if text == "progress" => (Metric::Progress, Some(1)),
        Some(("progress", series)) => (Metric::Progress, Some(series.parse().ok()?)),
        _ => return None,
    })
}

/// The id of a level that has one.
pub(crate) fn level_id(level: Level) -> Option<ObjectId> {
    match level {
        Level::App | Level::District => None,
        Level::School(id) | Level::Section(id) | Level::Student(id) => Some(id),
    }
}

/// `district everyone`, `school:5f… grade:5`: level and audience as the store keeps them.
pub(super) fn for_whom(level: Level, audience: Audience) -> String {
    let level = match level_id(level) {
        Some(id) => format!("{}:{id}", level.name()),
        None => level.name().to_owned(),
    };
    let audience = match audience {
        Audience::Everyone => "everyone".to_owned(),
        Audience::Type(_) => format!("type:{}", audience.name()),
        Audience::Grade(grade) => format!("grade:{}", grade.text()),
    };
    format!("{level} {audience}")
}

fn whom(text: &str) -> Option<(Level, Audience)> {
    let (level, audience) = text.split_once(' ')?;
    let level = match level.split_once(':') {
        None if level == "app" => Level::App,
        None if level == "district" => Level::District,
        None => return None,
        Some((word, id)) => {
            let id = ObjectId::from_hex(id)?;
            match word {
                "school" => Level::School(id),
                "section" => Level::Section(id),
                "student" => Level::Student(id),
                _ => return None,
            }
        }
    };
    let audience = match audience.split_once(':') {
        None if audience == "everyone" => Audience::Everyone,
        Some(("grade", grade)) => Audience::Grade(Grade::from_text(grade)?),
        Some(("type", kind)) => {
            let types = [SchoolType::Elementary, SchoolType::Middle, SchoolType::High];
            Audience::Type(
                types
                    .into_iter()
                    .find(|other| Audience::Type(*other).name() == kind)?,
            )
        }
        _ => return None,
    };
    Some((level, audience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_target_reads_back() {
        let id = ObjectId::new([0x5f; 12]);
        let levels = [
            Level::App,
            Level::District,
            Level::School(id),
            Level::Section(id),
            Level::Student(id),
        ];
        let audiences = [
            Audience::Everyone,
            Audience::Type(SchoolType::Elementary),
            Audience::Type(SchoolType::Middle),
            Audience::Type(SchoolType::High),
        ];
        let grades = Grade::ALL.iter().map(|grade| Audience::Grade(*grade));
        let audiences: Vec<_> = audiences.into_iter().chain(grades).collect();
        for level in levels {
            for audience in &audiences {
                let text = for_whom(level, *audience);
                assert_eq!(whom(&text), Some((level, *audience)), "{text}");
            }
        }
        // A stored form: it is read for ever.
        let frozen = "school:5f5f5f5f5f5f5f5f5f5f5f5f grade:5";
        assert_eq!(
            for_whom(Level::School(id), Audience::Grade(Grade::Fifth)),
            frozen
        );
        for text in [
            "",
            "app",
            "class everyone",
            "school everyone",
            "app:1 everyone",
            "app some",
            "app type:big",
        ] {
            assert_eq!(whom(text), None, "{text}");
        }
        // The same of what it is for.
        for (metric, series, text, read) in [
            (Metric::Minutes, 3, "minutes", None),
            (Metric::Progress, 1, "progress", Some(1)),
            (Metric::Progress, 2, "progress:2", Some(2)),
        ] {
            assert_eq!(metric_word(metric, series), text);
            assert_eq!(of_what(text), Some((metric, read)));
        }
        for text in ["", "hours", "minutes:2", "progress:", "progress:two"] {
            assert_eq!(of_what(text), None, "{text}");
        }
    }
}
