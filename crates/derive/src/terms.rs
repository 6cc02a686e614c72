//! Terms, built from sections that have students (district-side 5.4).

use std::io;

use homeroom_model::{Kind, Term};
use homeroom_segment::{CandidateBuilder, CandidateLists};

use crate::keys::Keys;
use crate::pack::Pack;
use crate::sections::{Sealed, raw};

/// Builds the terms of the sections that `served` tells, in the order of the first section of each, and the relation of
/// all sections to them. A term needs a name or a date.
pub(crate) fn build(
    sections: &Sealed,
    served: impl Fn(u32) -> bool,
    builder: &mut CandidateBuilder,
) -> io::Result<CandidateLists> {
    let (mut keys, mut pack) = (Keys::default(), Pack::default());
    let mut lists = CandidateLists::default();
    let mut last: Option<(Term<'_>, u32)> = None;
    for section in 0..sections.len() {
        let row = sections.row(section);
        let term = Term {
            name: row.text(raw::TERM_NAME).into(),
            start: row.date(raw::TERM_START),
            end: row.date(raw::TERM_END),
        };
        if !served(section) || term == Term::default() {
            lists.push([]);
            continue;
        }
        // Sections of one term tend to stand together.
        let number = if let Some((_, number)) = last.take().filter(|(before, _)| *before == term) {
            number
        } else {
            let hash = builder.key().hash(term.key().as_bytes());
            let next = builder.len(Kind::Term);
            let number = keys.row_or_insert(hash, next);
            if number == next {
                builder.push_hashed(Kind::Term, &[hash], pack.noun(&term))?;
            }
            number
        };
        lists.push([number]);
        last = Some((term, number));
    }
    Ok(lists)
}
