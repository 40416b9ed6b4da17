//! Confusion: what is true of what was coded, drawn from a checked sample.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Coded, Coding, Field, align};
use crate::num::Random;

/// What was true of what a coder coded in a checked sample, and what it coded in the rest. The last category is *no event*.
///
/// ```
/// use techpower::{code::agreement::correction::Confusion, num::Seed};
/// let mut confusion = Confusion::new(&["compulsory", "structural"]);
/// for _ in 0..90 { confusion.check(Some("compulsory"), Some("compulsory")); }
/// for _ in 0..10 { confusion.check(Some("compulsory"), Some("structural")); }
/// confusion.leave(Some("compulsory"), 900);
/// let counts = confusion.corrected_counts(1.0, &mut Seed(1).stream("infer", "confusion").draw(0));
/// // 1,000 were coded compulsory, about a tenth of them wrongly.
/// assert!((counts[0] - 900.0).abs() < 100.0 && counts.iter().sum::<f64>() == 1000.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    categories: Vec<String>,
    /// `checked[coded][true]`.
    checked: Vec<Vec<usize>>,
    /// Unchecked units by what was coded.
    unchecked: Vec<usize>,
}

impl Confusion {
    /// Nothing checked yet. *No event* is added to the categories.
    #[must_use]
    pub fn new<S: AsRef<str>>(categories: &[S]) -> Confusion {
        let names: BTreeSet<&str> = categories.iter().map(AsRef::as_ref).collect();
        let n = names.len() + 1;
        Confusion {
            categories: names.into_iter().map(str::to_owned).collect(),
            checked: vec![vec![0; n]; n],
            unchecked: vec![0; n],
        }
    }

    /// From the codings of all documents and those of a checked sample, in a field that holds one category. Which documents were checked must have
    /// been left to chance. Events of a checked document are aligned ([`align`]). Beside its coded events each document has one place where an event
    /// may have been missed; a checked document with several missed events has as many. An event of which either side does not state the
    /// field is left out; so is a checked document that the coder did not code.
    #[must_use]
    pub fn of(coded: &[Coded], checked: &[Coded], field: Field) -> Confusion {
        let value = |coding: Option<&Coding>| coding.and_then(|coding| field.value(coding));
        let all = coded.iter().chain(checked).flat_map(|document| &document.codings);
        let categories: Vec<String> = all.filter_map(|coding| value(Some(coding))).collect();
        let mut confusion = Confusion::new(&categories);
        let truths: BTreeMap<&str, &[Coding]> =
            checked.iter().map(|one| (one.document.as_str(), one.codings.as_slice())).collect();
        for document in coded {
            let Some(truth) = truths.get(document.document.as_str()) else {
                for coding in &document.codings {
                    if let Some(category) = value(Some(coding)) {
                        confusion.leave(Some(&category), 1);
                    }
                }
                confusion.leave(None, 1);
                continue;
            };
            let mut missed = false;
            for row in align(&[&document.codings, truth]) {
                let found = row[0].and_then(|at| document.codings.get(at));
                let right = row[1].and_then(|at| truth.get(at));
                missed |= found.is_none();
                let (coded, true_one) = (value(found), value(right));
                if found.is_some() == coded.is_some() && right.is_some() == true_one.is_some() {
                    confusion.check(coded.as_deref(), true_one.as_deref());
                }
            }
            if !missed {
                confusion.check(None, None);
            }
        }
        confusion
    }

    /// Position of a category; the last for no event. `None` if it is none of the categories.
    fn position(&self, category: Option<&str>) -> Option<usize> {
        match category {
            None => Some(self.categories.len()),
            Some(id) => self.categories.binary_search_by(|known| known.as_str().cmp(id)).ok(),
        }
    }

    /// Adds a checked unit: what was coded and what is true, `None` for no event. One of another category is left out.
    pub fn check(&mut self, coded: Option<&str>, truth: Option<&str>) {
        if let (Some(coded), Some(truth)) = (self.position(coded), self.position(truth)) {
            self.checked[coded][truth] += 1;
        }
    }

    /// Adds unchecked units by what was coded, `None` for no event. Those of another category are left out.
    pub fn leave(&mut self, coded: Option<&str>, times: usize) {
        if let Some(coded) = self.position(coded) {
            self.unchecked[coded] += times;
        }
    }

    /// The categories, in order, without *no event*.
    #[must_use]
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Checked units by what was coded and what is true; the last of each is no event.
    #[must_use]
    pub fn checked(&self) -> &[Vec<usize>] {
        &self.checked
    }

    /// What was coded in all documents: the counts that are to be corrected.
    #[must_use]
    pub fn coded_counts(&self) -> Vec<usize> {
        self.checked.iter().zip(&self.unchecked).map(|(row, rest)| row.iter().sum::<usize>() + rest).collect()
    }

    /// Categories that were coded in unchecked documents and in no checked one: what is drawn of them is the prior alone.
    pub fn unsupported(&self) -> impl Iterator<Item = &str> {
        self.categories
            .iter()
            .zip(self.checked.iter().zip(&self.unchecked))
            .filter(|(_, (row, rest))| row.iter().sum::<usize>() == 0 && **rest > 0)
            .map(|(category, _)| category.as_str())
    }

    /// A draw of the probabilities of what is true, given what was coded: a Dirichlet distribution per coded category, with the checked counts and
    /// a prior of `prior` observations in all, spread evenly (Perks 1947, *Journal of the Institute of Actuaries* 73(2), 285-334, for a prior of 1).
    /// Rows are coded categories, columns true ones. A prior that is not above zero counts as a thousandth.
    ///
    /// The checked documents are a sample of these very documents, so that no model of the errors is needed: predictive values, unlike sensitivity and
    /// specificity, need not be inverted (Rogan & Gladen 1978, *American Journal of Epidemiology* 107(1), 71-76, do that).
    #[must_use]
    pub fn posterior(&self, prior: f64, random: &mut Random) -> Vec<Vec<f64>> {
        let prior = if prior > 0.0 { prior } else { 1e-3 };
        let each = prior / (self.categories.len() + 1) as f64;
        self.checked
            .iter()
            .map(|row| random.dirichlet(&row.iter().map(|count| *count as f64 + each).collect::<Vec<f64>>()))
            .collect()
    }

    /// A draw of the true counts of all documents, the last of no event: what is known of the checked ones, and for the unchecked ones of each
    /// coded category a multinomial draw with probabilities from [`Confusion::posterior`].
    #[must_use]
    pub fn corrected_counts(&self, prior: f64, random: &mut Random) -> Vec<f64> {
        let posterior = self.posterior(prior, random);
        let mut counts = vec![0.0; self.categories.len() + 1];
        for (coded, shares) in posterior.iter().enumerate() {
            self.checked[coded].iter().zip(&mut counts).for_each(|(known, count)| *count += *known as f64);
            let mut left = self.unchecked[coded];
            let mut probability = 1.0;
            for (truth, share) in shares.iter().enumerate() {
                let last = truth + 1 == shares.len();
                let taken = if last { left } else { random.binomial(left, share / probability) };
                counts[truth] += taken as f64;
                left -= taken;
                probability -= share;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Seed, Summary, mean};

    /// True categories a, b and none with probabilities 0.2, 0.1, 0.7; the coder finds a in 70 % (10 % b), b in 60 % (20 % a), and sees a in 8 % of the
    /// rest. Of 2,000 documents 300 are checked. Intervals of 90 % hold the true counts of the corpus in 90 % of 500 simulations within four standard
    /// errors (5.4 points), means are right on average, the coder's own counts are not.
    #[test]
    fn corrected_counts_are_unbiased_and_intervals_cover() {
        let simulations = 500;
        let mut covers = [0usize; 2];
        let mut errors = [Vec::new(), Vec::new()];
        let mut naive = [Vec::new(), Vec::new()];
        for simulation in 0..simulations {
            let mut random = Seed(13).stream("test", "confusion").draw(simulation);
            let mut confusion = Confusion::new(&["a", "b"]);
            let mut truths = [0.0; 2];
            for document in 0..2_000 {
                let choose = |u: f64, first: f64, second: f64| match u {
                    u if u < first => Some("a"),
                    u if u < first + second => Some("b"),
                    _ => None,
                };
                let truth = choose(random.uniform(), 0.2, 0.1);
                let u = random.uniform();
                let coded = match truth {
                    Some("a") => choose(u, 0.7, 0.1),
                    Some(_) => choose(u, 0.2, 0.6),
                    None => choose(u, 0.08, 0.0),
                };
                match truth {
                    Some("a") => truths[0] += 1.0,
                    Some(_) => truths[1] += 1.0,
                    None => {}
                }
                if document < 300 { confusion.check(coded, truth) } else { confusion.leave(coded, 1) }
            }
            let stream = Seed(simulation as u64).stream("test", "draws");
            let draws: Vec<Vec<f64>> =
                (0..300).map(|draw| confusion.corrected_counts(1.0, &mut stream.draw(draw))).collect();
            for k in 0..2 {
                let counts: Vec<f64> = draws.iter().map(|draw| draw[k]).collect();
                let summary = Summary::of(&counts).expect("draws");
                covers[k] += usize::from(summary.q05 <= truths[k] && truths[k] <= summary.q95);
                errors[k].push(summary.mean - truths[k]);
                naive[k].push(confusion.coded_counts()[k] as f64 - truths[k]);
            }
        }
        for k in 0..2 {
            let share = covers[k] as f64 / simulations as f64;
            assert!((share - 0.9).abs() < 0.054, "{k}: {share}");
            // The prior moves a count by less than two of 2,000; four standard errors of a simulation are about five.
            assert!(mean(&errors[k]).abs() < 7.0, "{k}: {}", mean(&errors[k]));
        }
        // 400 * 0.7 + 200 * 0.2 + 1400 * 0.08 - 400 and 200 * 0.6 + 400 * 0.1 - 200.
        assert!((mean(&naive[0]) - 32.0).abs() < 5.0 && (mean(&naive[1]) + 40.0).abs() < 5.0);
    }

    #[test]
    fn codings_become_checked_and_unchecked_units() {
        let event = |document: &str, power: &str| Coding {
            document: document.to_owned(),
            power: Some(power.to_owned()),
            ..Coding::default()
        };
        let document = |id: &str, powers: &[&str]| Coded {
            document: id.to_owned(),
            codings: powers.iter().map(|power| event(id, power)).collect(),
        };
        let coded = [
            document("d1", &["a"]),
            document("d2", &[]),
            document("d3", &["a", "b"]),
            document("d4", &["b"]),
            document("d5", &["b"]),
        ];
        let checked =
            [document("d1", &["a"]), document("d2", &["b"]), document("d4", &[]), document("d9", &["a"])];
        let confusion = Confusion::of(&coded, &checked, Field::Power);
        assert_eq!(confusion.categories(), ["a", "b"]);
        // d1: right, nothing missed. d2: b missed. d4: b where there is nothing, nothing missed.
        assert_eq!(confusion.checked(), [vec![1, 0, 0], vec![0, 0, 1], vec![0, 1, 2]]);
        // d3 and d5 are not checked: a, b, b, and two places of no event.
        assert_eq!(confusion.coded_counts(), [2, 3, 5]);
        assert_eq!(confusion.unsupported().count(), 0);
        // A draw hands out all units.
        let counts = confusion.corrected_counts(1.0, &mut Seed(1).stream("test", "one").draw(0));
        assert_eq!(counts.iter().sum::<f64>(), 10.0);
        // What was never coded in the sample rests on the prior.
        let alone = Confusion::of(&coded[2..3], &[], Field::Power);
        assert_eq!(alone.unsupported().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn the_same_draw_gives_the_same_counts() {
        let mut confusion = Confusion::new(&["a"]);
        confusion.check(Some("a"), None);
        confusion.leave(Some("a"), 100_000);
        confusion.leave(Some("z"), 5);
        let draw = |at| confusion.corrected_counts(1.0, &mut Seed(2).stream("test", "same").draw(at));
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
