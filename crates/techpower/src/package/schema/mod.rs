//! Schemas of the output tables (version 1), by the stage whose results they hold.
//!
//! A further stage has a module of schemas here and one beside this folder that fills the tables; its tables join the lists below.

pub(super) mod inferred;
pub(super) mod measured;
pub(super) mod related;
pub(super) mod ruled;
pub(super) mod told;

use super::agreement;
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

/// All tables written as CSV, in order.
pub static ALL: [&Table; 52] = [
    &measured::SCORES,
    &measured::RANKS,
    &measured::STANDINGS,
    &measured::PAIRWISE,
    &measured::PROFILE,
    &measured::FACTORS,
    &measured::SENSITIVITY,
    &measured::SWITCHES,
    &measured::ACCEPTABILITY,
    &measured::CENTRAL_WEIGHTS,
    &measured::DOMINANCE,
    &measured::IMPORTANCE,
    &measured::TREATMENT,
    &measured::RECIPE,
    &related::EXPOSURE,
    &related::ASYMMETRY,
    &related::HOLDINGS,
    &related::CONCENTRATION,
    &related::DENIAL,
    &related::PATHS,
    &related::SPECIFICATIONS,
    &related::COALITIONS,
    &related::VETOES,
    &related::CUTS,
    &related::ALLIANCES,
    &related::CHOKEPOINTS,
    &related::BASELINES,
    &related::AGREEMENT,
    &related::DEPENDENCE,
    &related::CORENESS,
    &related::TOPOLOGY,
    &related::EXTRACTION,
    &related::LOOK_THROUGH,
    &related::FORWARD,
    &inferred::POTENTIAL,
    &inferred::EXERCISE,
    &inferred::RELIANCE,
    &inferred::IMPLIED,
    &inferred::COROLLARY,
    &inferred::COROLLARY_TRIALS,
    &ruled::VERDICTS,
    &ruled::REACH,
    &ruled::BUNCHING,
    &told::CODINGS,
    &agreement::AGREEMENT_MEASURES,
    &agreement::AGREEMENT_CATEGORIES,
    &agreement::AGREEMENT_CONFUSION,
    &agreement::AGREEMENT_DISAGREEMENTS,
    &told::CLAIMS,
    &told::CLAIMS_BY_YEAR,
    &told::CLAIM_ROWS,
    &told::NOTES,
];

/// Tables of single draws, in the database only.
pub static DRAWS: [&Table; 3] =
    [&measured::SCORES_DRAWS, &inferred::RELIANCE_DRAWS, &inferred::POTENTIAL_DRAWS];

pub(super) const WHOLE: Type = Type::Number { min: 0.0, max: f64::INFINITY };
const ACTOR: Column = column!("actor", Type::Id, required, "State or bloc.", "国家或集团。");
const SENDER: Column = column!("sender", Type::Id, required, "Who acts.", "发起方。");
const TARGET: Column =
    column!("target", Type::Id, required, "On whom; * is everyone.", "作用对象；* 指所有行为体。");
const POWER: Column = column!("power", Type::Id, required, "Type of power.", "权力类型。");
const YEAR: Column = column!("year", Type::Year, required, "Year.", "年份。");
const DRAW: Column = column!("draw", WHOLE, required, "Number of the draw, from 0.", "抽样序号，自 0 起。");
const MEAN: Column = column!("mean", NUMBER, "Mean over the draws.", "各次抽样的均值。");
const Q05: Column = column!("q05", NUMBER, "5 % quantile.", "5% 分位数。");
const Q50: Column = column!("q50", NUMBER, "Median.", "中位数。");
const Q95: Column = column!("q95", NUMBER, "95 % quantile.", "95% 分位数。");
const PROBABILITY: Column = column!("probability", SHARE, "Probability.", "概率。");
