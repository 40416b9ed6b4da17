//! `[relate]` of `study.toml`: how dependence between actors is reckoned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use toml::{Table, Value};

use super::dependence::{self, DependenceOptions};
use super::options::{Reader, word};

/// What keeps inputs going that need one another in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cycles {
    /// The installed base runs on: a circle sustains itself as long as nothing else it needs is missing (greatest fixed point).
    Greatest,
    /// Everything is to be rebuilt from nothing: a circle without a way in from outside cannot begin (least fixed point).
    Least,
}

impl Cycles {
    /// The words of the option, with their values.
    pub const ALL: &'static [(&'static str, Cycles)] =
        &[("greatest", Cycles::Greatest), ("least", Cycles::Least)];
}

/// What the sub-types of an input (`kind_of` in `inputs.csv`) mean for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subtypes {
    /// As the column `needs` of the broader input says: all, or any one.
    Stated,
    /// All sub-types are needed.
    All,
    /// Any one sub-type will do.
    Any,
    /// The broader input's own shares count and its sub-types do not, wherever it has shares.
    Parent,
}

impl Subtypes {
    /// The words of the option, with their values.
    pub const ALL: &'static [(&'static str, Subtypes)] = &[
        ("stated", Subtypes::Stated),
        ("all", Subtypes::All),
        ("any", Subtypes::Any),
        ("parent", Subtypes::Parent),
    ];

    /// The word of the option.
    #[must_use]
    pub fn id(self) -> &'static str {
        word(Subtypes::ALL, self)
    }
}

/// Whether the members of a bloc act as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocs {
    /// A bloc is one player, which holds what its members hold.
    One,
    /// Each member is a player of its own.
    Many,
}

impl Blocs {
    /// The words of the option, with their values.
    pub const ALL: &'static [(&'static str, Blocs)] = &[("one", Blocs::One), ("many", Blocs::Many)];

    /// The word of the option.
    #[must_use]
    pub fn id(self) -> &'static str {
        word(Blocs::ALL, self)
    }
}

/// `[relate.grid]`: specifications of the coalitional game, every combination of the lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Shares at which a coalition sustains an input; without any there is no grid.
    pub tau: Vec<f64>,
    /// Readings of sub-types.
    pub subtypes: Vec<Subtypes>,
    /// Readings of blocs.
    pub blocs: Vec<Blocs>,
    /// Inputs that are left out in half of the specifications; without any there is no such dimension.
    pub doubtful: Vec<String>,
}

/// `[relate.endorsement]`: what an endorsement weighs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endorsing {
    /// For each way of taking up a text (the column `act` of `endorsements.csv`) its weight, as (low, high) in [0, 1].
    pub weights: BTreeMap<String, (f64, f64)>,
    /// Indicator by which endorsing states are weighed; empty if their weights are drawn at random.
    pub weigh_by: String,
}

/// Ways of taking up a text. An empty cell of the column is the first.
pub const ACTS: &[&str] = &["endorsed", "co-sponsored", "adopted", "echoed"];

impl Default for Endorsing {
    fn default() -> Endorsing {
        let weight =
            |act: &&str| ((*act).to_owned(), if *act == "echoed" { (0.25, 0.75) } else { (1.0, 1.0) });
        Endorsing { weights: ACTS.iter().map(weight).collect(), weigh_by: String::new() }
    }
}

/// The five conditions of the Brussels effect (Bradford 2020, *The Brussels Effect*, chapter 2): ids, as in `conditions.csv`.
pub const CONDITIONS: &[&str] =
    &["market-size", "regulatory-capacity", "stringent-standards", "inelastic-targets", "non-divisibility"];

/// `[relate]` and its sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RelateOptions {
    /// The part of a denied supply that is replaceable after all, as (low, high); each draw lies between.
    pub epsilon: (f64, f64),
    /// Share of an input at which a coalition can sustain it, as (low, high); each draw lies between.
    pub tau: (f64, f64),
    /// How many years a share is carried forward.
    pub max_age: i16,
    /// Indicator whose shares stand for shares of world demand, to tell how far an actor supplies itself; empty if none.
    pub demand: String,
    /// The part of its supply that a sender withholds, as (low, high).
    pub withheld: (f64, f64),
    /// The part of what is withheld that reaches the target all the same, as (low, high).
    pub leakage: (f64, f64),
    /// Months over which losses are averaged: stocks that last a part of it spare that part of the loss.
    pub horizon: f64,
    /// What keeps circles of the production graph going.
    pub cycles: Cycles,
    /// What sub-types mean for their broader input.
    pub subtypes: Subtypes,
    /// Named coalitions that withhold together, by name.
    pub coalitions: BTreeMap<String, Vec<String>>,
    /// Conditions of the Brussels effect by which market exposure is multiplied.
    pub conditions: Vec<String>,
    /// What an endorsement weighs.
    pub endorsement: Endorsing,
    /// Specifications of the coalitional game.
    pub grid: Grid,
    /// When an importer depends on others.
    pub dependence: DependenceOptions,
}

impl Default for RelateOptions {
    fn default() -> RelateOptions {
        RelateOptions {
            epsilon: (0.01, 0.05),
            tau: (0.1, 0.5),
            max_age: 5,
            demand: String::new(),
            withheld: (1.0, 1.0),
            leakage: (0.0, 0.0),
            horizon: 12.0,
            cycles: Cycles::Greatest,
            subtypes: Subtypes::Stated,
            coalitions: BTreeMap::new(),
            conditions: Vec::new(),
            endorsement: Endorsing::default(),
            grid: Grid::default(),
            dependence: DependenceOptions::default(),
        }
    }
}

const KEYS: [&str; 14] = [
    "epsilon",
    "tau",
    "max_age",
    "demand",
    "withheld",
    "leakage",
    "horizon",
    "cycles",
    "subtypes",
    "coalitions",
    "conditions",
    "endorsement",
    "grid",
    "dependence",
];

impl Reader<'_> {
    /// Reads `[relate]`.
    pub(super) fn relate(&mut self, root: &mut Table) -> RelateOptions {
        let mut section = self.section(root, "relate");
        let mut coalitions = self.section(&mut section, "coalitions");
        let mut endorsement = self.section(&mut section, "endorsement");
        let mut grid = self.section(&mut section, "grid");
        let was = RelateOptions::default();
        let s = &mut section;
        let options = RelateOptions {
            epsilon: self.pair(s, "relate.epsilon", was.epsilon, 1e-9, 0.999),
            tau: self.pair(s, "relate.tau", was.tau, 0.0, 1.0),
            max_age: self.whole(s, "relate.max_age", 5, 0, 100) as i16,
            demand: self.text(s, "relate.demand", ""),
            withheld: self.pair(s, "relate.withheld", was.withheld, 0.0, 1.0),
            leakage: self.pair(s, "relate.leakage", was.leakage, 0.0, 1.0),
            horizon: self.number(s, "relate.horizon", was.horizon, 0.1, 1200.0),
            cycles: self.choice(s, "relate.cycles", Cycles::ALL, was.cycles),
            subtypes: self.choice(s, "relate.subtypes", Subtypes::ALL, was.subtypes),
            conditions: self.conditions(s),
            coalitions: self.named_lists(&mut coalitions, "relate.coalitions"),
            endorsement: self.endorsement(&mut endorsement),
            grid: Grid {
                tau: self.shares(&mut grid, "relate.grid.tau"),
                subtypes: self.choices(&mut grid, "relate.grid.subtypes", Subtypes::ALL, &[was.subtypes]),
                blocs: self.choices(&mut grid, "relate.grid.blocs", Blocs::ALL, &[Blocs::One]),
                doubtful: self.texts(&mut grid, "relate.grid.doubtful"),
            },
            dependence: self.dependence(s),
        };
        self.left_over(&grid, "relate.grid", &["tau", "subtypes", "blocs", "doubtful"]);
        self.left_over(&endorsement, "relate.endorsement", &[ACTS, &["weigh_by"]].concat());
        self.left_over(&section, "relate", &KEYS);
        options
    }

    fn conditions(&mut self, section: &mut Table) -> Vec<String> {
        let all: Vec<(&str, &str)> = CONDITIONS.iter().map(|id| (*id, *id)).collect();
        let named = self.texts(section, "relate.conditions");
        let known = |id: String| self.chosen("relate.conditions", &Value::from(id), &all).map(str::to_owned);
        named.into_iter().filter_map(known).collect()
    }

    fn endorsement(&mut self, section: &mut Table) -> Endorsing {
        let mut endorsing = Endorsing::default();
        for (act, weight) in &mut endorsing.weights {
            *weight = self.pair(section, &format!("relate.endorsement.{act}"), *weight, 0.0, 1.0);
        }
        endorsing.weigh_by = self.text(section, "relate.endorsement.weigh_by", "");
        endorsing
    }

    /// Lists of ids by name; a list needs at least two.
    fn named_lists(&mut self, section: &mut Table, path: &str) -> BTreeMap<String, Vec<String>> {
        let names: Vec<String> = section.keys().cloned().collect();
        let mut lists = BTreeMap::new();
        for name in names {
            let at = format!("{path}.{name}");
            let ids = self.texts(section, &at);
            if ids.len() < 2 {
                self.wrong(&at, "[\"...\", \"...\"]", &Value::from(ids));
            } else {
                lists.insert(name, ids);
            }
        }
        lists
    }

    /// A list of shares above 0 and at most 1.
    fn shares(&mut self, section: &mut Table, path: &str) -> Vec<f64> {
        let Some(value) = section.remove(path.rsplit('.').next().unwrap_or(path)) else { return Vec::new() };
        let items = value.as_array().cloned().unwrap_or_default();
        let number = |item: &Value| item.as_float().or_else(|| item.as_integer().map(|n| n as f64));
        let shares: Vec<f64> =
            items.iter().filter_map(number).filter(|share| *share > 0.0 && *share <= 1.0).collect();
        if shares.len() != items.len() || !value.is_array() {
            self.wrong(path, "[0 < share <= 1, ...]", &value);
        }
        shares
    }
}

/// The lines of the section with their comments; sections that say nothing are left away.
pub(super) fn lines(relate: &RelateOptions) -> Vec<(String, &'static str)> {
    let quoted = |text: &str| Value::from(text).to_string();
    let pair = |key: &str, ends: (f64, f64)| format!("{key} = {}", json!([ends.0, ends.1]));
    let mut lines = vec![
        ("\n[relate]".to_owned(), ""),
        (
            pair("epsilon", relate.epsilon),
            "part of a denied supply that is replaceable after all / 断供份额中终可替代的部分",
        ),
        (pair("tau", relate.tau), "share at which a coalition sustains an input / 联盟维持某投入品所需份额"),
        (format!("max_age = {}", relate.max_age), "years a share is carried forward / 份额可沿用的年数"),
        (
            format!("demand = {}", quoted(&relate.demand)),
            "indicator that stands for shares of world demand / 代表全球需求份额的指标",
        ),
        (pair("withheld", relate.withheld), "part of its supply that a sender withholds / 发起方断供的比例"),
        (pair("leakage", relate.leakage), "part of that which arrives all the same / 断供中仍会流入的比例"),
        (
            format!("horizon = {}", json!(relate.horizon)),
            "months over which losses are averaged against stocks / 计算损失的月数，用于抵扣库存",
        ),
        (
            format!("cycles = {}", quoted(word(Cycles::ALL, relate.cycles))),
            "greatest = the installed base runs on | least = rebuilt from nothing / 存量设备继续运转，或从零重建",
        ),
        (
            format!("subtypes = {}", quoted(relate.subtypes.id())),
            "stated | all | any | parent: what sub-types mean / 子类的含义",
        ),
        (
            format!("conditions = {}", json!(relate.conditions)),
            "conditions of the Brussels effect that multiply market exposure / 乘入市场暴露度的布鲁塞尔效应条件",
        ),
    ];
    if !relate.coalitions.is_empty() {
        lines.push(("\n[relate.coalitions]".to_owned(), "who withholds together / 联合断供者"));
        lines.extend(
            relate.coalitions.iter().map(|(name, ids)| (format!("{} = {}", quoted(name), json!(ids)), "")),
        );
    }
    if relate.endorsement != Endorsing::default() {
        lines.push(("\n[relate.endorsement]".to_owned(), "what an endorsement weighs / 各类赞同的权重"));
        lines.extend(relate.endorsement.weights.iter().map(|(act, ends)| (pair(act, *ends), "")));
        lines.push((format!("weigh_by = {}", quoted(&relate.endorsement.weigh_by)), ""));
    }
    let grid = &relate.grid;
    if !grid.tau.is_empty() {
        lines.push((
            "\n[relate.grid]".to_owned(),
            "specifications of the coalitional game / 联盟博弈的各种设定",
        ));
        lines.push((format!("tau = {}", json!(grid.tau)), ""));
        lines.push((format!("subtypes = {}", json!(grid.subtypes)), ""));
        lines.push((format!("blocs = {}", json!(grid.blocs)), ""));
        lines.push((
            format!("doubtful = {}", json!(grid.doubtful)),
            "inputs left out in half of the specifications / 在一半设定中剔除的投入品",
        ));
    }
    lines.extend(dependence::lines(&relate.dependence));
    lines
}
