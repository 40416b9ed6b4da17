//! `[relate.dependence]` of `study.toml`: when an importer depends on others for a product.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::options::{Reader, word};
use crate::diag::Kind;

/// Years that a window of persistence may have.
const MOST_WINDOW: u64 = 100;

/// `[relate.dependence]`: when an importer depends on others for a product. The defaults are those of the dataset GeoDep (CEPII;
/// Lefebvre & Wibaux 2024, *CEPII Policy Brief* 47).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DependenceOptions {
    /// Imports are concentrated if the Herfindahl index of their sources is above this.
    pub import_hhi: f64,
    /// World exports are concentrated if the Herfindahl index of exporters is above this.
    pub world_hhi: f64,
    /// Imports cannot be substituted by what is exported otherwise if they are more than this times exports.
    pub ratio: f64,
    /// How many years of the window the first three must hold in.
    pub years: usize,
    /// Years that the window has, the year itself included.
    pub window: usize,
    /// What no exports of the product mean.
    pub no_exports: NoExports,
}

impl Default for DependenceOptions {
    fn default() -> DependenceOptions {
        let no_exports = NoExports::Unbounded;
        DependenceOptions { import_hhi: 0.4, world_hhi: 0.4, ratio: 1.0, years: 2, window: 3, no_exports }
    }
}

/// What it means that an importer has no row as an exporter of a product in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoExports {
    /// It exports nothing: the table has all flows above zero, as trade statistics do.
    Unbounded,
    /// Its exports are unknown.
    Unknown,
}

impl NoExports {
    /// The words of the option, with their values.
    pub const ALL: &'static [(&'static str, NoExports)] =
        &[("unbounded", NoExports::Unbounded), ("unknown", NoExports::Unknown)];
}

impl Reader<'_> {
    /// Reads the section out of `[relate]`.
    pub(super) fn dependence(&mut self, relate: &mut Table) -> DependenceOptions {
        let was = DependenceOptions::default();
        let mut section = self.section(relate, "dependence");
        let s = &mut section;
        let mut options = DependenceOptions {
            import_hhi: self.number(s, "relate.dependence.import_hhi", was.import_hhi, 0.0, 1.0),
            world_hhi: self.number(s, "relate.dependence.world_hhi", was.world_hhi, 0.0, 1.0),
            ratio: self.number(s, "relate.dependence.ratio", was.ratio, 0.0, 1e12),
            years: self.whole(s, "relate.dependence.years", was.years as u64, 1, MOST_WINDOW) as usize,
            window: self.whole(s, "relate.dependence.window", was.window as u64, 1, MOST_WINDOW) as usize,
            no_exports: self.choice(s, "relate.dependence.no_exports", NoExports::ALL, was.no_exports),
        };
        if options.years > options.window {
            let (years, window) = (options.years.to_string(), options.window.to_string());
            self.note(
                Kind::WindowTooShort,
                "relate.dependence.years",
                &[("years", &years), ("window", &window)],
            );
            options.years = options.window;
        }
        let known = ["import_hhi", "world_hhi", "ratio", "years", "window", "no_exports"];
        self.left_over(&section, "relate.dependence", &known);
        options
    }
}

/// The lines of the section with their comments; none if it says nothing.
pub(super) fn lines(options: &DependenceOptions) -> Vec<(String, &'static str)> {
    if *options == DependenceOptions::default() {
        return Vec::new();
    }
    vec![
        ("\n[relate.dependence]".to_owned(), "when imports make dependent / 何时构成进口依赖"),
        (
            format!("import_hhi = {}", options.import_hhi),
            "imports are concentrated above this Herfindahl index / 进口来源集中的阈值（赫芬达尔指数）",
        ),
        (
            format!("world_hhi = {}", options.world_hhi),
            "world exports are concentrated above this Herfindahl index / 世界出口集中的阈值（赫芬达尔指数）",
        ),
        (
            format!("ratio = {}", options.ratio),
            "imports over exports above which imports cannot be substituted / 进口与出口之比高于此值即不可替代",
        ),
        (
            format!("years = {}", options.years),
            "years of the window in which all three hold / 三项同时成立的年数",
        ),
        (format!("window = {}", options.window), "years of the window, this one included / 窗口年数，含当年"),
        (
            format!("no_exports = {}", Value::from(word(NoExports::ALL, options.no_exports))),
            "what no row of exports means: unbounded = none | unknown / 无出口行时：视为零出口或未知",
        ),
    ]
}
