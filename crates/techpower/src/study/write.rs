//! Writes a study: the texts of its files, ready to be stored.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::options::{FORMAT, Firms, Options, STUDY_FILE, word};
use super::{Study, Sym};
use super::{recipe, relation, schema};
use crate::table::Table;

/// The files of a study as texts by path: `study.toml`, the tables it has, `claims.toml` if any, and `datapackage.json`.
/// Reading them again gives the same study.
#[must_use]
pub fn write(study: &Study) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    files.insert(STUDY_FILE.to_owned(), options_text(&study.options, false));
    if let Some(claims) = &study.claims {
        files.insert("claims.toml".to_owned(), claims.clone());
    }
    let mut present = Vec::new();
    for table in schema::TABLES {
        if study.present.contains(table.name) {
            present.push(table);
            files.insert(table.path(), csv_text(study, table));
        }
    }
    let about = &study.options.about;
    files.insert("datapackage.json".to_owned(), descriptor(&about.id, &about.title_en, &present));
    files
}

/// The Frictionless descriptor (Data Package standard, version 1) of some tables, as JSON text.
#[must_use]
pub fn descriptor(id: &str, title: &str, tables: &[&Table]) -> String {
    let name: String = id
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' })
        .collect();
    let resources: Vec<Value> = tables.iter().map(|table| table.resource()).collect();
    let package =
        json!({ "profile": "tabular-data-package", "name": name, "title": title, "resources": resources });
    let mut text = serde_json::to_string_pretty(&package).expect("a JSON value has a text");
    text.push('\n');
    text
}

fn csv_text(study: &Study, table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let extra = study.extra.get(table.name);
    let mut header: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    header.extend(extra.iter().flat_map(|extra| extra.columns.iter().map(String::as_str)));
    writer.write_record(&header).expect("writing to memory");
    for (at, mut cells) in rows(study, table).enumerate() {
        let extras = extra.and_then(|extra| extra.rows.get(at));
        cells.extend(extras.into_iter().flatten().map(|sym| study.resolve(*sym).to_owned()));
        writer.write_record(&cells).expect("writing to memory");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory")).expect("texts are UTF-8")
}

/// The cells of all rows of a table of a study, as they are written.
///
/// # Panics
/// If the table is not one of [`schema::TABLES`].
#[must_use]
pub fn rows<'a>(study: &'a Study, table: &Table) -> Box<dyn Iterator<Item = Vec<String>> + 'a> {
    let sym = move |sym: Sym| study.resolve(sym).to_owned();
    match table.name {
        "actors" => Box::new(study.actors.values().map(|a| {
            vec![
                a.id.clone(),
                a.name_en.clone(),
                a.name_zh.clone(),
                a.kind.id().to_owned(),
                a.part_of.clone().unwrap_or_default(),
                a.home.clone().unwrap_or_default(),
                a.aliases.join("|"),
            ]
        })),
        "index" => Box::new(study.index.iter().map(|n| {
            vec![
                n.code.clone(),
                n.name_en.clone(),
                n.name_zh.clone(),
                n.parent.clone().unwrap_or_default(),
                n.level.to_string(),
                n.direction.to_string(),
                n.weight.to_string(),
                n.denominator.clone().unwrap_or_default(),
                n.goalposts.map(interval).unwrap_or_default(),
                number(n.target),
                number(n.weight_bounds.map(|(low, _)| low)),
                number(n.weight_bounds.map(|(_, high)| high)),
            ]
        })),
        "indicators" => Box::new(study.indicators.iter().map(move |r| {
            vec![
                sym(r.actor),
                sym(r.indicator),
                r.year.to_string(),
                known(r.value),
                sym(r.unit),
                known(r.low),
                known(r.high),
                sym(r.vintage),
                sym(r.reference),
                r.missing.id().to_owned(),
                sym(r.reason),
            ]
        })),
        "inputs" => Box::new(study.inputs.iter().map(|i| {
            vec![
                i.id.clone(),
                i.name_en.clone(),
                i.name_zh.clone(),
                i.layer.clone(),
                i.kind_of.clone().unwrap_or_default(),
                if i.needs_all { "all" } else { "any" }.to_owned(),
                interval(i.elasticity),
                i.stock.map(interval).unwrap_or_default(),
                i.reference.clone(),
            ]
        })),
        "requires" => Box::new(study.requires.iter().map(|r| {
            vec![
                r.input.clone(),
                r.goes_into.clone(),
                r.cost_share.map(interval).unwrap_or_default(),
                r.reference.clone(),
            ]
        })),
        "supply" => Box::new(study.supply.iter().map(|s| {
            vec![
                s.provider.clone(),
                s.input.clone(),
                s.year.to_string(),
                number(s.share),
                number(s.low),
                number(s.high),
                s.reference.clone(),
            ]
        })),
        "markets" => Box::new(study.markets.iter().map(|m| {
            vec![m.actor.clone(), m.market.clone(), m.year.to_string(), number(m.share), m.reference.clone()]
        })),
        "conditions" => Box::new(study.conditions.iter().map(|c| {
            vec![
                c.actor.clone(),
                c.condition.clone(),
                c.year.to_string(),
                number(c.value),
                number(c.low),
                number(c.high),
                c.reference.clone(),
            ]
        })),
        "events" => Box::new(study.events.iter().map(|e| {
            vec![
                e.event.clone(),
                e.date.to_string(),
                e.sender.clone(),
                e.targets.join("|"),
                e.instrument.clone(),
                e.layer.clone(),
                e.power.clone(),
                e.mode.clone(),
                e.status.clone(),
                e.document.clone(),
                e.evidence.clone(),
                e.evidence_zh.clone(),
                e.coder.clone(),
                e.certainty.clone(),
                e.reference.clone(),
                e.note.clone(),
            ]
        })),
        "endorsements" => Box::new(study.endorsements.iter().map(|e| {
            vec![e.text.clone(), e.actor.clone(), e.date.to_string(), e.reference.clone(), e.act.clone()]
        })),
        "endorsers" => Box::new(study.endorsers.iter().map(|e| {
            vec![
                e.text.clone(),
                e.low.to_string(),
                e.high.to_string(),
                e.eligible.to_string(),
                e.reference.clone(),
            ]
        })),
        "transactions" => Box::new(study.transactions.iter().map(move |t| {
            vec![
                sym(t.seller),
                sym(t.seller_sector),
                sym(t.buyer),
                sym(t.buyer_sector),
                t.year.to_string(),
                known(t.value),
                sym(t.reference),
            ]
        })),
        "trade" => Box::new(study.trade.iter().map(move |t| {
            vec![
                sym(t.exporter),
                sym(t.importer),
                sym(t.product),
                t.year.to_string(),
                known(t.value),
                known(t.quantity),
                sym(t.reference),
            ]
        })),
        other => unreachable!("no rows for table `{other}`"),
    }
}

fn number(value: Option<f64>) -> String {
    value.map(|x| x.to_string()).unwrap_or_default()
}

fn known(value: f64) -> String {
    number(Some(value).filter(|x| !x.is_nan()))
}

fn interval((low, high): (f64, f64)) -> String {
    format!("{low}..{high}")
}

/// `study.toml`, with or without a comment on every key.
pub(super) fn options_text(options: &Options, comments: bool) -> String {
    let mut out = String::new();
    let mut line = |text: String, comment: &str| {
        out.push_str(&text);
        if comments && !comment.is_empty() {
            out.push_str("  # ");
            out.push_str(comment);
        }
        out.push('\n');
    };
    let quoted = |text: &str| Value::from(text).to_string();
    let about = &options.about;
    line("[study]".into(), "");
    line(format!("format = {FORMAT}"), "version of the study format / 研究格式版本");
    line(format!("id = {}", quoted(&about.id)), "short id / 简短编号");
    line(format!("title_en = {}", quoted(&about.title_en)), "");
    line(format!("title_zh = {}", quoted(&about.title_zh)), "");
    line(
        format!("codebook = {}", quoted(&about.codebook)),
        "`builtin`, or a folder of this study / 内置手册，或本研究中的文件夹",
    );
    line(format!("from = {}", about.from), "first year / 起始年份");
    line(format!("to = {}", about.to), "last year / 结束年份");
    line(
        format!("headline = {}", about.headline),
        "year of the headline results and of the draws that claims ask / 主要结果与论断所用抽样的年份",
    );
    if !about.also.is_empty() {
        line(
            format!("also = {}", json!(about.also)),
            "further years at which claims are judged / 论断另行判定的年份",
        );
    }
    line(format!("focal = {}", json!(about.focal)), "actors the report dwells on / 报告重点行为体");
    for (key, limits) in [("limits_en", &about.limits_en), ("limits_zh", &about.limits_zh)] {
        if !limits.is_empty() {
            line(
                format!("{key} = {}", json!(limits)),
                "what the data cannot tell, the gravest first / 数据的局限，以最要紧者居先",
            );
        }
    }
    line("\n[uncertainty]".into(), "");
    line(format!("draws = {}", options.uncertainty.draws), "draws on which every result rests / 抽样次数");
    line(format!("seed = {}", options.uncertainty.seed), "seed of the random numbers / 随机种子");
    line(
        format!("sensitivity = {}", options.uncertainty.sensitivity),
        "base points of the sensitivity analysis, 0 = none / 敏感性分析的基点数，0 为不做",
    );
    line(
        format!("smaa = {}", options.uncertainty.smaa),
        "draws of weights alone, 0 = none / 仅权重变动的抽样次数，0 为不做",
    );
    for (text, comment) in recipe::lines(&options.measure) {
        line(text, comment);
    }
    for (text, comment) in relation::lines(&options.relate) {
        line(text, comment);
    }
    line("\n[code]".into(), "");
    line(
        format!("count = {}", options.code.count),
        "events coded in corpus/ count as events, with the coder's errors / 语料中编码所得事件是否计入（含编码误差）",
    );
    line("\n[rules]".into(), "");
    line(
        format!("on = {}", json!(options.rules.on)),
        "days of verdicts; the last known day if empty / 作出裁断的日期，留空则取所知最后一日",
    );
    line(
        format!("shown = {}", json!(options.rules.shown)),
        "objects that the report draws through time / 报告中按时间展示的对象",
    );
    line(
        format!("under = {}", json!(options.rules.under)),
        "instruments under which it draws them, all if empty / 展示所依文书，留空则为全部",
    );
    line("\n[infer]".into(), "");
    line(
        format!("prior = {}", options.infer.prior),
        "Dirichlet prior on the shares of types / 类型份额的先验",
    );
    line(
        format!("firms = {}", quoted(word(Firms::ALL, options.infer.firms))),
        "home = a firm's acts count for its home state | apart / 企业行为计入母国或单列",
    );
    line(
        format!("reach = {}", options.infer.reach),
        "acts by modelled instruments are weighed by what they reach / 已建模文书的行为按其触及面加权",
    );
    out
}
