//! Treatment of outliers: winsorisation and the log family, by a test of skewness and kurtosis.
//!
//! OECD/JRC (2008), step 3; the order of steps is that of COINr's `Treat` (Becker et al. 2022, *Journal of Open Source
//! Software* 7(78), 4567): test, winsorise, test again, transform the original values.

use serde::{Deserialize, Serialize};

use crate::study::Treatment;

/// Why an indicator was treated, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It passes the test.
    Passes,
    /// It fails the test.
    Fails,
    /// The recipe treats it whatever the test says.
    Asked,
    /// Fewer than four values are known.
    TooFew,
    /// All values are alike.
    Constant,
}

impl Why {
    /// The word used in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Why::Passes => "passes",
            Why::Fails => "fails",
            Why::Asked => "asked",
            Why::TooFew => "too-few",
            Why::Constant => "constant",
        }
    }
}

/// What treatment did to an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Treated {
    /// Why.
    pub why: Why,
    /// Skewness before.
    pub skew: f64,
    /// Excess kurtosis before.
    pub kurtosis: f64,
    /// Values set to the next one, in the result.
    pub winsorised: usize,
    /// Transformation applied to the original values.
    pub transform: Option<Treatment>,
    /// Skewness after.
    pub skew_after: f64,
    /// Excess kurtosis after.
    pub kurtosis_after: f64,
}

/// How to treat one indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    pub(super) treatment: Treatment,
    pub(super) always: bool,
    pub(super) winmax: usize,
    pub(super) skew: f64,
    pub(super) kurtosis: f64,
    pub(super) lambda: f64,
}

/// Treats values in place; unknown ones stay unknown. `posts` are the numbers that fix the scale of the values, such as goalposts: what is done to the
/// values is done to them.
pub(super) fn treat(values: &mut [f64], posts: &mut [f64], plan: &Plan, original: &mut Vec<f64>) -> Treated {
    let (skew, kurtosis) = shape(values);
    let known = values.iter().filter(|x| !x.is_nan()).count();
    let mut result = Treated {
        why: Why::Passes,
        skew,
        kurtosis,
        winsorised: 0,
        transform: None,
        skew_after: skew,
        kurtosis_after: kurtosis,
    };
    if known < 4 || kurtosis.is_nan() {
        result.why = if known < 4 { Why::TooFew } else { Why::Constant };
        return result;
    }
    let fails = |(skew, kurtosis): (f64, f64)| skew.abs() >= plan.skew && kurtosis >= plan.kurtosis;
    let failing = fails((skew, kurtosis));
    if failing {
        result.why = Why::Fails;
    } else if !plan.always {
        return result;
    }
    let (winsorises, transform) = match plan.treatment {
        Treatment::None => return result,
        Treatment::Winsorise => (true, None),
        Treatment::WinsoriseLog => (true, Some(Treatment::Log)),
        Treatment::WinsoriseLogOne => (true, Some(Treatment::LogOne)),
        Treatment::WinsoriseBoxCox => (true, Some(Treatment::BoxCox)),
        single => (false, Some(single)),
    };
    if !failing {
        result.why = Why::Asked;
    }
    original.clear();
    original.extend_from_slice(values);
    let mut still = true;
    let mut pulled = (false, false);
    if winsorises {
        let (low, high) = winsorise(values, plan, &fails);
        (result.winsorised, pulled) = (low + high, (low > 0, high > 0));
        let after = shape(values);
        if after.1.is_nan() {
            // Nothing but equal values is left: the original ones tell more.
            values.copy_from_slice(original);
            result.winsorised = 0;
            return result;
        }
        still = fails(after);
    }
    if let Some(transform) = transform.filter(|_| still) {
        values.copy_from_slice(original);
        self::transform(values, posts, transform, plan.lambda);
        result.winsorised = 0;
        result.transform = Some(transform);
    } else {
        pull_in(values, posts, pulled);
    }
    (result.skew_after, result.kurtosis_after) = shape(values);
    result
}

/// Sets the most extreme value, on the side to which the distribution is skewed, to the next one, again and again, until the test is
/// passed or `winmax` values are set. Tied values move together and so can exceed `winmax`. Returns how many are set at the low and the high end.
fn winsorise(values: &mut [f64], plan: &Plan, fails: &dyn Fn((f64, f64)) -> bool) -> (usize, usize) {
    let (mut high, mut low) = (0, 0);
    let mut now = shape(values);
    while (plan.always || fails(now)) && high + low < plan.winmax {
        let upper = now.0 >= 0.0;
        let sign = if upper { 1.0 } else { -1.0 };
        let known = || values.iter().map(|x| sign * x).filter(|x| !x.is_nan());
        let most = known().fold(f64::NEG_INFINITY, f64::max);
        let next = known().filter(|x| *x < most).fold(f64::NEG_INFINITY, f64::max);
        if next == f64::NEG_INFINITY {
            break;
        }
        let mut moved = 0;
        for x in values.iter_mut().filter(|x| sign * **x == most) {
            *x = sign * next;
            moved += 1;
        }
        if upper {
            high = moved
        } else {
            low = moved
        }
        now = shape(values);
        if now.1.is_nan() {
            break;
        }
    }
    (low, high)
}

/// Posts beyond an end at which values were pulled in stand where these do.
fn pull_in(values: &[f64], posts: &mut [f64], (at_low, at_high): (bool, bool)) {
    let (min, max) = ends(values);
    for post in posts {
        if at_high && *post > max {
            *post = max;
        }
        if at_low && *post < min {
            *post = min;
        }
    }
}

/// The least and the greatest of the known values.
fn ends(values: &[f64]) -> (f64, f64) {
    let known = || values.iter().copied().filter(|x| !x.is_nan());
    (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max))
}

/// Applies a transformation of the log family to the known values and to the posts. It begins at the least of both, so that all of them have one.
fn transform(values: &mut [f64], posts: &mut [f64], how: Treatment, lambda: f64) {
    let (min, max) = ends(values);
    let min = min.min(ends(posts).0);
    for x in values.iter_mut().chain(posts).filter(|x| !x.is_nan()) {
        *x = match how {
            Treatment::Log => libm::log(*x - min + 0.01 * (max - min)),
            Treatment::BoxCox if lambda != 0.0 => (libm::pow(*x - min + 1.0, lambda) - 1.0) / lambda,
            _ => libm::log(*x - min + 1.0),
        };
    }
}

/// Sample skewness and excess kurtosis of the known values, as in Excel, SAS and SPSS (Joanes & Gill 1998, *The Statistician* 47(1),
/// 183-189: `G1` and `G2`). NaN if fewer than four are known or all are alike.
pub(super) fn shape(values: &[f64]) -> (f64, f64) {
    let (mut n, mut sum) = (0.0, 0.0);
    for x in values {
        if !x.is_nan() {
            n += 1.0;
            sum += x;
        }
    }
    let mean = sum / n;
    let (mut s2, mut s3, mut s4) = (0.0, 0.0, 0.0);
    for x in values {
        if !x.is_nan() {
            let d = x - mean;
            let square = d * d;
            s2 += square;
            s3 += square * d;
            s4 += square * square;
        }
    }
    if n < 4.0 || s2 == 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let skew = libm::sqrt(n) * s3 / (s2 * libm::sqrt(s2)) * libm::sqrt(n * (n - 1.0)) / (n - 2.0);
    let r = n * s4 / (s2 * s2);
    let kurtosis = ((n + 1.0) * (r - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    (skew, kurtosis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(treatment: Treatment) -> Plan {
        Plan { treatment, always: false, winmax: 5, skew: 2.0, kurtosis: 3.5, lambda: 0.0 }
    }

    fn treated(values: &[f64], plan: &Plan) -> (Vec<f64>, Treated) {
        let mut values = values.to_vec();
        let result = treat(&mut values, &mut [], plan, &mut Vec::new());
        (values, result)
    }

    /// SciPy 1.17.1: `scipy.stats.skew(x, bias=False)` and `kurtosis(x, bias=False)` of 1, 2, 3, 4, 10.
    #[test]
    fn shape_agrees_with_scipy() {
        let (skew, kurtosis) = shape(&[1.0, 2.0, f64::NAN, 3.0, 4.0, 10.0]);
        assert!((skew - 1.697_056_274_847_713_8).abs() < 1e-12, "{skew}");
        assert!((kurtosis - 3.152).abs() < 1e-12, "{kurtosis}");
        assert!(shape(&[1.0, 1.0, 1.0, 1.0]).0.is_nan() && shape(&[1.0, 2.0, 3.0]).1.is_nan());
    }

    #[test]
    fn outliers_are_set_to_the_next_value() {
        let mut values: Vec<f64> = (1..=10).map(f64::from).collect();
        values.extend([100.0, 100.0]);
        let (after, result) = treated(&values, &plan(Treatment::Winsorise));
        // Skewed, but not peaked enough to fail.
        assert_eq!((result.why, after), (Why::Passes, values.clone()));
        values.pop();
        let (after, result) = treated(&values, &plan(Treatment::WinsoriseLog));
        assert_eq!((result.why, result.winsorised, after[10]), (Why::Fails, 1, 10.0));
        assert!(result.transform.is_none() && result.kurtosis_after < 3.5);
        let low: Vec<f64> = values.iter().map(|x| -x).collect();
        assert_eq!(treated(&low, &plan(Treatment::Winsorise)).0[10], -10.0);
    }

    #[test]
    fn the_logarithm_is_taken_of_the_original_values() {
        let mut values: Vec<f64> = (1..=10).map(f64::from).collect();
        values.push(1000.0);
        let (after, result) = treated(&values, &Plan { winmax: 0, ..plan(Treatment::WinsoriseLog) });
        assert_eq!((result.winsorised, result.transform), (0, Some(Treatment::Log)));
        assert!((after[10] - libm::log(999.0 + 9.99)).abs() < 1e-12);
        let always = Plan { always: true, lambda: 2.0, ..plan(Treatment::BoxCox) };
        let (after, result) = treated(&[1.0, 2.0, 3.0, 4.0], &always);
        assert_eq!((after, result.why), (vec![0.0, 1.5, 4.0, 7.5], Why::Asked));
    }

    #[test]
    fn posts_move_as_the_values_do() {
        let check = |values: &[f64], treatment, posts: [f64; 2], expected: [f64; 2]| {
            let (mut values, mut moved) = (values.to_vec(), posts);
            let plan = Plan { always: true, winmax: 1, lambda: 2.0, ..plan(treatment) };
            treat(&mut values, &mut moved, &plan, &mut Vec::new());
            for (found, expected) in moved.iter().zip(expected) {
                let same = (found - expected).abs() < 1e-12 || (found.is_nan() && expected.is_nan());
                assert!(same, "{treatment:?} of {posts:?}: {moved:?}, not {expected}");
            }
        };
        let high = [1.0, 2.0, 11.0, 101.0];
        let low = high.map(|x| -x);
        // 101 is set to 11: what lies beyond 11 is pulled in, what lies below stays.
        check(&high, Treatment::Winsorise, [0.0, 110.0], [0.0, 11.0]);
        check(&high, Treatment::Winsorise, [5.0, f64::NAN], [5.0, f64::NAN]);
        check(&low, Treatment::Winsorise, [-110.0, 0.0], [-11.0, 0.0]);
        check(&high, Treatment::None, [0.0, 110.0], [0.0, 110.0]);
        // Posts among the values: a hundredth of 101 - 1 is added.
        check(&high, Treatment::Log, [1.0, 90.0], [0.0, libm::log(90.0)]);
        // A post below the values is where the logarithm begins: a hundredth of 101 + 99 is added.
        check(&high, Treatment::Log, [-99.0, 110.0], [libm::log(2.0), libm::log(211.0)]);
        check(&high, Treatment::LogOne, [0.0, 110.0], [0.0, libm::log(111.0)]);
        check(&high, Treatment::BoxCox, [0.0, 2.0], [0.0, 4.0]);
        // Nothing but equal values would be left: neither they nor the posts move.
        check(&[1.0, 1.0, 1.0, 9.0], Treatment::Winsorise, [0.0, 10.0], [0.0, 10.0]);
    }

    #[test]
    fn what_cannot_be_told_is_left_alone() {
        assert_eq!(treated(&[1.0, 2.0, 900.0], &plan(Treatment::Log)).1.why, Why::TooFew);
        assert_eq!(treated(&[3.0; 6], &plan(Treatment::Log)).1.why, Why::Constant);
        // Winsorising would leave nothing but equal values.
        let (after, _) = treated(&[1.0, 1.0, 1.0, 1.0, 1.0, 9.0], &plan(Treatment::Winsorise));
        assert_eq!(after[5], 9.0);
    }
}
