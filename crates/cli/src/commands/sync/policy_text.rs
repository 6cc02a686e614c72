//! The policy that `sync init` writes: a preset with the answers put in.

use anyhow::Context as _;
use homeroom_plan::Policy;

use super::ask::{Choice, Question};
use crate::sync::edit;

/// Which preset.
pub(super) const STRATEGY: Question = Question {
    flag: "strategy",
    title: "Strategy: who decides what the app shows",
    choices: &[Choice {
        word: "sis-lockdown",
        gives: "everything follows the district; nobody has to settle differences",
        costs: "what is wrong is corrected in the district's own system, and shows after its next sync",
    }],
};

/// Whether contacts are kept.
pub(super) const CONTACTS: Question = Question {
    flag: "contacts",
    title: "Contacts: parents and guardians",
    choices: &[
        Choice {
            word: "no",
            gives: "nothing about families is asked for or stored",
            costs: "the app cannot write to them",
        },
        Choice {
            word: "yes",
            gives: "names, emails, phones, and whose contact each is",
            costs: "data of people who do not use the app; ids that change where the district sends none",
        },
    ],
};

/// What leaving means for students, teachers and contacts.
pub(super) const LEAVING: Question = Question {
    flag: "leaving",
    title: "Leaving: what happens to students and teachers whom the district no longer shares",
    choices: &[
        Choice {
            word: "deactivate",
            gives: "they cannot sign in from the next sync on; work, groups and settings wait for their return",
            costs: "a slip of the district locks people out, within the guards' limits",
        },
        Choice {
            word: "review",
            gives: "somebody of yours decides in each case",
            costs: "until then they keep what they could do; a list to work through at every end of a term",
        },
        Choice {
            word: "keep",
            gives: "nobody is ever locked out",
            costs: "people who left keep seeing what they saw; you remove them by hand",
        },
    ],
};

/// What happens to people without classes.
pub(super) const WITHOUT_CLASSES: Question = Question {
    flag: "without-classes",
    title: "People without classes: students and teachers who are in no section",
    choices: &[
        Choice {
            word: "allow",
            gives: "an account like any other",
            costs: "accounts, and perhaps licences, for people who never come",
        },
        Choice {
            word: "notice",
            gives: "an account, marked so that the app can say: you are in no class yet",
            costs: "the same accounts; a message to write",
        },
        Choice {
            word: "skip",
            gives: "no account until there is a class",
            costs: "who is scheduled late cannot sign in until the sync after",
        },
    ],
};

/// What happens to classes and people that are new.
pub(super) const NEW: Question = Question {
    flag: "new",
    title: "New classes and people, from the first sync on",
    choices: &[
        Choice {
            word: "take",
            gives: "they are there with the next sync; nobody has to do anything",
            costs: "all of them, wanted or not; filters can leave classes out",
        },
        Choice {
            word: "stage",
            gives: "each class waits until somebody picks it, and brings its people along (homeroom sync stage)",
            costs: "nobody is in the app before somebody picked",
        },
    ],
};

/// How accounts that are there already are met.
pub(super) const MATCHING: Question = Question {
    flag: "matching",
    title: "First batch: accounts that are in the app already, from before this sync",
    choices: &[
        Choice {
            word: "sis-id",
            gives: "equal SIS ids are linked; equal emails and names are proposed to somebody",
            costs: "proposals to work through where the app has no SIS ids",
        },
        Choice {
            word: "ask",
            gives: "nothing is linked that nobody looked at",
            costs: "one decision for every account",
        },
        Choice {
            word: "email",
            gives: "equal emails are linked too, with nothing to decide",
            costs: "who can put another's address into the district's system takes over an account; only if the app verified its addresses",
        },
    ],
};

/// Answers to the questions, each a word of its question.
pub(super) struct Answers {
    pub(super) contacts: &'static str,
    pub(super) leaving: &'static str,
    pub(super) without_classes: &'static str,
    pub(super) new: &'static str,
    pub(super) matching: &'static str,
    /// The district's time zone.
    pub(super) time_zone: String,
}

/// The text of the policy, which can be read.
pub(super) fn policy_text(answers: &Answers) -> anyhow::Result<String> {
    let mut text = Policy::SIS_LOCKDOWN.to_owned();
    if answers.contacts == "yes" {
        text = with_contacts(&text)?;
    }
    let leaving = match answers.leaving {
        "review" => "queue_for_review",
        other => other,
    };
    for role in ["students", "teachers", "contacts"] {
        text = with(&text, "removal", role, leaving)?;
    }
    // Who sees pupils' data never keeps an account by itself.
    if leaving == "queue_for_review" {
        text = with(&text, "removal", "staff", leaving)?;
        text = with(&text, "removal", "district_admins", leaving)?;
    }
    let without = match answers.without_classes {
        "notice" => "create_with_notice",
        other => other,
    };
    text = with(&text, "without_classes", "students", without)?;
    text = with(&text, "without_classes", "teachers", without)?;
    text = with(&text, "staging", "default", answers.new)?;
    text = with(&text, "calendar", "time_zone", &answers.time_zone)?;
    let (sis_id, email) = match answers.matching {
        "ask" => ("suggest", "suggest"),
        "email" => ("auto", "auto"),
        _ => ("auto", "suggest"),
    };
    text = with(&text, "matching", "sis_id", sis_id)?;
    text = with(&text, "matching", "email", email)?;
    Policy::read(&text)?;
    Ok(text)
}

fn with(text: &str, section: &str, key: &str, word: &str) -> anyhow::Result<String> {
    edit::set(text, section, key, &edit::quoted(word))
        .with_context(|| format!("the preset has no {section}.{key}"))
}

fn with_contacts(text: &str) -> anyhow::Result<String> {
    let text = edit::uncomment(text, "contacts");
    let text = text.and_then(|text| edit::uncomment(&text, "contact_links"));
    let text = text.context("the preset has no fields of contacts")?;
    Ok(text.replace(
        "# Contacts are off. To keep them, name fields of both:",
        "# Contacts. To keep none, put `#` before both lines:",
    ))
}

#[cfg(test)]
mod tests {
    use homeroom_model::Kind;
    use homeroom_plan::{Leaving, WithoutClass};

    use super::*;

    fn words(question: &Question) -> impl Iterator<Item = &'static str> {
        question.choices.iter().map(|choice| choice.word)
    }

    #[test]
    fn every_set_of_answers_makes_a_policy_that_says_so() {
        for contacts in words(&CONTACTS) {
            for leaving in words(&LEAVING) {
                for without_classes in words(&WITHOUT_CLASSES) {
                    for matching in words(&MATCHING) {
                        let answers = Answers {
                            contacts,
                            leaving,
                            without_classes,
                            matching,
                            new: if contacts == "yes" { "take" } else { "stage" },
                            time_zone: "America/Chicago".to_owned(),
                        };
                        let policy = Policy::read(&policy_text(&answers).unwrap()).unwrap();
                        assert_eq!(policy.wants(Kind::Contact), contacts == "yes");
                        let left = match leaving {
                            "deactivate" => Leaving::Deactivate,
                            "review" => Leaving::QueueForReview,
                            _ => Leaving::Keep,
                        };
                        assert_eq!(policy.removal.students, left);
                        assert_ne!(policy.removal.staff, Leaving::Keep);
                        assert_eq!(
                            policy.without_classes.students == WithoutClass::Skip,
                            without_classes == "skip"
                        );
                        assert_eq!(policy.warnings().is_empty(), matching != "email");
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_answers_are_the_preset_itself() {
        let usual = |question: &Question| question.choices[0].word;
        let answers = Answers {
            contacts: usual(&CONTACTS),
            leaving: usual(&LEAVING),
            without_classes: usual(&WITHOUT_CLASSES),
            new: usual(&NEW),
            matching: usual(&MATCHING),
            time_zone: "UTC".to_owned(),
        };
        assert_eq!(policy_text(&answers).unwrap(), Policy::SIS_LOCKDOWN);
    }
}
