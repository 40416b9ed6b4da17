//! One-to-one matching of greatest weight.

/// Matches rows to columns one to one so that the sum of the weights is greatest, by the Hungarian method (Kuhn 1955, *Naval Research Logistics
/// Quarterly* 2(1-2), 83-97) with shortest augmenting paths. A weight of zero or less never matches. Whole numbers keep the result exact; of
/// several best matchings the same one is found every time. A row that lacks cells has weights of zero there.
///
/// ```
/// use techpower::code::agreement::heaviest_matching;
/// // The first row would take column 0, but together 2 + 3 is more than 4 + 0.
/// assert_eq!(heaviest_matching(&[vec![4, 2], vec![3, 0]]), [Some(1), Some(0)]);
/// assert_eq!(heaviest_matching(&[vec![0], vec![7]]), [None, Some(0)]);
/// ```
#[must_use]
pub fn heaviest_matching(weights: &[Vec<i64>]) -> Vec<Option<usize>> {
    let rows = weights.len();
    // As many columns as rows, at least: those beyond are no match.
    let columns = weights.iter().map(Vec::len).max().unwrap_or(0).max(rows);
    let gain = |row: usize, column: usize| weights[row].get(column).copied().unwrap_or(0).max(0);
    // Potentials and matches count rows and columns from 1; place 0 stands for the row that looks for a column.
    let (mut of_row, mut of_column) = (vec![0i64; rows + 1], vec![0i64; columns + 1]);
    let mut matched = vec![0usize; columns + 1];
    for row in 1..=rows {
        matched[0] = row;
        let mut least = vec![i64::MAX; columns + 1];
        let mut from = vec![0usize; columns + 1];
        let mut used = vec![false; columns + 1];
        let mut at = 0;
        while matched[at] != 0 {
            used[at] = true;
            let here = matched[at];
            let (mut step, mut next) = (i64::MAX, 0);
            for column in 1..=columns {
                if used[column] {
                    continue;
                }
                let slack = -gain(here - 1, column - 1) - of_row[here] - of_column[column];
                if slack < least[column] {
                    least[column] = slack;
                    from[column] = at;
                }
                if least[column] < step {
                    step = least[column];
                    next = column;
                }
            }
            for column in 0..=columns {
                if used[column] {
                    of_row[matched[column]] += step;
                    of_column[column] -= step;
                } else {
                    least[column] = least[column].saturating_sub(step);
                }
            }
            at = next;
        }
        while at != 0 {
            matched[at] = matched[from[at]];
            at = from[at];
        }
    }
    let mut found = vec![None; rows];
    for (column, row) in matched.iter().skip(1).enumerate() {
        if let Some(row) = row.checked_sub(1).filter(|row| gain(*row, column) > 0) {
            found[row] = Some(column);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Seed;

    fn total(weights: &[Vec<i64>], found: &[Option<usize>]) -> i64 {
        weights.iter().zip(found).filter_map(|(row, column)| column.map(|column| row[column])).sum()
    }

    /// The greatest sum over all ways to match.
    fn exhaustive(weights: &[Vec<i64>], row: usize, taken: &mut Vec<bool>) -> i64 {
        if row == weights.len() {
            return 0;
        }
        let mut best = exhaustive(weights, row + 1, taken);
        for column in 0..taken.len() {
            if !taken[column] && weights[row][column] > 0 {
                taken[column] = true;
                best = best.max(weights[row][column] + exhaustive(weights, row + 1, taken));
                taken[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_sum_is_the_greatest_there_is() {
        for draw in 0..400 {
            let mut random = Seed(5).stream("test", "matching").draw(draw);
            let (rows, columns) = (random.below(5) + 1, random.below(5) + 1);
            let weights: Vec<Vec<i64>> = (0..rows)
                .map(|_| (0..columns).map(|_| (random.below(9) as i64 - 2).max(0)).collect())
                .collect();
            let found = heaviest_matching(&weights);
            let mut columns_used: Vec<usize> = found.iter().flatten().copied().collect();
            columns_used.sort_unstable();
            columns_used.dedup();
            assert_eq!(columns_used.len(), found.iter().flatten().count(), "one to one");
            assert_eq!(total(&weights, &found), exhaustive(&weights, 0, &mut vec![false; columns]));
        }
        assert!(heaviest_matching(&[]).is_empty());
        assert_eq!(heaviest_matching(&[vec![], vec![]]), [None, None]);
    }
}
