//! Krippendorff's alpha for unitizing: coders divide a continuum into units of their own, with gaps between.

use std::collections::BTreeMap;

use super::Span;

/// A unit that a coder marked, with its category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// Where it lies.
    pub span: Span,
    /// Category, from 0.
    pub category: usize,
}

/// A text that coders divided, each into units of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuum {
    /// Number of code points.
    pub length: usize,
    /// The units of each coder, in any order. What of a unit another of the same coder's already holds, or lies beyond the end, does not count.
    pub coders: Vec<Vec<Unit>>,
}

/// The alphas of unitizing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitizingAlpha {
    /// Of units and gaps with their categories: boundaries and coding together.
    pub nominal: Option<f64>,
    /// Of what belongs to any unit against gaps: boundaries alone.
    pub binary: Option<f64>,
    /// Of the categories where units of different coders intersect: coding alone.
    pub coding: Option<f64>,
}

/// A stretch without a boundary; gaps have no category.
type Stretch = (Span, Option<usize>);

/// Krippendorff's alphas for unitizing (Krippendorff, Mathet, Bouvry & Widlöcher 2016, *Quality & Quantity* 50(6), 2347-2364). Coincidences are
/// lengths of intersections between the stretches of two coders, over all ordered pairs of coders and divided by the coders less one. Expected
/// coincidences are products of the margins over the total, a unit never paired with itself: the square of its length is taken out, of a gap its
/// length, as gaps have no structure. `coding` restricts both to intersections of units, and there a unit's length is the mean over the other
/// coders of what intersects with their units.
///
/// Several texts are one continuum laid end to end. Texts that fewer coders divided than others are left out.
/// A value is `None` if nothing varies that could have been confused.
///
/// ```
/// use techpower::code::agreement::{Continuum, Span, Unit, unitizing_alpha};
/// let unit = |start, end| Unit { span: Span { start, end }, category: 0 };
/// let continuum = Continuum { length: 10, coders: vec![vec![unit(0, 5)], vec![unit(0, 4)]] };
/// let alpha = unitizing_alpha([&continuum]).nominal.expect("units and gaps");
/// assert!((alpha - 136.0 / 165.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn unitizing_alpha<'a>(continua: impl IntoIterator<Item = &'a Continuum> + Clone) -> UnitizingAlpha {
    let coders = continua.clone().into_iter().map(|continuum| continuum.coders.len()).max().unwrap_or(0);
    if coders < 2 {
        return UnitizingAlpha::default();
    }
    let others = (coders - 1) as f64;
    let mut all = Coincidences::default();
    let mut binary = Coincidences::default();
    let mut coding = Coincidences::default();
    for continuum in continua.into_iter().filter(|continuum| continuum.coders.len() == coders) {
        let divided: Vec<Vec<Stretch>> =
            continuum.coders.iter().map(|units| divide(units, continuum.length)).collect();
        for (at, stretches) in divided.iter().enumerate() {
            for (span, category) in stretches {
                let mut shared = 0.0;
                for (_, other) in divided.iter().enumerate().filter(|(other, _)| *other != at) {
                    let first = other.partition_point(|(second, _)| second.end <= span.start);
                    for (second, other_category) in
                        other[first..].iter().take_while(|(second, _)| second.start < span.end)
                    {
                        let length = span.overlap(*second) as f64 / others;
                        all.observe(*category, *other_category, length);
                        binary.observe(category.map(|_| 0), other_category.map(|_| 0), length);
                        if category.is_some() && other_category.is_some() {
                            coding.observe(*category, *other_category, length);
                            shared += length;
                        }
                    }
                }
                let length = span.length() as f64;
                let itself = if category.is_some() { length * length } else { length };
                all.exclude(*category, itself);
                binary.exclude(category.map(|_| 0), itself);
                if category.is_some() {
                    coding.exclude(*category, shared * shared);
                }
            }
        }
    }
    UnitizingAlpha { nominal: all.alpha(), binary: binary.alpha(), coding: coding.alpha() }
}

/// Cuts a continuum into units and gaps, from its beginning to its end.
fn divide(units: &[Unit], length: usize) -> Vec<Stretch> {
    let mut units = units.to_vec();
    units.sort_unstable();
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut at = 0;
    for unit in units {
        let (start, end) = (unit.span.start.max(at), unit.span.end.min(length));
        let Some(span) = Span::new(start, end) else { continue };
        stretches.extend(Span::new(at, start).map(|gap| (gap, None)));
        stretches.push((span, Some(unit.category)));
        at = end;
    }
    stretches.extend(Span::new(at, length).map(|gap| (gap, None)));
    stretches
}

/// Lengths of intersections that coincide, by pairs of categories.
#[derive(Debug, Default)]
struct Coincidences {
    margins: BTreeMap<Option<usize>, f64>,
    same: f64,
    total: f64,
    excluded: BTreeMap<Option<usize>, f64>,
}

impl Coincidences {
    fn observe(&mut self, first: Option<usize>, second: Option<usize>, length: f64) {
        *self.margins.entry(first).or_insert(0.0) += length;
        self.total += length;
        if first == second {
            self.same += length;
        }
    }

    fn exclude(&mut self, category: Option<usize>, itself: f64) {
        *self.excluded.entry(category).or_insert(0.0) += itself;
    }

    /// One less observed over expected disagreement.
    fn alpha(&self) -> Option<f64> {
        let excluded: f64 = self.excluded.values().sum();
        let pairs = self.total * self.total - excluded;
        // Pairs of different categories among all pairs that are not within one unit.
        let squares: f64 = self.margins.values().map(|margin| margin * margin).sum();
        let different = self.total * self.total - squares;
        let (observed, expected) = (self.total - self.same, self.total * different / pairs);
        let varies = self.margins.len() > 1 && pairs > 0.0;
        varies.then(|| 1.0 - observed / expected).filter(|alpha| alpha.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(list: &[(usize, usize, usize)]) -> Vec<Unit> {
        list.iter()
            .map(|(start, end, category)| Unit {
                span: Span { start: *start, end: *end },
                category: *category,
            })
            .collect()
    }

    /// The example of Krippendorff (2019), *Content Analysis*, 4th ed., figure 12.11: a continuum of length 60, three coders. Published are
    /// 0.510 nominal, 0.413 binary and 0.724 coding, as the tests of the R package quallmer quote them; the binary one is 0.4136 here.
    fn example() -> Continuum {
        Continuum {
            length: 60,
            coders: vec![
                units(&[(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)]),
                units(&[(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)]),
                units(&[(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)]),
            ],
        }
    }

    #[test]
    fn alphas_agree_with_krippendorffs_example() {
        let found = unitizing_alpha([&example()]);
        for (found, expected) in [(found.nominal, 0.510), (found.binary, 0.413), (found.coding, 0.724)] {
            let found = found.expect("a value");
            assert!((found - expected).abs() < 1e-3, "{found}, not {expected}");
        }
    }

    /// By hand. Coder 1 marks 0 to 5, coder 2 marks 0 to 4, of 10. Coincidences: units 4 + 4, unit with gap 1 + 1, gaps 5 + 5; 20 in all, margins 9
    /// and 11. Within one unit are 25 + 16 pairs, and 5 + 6 of gaps with themselves: 400 - 52 = 348 pairs remain, of which 2 * 9 * 11 = 198 differ.
    /// Alpha is 1 - 2 / (20 * 198 / 348) = 136/165.
    #[test]
    fn alpha_agrees_with_an_exact_case() {
        let two = |first: &[(usize, usize, usize)], second: &[(usize, usize, usize)]| {
            unitizing_alpha([&Continuum { length: 10, coders: vec![units(first), units(second)] }])
        };
        let found = two(&[(0, 5, 0)], &[(0, 4, 0)]);
        assert!((found.nominal.expect("a value") - 136.0 / 165.0).abs() < 1e-12);
        assert_eq!(found.nominal, found.binary);
        // One category cannot be confused with another.
        assert_eq!(found.coding, None);
        // The same division, and none at all.
        let same = [(0, 3, 0), (5, 9, 1)];
        assert_eq!(
            two(&same, &same),
            UnitizingAlpha { nominal: Some(1.0), binary: Some(1.0), coding: Some(1.0) }
        );
        assert_eq!(two(&[], &[]), UnitizingAlpha::default());
        // An overlap within one coder belongs to the unit that begins first; what lies beyond the end does not count.
        assert_eq!(two(&[(0, 5, 0), (2, 4, 1), (8, 30, 0)], &[(0, 5, 0), (8, 10, 0)]).nominal, Some(1.0));
    }

    /// Gaps have no structure: two texts end to end are one.
    #[test]
    fn texts_are_laid_end_to_end() {
        let whole =
            Continuum { length: 20, coders: vec![units(&[(2, 6, 0), (13, 18, 1)]), units(&[(3, 6, 0)])] };
        let parts = [
            Continuum { length: 10, coders: vec![units(&[(2, 6, 0)]), units(&[(3, 6, 0)])] },
            Continuum { length: 10, coders: vec![units(&[(3, 8, 1)]), vec![]] },
        ];
        let (one, two) = (unitizing_alpha([&whole]), unitizing_alpha(&parts));
        assert!((one.nominal.expect("a value") - two.nominal.expect("a value")).abs() < 1e-12);
        assert_eq!(unitizing_alpha([]), UnitizingAlpha::default());
    }
}
