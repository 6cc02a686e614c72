//! The catalogue as documentation shows it.

use super::{Code, Severity};

/// The catalogue of problems as a table in Markdown: the worst first, inside a severity in the order of [`Code::ALL`].
/// One line per code: code, severity, the records it is about, meaning, repair.
pub fn catalogue() -> String {
    let mut table =
        "| Code | Severity | About | Meaning | Repair |\n|---|---|---|---|---|\n".to_owned();
    for severity in Severity::ALL.into_iter().rev() {
        let codes = Code::ALL.iter().filter(|code| code.severity() == severity);
        for code in codes {
            let about: Vec<&str> = code.records().iter().map(|record| record.text()).collect();
            let cells = [
                &format!("`{}`", code.text()),
                severity.text(),
                &about.join(", "),
                code.meaning(),
                code.repair(),
            ];
            for cell in cells {
                table.push_str("| ");
                table.push_str(&cell.replace('|', "\\|"));
                table.push(' ');
            }
            table.push_str("|\n");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_one_line_of_five_cells() {
        let table = catalogue();
        assert_eq!(table.lines().count(), Code::ALL.len() + 2);
        for line in table.lines() {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 6, "{line}");
        }
        for code in Code::ALL {
            assert!(table.contains(&format!("| `{}` |", code.text())));
            assert!(code.meaning().ends_with('.') && code.repair().ends_with('.'));
            assert!(!code.records().is_empty());
        }
    }

    #[test]
    fn the_worst_comes_first() {
        let order: Vec<usize> = catalogue()
            .lines()
            .skip(2)
            .map(|line| {
                let word = line.split('|').nth(2).unwrap_or_default().trim();
                ["fatal", "error", "warning", "info"]
                    .iter()
                    .position(|other| *other == word)
                    .unwrap()
            })
            .collect();
        assert!(order.is_sorted());
    }
}
