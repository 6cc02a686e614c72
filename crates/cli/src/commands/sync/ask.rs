//! Asking what nobody said on the command line. Each choice says what it gives and what it costs.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write as _, stdin};

use anyhow::Context as _;
use homeroom_client::Secret;

/// Somebody who can be asked.
pub(super) struct Asker {
    /// Whether everything that was not said is as usual.
    yes: bool,
    /// Whether answers show by themselves.
    terminal: bool,
    /// Whether nothing is said either.
    silent: bool,
}

/// One of several answers.
pub(super) struct Choice {
    /// The word, as on the command line.
    pub(super) word: &'static str,
    /// What it gives.
    pub(super) gives: &'static str,
    /// What it costs.
    pub(super) costs: &'static str,
}

/// A question with a few answers, the usual one first.
pub(super) struct Question {
    /// The flag that answers it, without dashes.
    pub(super) flag: &'static str,
    /// What is asked.
    pub(super) title: &'static str,
    /// The answers.
    pub(super) choices: &'static [Choice],
}

impl Asker {
    /// Asks on the terminal, or whoever writes to standard input; with `yes` nobody.
    pub(super) fn new(yes: bool) -> Self {
        Self {
            yes,
            terminal: stdin().is_terminal(),
            silent: false,
        }
    }

    /// Asks nobody, takes everything as usual, and says nothing.
    pub(super) fn silent() -> Self {
        Self {
            yes: true,
            terminal: false,
            silent: true,
        }
    }

    /// The answer to a question: what was said, else what is asked, else the usual one.
    pub(super) fn choose(
        &self,
        question: &Question,
        said: Option<&str>,
    ) -> anyhow::Result<&'static str> {
        let usual = question
            .choices
            .first()
            .context("a question without answers")?;
        if !self.silent {
            tell(&question.text(said))?;
        }
        let found = match said {
            Some(word) => question.find(word),
            None if self.yes => Some(usual),
            None => loop {
                let answer = self.line(
                    &format!("{} [{}]", question.flag, usual.word),
                    question.flag,
                )?;
                match question.find(&answer) {
                    _ if answer.is_empty() => break Some(usual),
                    Some(choice) => break Some(choice),
                    None => tell(&format!("Please answer {}.\n", question.words()))?,
                }
            },
        };
        let chosen =
            found.with_context(|| format!("--{} is {}", question.flag, question.words()))?;
        if self.silent {
        } else if said.is_some() || self.yes {
            tell(&format!("{}: {}\n\n", question.flag, chosen.word))?;
        } else {
            tell("\n")?;
        }
        Ok(chosen.word)
    }

    /// A line of text; `usual` if nothing is answered.
    pub(super) fn text(
        &self,
        (flag, title): (&str, &str),
        said: Option<String>,
        usual: Option<&str>,
    ) -> anyhow::Result<String> {
        if let Some(said) = said {
            return Ok(said);
        }
        if let (true, Some(usual)) = (self.yes, usual) {
            return Ok(usual.to_owned());
        }
        anyhow::ensure!(
            !self.yes,
            "--{flag} has to be said, as nobody may be asked (--yes)"
        );
        tell(&format!("{title}\n"))?;
        loop {
            let shown = usual.map_or_else(String::new, |usual| format!(" [{usual}]"));
            let answer = self.line(&format!("{flag}{shown}"), flag)?;
            match (answer.is_empty(), usual) {
                (false, _) => return Ok(answer),
                (true, Some(usual)) => return Ok(usual.to_owned()),
                (true, None) => {}
            }
        }
    }

    /// A secret, which is not shown while it is typed; empty if nothing is answered.
    pub(super) fn secret(&self, flag: &str, title: &str) -> anyhow::Result<Secret> {
        anyhow::ensure!(
            !self.yes,
            "--{flag} has to be said, as nobody may be asked (--yes)"
        );
        tell(&format!("{title}\n"))?;
        if !self.terminal {
            tell(&format!("{flag}: "))?;
            let typed = read_line(flag)?;
            tell("(not shown)\n")?;
            return Ok(Secret::new(typed));
        }
        let terminal = console::Term::stderr();
        tell(&format!("{flag} (not shown): "))?;
        let typed = terminal
            .read_secure_line()
            .context("nothing could be read from the terminal")?;
        Ok(Secret::new(typed.trim()))
    }

    /// Whether to go on; `false` if nobody may be asked.
    pub(super) fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let answer = self.line(&format!("{question} (yes or no) [no]"), "yes")?;
        Ok(matches!(answer.to_lowercase().as_str(), "yes" | "y"))
    }

    fn line(&self, prompt: &str, flag: &str) -> anyhow::Result<String> {
        tell(&format!("{prompt}: "))?;
        let answer = read_line(flag)?;
        if !self.terminal {
            // Whoever keeps what was said reads the answers too.
            tell(&format!("{answer}\n"))?;
        }
        Ok(answer)
    }
}

impl Question {
    fn find(&self, word: &str) -> Option<&'static Choice> {
        let word = word.trim().to_lowercase();
        let number = word
            .parse::<usize>()
            .ok()
            .and_then(|number| number.checked_sub(1));
        self.choices
            .iter()
            .enumerate()
            .find(|(at, choice)| choice.word == word || number == Some(*at))
            .map(|(_, choice)| choice)
    }

    fn words(&self) -> String {
        let words: Vec<_> = self.choices.iter().map(|choice| choice.word).collect();
        match words.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, first)) => format!("{} or {last}", first.join(", ")),
            None => String::new(),
        }
    }

    /// The question for people; only the answer that was given, if one was.
    fn text(&self, said: Option<&str>) -> String {
        let mut text = format!("{}\n", self.title);
        let said = said.and_then(|said| self.find(said));
        for (number, choice) in (1..).zip(self.choices) {
            if said.is_some_and(|said| said.word != choice.word) {
                continue;
            }
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "  {number} {:<12} gives: {}\n{:17}costs: {}",
                choice.word, choice.gives, "", choice.costs
            );
        }
        text
    }
}

/// Says something to whoever is asked: on standard error, so that standard output holds the result alone.
pub(super) fn tell(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stderr().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("nothing can be said on standard error")
}

fn read_line(flag: &str) -> anyhow::Result<String> {
    let mut line = String::new();
    let read = stdin()
        .lock()
        .read_line(&mut line)
        .context("nothing could be read from standard input")?;
    anyhow::ensure!(
        read > 0,
        "nobody answers about {flag}; say it with a flag (--help names them), or --yes to take everything as usual"
    );
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question = Question {
        flag: "contacts",
        title: "Contacts",
        choices: &[
            Choice {
                word: "no",
                gives: "a",
                costs: "b",
            },
            Choice {
                word: "yes",
                gives: "c",
                costs: "d",
            },
        ],
    };

    #[test]
    fn answers_are_words_or_numbers() {
        for (said, word) in [
            ("yes", Some("yes")),
            ("2", Some("yes")),
            (" NO ", Some("no")),
            ("3", None),
            ("0", None),
            ("", None),
        ] {
            assert_eq!(
                QUESTION.find(said).map(|choice| choice.word),
                word,
                "{said}"
            );
        }
        assert_eq!(QUESTION.words(), "no or yes");
    }

    #[test]
    fn a_choice_says_what_it_gives_and_costs() {
        let text = QUESTION.text(None);
        for part in ["gives: a", "costs: b", "gives: c", "costs: d"] {
            assert!(text.contains(part), "{text}");
        }
        let text = QUESTION.text(Some("yes"));
        assert!(
            text.contains("gives: c") && !text.contains("gives: a"),
            "{text}"
        );
    }
}
