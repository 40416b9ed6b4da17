//! Sensitivity indices: the test functions of the literature, exact cases, and intervals that cover.

use std::f64::consts::PI;

use techpower::num::{Indices, Seed, exact_sensitivity, sensitivity};

/// Ishigami & Homma (1990) with a = 7 and b = 0.1.
fn ishigami(x: &[f64]) -> Vec<f64> {
    let [a, b, c] = [0, 1, 2].map(|at| PI * (2.0 * x[at] - 1.0));
    vec![libm::sin(a) + 7.0 * libm::sin(b) * libm::sin(b) + 0.1 * c * c * c * c * libm::sin(a)]
}

/// First-order and total indices of the Ishigami function, from its variances in closed form (Saltelli et al. 2008, *Global Sensitivity Analysis: The
/// Primer*, 4.9).
fn ishigami_indices() -> [(f64, f64); 3] {
    let (a, b) = (7.0, 0.1);
    let first = 0.5 * (1.0 + b * PI.powi(4) / 5.0) * (1.0 + b * PI.powi(4) / 5.0);
    let second = a * a / 8.0;
    let both = b * b * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let total = first + second + both;
    [(first / total, (first + both) / total), (second / total, second / total), (0.0, both / total)]
}

const G: [f64; 6] = [0.0, 0.5, 3.0, 9.0, 99.0, 99.0];

/// Sobol's g-function (Saltelli & Sobol' 1995).
fn g(x: &[f64]) -> Vec<f64> {
    vec![x.iter().zip(G).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()]
}

fn g_indices() -> Vec<(f64, f64)> {
    let parts = G.map(|a| 1.0 / 3.0 / ((1.0 + a) * (1.0 + a)));
    let all: f64 = parts.iter().map(|v| 1.0 + v).product();
    parts.iter().map(|v| (v / (all - 1.0), v * all / (1.0 + v) / (all - 1.0))).collect()
}

type Model = fn(&[f64]) -> Vec<f64>;

fn indices(model: Model, factors: usize, points: usize, seed: u64) -> Vec<Indices> {
    let stream = Seed(seed).stream("test", "sensitivity");
    sensitivity(factors, points, stream, 1, || (), |_: &mut (), x: &[f64]| model(x))
        .remove(0)
        .expect("it varies")
}

#[test]
fn indices_are_those_of_the_literature() {
    for (model, expected) in [(ishigami as Model, ishigami_indices().to_vec()), (g as Model, g_indices())] {
        let found = indices(model, expected.len(), 65_536, 1);
        for (found, (first, total)) in found.iter().zip(&expected) {
            assert!((found.first.value - first).abs() < 0.005, "{} for {first}", found.first.value);
            assert!((found.total.value - total).abs() < 0.005, "{} for {total}", found.total.value);
        }
    }
}

/// The error falls with the number of points.
#[test]
fn estimates_converge() {
    let error = |points: usize| -> f64 {
        let sum: f64 = (0..20)
            .flat_map(|seed| {
                let found = indices(ishigami, 3, points, seed);
                found.into_iter().zip(ishigami_indices()).map(|(f, e)| (f.first.value - e.0).abs())
            })
            .sum();
        sum / 60.0
    };
    let (few, many) = (error(256), error(8192));
    // Thirty-two times the points: at the rate of plain Monte Carlo the error would fall to less than a fifth.
    assert!(many < few / 5.0, "{few} to {many}");
}

/// Over 300 seeds, intervals of 90 % hold the true value in 87 to 93 % of cases, taken over all factors and both indices of each function.
#[test]
fn intervals_cover() {
    for (name, model, expected) in
        [("ishigami", ishigami as Model, ishigami_indices().to_vec()), ("g", g as Model, g_indices())]
    {
        let (mut firsts, mut totals) = (0, 0);
        for seed in 0..300 {
            for (found, (first, total)) in indices(model, expected.len(), 1024, seed).iter().zip(&expected) {
                firsts += usize::from(found.first.low <= *first && *first <= found.first.high);
                totals += usize::from(found.total.low <= *total && *total <= found.total.high);
            }
        }
        for (what, held) in [("first", firsts), ("total", totals)] {
            let share = held as f64 / (300 * expected.len()) as f64;
            assert!((0.87..=0.93).contains(&share), "{name}, {what}: {share}");
        }
    }
}

/// A design of 3 x 2 x 4 with an interaction, by hand: f = a + 2 b + a c, with a in {0, 1, 2}, b in {0, 1}, c in {-3, -1, 1, 3}.
#[test]
fn going_through_all_combinations_is_exact() {
    let mut results = Vec::new();
    for a in [0.0, 1.0, 2.0] {
        for b in [0.0, 1.0] {
            for c in [-3.0, -1.0, 1.0, 3.0] {
                results.push(a + 2.0 * b + a * c);
            }
        }
    }
    // Var a = 2/3; Var 2b = 1; c alone: E[a] c, variance 5; the interaction (a - 1) c: 2/3 of 5.
    let (va, vb, vc, vac) = (2.0 / 3.0, 1.0, 5.0, 10.0 / 3.0);
    let total = va + vb + vc + vac;
    let found = exact_sensitivity(&[3, 2, 4], &results).expect("it varies");
    for (found, (first, all)) in found.iter().zip([(va, va + vac), (vb, vb), (vc, vc + vac)]) {
        assert!((found.first.value - first / total).abs() < 1e-14);
        assert!((found.total.value - all / total).abs() < 1e-14);
    }
    // And the estimators converge to it.
    let model = |_: &mut (), x: &[f64]| {
        let at = |x: f64, n: usize| ((x * n as f64) as usize).min(n - 1);
        vec![results[(at(x[0], 3) * 2 + at(x[1], 2)) * 4 + at(x[2], 4)]]
    };
    let sampled =
        sensitivity(3, 8192, Seed(9).stream("test", "grid"), 1, || (), model).remove(0).expect("it varies");
    for (sampled, exact) in sampled.iter().zip(&found) {
        assert!((sampled.first.value - exact.first.value).abs() < 0.01);
        assert!((sampled.total.value - exact.total.value).abs() < 0.01);
    }
}

#[test]
fn what_does_not_vary_has_no_indices() {
    assert!(exact_sensitivity(&[2, 2], &[0.1 + 0.2, 0.3, 0.3, 0.3]).is_none(), "rounding is no variance");
    assert!(exact_sensitivity(&[2], &[1.0, f64::NAN]).is_none());
    let found =
        sensitivity(2, 64, Seed(1).stream("test", "flat"), 2, || (), |_: &mut (), x: &[f64]| vec![1.0, x[0]]);
    assert!(found[0].is_none() && found[1].is_some());
}
