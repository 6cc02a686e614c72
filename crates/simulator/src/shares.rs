//! Dividing a whole into parts that add up to it exactly.

/// Divides `total` in proportion to `weights`, no part under its minimum, by largest remainders (ties to the first).
/// When the minima alone exceed the total, they are the answer: the caller's total was not feasible.
pub(crate) fn shares(total: u64, weights: &[u64], minima: &[u64]) -> Vec<u64> {
    let least = |at: usize| minima.get(at).copied().unwrap_or_default();
    let floor: u64 = (0..weights.len()).map(least).sum();
    let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    let spare = u128::from(total.saturating_sub(floor));
    if sum == 0 {
        return (0..weights.len()).map(least).collect();
    }
    // What each deserves of the whole, less what its minimum already gives.
    let due: Vec<u128> = weights
        .iter()
        .enumerate()
        .map(|(at, &weight)| {
            let fair = u128::from(total) * u128::from(weight);
            fair.saturating_sub(u128::from(least(at)) * sum)
        })
        .collect();
    let due_sum = due.iter().sum::<u128>().max(1);
    let mut parts: Vec<(u64, u128)> = due
        .iter()
        .enumerate()
        .map(|(at, &due)| {
            let exact = spare * due;
            let whole = u64::try_from(exact / due_sum).unwrap_or(u64::MAX);
            (least(at) + whole, exact % due_sum)
        })
        .collect();
    let given: u64 = parts.iter().map(|&(part, _)| part).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(parts.get(at).map_or(0, |part| part.1)));
    let mut left = total.saturating_sub(given);
    for at in order {
        if left == 0 {
            break;
        }
        if let Some(part) = parts.get_mut(at) {
            part.0 += 1;
            left -= 1;
        }
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

/// How many of `total` evenly spread things lie before `at` of `length` places.
pub(crate) fn before(total: u64, at: u64, length: u64) -> u64 {
    let wide = u128::from(total) * u128::from(at) / u128::from(length.max(1));
    u64::try_from(wide).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_keep_their_minima() {
        for total in [0, 1, 7, 100, 9_999] {
            let weights = [3, 0, 5, 5, 1, 900];
            let minima = [0, 0, 2, 0, 1, 0];
            let parts = shares(total, &weights, &minima);
            assert_eq!(parts.iter().sum::<u64>(), total.max(3));
            assert!(parts.iter().zip(minima).all(|(&part, least)| part >= least));
        }
        assert_eq!(shares(10, &[1, 1, 1], &[0, 0, 0]), [4, 3, 3]);
    }

    #[test]
    fn spreading_gives_every_thing_a_place() {
        let places = (0..10).map(|at| before(4, at + 1, 10) - before(4, at, 10));
        assert_eq!(places.sum::<u64>(), 4);
    }
}
