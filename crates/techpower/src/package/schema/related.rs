//! Schemas of exposures: supply, loss under denial, the coalitional game, topology, trade, input-output transactions.

use super::{ACTOR, MEAN, POWER, Q05, Q50, Q95, SENDER, TARGET, WHOLE, YEAR};
use crate::table::{Column, NUMBER, SHARE, Table, Type, column};

const INPUT: Column = column!("input", Type::Id, required, "The input.", "投入品。");
const SPECIFICATION: Column =
    column!("specification", Type::Text, required, "Reading of the game.", "博弈设定。");
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
    "拓扑基准指标：out_strength（加权出度）、betweenness（中介中心性）、eigenvector（特征向量中心性）、pagerank（PageRank）或 min_cut（使其与最终产品隔断须切断的边数）。"
);
const PRODUCT: Column = column!("product", Type::Id, required, "Product.", "产品。");
const PRODUCT_OR_ALL: Column = column!(
    "product",
    Type::Id,
    required,
    "Product; all is all products together.",
    "产品；all 指全部产品之和。"
);

pub(crate) static EXPOSURE: Table = Table {
    name: "exposure",
    en: "Exposure of the target to the sender through the channel of a type of power, 0 to 1.",
    zh: "对象经由某类权力的渠道对发起方的暴露度，0 至 1。",
    key: &["sender", "target", "power", "year"],
    columns: &[SENDER, TARGET, POWER, YEAR, MEAN, Q05, Q50, Q95],
};

pub(crate) static ASYMMETRY: Table = Table {
    name: "asymmetry",
    en: "Exposure of the target to the sender less that of the sender to the target, -1 to 1.",
    zh: "对象对发起方的暴露度减去发起方对对象的暴露度，-1 至 1。",
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
            "对象的暴露度更高的概率。"
        ),
    ],
};

pub(crate) static HOLDINGS: Table = Table {
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

pub(crate) static CONCENTRATION: Table = Table {
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

pub(crate) static DENIAL: Table = Table {
    name: "denial",
    en: "Loss of the target when the sender, or a named coalition, withholds an input and all below it; leontief: share lost at the worst input, in fixed proportions; cost: share of its own sales that the sender would lose.",
    zh: "发起方（或具名联盟）断供某投入品及其上游时对象的损失；leontief（列昂惕夫情形）为各投入品按固定比例使用时，影响最大的单项投入品所损失的份额；cost 为发起方自身销售的损失份额。",
    key: &[],
    columns: &[
        SENDER,
        TARGET,
        column!(
            "layer",
            Type::Id,
            "The layer; empty for the final products together.",
            "层次；留空指最终产品整体。"
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
        column!("leontief_mean", NUMBER, "Leontief: mean.", "列昂惕夫：均值。"),
        column!("leontief_q05", NUMBER, "Leontief: 5 % quantile.", "列昂惕夫：5% 分位数。"),
        column!("leontief_q50", NUMBER, "Leontief: median.", "列昂惕夫：中位数。"),
        column!("leontief_q95", NUMBER, "Leontief: 95 % quantile.", "列昂惕夫：95% 分位数。"),
        column!(
            "cost_mean",
            NUMBER,
            "Cost to the sender: mean; empty if unknown.",
            "发起方的代价：均值；未知则留空。"
        ),
        column!("cost_q05", NUMBER, "Cost to the sender: 5 % quantile.", "发起方的代价：5% 分位数。"),
        column!("cost_q50", NUMBER, "Cost to the sender: median.", "发起方的代价：中位数。"),
        column!("cost_q95", NUMBER, "Cost to the sender: 95 % quantile.", "发起方的代价：95% 分位数。"),
    ],
};

pub(crate) static PATHS: Table = Table {
    name: "paths",
    en: "At which inputs a sender's hold over a target sits, how much of it comes through third parties, and along which path.",
    zh: "发起方对对象的制约落在哪些投入品，其中多少经由第三方，沿何路径传导。",
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
            "其后各步除发起方外的最大供应者；无则记 -。"
        ),
    ],
};

pub(crate) static SPECIFICATIONS: Table = Table {
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

pub(crate) static COALITIONS: Table = Table {
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

pub(crate) static VETOES: Table = Table {
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

pub(crate) static CUTS: Table = Table {
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

pub(crate) static ALLIANCES: Table = Table {
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

pub(crate) static CHOKEPOINTS: Table = Table {
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

pub(crate) static BASELINES: Table = Table {
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
        column!("rank", WHOLE, required, "Rank by it, 1 for the largest.", "按该指标的位次，最大者为 1。"),
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
            "按断供损失的位次，最大者为 1。"
        ),
    ],
};

pub(crate) static AGREEMENT: Table = Table {
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

pub(crate) static DEPENDENCE: Table = Table {
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

pub(crate) static CORENESS: Table = Table {
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

pub(crate) static TOPOLOGY: Table = Table {
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
            "基准指标：export_share（出口份额）、import_share（进口份额）、betweenness（中介中心性）、eigenvector（特征向量中心性）、pagerank（PageRank）或 articulation（割点）。"
        ),
        ACTOR,
        YEAR,
        PRODUCT_OR_ALL,
        column!("value", NUMBER, required, "Value of the measure.", "指标值。"),
    ],
};

pub(crate) static EXTRACTION: Table = Table {
    name: "extraction",
    en: "Gross output lost if a share of the sender's deliveries to the target's sectors is withheld, in the unit of the transactions. No forecast: on the side of demand, \
         what is withheld is taken to be replaced from outside the table at the same price, which a table of the world does not have (Dietzenbacher, van Burken & Kondo 2019); \
         on the side of supply, inputs are taken for perfect substitutes of each other (Oosterhaven 1988; Gruver 1989).",
    zh: "发起方对对象各部门的供货按某一份额断供时损失的总产出，单位同交易表。并非预测：需求侧假定被断供之物能以同样价格从表外补足，而全球表并无表外（Dietzenbacher、van Burken 与 Kondo 2019）；供给侧假定各投入品可完全互相替代（Oosterhaven 1988；Gruver 1989）。",
    key: &["sender", "target", "year", "side", "share_withheld"],
    columns: &[
        column!("sender", Type::Id, required, "Who withholds.", "发起方。"),
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
            "demand：列昂惕夫模型，损失销售，先及发起方；supply：高希模型，损失投入，先及对象。"
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
        column!("sender_loss", NUMBER, "Output the sender loses.", "发起方损失的产出。"),
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

pub(crate) static LOOK_THROUGH: Table = Table {
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

pub(crate) static FORWARD: Table = Table {
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
