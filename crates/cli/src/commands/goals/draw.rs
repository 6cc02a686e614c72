//! Small drawings of a terminal: bars, lines of weeks, tables of a width. Numbers always stand beside them, so nothing is
//! told by a drawing, or by a colour, alone.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stdout};

use console::{measure_text_width, truncate_str};

/// Characters of a line, of a terminal that does not say and of no terminal.
const WIDTH: usize = 100;
/// Blanks between two columns.
const GAP: usize = 2;
/// Eighths of a cell, from one to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/// Heights, from nothing to the most.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same where only ASCII can be shown.
const PLAIN_HEIGHTS: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Characters of a line.
    pub(super) width: usize,
    /// Only characters of ASCII.
    pub(super) plain: bool,
}

impl Look {
    /// As standard output and the language of the user want it.
    pub(super) fn of_output() -> Self {
        let variable = |name| std::env::var(name).ok();
        let columns = variable("COLUMNS").filter(|_| stdout().is_terminal());
        let columns = columns.and_then(|columns| columns.parse().ok());
        // POSIX, Environment Variables: the first of these that is set decides.
        let mut locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(variable);
        let locale = locale.find(|locale| !locale.is_empty());
        Self {
            width: columns.unwrap_or(WIDTH).clamp(60, 120),
            plain: locale.is_some_and(|locale| !is_unicode(&locale)),
        }
    }

    /// A bar of so many cells, filled as far as `part` is of `whole`; more than all of it is all of it.
    pub(super) fn bar(self, part: u64, whole: u64, cells: usize) -> String {
        let parts = if self.plain { 1 } else { 8 };
        let all = u128::try_from(cells * parts).unwrap_or(0);
        let filled = (u128::from(part.min(whole)) * all).checked_div(u128::from(whole));
        let mut filled = usize::try_from(filled.unwrap_or(0)).unwrap_or(0);
        if filled == 0 && part > 0 && whole > 0 && cells > 0 {
            // Little is not nothing.
            filled = 1;
        }
        let (full, rest) = if self.plain {
            ('#', '.')
        } else {
            ('█', '░')
        };
        let mut bar: String = std::iter::repeat_n(full, filled / parts).collect();
        bar.extend(
            (filled % parts)
                .checked_sub(1)
                .and_then(|part| EIGHTHS.get(part)),
        );
        let drawn = bar.chars().count();
        bar.extend(std::iter::repeat_n(rest, cells.saturating_sub(drawn)));
        bar
    }

    /// A bar with its percent: `██████░░░░  61 %`; blank of nobody.
    pub(super) fn share(self, percent: Option<u32>, cells: usize) -> String {
        percent.map_or_else(String::new, |percent| {
            let bar = self.bar(percent.into(), 100, cells);
            format!("{bar} {percent:>3} %")
        })
    }

    /// A line of values side by side, each as high as it is of the highest; `most` is the height that is reached at least.
    pub(super) fn line(self, values: &[u64], most: u64) -> String {
        let heights = if self.plain { PLAIN_HEIGHTS } else { HEIGHTS };
        let most = values.iter().copied().max().unwrap_or(0).max(most).max(1);
        let height = |value: &u64| {
            let steps = u128::try_from(heights.len() - 1).unwrap_or(7);
            let place = (u128::from(*value) * steps).div_ceil(u128::from(most));
            usize::try_from(place)
                .ok()
                .and_then(|place| heights.get(place))
        };
        values.iter().filter_map(height).collect()
    }

    /// A text that is at most so wide: what is too long ends with dots.
    pub(super) fn cut(self, text: &str, width: usize) -> String {
        let dots = if self.plain { ".." } else { "…" };
        truncate_str(text, width, dots).into_owned()
    }

    /// A table without lines, indented by two, no line wider than the look's: columns that may be cut are, the widest first.
    pub(super) fn table(self, columns: &[Column], rows: &[Vec<String>]) -> String {
        self.noted(columns, rows.iter().map(|row| (row.as_slice(), "")))
    }

    /// The same, with a sentence under each row that has one.
    pub(super) fn noted<'r>(
        self,
        columns: &[Column],
        rows: impl Iterator<Item = (&'r [String], &'r str)> + Clone,
    ) -> String {
        let mut widths: Vec<usize> = columns.iter().map(|column| column.head.len()).collect();
        for (row, _) in rows.clone() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = measure_text_width(cell).max(*width);
            }
        }
        fit(columns, &mut widths, self.width);
        let heads: Vec<String> = columns.iter().map(|each| each.head.to_owned()).collect();
        let mut text = self.row(columns, &widths, &heads);
        for (row, note) in rows {
            text.push_str(&self.row(columns, &widths, row));
            text.push_str(&self.wrapped(note, 4));
        }
        text
    }

    fn row(self, columns: &[Column], widths: &[usize], row: &[String]) -> String {
        let mut line = String::new();
        for ((column, width), cell) in columns.iter().zip(widths).zip(row) {
            let cell = self.cut(cell, *width);
            let blanks = " ".repeat(width.saturating_sub(measure_text_width(&cell)));
            let (before, behind) = if column.right {
                (blanks.as_str(), "")
            } else {
                ("", blanks.as_str())
            };
            line.extend([&" ".repeat(GAP), before, &cell, behind]);
        }
        format!("{}\n", line.trim_end())
    }

    /// A text in lines that fit, indented.
    pub(super) fn wrapped(self, text: &str, indent: usize) -> String {
        let mut lines = String::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let long = indent + measure_text_width(&line) + 1 + measure_text_width(word);
            if !line.is_empty() && long > self.width {
                let _ = writeln!(lines, "{:indent$}{line}", "");
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            let _ = writeln!(lines, "{:indent$}{line}", "");
        }
        lines
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// What stands above it.
    head: &'static str,
    /// At the right edge: numbers.
    right: bool,
    /// It may be cut to so many characters.
    least: Option<usize>,
}

impl Column {
    /// Words that are shown whole.
    pub(super) const fn words(head: &'static str) -> Self {
        Self {
            head,
            right: false,
            least: None,
        }
    }

    /// Numbers, under each other.
    pub(super) const fn number(head: &'static str) -> Self {
        Self {
            head,
            right: true,
            least: None,
        }
    }

    /// Names, or whatever else may be cut, but not to less than so many characters.
    pub(super) const fn name(head: &'static str, least: usize) -> Self {
        Self {
            head,
            right: false,
            least: Some(least),
        }
    }
}

/// Takes from the widest columns that may be cut until the line fits, or nothing is left to take.
fn fit(columns: &[Column], widths: &mut [usize], line: usize) {
    while widths.iter().sum::<usize>() + GAP * widths.len() > line {
        let can = widths
            .iter_mut()
            .zip(columns)
            .filter(|(width, column)| column.least.is_some_and(|least| **width > least));
        let Some((width, _)) = can.max_by_key(|(width, _)| **width) else {
            return;
        };
        *width -= 1;
    }
}

fn is_unicode(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look {
        width: 60,
        plain: false,
    };
    const PLAIN: Look = Look {
        width: 60,
        plain: true,
    };

    #[test]
    fn bars_are_as_long_as_the_share() {
        for (part, whole, drawn, plain) in [
            (0, 10, "░░░░", "...."),
            (1, 1000, "▏░░░", "#..."),
            (5, 10, "██░░", "##.."),
            (9, 16, "██▎░", "##.."),
            (10, 10, "████", "####"),
            (99, 10, "████", "####"),
            (3, 0, "░░░░", "...."),
        ] {
            assert_eq!(LOOK.bar(part, whole, 4), drawn, "{part} of {whole}");
            assert_eq!(PLAIN.bar(part, whole, 4), plain, "{part} of {whole}");
        }
        assert_eq!(LOOK.share(Some(50), 4), "██░░  50 %");
        assert_eq!(LOOK.share(None, 4), "");
    }

    #[test]
    fn lines_show_heights_and_little_is_not_nothing() {
        assert_eq!(LOOK.line(&[0, 1, 50, 100], 0), "▁▂▅█");
        assert_eq!(LOOK.line(&[50], 100), "▅");
        assert_eq!(PLAIN.line(&[0, 1, 50, 100], 0), "_.=#");
        assert_eq!(LOOK.line(&[0, 0], 0), "▁▁");
        assert_eq!(LOOK.line(&[], 0), "");
    }

    #[test]
    fn a_table_cuts_names_and_never_numbers() {
        let columns = [
            Column::name("student", 8),
            Column::number("minutes"),
            Column::words("state"),
        ];
        let rows = [
            vec!["Ada Eze".into(), "1,204".into(), "stuck".into()],
            vec![
                "Konstantinos Papadopoulos-Wolfeschlegelsteinhausen".into(),
                "7".into(),
                "on track".into(),
            ],
        ];
        let text = LOOK.table(&columns, &rows);
        assert_eq!(
            text,
            "  student                                  minutes  state\n\
             \x20 Ada Eze                                    1,204  stuck\n\
             \x20 Konstantinos Papadopoulos-Wolfeschlege…        7  on track\n"
        );
        let narrow = Look { width: 20, ..LOOK };
        let text = narrow.table(&columns, &rows);
        assert!(text.contains("  Konstan…        7  on track\n"), "{text}");
    }

    #[test]
    fn sentences_under_rows_are_broken_where_they_fit() {
        let columns = [Column::name("student", 8)];
        let row = ["Ada Eze".to_owned()];
        let note = "Working but not getting further: 96 minutes in the last ten school days while lessons did not rise.";
        let text = LOOK.noted(&columns, [(&row[..], note)].into_iter());
        assert_eq!(
            text,
            "  student\n\
             \x20 Ada Eze\n\
             \x20   Working but not getting further: 96 minutes in the last\n\
             \x20   ten school days while lessons did not rise.\n"
        );
        assert_eq!(LOOK.wrapped("", 2), "");
        let word = "x".repeat(80);
        assert_eq!(LOOK.wrapped(&word, 2), format!("  {word}\n"));
    }

    #[test]
    fn a_locale_says_whether_blocks_can_be_shown() {
        for (locale, unicode) in [
            ("en_US.UTF-8", true),
            ("C.utf8", true),
            ("C", false),
            ("de_DE@euro", false),
        ] {
            assert_eq!(is_unicode(locale), unicode, "{locale}");
        }
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(56_635_000), "56,635,000");
    }

    #[test]
    fn drawings_have_their_width_whatever_the_numbers() {
        let numbers = [0, 1, 3, 7, 100, 99_999, u64::MAX - 1, u64::MAX];
        for (look, part, whole) in [LOOK, PLAIN]
            .into_iter()
            .flat_map(|look| numbers.map(|part| (look, part)))
            .flat_map(|(look, part)| numbers.map(|whole| (look, part, whole)))
        {
            for cells in [0, 1, 7, 20] {
                assert_eq!(look.bar(part, whole, cells).chars().count(), cells);
            }
            let line = look.line(&[part, whole], part);
            assert_eq!(line.chars().count(), 2);
            assert!(!look.plain || line.is_ascii());
        }
    }
}
