//! `[measure]` and `[measure.vary]`: the recipe of the index, and what of it is uncertain.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use toml::{Table, Value};

use super::options::Reader;

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

const KEYS: [&str; 29] = [
    "members",
    "denominate",
    "screen",
    "screen_on",
    "panel",
    "max_age",
    "imputation",
    "group",
    "neighbours",
    "imputations",
    "treatment",
    "treat_always",
    "winmax",
    "skew",
    "kurtosis",
    "lambda",
    "treatment_scope",
    "normalisation",
    "scope",
    "scale",
    "scaled",
    "reference",
    "weights",
    "aggregation",
    "power",
    "min_coverage",
    "coverage_by",
    "overrides",
    "vary",
];
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

impl Reader<'_> {
    /// Reads `[measure]`.
    pub(super) fn measure(&mut self, root: &mut Table) -> MeasureOptions {
        let mut section = self.section(root, "measure");
        let mut vary = self.section(&mut section, "vary");
        let named: Vec<String> =
            FACTORS.iter().filter(|key| vary.contains_key(**key)).map(|key| (*key).to_owned()).collect();
        let overrides = self.section(&mut section, "overrides");
        let was = MeasureOptions::default();
        let s = &mut section;
        let scope = self.choice(s, "measure.scope", Scope::ALL, was.scope);
        let imputation = self.choice(s, "measure.imputation", Imputation::ALL, was.imputation);
        let treatment = self.choice(s, "measure.treatment", Treatment::ALL, was.treatment);
        let normalisation = self.choice(s, "measure.normalisation", Normalisation::ALL, was.normalisation);
        let aggregation = self.levels(s.remove("aggregation"), "measure.aggregation", &was.aggregation);
        let v = &mut vary;
        let vary_options = Vary {
            intervals: self.flag(v, "measure.vary.intervals", was.vary.intervals),
            rivals: self.flag(v, "measure.vary.rivals", was.vary.rivals),
            imputation: self.choices(v, "measure.vary.imputation", Imputation::ALL, &[imputation]),
            treatment: self.choices(v, "measure.vary.treatment", Treatment::ALL, &[treatment]),
            normalisation: self.choices(
                v,
                "measure.vary.normalisation",
                Normalisation::ALL,
                &[normalisation],
            ),
            weights: self.vary_weights(v),
            aggregation: self.vary_aggregation(v, &aggregation),
            indicators: self.vary_indicators(v),
            fixed_bounds: false,
            named,
        };
        let options = MeasureOptions {
            members: self.flag(s, "measure.members", was.members),
            denominate: self.flag(s, "measure.denominate", was.denominate),
            screen: self.number(s, "measure.screen", was.screen, 0.0, 1.0),
            screen_on: self.choice(s, "measure.screen_on", Screened::ALL, was.screen_on),
            panel: self.choice(s, "measure.panel", Panel::ALL, was.panel),
            max_age: self.whole(s, "measure.max_age", 3, 0, 100) as i16,
            imputation,
            group: self.text(s, "measure.group", ""),
            neighbours: self.whole(s, "measure.neighbours", 5, 1, 1000) as usize,
            imputations: self.whole(s, "measure.imputations", 20, 1, 1000) as usize,
            treatment,
            treat_always: self.flag(s, "measure.treat_always", was.treat_always),
            winmax: self.whole(s, "measure.winmax", 5, 0, 1_000_000) as usize,
            skew: self.number(s, "measure.skew", was.skew, 0.0, 1e6),
            kurtosis: self.number(s, "measure.kurtosis", was.kurtosis, -10.0, 1e6),
            lambda: self.number(s, "measure.lambda", was.lambda, -10.0, 10.0),
            treatment_scope: self.choice(s, "measure.treatment_scope", Scope::ALL, scope),
            normalisation,
            scope,
            scale: self.scale(s, was.scale),
            scaled: self.ends(s, "measure.scaled", was.scaled),
            reference: self.text(s, "measure.reference", ""),
            weights: self.choice(s, "measure.weights", Weights::ALL, was.weights),
            aggregation,
            power: self.number(s, "measure.power", was.power, -100.0, 100.0),
            min_coverage: self.number(s, "measure.min_coverage", was.min_coverage, 0.0, 1.0),
            coverage_by: self.choice(s, "measure.coverage_by", Coverage::ALL, was.coverage_by),
            overrides: self.overrides(overrides),
            vary: vary_options,
        };
        self.left_over(&section, "measure", &KEYS);
        self.left_over(&vary, "measure.vary", &FACTORS);
        options
    }

    fn scale(&mut self, table: &mut Table, was: Scale) -> Scale {
        match table.get("scale").and_then(Value::as_str) {
            Some("native") => {
                table.remove("scale");
                Scale::Native
            }
            _ => {
                let Scale::Ends(low, high) = was else { return was };
                let (low, high) = self.ends(table, "measure.scale", (low, high));
                Scale::Ends(low, high)
            }
        }
    }

    /// A word for all levels, or a list of words by level.
    fn levels(&mut self, value: Option<Value>, path: &str, was: &[Aggregation]) -> Vec<Aggregation> {
        let items = match value {
            None => return was.to_vec(),
            Some(Value::Array(items)) if !items.is_empty() => items,
            Some(single) => vec![single],
        };
        let found: Vec<Aggregation> =
            items.iter().filter_map(|item| self.chosen(path, item, Aggregation::ALL)).collect();
        if found.len() == items.len() { found } else { was.to_vec() }
    }

    fn vary_aggregation(&mut self, table: &mut Table, nominal: &[Aggregation]) -> Vec<Vec<Aggregation>> {
        const PATH: &str = "measure.vary.aggregation";
        match table.remove("aggregation") {
            None => vec![nominal.to_vec()],
            Some(Value::Array(items)) if !items.is_empty() => {
                items.into_iter().map(|item| self.levels(Some(item), PATH, nominal)).collect()
            }
            Some(other) => {
                self.wrong(PATH, "[\"...\"]", &other);
                vec![nominal.to_vec()]
            }
        }
    }

    fn vary_weights(&mut self, table: &mut Table) -> VaryWeights {
        const PATH: &str = "measure.vary.weights";
        match table.get("weights") {
            Some(Value::Array(_)) => {
                VaryWeights::Schemes(self.choices(table, PATH, Weights::ALL, &[Weights::Given]))
            }
            Some(Value::String(word)) if word == "bounds" => {
                table.remove("weights");
                VaryWeights::Bounds
            }
            Some(Value::Table(inner)) if inner.len() == 1 && inner.contains_key("noise") => {
                let mut inner = inner.clone();
                table.remove("weights");
                VaryWeights::Noise(self.number(&mut inner, "measure.vary.weights.noise", 0.25, 0.0, 1.0))
            }
            _ => match self.number(table, PATH, 1.0, 0.0, 1e6) {
                concentration if concentration > 0.0 => VaryWeights::Dirichlet(concentration),
                _ => VaryWeights::Off,
            },
        }
    }

    fn vary_indicators(&mut self, table: &mut Table) -> VaryIndicators {
        const PATH: &str = "measure.vary.indicators";
        match table.get("indicators") {
            Some(Value::String(word)) if word == "leave-one-out" => {
                table.remove("indicators");
                VaryIndicators::LeaveOneOut
            }
            _ => match self.number(table, PATH, 0.0, 0.0, 0.9) {
                probability if probability > 0.0 => VaryIndicators::Each(probability),
                _ => VaryIndicators::Off,
            },
        }
    }

    fn overrides(&mut self, table: Table) -> BTreeMap<String, Override> {
        let mut found = BTreeMap::new();
        for (code, value) in table {
            let path = |key: &str| format!("measure.overrides.{code}.{key}");
            let Value::Table(mut inner) = value else {
                self.wrong(&format!("measure.overrides.{code}"), "{ treatment = \"...\", ... }", &value);
                continue;
            };
            let one = Override {
                treatment: inner
                    .remove("treatment")
                    .and_then(|v| self.chosen(&path("treatment"), &v, Treatment::ALL)),
                treat_always: inner
                    .contains_key("treat_always")
                    .then(|| self.flag(&mut inner, &path("treat_always"), false)),
                winmax: inner
                    .contains_key("winmax")
                    .then(|| self.whole(&mut inner, &path("winmax"), 5, 0, 1_000_000) as usize),
                normalisation: inner
                    .remove("normalisation")
                    .and_then(|v| self.chosen(&path("normalisation"), &v, Normalisation::ALL)),
            };
            self.left_over(
                &inner,
                &format!("measure.overrides.{code}"),
                &["treatment", "treat_always", "winmax", "normalisation"],
            );
            found.insert(code, one);
        }
        found
    }
}

/// A key of `[measure]` or `[measure.vary]` with its value as TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key, without its section.
    pub key: String,
    /// Whether it belongs to `[measure.vary]`.
    pub vary: bool,
    /// The value.
    pub value: String,
}

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

    /// The recipe, key by key, in the order of the steps; keys that hold nothing are left out.
    ///
    /// ```
    /// use techpower::study::MeasureOptions;
    /// let recipe = MeasureOptions::default().entries();
    /// let entry = recipe.iter().find(|entry| entry.key == "normalisation").expect("always there");
    /// assert_eq!(entry.value, "\"min-max\"");
    /// ```
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let quoted = |text: &str| json!(text).to_string();
        let ends = |(low, high): (f64, f64)| format!("[{}, {}]", decimal(low), decimal(high));
        let mut list: Vec<(String, String)> = Vec::new();
        let mut put = |key: &str, value: String| list.push((key.to_owned(), value));
        put("members", self.members.to_string());
        put("denominate", self.denominate.to_string());
        put("screen", decimal(self.screen));
        put("screen_on", quoted(self.screen_on.id()));
        put("panel", quoted(self.panel.id()));
        put("max_age", self.max_age.to_string());
        put("imputation", quoted(self.imputation.id()));
        if !self.group.is_empty() {
            put("group", quoted(&self.group));
        }
        put("neighbours", self.neighbours.to_string());
        put("imputations", self.imputations.to_string());
        put("treatment", quoted(self.treatment.id()));
        put("treat_always", self.treat_always.to_string());
        put("winmax", self.winmax.to_string());
        put("skew", decimal(self.skew));
        put("kurtosis", decimal(self.kurtosis));
        put("lambda", decimal(self.lambda));
        put("treatment_scope", quoted(self.treatment_scope.id()));
        put("normalisation", quoted(self.normalisation.id()));
        put("scope", quoted(self.scope.id()));
        put(
            "scale",
            match self.scale {
                Scale::Native => quoted("native"),
                Scale::Ends(low, high) => ends((low, high)),
            },
        );
        put("scaled", ends(self.scaled));
        if !self.reference.is_empty() {
            put("reference", quoted(&self.reference));
        }
        put("weights", quoted(self.weights.id()));
        put("aggregation", levels_text(&self.aggregation));
        put("power", decimal(self.power));
        put("min_coverage", decimal(self.min_coverage));
        put("coverage_by", quoted(self.coverage_by.id()));
        for (code, one) in &self.overrides {
            let parts = [
                one.treatment.map(|x| format!("treatment = {}", quoted(x.id()))),
                one.treat_always.map(|x| format!("treat_always = {x}")),
                one.winmax.map(|x| format!("winmax = {x}")),
                one.normalisation.map(|x| format!("normalisation = {}", quoted(x.id()))),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            put(&format!("overrides.{}", quoted(code)), format!("{{ {} }}", parts.join(", ")));
        }
        let mut entries: Vec<Entry> =
            list.into_iter().map(|(key, value)| Entry { key, vary: false, value }).collect();
        entries.extend(self.vary.entries());
        entries
    }
}

impl Vary {
    /// The factors that the study names itself: what it leaves to the defaults is never called idle.
    fn entries(&self) -> impl Iterator<Item = Entry> {
        fn words(words: impl Iterator<Item = &'static str>) -> String {
            json!(words.collect::<Vec<_>>()).to_string()
        }
        let weights = match &self.weights {
            VaryWeights::Off => "0".to_owned(),
            VaryWeights::Dirichlet(concentration) => decimal(*concentration),
            VaryWeights::Noise(f) => format!("{{ noise = {} }}", decimal(*f)),
            VaryWeights::Bounds => json!("bounds").to_string(),
            VaryWeights::Schemes(schemes) => words(schemes.iter().map(|s| s.id())),
        };
        let aggregation: Vec<String> = self.aggregation.iter().map(|levels| levels_text(levels)).collect();
        let indicators = match self.indicators {
            VaryIndicators::Off => "0".to_owned(),
            VaryIndicators::LeaveOneOut => json!("leave-one-out").to_string(),
            VaryIndicators::Each(probability) => decimal(probability),
        };
        let all = [
            ("intervals", self.intervals.to_string()),
            ("rivals", self.rivals.to_string()),
            ("imputation", words(self.imputation.iter().map(|c| c.id()))),
            ("treatment", words(self.treatment.iter().map(|c| c.id()))),
            ("normalisation", words(self.normalisation.iter().map(|c| c.id()))),
            ("weights", weights),
            ("aggregation", format!("[{}]", aggregation.join(", "))),
            ("indicators", indicators),
        ];
        let named = self.named.clone();
        all.into_iter()
            .filter(move |(key, _)| named.iter().any(|name| name == key))
            .map(|(key, value)| Entry { key: key.to_owned(), vary: true, value })
    }
}

/// One word for all levels, or a list.
fn levels_text(levels: &[Aggregation]) -> String {
    match levels {
        [single] => json!(single.id()).to_string(),
        many => json!(many.iter().map(|a| a.id()).collect::<Vec<_>>()).to_string(),
    }
}

/// What the keys mean, for those who fill in a template.
const COMMENTS: &[(&str, &str)] = &[
    ("members", "whether members are ranked beside their bloc / 成员是否与集团并列排名"),
    ("denominate", "divide indicators by their denominators / 指标是否除以其分母"),
    ("screen", "least share of indicators an actor must have / 行为体须具备的最低指标比例"),
    ("screen_on", "raw | imputed"),
    ("panel", "none | latest | linear"),
    ("max_age", "years a value is carried forward / 数值可沿用的年数"),
    ("imputation", "none | mean | median | group-mean | group-median | neighbours | em | multiple"),
    ("neighbours", "for neighbours / 近邻数"),
    ("imputations", "data sets of multiple imputation / 多重插补的数据集数"),
    (
        "treatment",
        "none | winsorise | winsorise-log | winsorise-log-one | winsorise-box-cox | log | log-one | box-cox",
    ),
    ("treat_always", "treat whatever the test says / 不论检验结果一律处理"),
    ("winmax", "most values to winsorise / 最多缩尾的数值个数"),
    ("skew", "absolute skewness of the test / 检验用偏度绝对值"),
    ("kurtosis", "kurtosis of the test / 检验用峰度"),
    ("lambda", "Box-Cox parameter / Box-Cox 参数"),
    ("treatment_scope", "year | panel"),
    (
        "normalisation",
        "min-max | z-score | scaled | rank | percentile-rank | borda | distance-to-max | distance-to-reference | distance-to-target | fraction-of-max | goalposts",
    ),
    ("scope", "year | panel"),
    ("scale", "ends of the scale, or native / 标尺两端，或 native（各方法自身单位）"),
    ("scaled", "ends of the normalisation scaled / scaled 标准化的两端"),
    ("weights", "given | equal | principal-component | correlation-balanced"),
    (
        "aggregation",
        "arithmetic | geometric | harmonic | generalised | copeland | outranking; one, or a list by level / 一个，或按层级列出",
    ),
    ("power", "of the generalised mean / 广义平均的幂"),
    ("min_coverage", "least share of an aggregate with data / 汇总所需的最低数据比例"),
    ("coverage_by", "weight | count"),
];
const VARY_COMMENTS: &[(&str, &str)] = &[
    ("normalisation", "each draw chooses one / 每次抽样任选其一"),
    ("weights", "Dirichlet concentration per sibling, 0 = fixed / 权重的狄利克雷集中度，0 为不变"),
];

/// The text of `[measure]` and `[measure.vary]`, as it stands in `study.toml`.
#[must_use]
pub fn recipe_text(options: &MeasureOptions) -> String {
    lines(options).into_iter().map(|(line, _)| line + "\n").collect()
}

/// The lines of `[measure]` and `[measure.vary]`, with a comment each.
pub(super) fn lines(options: &MeasureOptions) -> Vec<(String, &'static str)> {
    let mut out = vec![("\n[measure]".to_owned(), "")];
    let mut vary = vec![("\n[measure.vary]".to_owned(), "")];
    for entry in options.entries() {
        let (list, comments) = if entry.vary { (&mut vary, VARY_COMMENTS) } else { (&mut out, COMMENTS) };
        let comment = comments.iter().find(|(key, _)| *key == entry.key).map_or("", |(_, comment)| comment);
        list.push((format!("{} = {}", entry.key, entry.value), comment));
    }
    out.extend(vary);
    out
}

/// A number that TOML reads as a float or whole number with the same value.
fn decimal(x: f64) -> String {
    format!("{x:?}").trim_end_matches(".0").to_owned()
}
