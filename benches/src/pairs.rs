//! Interleaved pairs: ours and theirs in turn, so that whatever else the machine does meets both alike.

use std::time::Duration;

use anyhow::Result;

use crate::load::{self, Load, Window};

/// Both are asked for so long before the first pair.
const WARM_UP: Duration = Duration::from_millis(300);

/// What both did, pair by pair.
pub(crate) type Pairs = Vec<(Window, Window)>;

/// Measures `count` pairs; who goes first changes from pair to pair.
pub(crate) fn interleave(ours: &Load, theirs: &Load, count: usize) -> Result<Pairs> {
    for load in [ours, theirs] {
        load::run(&Load {
            time: WARM_UP.min(load.time),
            ..load.clone()
        })?;
    }
    let mut pairs = Vec::with_capacity(count);
    for number in 0..count {
        let seed = 1 + number as u64;
        let ours = Load {
            seed,
            ..ours.clone()
        };
        let theirs = Load {
            seed,
            ..theirs.clone()
        };
        pairs.push(if number % 2 == 0 {
            let first = load::run(&ours)?;
            (first, load::run(&theirs)?)
        } else {
            let first = load::run(&theirs)?;
            (load::run(&ours)?, first)
        });
    }
    Ok(pairs)
}

/// Median, lowest and highest of some measurements.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spread {
    /// The one in the middle; the mean of two for an even number.
    pub(crate) median: f64,
    /// The lowest.
    pub(crate) low: f64,
    /// The highest.
    pub(crate) high: f64,
}

impl Spread {
    /// Over `values`; zeros when there are none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
        let last = values.len().saturating_sub(1);
        Self {
            median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
            low: at(0),
            high: at(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(
            Spread::of([3.0, 1.0, 2.0]),
            Spread {
                median: 2.0,
                low: 1.0,
                high: 3.0
            }
        );
        assert_eq!(
            Spread::of([4.0, 1.0, 2.0, 3.0]),
            Spread {
                median: 2.5,
                low: 1.0,
                high: 4.0
            }
        );
        assert_eq!(Spread::of([]), Spread::default());
    }
}
