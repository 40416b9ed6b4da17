//! Tables of agreement between coders: their schemas, and how a comparison fills them.

use super::schema::WHOLE;
use super::{Cell, Output};
use crate::code::Figure;
use crate::code::agreement::Comparison;
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

/// Tables of codings against passages that people coded. They are printed and belong to no study.
pub static CODERS: [&Table; 1] = [&CODER_SCORES];

static CODER_SCORES: Table = Table {
    name: "coder_scores",
    en: "How well codings agree with passages that people coded, of which either coding is accepted; passages on whose kind people differ are left out.",
    zh: "编码与人工编码文段的符合程度：有两份人工编码时，符合其一即可；两人对有无事件意见不一的文段不计。",
    key: &["language", "uncertain", "measure"],
    columns: &[
        column!(
            "language",
            Type::Choice(&["all", "en", "zh"]),
            required,
            "Language of the passages.",
            "文段的语言。"
        ),
        column!(
            "uncertain",
            Type::Choice(&["with", "without"]),
            required,
            "With or without passages that people marked as uncertain.",
            "是否计入人工标为存疑的文段。"
        ),
        column!(
            "measure",
            Type::Text,
            required,
            "What is measured: detection of passages with an event; of those found, type of power, instrument, mode, layer, sender (any of joint ones), targets (mean F1 of the sets), whether evidence overlaps, and whether type, sender and layer are all right.",
            "度量：是否检出含事件的文段；在检出者中，权力类型、工具、方式、层次、发起方（联合行为符合其一即可）、对象（集合 F1 的均值）、证据是否重叠，以及类型、发起方与层次是否全部正确。"
        ),
        column!("value", NUMBER, "Value, 0 to 1.", "值，0 至 1。"),
        column!("q05", NUMBER, "5 % quantile over resampled documents.", "文档重抽样的 5% 分位数。"),
        column!("q95", NUMBER, "95 % quantile over resampled documents.", "文档重抽样的 95% 分位数。"),
        column!("passages", WHOLE, required, "Passages it rests on.", "所依据的文段数。"),
    ],
};

/// The table `coder_scores`.
#[must_use]
pub fn judged(figures: &[Figure]) -> Output {
    let mut table = Output::new(&CODER_SCORES);
    for one in figures {
        let tail = [one.q05.into(), one.q95.into(), one.passages.into()];
        let uncertain = if one.with_uncertain { "with" } else { "without" };
        table.push([one.language.into(), uncertain.into(), one.measure.into(), one.value.into()], &tail);
    }
    table
}

const FIELD: Column = column!(
    "field",
    Type::Choice(&[
        "detection",
        "event",
        "power",
        "mode",
        "layer",
        "instrument",
        "sender",
        "targets",
        "evidence"
    ]),
    required,
    "What is compared: whether a document has an event (detection), whether an event of one coder was found by the other (event), a field of events that both found, or the passages marked (evidence).",
    "比较的内容：文档是否有事件（detection）、一方的事件另一方是否也找到（event）、双方都找到的事件的某一字段，或所标证据（evidence）。"
);
const CODERS_COLUMN: Column = column!(
    "coders",
    Type::Text,
    required,
    "The coders, separated by |; the first comes first.",
    "编码者，以 | 分隔，按先后次序。"
);

pub(super) static AGREEMENT_MEASURES: Table = Table {
    name: "agreement_measures",
    en: "Agreement between coders: every pair, and all together if there are more than two, with intervals over resampled documents.",
    zh: "编码者之间的一致性：逐对比较，多于两位时另作整体比较；区间由文档重抽样得出。",
    key: &["field", "coders", "measure"],
    columns: &[
        FIELD,
        CODERS_COLUMN,
        column!(
            "measure",
            Type::Id,
            required,
            "percent, cohen_kappa, fleiss_kappa, gwet_ac1, krippendorff_alpha; alpha_jaccard and alpha_masi of sets; precision, recall and f1 of the second coder against the first; the same of passages that are exactly alike (exact_), overlap by half of their union (iou50_) or at all (partial_); u_alpha (boundaries and types), u_alpha_binary (boundaries), u_alpha_coding (types).",
            "percent（一致率）、cohen_kappa、fleiss_kappa、gwet_ac1、krippendorff_alpha；集合的 alpha_jaccard 与 alpha_masi；第二位对照第一位的 precision（查准率）、recall（查全率）与 f1；证据完全相同（exact_）、交并比不低于一半（iou50_）或有重叠（partial_）时的同类指标；u_alpha（边界与类型）、u_alpha_binary（边界）、u_alpha_coding（类型）。"
        ),
        column!(
            "value",
            NUMBER,
            "Its value; empty if it is not defined on these codings.",
            "指标值；在这些编码上无定义时留空。"
        ),
        column!("q05", NUMBER, "5 % quantile over resampled documents.", "文档重抽样的 5% 分位数。"),
        column!("q50", NUMBER, "Median over resampled documents.", "文档重抽样的中位数。"),
        column!("q95", NUMBER, "95 % quantile over resampled documents.", "文档重抽样的 95% 分位数。"),
        column!(
            "units",
            WHOLE,
            required,
            "Units compared: documents, or events.",
            "参与比较的单元数：文档或事件。"
        ),
        column!(
            "missing",
            WHOLE,
            required,
            "Units of which fewer than two coders say something.",
            "不足两位编码者作出判断的单元数。"
        ),
    ],
};

pub(super) static AGREEMENT_CATEGORIES: Table = Table {
    name: "agreement_categories",
    en: "Agreement on each category: what the second coder found of the first, events that only one of them found included; and specific agreement on events that both found.",
    zh: "各类别的一致性：第二位相对第一位的查准与查全（含仅一方找到的事件），以及双方都找到的事件上的专项一致率。",
    key: &["field", "coders", "category"],
    columns: &[
        FIELD,
        CODERS_COLUMN,
        column!("category", Type::Text, required, "The category.", "类别。"),
        column!(
            "first",
            WHOLE,
            "How often the first coder chose it; empty for more than two coders.",
            "第一位选用的次数；多于两位时留空。"
        ),
        column!("second", WHOLE, "How often the second coder chose it.", "第二位选用的次数。"),
        column!("both", WHOLE, "How often both did.", "双方同时选用的次数。"),
        column!(
            "precision",
            SHARE,
            "Share of the second coder's choices that the first made too.",
            "第二位的选择中第一位亦选者的份额。"
        ),
        column!(
            "recall",
            SHARE,
            "Share of the first coder's choices that the second made too.",
            "第一位的选择中第二位亦选者的份额。"
        ),
        column!("f1", SHARE, "Harmonic mean of the two.", "两者的调和平均。"),
        column!(
            "specific",
            SHARE,
            "Specific agreement: of the ratings beside a rating of this category, the share that is of it too.",
            "专项一致率：与该类别判断并列的其他判断中，同属该类别者的份额。"
        ),
    ],
};

pub(super) static AGREEMENT_CONFUSION: Table = Table {
    name: "agreement_confusion",
    en: "How often two coders chose a pair of categories; an empty cell is an event that this coder did not find.",
    zh: "两位编码者各选某一类别的次数；留空表示该编码者未找到此事件。",
    key: &["field", "coders", "first", "second"],
    columns: &[
        FIELD,
        CODERS_COLUMN,
        column!("first", Type::Text, "What the first coder says.", "第一位的判断。"),
        column!("second", Type::Text, "What the second coder says.", "第二位的判断。"),
        column!("count", WHOLE, required, "How often.", "次数。"),
    ],
};

pub(super) static AGREEMENT_DISAGREEMENTS: Table = Table {
    name: "agreement_disagreements",
    en: "Points on which two coders disagree, with the evidence of each; an empty cell is an event that this coder did not find.",
    zh: "两位编码者的分歧及各自的证据；留空表示该编码者未找到此事件。",
    key: &[],
    columns: &[
        column!("document", Type::Text, required, "The document.", "文档。"),
        CODERS_COLUMN,
        FIELD,
        column!("first", Type::Text, "What the first coder says.", "第一位的判断。"),
        column!("second", Type::Text, "What the second coder says.", "第二位的判断。"),
        column!("first_evidence", Type::Text, "Evidence of the first coder.", "第一位的证据。"),
        column!("second_evidence", Type::Text, "Evidence of the second coder.", "第二位的证据。"),
        column!("uncertain", WHOLE, required, "1 if one of them was in doubt.", "任一方存疑时为 1。"),
    ],
};

/// Tables of agreement between coders: `agreement_measures`, `agreement_categories`, `agreement_confusion`, `agreement_disagreements`.
#[must_use]
pub fn agreed(comparison: &Comparison) -> Vec<Output> {
    let text = |text: &Option<String>| -> Cell { text.as_deref().into() };
    let mut measures = Output::new(&AGREEMENT_MEASURES);
    for row in &comparison.agreement {
        measures.push(
            [
                row.field.id().into(),
                row.coders.as_str().into(),
                row.measure.into(),
                row.value.into(),
                row.interval.map(|interval| interval.q05).into(),
                row.interval.map(|interval| interval.q50).into(),
                row.interval.map(|interval| interval.q95).into(),
                row.units.into(),
                row.missing.into(),
            ],
            &[],
        );
    }
    let mut categories = Output::new(&AGREEMENT_CATEGORIES);
    for row in &comparison.categories {
        categories.push(
            [
                row.field.id().into(),
                row.coders.as_str().into(),
                row.category.as_str().into(),
                row.found.map(|found| found.first).into(),
                row.found.map(|found| found.second).into(),
                row.found.map(|found| found.both).into(),
                row.found.and_then(|found| found.precision()).into(),
                row.found.and_then(|found| found.recall()).into(),
                row.found.and_then(|found| found.f1()).into(),
                row.specific.into(),
            ],
            &[],
        );
    }
    let mut confusion = Output::new(&AGREEMENT_CONFUSION);
    for row in &comparison.confusion {
        confusion.push(
            [
                row.field.id().into(),
                row.coders.as_str().into(),
                text(&row.first),
                text(&row.second),
                row.count.into(),
            ],
            &[],
        );
    }
    let mut disagreements = Output::new(&AGREEMENT_DISAGREEMENTS);
    for row in &comparison.disagreements {
        disagreements.push(
            [
                row.document.as_str().into(),
                row.coders.as_str().into(),
                row.field.id().into(),
                text(&row.first),
                text(&row.second),
                text(&row.first_evidence),
                text(&row.second_evidence),
                usize::from(row.uncertain).into(),
            ],
            &[],
        );
    }
    vec![measures, categories, confusion, disagreements]
}
