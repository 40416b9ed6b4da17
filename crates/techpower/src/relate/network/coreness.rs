//! Centre and periphery: coreness by a continuous model, and the profile of a random walk that is kept out of the centre.

use super::Network;

/// Sweeps after which the search for coreness is given up.
const MOST_SWEEPS: usize = 10_000;
/// Coreness has been found when no value changes by more than this part of the largest.
const SETTLED: f64 = 1e-13;
/// The fewest nodes of which a centre and a periphery can be told apart.
const FEWEST: usize = 3;

/// Coreness of the nodes of a network, with how well the model fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Coreness {
    /// Coreness of every node, from 0 to 1; the largest is 1.
    pub values: Vec<f64>,
    /// Correlation, over all ordered pairs of different nodes, of the weight with the product of the two corenesses. `None` if all
    /// weights or all products are equal.
    pub fit: Option<f64>,
}

/// Coreness by the continuous model of Borgatti & Everett (2000, *Social Networks* 21(4), 375-395): a tie is the stronger the
/// nearer both its ends are to the centre, `a(i, j) ~ c(i) c(j)`. Fitted by least squares over all ordered pairs of different nodes,
/// which leaves the diagonal out (MINRES: Comrey 1962; Boyd, Fitzgerald, Mahutga & Smith 2010, *Social Networks* 32(2), 125-137):
/// one node after the other is set to its best value given the others,
/// `c(i) = sum_j (a(i, j) + a(j, i)) / 2 c(j) / sum_j c(j)^2` over `j != i`, from the strengths on, until nothing changes. Each step
/// lowers the residual; the result is a local optimum, the same every time.
///
/// Weights count as they are; of trade hand in the logarithm of one plus the value (`network.map(libm::log1p)`), as few
/// flows are as large as all others together. A pair without an arc counts as zero. `None` for fewer than three nodes, without
/// any arc, and if the values do not settle.
///
/// ```
/// use techpower::relate::network::{Network, coreness};
/// // A perfect fit: weights are products of 4, 2, 1 and 1.
/// let c = [4.0, 2.0, 1.0, 1.0];
/// let pairs = (0..4).flat_map(|i| (0..4).map(move |j| (i, j, c[i] * c[j])));
/// let found = coreness(&Network::new(["a", "b", "c", "d"].map(str::to_owned).to_vec(), pairs)).expect("ties");
/// assert!(found.values.iter().zip([1.0, 0.5, 0.25, 0.25]).all(|(x, y)| (x - y).abs() < 1e-9));
/// assert!((found.fit.expect("differences") - 1.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn coreness(network: &Network) -> Option<Coreness> {
    let both = network.symmetrised();
    if both.size() < FEWEST || both.arcs().is_empty() {
        return None;
    }
    let mut values: Vec<f64> = both.out_strengths();
    let largest = values.iter().copied().fold(0.0, f64::max);
    values.iter_mut().for_each(|value| *value /= largest);
    let settled = (0..MOST_SWEEPS).any(|_| sweep(&both, &mut values));
    let largest = values.iter().copied().fold(0.0, f64::max);
    if !(settled && largest > 0.0 && largest.is_finite()) {
        return None;
    }
    values.iter_mut().for_each(|value| *value /= largest);
    let fit = fit(network, &values);
    Some(Coreness { values, fit })
}

/// Sets each node to its best value given the others; whether that changed next to nothing.
fn sweep(both: &Network, values: &mut [f64]) -> bool {
    let (mut change, mut largest) = (0.0f64, 0.0f64);
    for node in 0..values.len() {
        // Summed anew, as taking one square from a running sum would leave its rounding behind.
        let squares: f64 =
            values.iter().enumerate().filter(|(other, _)| *other != node).map(|(_, c)| c * c).sum();
        let product: f64 = both.arcs_from(node).iter().map(|arc| 0.5 * arc.weight * values[arc.to]).sum();
        let best = if squares > 0.0 { product / squares } else { 0.0 };
        change = change.max((best - values[node]).abs());
        largest = largest.max(best);
        values[node] = best;
    }
    change <= SETTLED * largest
}

/// Correlation of weights with products of coreness over all ordered pairs of different nodes.
fn fit(network: &Network, values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let pairs = n * (n - 1.0);
    let power = |p: i32| values.iter().map(|c| c.powi(p)).sum::<f64>();
    let (sum, squares, fourths) = (power(1), power(2), power(4));
    let weights: f64 = network.arcs().iter().map(|arc| arc.weight).sum();
    let mean_weight = weights / pairs;
    let mean_product = (sum * sum - squares) / pairs;
    let weight_squares: f64 = network.arcs().iter().map(|arc| arc.weight * arc.weight).sum();
    let together: f64 = network.arcs().iter().map(|arc| arc.weight * values[arc.from] * values[arc.to]).sum();
    let weight_variance = weight_squares / pairs - mean_weight * mean_weight;
    let product_variance = (squares * squares - fourths) / pairs - mean_product * mean_product;
    // Below this part of the squares a variance is rounding.
    let varies = |variance: f64, square: f64| variance > 1e-12 * square;
    if !varies(weight_variance, mean_weight * mean_weight)
        || !varies(product_variance, mean_product * mean_product)
    {
        return None;
    }
    let covariance = together / pairs - mean_weight * mean_product;
    Some((covariance / (weight_variance.sqrt() * product_variance.sqrt())).clamp(-1.0, 1.0))
}

/// The core-periphery profile of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Nodes in the order in which they join, the most peripheral first.
    pub order: Vec<usize>,
    /// For every node the persistence when it has joined, from 0 (peripheral) to 1 (the last one); `None` for a node without
    /// arcs, where the walk never comes.
    pub alpha: Vec<Option<f64>>,
    /// Core-periphery centralisation: 0 for a network in which all are tied alike, 1 for a star. `None` if fewer than three nodes have
    /// arcs.
    pub centralisation: Option<f64>,
}

/// The core-periphery profile of Della Rossa, Dercole & Piccardi (2013, *Scientific Reports* 3, 1467). A random walk follows
/// ties in proportion to their weights. The persistence of a set is the probability that a walk in it stays in it at the next
/// step. Starting from the weakest node, the node joins that leaves the persistence lowest; a network has a clear periphery if a large set
/// can be gathered between which the walk hardly moves.
///
/// Both directions are added up, so that the walk is on an undirected network and its stationary probabilities are in
/// proportion to strengths. Persistence is then `alpha(S) = sum of w(i, j) within S / sum of strengths in S`, and centralisation
/// `1 - 2 / (n - 2) sum alpha(k)` over the first n - 1 sets. Where the paper draws lots between equal nodes, the weaker one joins
/// first, then the one that stands first in the network.
///
/// ```
/// use techpower::relate::network::{Network, core_periphery_profile};
/// let names = ["hub", "a", "b", "c"].map(str::to_owned).to_vec();
/// let star = core_periphery_profile(&Network::new(names, [(0, 1, 1.0), (2, 0, 1.0), (0, 3, 5.0)]));
/// assert_eq!(star.centralisation, Some(1.0));
/// assert_eq!(star.alpha, [Some(1.0), Some(0.0), Some(0.0), Some(0.0)]);
/// ```
#[must_use]
pub fn core_periphery_profile(network: &Network) -> Profile {
    let both = network.symmetrised();
    let strengths = both.out_strengths();
    let n = strengths.len();
    let mut waiting: Vec<usize> = (0..n).filter(|node| strengths[*node] > 0.0).collect();
    waiting.sort_by(|a, b| strengths[*a].total_cmp(&strengths[*b]).then(a.cmp(b)));
    let walked = waiting.len();
    // Weight between each node and those that have joined.
    let mut ties = vec![0.0; n];
    let (mut within, mut strength) = (0.0, 0.0);
    let mut profile =
        Profile { order: Vec::with_capacity(walked), alpha: vec![None; n], centralisation: None };
    let mut sum = 0.0;
    while !waiting.is_empty() {
        let persistence = |node: usize| (within + 2.0 * ties[node]) / (strength + strengths[node]);
        let mut next = 0;
        for at in 1..waiting.len() {
            if below(persistence(waiting[at]), persistence(waiting[next])) {
                next = at;
            }
        }
        let node = waiting.remove(next);
        within += 2.0 * ties[node];
        strength += strengths[node];
        let last = waiting.is_empty();
        let alpha = if last { 1.0 } else { (within / strength).min(1.0) };
        profile.alpha[node] = Some(alpha);
        profile.order.push(node);
        sum += if last { 0.0 } else { alpha };
        for arc in both.arcs_from(node) {
            ties[arc.to] += arc.weight;
        }
    }
    profile.centralisation = (walked >= FEWEST).then(|| 1.0 - 2.0 / (walked as f64 - 2.0) * sum);
    profile
}

/// Whether a persistence is below another by more than rounding, so that equals stay equals whatever was added first.
fn below(a: f64, b: f64) -> bool {
    a < b - 1e-12
}

#[cfg(test)]
mod tests {
    use super::super::examples::{network, random};
    use super::*;

    fn complete(n: usize) -> Network {
        let arcs: Vec<_> =
            (0..n).flat_map(|i| (0..n).map(move |j| (i, j, 2.0))).filter(|(i, j, _)| i != j).collect();
        network(n, &arcs)
    }

    /// All tied alike: persistence of k nodes is (k - 1) / (n - 1), centralisation 0 (Della Rossa et al. 2013, page 2).
    #[test]
    fn a_complete_network_has_no_centre() {
        let profile = core_periphery_profile(&complete(6));
        assert_eq!(profile.order, [0, 1, 2, 3, 4, 5]);
        for (at, node) in profile.order.iter().enumerate() {
            assert!((profile.alpha[*node].expect("walked") - at as f64 / 5.0).abs() < 1e-12);
        }
        assert!(profile.centralisation.expect("six nodes").abs() < 1e-12);
        let equal = coreness(&complete(6)).expect("ties");
        assert_eq!(equal.fit, None);
        assert!(equal.values.iter().all(|c| (c - 1.0).abs() < 1e-12));
    }

    /// Two triangles that share node 0, by hand: 1 is among the weakest and stands first, 3 is not tied to it, and whoever comes next brings
    /// one tie.
    #[test]
    fn a_profile_by_hand() {
        let bow = network(5, &[(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0), (0, 3, 1.0), (3, 4, 1.0), (4, 0, 1.0)]);
        let profile = core_periphery_profile(&bow);
        assert_eq!(profile.order, [1, 3, 2, 4, 0]);
        // Strengths 2, 2, 2, 2, 4; twice the tie 1-2 within {1, 3, 2}, that and 3-4 within the four.
        let expected = [1.0, 0.0, 2.0 / 6.0, 0.0, 4.0 / 8.0];
        for (alpha, expected) in profile.alpha.iter().zip(expected) {
            assert!((alpha.expect("walked") - expected).abs() < 1e-12);
        }
        assert!(
            (profile.centralisation.expect("five") - (1.0 - 2.0 / 3.0 * (1.0 / 3.0 + 0.5))).abs() < 1e-12
        );
    }

    #[test]
    fn nodes_without_ties_are_not_walked_and_have_no_coreness() {
        let lonely = network(5, &[(0, 1, 1.0), (1, 2, 2.0), (2, 3, 1.0), (3, 0, 4.0)]);
        assert_eq!(core_periphery_profile(&lonely).alpha[4], None);
        assert_eq!(coreness(&lonely).expect("ties").values[4], 0.0);
        assert_eq!(coreness(&network(2, &[(0, 1, 1.0)])), None);
        assert_eq!(coreness(&network(3, &[])), None);
        assert_eq!(core_periphery_profile(&network(2, &[(0, 1, 1.0)])).centralisation, None);
    }

    /// At the optimum no single value can be bettered: the residual grows whichever way any of them is moved.
    #[test]
    fn coreness_is_an_optimum() {
        let network = random(30, 300, 50, 11).map(libm::log1p);
        let found = coreness(&network).expect("ties");
        // The scale that fits best; values are given with a largest of one.
        let cells = |c: &[f64]| -> Vec<(f64, f64)> {
            let pairs = (0..30).flat_map(|i| (0..30).map(move |j| (i, j))).filter(|(i, j)| i != j);
            pairs.map(|(i, j)| (network.weight(i, j), c[i] * c[j])).collect()
        };
        let all = cells(&found.values);
        let scale = all.iter().map(|(a, p)| a * p).sum::<f64>() / all.iter().map(|(_, p)| p * p).sum::<f64>();
        let best: Vec<f64> = found.values.iter().map(|c| c * scale.sqrt()).collect();
        let residual = |c: &[f64]| cells(c).iter().map(|(a, p)| (a - p) * (a - p)).sum::<f64>();
        let least = residual(&best);
        for node in 0..30 {
            for step in [-1e-3, 1e-3] {
                let mut moved = best.clone();
                moved[node] += step;
                assert!(residual(&moved) > least, "{node} {step}");
            }
        }
        // The correlation as it is defined.
        let (a, p): (Vec<f64>, Vec<f64>) = all.into_iter().unzip();
        let (ma, mp) = (crate::num::mean(&a), crate::num::mean(&p));
        let cov = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
            x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
        };
        let r = cov(&a, ma, &p, mp) / (cov(&a, ma, &a, ma) * cov(&p, mp, &p, mp)).sqrt();
        assert!((found.fit.expect("differences") - r).abs() < 1e-12);
    }
}
