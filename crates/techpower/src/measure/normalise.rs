//! Normalisation: bringing indicators onto a common scale (OECD/JRC 2008, step 5). Every formula stands at its choice in
//! [`Normalisation`](crate::study::Normalisation).

use crate::study::{Normalisation, Scale};

/// How to normalise one indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    pub(super) how: Normalisation,
    pub(super) upward: bool,
    pub(super) scale: Scale,
    pub(super) goalposts: Option<(f64, f64)>,
    pub(super) target: Option<f64>,
    pub(super) scaled: (f64, f64),
    /// What a fraction is counted from: nought, or what treatment makes of it.
    pub(super) zero: f64,
}

impl Plan {
    /// The numbers in the unit of the values that fix the scale; NaN where there are none. Treatment does to them what it does to the values. In native
    /// units formulas are taken at their word, these numbers included.
    pub(super) fn posts(&self) -> [f64; 2] {
        let posts = match self.how {
            _ if self.scale == Scale::Native => None,
            Normalisation::MinMax | Normalisation::Goalposts => self.goalposts,
            Normalisation::Scaled => Some(self.scaled),
            Normalisation::DistanceToTarget => self.target.map(|target| (target, f64::NAN)),
            Normalisation::FractionOfMax => Some((self.zero, f64::NAN)),
            _ => None,
        };
        posts.map_or([f64::NAN; 2], |(one, other)| [one, other])
    }

    /// The same with other numbers in the place of [`Plan::posts`].
    pub(super) fn with_posts(self, [one, other]: [f64; 2]) -> Plan {
        if one.is_nan() {
            return self;
        }
        match self.how {
            Normalisation::MinMax | Normalisation::Goalposts => {
                Plan { goalposts: Some((one, other)), ..self }
            }
            Normalisation::Scaled => Plan { scaled: (one, other), ..self },
            Normalisation::DistanceToTarget => Plan { target: Some(one), ..self },
            Normalisation::FractionOfMax => Plan { zero: one, ..self },
            _ => self,
        }
    }

    /// Whether goalposts place each value by itself, whatever the others are.
    pub(super) fn by_goalposts(&self) -> bool {
        matches!(self.how, Normalisation::MinMax | Normalisation::Goalposts) && self.goalposts.is_some()
    }
}

/// What came of normalising an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is normalised.
    Fine,
    /// No value is known.
    Nothing,
    /// All values are alike, and nothing fixed tells them where they stand.
    Constant,
    /// The method has no scale for these values: a reference or target that is not above the least, a fraction of what is not above zero,
    /// a range beyond all numbers, or a column that is not filled.
    NoScale,
}

/// Normalises values in place; `reference` is the place of the reference actor. If that is not possible all are unknown afterwards. What
/// is not finite is unknown.
pub(super) fn normalise(
    values: &mut [f64],
    plan: &Plan,
    reference: Option<usize>,
    order: &mut Vec<u32>,
) -> Outcome {
    let sign = if plan.upward { 1.0 } else { -1.0 };
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for x in values.iter_mut() {
        *x *= sign;
        if *x < low {
            low = *x;
        }
        if *x > high {
            high = *x;
        }
    }
    let posts = plan.goalposts.map(|(from, to)| if plan.upward { (from, to) } else { (-to, -from) });
    let fixed = match plan.how {
        Normalisation::Goalposts => posts,
        Normalisation::MinMax => posts,
        // Goalposts place values that do not vary.
        Normalisation::ZScore if low == high => posts,
        _ => None,
    };
    if low > high || (low == high && fixed.is_none()) {
        values.fill(f64::NAN);
        return if low > high { Outcome::Nothing } else { Outcome::Constant };
    }
    // The formula is (x - from) / width, on which 0 and 1 are the ends of a scale.
    let (from, width, cut) = match (fixed, plan.how) {
        (Some((from, to)), _) => (from, to - from, true),
        (None, Normalisation::MinMax | Normalisation::DistanceToMax) => (low, high - low, false),
        (None, Normalisation::ZScore) => {
            let (mean, sd) = moments(values);
            match plan.scale {
                Scale::Native => (mean, sd, false),
                Scale::Ends(..) => (mean - 3.0 * sd, 6.0 * sd, true),
            }
        }
        (None, Normalisation::Scaled) => match (plan.scale, plan.upward) {
            (Scale::Ends(..), false) => (-plan.scaled.1, plan.scaled.1 - plan.scaled.0, true),
            _ => (plan.scaled.0, plan.scaled.1 - plan.scaled.0, true),
        },
        (None, Normalisation::DistanceToReference) => {
            let reference = reference.map_or(f64::NAN, |at| values[at]);
            (low, reference - low, true)
        }
        (None, Normalisation::DistanceToTarget) => {
            (low, plan.target.map_or(f64::NAN, |target| sign * target) - low, true)
        }
        (None, Normalisation::FractionOfMax) => match (plan.scale, plan.upward) {
            // The best has the least value; others have the part of their value that it is.
            (Scale::Ends(..), false) if high + plan.zero < 0.0 => {
                for x in values.iter_mut() {
                    *x = (high + plan.zero) / (*x + plan.zero);
                }
                (0.0, 1.0, true)
            }
            (Scale::Ends(..), false) => (0.0, f64::NAN, true),
            _ => (plan.zero, high - plan.zero, true),
        },
        (None, Normalisation::Goalposts) => (f64::NAN, f64::NAN, true),
        (None, Normalisation::Rank | Normalisation::PercentileRank | Normalisation::Borda) => {
            let n = ranks_from_below(values, order);
            let (shift, width) = match (plan.scale, plan.how) {
                (Scale::Native, Normalisation::Rank) => (0.0, 1.0),
                (Scale::Native, Normalisation::Borda) => (1.0, 1.0),
                _ => (1.0, n - 1.0),
            };
            (shift, width, false)
        }
    };
    // Without a scale of its own a method has nothing to say; in native units formulas are taken at their word.
    let scaled = width.is_finite()
        && from.is_finite()
        && (width > 0.0 || (plan.scale == Scale::Native && width != 0.0));
    if !scaled {
        values.fill(f64::NAN);
        return Outcome::NoScale;
    }
    // As a distance is defined: from its far end, which `from + width` is up to rounding only.
    let far = match plan.how {
        _ if fixed.is_some() => None,
        Normalisation::DistanceToMax => Some(high),
        Normalisation::DistanceToReference => Some(reference.map_or(f64::NAN, |at| values[at])),
        _ => None,
    };
    match plan.scale {
        Scale::Native => {
            let unit = match plan.how {
                Normalisation::MinMax | Normalisation::Scaled => 100.0,
                _ => 1.0,
            };
            let posted = fixed.is_some();
            for x in values.iter_mut() {
                *x = match far {
                    Some(far) => 1.0 - (far - *x) / (far - low),
                    None if posted => ((*x - from) / width).clamp(0.0, 1.0) * unit,
                    None => (*x - from) / width * unit,
                };
            }
        }
        Scale::Ends(bottom, top) => {
            for x in values.iter_mut() {
                let part = (*x - from) / width;
                *x = if cut { part.clamp(0.0, 1.0) } else { part } * (top - bottom) + bottom;
            }
        }
    }
    for x in values.iter_mut() {
        if x.is_infinite() {
            *x = f64::NAN;
        }
    }
    Outcome::Fine
}

/// Mean and sample standard deviation of the known values.
fn moments(values: &[f64]) -> (f64, f64) {
    let (mut n, mut sum) = (0.0, 0.0);
    for x in values.iter().filter(|x| !x.is_nan()) {
        n += 1.0;
        sum += x;
    }
    let mean = sum / n;
    let squares: f64 = values.iter().filter(|x| !x.is_nan()).map(|x| (x - mean) * (x - mean)).sum();
    (mean, libm::sqrt(squares / (n - 1.0)))
}

/// Puts ranks in the place of values: the least has 1, ties share the smallest rank. Returns the number of known values.
fn ranks_from_below(values: &mut [f64], order: &mut Vec<u32>) -> f64 {
    order.clear();
    order.extend((0..values.len() as u32).filter(|at| !values[*at as usize].is_nan()));
    order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
    let (mut rank, mut last) = (0, f64::NAN);
    for (at, place) in order.iter().enumerate() {
        let value = values[*place as usize];
        // -0 and 0 are one value.
        if value != last {
            rank = at + 1;
            last = value;
        }
        values[*place as usize] = rank as f64;
    }
    order.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan {
        how: Normalisation::MinMax,
        upward: true,
        scale: Scale::Ends(1.0, 100.0),
        goalposts: None,
        target: None,
        scaled: (0.0, 100.0),
        zero: 0.0,
    };

    fn normal(values: &[f64], plan: Plan) -> Vec<f64> {
        let mut values = values.to_vec();
        normalise(&mut values, &plan, Some(1), &mut Vec::new());
        values
    }

    fn check(values: &[f64], plan: Plan, expected: &[f64]) {
        for (found, expected) in normal(values, plan).iter().zip(expected) {
            let same = (found - expected).abs() < 1e-12 || (found.is_nan() && expected.is_nan());
            assert!(same, "{plan:?}: {found}, not {expected}");
        }
    }

    const NAN: f64 = f64::NAN;

    #[test]
    fn every_method_is_exact_on_a_scale() {
        let values = [1.0, 2.0, 4.0, NAN];
        let with =
            |how| Plan { how, scale: Scale::Ends(0.0, 10.0), target: Some(3.0), scaled: (0.0, 5.0), ..PLAN };
        check(&values, PLAN, &[1.0, 34.0, 100.0, NAN]);
        check(&values, Plan { upward: false, ..PLAN }, &[100.0, 67.0, 1.0, NAN]);
        check(&values, Plan { goalposts: Some((0.0, 2.0)), ..PLAN }, &[50.5, 100.0, 100.0, NAN]);
        check(&values, with(Normalisation::Rank), &[0.0, 5.0, 10.0, NAN]);
        check(&values, with(Normalisation::DistanceToReference), &[0.0, 10.0, 10.0, NAN]);
        check(&values, with(Normalisation::DistanceToTarget), &[0.0, 5.0, 10.0, NAN]);
        check(&values, with(Normalisation::FractionOfMax), &[2.5, 5.0, 10.0, NAN]);
        check(&values, Plan { upward: false, ..with(Normalisation::FractionOfMax) }, &[10.0, 5.0, 2.5, NAN]);
        check(&values, with(Normalisation::Scaled), &[2.0, 4.0, 8.0, NAN]);
        check(&values, Plan { upward: false, ..with(Normalisation::Scaled) }, &[8.0, 6.0, 2.0, NAN]);
        check(&values, with(Normalisation::Goalposts), &[NAN, NAN, NAN, NAN]);
        // Mean 2, standard deviation 1: one deviation is a sixth of the scale.
        check(&[1.0, 2.0, 3.0], with(Normalisation::ZScore), &[10.0 / 3.0, 5.0, 20.0 / 3.0]);
    }

    #[test]
    fn numbers_that_fix_a_scale_can_be_moved() {
        let with = |how| Plan { how, goalposts: Some((0.0, 8.0)), target: Some(8.0), ..PLAN };
        let check = |how, posts: [f64; 2], upward, expected: &[f64]| {
            let plan = Plan { upward, scale: Scale::Ends(0.0, 1.0), ..with(how) };
            check(&[1.0, 2.0, 4.0], plan.with_posts(posts), expected);
            assert_eq!(plan.with_posts(plan.posts()), plan);
        };
        for how in [Normalisation::MinMax, Normalisation::Goalposts, Normalisation::Scaled] {
            check(how, [0.0, 4.0], true, &[0.25, 0.5, 1.0]);
            check(how, [0.0, 4.0], false, &[0.75, 0.5, 0.0]);
        }
        check(Normalisation::DistanceToTarget, [4.0, NAN], true, &[0.0, 1.0 / 3.0, 1.0]);
        check(Normalisation::FractionOfMax, [-1.0, NAN], true, &[0.4, 0.6, 1.0]);
        check(Normalisation::FractionOfMax, [-1.0, NAN], false, &[1.0, 2.0 / 3.0, 0.4]);
        // Others have none, and native units none that move.
        assert!(with(Normalisation::ZScore).posts()[0].is_nan());
        let native = Plan { scale: Scale::Native, ..with(Normalisation::Goalposts) };
        assert!(native.posts()[0].is_nan() && native.with_posts([NAN; 2]).goalposts == Some((0.0, 8.0)));
    }

    #[test]
    fn native_units_are_those_of_the_formulas() {
        let with = |how| Plan { how, scale: Scale::Native, target: Some(5.0), scaled: (0.0, 50.0), ..PLAN };
        let values = [3.0, 1.0, 3.0, NAN];
        check(&values, with(Normalisation::MinMax), &[100.0, 0.0, 100.0, NAN]);
        check(&values, with(Normalisation::Rank), &[2.0, 1.0, 2.0, NAN]);
        check(&values, with(Normalisation::Borda), &[1.0, 0.0, 1.0, NAN]);
        check(&values, with(Normalisation::PercentileRank), &[0.5, 0.0, 0.5, NAN]);
        check(&values, with(Normalisation::DistanceToMax), &[1.0, 0.0, 1.0, NAN]);
        check(&values, with(Normalisation::DistanceToTarget), &[0.5, 0.0, 0.5, NAN]);
        check(&values, with(Normalisation::Scaled), &[6.0, 2.0, 6.0, NAN]);
        check(&values, with(Normalisation::FractionOfMax), &[1.0, 1.0 / 3.0, 1.0, NAN]);
        check(&[1.0, 2.0, 3.0], with(Normalisation::ZScore), &[-1.0, 0.0, 1.0]);
        // The reference is the least: nothing can be told.
        check(&values, with(Normalisation::DistanceToReference), &[NAN, NAN, NAN, NAN]);
        check(&[0.0, 2.0, 3.0], with(Normalisation::DistanceToReference), &[0.0, 1.0, 1.5]);
    }

    #[test]
    fn values_that_do_not_vary_are_unknown_unless_goalposts_place_them() {
        let mut values = [5.0, 5.0];
        assert_eq!(normalise(&mut values, &PLAN, None, &mut Vec::new()), Outcome::Constant);
        assert!(values.iter().all(|x| x.is_nan()));
        for how in [Normalisation::MinMax, Normalisation::ZScore] {
            check(&[5.0, 5.0], Plan { how, goalposts: Some((0.0, 10.0)), ..PLAN }, &[50.5, 50.5]);
        }
        let mut unknown = [NAN, NAN];
        assert_eq!(normalise(&mut unknown, &PLAN, None, &mut Vec::new()), Outcome::Nothing);
    }
}
