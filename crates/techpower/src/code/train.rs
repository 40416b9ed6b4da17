//! Training of a scorer on passages that people coded, with its accuracy and calibration on passages held out.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::coder::{Coder, EVERYONE, HEADS, NO_ONE, REACH, YES};
use super::event::Coded;
use super::feature::{Known, Texts, within};
use super::passage::{Gold, Passage, examples};
use super::reading::Reading;
use super::roles;
use super::scorer::{Lesson, Scorer, Training, train};
use super::telling::clauses;
use crate::codebook::{Actor, Codebook};
use crate::num::Seed;

/// How often a worked example of the codebook counts: the manual decides where practice passages differ from it.
const EXAMPLE_COUNTS: usize = 3;
/// Parts into which passages are cut; each is coded by a scorer trained on the others.
const FOLDS: usize = 5;

/// A trained scorer, and what scorers trained without a passage make of it.
pub struct Trained {
    /// The scorer, trained on all passages.
    pub scorer: Scorer,
    /// The passages as coded by a scorer that has not seen them, in their order.
    pub held_out: Vec<Coded>,
}

/// Trains a scorer on passages and on the worked examples of the codebook. Temperatures and the bound from which a sentence is an event are set on passages held out (5-fold cross-validation).
#[must_use]
pub fn train_scorer(
    codebook: &Codebook,
    further: &BTreeMap<String, Actor>,
    passages: &[Passage],
    training: &Training,
) -> Trained {
    let coder = Coder::new(codebook, further, None);
    let heads = heads(&coder);
    let taught: Vec<Taught> = passages.par_iter().map(|passage| teach(&coder, &heads, passage)).collect();
    let worked: Vec<Taught> =
        examples(codebook).par_iter().map(|example| teach(&coder, &heads, example)).collect();
    // Passages are dealt out in an order that does not depend on how they were written down.
    let mut random = Seed(training.seed).stream("code", "folds").draw(0);
    let mut order: Vec<usize> = (0..passages.len()).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, random.below(at + 1));
    }
    let mut fold = vec![0; passages.len()];
    for (rank, at) in order.iter().enumerate() {
        fold[*at] = rank % FOLDS;
    }
    let lessons = |keep: &dyn Fn(usize) -> bool| -> Vec<Lesson> {
        let own = taught.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, taught)| taught);
        let worked = std::iter::repeat_n(&worked, EXAMPLE_COUNTS).flatten();
        own.chain(worked).flat_map(|taught| taught.lessons.clone()).collect()
    };
    let scorers: Vec<Scorer> = (0..FOLDS)
        .into_par_iter()
        .map(|out| train(&heads, &lessons(&|at| fold[at] != out), training))
        .collect();
    // Sums of passages under the scorer that has not seen them.
    let mut held: Vec<Vec<(Vec<f32>, usize)>> = vec![Vec::new(); heads.len()];
    for (at, taught) in taught.iter().enumerate() {
        let scorer = &scorers[fold[at]];
        for lesson in &taught.lessons {
            let hashed: Vec<(u64, f32)> =
                lesson.features.iter().map(|(text, value)| (super::feature::key(text), *value)).collect();
            let mut sums = Vec::new();
            scorer.sums(&hashed, &mut sums);
            for (head, label) in &lesson.labels {
                held[*head].push((Scorer::of_head(&scorer.heads()[*head], &sums).to_vec(), *label));
            }
        }
    }
    let mut scorer = train(&heads, &lessons(&|_| true), training);
    scorer.calibrate(&held);
    let scorers: Vec<Scorer> = scorers
        .into_iter()
        .map(|mut scorer| {
            scorer.calibrate(&held);
            scorer
        })
        .collect();
    let accept = bound(&coder, passages, &fold, &scorers);
    scorer.set("accept", accept);
    scorer.set("abstain", (accept / 2.0 * 100.0).round() / 100.0);
    let coders: Vec<Coder> = scorers
        .into_iter()
        .map(|mut scorer| {
            scorer.set("accept", accept);
            Coder::new(codebook, further, Some(scorer))
        })
        .collect();
    let held_out = passages
        .par_iter()
        .enumerate()
        .map(|(at, passage)| coders[fold[at]].code(&passage.document))
        .collect();
    Trained { scorer, held_out }
}

/// The probability from which a passage counts as telling an event: that under which F1 on held-out passages is greatest.
fn bound(coder: &Coder, passages: &[Passage], fold: &[usize], scorers: &[Scorer]) -> f64 {
    let likely: Vec<(f64, bool)> = passages
        .par_iter()
        .enumerate()
        .map(|(at, passage)| {
            let scorer = &scorers[fold[at]];
            let reading = Reading::new(&passage.document, &coder.lexicon);
            let (mut tokens, mut sums) = (Vec::new(), Vec::new());
            let mut best = 0f64;
            for unit in 0..reading.units.len() {
                if coder.gate(&reading, unit).is_err() {
                    continue;
                }
                let mut hashes = super::feature::Hashes::default();
                coder.features(&reading, unit, &mut tokens, &mut hashes);
                scorer.sums(&hashes.features, &mut sums);
                best = best.max(scorer.probabilities(&scorer.heads()[0], &sums)[YES]);
            }
            (best, passage.codings.first().is_some_and(Option::is_some))
        })
        .collect();
    let f1 = |accept: f64| {
        let both = likely.iter().filter(|(p, event)| *p >= accept && *event).count() as f64;
        let either =
            likely.iter().filter(|(p, _)| *p >= accept).count() + likely.iter().filter(|(_, e)| *e).count();
        2.0 * both / (either as f64).max(1.0)
    };
    (20..=80)
        .map(|at| f64::from(at) / 100.0)
        .max_by(|a, b| f1(*a).total_cmp(&f1(*b)).then((b - 0.5).abs().total_cmp(&(a - 0.5).abs())))
        .unwrap_or(0.5)
}

fn heads(coder: &Coder) -> Vec<(String, Vec<String>)> {
    let list = |ids: &[Known]| ids.iter().map(|id| id.text.clone()).collect();
    let words = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    HEADS
        .iter()
        .map(|head| {
            let classes = match *head {
                "power" => list(&coder.powers),
                "mode" => list(&coder.modes),
                "layer" => list(&coder.layers),
                "instrument" => coder.instruments.iter().map(|(id, _)| id.text.clone()).collect(),
                "reach" => words(&REACH),
                _ => words(&["yes", "no"]),
            };
            ((*head).to_owned(), classes)
        })
        .collect()
}

struct Taught {
    lessons: Vec<Lesson>,
}

/// What a passage teaches: of an event, the sentence that shows it and who has which part; of none, every sentence.
fn teach(coder: &Coder, heads: &[(String, Vec<String>)], passage: &Passage) -> Taught {
    let reading = Reading::new(&passage.document, &coder.lexicon);
    let mut lessons = Vec::new();
    let Some(coding) = passage.codings.first() else { return Taught { lessons } };
    let mut tokens = Vec::new();
    let mut of = |unit: usize| {
        let mut texts = Texts::default();
        coder.features(&reading, unit, &mut tokens, &mut texts);
        texts.features
    };
    let Some(gold) = coding else {
        for unit in 0..reading.units.len() {
            if coder.gate(&reading, unit).is_ok() {
                lessons.push(Lesson { features: of(unit), labels: vec![(0, 1)] });
            }
        }
        return Taught { lessons };
    };
    let Some(unit) = shows(&reading, passage, gold) else { return Taught { lessons } };
    let class = |head: usize, class: &str| heads[head].1.iter().position(|c| c == class).map(|at| (head, at));
    let reach = match gold.targets.as_slice() {
        [only] if only == EVERYONE => 1,
        [only] if only == NO_ONE => 2,
        [only] if gold.senders.contains(only) => 3,
        _ => 0,
    };
    let mut labels = vec![(0, YES)];
    labels.extend(
        [class(1, &gold.power), class(2, &gold.mode), class(3, &gold.layer), class(4, &gold.instrument)]
            .into_iter()
            .flatten(),
    );
    if !gold.targets.is_empty() {
        labels.push((5, reach));
    }
    lessons.push(Lesson { features: of(unit), labels });
    // A title that names somebody and tells an act tells the same event.
    if let Some(title) = reading.units.first().filter(|first| first.in_title && unit > 0)
        && !title.mentions.is_empty()
        && coder.grammar.anchor(title).is_some()
    {
        lessons.push(Lesson { features: of(0), labels: vec![(0, YES)] });
    }
    let all = coder.candidates(&reading, unit);
    let told = coder.told(&reading, &all);
    for (number, candidate) in all.iter().enumerate() {
        let mut texts = Texts::default();
        let kinds = (gold.power.as_str(), gold.mode.as_str());
        roles::features(&reading, &all, number, &told, &coder.lexicon, &coder.grammar, kinds, &mut texts);
        let is = |ids: &[String]| usize::from(!ids.contains(&candidate.actor));
        let mut labels = vec![(6, is(&gold.senders))];
        if reach == 0 {
            labels.push((7, is(&gold.targets)));
        } else {
            labels.push((7, 1));
        }
        lessons.push(Lesson { features: texts.features, labels });
    }
    let told_by = evidence(passage, gold);
    if let Some(told_by) = told_by {
        let sentence = &reading.units[unit];
        let clauses = clauses(&reading.joined, sentence);
        reading.tokens(sentence, &coder.lexicon, &mut tokens);
        for at in 0..clauses.len() {
            let place = reading.place(&clauses[at]);
            let shared = place.end.min(told_by.end).saturating_sub(place.start.max(told_by.start));
            // A clause that only touches the evidence teaches nothing.
            let label = match shared {
                0 => 1,
                _ if 2 * shared >= (told_by.end - told_by.start).min(place.end - place.start) => YES,
                _ => continue,
            };
            let mut texts = Texts::default();
            let tokens = within(&tokens, &clauses[at]);
            coder.clause_features(&reading, sentence, &clauses, at, tokens, &mut texts);
            lessons.push(Lesson { features: texts.features, labels: vec![(8, label)] });
        }
    }
    Taught { lessons }
}

/// Bytes of the evidence in the title or text, in whichever it stands.
fn evidence(passage: &Passage, gold: &Gold) -> Option<std::ops::Range<usize>> {
    if gold.evidence.is_empty() {
        return None;
    }
    let start =
        passage.document.text.find(&gold.evidence).or_else(|| passage.document.title.find(&gold.evidence))?;
    Some(start..start + gold.evidence.len())
}

/// The sentence in which the evidence stands; without evidence the one with the most names and cues.
fn shows(reading: &Reading, passage: &Passage, gold: &Gold) -> Option<usize> {
    let find = |whole: &str, in_title: bool| {
        if gold.evidence.is_empty() {
            return None;
        }
        let start = whole.find(&gold.evidence)?;
        let middle = start + gold.evidence.len() / 2;
        reading.units.iter().position(|unit| {
            let place = reading.place(&unit.range);
            place.in_title == in_title && place.start <= middle && middle < place.end
        })
    };
    find(&passage.document.text, false).or_else(|| find(&passage.document.title, true)).or_else(|| {
        (0..reading.units.len())
            .filter(|at| !reading.units[*at].in_title || reading.units.len() == 1)
            .max_by_key(|at| {
                let unit = &reading.units[*at];
                (unit.cues.len() + 2 * unit.mentions.len(), usize::MAX - at)
            })
    })
}
