//! What must hold of the section on sources: that its parts are there, and that they speak only when they can.

use std::collections::BTreeMap;

use super::tests::{body, report_of};
use crate::study::{Scale, Study};

const STUDY: &str = "[study]\nformat = 1\nid = \"s\"\ntitle_en = \"S\"\ntitle_zh = \"研究\"\nfrom = 2023\nto = 2023\n\
    focal = [\"A\", \"B\"]\n[uncertainty]\ndraws = 60\nsensitivity = 64\nsmaa = 1024\n[measure]\ntreatment = \"winsorise-log\"\n\
    [measure.vary]\n";
/// Factors of which all combinations can be gone through: 2 × 2 × 2.
const EXACT: &str = "intervals = false\nrivals = false\nnormalisation = [\"min-max\", \"z-score\"]\n\
    aggregation = [\"arithmetic\", \"geometric\"]\nweights = [\"given\", \"equal\"]\n";
/// Factors that can only be drawn.
const DRAWN: &str = "intervals = false\nrivals = true\nnormalisation = [\"min-max\", \"z-score\"]\nweights = 1\n\
    indicators = \"leave-one-out\"\n";
const SETTLED: &str = "intervals = false\nrivals = false\nnormalisation = [\"min-max\"]\nweights = 0\n";
const INDEX: &str = "code,name_en,name_zh,parent,level,direction,weight,weight_low,weight_high\n\
    resource,Resource,资源,,2,1,1,,\nchips,Chips <i>,芯片,resource,1,1,1,0.5,2\npeople,People,人才,resource,1,1,3,,\n\
    patents,Patents,专利,resource,1,1,6,,\n\
    market,Market,市场,,2,1,1,,\ngdp,Output,产出,market,1,1,1,,\nimports,Imports,进口,market,1,1,1,,\n";
const ACTORS: [&str; 9] = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];

/// A study of as many actors as asked for.
fn files(actors: usize, vary: &str) -> BTreeMap<String, Vec<u8>> {
    let mut table = String::from("actor,name_en,name_zh,kind\n");
    let mut indicators = String::from("actor,indicator,year,value,vintage,reference\n");
    for (at, id) in ACTORS.iter().take(actors).enumerate() {
        table.push_str(&format!("{id},Land {id},{id}国,state\n"));
        for (of, code) in ["chips", "people", "patents", "gdp", "imports"].iter().enumerate() {
            // One value stands far out, so that treatment has something to do.
            let value = if at == 0 && of == 0 { 900 } else { (at * 5 + of * 4) % 11 + 1 };
            indicators.push_str(&format!("{id},{code},2023,{value},one,r\n"));
            if of == 2 {
                indicators.push_str(&format!("{id},{code},2023,{},two,r\n", at * at + 1));
            }
        }
    }
    [
        ("study.toml", format!("{STUDY}{vary}")),
        ("tables/actors.csv", table),
        ("tables/index.csv", INDEX.to_owned()),
        ("tables/indicators.csv", indicators),
    ]
    .map(|(path, text)| (path.to_owned(), text.into_bytes()))
    .into()
}

/// The section on sources in both languages.
fn sections(actors: usize, vary: &str, change: impl FnOnce(&mut Study)) -> [String; 2] {
    sections_of(&files(actors, vary), change)
}

fn sections_of(files: &BTreeMap<String, Vec<u8>>, change: impl FnOnce(&mut Study)) -> [String; 2] {
    let page = report_of(files, &[], change);
    ["en", "zh"].map(|lang| {
        let from = body(&page).split_once(&format!("<section id=\"sources-{lang}\"")).expect("a section").1;
        let section = from.split_once("<section id=\"leverage-").expect("another section").0;
        assert!(!section.contains("NaN") && !section.contains("<i>,"), "{lang}");
        section.to_owned()
    })
}

fn all_in(section: &str, words: &[&str]) {
    for word in words {
        assert!(section.contains(word), "{word}");
    }
}

const TABLES: [&str; 10] = [
    "ranks",
    "standings",
    "profile",
    "sensitivity",
    "switches",
    "acceptability",
    "central_weights",
    "dominance",
    "importance",
    "treatment",
];

#[test]
fn every_part_is_there_in_both_languages() {
    let [en, zh] = sections(9, DRAWN, |_| ());
    for section in [&en, &zh] {
        for table in TABLES {
            assert!(section.contains(&format!("build/tables/{table}.csv")), "{table}");
        }
        assert!(section.contains("class=\"heat stated"), "the stated rank is framed");
        // Per source a chart of strengths and one of sensitivity; per focal actor a profile.
        assert_eq!(section.matches("class=\"plot\"").count(), 2 * 2 + 2);
    }
    all_in(
        &en,
        &[
            "Each of the 60 draws varies rival figures, normalisation, weights and choice of indicators",
            "The indices are sampled (64 base points)",
            "Choice of indicators: without ",
            "choices tried",
            "Acceptability of the first rank",
            "pairs of actors are ordered whatever the weights, and",
            "Nominal weight among siblings",
            "Outliers that were treated",
            "fails the test",
            "Rival figures: Patents by “",
        ],
    );
    all_in(
        &zh,
        &[
            "竞争数据、标准化方法、权重和指标取舍",
            "指数由抽样估计",
            "剔除“",
            "不论权重如何",
            "缩尾",
            "位次可接受度",
        ],
    );
}

#[test]
fn all_combinations_are_said_to_be_exact() {
    let [en, zh] = sections(9, EXACT, |_| ());
    all_in(
        &en,
        &[
            "All 8 combinations of the choices were gone through, so the indices are exact",
            "The shares are exact",
        ],
    );
    all_in(&zh, &["全部 8 种组合均已逐一计算，故指数为精确值"]);
    assert!(!en.contains("base points"));
}

#[test]
fn the_scale_is_that_of_the_study() {
    let of = |scale: Scale| sections(9, SETTLED, |study| study.options.measure.scale = scale);
    for (scale, texts) in [
        (Scale::Ends(0.0, 10.0), ["ranked actors, on a scale from 0 to 10.", "综合指数，标尺为 0 至 10。"]),
        (
            Scale::Native,
            ["ranked actors, in the units of its normalisation.", "综合指数，采用标准化方法自身的单位。"],
        ),
    ] {
        for (section, text) in of(scale).iter().zip(texts) {
            all_in(section, &[text]);
        }
    }
}

#[test]
fn what_cannot_be_said_is_not_said() {
    let [settled, _] = sections(9, SETTLED, |_| ());
    all_in(&settled, &["Nothing was varied, so there is no variance", "Which single choice"]);
    let [alone, _] = sections(1, DRAWN, |_| ());
    assert!(!alone.contains("P(strongest)") && !alone.contains("Outliers that were treated"));
    let [without, _] = sections(9, DRAWN, |study| {
        study.options.uncertainty.sensitivity = 0;
        study.options.uncertainty.smaa = 0;
    });
    all_in(
        &without,
        &["For no source can the variance of the ranks be apportioned", "<code>smaa = 0</code>"],
    );
    let [unfocused, _] = sections(9, DRAWN, |study| study.focal.clear());
    assert!(unfocused.contains("Which single choice"));
}

#[test]
fn a_year_of_which_a_source_has_no_value_is_marked_and_not_drawn() {
    let mut files = files(9, SETTLED);
    let study = format!("{STUDY}{SETTLED}")
        .replace("to = 2023", "to = 2024")
        .replace("[measure]", "[measure]\npanel = \"latest\"\nmax_age = 3");
    files.insert("study.toml".to_owned(), study.into_bytes());
    let output = |(at, id): (usize, &&str)| format!("{id},gdp,2024,{},one,r\n", at + 1);
    let later: String = ACTORS.iter().enumerate().map(output).collect();
    files.get_mut("tables/indicators.csv").expect("indicators").extend(later.into_bytes());
    for (section, told) in sections_of(&files, |_| ())
        .iter()
        .zip(["† The source has no value of that year", "† 该来源没有当年数值"])
    {
        assert!(section.contains(told));
        // Of 2024 there is output, and so market is drawn for both focal actors; resource has nothing and is marked for both.
        assert_eq!(section.matches("†<span").count(), 2);
        assert_eq!(section.matches("\"x\":[2023,2024],").count(), 2);
    }
}
