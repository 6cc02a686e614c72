//! What a plan looks like as a whole, in words: a person decides sooner about "the ids lost their zeros" than about nine
//! hundred thousand lines.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::counts::Served;
use crate::limit::Share;
use crate::plan::Plan;
use crate::signs::KEYED;

/// Something a plan looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// The change of the school year or of a term.
    Rollover,
    /// The district changed its student information system: nearly every id is another.
    ChangeOfSis,
    /// Many records of a type have other keys.
    MassRekey,
    /// Keys lost or gained zeros in front.
    LeadingZerosLost,
    /// Keys changed their capital letters.
    KeyCaseChanged,
    /// There is nothing left of a type.
    TypeVanished,
    /// A school has no students left.
    SchoolVanished,
    /// A file ends too early.
    TruncatedFile,
    /// First and last names changed places.
    SwappedNames,
    /// Many people have another name or date of birth.
    NamesChanged,
    /// Many employees have another email.
    MassEmailChange,
    /// Many students change their school.
    SchoolMassMove,
    /// Many sections have no students left.
    EmptiedRosters,
    /// Many records come back that had left.
    MassReturn,
}

impl PatternKind {
    /// The word for it, in reports and in JSON.
    pub fn text(self) -> &'static str {
        match self {
            Self::Rollover => "rollover",
            Self::ChangeOfSis => "change_of_sis",
            Self::MassRekey => "mass_rekey",
            Self::LeadingZerosLost => "leading_zeros_lost",
            Self::KeyCaseChanged => "key_case_changed",
            Self::TypeVanished => "type_vanished",
            Self::SchoolVanished => "school_vanished",
            Self::TruncatedFile => "truncated_file",
            Self::SwappedNames => "swapped_names",
            Self::NamesChanged => "names_changed",
            Self::MassEmailChange => "mass_email_change",
            Self::SchoolMassMove => "school_mass_move",
            Self::EmptiedRosters => "emptied_rosters",
            Self::MassReturn => "mass_return",
        }
    }
}

impl fmt::Display for PatternKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Serialize for PatternKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

/// A pattern that was recognised, with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// What it looks like.
    pub pattern: PatternKind,
    /// The type of record it shows in.
    #[serde(rename = "type")]
    pub kind: Served,
    /// SIS id of the school, for what happens to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school: Option<String>,
    /// How many records show it.
    pub measured: Share,
    /// What it means and what to do, in a sentence or two.
    pub sentence: String,
}

/// Shares from which on a pattern is named, in tenths of a percent; our choice, below what guards hold for.
const SOME: u64 = 50;
const MANY: u64 = 200;
const MOST: u64 = 500;
const NEARLY_ALL: u64 = 800;
/// Fewer records than this are no pattern.
const FEW: u64 = 5;

/// The patterns of a plan, in the order of [`PatternKind`], types and schools in the order of reports.
pub(crate) fn find(plan: &Plan) -> Vec<Pattern> {
    let mut finder = Finder {
        plan,
        found: Vec::new(),
    };
    if plan.base() > 0 {
        finder.rollover();
        finder.keys();
        finder.vanished();
        finder.cut();
        finder.edits();
        finder.moves();
    }
    finder.found.sort_by_key(|pattern| pattern.pattern);
    finder.found
}

struct Finder<'a> {
    plan: &'a Plan,
    found: Vec<Pattern>,
}

impl Finder<'_> {
    fn before(&self, kind: Served) -> u64 {
        self.plan.counts().of(kind).before()
    }

    /// Names a pattern if at least so large a share shows it.
    fn name(
        &mut self,
        pattern: PatternKind,
        kind: Served,
        (measured, least): (Share, u64),
        sentence: impl FnOnce() -> String,
    ) -> bool {
        let shows = measured.part >= FEW && measured.per_mille() >= least;
        if shows {
            self.found.push(Pattern {
                pattern,
                kind,
                school: None,
                measured,
                sentence: sentence(),
            });
        }
        shows
    }

    fn rollover(&mut self) {
        let promoted = self.plan.signs().promoted;
        let students = Share::new(promoted, self.before(Served::Students));
        let year = self.name(
            PatternKind::Rollover,
            Served::Students,
            (students, MOST),
            || {
                format!(
                    "{students} students are one grade higher: this looks like the change of the school year."
                )
            },
        );
        let tally = self.plan.counts().of(Served::Sections);
        let terms = self.plan.counts().of(Served::Terms);
        // Sections under other ids with the same rosters are another thing.
        let turned = tally.deleted.min(tally.created);
        let enrollments = self.plan.counts().of(Served::Enrollments);
        let rosters = Share::new(enrollments.deleted, enrollments.before());
        let sections = Share::new(turned, tally.before());
        if !year && terms.created > 0 && rosters.per_mille() >= MOST {
            self.name(PatternKind::Rollover, Served::Sections, (sections, MOST), || {
                format!(
                    "{sections} sections are replaced and there are {} new terms: this looks like the change of a term.",
                    terms.created
                )
            });
        }
    }

    fn keys(&mut self) {
        let share = |kind: Served, part: u64| Share::new(part, self.before(kind));
        let same = |kind: Served| share(kind, self.plan.signs().of(kind).same);
        let everywhere = [
            Served::Schools,
            Served::Students,
            Served::Teachers,
            Served::Sections,
        ];
        let rekeyed = everywhere
            .into_iter()
            .filter(|kind| same(*kind).per_mille() >= NEARLY_ALL && same(*kind).part > 0);
        let students = same(Served::Students);
        let all = [
            Served::Students,
            Served::Teachers,
            Served::Staff,
            Served::Contacts,
            Served::Sections,
            Served::Courses,
        ];
        let shares: Vec<_> = all.map(|kind| (kind, same(kind))).to_vec();
        let folded: Vec<_> = KEYED
            .map(|kind| {
                let signs = self.plan.signs().of(kind);
                (kind, share(kind, signs.case), share(kind, signs.zeros))
            })
            .to_vec();
        if rekeyed.count() >= 2 {
            self.name(
                PatternKind::ChangeOfSis,
                Served::Students,
                (students, NEARLY_ALL),
                || {
                    format!(
                        "{students} students and most other records come under other ids: this looks like another student \
                         information system. Published as it is, every app loses its accounts; ask whether the old ids can \
                         be sent."
                    )
                },
            );
        }
        for (kind, share) in shares {
            self.name(PatternKind::MassRekey, kind, (share, SOME), || {
                format!(
                    "{share} {kind} look like the same records under other ids: they would be deleted and created again."
                )
            });
        }
        for (kind, case, zeros) in folded {
            self.name(PatternKind::KeyCaseChanged, kind, (case, SOME), || {
                format!("{case} {kind} have an id that differs from a published one in capital letters only.")
            });
            self.name(PatternKind::LeadingZerosLost, kind, (zeros, SOME), || {
                format!(
                    "{zeros} {kind} have an id that differs from a published one in zeros in front only: a spreadsheet may \
                     have taken ids for numbers."
                )
            });
        }
    }

    fn vanished(&mut self) {
        let kinds = [
            Served::Schools,
            Served::Students,
            Served::Teachers,
            Served::Staff,
            Served::Contacts,
            Served::Sections,
            Served::Enrollments,
        ];
        for kind in kinds {
            let tally = self.plan.counts().of(kind);
            if tally.before() > 0 && tally.after() == 0 {
                self.found.push(Pattern {
                    pattern: PatternKind::TypeVanished,
                    kind,
                    school: None,
                    measured: Share::new(tally.deleted, tally.before()),
                    sentence: format!(
                        "None of the {} {kind} is sent any more: the file is missing or has a header only.",
                        tally.before()
                    ),
                });
            }
        }
        for school in self.plan.schools() {
            let tally = school.of(Served::Students);
            let measured = Share::new(tally.deleted, tally.before());
            if school.students_after == 0 && tally.deleted >= FEW && measured.per_mille() >= MOST {
                self.found.push(Pattern {
                    pattern: PatternKind::SchoolVanished,
                    kind: Served::Students,
                    school: Some(school.sis_id.clone()),
                    measured,
                    sentence: format!(
                        "School {} has no students left, and {measured} of them are gone from the district.",
                        school.sis_id
                    ),
                });
            }
        }
    }

    fn cut(&mut self) {
        for kind in KEYED {
            let tally = self.plan.counts().of(kind);
            let signs = self.plan.signs().of(kind);
            let Some(cut) = signs.cut else { continue };
            // What comes again under other ids was not cut off, nor is a file that is empty.
            if tally.after() == 0 || tally.created * 2 > tally.deleted {
                continue;
            }
            self.name(PatternKind::TruncatedFile, kind, (cut, MOST), || {
                format!(
                    "{cut} of the last {kind} are missing and hardly any before them: the file looks cut off after about {} \
                     records.",
                    tally.after()
                )
            });
        }
    }

    fn edits(&mut self) {
        for kind in [Served::Students, Served::Teachers, Served::Staff] {
            let (signs, before) = (self.plan.signs().of(kind), self.before(kind));
            let (swapped, names) = (
                Share::new(signs.swapped, before),
                Share::new(signs.names, before),
            );
            let is_swap = self.name(PatternKind::SwappedNames, kind, (swapped, SOME), || {
                format!("{swapped} {kind} have first and last name the other way round: two columns were swapped.")
            });
            if !is_swap {
                self.name(PatternKind::NamesChanged, kind, (names, MANY), || {
                    format!(
                        "{names} {kind} have another name or date of birth under the same id: columns or rows may have shifted."
                    )
                });
            }
            if kind != Served::Students {
                let emails = Share::new(signs.emails, signs.with_email);
                self.name(PatternKind::MassEmailChange, kind, (emails, MANY), || {
                    format!("{emails} {kind} have another email: who is one person with another role may change.")
                });
            }
        }
    }

    fn moves(&mut self) {
        let students = Share::new(
            self.plan.signs().moved_school,
            self.before(Served::Students),
        );
        self.name(
            PatternKind::SchoolMassMove,
            Served::Students,
            (students, MANY),
            || format!("{students} students change their primary school."),
        );
        let emptied = self.plan.signs().emptied;
        self.name(
            PatternKind::EmptiedRosters,
            Served::Sections,
            (emptied, MANY),
            || {
                format!(
                    "{emptied} sections have no students left: enrollments.csv may be cut off or of another term."
                )
            },
        );
        for kind in [Served::Students, Served::Teachers, Served::Sections] {
            let tally = self.plan.counts().of(kind);
            let back = Share::new(tally.restored, tally.after());
            self.name(PatternKind::MassReturn, kind, (back, MANY), || {
                format!("{back} {kind} come back with the ids they had: what was missing before is sent again.")
            });
        }
    }
}
