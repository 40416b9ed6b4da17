//! Reading `[measure]` and `[measure.vary]`.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{
    Aggregation, Coverage, FACTORS, Imputation, MeasureOptions, Normalisation, Override, Panel, Scale, Scope,
    Screened, Treatment, Vary, VaryIndicators, VaryWeights, Weights,
};
use crate::study::options::Reader;

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
impl Reader<'_> {
    /// Reads `[measure]`.
    pub(in crate::study) fn measure(&mut self, root: &mut Table) -> MeasureOptions {
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
