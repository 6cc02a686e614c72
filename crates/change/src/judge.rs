//! What the guards say to a plan.

use crate::counts::{Served, Tally};
use crate::guard::{Circumstances, Guard, Guards, Verdict};
use crate::limit::{Ceiling, Limit, Rule, Share};
use crate::plan::Plan;
use crate::season::Season;
use crate::signs::KEYED;

/// Verdicts in the order of [`Guard::ALL`], inside one in the order of [`Served::ALL`]. What a guard looks at in the whole
/// district has a verdict whether it holds or not; of schools and files there are those that hold.
pub(crate) fn judge(
    plan: &Plan,
    guards: &Guards,
    circumstances: &Circumstances<'_>,
) -> Vec<Verdict> {
    let mut judge = Judge {
        plan,
        season: circumstances.season(),
        verdicts: Vec::new(),
    };
    judge.deletions(guards);
    judge.school_deletions(guards);
    judge.keys(guards);
    judge.emails(&guards.email_mass_change);
    judge.names(&guards.names_changed);
    judge.school_mass_move(&guards.school_mass_move);
    judge.schools_vanished(&guards.school_vanished);
    judge.types_vanished(&guards.type_vanished);
    judge.rejected(guards, circumstances);
    judge.verdicts
}

struct Judge<'a> {
    plan: &'a Plan,
    season: Season,
    verdicts: Vec<Verdict>,
}

/// What a verdict is about.
struct About<'a> {
    guard: Guard,
    kind: Served,
    school: Option<&'a str>,
    file: Option<&'a str>,
    measured: Share,
}

impl<'a> About<'a> {
    fn new(guard: Guard, kind: Served, measured: Share) -> Self {
        Self {
            guard,
            kind,
            school: None,
            file: None,
            measured,
        }
    }

    fn in_school(self, school: &'a str) -> Self {
        Self {
            school: Some(school),
            ..self
        }
    }
}

impl Judge<'_> {
    fn before(&self, kind: Served) -> u64 {
        self.plan.counts().of(kind).before()
    }

    /// Adds a verdict, unless the guard is switched off; `what` is what would happen to the share.
    fn say(&mut self, rule: &Rule, about: &About<'_>, what: &str) {
        let limit = rule.limit(self.season);
        let held = about.guard.holds(limit, about.measured);
        let only_held = about.school.is_some() || about.file.is_some();
        if rule.is_off() || (only_held && !held) {
            return;
        }
        let verdict = Verdict {
            guard: about.guard,
            kind: about.kind,
            school: about.school.map(str::to_owned),
            file: about.file.map(str::to_owned),
            measured: about.measured,
            limit,
            held,
            reason: self.reason(about, limit, held, what),
        };
        self.verdicts.push(verdict);
    }

    fn reason(&self, about: &About<'_>, limit: Limit, held: bool, what: &str) -> String {
        let (measured, kind) = (about.measured, about.kind);
        let of_files = about.guard == Guard::ManyRejected;
        if self.plan.base() == 0 && !of_files {
            return format!("{kind}: nothing was published before, so nothing can go wrong");
        }
        let subject = match (about.school, about.file) {
            (Some(school), _) => format!("{measured} {kind} of school {school}"),
            (_, Some(file)) => format!("{measured} rows of {file}"),
            (None, None) => format!("{measured} {kind}"),
        };
        let season = match self.season {
            Season::SchoolYear => String::new(),
            season => format!(" in {season}"),
        };
        match (held, limit.percent) {
            (true, Ceiling::Percent(percent)) => {
                let than = if limit.is_passed(measured) {
                    "more than"
                } else {
                    "as many as"
                };
                format!("{subject} {what}; {than} {percent} %{season} needs somebody to look")
            }
            _ => format!("{subject} {what}; the limit{season} is {limit}"),
        }
    }

    fn deletions(&mut self, guards: &Guards) {
        for (kind, tally) in self.plan.counts().iter() {
            if let Some(rule) = guards.deletions.of(kind) {
                let about = About::new(Guard::Deletions, kind, deleted(tally));
                self.say(rule, &about, "would be deleted");
            }
        }
    }

    fn school_deletions(&mut self, guards: &Guards) {
        for school in self.plan.schools() {
            for (kind, tally) in school.iter() {
                if let Some(rule) = guards.school_deletions.of(kind) {
                    let about = About::new(Guard::SchoolDeletions, kind, deleted(tally));
                    self.say(rule, &about.in_school(&school.sis_id), "would be deleted");
                }
            }
        }
    }

    fn keys(&mut self, guards: &Guards) {
        for kind in [Served::Students, Served::Teachers] {
            let share = Share::new(self.plan.signs().of(kind).same, self.before(kind));
            let about = About::new(Guard::KeysChanged, kind, share);
            let what = "would be deleted and created again under another id";
            self.say(&guards.keys_changed, &about, what);
        }
        for kind in KEYED {
            let share = Share::new(self.plan.signs().of(kind).case, self.before(kind));
            let about = About::new(Guard::KeyCaseChanged, kind, share);
            let what = "would get an id that differs in capital letters only";
            self.say(&guards.key_case_changed, &about, what);
        }
        for kind in KEYED {
            let share = Share::new(self.plan.signs().of(kind).zeros, self.before(kind));
            let about = About::new(Guard::LeadingZerosLost, kind, share);
            let what = "would get an id that differs in zeros in front only";
            self.say(&guards.leading_zeros_lost, &about, what);
        }
    }

    /// Of all emails of employees together (district-side 7.3).
    fn emails(&mut self, rule: &Rule) {
        let kinds = [Served::Teachers, Served::Staff];
        let changed = kinds.map(|kind| self.plan.signs().of(kind).emails);
        let before = if changed == [0, 0] {
            kinds.map(|kind| self.before(kind))
        } else {
            kinds.map(|kind| self.plan.signs().of(kind).with_email)
        };
        let share = Share::new(changed.iter().sum(), before.iter().sum());
        // The kind that has more of them speaks for both.
        let kind = if changed.is_sorted() && changed != [0, 0] {
            Served::Staff
        } else {
            Served::Teachers
        };
        let about = About::new(Guard::EmailMassChange, kind, share);
        self.say(rule, &about, "and other employees would get another email");
    }

    fn names(&mut self, rule: &Rule) {
        for kind in [Served::Students, Served::Teachers] {
            let share = Share::new(self.plan.signs().of(kind).names, self.before(kind));
            let about = About::new(Guard::NamesChanged, kind, share);
            self.say(rule, &about, "would get another name or date of birth");
        }
    }

    fn school_mass_move(&mut self, rule: &Rule) {
        let moved = self.plan.signs().moved_school;
        let share = Share::new(moved, self.before(Served::Students));
        let about = About::new(Guard::SchoolMassMove, Served::Students, share);
        self.say(rule, &about, "would change their primary school");
    }

    fn schools_vanished(&mut self, rule: &Rule) {
        for school in self.plan.schools() {
            let tally = school.of(Served::Students);
            if school.students_after == 0 && tally.before() > 0 {
                let about = About::new(Guard::SchoolVanished, Served::Students, deleted(tally));
                let what = "would be deleted and none would be left";
                self.say(rule, &about.in_school(&school.sis_id), what);
            }
        }
    }

    fn types_vanished(&mut self, rule: &Rule) {
        let kinds = [
            Served::Students,
            Served::Teachers,
            Served::Sections,
            Served::Enrollments,
        ];
        for kind in kinds {
            let tally = self.plan.counts().of(kind);
            let gone = if tally.after() == 0 {
                tally.before()
            } else {
                0
            };
            let about = About::new(Guard::TypeVanished, kind, Share::new(gone, tally.before()));
            self.say(rule, &about, "would be deleted and none would be left");
        }
    }

    fn rejected(&mut self, guards: &Guards, circumstances: &Circumstances<'_>) {
        for file in circumstances.rejected {
            let share = Share::new(file.rejected, file.received);
            let mut about = About::new(Guard::ManyRejected, of_file(&file.file), share);
            about.file = Some(&file.file);
            self.say(guards.rejected(&file.file), &about, "were left out");
        }
    }
}

fn deleted(tally: Tally) -> Share {
    Share::new(tally.deleted, tally.before())
}

/// The type that a file is about.
fn of_file(stem: &str) -> Served {
    let kinds = Served::ALL.into_iter();
    let mut found = kinds.filter(|kind| kind.text() == stem);
    found.next().unwrap_or(Served::Users)
}
