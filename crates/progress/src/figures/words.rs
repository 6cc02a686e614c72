//! What students and those at home are told (integration-side D6): encouraging, about this student alone. Nobody is called
//! stuck, slow or behind, and nobody is compared.

use homeroom_goals::Amount;
use homeroom_goals::state::{State, Verdict, Why};
use serde::{Deserialize, Serialize};

/// A language that figures are worded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// The language of a tag such as `es` or `es-MX`; English for what there is none of.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("es") {
            Self::Spanish
        } else {
            Self::English
        }
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }
}

/// How a student is doing, in a word that may be shown to the student.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// The app tells nothing at the moment.
    NoNews,
    /// There is little to say yet.
    GettingStarted,
    /// The minutes that were reported last wait for somebody to look at them.
    BeingChecked,
    /// All there is was done.
    Finished,
    /// A good day to begin again.
    WelcomeBack,
    /// Somebody should look at it together with the student.
    AskForHelp,
    /// There is something left to do.
    KeepGoing,
    /// As it should be, or more.
    OnTheWay,
}

impl Mood {
    /// The word, as answers have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoNews => "no_news",
            Self::GettingStarted => "getting_started",
            Self::BeingChecked => "being_checked",
            Self::Finished => "finished",
            Self::WelcomeBack => "welcome_back",
            Self::AskForHelp => "ask_for_help",
            Self::KeepGoing => "keep_going",
            Self::OnTheWay => "on_the_way",
        }
    }

    /// The word for what is the matter.
    pub fn of(verdict: &Verdict) -> Self {
        if verdict.why == Why::SetAside {
            return Self::BeingChecked;
        }
        match verdict.state {
            State::FeedStale => Self::NoNews,
            State::NoData => Self::GettingStarted,
            State::Finished => Self::Finished,
            State::Inactive => Self::WelcomeBack,
            State::Stuck => Self::AskForHelp,
            State::Slow | State::Behind => Self::KeepGoing,
            State::OnTrack | State::Ahead | State::NoTarget => Self::OnTheWay,
        }
    }
}

/// What there is to say of this week.
pub(crate) enum ThisWeek<'a> {
    /// What was done.
    Told(Done<'a>),
    /// It had no school day yet.
    NoSchool,
    /// Nothing was ever reported.
    NothingYet,
    /// The app tells nothing at the moment.
    NoNews,
    /// What was reported last waits for somebody to look at it.
    BeingChecked,
}

/// What was done in a week, for a sentence.
pub(crate) struct Done<'a> {
    pub(crate) minutes: Amount,
    /// `None` where the app has not reported any.
    pub(crate) progress: Option<Amount>,
    pub(crate) target: Amount,
    /// What the app calls its progress metric.
    pub(crate) label: &'a str,
}

/// One sentence for the student.
pub(crate) fn to_student(mood: Mood, language: Language) -> &'static str {
    match (language, mood) {
        (Language::English, Mood::NoNews) => "There is no news from the app at the moment.",
        (Language::English, Mood::GettingStarted) => "You are getting started.",
        (Language::English, Mood::BeingChecked) => {
            "The newest minutes from the app are being checked. They will show here soon."
        }
        (Language::English, Mood::Finished) => "You have done all there is. Well done!",
        (Language::English, Mood::WelcomeBack) => {
            "Today is a good day for it: ten minutes are a fine start."
        }
        (Language::English, Mood::AskForHelp) => {
            "You are putting in the time. Ask for help with the next step: good learners do."
        }
        (Language::English, Mood::KeepGoing) => "Every step counts. Keep going!",
        (Language::English, Mood::OnTheWay) => "You are well on your way.",
        (Language::Spanish, Mood::NoNews) => "Por ahora no hay noticias de la aplicación.",
        (Language::Spanish, Mood::GettingStarted) => "Estás empezando.",
        (Language::Spanish, Mood::BeingChecked) => {
            "Se están revisando los minutos más recientes de la aplicación. Pronto aparecerán aquí."
        }
        (Language::Spanish, Mood::Finished) => "Has hecho todo lo que hay. ¡Muy bien!",
        (Language::Spanish, Mood::WelcomeBack) => {
            "Hoy es un buen día para hacerlo: diez minutos son un buen comienzo."
        }
        (Language::Spanish, Mood::AskForHelp) => {
            "Estás dedicando tiempo. Pide ayuda con el próximo paso: así se aprende."
        }
        (Language::Spanish, Mood::KeepGoing) => "Cada paso cuenta. ¡Sigue adelante!",
        (Language::Spanish, Mood::OnTheWay) => "Vas por buen camino.",
    }
}

/// What can be asked at home.
pub(crate) fn ask_at_home(mood: Mood, language: Language) -> &'static str {
    match (language, mood) {
        (Language::English, Mood::NoNews | Mood::BeingChecked) => {
            "Ask what the class is working on at the moment."
        }
        (Language::English, Mood::GettingStarted) => "Ask what the first steps were like.",
        (Language::English, Mood::Finished) => "Ask what was the best part, and what comes next.",
        (Language::English, Mood::WelcomeBack) => {
            "Ask whether there is a good time and place for ten minutes today."
        }
        (Language::English, Mood::AskForHelp) => {
            "Ask to be shown what is hard at the moment, and whether the teacher knows."
        }
        (Language::English, Mood::KeepGoing) => "Ask what would make the next step easier.",
        (Language::English, Mood::OnTheWay) => "Ask what was new this week.",
        (Language::Spanish, Mood::NoNews | Mood::BeingChecked) => {
            "Pregunte en qué está trabajando la clase ahora."
        }
        (Language::Spanish, Mood::GettingStarted) => "Pregunte cómo fueron los primeros pasos.",
        (Language::Spanish, Mood::Finished) => "Pregunte qué fue lo mejor y qué viene después.",
        (Language::Spanish, Mood::WelcomeBack) => {
            "Pregunte si hay un buen momento y lugar para diez minutos hoy."
        }
        (Language::Spanish, Mood::AskForHelp) => {
            "Pida que le muestre qué es difícil ahora y pregunte si la maestra o el maestro lo sabe."
        }
        (Language::Spanish, Mood::KeepGoing) => "Pregunte qué haría más fácil el próximo paso.",
        (Language::Spanish, Mood::OnTheWay) => "Pregunte qué hubo de nuevo esta semana.",
    }
}

/// The week in one sentence, for those at home.
pub(crate) fn summary(week: &ThisWeek<'_>, language: Language) -> String {
    let untold = match (language, week) {
        (_, ThisWeek::Told(done)) => return summary_of(done, language),
        (Language::English, ThisWeek::NoSchool) => "There was no school this week yet.",
        (Language::English, ThisWeek::NothingYet) => "The app has not told anything yet.",
        (Language::English, ThisWeek::NoNews) => {
            "There is no news from the app about this week at the moment."
        }
        (Language::English, ThisWeek::BeingChecked) => {
            "The newest minutes from the app are being checked."
        }
        (Language::Spanish, ThisWeek::NoSchool) => "Esta semana todavía no ha habido clases.",
        (Language::Spanish, ThisWeek::NothingYet) => "La aplicación todavía no ha informado nada.",
        (Language::Spanish, ThisWeek::NoNews) => {
            "Por ahora no hay noticias de la aplicación sobre esta semana."
        }
        (Language::Spanish, ThisWeek::BeingChecked) => {
            "Se están revisando los minutos más recientes de la aplicación."
        }
    };
    untold.to_owned()
}

fn summary_of(done: &Done<'_>, language: Language) -> String {
    let Done {
        minutes,
        progress,
        target,
        label,
    } = done;
    let (minutes, target) = (tenths(*minutes), tenths(*target));
    let progress = progress.map_or_else(String::new, |progress| {
        format!("; {label}: {}", tenths(progress))
    });
    let aimed = target > Amount::ZERO;
    match (language, aimed) {
        (Language::English, true) => format!("This week: {minutes} of {target} minutes{progress}."),
        (Language::English, false) => format!("This week: {minutes} minutes{progress}."),
        (Language::Spanish, true) => {
            format!("Esta semana: {minutes} de {target} minutos{progress}.")
        }
        (Language::Spanish, false) => format!("Esta semana: {minutes} minutos{progress}."),
    }
}

/// Rounded down to one decimal.
fn tenths(amount: Amount) -> Amount {
    Amount::from_micros(amount.micros() / 100_000 * 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that D6 keeps from students and from those at home, in both languages.
    const NEVER: &[&str] = &[
        "stuck",
        "slow",
        "behind",
        "inactive",
        "rank",
        "other",
        "classmate",
        "best in",
        "worse",
        "better than",
        "lazy",
        "atasc",
        "atrasad",
        "lent",
        "inactiv",
        "otros",
        "compañer",
        "peor",
        "mejor que",
    ];

    fn verdict(state: State, why: Why) -> Verdict {
        Verdict {
            state,
            why,
            minutes: None,
            progress: None,
            known: 0,
            told: 0,
            stuck: Vec::new(),
        }
    }

    #[test]
    fn nobody_is_said_to_do_what_is_not_known() {
        // Behind, perhaps without any progress; and minutes that nobody confirmed, perhaps of somebody who began long ago.
        for (state, why, never) in [
            (State::Behind, Why::NoTarget, ["further", "avanza"]),
            (State::NoData, Why::SetAside, ["getting started", "empeza"]),
        ] {
            let mood = Mood::of(&verdict(state, why));
            for language in [Language::English, Language::Spanish] {
                let said = to_student(mood, language).to_lowercase();
                assert!(!never.iter().any(|never| said.contains(never)), "{said}");
            }
        }
    }

    #[test]
    fn a_week_that_is_not_known_has_no_number() {
        for language in [Language::English, Language::Spanish] {
            for week in [
                ThisWeek::NoSchool,
                ThisWeek::NothingYet,
                ThisWeek::NoNews,
                ThisWeek::BeingChecked,
            ] {
                let said = summary(&week, language);
                assert!(
                    !said.contains(|letter: char| letter.is_ascii_digit()),
                    "{said}"
                );
                let mut never = NEVER.iter();
                assert!(!never.any(|never| said.contains(never)), "{said}");
            }
        }
    }

    #[test]
    fn nobody_is_called_names_or_compared() {
        let states = State::ALL.map(|state| (state, Why::NoTarget));
        let cases = states.into_iter().chain([(State::NoData, Why::SetAside)]);
        let cases: Vec<_> = cases.collect();
        for language in [Language::English, Language::Spanish] {
            for (state, why) in cases.iter().copied() {
                let mood = Mood::of(&verdict(state, why));
                assert_eq!(serde_json::to_value(mood).unwrap(), mood.word());
                let told = [
                    to_student(mood, language),
                    ask_at_home(mood, language),
                    mood.word(),
                ];
                for told in told {
                    for never in NEVER {
                        assert!(!told.to_lowercase().contains(never), "{told} says {never}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_week_is_one_plain_sentence() {
        let done = |target| Done {
            minutes: Amount::from_micros(32_590_000),
            progress: Some(Amount::whole(2)),
            target,
            label: "Lessons completed",
        };
        for (target, language, expected) in [
            (
                60,
                Language::of("en-US"),
                "This week: 32.5 of 60 minutes; Lessons completed: 2.",
            ),
            (
                0,
                Language::of("fr"),
                "This week: 32.5 minutes; Lessons completed: 2.",
            ),
            (
                60,
                Language::of("es-MX"),
                "Esta semana: 32.5 de 60 minutos; Lessons completed: 2.",
            ),
        ] {
            let told = ThisWeek::Told(done(Amount::whole(target)));
            assert_eq!(summary(&told, language), expected);
        }
        let silent = Done {
            progress: None,
            ..done(Amount::ZERO)
        };
        let told = summary(&ThisWeek::Told(silent), Language::English);
        assert_eq!(told, "This week: 32.5 minutes.");
    }
}
