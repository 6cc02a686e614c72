//! Answers go wrong, tokens and events come and go, and the source moves while it is read.

use homeroom_wire::Family;

use super::Play;
use crate::histories::village::short;

/// Answers that go wrong for a while: faults of `homeroom faults`, and what it is in words of its own.
const WEATHER: &[&str] = &[
    "short-pages,duplicate-border,empty-last-page",
    "html=0.08,cut-json=0.08,empty-object=0.08",
    "error-503=0.15,error-500=0.1,cut-body=0.1",
    "collapse=0.3,repeated-page=0.1",
    "html-404=0.2",
    "throttled=0.1/20,slow=0.05",
    "repeated-events=1,shuffled-events=1,unknown-events=0.3",
    "silent-feed",
    "aged-feed",
    "refused-cursor",
    "unknown-fields,unknown-roles=0.2",
    "html=0.4,error-503=0.4",
];

impl Play<'_> {
    /// Faults come and go, tokens too, and events are switched.
    pub(super) fn change_weather(&mut self) {
        if self.weather.is_empty() && self.chance(30) {
            let at = usize::try_from(self.dice.below(WEATHER.len() as u64)).unwrap();
            self.weather = WEATHER[at];
            if is_deaf(self.weather) {
                self.heard = false;
            }
            let settings = homeroom_faults::Settings {
                seed: self.dice.any(),
                ..homeroom_faults::Settings::default()
            };
            let settings = settings.with(self.weather).unwrap();
            let spoilt = self.app.world.over(settings);
            self.app
                .world
                .read_with(&move |parts| parts.transport = std::sync::Arc::clone(&spoilt));
            self.story
                .tell(format!("  answers go wrong: {}", self.weather));
        } else if !self.weather.is_empty() && self.chance(60) {
            self.good_weather();
        }
        if self.token && self.chance(5) {
            self.token = false;
            self.village.river.revoke();
            self.story.tell("  the token is revoked");
        } else if !self.token && self.chance(60) {
            self.new_token();
        } else if self.chance(4) {
            let name = format!("token-of-day-{}", self.day);
            self.village.river.new_token(&name, true);
            self.story.tell("  the token is replaced, and listed");
        }
        if self.chance(6) {
            self.village.river.events(false);
            self.heard = false;
            self.story.tell("  events are switched off");
        } else if self.chance(30) {
            self.village.river.events(true);
        }
    }

    pub(super) fn good_weather(&mut self) {
        self.weather = "";
        self.app.world.read_with(&|_| {});
        self.story.tell("  answers are right again");
    }

    pub(super) fn new_token(&mut self) {
        self.token = true;
        let name = format!("token-again-{}", self.day);
        self.village.river.new_token(&name, true);
        self.app.world.read_with(&|_| {});
        self.weather = "";
        self.story.tell("  there is a new token");
    }

    /// Something happens while the source is read.
    pub(super) fn moving_source(&mut self) {
        if !self.chance(20) {
            return;
        }
        let people = match self.village.river.toy().version().family {
            Family::Three => "/users",
            _ => "/students",
        };
        let (river, nth) = (
            self.village.river.clone(),
            1 + usize::try_from(self.dice.below(2)).unwrap(),
        );
        let Some(student) = self.any(&self.village.students()) else {
            return;
        };
        // Somebody who is deleted stands in rosters until the next day.
        self.story.tell(format!(
            "  source, while it is read: {} leaves",
            short(student)
        ));
        let text = if self.chance(50) { "/sections" } else { people };
        self.village.river.toy().before(text, nth, move |_| {
            if river.has(student) {
                river.delete(student);
            }
        });
    }
}

/// Faults that leave something unsaid that events would have said, without any sign of it.
fn is_deaf(weather: &str) -> bool {
    weather.contains("silent") || weather.contains("aged") || weather.contains("refused")
}
