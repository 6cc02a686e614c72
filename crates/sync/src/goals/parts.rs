//! Dividing a district into requests by rows and bytes; each part stands alone (integration-side D2.4).

use homeroom_goals::outgoing::Outgoing;

use super::reporting::Reporting;

/// The rows in parts that fit the limits, in their order. A single row is never divided, whatever its size; of no rows there is
/// one part, so that the district sees that the app is there.
pub(super) fn parts(rows: &[Outgoing], reporting: &Reporting) -> Vec<Vec<Outgoing>> {
    let limits = &reporting.limits;
    let frame = reporting.content(&[]).body.len();
    let mut parts = vec![Vec::new()];
    let mut bytes = frame;
    for row in rows {
        // A comma between two rows of JSON.
        let width = reporting.content(std::slice::from_ref(row)).body.len() - frame + 1;
        let part = parts.last_mut();
        let is_full = part.as_ref().is_some_and(|part| {
            !part.is_empty() && (part.len() >= limits.rows.max(1) || bytes + width > limits.bytes)
        });
        match part {
            Some(part) if !is_full => part.push(*row),
            _ => {
                parts.push(vec![*row]);
                bytes = frame;
            }
        }
        bytes += width;
    }
    parts
}

/// Two parts of one that was too large; nothing where it is one row.
pub(super) fn halves(rows: &[Outgoing]) -> Option<[Vec<Outgoing>; 2]> {
    let (first, second) = rows.split_at_checked(rows.len().div_ceil(2))?;
    (!second.is_empty()).then(|| [first.to_vec(), second.to_vec()])
}

#[cfg(test)]
mod tests {
    use homeroom_goals::ledger::{Account, Sum};
    use homeroom_goals::{Amount, SchoolYears};
    use homeroom_model::ObjectId;

    use super::*;
    use crate::goals::{Form, Limits};

    fn rows(count: u8) -> Vec<Outgoing> {
        let row = |byte: u8| Outgoing {
            student: ObjectId::new([byte; 12]),
            account: Account(i64::from(byte)),
            sum: Sum {
                minutes: Amount::from_micros(u64::from(byte) * 1_111_111),
                progress: Amount::whole(u32::from(byte)),
            },
        };
        (0..count).map(row).collect()
    }

    fn reporting(form: Form, rows: usize, bytes: usize) -> Reporting {
        let limits = Limits {
            rows,
            bytes,
            ..Limits::default()
        };
        Reporting {
            form,
            limits,
            ..Reporting::of(SchoolYears::default(), "lessons_completed").unwrap()
        }
    }

    #[test]
    fn parts_are_as_few_as_the_limits_allow_and_leave_nothing_out() {
        for form in [Form::Json, Form::Csv] {
            for (count, most, bytes) in [
                (0, 5, 1000),
                (1, 1, 10),
                (10, 3, 1 << 20),
                (9, 3, 1 << 20),
                (100, 1000, 600),
                (100, 7, 600),
                (100, 1000, 1),
            ] {
                let reporting = reporting(form, most, bytes);
                let all = rows(count);
                let parts = parts(&all, &reporting);
                assert_eq!(parts.concat(), all);
                assert!(count == 0 || parts.iter().all(|part| !part.is_empty()));
                for (place, part) in parts.iter().enumerate() {
                    let fits = |rows: &[Outgoing]| {
                        rows.len() <= most && reporting.content(rows).body.len() <= bytes
                    };
                    assert!(part.len() <= 1 || fits(part));
                    if let Some(next) = parts.get(place + 1) {
                        let with_next = [&part[..], &next[..1]].concat();
                        // A byte to spare where the first row of JSON has no comma.
                        let close = reporting.content(&with_next).body.len() + 1 > bytes;
                        assert!(
                            part.len() == most || close,
                            "{form:?} {count} {most} {bytes}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_was_too_large_is_halved_down_to_one_row() {
        let sizes = |count| halves(&rows(count)).map(|[a, b]| (a.len(), b.len()));
        assert_eq!(sizes(5), Some((3, 2)));
        assert_eq!(sizes(2), Some((1, 1)));
        assert_eq!((sizes(1), sizes(0)), (None, None));
        assert_eq!(halves(&rows(5)).unwrap().concat(), rows(5));
    }
}
