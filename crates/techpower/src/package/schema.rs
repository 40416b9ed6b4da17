//! Schemas of the output tables (version 1).

use super::agreement::{
    AGREEMENT_CATEGORIES, AGREEMENT_CONFUSION, AGREEMENT_DISAGREEMENTS, AGREEMENT_MEASURES,
};
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

/// All tables written as CSV, in order.
pub static ALL: [&Table; 47] = [
    &SCORES,
    &RANKS,
    &STANDINGS,
    &PAIRWISE,
    &PROFILE,
    &FACTORS,
    &SENSITIVITY,
    &SWITCHES,
    &ACCEPTABILITY,
    &CENTRAL_WEIGHTS,
    &DOMINANCE,
    &IMPORTANCE,
    &TREATMENT,
    &RECIPE,
    &EXPOSURE,
    &ASYMMETRY,
    &HOLDINGS,
    &CONCENTRATION,
    &DENIAL,
    &PATHS,
    &SPECIFICATIONS,
    &COALITIONS,
    &VETOES,
    &CUTS,
    &ALLIANCES,
    &CHOKEPOINTS,
    &BASELINES,
    &AGREEMENT,
    &DEPENDENCE,
    &CORENESS,
    &TOPOLOGY,
    &EXTRACTION,
    &LOOK_THROUGH,
    &FORWARD,
    &POTENTIAL,
    &EXERCISE,
    &RELIANCE,
    &IMPLIED,
    &COROLLARY,
    &CODINGS,
    &AGREEMENT_MEASURES,
    &AGREEMENT_CATEGORIES,
    &AGREEMENT_CONFUSION,
    &AGREEMENT_DISAGREEMENTS,
    &CLAIMS,
    &CLAIM_ROWS,
    &NOTES,
];

/// Tables of single draws, in the database only.
pub static DRAWS: [&Table; 3] = [&SCORES_DRAWS, &RELIANCE_DRAWS, &POTENTIAL_DRAWS];

const WHOLE: Type = Type::Number { min: 0.0, max: f64::INFINITY };
const ACTOR: Column = column!("actor", Type::Id, required, "State or bloc.", "国家或集团。");
const INPUT: Column = column!("input", Type::Id, required, "The input.", "投入品。");
const SPECIFICATION: Column =
    column!("specification", Type::Text, required, "Reading of the game.", "博弈设定。");
const SENDER: Column = column!("sender", Type::Id, required, "Who acts.", "发起者。");
const TARGET: Column =
    column!("target", Type::Id, required, "On whom; * is everyone.", "作用对象；* 指所有行为体。");
const POWER: Column = column!("power", Type::Id, required, "Type of power.", "权力类型。");
const YEAR: Column = column!("year", Type::Year, required, "Year.", "年份。");
const NODE: Column = column!("node", Type::Id, required, "Node of the hierarchy.", "指标层级节点。");
const FACTOR: Column = column!("factor", Type::Id, required, "Factor of uncertainty.", "不确定因素。");
const DRAW: Column = column!("draw", WHOLE, required, "Number of the draw, from 0.", "抽样序号，自 0 起。");
const MEAN: Column = column!("mean", NUMBER, "Mean over the draws.", "各次抽样的均值。");
const Q05: Column = column!("q05", NUMBER, "5 % quantile.", "5% 分位数。");
const Q50: Column = column!("q50", NUMBER, "Median.", "中位数。");
const Q95: Column = column!("q95", NUMBER, "95 % quantile.", "95% 分位数。");
const PROBABILITY: Column = column!("probability", SHARE, "Probability.", "概率。");

pub(super) static SCORES: Table = Table {
    name: "scores",
    en: "Scores of every actor, year and node on the scale of the recipe; nominal is the recipe as stated, nothing varied.",
    zh: "各行为体、年份与节点在既定标尺上的得分；nominal 为既定做法、不作任何变动的结果。",
    key: &["actor", "year", "node"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("level", WHOLE, required, "1 for indicators.", "指标为 1。"),
        column!("nominal", NUMBER, "Score of the recipe as stated.", "既定做法的得分。"),
        MEAN,
        Q05,
        Q50,
        Q95,
    ],
};

pub(super) static RANKS: Table = Table {
    name: "ranks",
    en: "Rank acceptability: probability of each rank in each source.",
    zh: "排名可接受度：各来源上取得各名次的概率。",
    key: &["actor", "year", "node", "rank"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "既定做法的名次。"),
        column!("rank", WHOLE, required, "Rank; ties share the smallest.", "名次；并列取最小名次。"),
        PROBABILITY,
    ],
};

pub(super) static STANDINGS: Table = Table {
    name: "standings",
    en: "Ranks over all that varies, against the rank of the recipe as stated; shift is the mean rank less the nominal one.",
    zh: "各项变动之下的名次，与基准方案名次对照；shift 为平均名次减去基准名次。",
    key: &["actor", "year", "node"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "既定做法的名次。"),
        column!("mean_rank", NUMBER, "Mean rank.", "平均名次。"),
        column!("q05", WHOLE, "Rank that it reaches or betters in 5 % of cases.", "名次的 5% 分位数。"),
        column!("q50", WHOLE, "Median rank.", "名次的中位数。"),
        column!("q95", WHOLE, "Rank that it reaches or betters in 95 % of cases.", "名次的 95% 分位数。"),
        column!("shift", NUMBER, "Mean rank less nominal rank.", "平均名次减去基准名次。"),
        column!("first", SHARE, "Probability of being first.", "居首的概率。"),
    ],
};

pub(super) static PROFILE: Table = Table {
    name: "profile",
    en: "Within-actor profile in the headline year: each source relative to the mean of all ranked actors.",
    zh: "主要年份的行为体内部构成：各来源相对于全部参与排名者的均值。",
    key: &["actor", "node"],
    columns: &[
        ACTOR,
        NODE,
        column!("year", Type::Year, required, "Year.", "年份。"),
        MEAN,
        Q05,
        Q50,
        Q95,
        column!(
            "strongest",
            SHARE,
            "Probability that no other source of the actor is relatively stronger.",
            "该来源为行为体相对最强来源的概率。"
        ),
        column!(
            "weakest",
            SHARE,
            "Probability that no other source of the actor is relatively weaker.",
            "该来源为行为体相对最弱来源的概率。"
        ),
    ],
};

pub(super) static FACTORS: Table = Table {
    name: "factors",
    en: "Factors of uncertainty that vary, with the number of their choices; empty where they are drawn.",
    zh: "参与变动的不确定因素及其选项数；留空者为抽样。",
    key: &["factor"],
    columns: &[
        FACTOR,
        column!(
            "choices",
            WHOLE,
            "Number of equally likely choices; empty if drawn.",
            "等可能选项数；抽样者留空。"
        ),
        column!(
            "combinations",
            WHOLE,
            "Combinations of all factors, if all were gone through; empty if drawn.",
            "全部因素的组合数（已逐一遍历时）；抽样时留空。"
        ),
    ],
};

pub(super) static SENSITIVITY: Table = Table {
    name: "sensitivity",
    en: "Share of the variance that a factor explains alone (first) and with its interactions (total), with 90 % intervals, in the headline year; target * is the mean absolute change of ranks, else the actor's score.",
    zh: "主要年份各因素单独（first）及连同交互作用（total）解释的方差份额，附 90% 区间；target 为 * 指名次平均绝对变动，否则为该行为体的得分。",
    key: &["node", "target", "factor"],
    columns: &[
        NODE,
        column!("target", Type::Id, required, "Actor, or * for all ranks.", "行为体；* 指全部名次。"),
        FACTOR,
        column!("first", NUMBER, "First-order index.", "一阶指数。"),
        column!("first_low", NUMBER, "Lower end of its interval.", "区间下限。"),
        column!("first_high", NUMBER, "Upper end of its interval.", "区间上限。"),
        column!("total", NUMBER, "Total index.", "总指数。"),
        column!("total_low", NUMBER, "Lower end of its interval.", "区间下限。"),
        column!("total_high", NUMBER, "Upper end of its interval.", "区间上限。"),
    ],
};

pub(super) static SWITCHES: Table = Table {
    name: "switches",
    en: "What one choice made otherwise does to the ranks of the headline year, everything else as stated.",
    zh: "主要年份中只改变一项选择、其余不变时名次的变化。",
    key: &["node", "factor", "choice", "actor"],
    columns: &[
        NODE,
        FACTOR,
        column!(
            "choice",
            Type::Text,
            required,
            "The choice, or the indicator left out.",
            "所作选择，或所剔除的指标。"
        ),
        ACTOR,
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "既定做法的名次。"),
        column!("rank", WHOLE, "Rank with the other choice.", "改变选择后的名次。"),
        column!(
            "reversed",
            WHOLE,
            required,
            "Pairs of actors whose order the choice reverses.",
            "次序发生颠倒的行为体对数。"
        ),
        column!("pairs", WHOLE, required, "Pairs of actors.", "行为体对数。"),
        column!("first_changes", WHOLE, required, "1 if another actor is first.", "居首者改变时为 1。"),
    ],
};

pub(super) static ACCEPTABILITY: Table = Table {
    name: "acceptability",
    en: "SMAA-2: probability of each rank in the headline year when nothing is known of the weights and all else is as stated.",
    zh: "SMAA-2：主要年份中权重完全未知、其余按既定做法时取得各名次的概率。",
    key: &["actor", "node", "rank"],
    columns: &[
        ACTOR,
        NODE,
        column!("rank", WHOLE, required, "Rank; ties share the smallest.", "名次；并列取最小名次。"),
        PROBABILITY,
    ],
};

pub(super) static CENTRAL_WEIGHTS: Table = Table {
    name: "central_weights",
    en: "SMAA-2: the mean weights with which an actor is first; confident is 1 if these weights do put it first.",
    zh: "SMAA-2：行为体居首时的平均权重；以该权重确实居首时 confident 为 1。",
    key: &["actor", "root", "node"],
    columns: &[
        ACTOR,
        column!("root", Type::Id, required, "Source.", "权力来源。"),
        NODE,
        column!("weight", SHARE, required, "Mean weight among siblings.", "在同级节点中的平均权重。"),
        column!("nominal", SHARE, required, "Nominal weight.", "基准权重。"),
        column!("confident", WHOLE, required, "1 if first with these weights.", "以该权重居首时为 1。"),
    ],
};

pub(super) static DOMINANCE: Table = Table {
    name: "dominance",
    en: "Who is ahead of whom in the headline year whatever the weights, or whatever they are within the bounds of the index.",
    zh: "主要年份中不论权重如何，或在指标表所列权重界限内，谁必然领先于谁。",
    key: &["node", "actor", "other"],
    columns: &[
        NODE,
        ACTOR,
        column!("other", Type::Id, required, "The other state or bloc.", "另一国家或集团。"),
        column!("any_weights", WHOLE, required, "1 if ahead under any weights.", "任何权重下均领先时为 1。"),
        column!(
            "least_lead",
            NUMBER,
            "Least lead under weights within bounds; empty if it can be overtaken.",
            "界限内权重下的最小领先幅度；可能被超过时留空。"
        ),
    ],
};

pub(super) static IMPORTANCE: Table = Table {
    name: "importance",
    en: "What a node contributes to its parent's variance over the actors of the headline year, against its weight.",
    zh: "主要年份中各节点对上级节点方差的贡献，与其权重对照。",
    key: &["node"],
    columns: &[
        NODE,
        column!("parent", Type::Id, required, "The parent.", "上级节点。"),
        column!("weight", SHARE, required, "Nominal weight among siblings.", "在同级节点中的基准权重。"),
        column!(
            "correlation",
            NUMBER,
            "Pearson's correlation with the parent.",
            "与上级节点的皮尔逊相关系数。"
        ),
        column!(
            "ratio",
            SHARE,
            "Correlation ratio: share of the parent's variance that goes away when the node is fixed.",
            "相关比：固定该节点后上级节点方差减少的份额。"
        ),
        column!(
            "share",
            SHARE,
            "The ratio as a share of those of all siblings.",
            "相关比在同级节点中所占份额。"
        ),
    ],
};

pub(super) static TREATMENT: Table = Table {
    name: "treatment",
    en: "Treatment of outliers by the recipe as stated: what was done to each indicator, and why.",
    zh: "既定做法的离群值处理：各指标如何处理及原因。",
    key: &["node", "year"],
    columns: &[
        NODE,
        column!("year", Type::Year, "Year; empty if over all years.", "年份；覆盖全部年份时留空。"),
        column!(
            "why",
            Type::Text,
            required,
            "passes or fails the test, asked for, too-few values, constant.",
            "通过检验、未通过、按要求处理、数值过少或无差异。"
        ),
        column!("winsorised", WHOLE, required, "Values set to the next one.", "缩尾的数值个数。"),
        column!("transform", Type::Text, "Transformation of the original values.", "对原始值所作变换。"),
        column!("skew", NUMBER, "Skewness before.", "处理前偏度。"),
        column!("kurtosis", NUMBER, "Excess kurtosis before.", "处理前峰度。"),
        column!("skew_after", NUMBER, "Skewness after.", "处理后偏度。"),
        column!("kurtosis_after", NUMBER, "Excess kurtosis after.", "处理后峰度。"),
    ],
};

pub(super) static RECIPE: Table = Table {
    name: "recipe",
    en: "The recipe of the index, key by key, as it stands in study.toml.",
    zh: "指数的全部设定，逐键列出，与 study.toml 一致。",
    key: &["key"],
    columns: &[
        column!("key", Type::Text, required, "Key.", "键。"),
        column!("value", Type::Text, required, "Value.", "值。"),
    ],
};

/// Not part of the results: printed for one actor at a time.
pub(super) static EXPLANATION: Table = Table {
    name: "explanation",
    en: "How an actor's scores in the headline year come about, from raw values to the roots, by the recipe as stated.",
    zh: "行为体在主要年份的得分如何由原始值逐步得出（按既定做法）。",
    key: &["node"],
    columns: &[
        NODE,
        column!("score", NUMBER, "Score.", "得分。"),
        column!("weight", SHARE, "Weight among the siblings that are known.", "在已知同级节点中的权重。"),
        column!("contribution", NUMBER, "Score times weight.", "得分乘以权重。"),
        column!("value", Type::Text, "Raw value; rivals are separated by |.", "原始值；竞争数据以 | 分隔。"),
        column!("unit", Type::Text, "Unit.", "单位。"),
        column!("of", Type::Text, "Year of the value, and its definition.", "数值的年份与定义。"),
        column!("missing", Type::Text, "What is declared of a missing value.", "缺失值的声明。"),
        column!("denominator", Type::Text, "By what it is divided.", "除数。"),
        column!("denominated", NUMBER, "Value after division.", "除后数值。"),
        column!(
            "imputed",
            NUMBER,
            "Value after screening, bounds and imputation.",
            "筛选、界限与插补之后的数值。"
        ),
        column!("treatment", Type::Text, "What treatment did.", "离群值处理。"),
        column!("treated", NUMBER, "Value after treatment.", "处理后的数值。"),
        column!("reference", Type::Text, "References of the raw values.", "原始值的出处。"),
    ],
};

pub(super) static PAIRWISE: Table = Table {
    name: "pairwise",
    en: "Probability that one actor's source is stronger than another's.",
    zh: "一方来源强于另一方的概率。",
    key: &["actor", "other", "year", "node"],
    columns: &[
        ACTOR,
        column!("other", Type::Id, required, "The other state or bloc.", "另一国家或集团。"),
        YEAR,
        NODE,
        PROBABILITY,
    ],
};

pub(super) static EXPOSURE: Table = Table {
    name: "exposure",
    en: "Exposure of the target to the sender through the channel of a type of power, 0 to 1.",
    zh: "对象经由某类权力的渠道对发起者的暴露度，0 至 1。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(super) static ASYMMETRY: Table = Table {
    name: "asymmetry",
    en: "Exposure of the target to the sender less that of the sender to the target, -1 to 1.",
    zh: "对象对发起者的暴露度减去发起者对对象的暴露度，-1 至 1。",
    key: &["sender", "target", "power", "year"],
    columns: &[
        SENDER,
        TARGET,
        POWER,
        YEAR,
        MEAN,
        Q05,
        Q50,
        Q95,
        column!(
            "above_zero",
            SHARE,
            "Probability that the target is the more exposed.",
            "对象暴露程度更高的概率。"
        ),
    ],
};

pub(super) static HOLDINGS: Table = Table {
    name: "holdings",
    en: "What each supplier holds of the world's supply of an input, as drawn.",
    zh: "各供应者在投入品全球供给中所持份额（抽样结果）。",
    key: &["provider", "input", "year"],
    columns: &[
        column!("provider", Type::Id, required, "State or bloc.", "国家或集团。"),
        INPUT,
        YEAR,
        MEAN,
        Q05,
        Q50,
        Q95,
    ],
};

pub(super) static CONCENTRATION: Table = Table {
    name: "concentration",
    en: "Herfindahl-Hirschman index of the supply of each input, 0 to 1; unnamed suppliers count as many small ones.",
    zh: "各投入品供给的赫芬达尔—赫希曼指数，0 至 1；未具名供应者按众多小供应者计。",
    key: &["input", "year"],
    columns: &[
        INPUT,
        YEAR,
        column!("data_year", Type::Year, required, "Year of the data.", "数据年份。"),
        MEAN,
        Q05,
        Q50,
        Q95,
        column!("top", Type::Id, required, "The largest supplier.", "最大供应者。"),
        column!("top_mean", NUMBER, "Its share: mean.", "其份额：均值。"),
        column!("top_q05", NUMBER, "Its share: 5 % quantile.", "其份额：5% 分位数。"),
        column!("top_q50", NUMBER, "Its share: median.", "其份额：中位数。"),
        column!("top_q95", NUMBER, "Its share: 95 % quantile.", "其份额：95% 分位数。"),
        column!("unnamed", SHARE, "Mean share of suppliers that no one named.", "未具名供应者的平均份额。"),
    ],
};

pub(super) static DENIAL: Table = Table {
    name: "denial",
    en: "Loss of the target when the sender, or a named coalition, withholds an input and all below it; leontief: share lost at the worst input, in fixed proportions; cost: share of its own sales that the sender would lose.",
    zh: "发起者（或具名联盟）断供某投入品及其上游时对象的损失；leontief 为固定投入比例下最严重投入品的损失份额；cost 为发起者自身销售的损失份额。",
    key: &[],
    columns: &[
        SENDER,
        TARGET,
        column!(
            "layer",
            Type::Id,
            "The layer; empty for the final products together.",
            "产业层次；留空指最终产品整体。"
        ),
        column!(
            "input",
            Type::Id,
            "The input; empty for all outputs of a layer, or the final products together.",
            "投入品；留空指某层次的全部产出或最终产品整体。"
        ),
        YEAR,
        MEAN,
        Q05,
        Q50,
        Q95,
        column!("leontief_mean", NUMBER, "Leontief: mean.", "里昂惕夫：均值。"),
        column!("leontief_q05", NUMBER, "Leontief: 5 % quantile.", "里昂惕夫：5% 分位数。"),
        column!("leontief_q50", NUMBER, "Leontief: median.", "里昂惕夫：中位数。"),
        column!("leontief_q95", NUMBER, "Leontief: 95 % quantile.", "里昂惕夫：95% 分位数。"),
        column!(
            "cost_mean",
            NUMBER,
            "Cost to the sender: mean; empty if unknown.",
            "发起者的代价：均值；未知则留空。"
        ),
        column!("cost_q05", NUMBER, "Cost to the sender: 5 % quantile.", "发起者的代价：5% 分位数。"),
        column!("cost_q50", NUMBER, "Cost to the sender: median.", "发起者的代价：中位数。"),
        column!("cost_q95", NUMBER, "Cost to the sender: 95 % quantile.", "发起者的代价：95% 分位数。"),
    ],
};

pub(super) static PATHS: Table = Table {
    name: "paths",
    en: "At which inputs a sender's hold over a target sits, how much of it comes through third parties, and along which path.",
    zh: "发起者对对象的制约落在哪些投入品，其中多少经由第三方，沿何路径传导。",
    key: &["sender", "target", "input", "year"],
    columns: &[
        SENDER,
        TARGET,
        INPUT,
        YEAR,
        column!(
            "contribution",
            SHARE,
            required,
            "Mean share of the log-loss over the final products.",
            "占最终产品对数损失的平均份额。"
        ),
        column!(
            "indirect",
            SHARE,
            required,
            "Mean share of that which arrives through products that others than the target make.",
            "其中随对象以外各方所制产品传导的平均份额。"
        ),
        column!(
            "path",
            Type::Text,
            required,
            "The way that carries most, from the input to a final product.",
            "传导最多的路径，自投入品至最终产品。"
        ),
        column!(
            "through",
            Type::Text,
            "For each later step its largest supplier other than the sender; - where there is none.",
            "其后各步除发起者外的最大供应者；无则记 -。"
        ),
    ],
};

pub(super) static SPECIFICATIONS: Table = Table {
    name: "specifications",
    en: "Readings of the coalitional game: base follows the study's options, the others are its grid.",
    zh: "联盟博弈的各种设定：base 依研究选项，其余为网格组合。",
    key: &["specification"],
    columns: &[
        SPECIFICATION,
        column!(
            "tau_low",
            SHARE,
            required,
            "Least share at which a coalition sustains an input.",
            "联盟维持投入品所需份额的下限。"
        ),
        column!(
            "tau_high",
            SHARE,
            required,
            "Greatest such share; drawn between the two.",
            "该份额的上限；在两者之间抽取。"
        ),
        column!("subtypes", Type::Id, required, "What sub-types mean.", "子类的含义。"),
        column!(
            "blocs",
            Type::Id,
            required,
            "Whether members of a bloc act as one.",
            "集团成员是否一致行动。"
        ),
        column!("without", Type::Ids, "Inputs left out.", "剔除的投入品。"),
    ],
};

pub(super) static COALITIONS: Table = Table {
    name: "coalitions",
    en: "Weight of each supplier in the game of sustaining the production graph, under each specification: Banzhaf's index (mean to q95), Shapley and Shubik's, and vetoes.",
    zh: "各设定下各供应者在维持生产图谱的联盟博弈中的权重：班扎夫指数（mean 至 q95）、夏普利—舒比克指数与否决权。",
    key: &["specification", "actor", "year"],
    columns: &[
        SPECIFICATION,
        ACTOR,
        YEAR,
        column!(
            "veto",
            SHARE,
            "Probability that all others together cannot do without it.",
            "其余各方联合仍离不开它的概率。"
        ),
        column!(
            "certain",
            WHOLE,
            "1 if it has a veto whatever the uncertain shares are within their bounds.",
            "无论不确定份额在界内取何值均有否决权则为 1。"
        ),
        column!(
            "possible",
            WHOLE,
            "1 if it has a veto for some shares within their bounds.",
            "份额在界内取某些值时有否决权则为 1。"
        ),
        MEAN,
        Q05,
        Q50,
        Q95,
        column!("shapley_mean", NUMBER, "Shapley and Shubik's index: mean.", "夏普利—舒比克指数：均值。"),
        column!(
            "shapley_q05",
            NUMBER,
            "Shapley and Shubik's index: 5 % quantile.",
            "夏普利—舒比克指数：5% 分位数。"
        ),
        column!("shapley_q50", NUMBER, "Shapley and Shubik's index: median.", "夏普利—舒比克指数：中位数。"),
        column!(
            "shapley_q95",
            NUMBER,
            "Shapley and Shubik's index: 95 % quantile.",
            "夏普利—舒比克指数：95% 分位数。"
        ),
        column!(
            "error",
            NUMBER,
            "Largest standard error of the indices in a single draw; 0 where all coalitions were counted.",
            "单次抽样中指数的最大标准误；遍历全部联盟时为 0。"
        ),
    ],
};

pub(super) static VETOES: Table = Table {
    name: "vetoes",
    en: "In how many specifications of the grid a supplier has a veto (of the study's own where there is no grid).",
    zh: "供应者在多少种网格设定下拥有否决权（无网格时仅计研究自身设定）。",
    key: &["actor", "year"],
    columns: &[
        ACTOR,
        YEAR,
        column!("specifications", WHOLE, required, "Number of specifications.", "设定总数。"),
        column!(
            "certain",
            WHOLE,
            required,
            "In how many it has a veto whatever the uncertain shares are.",
            "无论不确定份额如何均有否决权的设定数。"
        ),
        column!(
            "likely",
            WHOLE,
            required,
            "In how many it has one in at least 95 % of draws.",
            "至少 95% 抽样中有否决权的设定数。"
        ),
        column!(
            "even",
            WHOLE,
            required,
            "In how many it has one in at least half of the draws.",
            "至少半数抽样中有否决权的设定数。"
        ),
        column!(
            "possible",
            WHOLE,
            required,
            "In how many it has one for some shares.",
            "份额取某些值时有否决权的设定数。"
        ),
        column!(
            "probability",
            SHARE,
            required,
            "Mean probability over the specifications.",
            "各设定下概率的均值。"
        ),
    ],
};

pub(super) static CUTS: Table = Table {
    name: "cuts",
    en: "Minimal coalitions: those without whom the others cannot sustain the graph (denial), and those that sustain it alone (sufficient). A draw counts the 500 smallest of each kind.",
    zh: "极小联盟：缺之则他方无法维持图谱（denial），或可独力维持（sufficient）；每次抽样各计最小的 500 个。",
    key: &["specification", "kind", "coalition", "year"],
    columns: &[
        SPECIFICATION,
        column!(
            "kind",
            Type::Choice(&["denial", "sufficient"]),
            required,
            "What the coalition can do.",
            "联盟的能力。"
        ),
        column!("coalition", Type::Text, required, "Its members, joined by +.", "成员，以 + 相连。"),
        YEAR,
        column!("size", WHOLE, required, "Number of members.", "成员数。"),
        column!(
            "probability",
            SHARE,
            required,
            "Share of draws in which it is minimal.",
            "其为极小联盟的抽样比例。"
        ),
    ],
};

pub(super) static ALLIANCES: Table = Table {
    name: "alliances",
    en: "What the coalitions that the study names can do, under each specification.",
    zh: "研究所列联盟在各设定下的能力。",
    key: &["specification", "alliance", "year"],
    columns: &[
        SPECIFICATION,
        column!("alliance", Type::Text, required, "Its name.", "名称。"),
        column!(
            "members",
            Type::Text,
            required,
            "Those of its members that supply something, joined by +.",
            "其中有供给的成员，以 + 相连。"
        ),
        YEAR,
        column!(
            "denies",
            SHARE,
            required,
            "Probability that the others cannot sustain the graph without it.",
            "缺之则他方无法维持图谱的概率。"
        ),
        column!(
            "sustains",
            SHARE,
            required,
            "Probability that it sustains the graph alone.",
            "其可独力维持图谱的概率。"
        ),
    ],
};

pub(super) static CHOKEPOINTS: Table = Table {
    name: "chokepoints",
    en: "Inputs at which one supplier can stop the whole graph, under the study's own specification.",
    zh: "研究自身设定下，单一供应者可使整个图谱停摆的投入品。",
    key: &["actor", "input", "year"],
    columns: &[
        ACTOR,
        INPUT,
        YEAR,
        column!("probability", SHARE, required, "Share of draws in which it can.", "其可做到的抽样比例。"),
    ],
};

pub(super) static EXTRACTION: Table = Table {
    name: "extraction",
    en: "Gross output lost if a share of the sender's deliveries to the target's sectors is withheld, in the unit of the transactions. No forecast: on the side of demand, \
         what is withheld is taken to be replaced from outside the table at the same price, which a table of the world does not have (Dietzenbacher, van Burken & Kondo 2019); \
         on the side of supply, inputs are taken for perfect substitutes of each other (Oosterhaven 1988; Gruver 1989).",
    zh: "发起者对目标各部门的供货按某一份额断供时损失的总产出，单位同交易表。并非预测：需求侧假定被断供之物能以同样价格从表外补足，而全球表并无表外（Dietzenbacher、van Burken 与 Kondo 2019）；供给侧假定各投入可完全互相替代（Oosterhaven 1988；Gruver 1989）。",
    key: &["sender", "target", "year", "side", "share_withheld"],
    columns: &[
        column!("sender", Type::Id, required, "Who withholds.", "断供者。"),
        column!(
            "target",
            Type::Id,
            required,
            "From whom; * is all others together, with deliveries cut in both directions.",
            "对象；* 指其余各方，双向断供。"
        ),
        YEAR,
        column!(
            "side",
            Type::Choice(&["demand", "supply"]),
            required,
            "demand: Leontief, sales are lost, first to the sender; supply: Ghosh, inputs are lost, first to the target.",
            "demand：里昂惕夫模型，损失销售，先及断供者；supply：高希模型，损失投入，先及对象。"
        ),
        column!(
            "share_withheld",
            SHARE,
            required,
            "Share of the deliveries that is withheld and does not leak: the ends of what the options allow.",
            "断供且未外泄的份额：选项所容许区间的两端。"
        ),
        column!("target_loss", NUMBER, "Output the target loses.", "对象损失的产出。"),
        column!("target_loss_share", NUMBER, "As a share of its output.", "占其产出的份额。"),
        column!("sender_loss", NUMBER, "Output the sender loses.", "断供者损失的产出。"),
        column!("sender_loss_share", NUMBER, "As a share of its output.", "占其产出的份额。"),
        column!("world_loss_share", NUMBER, "Share of all output that is lost.", "损失占全部产出的份额。"),
        column!(
            "target_value_added_loss",
            NUMBER,
            "Value added the target loses (output less purchases from sectors, at fixed shares); empty on the side of supply, where it is given.",
            "对象损失的增加值（产出减去向各部门的购买，份额固定）；供给侧为给定值，故留空。"
        ),
        column!(
            "target_value_added_loss_share",
            NUMBER,
            "As a share of its value added.",
            "占其增加值的份额。"
        ),
    ],
};

pub(super) static LOOK_THROUGH: Table = Table {
    name: "look_through",
    en: "The supplier's part in all production that goes into the user's final products, at any distance; the parts of all suppliers sum to one, the user among them.",
    zh: "供应者在使用者最终产品全部上游生产中的份额，不论远近；各供应者（含使用者自身）之和为一。",
    key: &["supplier", "user", "year"],
    columns: &[
        column!("supplier", Type::Id, required, "Who supplies.", "供应者。"),
        column!("user", Type::Id, required, "Whose final products.", "最终产品的生产者。"),
        YEAR,
        column!(
            "face_value",
            NUMBER,
            "The part of direct deliveries, and of the final products themselves.",
            "直接供货（及最终产品自身）的份额。"
        ),
        column!("look_through", NUMBER, "The part at any distance.", "不论远近的份额。"),
        column!(
            "hidden",
            NUMBER,
            "The difference: what comes at further steps, through third parties or the two's own other sectors.",
            "两者之差：经由第三方或双方自身其他部门间接而来的份额。"
        ),
    ],
};

pub(super) static FORWARD: Table = Table {
    name: "forward",
    en: "The buyer's part in all production into which the seller's primary inputs go, at any distance (Ghosh); implausible of quantities (Oosterhaven 1988), sound of prices (Dietzenbacher 1997).",
    zh: "出售者的初始投入所进入的全部下游生产中购买者的份额，不论远近（高希模型）；作数量解释不可信（Oosterhaven 1988），作价格解释成立（Dietzenbacher 1997）。",
    key: &["seller", "buyer", "year"],
    columns: &[
        column!("seller", Type::Id, required, "Who sells.", "出售者。"),
        column!("buyer", Type::Id, required, "Who buys.", "购买者。"),
        YEAR,
        column!(
            "face_value",
            NUMBER,
            "The part of direct deliveries, and of the seller's own products.",
            "直接供货（及出售者自身产品）的份额。"
        ),
        column!("look_through", NUMBER, "The part at any distance.", "不论远近的份额。"),
        column!(
            "hidden",
            NUMBER,
            "The difference: what goes on at further steps, through third parties or the two's own other sectors.",
            "两者之差：经由第三方或双方自身其他部门间接流向的份额。"
        ),
    ],
};

const SUBJECT: Column = column!(
    "subject",
    Type::Choice(&["supplier", "input"]),
    required,
    "Whether suppliers or inputs are compared.",
    "所比较的是供应者还是投入品。"
);
const MEASURE: Column = column!(
    "measure",
    Type::Id,
    required,
    "Baseline measure of topology: out_strength, betweenness, eigenvector, pagerank, or min_cut (edges to be cut to part it from the final products).",
    "拓扑基准指标：out_strength（出强度）、betweenness（中介中心性）、eigenvector（特征向量中心性）、pagerank（网页排名值）或 min_cut（使其与最终产品隔断须切断的边数）。"
);

pub(super) static BASELINES: Table = Table {
    name: "baselines",
    en: "Baseline: topology of suppliers and inputs beside loss under denial, to see where the two disagree; topology enters nothing else.",
    zh: "基准：供应者与投入品的拓扑指标与断供损失对照，以见二者分歧；拓扑指标不参与其他计算。",
    key: &["subject", "id", "year", "measure"],
    columns: &[
        SUBJECT,
        column!("id", Type::Id, required, "The supplier or input.", "供应者或投入品。"),
        YEAR,
        MEASURE,
        column!("value", NUMBER, required, "Its value.", "指标值。"),
        column!("rank", WHOLE, required, "Rank by it, 1 for the largest.", "按该指标的名次，最大者为 1。"),
        column!(
            "denial",
            NUMBER,
            required,
            "Loss under denial: mean exposure of the ranked actors to the supplier, or mean log-loss that the supplier with the strongest hold adds at the input.",
            "断供损失：参评行为体对该供应者的平均暴露度，或制约最强的供应者断供该投入品所增加的平均对数损失。"
        ),
        column!(
            "denial_rank",
            WHOLE,
            required,
            "Rank by it, 1 for the largest.",
            "按断供损失的名次，最大者为 1。"
        ),
    ],
};

pub(super) static AGREEMENT: Table = Table {
    name: "agreement",
    en: "Spearman's rank correlation of measures of topology with loss under denial.",
    zh: "拓扑指标与断供损失的斯皮尔曼等级相关。",
    key: &["subject", "measure", "year"],
    columns: &[
        SUBJECT,
        MEASURE,
        YEAR,
        column!("count", WHOLE, required, "How many are compared.", "比较的个数。"),
        column!(
            "spearman",
            NUMBER,
            "Rank correlation, -1 to 1; empty if one side does not vary.",
            "等级相关系数，-1 至 1；一方无变化则留空。"
        ),
    ],
};

pub(super) static POTENTIAL: Table = Table {
    name: "potential",
    en: "Potential: geometric mean of the sources a type draws on, times exposure; 0 to 100.",
    zh: "潜在权力：该类型所依赖来源的几何均值乘以暴露度，0 至 100。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(super) static EXERCISE: Table = Table {
    name: "exercise",
    en: "Exercise: weighted number of acts up to the end of the year.",
    zh: "行使：截至当年年底的加权行为数。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(super) static RELIANCE: Table = Table {
    name: "reliance",
    en: "Reliance: shares of types in an actor's acts up to the end of the year, absolute and comparative.",
    zh: "倚重：截至当年年底各类型在行为体行为中的份额，含绝对与比较两种口径。",
    key: &["actor", "power", "year"],
    columns: &[
        ACTOR,
        POWER,
        YEAR,
        column!("acts", WHOLE, required, "Number of acts, unweighted.", "行为数，未加权。"),
        column!("share_mean", NUMBER, "Share: mean.", "份额：均值。"),
        column!("share_q05", NUMBER, "Share: 5 % quantile.", "份额：5% 分位数。"),
        column!("share_q50", NUMBER, "Share: median.", "份额：中位数。"),
        column!("share_q95", NUMBER, "Share: 95 % quantile.", "份额：95% 分位数。"),
        column!("rca_mean", NUMBER, "Balassa index: mean.", "巴拉萨指数：均值。"),
        column!("rca_q05", NUMBER, "Balassa index: 5 % quantile.", "巴拉萨指数：5% 分位数。"),
        column!("rca_q50", NUMBER, "Balassa index: median.", "巴拉萨指数：中位数。"),
        column!("rca_q95", NUMBER, "Balassa index: 95 % quantile.", "巴拉萨指数：95% 分位数。"),
        column!(
            "probability_above_one",
            SHARE,
            "Probability that the Balassa index exceeds 1.",
            "巴拉萨指数大于 1 的概率。"
        ),
        column!(
            "probability_leading",
            SHARE,
            "Probability that it is the actor's leading type.",
            "为该行为体首要类型的概率。"
        ),
        column!(
            "probability_first",
            SHARE,
            "Probability that no other actor exercises this type more.",
            "该行为体行使此类权力居首的概率。"
        ),
    ],
};

pub(super) static IMPLIED: Table = Table {
    name: "implied",
    en: "The scarcity corollary: probability that an actor's scarcest source implies a type; none: it implies nothing.",
    zh: "稀缺推论：行为体最稀缺来源蕴含某类型的概率；none 指不蕴含任何类型。",
    key: &["actor", "power", "year", "basis"],
    columns: &[
        ACTOR,
        POWER,
        YEAR,
        column!(
            "basis",
            Type::Choice(&["relative", "rank"]),
            required,
            "How sources are made comparable.",
            "来源之间的可比口径。"
        ),
        column!("scarcest_source", Type::Id, "The source most often the scarcest.", "最常为最稀缺者的来源。"),
        column!(
            "scarcest_probability",
            SHARE,
            "Probability that it is the scarcest.",
            "该来源最稀缺的概率。"
        ),
        PROBABILITY,
    ],
};

pub(super) static COROLLARY: Table = Table {
    name: "corollary",
    en: "Agreement of implied types with observed reliance, against chance and a base-rate forecast.",
    zh: "蕴含类型与观察到的倚重之间的一致性，并与随机及基准率预测比较。",
    key: &["basis", "year"],
    columns: &[
        column!(
            "basis",
            Type::Choice(&["relative", "rank"]),
            required,
            "How sources are made comparable.",
            "来源之间的可比口径。"
        ),
        YEAR,
        column!("actors", WHOLE, required, "Number of actors compared.", "参与比较的行为体数。"),
        column!("agreement_mean", NUMBER, "Agreement rate: mean.", "一致率：均值。"),
        column!("agreement_q05", NUMBER, "Agreement rate: 5 % quantile.", "一致率：5% 分位数。"),
        column!("agreement_q50", NUMBER, "Agreement rate: median.", "一致率：中位数。"),
        column!("agreement_q95", NUMBER, "Agreement rate: 95 % quantile.", "一致率：95% 分位数。"),
        column!("kappa_mean", NUMBER, "Cohen's kappa: mean.", "科恩 kappa：均值。"),
        column!("kappa_q05", NUMBER, "Cohen's kappa: 5 % quantile.", "科恩 kappa：5% 分位数。"),
        column!("kappa_q50", NUMBER, "Cohen's kappa: median.", "科恩 kappa：中位数。"),
        column!("kappa_q95", NUMBER, "Cohen's kappa: 95 % quantile.", "科恩 kappa：95% 分位数。"),
        column!("chance_mean", NUMBER, "Agreement expected by chance: mean.", "随机期望一致率：均值。"),
        column!(
            "above_chance",
            SHARE,
            "Probability that agreement exceeds chance.",
            "一致率高于随机期望的概率。"
        ),
        column!(
            "log_score",
            NUMBER,
            "Expected log score per actor of the implied types.",
            "蕴含类型的人均期望对数评分。"
        ),
        column!(
            "base_score",
            NUMBER,
            "The same for a forecast from the other actors.",
            "以其他行为体为据的预测之同一评分。"
        ),
    ],
};

pub(super) static CLAIMS: Table = Table {
    name: "claims",
    en: "Claims with their verdicts.",
    zh: "论断及其判定。",
    key: &["claim"],
    columns: &[
        column!("claim", Type::Id, required, "Id of the claim.", "论断编号。"),
        column!("section", Type::Text, "Section of the argument.", "论证所在章节。"),
        column!("kind", Type::Text, required, "figure, inference or proposition.", "数据、推论或命题。"),
        column!(
            "verdict",
            Type::Text,
            required,
            "supported, contested, unsupported or not-testable.",
            "判定。"
        ),
        PROBABILITY,
        MEAN,
        Q05,
        Q50,
        Q95,
        column!(
            "test",
            Type::Text,
            required,
            "How the number is held against the threshold.",
            "与阈值的比较方式。"
        ),
        column!("threshold", NUMBER, required, "The threshold.", "阈值。"),
        column!("numbers", WHOLE, required, "How many numbers the query returned.", "查询返回的数值个数。"),
        column!("en", Type::Text, required, "The sentence in English.", "论断（英文）。"),
        column!("zh", Type::Text, required, "The sentence in Chinese.", "论断（中文）。"),
    ],
};

pub(super) static CLAIM_ROWS: Table = Table {
    name: "claim_rows",
    en: "The rows on which each claim rests, one cell a row.",
    zh: "各论断所依据的行，每个单元格一行。",
    key: &["claim", "row", "column"],
    columns: &[
        column!("claim", Type::Id, required, "Id of the claim.", "论断编号。"),
        column!("row", WHOLE, required, "Number of the row, from 1.", "行号，自 1 起。"),
        column!("column", Type::Text, required, "Name of the column.", "列名。"),
        column!("value", Type::Text, "The cell.", "单元格内容。"),
    ],
};

pub(super) static NOTES: Table = Table {
    name: "notes",
    en: "Doubts about data, options and results.",
    zh: "关于数据、选项与结果的提示。",
    key: &[],
    columns: &[
        column!(
            "severity",
            Type::Choice(&["info", "warning", "error"]),
            required,
            "How much it matters.",
            "严重程度。"
        ),
        column!("kind", Type::Id, required, "What it is about.", "类别。"),
        column!("stage", Type::Text, "The stage that raised it.", "提出的阶段。"),
        column!("where", Type::Text, "File, row and column.", "文件、行与列。"),
        column!("message", Type::Text, required, "What is the matter.", "问题（英文）。"),
        column!("hint", Type::Text, "How to mend it.", "如何修正（英文）。"),
        column!("message_zh", Type::Text, "What is the matter, in Chinese.", "问题。"),
        column!("hint_zh", Type::Text, "How to mend it, in Chinese.", "如何修正。"),
    ],
};

pub(super) static SCORES_DRAWS: Table = Table {
    name: "scores_draws",
    en: "Source strengths of the headline year, draw by draw.",
    zh: "主要年份的来源强度，逐次抽样。",
    key: &["actor", "node", "draw"],
    columns: &[ACTOR, NODE, DRAW, column!("score", NUMBER, required, "Score.", "得分。")],
};

pub(super) static RELIANCE_DRAWS: Table = Table {
    name: "reliance_draws",
    en: "Reliance at the end of the headline year, draw by draw.",
    zh: "主要年份年底的倚重，逐次抽样。",
    key: &["actor", "power", "draw"],
    columns: &[
        ACTOR,
        POWER,
        DRAW,
        column!("share", NUMBER, required, "Share in the actor's acts.", "在行为体行为中的份额。"),
        column!("rca", NUMBER, required, "Balassa index.", "巴拉萨指数。"),
        column!("exercise", NUMBER, required, "Weighted number of acts.", "加权行为数。"),
    ],
};

pub(super) static POTENTIAL_DRAWS: Table = Table {
    name: "potential_draws",
    en: "Exposure and potential among focal actors in the headline year, draw by draw.",
    zh: "主要年份重点行为体之间的暴露度与潜在权力，逐次抽样。",
    key: &["sender", "target", "power", "draw"],
    columns: &[
        SENDER,
        TARGET,
        POWER,
        DRAW,
        column!("exposure", NUMBER, required, "Exposure.", "暴露度。"),
        column!("potential", NUMBER, required, "Potential.", "潜在权力。"),
    ],
};

const PRODUCT: Column = column!("product", Type::Id, required, "Product.", "产品。");
const PRODUCT_OR_ALL: Column = column!(
    "product",
    Type::Id,
    required,
    "Product; all is all products together.",
    "产品；all 指全部产品之和。"
);

pub(super) static DEPENDENCE: Table = Table {
    name: "dependence",
    en: "Dependence of importers on foreign supply of a product, by the four criteria of GeoDep with the thresholds of the study; flows within a bloc do not count. Flags are 1 or 0, empty if unknown.",
    zh: "进口方对某产品外部供给的依赖，按 GeoDep 的四项标准与研究所定阈值；集团内部流量不计。标记为 1 或 0，未知留空。",
    key: &["importer", "product", "year"],
    columns: &[
        column!("importer", Type::Id, required, "Importing state or bloc.", "进口国或集团。"),
        PRODUCT,
        YEAR,
        column!(
            "import_hhi",
            SHARE,
            required,
            "Herfindahl index of the sources of its imports.",
            "进口来源的赫芬达尔指数。"
        ),
        column!("top_source", Type::Id, required, "The largest source.", "最大进口来源。"),
        column!("top_share", SHARE, required, "Share of the largest source.", "最大来源的份额。"),
        column!(
            "world_hhi",
            SHARE,
            required,
            "Herfindahl index of exporters in world exports.",
            "世界出口中各出口方的赫芬达尔指数。"
        ),
        column!(
            "import_export_ratio",
            NUMBER,
            "Imports over exports; empty if there are no exports, and the ratio has no bound, or if they are unknown.",
            "进口与出口之比；无出口（比值无上界）或出口未知时留空。"
        ),
        column!("concentrated", SHARE, required, "Imports are concentrated.", "进口来源集中。"),
        column!("world_concentrated", SHARE, required, "World exports are concentrated.", "世界出口集中。"),
        column!(
            "unsubstitutable",
            SHARE,
            "Imports exceed what is exported and could be kept.",
            "进口超过可转作自用的出口，不可替代。"
        ),
        column!(
            "persistent",
            SHARE,
            "The three held together in enough years of the window.",
            "窗口期内三项同时成立的年数足够。"
        ),
        column!(
            "dependent",
            SHARE,
            "The three hold in this year and are persistent.",
            "当年三项均成立且具有持续性。"
        ),
    ],
};

pub(super) static CORENESS: Table = Table {
    name: "coreness",
    en: "Centre and periphery of networks of trade: coreness after Borgatti and Everett, and the profile of Della Rossa, Dercole and Piccardi.",
    zh: "贸易网络的中心与外围：博加蒂与埃弗里特的核心度，以及德拉罗萨、德科莱与皮卡尔迪的核心—外围剖面。",
    key: &["actor", "year", "product"],
    columns: &[
        ACTOR,
        YEAR,
        PRODUCT_OR_ALL,
        column!(
            "coreness",
            SHARE,
            "Coreness on the logarithm of one plus the value; 1 is the most central.",
            "对 1 加金额取对数所得的核心度；最核心者为 1。"
        ),
        column!("fit", NUMBER, "Correlation of the network with the model.", "网络与模型的相关系数。"),
        column!(
            "alpha",
            SHARE,
            "Persistence of a walk among the actor and all more peripheral ones.",
            "随机游走停留于该行为体与更外围者之中的概率。"
        ),
        column!(
            "cp_centralisation",
            NUMBER,
            "Core-periphery centralisation of the network; 1 is a star.",
            "网络的核心—外围集中度；星形网络为 1。"
        ),
    ],
};

pub(super) static TOPOLOGY: Table = Table {
    name: "topology",
    en: "Baseline: measures of the topology of networks of trade, to hold exposures against; none of them says who could deny what to whom.",
    zh: "基准：贸易网络的拓扑指标，供与暴露度对照；这些指标均不表示谁能对谁断供。",
    key: &["measure", "actor", "year", "product"],
    columns: &[
        column!(
            "measure",
            Type::Text,
            required,
            "Baseline measure: export_share, import_share, betweenness, eigenvector, pagerank or articulation.",
            "基准指标：export_share（出口份额）、import_share（进口份额）、betweenness（中介中心性）、eigenvector（特征向量中心性）、pagerank（网页排名值）或 articulation（割点）。"
        ),
        ACTOR,
        YEAR,
        PRODUCT_OR_ALL,
        column!("value", NUMBER, required, "Value of the measure.", "指标值。"),
    ],
};

pub(super) static CODINGS: Table = Table {
    name: "codings",
    en: "Events as coded from texts: a row for each sender of an event.",
    zh: "由文本编码所得的事件：每一事件的每一发起者一行。",
    key: &["document", "event", "sender"],
    columns: &[
        column!("document", Type::Text, required, "The document that tells it.", "述及该事件的文献。"),
        column!(
            "event",
            Type::Text,
            required,
            "Id of the event; joint senders share it.",
            "事件编号；联合发起者共用。"
        ),
        column!(
            "sender",
            Type::Id,
            "Who acts; empty if the text does not tell.",
            "发起者；文中未述及则留空。"
        ),
        column!(
            "targets",
            Type::Ids,
            "Ids separated by |; * is everyone, - is no one.",
            "以 | 分隔的编号；* 指所有行为体，- 指无对象。"
        ),
        column!("instrument", Type::Id, required, "Instrument of the codebook.", "编码手册中的工具。"),
        column!("layer", Type::Id, required, "Layer of the codebook.", "编码手册中的产业层次。"),
        column!("power", Type::Id, required, "Type of power, or none.", "权力类型，或 none。"),
        column!("mode", Type::Id, required, "Mode of the codebook.", "编码手册中的行为方式。"),
        column!(
            "confidence",
            SHARE,
            "Probability that event, type and sender are right.",
            "事件、类型与发起者均正确的概率。"
        ),
        column!("evidence", Type::Text, required, "The words that show the act.", "表明该行为的原文。"),
        column!(
            "evidence_start",
            WHOLE,
            required,
            "First Unicode code point of the evidence, from 0.",
            "原文首个 Unicode 码位的位置，自 0 起。"
        ),
        column!("evidence_end", WHOLE, required, "One past its last code point.", "原文末个码位之后的位置。"),
        column!("rule", Type::Text, required, "What decided.", "判定依据。"),
        column!(
            "evidence_in",
            Type::Choice(&["title", "text"]),
            required,
            "Where it stands and its code points are counted.",
            "原文所在及码位计数的起点：标题或正文。"
        ),
    ],
};
