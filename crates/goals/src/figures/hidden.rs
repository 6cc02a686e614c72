//! Small groups are not shown above teacher level (integration-side D6: under five students).

/// Which of several groups that add up to a shown whole are to be hidden: those with fewer students than `least`, and as
/// many of the next smallest as it takes that no hidden group can be had by taking the shown ones from the whole. Groups
/// without students hide nobody and are shown.
pub fn hidden(sizes: &[u32], least: u32) -> Vec<bool> {
    let mut hidden: Vec<bool> = sizes.iter().map(|size| (1..least).contains(size)).collect();
    let mut count = hidden.iter().filter(|hidden| **hidden).count();
    if count == 0 {
        return hidden;
    }
    let together = |hidden: &[bool]| -> u64 {
        let sizes = sizes.iter().zip(hidden).filter(|(_, hidden)| **hidden);
        sizes.map(|(size, _)| u64::from(*size)).sum()
    };
    while count == 1 || together(&hidden) < u64::from(least) {
        let shown = sizes
            .iter()
            .enumerate()
            .filter(|(place, size)| **size > 0 && hidden.get(*place) == Some(&false));
        let Some((next, _)) = shown.min_by_key(|(place, size)| (**size, *place)) else {
            break;
        };
        if let Some(place) = hidden.get_mut(next) {
            *place = true;
        }
        count += 1;
    }
    hidden
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_groups_are_hidden_and_cannot_be_worked_out() {
        for (sizes, expected) in [
            (vec![], vec![]),
            (vec![5, 9, 0], vec![false, false, false]),
            (vec![4, 20, 10], vec![true, false, true]),
            (vec![4, 1, 20], vec![true, true, false]),
            (vec![1, 1, 20, 8], vec![true, true, false, true]),
            (vec![3, 0], vec![true, false]),
            (vec![2, 7, 7], vec![true, true, false]),
        ] {
            assert_eq!(hidden(&sizes, 5), expected, "{sizes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_hidden_is_never_one_group_and_never_too_few(sizes in prop::collection::vec(0_u32..30, 0..12), least in 0_u32..10) {
            let hidden = hidden(&sizes, least);
            let of = |wanted: bool| -> Vec<u32> {
                sizes.iter().zip(&hidden).filter(|(size, hidden)| **hidden == wanted && **size > 0).map(|(size, _)| *size).collect()
            };
            let (kept, shown) = (of(true), of(false));
            prop_assert!(shown.iter().all(|size| *size >= least));
            let enough = kept.len() > 1 && kept.iter().sum::<u32>() >= least;
            prop_assert!(kept.is_empty() || enough || shown.is_empty());
        }
    }
}
