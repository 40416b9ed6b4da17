//! Whether objects crowd at the lines that instruments draw.
//!
//! Bunching estimators count how many choices lie just on one side of a threshold beyond what would lie there without it (Saez 2010, *American
//! Economic Journal: Economic Policy* 2(3), 180-212; Kleven 2016, *Annual Review of Economics* 8, 435-464). Here objects released before the line
//! existed stand for what would lie there without it.

use jiff::civil::Date;

use super::expression::{Field, Quantity, Test};
use super::instrument::Version;
use super::value::{Relation, Value};
use super::{Moment, Rulebook};

/// How objects lie at a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Bunching {
    /// Position of the instrument.
    pub instrument: usize,
    /// Position of the version.
    pub version: usize,
    /// Name of the parameter that is the line.
    pub parameter: String,
    /// Name of the field that is held against it.
    pub field: String,
    /// The line, in the parameter's unit.
    pub line: f64,
    /// Unit of the line.
    pub unit: String,
    /// Whether what lies above the line is touched (a floor of the rule), or what lies below it (a cap).
    pub touches_above: bool,
    /// Objects within the band around the line that were released before it was published, and how many of them lie just on its free side.
    pub before: (usize, usize),
    /// The same of objects released from that day on.
    pub after: (usize, usize),
    /// Share just on the free side among those released after it less the share among those before; unknown if there are none of either.
    pub excess: Option<f64>,
    /// Probability of at least as many just on the free side among those after it if release dates were exchanged at random; unknown if there are none of either.
    pub p_near: Option<f64>,
    /// The object released before the line that lies nearest on its touched side, with its value over the line.
    pub nearest: Option<(String, f64)>,
    /// Probability that a line drawn at random within the band would have an earlier object as near on that side; unknown if there is none.
    pub p_around: Option<f64>,
}

/// How wide the strip under a line is, and the band that is looked at around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Share of the line: objects from `(1 - near) * line` up to the line lie just under it; of a cap, those up to `line / (1 - near)` just above.
    pub near: f64,
    /// Factor: objects from `line / band` to `line * band` are looked at.
    pub band: f64,
}

impl Default for Window {
    /// The tenth under the line, within a factor of four.
    fn default() -> Window {
        Window { near: 0.1, band: 4.0 }
    }
}

impl Rulebook {
    /// How objects lie at every line of every version of which at least one object lies within the band. A figure counts if it is known to within
    /// five per cent, by its middle. Objects of which it is unknown whether they were released before the line do not count.
    #[must_use]
    pub fn bunching(&self, window: Window, moment: Moment) -> Vec<Bunching> {
        let mut all = Vec::new();
        for (at, instrument) in self.instruments.iter().enumerate() {
            for (version, text) in instrument.versions.iter().enumerate() {
                let Some(published) = text.published else { continue };
                for line in lines(text) {
                    // A line that an earlier version drew already is no new line, whatever it was called.
                    let value = |version: &Version, line: &Line| version.parameters[line.parameter].value;
                    let same = |former: &Version| {
                        lines(former).iter().any(|known| {
                            known.field == line.field && value(former, known) == value(text, &line)
                        })
                    };
                    if !instrument.versions[..version].iter().any(same) {
                        all.extend(self.at_line(at, version, line, published, window, moment));
                    }
                }
            }
        }
        all
    }

    fn at_line(
        &self,
        instrument: usize,
        version: usize,
        drawn: Line,
        published: Date,
        window: Window,
        moment: Moment,
    ) -> Option<Bunching> {
        let text = &self.instruments[instrument];
        let (line, field) = (&text.versions[version].parameters[drawn.parameter], drawn.field);
        let (value, unit) = (line.value, line.unit.to_string());
        if !value.is_exact() || value.low <= 0.0 {
            return None;
        }
        let info = &self.vocabulary.fields[field];
        let into: super::Unit = info.unit.parse().ok()?;
        let edge = value.low * line.unit.to(&into)?;
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for object in &self.objects.list {
            let Some(released) = object.released.filter(|_| text.objects.contains(&object.kind)) else {
                continue;
            };
            let facts = object.facts(released.from().max(published), moment, &self.vocabulary, &[]);
            let Value::Number(known) = &facts.values[field] else { continue };
            let middle = (known.low + known.high) / 2.0;
            let fine = known.high - known.low <= 0.05 * middle.abs();
            if fine && middle >= edge / window.band && middle <= edge * window.band {
                // Seen from a cap, the free side is above: ratios are turned over, so that it lies below one for both.
                let ratio = if drawn.above { middle / edge } else { edge / middle };
                let place = (ratio, object.id.clone());
                if released.to() <= published {
                    before.push(place);
                } else if released.from() >= published {
                    after.push(place);
                }
            }
        }
        if before.is_empty() && after.is_empty() {
            return None;
        }
        let beside = |group: &[(f64, String)]| {
            let near = |(ratio, _): &&(f64, String)| *ratio < 1.0 && *ratio >= 1.0 - window.near;
            (group.len(), group.iter().filter(near).count())
        };
        let (was, is) = (beside(&before), beside(&after));
        let both = was.0 > 0 && is.0 > 0;
        let share = |(all, near): (usize, usize)| near as f64 / all as f64;
        before.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest = before.iter().find(|(ratio, _)| *ratio >= 1.0).map(|(ratio, id)| (id.clone(), *ratio));
        let turned = |ratio: f64| if drawn.above { ratio } else { 1.0 / ratio };
        let p_around = nearest.as_ref().map(|(_, ratio)| {
            let logs: Vec<f64> = before.iter().map(|(ratio, _)| libm::log(*ratio)).collect();
            as_near(&logs, libm::log(*ratio), libm::log(window.band))
        });
        Some(Bunching {
            instrument,
            version,
            parameter: line.name.clone(),
            field: info.name.clone(),
            line: value.low,
            unit,
            touches_above: drawn.above,
            before: was,
            after: is,
            excess: both.then(|| share(is) - share(was)),
            p_near: both.then(|| at_least(was, is)),
            nearest: nearest.map(|(id, ratio)| (id, turned(ratio))),
            p_around,
        })
    }
}

/// A parameter that a field is held against directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    parameter: usize,
    field: Field,
    /// Whether what lies above it is touched.
    above: bool,
}

/// The lines of a version. One that a limb asks to be reached is a floor, even if another limb or an exception ends at it.
fn lines(version: &Version) -> Vec<Line> {
    let mut found = Vec::new();
    for test in version.tests_by_definition.iter().flatten() {
        compared(test, version, true, &mut found);
    }
    for limb in &version.limb_list {
        compared(&limb.when, version, true, &mut found);
    }
    for exception in &version.exceptions {
        compared(&exception.when, version, false, &mut found);
    }
    found.sort_by_key(|line| (line.parameter, line.field, !line.above));
    found.dedup_by_key(|line| (line.parameter, line.field));
    found
}

/// Lines in a condition; `holds` is whether it touches when it holds.
fn compared(test: &Test, version: &Version, holds: bool, found: &mut Vec<Line>) {
    match test {
        Test::Not(inner) => compared(inner, version, !holds, found),
        Test::All(parts) | Test::Any(parts) => {
            parts.iter().for_each(|part| compared(part, version, holds, found));
        }
        Test::Compare(relation, left, right) => {
            let rises = match relation {
                Relation::More | Relation::AtLeast => true,
                Relation::Less | Relation::AtMost => false,
                Relation::Equal | Relation::Unequal => return,
            };
            for (field, line, rises) in [(left, right, rises), (right, left, !rises)] {
                if let (Quantity::Field(field), Quantity::Parameter(at, _)) =
                    (unscaled(field), unscaled(line))
                    && let Some(parameter) = at.checked_sub(version.values.len() - version.parameters.len())
                {
                    found.push(Line { parameter, field: *field, above: rises == holds });
                }
            }
        }
        _ => {}
    }
}

fn unscaled(quantity: &Quantity) -> &Quantity {
    match quantity {
        Quantity::Scaled(inner, _) => unscaled(inner),
        other => other,
    }
}

/// Probability of at least as many marked ones in the second group if the marks of both were dealt anew: the exact permutation test (Fisher 1935,
/// *The Design of Experiments*, § 21), the upper tail of the hypergeometric distribution. Groups are (size, marked).
fn at_least(one: (usize, usize), two: (usize, usize)) -> f64 {
    let (all, marked) = (one.0 + two.0, one.1 + two.1);
    let ways = |n: usize, k: usize| {
        libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0)
    };
    let of = |k: usize| libm::exp(ways(two.0, k) + ways(one.0, marked - k) - ways(all, marked));
    let least = two.1.max(marked.saturating_sub(one.0));
    let sum: f64 = (least..=marked.min(two.0)).map(of).sum();
    sum.min(1.0)
}

/// Probability that a line drawn evenly between `-band` and `band` has its nearest value above within `gap`. Values are in order.
fn as_near(values: &[f64], gap: f64, band: f64) -> f64 {
    let mut covered = 0.0;
    let mut below = -band;
    for value in values {
        covered += (value - (value - gap).max(below)).max(0.0);
        below = below.max(*value);
    }
    (covered / (2.0 * band)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permutation_test_is_fishers_exact_test() {
        // The lady tasting tea: three of four cups right, one-sided p = 17/70 (Fisher 1935).
        assert!((at_least((4, 1), (4, 3)) - 17.0 / 70.0).abs() < 1e-12);
        assert!((at_least((5, 0), (5, 5)) - 1.0 / 252.0).abs() < 1e-12);
        assert!((at_least((5, 2), (5, 0)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_random_line_is_as_near_by_the_share_of_places_it_may_take() {
        // Two values, of which each covers the tenth below it.
        assert!((as_near(&[0.0, 0.5], 0.1, 1.0) - 0.1).abs() < 1e-12);
        // Overlapping strips count once.
        assert!((as_near(&[0.0, 0.05], 0.1, 1.0) - 0.075).abs() < 1e-12);
        assert!((as_near(&[-0.95], 0.1, 1.0) - 0.025).abs() < 1e-12);
    }
}
