//! `[measure]` and `[measure.vary]`: the recipe of the index, and what of it is uncertain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod read;
mod text;

pub(super) use text::lines;
pub use text::{Entry, recipe_text};

/// Declares the words an option can have, with their values, as an enum and its list of words.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $value:ident $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$meaning])* $value,)* }

        impl $name {
            /// The words of the option, with their values.
            pub const ALL: &'static [(&'static str, $name)] = &[$(($word, $name::$value)),*];

            /// The word of the option.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $($name::$value => $word,)* }
            }
        }
    };
}

words! {
    /// How indicator values are made comparable (OECD/JRC 2008, step 5). `x` is the value times its direction; the
    /// formula gives the native unit, see [`Scale`].
    Normalisation {
        /// `(x - min) / (max - min)`; goalposts, where a node has them, stand in for the ends.
        MinMax "min-max",
        /// `(x - mean) / sd`, sample standard deviation.
        ZScore "z-score",
        /// `(x - l) / (u - l) * 100` with the same `l` and `u` for all indicators.
        Scaled "scaled",
        /// Rank from below: the least value has 1; ties share the smallest rank.
        Rank "rank",
        /// `(rank - 1) / (n - 1)`.
        PercentileRank "percentile-rank",
        /// `rank - 1`.
        Borda "borda",
        /// `1 - (max - x) / (max - min)`.
        DistanceToMax "distance-to-max",
        /// `1 - (ref - x) / (ref - min)`, with the value of a reference actor.
        DistanceToReference "distance-to-reference",
        /// `(x - min) / (target - min)`, with the node's target.
        DistanceToTarget "distance-to-target",
        /// `x / max`.
        FractionOfMax "fraction-of-max",
        /// `(x - low) / (high - low)` between the node's goalposts, cut at both.
        Goalposts "goalposts",
    }
}

words! {
    /// How a value that is missing in a year, after the panel step, is filled in from the other actors (OECD/JRC 2008, step 3).
    Imputation {
        /// It stays unknown.
        None "none",
        /// Mean of the others.
        Mean "mean",
        /// Median of the others.
        Median "median",
        /// Mean of the others in the actor's group.
        GroupMean "group-mean",
        /// Median of the others in the actor's group.
        GroupMedian "group-median",
        /// Mean of the nearest actors by the indicators known of both.
        Neighbours "neighbours",
        /// Conditional mean under a multivariate normal of siblings, fitted by EM (Dempster, Laird & Rubin 1977).
        Em "em",
        /// A draw from that conditional distribution, with the fit itself bootstrapped (Honaker & King 2010).
        Multiple "multiple",
    }
}

words! {
    /// How an actor's own other years fill in a missing one.
    Panel {
        /// They do not.
        None "none",
        /// The latest earlier value, at most `max_age` years old.
        Latest "latest",
        /// Linear between the nearest years with a value; beyond the first and last, the nearest value.
        Linear "linear",
    }
}

words! {
    /// What is done about outliers (OECD/JRC 2008, step 3).
    Treatment {
        /// Nothing.
        None "none",
        /// The most extreme values are set to the next, up to `winmax` of them.
        Winsorise "winsorise",
        /// Winsorise; if the indicator still fails the test, the shifted logarithm of the original values.
        WinsoriseLog "winsorise-log",
        /// Winsorise; if it still fails, `ln(x - min + 1)` of the original values.
        WinsoriseLogOne "winsorise-log-one",
        /// Winsorise; if it still fails, Box-Cox of the original values.
        WinsoriseBoxCox "winsorise-box-cox",
        /// Shifted logarithm: `ln(x - min + 0.01 (max - min))`.
        Log "log",
        /// `ln(x - min + 1)`.
        LogOne "log-one",
        /// Box-Cox of `x - min + 1`: `(x^lambda - 1) / lambda`, or the logarithm if `lambda` is 0.
        BoxCox "box-cox",
    }
}

words! {
    /// Where weights come from (OECD/JRC 2008, step 6).
    Weights {
        /// The column `weight`.
        Given "given",
        /// All siblings alike.
        Equal "equal",
        /// Loadings of the first principal component of the siblings.
        PrincipalComponent "principal-component",
        /// Such that each sibling's correlation with the aggregate is in proportion to its given weight (Becker, Saisana, Paruolo & Vandecasteele 2017).
        CorrelationBalanced "correlation-balanced",
    }
}

words! {
    /// How siblings are put together (OECD/JRC 2008, step 6).
    Aggregation {
        /// Weighted arithmetic mean.
        Arithmetic "arithmetic",
        /// Weighted geometric mean.
        Geometric "geometric",
        /// Weighted harmonic mean.
        Harmonic "harmonic",
        /// Weighted generalised mean of power `power`.
        Generalised "generalised",
        /// Copeland: of the other actors, those behind in more than half of the weight less those ahead.
        Copeland "copeland",
        /// Row sums of the outranking matrix: the part of the weight in which an actor is ahead, summed over the others.
        Outranking "outranking",
    }
}

words! {
    /// Over what an indicator's distribution is taken.
    Scope {
        /// Each year by itself.
        Year "year",
        /// All years together, so that scores can be compared over time.
        Panel "panel",
    }
}

words! {
    /// What screening looks at.
    Screened {
        /// The data before imputation.
        Raw "raw",
        /// The data after it.
        Imputed "imputed",
    }
}

words! {
    /// What the least coverage of an aggregate is a share of.
    Coverage {
        /// Of the weight.
        Weight "weight",
        /// Of the number of children.
        Count "count",
    }
}

/// The scale of scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Scale {
    /// Every method keeps its own unit, as the formula gives it: min-max 0 to 100, ranks from 1, z-scores around 0, the others
    /// around 0 to 1.
    Native,
    /// Every method is brought onto these ends: 0 and 1 of its formula (a rank's share of all ranks; half a scale plus a sixth of it
    /// per standard deviation) become the ends, and what lies beyond is cut. A scale from above 0 keeps geometric means defined.
    Ends(f64, f64),
}

/// What a study says of weights in draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum VaryWeights {
    /// They do not vary.
    Off,
    /// Dirichlet with this concentration per sibling around the weights.
    Dirichlet(f64),
    /// Each weight times a uniform number from `1 - f` to `1 + f`.
    Noise(f64),
    /// Uniform between `weight_low` and `weight_high` of the index; without both, the weight itself.
    Bounds,
    /// One of several schemes.
    Schemes(Vec<Weights>),
}

/// What a study says of indicators left out in draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum VaryIndicators {
    /// All are in.
    Off,
    /// All are in, or any one of them is out, each equally likely.
    LeaveOneOut,
    /// Each is out with this probability.
    Each(f64),
}

/// What is done differently for one indicator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Treatment.
    pub treatment: Option<Treatment>,
    /// Whether it is treated whatever the test says.
    pub treat_always: Option<bool>,
    /// Most values to winsorise.
    pub winmax: Option<usize>,
    /// Normalisation.
    pub normalisation: Option<Normalisation>,
}

/// `[measure.vary]`: the factors of uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vary {
    /// Whether draws fall within measurement intervals.
    pub intervals: bool,
    /// Whether draws choose among rival rows.
    pub rivals: bool,
    /// Imputations among which each draw chooses; a single one does not vary.
    pub imputation: Vec<Imputation>,
    /// Treatments.
    pub treatment: Vec<Treatment>,
    /// Normalisations.
    pub normalisation: Vec<Normalisation>,
    /// Weights.
    pub weights: VaryWeights,
    /// Aggregations, each by level from the second up.
    pub aggregation: Vec<Vec<Aggregation>>,
    /// Indicators in or out.
    pub indicators: VaryIndicators,
    /// Whether missing values that lie within declared bounds stay at the middle, although nothing in the study says so.
    pub fixed_bounds: bool,
    /// Factors that the study names itself: one that can have no effect is then an error.
    pub named: Vec<String>,
}

/// `[measure]`: the recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureOptions {
    /// Whether members of blocs are ranked beside them.
    pub members: bool,
    /// Whether indicators are divided by their denominators.
    pub denominate: bool,
    /// Least share of indicators that must have data for an actor to count in a year.
    pub screen: f64,
    /// Which data screening looks at.
    pub screen_on: Screened,
    /// How other years fill in a missing one.
    pub panel: Panel,
    /// How many years a value is carried forward.
    pub max_age: i16,
    /// How other actors fill in a missing value.
    pub imputation: Imputation,
    /// Column of `actors.csv` that holds the groups of group means and medians.
    pub group: String,
    /// Number of nearest neighbours.
    pub neighbours: usize,
    /// Number of data sets of multiple imputation.
    pub imputations: usize,
    /// What is done about outliers.
    pub treatment: Treatment,
    /// Whether treatment is applied to every indicator, not only to those that fail the test.
    pub treat_always: bool,
    /// Most values to winsorise.
    pub winmax: usize,
    /// Absolute skewness from which on, together with `kurtosis`, an indicator fails the test.
    pub skew: f64,
    /// Excess kurtosis from which on, together with `skew`, an indicator fails the test.
    pub kurtosis: f64,
    /// Box-Cox parameter.
    pub lambda: f64,
    /// Over what treatment looks at an indicator.
    pub treatment_scope: Scope,
    /// How values are made comparable.
    pub normalisation: Normalisation,
    /// Over what normalisation looks at an indicator.
    pub scope: Scope,
    /// Scale of scores.
    pub scale: Scale,
    /// Ends of the normalisation `scaled`.
    pub scaled: (f64, f64),
    /// Actor of the normalisation `distance-to-reference`.
    pub reference: String,
    /// Where weights come from.
    pub weights: Weights,
    /// Aggregation by level from the second up; the last holds for all levels above.
    pub aggregation: Vec<Aggregation>,
    /// Power of the generalised mean.
    pub power: f64,
    /// Least coverage of an aggregate; below it, it is unknown.
    pub min_coverage: f64,
    /// What coverage is a share of.
    pub coverage_by: Coverage,
    /// What is done differently for single indicators, by code.
    pub overrides: BTreeMap<String, Override>,
    /// What varies.
    pub vary: Vary,
}

impl Default for MeasureOptions {
    /// What holds if a study says nothing: min-max on 1 to 100, given weights that vary freely, arithmetic means.
    fn default() -> MeasureOptions {
        MeasureOptions {
            members: false,
            denominate: true,
            screen: 0.0,
            screen_on: Screened::Raw,
            panel: Panel::Latest,
            max_age: 3,
            imputation: Imputation::None,
            group: String::new(),
            neighbours: 5,
            imputations: 20,
            treatment: Treatment::None,
            treat_always: false,
            winmax: 5,
            skew: 2.0,
            kurtosis: 3.5,
            lambda: 0.0,
            treatment_scope: Scope::Year,
            normalisation: Normalisation::MinMax,
            scope: Scope::Year,
            scale: Scale::Ends(1.0, 100.0),
            scaled: (0.0, 100.0),
            reference: String::new(),
            weights: Weights::Given,
            aggregation: vec![Aggregation::Arithmetic],
            power: 2.0,
            min_coverage: 0.5,
            coverage_by: Coverage::Weight,
            overrides: BTreeMap::new(),
            vary: Vary {
                intervals: true,
                rivals: true,
                imputation: vec![Imputation::None],
                treatment: vec![Treatment::None],
                normalisation: vec![Normalisation::MinMax],
                weights: VaryWeights::Dirichlet(1.0),
                aggregation: vec![vec![Aggregation::Arithmetic]],
                indicators: VaryIndicators::Off,
                fixed_bounds: false,
                named: Vec::new(),
            },
        }
    }
}

/// The factors of uncertainty, as `[measure.vary]` names them.
pub const FACTORS: [&str; 8] = [
    "intervals",
    "rivals",
    "imputation",
    "treatment",
    "normalisation",
    "weights",
    "aggregation",
    "indicators",
];

impl MeasureOptions {
    /// Lets only some factors vary, so that what each does can be seen alone. A factor that the study keeps fixed varies as it does by default: within
    /// intervals, among rivals, any weights, any one indicator out.
    pub fn vary_only(&mut self, factors: &[&str]) {
        let on = |factor: &str| factors.contains(&factor);
        let vary = &mut self.vary;
        vary.intervals = on("intervals");
        vary.rivals = on("rivals");
        if !on("imputation") {
            vary.imputation = vec![self.imputation];
        }
        if !on("treatment") {
            vary.treatment = vec![self.treatment];
        }
        if !on("normalisation") {
            vary.normalisation = vec![self.normalisation];
        }
        if !on("aggregation") {
            vary.aggregation = vec![self.aggregation.clone()];
        }
        vary.weights = match (on("weights"), vary.weights.clone()) {
            (false, _) => VaryWeights::Off,
            (true, VaryWeights::Off) => VaryWeights::Dirichlet(1.0),
            (true, weights) => weights,
        };
        vary.indicators = match (on("indicators"), vary.indicators) {
            (false, _) => VaryIndicators::Off,
            (true, VaryIndicators::Off) => VaryIndicators::LeaveOneOut,
            (true, indicators) => indicators,
        };
        vary.fixed_bounds = !on("imputation");
        vary.named = factors.iter().map(|factor| (*factor).to_owned()).collect();
    }
}
