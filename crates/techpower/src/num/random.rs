//! Seeded, splittable random numbers and the distributions drawn from them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The seed of a whole study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream of random numbers that belongs to one item of one stage.
    #[must_use]
    pub fn stream(self, stage: &str, item: &str) -> Stream {
        let mut hasher = blake3::Hasher::new_derive_key("techpower random stream 1");
        hasher.update(&self.0.to_le_bytes());
        for part in [stage, item] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Stream { key: *hasher.finalize().as_bytes() }
    }
}

/// A family of independent generators, one per draw index.
///
/// ```
/// use techpower::num::Seed;
/// let stream = Seed(1).stream("measure", "weights/resource");
/// let first = stream.draw(7).uniform();
/// assert_eq!(first, stream.draw(7).uniform()); // whatever was drawn in between
/// assert_ne!(first, stream.draw(8).uniform());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    key: [u8; 32],
}

impl Stream {
    /// The generator of a draw.
    #[must_use]
    pub fn draw(&self, index: usize) -> Random {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(index as u64);
        Random { generator }
    }
}

/// A generator of random numbers (ChaCha8, Bernstein 2008).
#[derive(Debug, Clone)]
pub struct Random {
    generator: ChaCha8Rng,
}

impl Random {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform on [0, 1), with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
        (self.generator.next_u64() >> 11) as f64 * SCALE
    }

    /// Uniform on (0, 1): the midpoints of the 2^52 equal cells.
    fn uniform_open(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 52) as f64;
        ((self.generator.next_u64() >> 12) as f64 + 0.5) * SCALE
    }

    /// Uniform on [low, high).
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number from 0 to `n - 1`, each equally likely (up to 2^-64).
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "cannot choose from nothing");
        ((u128::from(self.generator.next_u64()) * n as u128) >> 64) as usize
    }

    /// Puts the items in a random order, each equally likely (Durstenfeld 1964, *Communications of the ACM* 7(7), 420).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Standard normal, by inversion.
    pub fn normal(&mut self) -> f64 {
        super::normal_quantile(self.uniform_open())
    }

    /// Normal with the given mean and standard deviation, truncated to [low, high] by inversion.
    /// If the interval lies so far in a tail that it has no probability in floating point, its end nearest to the mean is returned.
    ///
    /// # Panics
    /// If `low` is above `high` or either is not a number.
    pub fn truncated_normal(&mut self, mean: f64, sd: f64, low: f64, high: f64) -> f64 {
        let (a, b) = ((low - mean) / sd, (high - mean) / sd);
        // In the upper tail the complement keeps the precision.
        let mirrored = a > 0.0;
        let (from, to) = if mirrored { (-b, -a) } else { (a, b) };
        let (p, q) = (super::normal_cdf(from), super::normal_cdf(to));
        let u = p + (q - p) * self.uniform_open();
        if !(u > 0.0 && u < 1.0 && q > p) {
            return mean.clamp(low, high);
        }
        let z = super::normal_quantile(u);
        (mean + sd * if mirrored { -z } else { z }).clamp(low, high)
    }

    /// Triangular on [low, high] with its peak at `mode`; `low` itself if the interval has no width.
    pub fn triangular(&mut self, low: f64, mode: f64, high: f64) -> f64 {
        let width = high - low;
        if width <= 0.0 {
            return low;
        }
        let u = self.uniform();
        let cut = (mode - low) / width;
        if u < cut {
            low + libm::sqrt(u * width * (mode - low))
        } else {
            high - libm::sqrt((1.0 - u) * width * (high - mode))
        }
    }

    /// Gamma with the given shape (above zero) and scale 1, by Marsaglia & Tsang (2000), *ACM Transactions on Mathematical
    /// Software* 26(3), 363-372. Shapes below one use the boost of their section 6.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::pow(self.uniform_open(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            let u = self.uniform_open();
            if libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Number of successes among `n` trials of probability `p`, taken into [0, 1]; exact, by halving at the median order statistic, which has a beta
    /// distribution (Relles 1972, *Journal of the American Statistical Association* 67(339), 612-613).
    pub fn binomial(&mut self, n: usize, p: f64) -> usize {
        let (mut left, mut p, mut successes) = (n, p, 0);
        while left > 16 && p > 0.0 && p < 1.0 {
            let at = left / 2 + 1;
            let (below, above) = (self.gamma(at as f64), self.gamma((left + 1 - at) as f64));
            // Where the uniform number of that rank lies.
            let cut = below / (below + above);
            if cut <= p {
                successes += at;
                left -= at;
                p = (p - cut) / (1.0 - cut);
            } else {
                left = at - 1;
                p /= cut;
            }
        }
        if p >= 1.0 {
            return successes + left;
        }
        successes + (0..left).filter(|_| self.uniform() < p).count()
    }

    /// Dirichlet with the given concentrations (all above zero): shares that sum to one. With very small concentrations all
    /// gammas can underflow; then one share, chosen in proportion to the concentrations, is one.
    pub fn dirichlet(&mut self, concentrations: &[f64]) -> Vec<f64> {
        let gammas: Vec<f64> = concentrations.iter().map(|&a| self.gamma(a)).collect();
        let total: f64 = gammas.iter().sum();
        if total > 0.0 {
            return gammas.into_iter().map(|g| g / total).collect();
        }
        let mut point = self.uniform() * concentrations.iter().sum::<f64>();
        let mut shares = vec![0.0; concentrations.len()];
        for (i, &a) in concentrations.iter().enumerate() {
            point -= a;
            if point < 0.0 || i + 1 == concentrations.len() {
                shares[i] = 1.0;
                break;
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(n: usize, mut f: impl FnMut(usize) -> f64) -> (f64, f64) {
        let draws: Vec<f64> = (0..n).map(&mut f).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        (mean, variance)
    }

    /// Mean and variance of 100,000 draws lie within five standard errors of the exact values.
    #[test]
    fn moments_are_right() {
        let n = 100_000;
        let stream = Seed(20).stream("test", "moments");
        let check = |name: &str, mean: f64, variance: f64, f: &mut dyn FnMut(&mut Random) -> f64| {
            let (m, v) = moments(n, |i| f(&mut stream.draw(i)));
            let error = 5.0 * libm::sqrt(variance / n as f64);
            assert!((m - mean).abs() < error, "{name}: mean {m}, not {mean}");
            assert!((v / variance - 1.0).abs() < 0.05, "{name}: variance {v}, not {variance}");
        };
        check("uniform", 0.5, 1.0 / 12.0, &mut |r| r.uniform());
        check("normal", 0.0, 1.0, &mut |r| r.normal());
        check("gamma 0.3", 0.3, 0.3, &mut |r| r.gamma(0.3));
        check("gamma 4", 4.0, 4.0, &mut |r| r.gamma(4.0));
        // Triangular(0, 1, 4): mean (0+1+4)/3, variance (a²+b²+c²-ab-ac-bc)/18.
        check("triangular", 5.0 / 3.0, 13.0 / 18.0, &mut |r| r.triangular(0.0, 1.0, 4.0));
        // Standard normal on [1, inf): mean φ(1)/(1-Φ(1)) = 1.5251352, variance 1 + m - m² = 0.1990977 (Johnson, Kotz & Balakrishnan 1994, 13.10).
        check("truncated normal", 1.525_135_2, 0.199_097_7, &mut |r| r.truncated_normal(0.0, 1.0, 1.0, 60.0));
        check("binomial", 30.0, 21.0, &mut |r| r.binomial(100, 0.3) as f64);
        check("binomial of few", 1.0, 0.9, &mut |r| r.binomial(10, 0.1) as f64);
        // First share of Dirichlet(1, 2, 3): mean 1/6, variance 1·5/(36·7).
        check("dirichlet", 1.0 / 6.0, 5.0 / 252.0, &mut |r| r.dirichlet(&[1.0, 2.0, 3.0])[0]);
    }

    #[test]
    fn streams_differ_by_seed_stage_item_and_draw() {
        let value = |seed, stage, item, draw| Seed(seed).stream(stage, item).draw(draw).uniform();
        let base = value(1, "a", "bc", 0);
        for other in
            [value(2, "a", "bc", 0), value(1, "ab", "c", 0), value(1, "a", "b", 0), value(1, "a", "bc", 1)]
        {
            assert_ne!(base, other);
        }
    }

    /// The first numbers of a stream are part of the promise that a study gives the same results everywhere.
    #[test]
    fn the_generator_never_changes() {
        let mut random = Seed(7).stream("stage", "item").draw(3);
        let found: Vec<u64> = (0..3).map(|_| random.generator.next_u64()).collect();
        assert_eq!(found, GOLDEN);
    }
    const GOLDEN: [u64; 3] =
        [8_708_335_540_710_587_801, 1_158_955_681_223_653_824, 10_894_477_405_468_019_770];

    /// Probabilities of single counts, by the formula, within five standard errors of 100,000 draws.
    #[test]
    fn binomial_counts_are_as_likely_as_they_should_be() {
        let stream = Seed(21).stream("test", "binomial");
        let n = 100_000;
        let mut counts = [0.0; 21];
        (0..n).for_each(|draw| counts[stream.draw(draw).binomial(20, 0.35)] += 1.0);
        let mut probability = libm::pow(0.65, 20.0);
        for (k, count) in counts.iter().enumerate() {
            let error = 5.0 * libm::sqrt(probability / n as f64) + 1e-4;
            assert!((count / n as f64 - probability).abs() < error, "{k}");
            probability *= (20 - k) as f64 / (k + 1) as f64 * 0.35 / 0.65;
        }
        let mut random = stream.draw(0);
        assert_eq!(
            (random.binomial(1000, 0.0), random.binomial(1000, 1.0), random.binomial(0, 0.5)),
            (0, 1000, 0)
        );
        assert_eq!(
            (random.binomial(1000, -1.0), random.binomial(1000, 2.0), random.binomial(9, f64::NAN)),
            (0, 1000, 0)
        );
    }

    #[test]
    fn dirichlet_survives_tiny_concentrations() {
        for draw in 0..100 {
            let shares = Seed(1).stream("test", "tiny").draw(draw).dirichlet(&[1e-9, 1e-9]);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
