//! Schemas of power: potential, exercise, reliance, the scarcity corollary, and draws of the headline year.

use super::{ACTOR, DRAW, MEAN, POWER, PROBABILITY, Q05, Q50, Q95, SENDER, TARGET, WHOLE, YEAR};
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

const BASIS: Column = column!(
    "basis",
    Type::Choice(&["relative", "rank"]),
    required,
    "How sources are made comparable.",
    "来源之间的可比口径。"
);

pub(crate) static POTENTIAL: Table = Table {
    name: "potential",
    en: "Potential: geometric mean of the sources a type draws on, times exposure; 0 to 100.",
    zh: "潜在权力：该类型所依赖来源的几何平均乘以暴露度，0 至 100。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(crate) static EXERCISE: Table = Table {
    name: "exercise",
    en: "Exercise: weighted number of acts up to the end of the year.",
    zh: "行使：截至当年年底的加权行为数。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(crate) static RELIANCE: Table = Table {
    name: "reliance",
    en: "Reliance: shares of types in an actor's acts up to the end of the year, absolute and comparative.",
    zh: "倚重：截至当年年底各类型在行为体行为中的占比，含绝对与比较两种口径。",
    key: &["actor", "power", "year"],
    columns: &[
        ACTOR,
        POWER,
        YEAR,
        column!("acts", WHOLE, required, "Number of acts, unweighted.", "行为数，未加权。"),
        column!("share_mean", NUMBER, "Share: mean.", "占比：均值。"),
        column!("share_q05", NUMBER, "Share: 5 % quantile.", "占比：5% 分位数。"),
        column!("share_q50", NUMBER, "Share: median.", "占比：中位数。"),
        column!("share_q95", NUMBER, "Share: 95 % quantile.", "占比：95% 分位数。"),
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
            "为该行为体居首类型的概率。"
        ),
        column!(
            "probability_first",
            SHARE,
            "Probability that no other actor exercises this type more.",
            "该行为体行使此类权力居首的概率。"
        ),
    ],
};

pub(crate) static IMPLIED: Table = Table {
    name: "implied",
    en: "The scarcity corollary: probability that an actor's scarcest source implies a type; none: it implies nothing.",
    zh: "稀缺推论：行为体最稀缺来源蕴含某类型的概率；none 指不蕴含任何类型。",
    key: &["actor", "power", "year", "basis"],
    columns: &[
        ACTOR,
        POWER,
        YEAR,
        BASIS,
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

/// How a forecast of leading types fared.
macro_rules! outcome {
    ($($head:expr),*) => {
        &[
            $($head,)*
            column!("actors", WHOLE, required, "Number of actors compared.", "参与比较的行为体数。"),
            column!(
                "compared",
                WHOLE,
                required,
                "Number of comparisons: one for each actor, and of several years one for each actor and year.",
                "比较次数：每个行为体一次；合并多年时每个行为体每年一次。"
            ),
            column!("agreement_mean", NUMBER, "Agreement rate: mean.", "一致率：均值。"),
            column!("agreement_q05", NUMBER, "Agreement rate: 5 % quantile.", "一致率：5% 分位数。"),
            column!("agreement_q50", NUMBER, "Agreement rate: median.", "一致率：中位数。"),
            column!("agreement_q95", NUMBER, "Agreement rate: 95 % quantile.", "一致率：95% 分位数。"),
            column!("kappa_mean", NUMBER, "Cohen's kappa: mean.", "科恩 kappa：均值。"),
            column!("kappa_q05", NUMBER, "Cohen's kappa: 5 % quantile.", "科恩 kappa：5% 分位数。"),
            column!("kappa_q50", NUMBER, "Cohen's kappa: median.", "科恩 kappa：中位数。"),
            column!("kappa_q95", NUMBER, "Cohen's kappa: 95 % quantile.", "科恩 kappa：95% 分位数。"),
            column!("chance_mean", NUMBER, "Agreement expected by chance: mean.", "随机期望一致率：均值。"),
            column!("above_chance", SHARE, "Probability that agreement exceeds chance.", "一致率高于随机期望的概率。"),
            column!("log_score", NUMBER, "Expected log score per actor of the implied types.", "蕴含类型的人均期望对数评分。"),
            column!("base_score", NUMBER, "The same for a forecast from the other actors.", "以其他行为体为据的预测之同一评分。"),
            column!(
                "p_dealt",
                SHARE,
                "Share of random deals of the forecasts to the actors that score at least as well.",
                "将各预测随机分派给行为体时，评分不低于实际者所占比例。"
            ),
        ]
    };
}

pub(crate) static COROLLARY: Table = Table {
    name: "corollary",
    en: "Agreement of implied types with observed reliance, against chance and a base-rate forecast.",
    zh: "蕴含类型与观察到的倚重之间的一致性，并与随机及基准预测比较。",
    key: &["basis", "year"],
    columns: outcome!(BASIS, YEAR),
};

pub(crate) static COROLLARY_TRIALS: Table = Table {
    name: "corollary_trials",
    en: "The same with one thing made otherwise; without a year: all years together.",
    zh: "同上，但每次改变一项做法；年份为空表示各年合并。",
    key: &["change", "choice", "basis", "year"],
    columns: outcome!(
        column!(
            "change",
            Type::Choice(&[
                "nothing",
                "indicator",
                "window",
                "comparative",
                "reference",
                "certainty",
                "actor"
            ]),
            required,
            "What is made otherwise: an indicator left out, acts of the year alone, the comparatively leading type, acts of one source, of one certainty or of one actor left out.",
            "所改变者：剔除一个指标、仅计当年行为、改用相对居首的类型、剔除出自同一来源的行为、剔除同一确定程度的行为、剔除一个行为体。"
        ),
        column!("choice", Type::Text, required, "What is left out; - if nothing is.", "所剔除者；- 表示无。"),
        BASIS,
        column!("year", WHOLE, "Year; empty for all years together.", "年份；空表示各年合并。")
    ),
};

pub(crate) static RELIANCE_DRAWS: Table = Table {
    name: "reliance_draws",
    en: "Reliance at the end of the headline year and of further years that the study asks for, draw by draw.",
    zh: "主要年份及研究所指定其他年份年底的倚重，逐次抽样。",
    key: &["actor", "power", "year", "draw"],
    columns: &[
        ACTOR,
        POWER,
        YEAR,
        DRAW,
        column!("share", NUMBER, required, "Share in the actor's acts.", "在行为体行为中的占比。"),
        column!("rca", NUMBER, required, "Balassa index.", "巴拉萨指数。"),
        column!("exercise", NUMBER, required, "Weighted number of acts.", "加权行为数。"),
    ],
};

pub(crate) static POTENTIAL_DRAWS: Table = Table {
    name: "potential_draws",
    en: "Exposure and potential among focal actors in the headline year and in further years that the study asks for, draw by draw.",
    zh: "主要年份及研究所指定其他年份重点行为体之间的暴露度与潜在权力，逐次抽样。",
    key: &["sender", "target", "power", "year", "draw"],
    columns: &[
        SENDER,
        TARGET,
        POWER,
        YEAR,
        DRAW,
        column!("exposure", NUMBER, required, "Exposure.", "暴露度。"),
        column!("potential", NUMBER, required, "Potential.", "潜在权力。"),
    ],
};
