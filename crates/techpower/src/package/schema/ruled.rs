//! Schemas of the tables of legal instruments.

use super::WHOLE;
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

/// Tables of single questions about instruments. They are printed and belong to no study's outputs.
pub static QUESTIONS: [&Table; 8] =
    [&TIMELINE, &REDESIGN, &MOVED, &DIFFERENCE, &REACHED, &OUTCOMES, &OUTCOME_ROWS, &INSTRUMENTS];

const VERDICT_WORDS: Type =
    Type::Choice(&["touched", "not_touched", "undetermined", "conditional", "conflict"]);
const STATUS_WORDS: Type = Type::Choice(&[
    "proposed",
    "announced",
    "published",
    "enacted",
    "in_force",
    "stayed",
    "not_enforced",
    "suspended",
    "superseded",
    "repealed",
    "expired",
    "unknown_after",
]);
const INSTRUMENT: Column =
    column!("instrument", Type::Id, required, "Id of the instrument.", "法律文书编号。");
const VERSION: Column = column!(
    "version",
    Type::Text,
    "Version that counts on the day; empty if none does.",
    "当日有效的版本；无则为空。"
);
const OBJECT: Column = column!("object", Type::Id, required, "Id of the object.", "对象编号。");
const ON: Column = column!("on", Type::Date, required, "The day asked about.", "所问日期。");
const VERDICT: Column = column!(
    "verdict",
    VERDICT_WORDS,
    required,
    "Whether the instrument touches the object. Not touched is no clearance.",
    "文书是否触及对象；未触及不等于放行。"
);
const LIMB: Column = column!(
    "limb",
    Type::Text,
    "Limb that touches; those in conflict separated by |.",
    "触及的条款；相互冲突者以 | 分隔。"
);
const REASON: Column = column!("reason", Type::Text, "Why.", "理由。");
const MISSING: Column = column!(
    "missing",
    Type::Text,
    "What is not known well enough, separated by |: fields, list:…, owners, status:….",
    "已知不足之处，以 | 分隔：字段、list:…（清单）、owners（股权）、status:…（效力状态）。"
);
const STATUS: Column = column!(
    "status",
    STATUS_WORDS,
    "Status of the version on the day; unknown_after if nothing is known of the day.",
    "版本在当日的效力状态；unknown_after 表示无从知悉。"
);
const OUTCOME: Column =
    column!("outcome", Type::Text, "What follows from the limb, in a word.", "条款的法律后果（简词）。");
const CERTAINTY: Column = column!(
    "certainty",
    Type::Choice(&["legal", "announced", "political"]),
    "How sure the status is.",
    "效力状态的确定程度。"
);

pub(in crate::package) static VERDICTS: Table = Table {
    name: "verdicts",
    en: "Whether each instrument touches each object, on the days of the study.",
    zh: "各法律文书在所设日期是否触及各对象。",
    key: &["instrument", "object", "on"],
    columns: &[INSTRUMENT, VERSION, OBJECT, ON, VERDICT, LIMB, REASON, MISSING, STATUS, OUTCOME, CERTAINTY],
};

pub(in crate::package) static REACH: Table = Table {
    name: "reach",
    en: "Share of the objects on the market that each instrument touches, on the first day of each version and on the days of the study; and what the version adds to the one before, on the same objects.",
    zh: "各文书触及的在市对象比例（各版本首日及所设日期），以及相对前一版本、就同一批对象的增量。",
    key: &["instrument", "on", "weight"],
    columns: &[
        INSTRUMENT,
        VERSION,
        ON,
        column!(
            "weight",
            Type::Text,
            required,
            "What objects count for: number, or a field.",
            "权重：number（计数）或某一字段。"
        ),
        column!(
            "objects",
            WHOLE,
            required,
            "Objects of the kind that were released by the day.",
            "截至当日已发布的同类对象数。"
        ),
        column!("weighed", WHOLE, required, "Objects of these that have a weight.", "其中有权重者。"),
        column!(
            "touched",
            SHARE,
            required,
            "Share touched for certain: the lower bound of reach.",
            "确定触及的比例，即触及面下界。"
        ),
        column!(
            "conditional",
            SHARE,
            required,
            "Share that depends on the transaction or use.",
            "取决于交易或用途的比例。"
        ),
        column!("undetermined", SHARE, required, "Share of which too little is known.", "信息不足的比例。"),
        column!(
            "highest",
            SHARE,
            required,
            "Upper bound of reach: the three together.",
            "触及面上界：三者之和。"
        ),
        column!(
            "newly",
            SHARE,
            "Share touched for certain that the version before did not touch; empty for the first.",
            "新触及且前一版本确未触及的比例；首版为空。"
        ),
        column!(
            "released",
            SHARE,
            "Share not touched that the version before touched for certain; empty for the first.",
            "不再触及而前一版本确曾触及的比例；首版为空。"
        ),
        column!(
            "bite_low",
            NUMBER,
            "Lower bound of the change of reach from the version before; empty for the first.",
            "触及面较前一版本变化的下界；首版为空。"
        ),
        column!(
            "bite_high",
            NUMBER,
            "Upper bound of the change of reach; empty for the first.",
            "触及面变化的上界；首版为空。"
        ),
    ],
};

pub(in crate::package) static BUNCHING: Table = Table {
    name: "bunching",
    en: "Whether objects crowd at the lines of instruments, just on the side that is not touched, against objects released before the line; and whether lines lie close to earlier objects on the side that is. Older objects may sit there for reasons of their own.",
    zh: "对象是否聚集于文书界线不受触及的一侧（与界线公布前发布者相比），以及界线触及一侧是否紧贴既有对象。早期对象也可能出于自身原因位于该处。",
    key: &["instrument", "version", "parameter", "field"],
    columns: &[
        INSTRUMENT,
        column!(
            "version",
            Type::Text,
            required,
            "Version that draws the line first.",
            "首次划定该界线的版本。"
        ),
        column!("parameter", Type::Text, required, "Name of the line.", "界线名称。"),
        column!("field", Type::Text, required, "Field that is held against it.", "与之比较的字段。"),
        column!("line", NUMBER, required, "The line.", "界线数值。"),
        column!("unit", Type::Text, "Unit of the line.", "单位。"),
        column!(
            "touches",
            Type::Choice(&["above", "below"]),
            required,
            "Side of the line that is touched; the other is free.",
            "受触及的一侧；另一侧不受触及。"
        ),
        column!(
            "before",
            WHOLE,
            required,
            "Objects near the line that were released before it was published.",
            "界线公布前发布、位于其邻域的对象数。"
        ),
        column!(
            "before_near",
            WHOLE,
            required,
            "Of these, how many lie just on its free side.",
            "其中紧贴界线自由一侧者。"
        ),
        column!(
            "after",
            WHOLE,
            required,
            "Objects near the line that were released later.",
            "其后发布、位于其邻域的对象数。"
        ),
        column!(
            "after_near",
            WHOLE,
            required,
            "Of these, how many lie just on its free side.",
            "其中紧贴界线自由一侧者。"
        ),
        column!(
            "excess",
            NUMBER,
            "Share just on the free side among the later less that among the earlier; empty if there are none of either.",
            "后者紧贴比例减去前者紧贴比例；任一组为空则不填。"
        ),
        column!(
            "p_near",
            SHARE,
            "Probability of as many just on the free side if release dates were exchanged at random (exact permutation test, one-sided).",
            "若随机置换发布日期，紧贴者不少于此数的概率（精确置换检验，单侧）。"
        ),
        column!(
            "nearest",
            Type::Text,
            "Earlier object nearest on the touched side.",
            "界线触及一侧最近的既有对象。"
        ),
        column!("nearest_ratio", NUMBER, "Its value over the line.", "其数值与界线之比。"),
        column!(
            "p_around",
            SHARE,
            "Probability that a line drawn at random has an earlier object as near on that side.",
            "随机划线时该侧既有对象同样贴近的概率。"
        ),
    ],
};

pub(in crate::package) static TIMELINE: Table = Table {
    name: "timeline",
    en: "Verdicts on an object through time.",
    zh: "对象历年所受裁断。",
    key: &["object", "instrument", "from"],
    columns: &[
        OBJECT,
        INSTRUMENT,
        VERSION,
        column!("from", Type::Date, required, "First day.", "起始日。"),
        column!(
            "to",
            Type::Date,
            "First day of the next stretch; empty if it lasts as far as is known.",
            "下一时段首日；延续至所知截止日则为空。"
        ),
        VERDICT,
        LIMB,
        STATUS,
        REASON,
        MISSING,
    ],
};

pub(in crate::package) static REDESIGN: Table = Table {
    name: "redesign",
    en: "Smallest changes of facts that flip a verdict.",
    zh: "使裁断翻转的最小事实变动。",
    key: &[],
    columns: &[
        OBJECT,
        INSTRUMENT,
        column!(
            "rank",
            WHOLE,
            required,
            "Order: fewest flags first, then the nearest.",
            "次序：先少改标志，再按距离。"
        ),
        column!(
            "field",
            Type::Text,
            required,
            "Fact that changes; several rows of one rank change together.",
            "变动的事实；同一次序的多行须同时变动。"
        ),
        column!("from", Type::Text, "As it is.", "现值。"),
        column!("to", Type::Text, required, "The line to reach.", "应达到的界线。"),
        column!(
            "on_line",
            Type::Choice(&["on", "beyond"]),
            required,
            "Whether the line itself is enough, or it has to be passed.",
            "到达界线即可（on）或须越过（beyond）。"
        ),
        column!(
            "distance",
            NUMBER,
            required,
            "Sum of |ln(new/old)| over the numbers of this rank.",
            "该次序各数值 |ln(新/旧)| 之和。"
        ),
        column!("flags", WHOLE, required, "Flags that change.", "变动的标志数。"),
        VERDICT,
    ],
};

pub(in crate::package) static MOVED: Table = Table {
    name: "moved",
    en: "Verdicts that a change of the law moves.",
    zh: "法律变动所改变的裁断。",
    key: &["instrument", "object", "on"],
    columns: &[
        INSTRUMENT,
        OBJECT,
        ON,
        column!("verdict_before", VERDICT_WORDS, required, "As the law is.", "变动前裁断。"),
        column!("limb_before", Type::Text, "Limb that touches.", "变动前条款。"),
        column!("verdict_after", VERDICT_WORDS, required, "As it would be.", "变动后裁断。"),
        column!("limb_after", Type::Text, "Limb that would touch.", "变动后条款。"),
        column!("reason", Type::Text, "Why, after the change.", "变动后理由。"),
    ],
};

pub(in crate::package) static DIFFERENCE: Table = Table {
    name: "difference",
    en: "What differs between two versions of an instrument.",
    zh: "文书两个版本的差异。",
    key: &["what", "id"],
    columns: &[
        column!(
            "what",
            Type::Choice(&["parameter", "definition", "limb", "exception"]),
            required,
            "What it is.",
            "差异种类。"
        ),
        column!("id", Type::Text, required, "Its name.", "名称。"),
        column!("before", Type::Text, "As it was; empty if it is new.", "原文；新增为空。"),
        column!("after", Type::Text, "As it is; empty if it is gone.", "现文；删除为空。"),
    ],
};

pub(in crate::package) static REACHED: Table = Table {
    name: "reached",
    en: "Instruments that a change reaches, and by which way.",
    zh: "变动所及的文书及其路径。",
    key: &["instrument"],
    columns: &[
        INSTRUMENT,
        column!("name_en", Type::Text, required, "English name.", "英文名称。"),
        column!("name_zh", Type::Text, required, "Chinese name.", "中文名称。"),
        column!(
            "way",
            Type::Text,
            required,
            "From what is changed to the instrument.",
            "由变动之处至该文书的路径。"
        ),
        column!("moved", WHOLE, required, "Verdicts under it that move.", "其项下改变的裁断数。"),
    ],
};

pub(in crate::package) static OUTCOMES: Table = Table {
    name: "outcomes",
    en: "Known outcomes held against verdicts, by instrument and version.",
    zh: "已知结果与裁断的对照，按文书与版本。",
    key: &["instrument", "version"],
    columns: &[
        INSTRUMENT,
        VERSION,
        column!("agree", WHOLE, required, "Outcomes that the verdict agrees with.", "一致数。"),
        column!("disagree", WHOLE, required, "Outcomes that it contradicts.", "不一致数。"),
        column!(
            "undetermined",
            WHOLE,
            required,
            "Known outcomes on which the verdict is open.",
            "裁断未定数。"
        ),
    ],
};

pub(in crate::package) static OUTCOME_ROWS: Table = Table {
    name: "outcome_rows",
    en: "Known outcomes held against verdicts, one by one.",
    zh: "已知结果与裁断逐条对照。",
    key: &[],
    columns: &[
        OBJECT,
        INSTRUMENT,
        VERSION,
        ON,
        column!(
            "agreement",
            Type::Choice(&["agree", "disagree", "undetermined"]),
            required,
            "How they stand to each other.",
            "对照结果。"
        ),
        column!("known", VERDICT_WORDS, required, "Known verdict.", "已知裁断。"),
        column!("known_limb", Type::Text, "Known limb.", "已知条款。"),
        VERDICT,
        LIMB,
        REASON,
        MISSING,
        column!("evidence", Type::Text, "What the source is worth.", "证据等级。"),
        column!("reference", Type::Text, "Source.", "出处。"),
    ],
};

pub(in crate::package) static INSTRUMENTS: Table = Table {
    name: "instruments",
    en: "Instruments of a study and how much of each is modelled.",
    zh: "研究所含法律文书及其建模程度。",
    key: &["instrument"],
    columns: &[
        INSTRUMENT,
        column!("name_en", Type::Text, required, "English name.", "英文名称。"),
        column!("name_zh", Type::Text, required, "Chinese name.", "中文名称。"),
        column!("jurisdiction", Type::Id, required, "Whose law it is.", "法域。"),
        column!("power", Type::Text, required, "Type of power.", "权力类型。"),
        column!(
            "objects",
            Type::Text,
            required,
            "Kinds of objects it speaks of, separated by |.",
            "所涉对象种类，以 | 分隔。"
        ),
        column!(
            "coverage",
            Type::Choice(&["modelled", "partial", "pointer"]),
            required,
            "How much of it is modelled.",
            "建模程度。"
        ),
        column!("versions", Type::Text, required, "Its versions, separated by |.", "版本，以 | 分隔。"),
        VERSION,
        STATUS,
        column!("known_until", Type::Date, "First day of which nothing is known.", "所知截止日（不含）。"),
        column!("verify_by", Type::Date, "When it should be read again.", "应重新核对之日。"),
    ],
};
