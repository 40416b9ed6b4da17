//! A linear scorer: heads of classes over shared features, trained by logistic regression, kept in a file that a person can read.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use super::bits::Bits;
use super::coder::HEADS;
use super::feature::key;
use crate::codebook::Codebook;
use crate::num::Seed;

/// Classes of which one holds, with the temperature that makes their probabilities honest.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Name.
    pub name: String,
    /// Classes.
    pub classes: Vec<String>,
    /// What sums are divided by before they become probabilities (Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2).
    pub temperature: f64,
    /// Place of its first class among all classes of all heads.
    first: usize,
}

/// A linear scorer.
///
/// The file: lines of settings (`set`, name, number, parted by tabs), a line a head (`head`, name, temperature, classes), then a line a feature (the
/// feature, a tab, `head:class=weight` parted by blanks).
#[derive(Debug, Clone, Default)]
pub struct Scorer {
    heads: Vec<Head>,
    features: Vec<String>,
    /// Where the weights of a feature stand.
    rows: HashMap<u64, (u32, u32), Plain>,
    /// The hashes of features.
    known: Bits,
    starts: Vec<u32>,
    weights: Vec<(u16, f32)>,
    /// Weights of the first two classes, of the features that have any.
    lead: HashMap<u64, [f32; 2], Plain>,
    /// The hashes of these.
    leading: Bits,
    outputs: usize,
    settings: BTreeMap<String, f64>,
}

/// Bits for each feature that is known, at least.
const BITS_A_FEATURE: usize = 16;

/// Features that are looked up at a time.
const AT_ONCE: usize = 16;

/// Keys are hashes already.
type Plain = std::hash::BuildHasherDefault<AsIs>;

#[derive(Default)]
struct AsIs(u64);

impl std::hash::Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A line of a scorer's file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadScorer {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

impl Scorer {
    /// The scorer of a codebook; `None` if it has none.
    ///
    /// # Errors
    /// As [`Scorer::read`].
    pub fn of(codebook: &Codebook) -> Result<Option<Scorer>, BadScorer> {
        codebook.scorer.as_deref().map(|text| Scorer::read(text)?.complete()).transpose()
    }

    /// The scorer, if it has the heads that a coder asks, in their order.
    ///
    /// # Errors
    /// Heads that are missing, or in another order.
    pub fn complete(self) -> Result<Scorer, BadScorer> {
        let names: Vec<&str> = self.heads.iter().map(|head| head.name.as_str()).collect();
        let two = self.heads.first().is_some_and(|head| head.classes == ["yes", "no"]);
        if names == HEADS && two {
            return Ok(self);
        }
        let why = format!(
            "the heads are {}, and should be {}, the first with yes and no",
            names.join(", "),
            HEADS.join(", ")
        );
        Err(BadScorer { line: 1, why })
    }

    /// Reads a scorer.
    ///
    /// # Errors
    /// The first line that is neither a head nor a feature of known heads.
    pub fn read(text: &str) -> Result<Scorer, BadScorer> {
        let mut scorer = Scorer { starts: vec![0], ..Scorer::default() };
        let mut places: HashMap<String, u16> = HashMap::new();
        for (at, line) in text.lines().enumerate() {
            let bad = |why: &str| BadScorer { line: at + 1, why: why.to_owned() };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(head) = line.strip_prefix("head\t") {
                let fields: Vec<&str> = head.split('\t').collect();
                let [name, temperature, classes] = fields.as_slice() else {
                    return Err(bad("a head has a name, a temperature and classes, parted by tabs"));
                };
                let temperature: f64 = temperature
                    .parse()
                    .ok()
                    .filter(|t: &f64| t.is_finite() && *t > 0.0)
                    .ok_or_else(|| bad("the temperature is not a positive number"))?;
                let classes: Vec<String> = classes.split(' ').map(str::to_owned).collect();
                for (index, class) in classes.iter().enumerate() {
                    places.insert(format!("{name}:{class}"), (scorer.outputs + index) as u16);
                }
                let first = scorer.outputs;
                scorer.outputs += classes.len();
                if scorer.outputs > usize::from(u16::MAX) {
                    return Err(bad("too many classes"));
                }
                scorer.heads.push(Head { name: (*name).to_owned(), classes, temperature, first });
                continue;
            }
            if let Some((name, value)) = line.strip_prefix("set\t").and_then(|set| set.split_once('\t')) {
                let value = value.parse().map_err(|_| bad("the setting is not a number"))?;
                scorer.settings.insert(name.to_owned(), value);
                continue;
            }
            let (feature, weights) =
                line.rsplit_once('\t').ok_or_else(|| bad("a feature and its weights are parted by a tab"))?;
            for weight in weights.split(' ') {
                let (place, value) =
                    weight.rsplit_once('=').ok_or_else(|| bad("a weight reads head:class=number"))?;
                let place =
                    *places.get(place).ok_or_else(|| bad(&format!("no head has the class {place}")))?;
                let value: f32 = value
                    .parse()
                    .ok()
                    .filter(|v: &f32| v.is_finite())
                    .ok_or_else(|| bad(&format!("{value} is not a number")))?;
                scorer.weights.push((place, value));
            }
            if !scorer.add_row(feature) {
                return Err(bad("the feature stands in the file before"));
            }
        }
        scorer.take_lead();
        Ok(scorer)
    }

    /// The scorer as a file.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        let mut names: Vec<String> = Vec::new();
        for (name, value) in &self.settings {
            let _ = writeln!(out, "set\t{name}\t{value}");
        }
        for head in &self.heads {
            let _ = writeln!(out, "head\t{}\t{}\t{}", head.name, head.temperature, head.classes.join(" "));
            names.extend(head.classes.iter().map(|class| format!("{}:{class}", head.name)));
        }
        for (row, feature) in self.features.iter().enumerate() {
            out.push_str(feature);
            out.push('\t');
            for (at, (place, weight)) in self.row(row).iter().enumerate() {
                let blank = if at > 0 { " " } else { "" };
                let _ = write!(out, "{blank}{}={weight}", names[usize::from(*place)]);
            }
            out.push('\n');
        }
        out
    }

    /// Heads.
    #[must_use]
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// A head.
    #[must_use]
    pub fn head(&self, name: &str) -> Option<&Head> {
        self.heads.iter().find(|head| head.name == name)
    }

    /// A setting.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<f64> {
        self.settings.get(name).copied()
    }

    pub(crate) fn set(&mut self, name: &str, value: f64) {
        self.settings.insert(name.to_owned(), value);
    }

    /// How many features have weights.
    #[must_use]
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether no feature has weights.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The weights of a feature by its place in the file.
    fn row(&self, row: usize) -> &[(u16, f32)] {
        &self.weights[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// The weights of a feature by its hash; none, if it has none.
    fn row_of(&self, key: u64) -> &[(u16, f32)] {
        self.rows.get(&key).map_or(&[], |(from, to)| &self.weights[*from as usize..*to as usize])
    }

    /// Ends the row of a feature, whose weights were added before; `false` if it had one.
    fn add_row(&mut self, feature: &str) -> bool {
        let row = (self.starts[self.features.len()], self.weights.len() as u32);
        self.features.push(feature.to_owned());
        self.starts.push(row.1);
        self.rows.insert(key(feature), row).is_none()
    }

    /// Sums of weights of all classes of all heads.
    pub(crate) fn sums(&self, features: &[(u64, f32)], sums: &mut Vec<f32>) {
        sums.clear();
        sums.resize(self.outputs, 0.0);
        each_maybe(&self.known, features, |some| {
            // All rows are found before any is read, so that the processor need not wait for each in turn.
            let mut rows: [&[(u16, f32)]; AT_ONCE] = [&[]; AT_ONCE];
            for (row, (key, _)) in rows.iter_mut().zip(some) {
                *row = self.row_of(*key);
            }
            for (row, (_, value)) in rows.iter().zip(some) {
                for (place, weight) in *row {
                    sums[usize::from(*place)] += weight * value;
                }
            }
        });
    }

    fn take_lead(&mut self) {
        let with_lead = |(row, feature): (usize, &String)| {
            let mut lead = [0.0; 2];
            for (place, weight) in self.row(row).iter().filter(|(place, _)| *place < 2) {
                lead[usize::from(*place)] = *weight;
            }
            (lead != [0.0; 2]).then(|| (key(feature), lead))
        };
        self.lead = self.features.iter().enumerate().filter_map(with_lead).collect();
        self.known = Bits::new(self.features.len() * BITS_A_FEATURE);
        self.leading = Bits::new(self.lead.len() * BITS_A_FEATURE);
        for feature in &self.features {
            let key = key(feature);
            self.known.add(key as usize);
            if self.lead.contains_key(&key) {
                self.leading.add(key as usize);
            }
        }
    }

    /// Sums of the weights of the first two classes of the first head.
    pub(crate) fn lead_sums(&self, features: &[(u64, f32)]) -> [f32; 2] {
        let mut sums = [0.0; 2];
        each_maybe(&self.leading, features, |some| {
            for weights in some.iter().filter_map(|(key, _)| self.lead.get(key)) {
                sums = [sums[0] + weights[0], sums[1] + weights[1]];
            }
        });
        sums
    }

    /// Probability of the first of two classes.
    pub(crate) fn lead(&self, head: &Head, sums: [f32; 2]) -> f64 {
        first(&sums, head.temperature)
    }

    /// Probability of the first class of a head.
    pub(crate) fn first(&self, head: &Head, sums: &[f32]) -> f64 {
        first(Scorer::of_head(head, sums), head.temperature)
    }

    /// Probabilities of the classes of a head.
    pub(crate) fn probabilities(&self, head: &Head, sums: &[f32]) -> Vec<f64> {
        softmax(Scorer::of_head(head, sums), head.temperature)
    }

    /// What classes get from a feature, if anything.
    pub(crate) fn weights<const N: usize>(&self, feature: u64, classes: [(&Head, usize); N]) -> [f32; N] {
        let row = self.row_of(feature);
        classes.map(|(head, class)| {
            let place = (head.first + class) as u16;
            row.iter().find(|(at, _)| *at == place).map_or(0.0, |(_, weight)| *weight)
        })
    }
}

/// Goes through the features that may be among the known, some at a time. Most features of a text are not, which the bits tell without a branch
/// that a processor would guess wrong.
fn each_maybe(known: &Bits, features: &[(u64, f32)], mut take: impl FnMut(&[(u64, f32)])) {
    for some in features.chunks(AT_ONCE) {
        let mut maybe = [(0, 0.0); AT_ONCE];
        let mut count = 0;
        for feature in some {
            maybe[count] = *feature;
            count += usize::from(known.has(feature.0 as usize));
        }
        take(&maybe[..count]);
    }
}

fn raised(sums: &[f32], temperature: f64) -> impl Iterator<Item = f64> {
    let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    sums.iter().map(move |sum| libm::exp(f64::from(sum - top) / temperature))
}

/// The first number of [`softmax`].
fn first(sums: &[f32], temperature: f64) -> f64 {
    let mut raised = raised(sums, temperature);
    let first = raised.next().unwrap_or_default();
    first / raised.fold(first, |total, value| total + value)
}

fn softmax(sums: &[f32], temperature: f64) -> Vec<f64> {
    let raised: Vec<f64> = raised(sums, temperature).collect();
    let total: f64 = raised.iter().sum();
    raised.into_iter().map(|value| value / total).collect()
}

/// Weights below this are left out of the file: what they add is a hundredth, since the features of a sentence share their weight.
const LEAST_WEIGHT: f32 = 0.4;

/// What is taught by one passage or one name in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lesson {
    pub(crate) features: Vec<(String, f32)>,
    /// Head and class.
    pub(crate) labels: Vec<(usize, usize)>,
}

/// How a scorer is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training {
    /// Times that all lessons are gone through.
    pub epochs: usize,
    /// Length of the first step.
    pub step: f32,
    /// Weights below this, relative to the step, are taken back (lasso).
    pub shrink: f32,
    /// Lessons in which a feature must occur.
    pub least: usize,
    /// Seed of the order of lessons.
    pub seed: u64,
}

impl Default for Training {
    fn default() -> Training {
        Training { epochs: 20, step: 0.2, shrink: 1e-3, least: 3, seed: 1 }
    }
}

/// Trains heads by logistic regression with AdaGrad (Duchi, Hazan and Singer 2011, Journal of Machine Learning Research 12, 2121-2159; its section 5.1 for the lasso).
pub(crate) fn train(heads: &[(String, Vec<String>)], lessons: &[Lesson], training: &Training) -> Scorer {
    let mut first = 0;
    let heads: Vec<Head> = heads
        .iter()
        .map(|(name, classes)| {
            let head = Head { name: name.clone(), classes: classes.clone(), temperature: 1.0, first };
            first += classes.len();
            head
        })
        .collect();
    let outputs = first;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for lesson in lessons {
        for (feature, _) in &lesson.features {
            *counts.entry(feature).or_default() += 1;
        }
    }
    let places: BTreeMap<&str, u32> = counts
        .into_iter()
        .filter(|(_, count)| *count >= training.least)
        .enumerate()
        .map(|(at, (feature, _))| (feature, at as u32))
        .collect();
    let coded: Vec<Vec<(u32, f32)>> = lessons
        .iter()
        .map(|lesson| {
            // A feature found twice has the sum of its values.
            let mut sums: BTreeMap<u32, f32> = BTreeMap::new();
            for (feature, value) in &lesson.features {
                if let Some(at) = places.get(feature.as_str()) {
                    *sums.entry(*at).or_default() += value;
                }
            }
            sums.into_iter().collect()
        })
        .collect();
    let mut weights = vec![0f32; places.len() * outputs];
    let mut squares = vec![1e-2f32; places.len() * outputs];
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let stream = Seed(training.seed).stream("code", "training");
    for epoch in 0..training.epochs {
        let mut random = stream.draw(epoch);
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        for &at in &order {
            for &(head, label) in &lessons[at].labels {
                let head = &heads[head];
                let size = head.classes.len();
                let mut sums = vec![0f32; size];
                for (feature, value) in &coded[at] {
                    let row = *feature as usize * outputs + head.first;
                    for (sum, weight) in sums.iter_mut().zip(&weights[row..row + size]) {
                        *sum += weight * value;
                    }
                }
                let probabilities = softmax(&sums, 1.0);
                let errors: Vec<f32> = probabilities
                    .iter()
                    .enumerate()
                    .map(|(class, p)| *p as f32 - f32::from(u8::from(class == label)))
                    .collect();
                for (feature, value) in &coded[at] {
                    let row = *feature as usize * outputs + head.first;
                    for (class, error) in errors.iter().enumerate() {
                        let gradient = error * value;
                        let square = &mut squares[row + class];
                        *square += gradient * gradient;
                        let step = training.step / square.sqrt();
                        let moved = weights[row + class] - step * gradient;
                        weights[row + class] =
                            moved.signum() * (moved.abs() - step * training.shrink).max(0.0);
                    }
                }
            }
        }
    }
    let mut scorer = Scorer { heads, starts: vec![0], outputs, ..Scorer::default() };
    for (feature, at) in places {
        let row = &weights[at as usize * outputs..(at as usize + 1) * outputs];
        let before = scorer.weights.len();
        for (place, weight) in row.iter().enumerate() {
            let rounded = (weight * 10.0).round() / 10.0;
            if rounded.abs() >= LEAST_WEIGHT {
                scorer.weights.push((place as u16, rounded));
            }
        }
        if scorer.weights.len() > before {
            scorer.add_row(feature);
        }
    }
    scorer.take_lead();
    scorer
}

impl Scorer {
    /// Sets the temperature of each head to the one under which held-out labels are most likely: `held` are sums with the label, by head.
    pub(crate) fn calibrate(&mut self, held: &[Vec<(Vec<f32>, usize)>]) {
        for (head, held) in self.heads.iter_mut().zip(held) {
            let loss = |temperature: f64| -> f64 {
                held.iter()
                    .map(|(sums, label)| -libm::log(softmax(sums, temperature)[*label].max(1e-12)))
                    .sum()
            };
            if held.is_empty() {
                continue;
            }
            let best = (0..60)
                .map(|at| libm::pow(10.0, -1.0 + f64::from(at) / 40.0))
                .min_by(|a, b| loss(*a).total_cmp(&loss(*b)));
            if let Some(best) = best {
                head.temperature = (best * 100.0).round() / 100.0;
            }
        }
    }

    /// The sums of one head.
    pub(crate) fn of_head<'a>(head: &Head, sums: &'a [f32]) -> &'a [f32] {
        &sums[head.first..head.first + head.classes.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons() -> Vec<Lesson> {
        (0..40)
            .map(|at| {
                let label = at % 2;
                let word = if label == 0 { "s:ban" } else { "s:launch" };
                Lesson {
                    features: vec![("s:the".to_owned(), 0.5), (word.to_owned(), 0.5)],
                    labels: vec![(0, label)],
                }
            })
            .collect()
    }

    #[test]
    fn what_parts_the_classes_gets_the_weight() {
        let heads = vec![("event".to_owned(), vec!["yes".to_owned(), "no".to_owned()])];
        let scorer = train(&heads, &lessons(), &Training::default());
        let read = Scorer::read(&scorer.write()).expect("a scorer");
        assert_eq!(read.write(), scorer.write());
        let head = read.head("event").expect("a head").clone();
        let mut sums = Vec::new();
        read.sums(&[(key("s:ban"), 0.5)], &mut sums);
        assert!(read.probabilities(&head, &sums)[0] > 0.8);
        read.sums(&[(key("s:unknown"), 0.5)], &mut sums);
        assert_eq!(read.probabilities(&head, &sums), [0.5, 0.5]);
    }

    #[test]
    fn bad_lines_are_told() {
        for (text, line) in [
            ("head\tevent\tx\tyes no\n", 1),
            ("head\tevent\t1\tyes no\ns:ban\tevent:maybe=1\n", 2),
            ("head\tevent\t1\tyes no\ns:ban\tevent:yes=NaN\n", 2),
            ("head\tevent\t1\tyes no\ns:ban\tevent:yes=1\ns:ban\tevent:no=1\n", 3),
            ("s:ban event:yes=1\n", 1),
        ] {
            assert_eq!(Scorer::read(text).expect_err(text).line, line, "{text}");
        }
    }
}
