//! The words between the numbers of a report: those of students and of contacts in their language, all others in English.
//! What is told in sentences is worded with the figures.

use homeroom_progress::figures::Language;

/// Labels and headings, in one language.
pub(super) struct Words {
    pub(super) as_of: &'static str,
    pub(super) school_year: &'static str,
    pub(super) snapshot: &'static str,
    /// Before how long ago something was heard of an app.
    pub(super) heard: &'static str,
    pub(super) just_now: &'static str,
    pub(super) nothing_yet: &'static str,
    /// Before for how long there was nothing, for leaders and teachers.
    pub(super) stale_for: &'static str,
    /// The same for students and those at home.
    pub(super) no_news_for: &'static str,
    /// Around how long ago.
    pub(super) ago: [&'static str; 2],
    /// One minute, minutes, hours, days.
    pub(super) spans: [&'static str; 4],
    pub(super) no_app_of_student: &'static str,
    pub(super) no_app_of_child: &'static str,
    /// Between a child and an app.
    pub(super) in_app: &'static str,
    pub(super) this_week: &'static str,
    pub(super) not_known: &'static str,
    /// Between what was done and the target.
    pub(super) of: &'static str,
    pub(super) minutes: &'static str,
    pub(super) days_in_a_row: &'static str,
    pub(super) minutes_by_week: &'static str,
    pub(super) this_year: &'static str,
    pub(super) by_last_news: &'static str,
    pub(super) target: &'static str,
    pub(super) a_week: &'static str,
    pub(super) recommended: &'static str,
    pub(super) set_for: &'static str,
    /// Before who set it.
    pub(super) by: &'static str,
    /// The district, a school, a section, a student.
    levels: [&'static str; 4],
    pub(super) report: &'static str,
}

impl Words {
    /// Those of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }

    /// For whom a level sets targets.
    pub(super) fn level(&self, name: &str) -> &'static str {
        let [district, school, section, student] = self.levels;
        match name {
            "school" => school,
            "section" => section,
            "student" => student,
            _ => district,
        }
    }
}

/// English.
pub(super) static ENGLISH: Words = Words {
    as_of: "as of",
    school_year: "school year",
    snapshot: "snapshot",
    heard: "heard of",
    just_now: "just now",
    nothing_yet: "nothing yet",
    stale_for: "stale: nothing for",
    no_news_for: "no news for",
    ago: ["", " ago"],
    spans: ["1 minute", "minutes", "hours", "days"],
    no_app_of_student: "no app reports about this student",
    no_app_of_child: "no app reports about a child of this contact",
    in_app: "in",
    this_week: "this week",
    not_known: "not known at the moment",
    of: "of",
    minutes: "minutes",
    days_in_a_row: "school days in a row",
    minutes_by_week: "minutes by week",
    this_year: "this school year",
    by_last_news: ", by the last news",
    target: "target",
    a_week: "a week",
    recommended: "recommended by the app",
    set_for: "set for",
    by: "by",
    levels: ["the district", "the school", "the section", "the student"],
    report: "report",
};

static SPANISH: Words = Words {
    as_of: "a fecha de",
    school_year: "año escolar",
    snapshot: "versión",
    heard: "últimas noticias:",
    just_now: "ahora mismo",
    nothing_yet: "todavía nada",
    stale_for: "sin datos desde hace",
    no_news_for: "sin noticias desde hace",
    ago: ["hace ", ""],
    spans: ["1 minuto", "minutos", "horas", "días"],
    no_app_of_student: "ninguna aplicación informa sobre este estudiante",
    no_app_of_child: "ninguna aplicación informa sobre los hijos de este contacto",
    in_app: "en",
    this_week: "esta semana",
    not_known: "por ahora no se sabe",
    of: "de",
    minutes: "minutos",
    days_in_a_row: "días de clase seguidos",
    minutes_by_week: "minutos por semana",
    this_year: "este año escolar",
    by_last_news: ", según las últimas noticias",
    target: "meta",
    a_week: "por semana",
    recommended: "recomendada por la aplicación",
    set_for: "fijada para",
    by: "por",
    levels: ["el distrito", "la escuela", "la clase", "el estudiante"],
    report: "informe",
};
