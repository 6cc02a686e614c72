//! Active minutes out of what an app notices while it is open (integration-side D2.2).
//!
//! An app sends a *heartbeat* every so often: which session, when, whether the page is visible, when the last input came,
//! what kind of page it is. Time counts where the page is visible and of a kind that is work, and not longer than the idle
//! timeout after the last input. Between two heartbeats of a session things stand as the first says; after a silence longer
//! than [`Rules::longest_gap`] nothing counts, because nobody knows. Times of several sessions count once.

pub mod moment;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, collections::BTreeMap};

use homeroom_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Amount;

/// One heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a heartbeat: an object with session, at, visible, last_input and page"
)]
pub struct Heartbeat<'a> {
    /// The session: one page of one device. All of a student's sessions are given together.
    #[serde(borrow)]
    pub session: Cow<'a, str>,
    /// When it was taken, in milliseconds since 1970.
    #[serde(deserialize_with = "moment::at")]
    pub at: Timestamp,
    /// Whether the page can be seen: not another tab, not a locked screen.
    pub visible: bool,
    /// When the last input came: a key, a touch, a pen.
    #[serde(deserialize_with = "moment::last_input")]
    pub last_input: Timestamp,
    /// The kind of page, one of [`Rules::pages`] if it is work.
    #[serde(borrow)]
    pub page: Cow<'a, str>,
}

/// What counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "rules: an object with idle_seconds, longest_gap and pages"
)]
pub struct Rules {
    /// Seconds after an input during which a student is taken to be at work. 120.
    #[serde(deserialize_with = "moment::idle_seconds")]
    pub idle_seconds: u32,
    /// Seconds between two heartbeats of a session beyond which the time between them does not count. 90.
    #[serde(deserialize_with = "moment::longest_gap")]
    pub longest_gap: u32,
    /// Kinds of pages that are work; all others do not count: menus, shops, avatars, games.
    pub pages: BTreeMap<String, Page>,
}

/// A kind of page that is work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a kind of page: an object that may have idle_seconds"
)]
pub struct Page {
    /// Its own idle timeout, for pages on which work needs fewer inputs: reading, a video.
    #[serde(deserialize_with = "moment::idle_seconds_if_any")]
    pub idle_seconds: Option<u32>,
}

impl Default for Rules {
    /// Lessons, practice, assessments, reading (five minutes without an input) and videos (fifteen).
    fn default() -> Self {
        let page = |name: &str, idle_seconds| (name.to_owned(), Page { idle_seconds });
        Self {
            idle_seconds: 120,
            longest_gap: 90,
            pages: BTreeMap::from([
                page("assessment", None),
                page("lesson", None),
                page("practice", None),
                page("reading", Some(300)),
                page("video", Some(900)),
            ]),
        }
    }
}

/// A stretch of activity: from one instant to another, the second not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// When a student was active: spans in order of time that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// The spans.
    pub spans: Vec<Span>,
}

impl Activity {
    /// Active minutes in all.
    pub fn minutes(&self) -> Amount {
        Amount::of_millis(self.spans.iter().map(Span::millis).sum())
    }

    /// Active minutes from one instant to another: of a day, or of a school year. Parts that divide a whole add up to it to
    /// within a millionth of a minute each.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Amount {
        let inside = self.spans.iter().map(|span| Span {
            from: span.from.max(from),
            to: span.to.min(to),
        });
        Amount::of_millis(inside.map(|span| span.millis()).sum())
    }
}

impl Span {
    fn millis(&self) -> u64 {
        u64::try_from(self.to.millis().saturating_sub(self.from.millis())).unwrap_or(0)
    }
}

/// The activity of one student from the heartbeats of all the student's sessions, in any order.
pub fn active(heartbeats: &[Heartbeat<'_>], rules: &Rules) -> Activity {
    let mut order: Vec<&Heartbeat<'_>> = heartbeats.iter().collect();
    order.sort_by(|a, b| {
        let key = |beat: &Heartbeat<'_>| (beat.at, beat.visible, beat.last_input);
        a.session
            .cmp(&b.session)
            .then(key(a).cmp(&key(b)))
            .then(a.page.cmp(&b.page))
    });
    let mut spans = Vec::new();
    for session in order.chunk_by(|one, next| one.session == next.session) {
        of_session(session, rules, &mut spans);
    }
    Activity {
        spans: united(spans),
    }
}

fn of_session(beats: &[&Heartbeat<'_>], rules: &Rules, spans: &mut Vec<Span>) {
    // An input cannot come after the heartbeat that tells of it.
    let mut inputs: Vec<i64> = beats
        .iter()
        .map(|beat| beat.last_input.min(beat.at).millis())
        .collect();
    inputs.sort_unstable();
    inputs.dedup();
    for [beat, next] in beats.array_windows() {
        let Some(page) = rules.pages.get(&*beat.page).filter(|_| beat.visible) else {
            continue;
        };
        let (from, to) = (beat.at.millis(), next.at.millis());
        if to.saturating_sub(from) > i64::from(rules.longest_gap) * 1000 {
            continue;
        }
        let idle = i64::from(page.idle_seconds.unwrap_or(rules.idle_seconds)) * 1000;
        // The latest input of before, if it still reaches into this stretch, and those that came in it: so each input is looked
        // at about once, however close the heartbeats are.
        let reaching = inputs.partition_point(|input| input.saturating_add(idle) <= from);
        let before = inputs.partition_point(|input| *input <= from);
        let first = reaching.max(before.saturating_sub(1));
        let last = inputs.partition_point(|input| *input < to);
        for input in inputs.get(first..last.max(first)).unwrap_or_default() {
            spans.push(Span {
                from: Timestamp::from_millis(from.max(*input)),
                to: Timestamp::from_millis(to.min(input.saturating_add(idle))),
            });
        }
    }
}

/// The same times without overlaps.
fn united(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.from < span.to);
    spans.sort_unstable();
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => found.push(span),
        }
    }
    found
}
