//! The tables of a study.

use super::relation::ACTS;
pub use crate::codebook::ACTORS;
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

/// What is known of a missing value.
const MISSING: &[&str] = &["best", "worst", "interval", "unknown"];

/// How sure the coding of an event is.
pub const CERTAINTIES: &[&str] = &["primary", "secondary", "judgement"];

/// An amount, not below zero.
const AMOUNT: Type = Type::Number { min: 0.0, max: f64::INFINITY };

const REFERENCE: Column = column!(
    "reference",
    Type::Text,
    required,
    "Where the fact can be found: a URL or a citation.",
    "事实出处：网址或文献。"
);

/// The tables of a study, in the order in which they are read.
pub static TABLES: &[Table] = &[
    ACTORS,
    INDEX,
    INDICATORS,
    INPUTS,
    REQUIRES,
    SUPPLY,
    MARKETS,
    CONDITIONS,
    EVENTS,
    ENDORSEMENTS,
    TRADE,
    TRANSACTIONS,
];

/// `index.csv`.
pub const INDEX: Table = Table {
    name: "index",
    en: "The hierarchy of indicators: one root per source of power.",
    zh: "指标层级：每一权力来源为一个根节点。",
    key: &["code"],
    columns: &[
        column!(
            "code",
            Type::Id,
            required,
            "Code of the node; a root carries the id of its source of power.",
            "节点编码；根节点用权力来源的编号。"
        ),
        column!("name_en", Type::Text, required, "Name in English.", "英文名称。"),
        column!("name_zh", Type::Text, required, "Name in Chinese.", "中文名称。"),
        column!("parent", Type::Id, "Code of the parent; empty for a root.", "上级节点编码；根节点留空。"),
        column!(
            "level",
            NUMBER,
            required,
            "1 for indicators, higher for aggregates.",
            "指标为 1，聚合节点依次更高。"
        ),
        column!(
            "direction",
            NUMBER,
            required,
            "1 if more means stronger, -1 if more means weaker.",
            "数值越大越强为 1，越大越弱为 -1。"
        ),
        column!("weight", NUMBER, required, "Weight among its siblings.", "在同级节点中的权重。"),
        column!(
            "denominator",
            Type::Id,
            "Code of the indicator by which it is divided.",
            "作为分母的指标编码。"
        ),
        column!(
            "goalposts",
            Type::Interval,
            "Fixed ends of the scale, low..high.",
            "固定上下限，写作 低..高。"
        ),
        column!(
            "target",
            NUMBER,
            "A value to be reached, for the distance to a target.",
            "目标值，用于按目标距离标准化。"
        ),
        column!("weight_low", NUMBER, "Least weight that experts would give.", "专家可能给出的最低权重。"),
        column!(
            "weight_high",
            NUMBER,
            "Greatest weight that experts would give.",
            "专家可能给出的最高权重。"
        ),
    ],
};

/// `indicators.csv`.
pub const INDICATORS: Table = Table {
    name: "indicators",
    en: "Measured values; rows that differ only in vintage or reference are rivals.",
    zh: "测量值；仅版本或出处不同的行互为竞争数据。",
    key: &["actor", "indicator", "year", "vintage", "reference"],
    columns: &[
        column!("actor", Type::Id, required, "Whose value it is.", "数值所属的行为体。"),
        column!("indicator", Type::Id, required, "Code of the indicator.", "指标编码。"),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!(
            "value",
            NUMBER,
            "The value; empty means unknown, never zero.",
            "数值；留空表示未知，不等于零。"
        ),
        column!("unit", Type::Text, "Unit.", "单位。"),
        column!("low", NUMBER, "Lower end of the measurement interval.", "测量区间下限。"),
        column!("high", NUMBER, "Upper end of the measurement interval.", "测量区间上限。"),
        column!("vintage", Type::Text, "Definition, source or edition.", "定义、来源或版本。"),
        REFERENCE,
        column!(
            "missing",
            Type::Choice(MISSING),
            "What is known of a missing value: as good as the best, as bad as the worst, within an interval, or nothing.",
            "缺失值的已知情况：相当于最优值、相当于最差值、落在区间内，或一无所知。"
        ),
        column!("reason", Type::Text, "Why the value is missing.", "缺失原因。"),
    ],
};

/// `inputs.csv`.
pub const INPUTS: Table = Table {
    name: "inputs",
    en: "Nodes of the production graph.",
    zh: "生产图谱的节点。",
    key: &["input"],
    columns: &[
        column!("input", Type::Id, required, "Id of the input.", "投入品编号。"),
        column!("name_en", Type::Text, required, "Name in English.", "英文名称。"),
        column!("name_zh", Type::Text, required, "Name in Chinese.", "中文名称。"),
        column!("layer", Type::Id, required, "Layer of the codebook.", "编码手册中的层次。"),
        column!("kind_of", Type::Id, "The broader input of which it is a sub-type.", "所属的上位投入品。"),
        column!(
            "needs",
            Type::Choice(&["all", "any"]),
            required,
            "Whether all its inputs are needed, or any one is enough.",
            "其投入品须全部具备（all），还是任一即可（any）。"
        ),
        column!(
            "elasticity",
            Type::Interval,
            required,
            "Elasticity of substitution between its suppliers, above 1, as low..high.",
            "供应者之间的替代弹性，须大于 1，写作 低..高。"
        ),
        column!(
            "stock",
            Type::Interval,
            "Months of consumption that users hold in stock, as low..high.",
            "用户通常持有的库存，按消费月数计，写作 低..高。"
        ),
        REFERENCE,
    ],
};

/// `requires.csv`.
pub const REQUIRES: Table = Table {
    name: "requires",
    en: "Edges of the production graph.",
    zh: "生产图谱的边。",
    key: &["input", "goes_into"],
    columns: &[
        column!("input", Type::Id, required, "What is needed.", "所需的投入品。"),
        column!("goes_into", Type::Id, required, "What it is needed for.", "用于生产什么。"),
        column!(
            "cost_share",
            Type::Interval,
            "Its share in the cost of what it goes into, 0 to 1, as low..high; equal shares where unknown.",
            "在所生产之物成本中的份额，0 至 1，写作 低..高；未知者平分余额。"
        ),
        column!("reference", Type::Text, "Where the cost share can be found.", "成本份额的出处。"),
    ],
};

/// `supply.csv`.
pub const SUPPLY: Table = Table {
    name: "supply",
    en: "Who supplies which share of the world's supply of an input.",
    zh: "各供应者在某投入品全球供给中的份额。",
    key: &["provider", "input", "year"],
    columns: &[
        column!("provider", Type::Id, required, "The supplying actor.", "供应者。"),
        column!("input", Type::Id, required, "The input supplied.", "所供应的投入品。"),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!(
            "share",
            SHARE,
            "Share of world supply, 0 to 1; empty is unknown.",
            "占全球供给的份额，0 至 1；留空表示未知。"
        ),
        column!("low", SHARE, "Lower end of what the share may be.", "份额可能的下限。"),
        column!("high", SHARE, "Upper end of what the share may be.", "份额可能的上限。"),
        REFERENCE,
    ],
};

/// `markets.csv`.
pub const MARKETS: Table = Table {
    name: "markets",
    en: "How much of an actor's sales lies in another's market.",
    zh: "行为体的销售有多少位于他方市场。",
    key: &["actor", "market", "year"],
    columns: &[
        column!("actor", Type::Id, required, "Who sells.", "销售者。"),
        column!("market", Type::Id, required, "In whose market.", "所在市场。"),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!(
            "share",
            SHARE,
            "Share of its revenue, exports or users, 0 to 1; empty is unknown.",
            "占其收入、出口或用户的份额，0 至 1；留空表示未知。"
        ),
        REFERENCE,
    ],
};

/// `events.csv`.
pub const EVENTS: Table = Table {
    name: "events",
    en: "Acts: who used which instrument of power on whom, with the evidence.",
    zh: "行为：谁以何种权力工具作用于谁，附证据。",
    key: &["event", "sender"],
    columns: &[
        column!(
            "event",
            Type::Id,
            required,
            "Id of the act; joint senders are rows with the same id.",
            "行为编号；共同发起方各占一行，编号相同。"
        ),
        column!("date", Type::Date, required, "Day, month or year of the act.", "行为发生的日、月或年。"),
        column!("sender", Type::Id, required, "Who acts.", "发起方。"),
        column!(
            "targets",
            Type::Ids,
            required,
            "Ids separated by |; * is everyone, - is no one.",
            "以 | 分隔的编号；* 指所有行为体，- 指无对象。"
        ),
        column!("instrument", Type::Id, required, "Instrument of the codebook.", "编码手册中的工具。"),
        column!("layer", Type::Id, required, "Layer of the codebook.", "编码手册中的层次。"),
        column!("power", Type::Id, required, "Type of power, or none.", "权力类型，或 none。"),
        column!("mode", Type::Id, required, "Mode of the codebook.", "编码手册中的方式。"),
        column!("status", Type::Id, required, "Status of the codebook.", "编码手册中的效力状态。"),
        column!("document", Type::Id, required, "The document it was taken from.", "所依据的文献。"),
        column!(
            "evidence",
            Type::Text,
            required,
            "What was done, in a sentence.",
            "所为何事，一句话（英文）。"
        ),
        column!("evidence_zh", Type::Text, "The same in Chinese.", "所为何事，一句话（中文）。"),
        column!("coder", Type::Id, required, "Who coded the row.", "编码者。"),
        column!(
            "certainty",
            Type::Choice(CERTAINTIES),
            required,
            "Rests on the primary text, on a secondary source, or on judgement.",
            "依据原始文本、二手来源或编码者判断。"
        ),
        REFERENCE,
        column!("note", Type::Text, "Remark.", "备注。"),
    ],
};

/// `endorsements.csv`.
pub const ENDORSEMENTS: Table = Table {
    name: "endorsements",
    en: "Who endorsed, co-sponsored, signed, adopted or emulated a text.",
    zh: "谁赞同、联署、签署、采纳或呼应了某一文本。",
    key: &["text", "actor"],
    columns: &[
        column!("text", Type::Id, required, "Event in which the text was issued.", "发布该文本的行为编号。"),
        column!("actor", Type::Id, required, "Who endorsed it.", "赞同者。"),
        column!("date", Type::Date, required, "When.", "时间。"),
        REFERENCE,
        column!(
            "act",
            Type::Choice(ACTS),
            "How it was taken up: endorsed (also if empty), co-sponsored, adopted or echoed.",
            "如何接受：赞同（留空亦同）、联署、采纳或呼应。"
        ),
    ],
};

/// `conditions.csv`.
pub const CONDITIONS: Table = Table {
    name: "conditions",
    en: "How far a jurisdiction meets each condition of the Brussels effect (Bradford 2020, chapter 2).",
    zh: "某法域在多大程度上满足布鲁塞尔效应的各项条件（Bradford 2020，第二章）。",
    key: &["actor", "condition", "year"],
    columns: &[
        column!("actor", Type::Id, required, "The jurisdiction.", "法域。"),
        column!("condition", Type::Choice(super::relation::CONDITIONS), required, "The condition.", "条件。"),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!(
            "value",
            SHARE,
            "How far it is met, 0 to 1; empty is unknown.",
            "满足程度，0 至 1；留空表示未知。"
        ),
        column!("low", SHARE, "Lower end of what it may be.", "可能的下限。"),
        column!("high", SHARE, "Upper end of what it may be.", "可能的上限。"),
        REFERENCE,
    ],
};

/// `transactions.csv`.
pub const TRANSACTIONS: Table = Table {
    name: "transactions",
    en: "Who sells how much to whom, sector by sector: an input-output table, of which only cells that are not zero need be listed.",
    zh: "各行为体各部门之间的买卖：投入产出表，只需列出不为零的格。",
    key: &["seller", "seller_sector", "buyer", "buyer_sector", "year"],
    columns: &[
        column!("seller", Type::Id, required, "The actor that sells.", "出售的行为体。"),
        column!("seller_sector", Type::Id, required, "The sector that sells.", "出售的部门。"),
        column!("buyer", Type::Id, required, "The actor that buys.", "购买的行为体。"),
        column!(
            "buyer_sector",
            Type::Id,
            "The sector that buys; empty is final demand of the buyer.",
            "购买的部门；留空指购买方的最终需求。"
        ),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!(
            "value",
            NUMBER,
            required,
            "Value of the sales in the year, all rows in one unit; a pair that is not listed is zero.",
            "当年销售额，各行单位相同；未列出的组合为零。"
        ),
        REFERENCE,
    ],
};

/// `trade.csv`.
pub const TRADE: Table = Table {
    name: "trade",
    en: "Flows of trade: who sold how much of a product to whom. All values are in the same unit, that of the study.",
    zh: "贸易流量：谁向谁出售了多少某产品。全部数值采用同一单位，由研究自定。",
    key: &["exporter", "importer", "product", "year"],
    columns: &[
        column!("exporter", Type::Id, required, "Who sells.", "出口方。"),
        column!("importer", Type::Id, required, "Who buys.", "进口方。"),
        column!(
            "product",
            Type::Id,
            required,
            "The product, say its code; not `all`.",
            "产品，如其编码；不得为 all。"
        ),
        column!("year", Type::Year, required, "Year it refers to.", "所指年份。"),
        column!("value", AMOUNT, required, "Value of the flow, not below zero.", "流量金额，不小于零。"),
        column!("quantity", AMOUNT, "Quantity; empty is unknown.", "数量；留空表示未知。"),
        REFERENCE,
    ],
};
