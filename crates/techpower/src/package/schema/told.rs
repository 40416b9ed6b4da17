//! Schemas of what is told: events by texts, claims about results, notes of doubts.

use super::{MEAN, PROBABILITY, Q05, Q50, Q95, WHOLE, YEAR};
use crate::table::{NUMBER, SHARE, Table, Type, column};

pub(crate) static CODINGS: Table = Table {
    name: "codings",
    en: "Events as coded from texts: a row for each sender of an event.",
    zh: "由文本编码所得的事件：每一事件的每一发起方一行。",
    key: &["document", "event", "sender"],
    columns: &[
        column!("document", Type::Text, required, "The document that tells it.", "述及该事件的文档。"),
        column!(
            "event",
            Type::Text,
            required,
            "Id of the event; joint senders share it.",
            "事件编号；联合发起方共用。"
        ),
        column!(
            "sender",
            Type::Id,
            "Who acts; empty if the text does not tell.",
            "发起方；文中未述及则留空。"
        ),
        column!(
            "targets",
            Type::Ids,
            "Ids separated by |; * is everyone, - is no one.",
            "以 | 分隔的编号；* 指所有行为体，- 指无对象。"
        ),
        column!("instrument", Type::Id, required, "Instrument of the codebook.", "编码手册中的工具。"),
        column!("layer", Type::Id, required, "Layer of the codebook.", "编码手册中的层次。"),
        column!("power", Type::Id, required, "Type of power, or none.", "权力类型，或 none。"),
        column!("mode", Type::Id, required, "Mode of the codebook.", "编码手册中的方式。"),
        column!(
            "confidence",
            SHARE,
            "Probability that event, type and sender are right.",
            "事件、类型与发起方均正确的概率。"
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

pub(crate) static CLAIMS: Table = Table {
    name: "claims",
    en: "Claims with their verdicts, each at its own year.",
    zh: "论断及其判定，各按其所论年份。",
    key: &["claim"],
    columns: &[
        column!("claim", Type::Id, required, "Id of the claim.", "论断编号。"),
        column!("section", Type::Text, "Section of the argument.", "论证所在章节。"),
        column!(
            "kind",
            Type::Text,
            required,
            "figure, inference, proposition or prediction.",
            "数据、推论、命题或预测。"
        ),
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
        YEAR,
    ],
};

pub(crate) static CLAIMS_BY_YEAR: Table = Table {
    name: "claims_by_year",
    en: "Claims judged at every year that the study reports, by what was dated up to its end.",
    zh: "在研究所报告的每一年，依截至该年年底的数据判定各论断。",
    key: &["claim", "year"],
    columns: &[
        column!("claim", Type::Id, required, "Id of the claim.", "论断编号。"),
        YEAR,
        column!("verdict", Type::Text, required, "The verdict, as in claims.", "判定，同 claims。"),
        PROBABILITY,
        MEAN,
        Q05,
        Q50,
        Q95,
        column!("numbers", WHOLE, required, "How many numbers the query returned.", "查询返回的数值个数。"),
    ],
};

pub(crate) static CLAIM_ROWS: Table = Table {
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

pub(crate) static NOTES: Table = Table {
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
