//! The recipe as text: its entries, and the lines of `study.toml`.

use serde_json::json;

use super::{Aggregation, MeasureOptions, Scale, Vary, VaryIndicators, VaryWeights};

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
    ("members", "whether members are ranked beside their bloc / 成员是否与集团并列参评"),
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
    ("min_coverage", "least share of an aggregate with data / 聚合所需的最低数据比例"),
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
pub(in crate::study) fn lines(options: &MeasureOptions) -> Vec<(String, &'static str)> {
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
