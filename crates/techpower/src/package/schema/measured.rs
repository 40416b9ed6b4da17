//! Schemas of source strengths: scores and ranks, what they depend on, how they come about.

use super::{ACTOR, DRAW, MEAN, PROBABILITY, Q05, Q50, Q95, WHOLE, YEAR};
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

const NODE: Column = column!("node", Type::Id, required, "Node of the hierarchy.", "指标层级节点。");
const FACTOR: Column = column!("factor", Type::Id, required, "Factor of uncertainty.", "不确定因素。");

pub(crate) static SCORES: Table = Table {
    name: "scores",
    en: "Scores of every actor, year and node on the scale of the recipe; nominal is the recipe as stated, nothing varied.",
    zh: "各行为体、年份与节点在计算方案的标尺上的得分；nominal 为基准方案、不作任何变动的结果。",
    key: &["actor", "year", "node"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("level", WHOLE, required, "1 for indicators.", "指标为 1。"),
        column!("nominal", NUMBER, "Score of the recipe as stated.", "基准方案的得分。"),
        MEAN,
        Q05,
        Q50,
        Q95,
    ],
};

pub(crate) static RANKS: Table = Table {
    name: "ranks",
    en: "Rank acceptability: probability of each rank in each source.",
    zh: "位次可接受度：各来源上取得各位次的概率。",
    key: &["actor", "year", "node", "rank"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "基准方案的位次。"),
        column!("rank", WHOLE, required, "Rank; ties share the smallest.", "位次；并列取最小位次。"),
        PROBABILITY,
    ],
};

pub(crate) static STANDINGS: Table = Table {
    name: "standings",
    en: "Ranks over all that varies, against the rank of the recipe as stated; shift is the mean rank less the nominal one.",
    zh: "各项变动之下的位次，与基准位次对照；shift 为平均位次减去基准位次。",
    key: &["actor", "year", "node"],
    columns: &[
        ACTOR,
        YEAR,
        NODE,
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "基准方案的位次。"),
        column!("mean_rank", NUMBER, "Mean rank.", "平均位次。"),
        column!("q05", WHOLE, "Rank that it reaches or betters in 5 % of cases.", "位次的 5% 分位数。"),
        column!("q50", WHOLE, "Median rank.", "位次的中位数。"),
        column!("q95", WHOLE, "Rank that it reaches or betters in 95 % of cases.", "位次的 95% 分位数。"),
        column!("shift", NUMBER, "Mean rank less nominal rank.", "平均位次减去基准位次。"),
        column!("first", SHARE, "Probability of being first.", "居首的概率。"),
    ],
};

pub(crate) static PAIRWISE: Table = Table {
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

pub(crate) static PROFILE: Table = Table {
    name: "profile",
    en: "Within-actor profile in the headline year: each source relative to the mean of all ranked actors.",
    zh: "主要年份的行为体内部构成：各来源相对于全部参评行为体的均值。",
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

pub(crate) static FACTORS: Table = Table {
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

pub(crate) static SENSITIVITY: Table = Table {
    name: "sensitivity",
    en: "Share of the variance that a factor explains alone (first) and with its interactions (total), with 90 % intervals, in the headline year; target * is the mean absolute change of ranks, else the actor's score.",
    zh: "主要年份各因素单独（first）及连同交互作用（total）解释的方差份额，附 90% 区间；target 为 * 指位次平均绝对变动，否则为该行为体的得分。",
    key: &["node", "target", "factor"],
    columns: &[
        NODE,
        column!("target", Type::Id, required, "Actor, or * for all ranks.", "行为体；* 指全部位次。"),
        FACTOR,
        column!("first", NUMBER, "First-order index.", "一阶指数。"),
        column!("first_low", NUMBER, "Lower end of its interval.", "区间下限。"),
        column!("first_high", NUMBER, "Upper end of its interval.", "区间上限。"),
        column!("total", NUMBER, "Total index.", "总指数。"),
        column!("total_low", NUMBER, "Lower end of its interval.", "区间下限。"),
        column!("total_high", NUMBER, "Upper end of its interval.", "区间上限。"),
    ],
};

pub(crate) static SWITCHES: Table = Table {
    name: "switches",
    en: "What one choice made otherwise does to the ranks of the headline year, everything else as stated.",
    zh: "主要年份中只改变一项选择、其余不变时位次的变化。",
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
        column!("nominal_rank", WHOLE, "Rank by the recipe as stated.", "基准方案的位次。"),
        column!("rank", WHOLE, "Rank with the other choice.", "改变选择后的位次。"),
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

pub(crate) static ACCEPTABILITY: Table = Table {
    name: "acceptability",
    en: "SMAA-2: probability of each rank in the headline year when nothing is known of the weights and all else is as stated.",
    zh: "SMAA-2：主要年份中权重完全未知、其余按基准方案时取得各位次的概率。",
    key: &["actor", "node", "rank"],
    columns: &[
        ACTOR,
        NODE,
        column!("rank", WHOLE, required, "Rank; ties share the smallest.", "位次；并列取最小位次。"),
        PROBABILITY,
    ],
};

pub(crate) static CENTRAL_WEIGHTS: Table = Table {
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

pub(crate) static DOMINANCE: Table = Table {
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

pub(crate) static IMPORTANCE: Table = Table {
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

pub(crate) static TREATMENT: Table = Table {
    name: "treatment",
    en: "Treatment of outliers by the recipe as stated: what was done to each indicator, and why.",
    zh: "基准方案的离群值处理：各指标如何处理及原因。",
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

pub(crate) static RECIPE: Table = Table {
    name: "recipe",
    en: "The recipe of the index, key by key, as it stands in study.toml.",
    zh: "指数的计算方案，逐键列出，与 study.toml 一致。",
    key: &["key"],
    columns: &[
        column!("key", Type::Text, required, "Key.", "键。"),
        column!("value", Type::Text, required, "Value.", "值。"),
    ],
};

/// Not part of the results: printed for one actor at a time.
pub(crate) static EXPLANATION: Table = Table {
    name: "explanation",
    en: "How an actor's scores in the headline year come about, from raw values to the roots, by the recipe as stated.",
    zh: "行为体在主要年份的得分如何由原始值逐步得出（按基准方案）。",
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
        column!("denominator", Type::Text, "By what it is divided.", "分母。"),
        column!("denominated", NUMBER, "Value after division.", "除以分母之后的数值。"),
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

pub(crate) static SCORES_DRAWS: Table = Table {
    name: "scores_draws",
    en: "Source strengths of the headline year and of further years that the study asks for, draw by draw.",
    zh: "主要年份及研究所指定其他年份的来源强度，逐次抽样。",
    key: &["actor", "node", "year", "draw"],
    columns: &[ACTOR, NODE, YEAR, DRAW, column!("score", NUMBER, required, "Score.", "得分。")],
};
