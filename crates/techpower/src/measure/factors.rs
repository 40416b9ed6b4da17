//! The factors of uncertainty: each a named input that can be varied alone.

use serde::{Deserialize, Serialize};

use super::STAGE;
use super::engine::{Account, Choice, Engine, Weighing, Work};
use crate::diag::{Kind, Note, Notes, Place};
use crate::num::{Seed, Stream};
use crate::study::{Aggregation, Imputation, Missing, STUDY_FILE, Scale, Study, VaryIndicators, VaryWeights};

/// The most combinations that are gone through one by one.
pub(super) const MOST_COMBINATIONS: u64 = 1_000_000;
/// Draws of factors in the sensitivity analysis, apart from those of the study.
const APART: usize = 1 << 40;

/// A factor of uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// `intervals`, `rivals`, `imputation`, `treatment`, `normalisation`, `weights`, `aggregation` or `indicators`.
    pub id: String,
    /// Number of equally likely choices; `None` if it cannot be gone through.
    pub levels: Option<u64>,
}

/// A factor that varies, with what it takes to draw it.
pub(super) struct Source {
    pub(super) factor: Factor,
    which: Which,
    stream: Stream,
    rivals: Vec<(u32, Stream)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Intervals,
    Rivals,
    Imputation,
    Treatment,
    Normalisation,
    Weights,
    Aggregation,
    Indicators,
}

impl Which {
    const ALL: [(&'static str, Which); 8] = [
        ("intervals", Which::Intervals),
        ("rivals", Which::Rivals),
        ("imputation", Which::Imputation),
        ("treatment", Which::Treatment),
        ("normalisation", Which::Normalisation),
        ("weights", Which::Weights),
        ("aggregation", Which::Aggregation),
        ("indicators", Which::Indicators),
    ];
}

/// Where on a factor to stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stand {
    /// One of its choices, by number.
    At(u64),
    /// A draw.
    Draw(usize),
}

/// The factors that vary. One that the study names itself and that can have no effect is noted as an error.
pub(super) fn sources(study: &Study, engine: &Engine<'_>, notes: &mut Notes) -> Vec<Source> {
    let vary = &study.options.measure.vary;
    let seed = Seed(study.options.uncertainty.seed);
    let mut found = Vec::new();
    for (id, which) in Which::ALL {
        match levels(engine, which) {
            Ok(levels) => found.push(Source {
                factor: Factor { id: id.to_owned(), levels },
                which,
                stream: seed.stream(STAGE, id),
                rivals: engine
                    .cells
                    .rivals
                    .iter()
                    .zip(&engine.cells.series)
                    .map(|(n, code)| (*n as u32, seed.stream(STAGE, &format!("vintage/{code}"))))
                    .collect(),
            }),
            Err(Some(kind)) if vary.named.iter().any(|name| name == id) && !engine.cells.data.is_empty() => {
                let at = Place::key(STUDY_FILE, &format!("measure.vary.{id}"));
                notes.push(Note::new(kind, STAGE, at).with("factor", id));
            }
            Err(_) => {}
        }
    }
    found
}

/// The number of choices of a factor. `Err` if it does not vary: with the reason if it was asked to.
fn levels(engine: &Engine<'_>, which: Which) -> Result<Option<u64>, Option<Kind>> {
    let vary = &engine.options.vary;
    let list = |n: usize, distinct: usize| match (n, distinct) {
        (_, 0 | 1) => Err(Some(Kind::FactorOneChoice)),
        (n, _) => Ok(Some(n as u64)),
    };
    let native = engine.options.scale == Scale::Native;
    let ordinal = |levels: &Vec<Aggregation>| {
        levels.iter().any(|how| matches!(how, Aggregation::Copeland | Aggregation::Outranking))
    };
    let branches = engine.nodes.iter().any(|node| node.children.len() > 1);
    match which {
        Which::Intervals if !vary.intervals => Err(None),
        Which::Intervals if !engine.cells.has_intervals() => Err(Some(Kind::FactorNoIntervals)),
        Which::Intervals => Ok(None),
        Which::Rivals if !vary.rivals => Err(None),
        Which::Rivals => {
            let product =
                engine.cells.rivals.iter().try_fold(1u64, |product, n| product.checked_mul(*n as u64));
            match product {
                Some(1) => Err(Some(Kind::FactorNoRivals)),
                product => Ok(product.filter(|n| *n <= MOST_COMBINATIONS)),
            }
        }
        Which::Imputation => imputation(engine),
        Which::Treatment => list(vary.treatment.len(), distinct(&vary.treatment)),
        Which::Normalisation if native && distinct(&vary.normalisation) > 1 => {
            Err(Some(Kind::FactorMixesUnits))
        }
        Which::Normalisation => list(vary.normalisation.len(), distinct(&vary.normalisation)),
        Which::Weights => match &vary.weights {
            VaryWeights::Off => Err(None),
            _ if !branches => Err(Some(Kind::FactorNoSiblings)),
            VaryWeights::Bounds if engine.nodes.iter().all(|node| node.weight_bounds.is_none()) => {
                Err(Some(Kind::FactorNoBounds))
            }
            VaryWeights::Schemes(schemes) => list(schemes.len(), distinct(schemes)),
            _ => Ok(None),
        },
        Which::Aggregation if !branches && vary.aggregation.len() > 1 => Err(Some(Kind::FactorNoSiblings)),
        Which::Aggregation
            if native && distinct(&vary.aggregation) > 1 && vary.aggregation.iter().any(ordinal) =>
        {
            Err(Some(Kind::FactorMixesUnits))
        }
        Which::Aggregation => list(vary.aggregation.len(), distinct(&vary.aggregation)),
        Which::Indicators => match vary.indicators {
            VaryIndicators::Off => Err(None),
            _ if engine.removable().is_empty() => Err(Some(Kind::FactorNoSiblings)),
            VaryIndicators::LeaveOneOut => Ok(Some(engine.removable().len() as u64 + 1)),
            VaryIndicators::Each(_) => Ok(None),
        },
    }
}

fn imputation(engine: &Engine<'_>) -> Result<Option<u64>, Option<Kind>> {
    let vary = &engine.options.vary;
    let bounded = !vary.fixed_bounds
        && engine.cells.declared.values().any(|declared| declared.missing == Missing::Interval);
    let several = distinct(&vary.imputation) > 1;
    let multiple = vary.imputation.contains(&Imputation::Multiple);
    if !several && !multiple {
        return if bounded { Ok(None) } else { Err(Some(Kind::FactorOneChoice)) };
    }
    let mut choice = engine.nominal();
    choice.readings.imputation = Imputation::None;
    let mut account = Account::default();
    engine.compute(&choice, 0..engine.n_years, &mut Work::default(), Some(&mut account));
    let missing = account.imputed.iter().any(|x| x.is_nan());
    if !missing {
        return Err(Some(Kind::FactorNothingMissing));
    }
    let sets = if multiple { engine.options.imputations } else { 1 };
    Ok((!bounded).then_some((vary.imputation.len() * sets) as u64))
}

fn distinct<T: PartialEq>(list: &[T]) -> usize {
    list.iter().enumerate().filter(|(at, item)| !list[..*at].contains(item)).count()
}

impl Source {
    /// Puts a choice at a place on the factor.
    pub(super) fn set(&self, engine: &Engine<'_>, choice: &mut Choice, stand: Stand) {
        let vary = &engine.options.vary;
        let pick = |n: usize| match stand {
            Stand::At(level) => level as usize % n,
            Stand::Draw(draw) => self.stream.draw(draw).below(n),
        };
        let readings = &mut choice.readings;
        match self.which {
            Which::Intervals => {
                let Stand::Draw(draw) = stand else { return };
                readings.intervals = Some(draw);
            }
            Which::Rivals => readings.rivals = Some(self.rivals(stand)),
            Which::Imputation => {
                let methods = vary.imputation.len();
                let sets = engine.options.imputations.max(1);
                let (method, set) = match stand {
                    Stand::At(level) => (level as usize % methods, level as usize / methods),
                    Stand::Draw(draw) => {
                        readings.bounds = Some(draw);
                        let mut random = self.stream.draw(draw);
                        (random.below(methods), random.below(sets))
                    }
                };
                readings.imputation = vary.imputation[method];
                readings.set = if readings.imputation == Imputation::Multiple { set } else { 0 };
            }
            Which::Treatment => readings.treatment = vary.treatment[pick(vary.treatment.len())],
            Which::Normalisation => {
                readings.normalisation = vary.normalisation[pick(vary.normalisation.len())]
            }
            Which::Weights => {
                choice.weights = match (&vary.weights, stand) {
                    (VaryWeights::Schemes(schemes), _) => Weighing::Scheme(schemes[pick(schemes.len())]),
                    (_, Stand::Draw(draw)) => Weighing::Draw(draw),
                    (_, Stand::At(level)) => Weighing::Draw(level as usize),
                };
            }
            Which::Aggregation => choice.aggregation = vary.aggregation[pick(vary.aggregation.len())].clone(),
            Which::Indicators => {
                // An indicator that alone measures its source is never out.
                let removable = engine.removable();
                let mut out = vec![false; engine.n_leaves()];
                match (vary.indicators, stand) {
                    (VaryIndicators::Each(probability), Stand::Draw(draw)) => {
                        let mut random = self.stream.draw(draw);
                        removable.iter().for_each(|leaf| out[*leaf] = random.uniform() < probability);
                        engine.keep_one_each(&mut out);
                    }
                    // The last choice leaves none out.
                    _ => {
                        if let Some(leaf) = removable.get(pick(removable.len() + 1)) {
                            out[*leaf] = true;
                        }
                    }
                }
                readings.out = out;
            }
        }
    }

    fn rivals(&self, stand: Stand) -> Vec<u32> {
        match stand {
            Stand::At(mut level) => self
                .rivals
                .iter()
                .map(|(n, _)| {
                    let chosen = level % u64::from(*n);
                    level /= u64::from(*n);
                    chosen as u32
                })
                .collect(),
            Stand::Draw(draw) => self
                .rivals
                .iter()
                .map(|(n, stream)| if *n == 1 { 0 } else { stream.draw(draw).below(*n as usize) as u32 })
                .collect(),
        }
    }

    /// The place on the factor of a number from 0 to 1.
    pub(super) fn stand(&self, u: f64) -> Stand {
        match self.factor.levels {
            Some(n) => Stand::At(((u * n as f64) as u64).min(n - 1)),
            None => Stand::Draw(APART + (u * 4_294_967_296.0) as usize),
        }
    }
}

/// The choice of a draw of the study.
pub(super) fn drawn(engine: &Engine<'_>, sources: &[Source], draw: usize) -> Choice {
    let mut choice = engine.nominal();
    for source in sources {
        source.set(engine, &mut choice, Stand::Draw(draw));
    }
    choice
}

/// A choice by its number among all combinations; the last factor runs fastest.
pub(super) fn combined(engine: &Engine<'_>, sources: &[Source], mut number: u64) -> Choice {
    let mut choice = engine.nominal();
    for source in sources.iter().rev() {
        let n = source.factor.levels.expect("only factors that can be gone through are combined");
        source.set(engine, &mut choice, Stand::At(number % n));
        number /= n;
    }
    choice
}

/// Number of combinations, if all factors can be gone through and there are few enough.
pub(super) fn combinations(sources: &[Source]) -> Option<u64> {
    let product =
        sources.iter().try_fold(1u64, |product, source| product.checked_mul(source.factor.levels?))?;
    (!sources.is_empty() && product <= MOST_COMBINATIONS).then_some(product)
}
