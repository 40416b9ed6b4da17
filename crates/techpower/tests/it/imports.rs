//! Files of other tools become the files of a study. The samples are made up; tests against data of others need them in
//! `$TECHPOWER_TESTDATA` and are skipped without.

use std::collections::BTreeMap;

use proptest::prelude::*;
use techpower::diag::{Kind, Lang, Notes, Severity};
use techpower::disk::Folder;
use techpower::import::{Baci, Iot, Product, Subtypes, baci, cset, epoch_chips, iot};
use techpower::study::{Keep, Study};

use crate::small::kinds;

type Texts = BTreeMap<String, Vec<u8>>;
type Made = Option<BTreeMap<String, String>>;

fn texts(files: &[(&str, &str)]) -> Texts {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn changed(files: &Texts, path: &str, from: &str, to: &str) -> Texts {
    let mut files = files.clone();
    let text = String::from_utf8(files[path].clone()).expect("UTF-8");
    assert!(text.contains(from), "{path} has no `{from}`");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

/// The rows of a table, without its header, up to the column `until`.
fn rows(made: &Made, table: &str, until: &str) -> Vec<String> {
    let text = &made.as_ref().expect("a study")[&format!("tables/{table}.csv")];
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let width = reader.headers().expect("a header").iter().position(|name| name == until).expect("a column");
    let cells = |record: csv::StringRecord| record.iter().take(width).collect::<Vec<_>>().join(",");
    reader.records().map(|record| cells(record.expect("a row"))).collect()
}

/// Errors of the reader of studies on what an import made; tables and options of later stages apart.
fn errors(made: &Made) -> Vec<String> {
    let files: Texts = made
        .as_ref()
        .expect("a study")
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    let (study, notes) = Study::read(&files, Keep::Rows);
    assert!(study.is_some());
    let errors = notes.iter().filter(|note| note.severity() == Severity::Error);
    errors.map(|note| format!("{}: {:?}", note.at, note.kind)).collect()
}

/// The place of the first note of a kind.
fn place(notes: &Notes, kind: Kind) -> String {
    match notes.iter().find(|note| note.kind == kind) {
        Some(note) => note.at.to_string(),
        None => panic!("no {kind:?} among {:?}", kinds(notes)),
    }
}

/// A folder of data of others; `None`, so that the test is skipped, where there are none.
fn data(folder: &str) -> Option<Folder> {
    let path = std::path::PathBuf::from(std::env::var_os("TECHPOWER_TESTDATA")?).join(folder);
    path.is_dir().then_some(Folder(path))
}

// ---- CSET

fn chain() -> Texts {
    texts(&[
        (
            "inputs.csv",
            "input_id,input_name,type,stage_name,stage_id,year\nN1,Scanners,tool_resource,,,2024\n\
             N2,\"Scanners, deep\",tool_resource,,,2024\nN3,Resist,material_resource,,,2019\nN4,Printing,process,Making,S2,\n\
             N5,Finished chip,ultimate_output,,,\nN6,Software,tool_resource,,,2019\nN7,Gas,material_resource,,,\n",
        ),
        (
            "providers.csv",
            "provider_name,alias,provider_id,provider_type,country\nNLD,Netherlands,P1,country,\nJPN,Japan,P2,country,\n\
             Various countries,,P3,country,\nEUR,Europe,P4,country,EUR\nResist Works,RW,P5,organization,JPN\n\
             Resist Works,Old RW,P5,organization,JPN\nVarious companies,,P6,organization,Various countries\nIntel,,P7,organization,USA\n",
        ),
        (
            "provision.csv",
            "provider_name,provider_id,provided_name,provided_id,share_provided,year,source\nNLD,P1,,N1,81.3,2024,Yearbook\n\
             JPN,P2,,N1,19.7,2024,Yearbook\nNLD,P1,,N1,70,2019,Old yearbook\nVarious countries,P3,,N1,0.5,2024,Yearbook\n\
             Resist Works,P5,,N1,3,2024,Yearbook\nNLD,P1,,N2,100,2024,\nResist Works,P5,,N3,55,2019,\nVarious companies,P6,,N3,40,2019,\n\
             Intel,P7,,N3,,2019,\nJPN,P2,,N6,,2019,\nEUR,P4,,N6,10,2019,\nJPN,P2,,S1,60,2022,\n",
        ),
        (
            "sequence.csv",
            "input_name,input_id,goes_into_name,goes_into_id,is_type_of_name,is_type_of_id\n,N1,,N4,,\n,N2,,,,N1\n,N3,,N4,,\n,N4,,N5,,\n\
             ,N6,,S2,,\n,S2,,N4,,\n,N7,,N4,,\n",
        ),
        ("stages.csv", "stage_id,stage_name\nS1,Design\nS2,Making\n"),
    ])
}

#[test]
fn a_supply_chain_becomes_inputs_requires_and_supply() {
    let (made, notes) = cset(&chain(), Subtypes::Any, "chain");
    assert_eq!(notes.count_of(Severity::Error) + notes.count_of(Severity::Warning), 0, "{:?}", kinds(&notes));
    assert_eq!(
        rows(&made, "inputs", "reference"),
        [
            "N1,Scanners,Scanners,foundation,,all,1.2..3,",
            "N2,Scanners, deep,Scanners, deep,foundation,N1,all,1.2..3,",
            "N3,Resist,Resist,foundation,,all,1.2..3,",
            "N4,Printing,Printing,foundation,,all,1.2..3,",
            "N5,Finished chip,Finished chip,foundation,,all,1.2..3,",
            "N6,Software,Software,foundation,,all,1.2..3,",
            "N7,Gas,Gas,foundation,,all,1.2..3,",
            // A stage that something uses.
            "S2,Making,Making,foundation,,all,1.2..3,",
        ]
    );
    // A sub-type is no part of its parent: N2 is not here.
    assert_eq!(
        rows(&made, "requires", "reference"),
        ["N1,N4,", "N3,N4,", "N4,N5,", "N6,S2,", "S2,N4,", "N7,N4,"]
    );
    assert_eq!(
        rows(&made, "supply", "reference"),
        [
            // Countries only where a country is named; both years; 101 % stay as they are.
            "NLD,N1,2024,0.813,,",
            "JPN,N1,2024,0.197,,",
            "NLD,N1,2019,0.7,,",
            "NLD,N2,2024,1,,",
            // No country is named for N3: firms. A blank share is anything from 0 to 1.
            "firm:resist-works,N3,2019,0.55,,",
            "firm:intel,N3,2019,,0,1",
            "JPN,N6,2019,,0,1",
            "EUR,N6,2019,0.1,,",
        ]
    );
    assert_eq!(
        rows(&made, "actors", "aliases"),
        [
            "EU27,European Union,欧盟,bloc,,",
            "EUR,Europe (unspecified),欧洲（未细分）,bloc,EU27,",
            "JPN,Japan,日本,state,,",
            "NLD,Netherlands,荷兰,state,EU27,",
            "USA,United States,美国,state,,",
            "firm:intel,Intel,英特尔,firm,,USA",
            "firm:resist-works,Resist Works,Resist Works,firm,,JPN",
        ]
    );
    let made = made.expect("a study");
    assert!(made["tables/actors.csv"].contains("JPN,RW|Old RW\n"));
    assert!(made["study.toml"].contains("from = 2019\nto = 2024\nheadline = 2024\n"));
    assert!(made["study.toml"].contains("[relate]\nsubtypes = \"any\"\n"));
    assert!(!made["study.toml"].contains("max_age"));
    for table in ["inputs", "requires", "supply"] {
        let text = &made[&format!("tables/{table}.csv")];
        assert!(text.lines().skip(1).all(|line| line.contains("CC BY-NC 4.0")), "{text}");
    }
    assert_eq!(errors(&Some(made)), Vec::<String>::new());
}

#[test]
fn remarks_on_a_supply_chain_say_what_was_decided() {
    let (_, notes) = cset(&chain(), Subtypes::All, "chain");
    let found = kinds(&notes);
    for kind in [
        Kind::ImportLicence,
        Kind::ImportHeadquarters,
        Kind::ImportPlaceholder,
        Kind::ImportUnnamed,
        Kind::ImportEurope,
        Kind::ImportRounded,
        Kind::ImportFirmsOnly,
        Kind::ImportStagesOut,
    ] {
        assert_eq!(found.iter().filter(|found| **found == kind).count(), 1, "{kind:?}: {found:?}");
    }
    let unnamed = notes.iter().find(|note| note.kind == Kind::ImportUnnamed).expect("a note");
    // Of N3 firms count, so that its unnamed companies do; of N1 countries.
    assert_eq!(
        (unnamed.args["rows"].text(Lang::En).as_str(), unnamed.args["most"].text(Lang::En).as_str()),
        ("2", "N3 40 %")
    );
    let stages = notes.iter().find(|note| note.kind == Kind::ImportStagesOut).expect("a note");
    assert_eq!(stages.args["stages"].text(Lang::En), "S1 Design");
}

#[test]
fn old_shares_are_carried_to_the_last_year() {
    let files = changed(&chain(), "provision.csv", "N1,70,2019", "N1,70,2012");
    let (made, notes) = cset(&files, Subtypes::All, "chain");
    assert!(made.expect("a study")["study.toml"].contains("max_age = 12\n"));
    assert!(kinds(&notes).contains(&Kind::ImportAged));
}

#[test]
fn broken_supply_chains_are_noted_where_they_are_broken() {
    let check = |path: &str, from: &str, to: &str, kind: Kind, at: &str| {
        let (made, notes) = cset(&changed(&chain(), path, from, to), Subtypes::All, "chain");
        assert_eq!(place(&notes, kind), at, "{from} -> {to}");
        if kind != Kind::MissingColumn {
            assert_eq!(errors(&made), Vec::<String>::new(), "{from} -> {to}");
        }
    };
    check("inputs.csv", "input_id", "input", Kind::MissingColumn, "inputs.csv:1 [input_id]");
    check("providers.csv", "country\n", "home\n", Kind::MissingColumn, "providers.csv:1 [country]");
    check(
        "provision.csv",
        "share_provided",
        "share",
        Kind::MissingColumn,
        "provision.csv:1 [share_provided]",
    );
    check("sequence.csv", "is_type_of_id", "type_id", Kind::MissingColumn, "sequence.csv:1 [is_type_of_id]");
    check("inputs.csv", "N3,", "N1,", Kind::DuplicateRow, "inputs.csv:4 [input_id]");
    check("inputs.csv", "N7,", "N 7,", Kind::BadId, "inputs.csv:8 [input_id]");
    check("inputs.csv", "\nN7,", "\n,", Kind::MissingValue, "inputs.csv:8 [input_id]");
    check("providers.csv", "P2,", "P1,", Kind::DuplicateRow, "providers.csv:3 [provider_id]");
    check(
        "providers.csv",
        "JPN,Japan",
        "JAP,Japan",
        Kind::ImportUnknownCountry,
        "providers.csv:3 [provider_name]",
    );
    check("providers.csv", "P2,country", "P2,state", Kind::BadChoice, "providers.csv:3 [provider_type]");
    check("provision.csv", "81.3", "81.3 %", Kind::NotANumber, "provision.csv:2 [share_provided]");
    check("provision.csv", "81.3", "813", Kind::OutOfRange, "provision.csv:2 [share_provided]");
    check("provision.csv", "81.3", "-1", Kind::OutOfRange, "provision.csv:2 [share_provided]");
    check("provision.csv", "81.3", "inf", Kind::NotFinite, "provision.csv:2 [share_provided]");
    check("provision.csv", "81.3,2024", "81.3,", Kind::BadYear, "provision.csv:2 [year]");
    check("provision.csv", "P1,,N1", "P99,,N1", Kind::ImportUnknownId, "provision.csv:2 [provider_id]");
    check("provision.csv", "P1,,N1", "P1,,N99", Kind::ImportUnknownId, "provision.csv:2 [provided_id]");
    check("provision.csv", "NLD,P1,,N1,70,2019", "NLD,P1,,N1,70,2024", Kind::DuplicateRow, "provision.csv:4");
    check("provision.csv", "81.3,2024,", "81.3,2024,a,", Kind::RaggedRow, "provision.csv:2");
    check(
        "provision.csv",
        "2019,\nJPN,P2,,N6,,2019,\n",
        "2019,\"a\nJPN,P2,,N6,,2019,\"b\"\n",
        Kind::OpenQuote,
        "provision.csv:10",
    );
    check("sequence.csv", ",N1,,N4", ",N1,,N44", Kind::ImportUnknownId, "sequence.csv:2 [goes_into_id]");
    check("sequence.csv", ",N1,,N4", ",N11,,N4", Kind::ImportUnknownId, "sequence.csv:2 [input_id]");
    check("sequence.csv", ",N1,,N4", ",N1,,N1", Kind::InputIntoItself, "sequence.csv:2 [goes_into_id]");
    check("sequence.csv", ",N1,,N4", ",N1,,", Kind::MissingValue, "sequence.csv:2 [goes_into_id]");
    check("sequence.csv", ",N3,,N4", ",N1,,N4", Kind::DuplicateRow, "sequence.csv:4 [goes_into_id]");
    check("sequence.csv", ",,,N1\n", ",,,N2\n", Kind::PartOfItself, "sequence.csv:3 [is_type_of_id]");
    check(
        "sequence.csv",
        ",N2,,,,N1\n",
        ",N2,,,,N1\n,N2,,,,N3\n",
        Kind::ImportSecondParent,
        "sequence.csv:4 [is_type_of_id]",
    );
    check("sequence.csv", ",N7,,N4,,\n", "", Kind::ImportLeadsNowhere, "inputs.csv:8 [input_id]");
}

#[test]
fn a_supply_chain_reads_the_same_in_any_encoding() {
    let expected = cset(&chain(), Subtypes::All, "chain").0;
    let mut marked = chain();
    for text in marked.values_mut() {
        text.splice(0..0, *b"\xEF\xBB\xBF");
    }
    assert_eq!(cset(&marked, Subtypes::All, "chain").0, expected);
    // In GB18030, with a Chinese source.
    let chinese = changed(&chain(), "provision.csv", "Yearbook", "统计年鉴");
    let mut other = chinese.clone();
    let text = String::from_utf8(chinese["provision.csv"].clone()).expect("UTF-8");
    other.insert("provision.csv".to_owned(), encoding_rs::GB18030.encode(&text).0.into_owned());
    let (made, notes) = cset(&other, Subtypes::All, "chain");
    assert_eq!(made, cset(&chinese, Subtypes::All, "chain").0);
    assert!(kinds(&notes).contains(&Kind::GuessedEncoding));
}

#[test]
fn a_supply_chain_without_a_table_is_none() {
    for path in ["inputs.csv", "providers.csv", "provision.csv", "sequence.csv"] {
        let mut files = chain();
        files.remove(path);
        let (made, notes) = cset(&files, Subtypes::All, "chain");
        assert!(made.is_none());
        assert_eq!(place(&notes, Kind::NoFile), path);
    }
}

/// The real data (edition of August 2026): 126 inputs, all of which lead to the finished chip and to nothing else; counts were taken from the files
/// with another program.
#[test]
fn the_supply_chain_of_cset() {
    let Some(folder) = data("cset-chip") else { return };
    let (made, notes) = cset(&folder, Subtypes::All, "cset");
    assert_eq!(notes.count_of(Severity::Error) + notes.count_of(Severity::Warning), 0, "{:?}", kinds(&notes));
    let inputs = rows(&made, "inputs", "reference");
    let requires = rows(&made, "requires", "cost_share");
    let supply = rows(&made, "supply", "reference");
    assert_eq!((inputs.len(), requires.len(), supply.len()), (126, 53, 498));
    assert!(supply.contains(&"NLD,N20,2025,1,,".to_owned()));
    assert!(supply.iter().any(|row| row.ends_with(",N31,2019,,0,1")), "shares of photoresists are blank");
    let ends: Vec<&String> = inputs
        .iter()
        .filter(|row| row.contains(",foundation,,"))
        .filter(|row| {
            let id = row.split(',').next().expect("an id");
            !requires.iter().any(|edge| edge.starts_with(&format!("{id},")))
        })
        .collect();
    assert_eq!(ends.len(), 1);
    assert!(ends[0].starts_with("N99,Finished logic chip"));
    assert_eq!(errors(&made), Vec::<String>::new());
}

// ---- BACI

const FLOWS: &str = "t,i,j,k,v,q\n2019,842,156,854231,10.5,0.25\n2019,842,156,854232,1.125,0.5\n2019,842,156,010121,4,           NA\n\
                     2020,842,156,854231,20,1\n2020,490,276,854231,7.5,\n2020,490,276,848620,2.5,3\n2020,697,156,854231,1,1\n";

fn trade(flows: &[(&str, &str)], countries: Option<&str>, products: &[&str], years: &[i16]) -> (Made, Notes) {
    let mut files = texts(flows);
    if let Some(countries) = countries {
        files.insert("countries.csv".to_owned(), countries.as_bytes().to_vec());
    }
    let paths: Vec<String> = flows.iter().map(|(path, _)| (*path).to_owned()).collect();
    let products: Vec<Product> = products.iter().map(|text| text.parse().expect("a product")).collect();
    let countries = countries.map(|_| "countries.csv");
    baci(&files, &Baci { flows: &paths, countries, products: &products, years }, "trade")
}

#[test]
fn flows_are_added_up_within_products() {
    let (made, notes) = trade(&[("b.csv", FLOWS)], None, &["8542", "wide=85,8486", "84"], &[]);
    assert_eq!(
        rows(&made, "trade", "reference"),
        [
            "USA,CHN,8542,2019,11.625,0.75",
            "TWN,DEU,8542,2020,7.5,",
            "USA,CHN,8542,2020,20,1",
            "USA,CHN,wide,2019,11.625,0.75",
            // The quantity of one of the two flows is unknown, and so is that of their sum.
            "TWN,DEU,wide,2020,10,",
            "USA,CHN,wide,2020,20,1",
            "TWN,DEU,84,2020,2.5,3",
        ]
    );
    assert_eq!(rows(&made, "actors", "home").len(), 5, "four states and a bloc");
    let unknown = notes.iter().find(|note| note.kind == Kind::ImportUnknownCountry).expect("a note");
    assert_eq!(
        (unknown.args["code"].text(Lang::En).as_str(), unknown.args["rows"].text(Lang::En).as_str()),
        ("697", "1")
    );
    assert_eq!(unknown.at.to_string(), "b.csv:8");
    assert!(
        kinds(&notes).contains(&Kind::ImportTaiwan) && kinds(&notes).contains(&Kind::ImportQuantityUnknown)
    );
    assert_eq!(errors(&made), Vec::<String>::new());
    let made = made.expect("a study");
    assert!(made["tables/trade.csv"].contains("value in thousand current USD, quantity in metric tons"));
    assert!(made["study.toml"].contains("from = 2019\nto = 2020\n"));
}

#[test]
fn without_products_everything_is_one() {
    let (made, _) = trade(&[("b.csv", FLOWS)], None, &[], &[2019]);
    assert_eq!(rows(&made, "trade", "reference"), ["USA,CHN,all,2019,15.625,"]);
}

#[test]
fn a_file_of_countries_says_which_codes_are_countries() {
    let countries = "country_code,country_name,country_iso2,country_iso3\n842,USA,US,USA\n156,China,CN,CHN\n276,Germany,DE,DEU\n\
                     490,\"Other Asia, nes\",,S19\n697,\"Europe EFTA, nes\",,R20\n58,Belgium-Luxembourg,BE,BLX\n";
    let flows = format!("{FLOWS}2020,58,156,854231,5,1\n");
    let (made, notes) = trade(&[("b.csv", &flows)], Some(countries), &["8542"], &[2020]);
    assert_eq!(
        rows(&made, "trade", "reference"),
        ["BLX,CHN,8542,2020,5,1", "TWN,DEU,8542,2020,7.5,", "USA,CHN,8542,2020,20,1"]
    );
    let unknown = notes.iter().find(|note| note.kind == Kind::ImportUnknownCountry).expect("a note");
    assert_eq!(unknown.args["code"].text(Lang::En), "697 Europe EFTA, nes");
    assert!(
        rows(&made, "actors", "part_of")
            .contains(&"BLX,Belgium-Luxembourg,Belgium-Luxembourg,state".to_owned())
    );
    let broken = countries.replace("156,", "one,").replace("276,", "842,");
    let (_, notes) = trade(&[("b.csv", &flows)], Some(&broken), &[], &[]);
    assert_eq!(place(&notes, Kind::NotANumber), "countries.csv:3 [country_code]");
    assert_eq!(place(&notes, Kind::DuplicateRow), "countries.csv:4 [country_code]");
    let (made, notes) = trade(&[("b.csv", &flows)], Some("code,name\n1,x\n"), &[], &[]);
    assert!(made.is_none());
    assert_eq!(place(&notes, Kind::MissingColumn), "countries.csv:1 [country_code]");
}

/// Codes of Comtrade that differ from those of ISO 3166-1 (United Nations, knowledge base of Comtrade, "Reporter country codes and their customs areas"), and
/// some that do not.
#[test]
fn codes_stand_for_the_countries_they_stand_for() {
    let flow = |code: &str| format!("t,i,j,k,v,q\n2020,{code},156,854231,1,1\n");
    for (code, id) in [
        ("251", "FRA"),
        ("490", "TWN"),
        ("579", "NOR"),
        ("699", "IND"),
        ("757", "CHE"),
        ("842", "USA"),
        ("381", "ITA"),
        ("380", "ITA"),
        ("004", "AFG"),
        ("4", "AFG"),
        ("528", "NLD"),
        ("344", "HKG"),
    ] {
        let (made, _) = trade(&[("b.csv", &flow(code))], None, &[], &[]);
        assert_eq!(rows(&made, "trade", "product"), [format!("{id},CHN")], "{code}");
    }
}

#[test]
fn broken_flows_are_left_out_and_good_ones_count() {
    let check = |line: &str, kind: Kind, column: &str| {
        let text = format!("t,i,j,k,v,q\n2020,842,156,854231,1,1\n{line}\n2020,842,156,854231,2,1\n");
        let (made, notes) = trade(&[("b.csv", &text)], None, &[], &[]);
        assert_eq!(rows(&made, "trade", "reference"), ["USA,CHN,all,2020,3,2"], "{line}");
        let column = if column.is_empty() { String::new() } else { format!(" [{column}]") };
        assert_eq!(place(&notes, kind), format!("b.csv:3{column}"), "{line}");
    };
    check("20,842,156,854231,1,1", Kind::BadYear, "t");
    check("2020,USA,156,854231,1,1", Kind::NotANumber, "i");
    check("2020,842,,854231,1,1", Kind::MissingValue, "j");
    check("2020,842,156,chips,1,1", Kind::ImportBadProduct, "k");
    check("2020,842,156,854231,NA,1", Kind::MissingValue, "v");
    check("2020,842,156,854231,-1,1", Kind::OutOfRange, "v");
    check("2020,842,156,854231,1,much", Kind::NotANumber, "q");
    check("2020,842,156,854231,1", Kind::RaggedRow, "");
    check("2020,842,156,854231,1,1,1", Kind::RaggedRow, "");
    check("2020,9999,156,854231,1,1", Kind::ImportUnknownCountry, "");
}

#[test]
fn flows_as_spreadsheets_write_them_count() {
    let plain = "t,i,j,k,v,q\n2020,842,156,010121,1.5,1\n";
    let expected = rows(&trade(&[("b.csv", plain)], None, &["01"], &[]).0, "trade", "reference");
    assert_eq!(expected, ["USA,CHN,01,2020,1.5,1"]);
    let lost = "t,i,j,k,v,q\n2020,842,156,10121,1.5,1\n";
    let (made, notes) = trade(&[("b.csv", lost)], None, &["01"], &[]);
    assert_eq!(rows(&made, "trade", "reference"), expected);
    assert!(kinds(&notes).contains(&Kind::ImportPadded));
    for text in [
        "\u{feff}t;i;j;k;v;q\r\n2020;842;156;\"010121\";1.5;1\r\n".to_owned(),
        "k,t,v,q,note,i,j\n010121,2020.0, 1.5 ,1,x,842,156\n\n".to_owned(),
        "\"t\",\"i\",\"j\",\"k\",\"v\",\"q\"\n\"2020\",\"842\",\"156\",\"010121\",\"1.5\",\"1\"".to_owned(),
    ] {
        assert_eq!(
            rows(&trade(&[("b.csv", &text)], None, &["01"], &[]).0, "trade", "reference"),
            expected,
            "{text}"
        );
    }
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let paths = ["b.csv".to_owned()];
    let products = ["01".parse().expect("a product")];
    let options = Baci { flows: &paths, countries: None, products: &products, years: &[] };
    let (made, _) = baci(&BTreeMap::from([("b.csv".to_owned(), utf16)]), &options, "trade");
    assert_eq!(rows(&made, "trade", "reference"), expected);
}

#[test]
fn several_files_of_flows_are_one_study() {
    let (made, notes) = trade(
        &[("a/Y2019.csv", FLOWS), ("a/Y2020.csv", "t,i,j,k,v,q\n2020,842,156,854231,1,1\n")],
        None,
        &["8542"],
        &[],
    );
    assert!(rows(&made, "trade", "reference").contains(&"USA,CHN,8542,2020,21,2".to_owned()));
    let twice = notes.iter().find(|note| note.kind == Kind::ImportYearTwice).expect("a note");
    assert_eq!(
        (twice.args["year"].text(Lang::En).as_str(), twice.args["files"].text(Lang::En).as_str()),
        ("2020", "Y2019.csv, Y2020.csv")
    );
    let (_, notes) = trade(&[("b.csv", FLOWS)], None, &["8542", "99"], &[]);
    assert!(kinds(&notes).contains(&Kind::ImportProductEmpty));
    // One file given twice counts once.
    let files = texts(&[("b.csv", FLOWS)]);
    let paths = ["b.csv".to_owned(), "b.csv".to_owned()];
    let (made, notes) =
        baci(&files, &Baci { flows: &paths, countries: None, products: &[], years: &[2019] }, "t");
    assert_eq!(rows(&made, "trade", "quantity"), ["USA,CHN,all,2019,15.625"]);
    assert!(kinds(&notes).contains(&Kind::DuplicateRow));
}

#[test]
fn files_that_hold_no_flows_say_so() {
    let check = |text: &str, kind: Kind| {
        let (made, notes) = trade(&[("b.csv", text)], None, &[], &[]);
        assert!(made.is_none() && kinds(&notes).contains(&kind), "{text}: {:?}", kinds(&notes));
    };
    check("", Kind::EmptyFile);
    check("t,i,j,k,v,q\n", Kind::ImportNothing);
    check("t,i,j,k,v\n2020,842,156,854231,1\n", Kind::MissingColumn);
    check("PK\u{3}\u{4}", Kind::ImportArchive);
}

// ---- inter-country tables

const SQUARE: &str = "V1,CHN_C26,CHN_S,USA_C26,CHN_HFCE,CHN_INVNT,USA_HFCE,ROW_GFCF,OUT\nCHN_C26,5.10,2,0,3,-4,0.5,0,6.6\nCHN_S,0,0.0,0,1,0,0,0,1\n\
                      USA_C26,1e-3,0,7,0,0,6,1,14.001\nTLS,1,1,1,1,1,1,1,7\nVA,0.5,-1,6,0,0,0,0,5.5\nOUT,6.6,1,14.001,5,1,1,1,1\n";

fn table(text: &str, options: &Iot<'_>) -> (Made, Vec<String>, Notes) {
    let mut out = Vec::new();
    let files = texts(&[("io.csv", text)]);
    let (made, notes) = iot(&files, "io.csv", options, "io", &mut out).expect("writing to memory");
    let text = String::from_utf8(out).expect("UTF-8");
    let rows = text.lines().map(|line| line.rsplit_once(',').map_or(line, |(row, _)| row).to_owned());
    (made, rows.collect(), notes)
}

fn plain() -> Iot<'static> {
    Iot { year: 2020, final_demand: &[], output: "", labels: 1, reference: "Table 1" }
}

#[test]
fn a_square_table_becomes_transactions() {
    let (made, found, notes) = table(SQUARE, &plain());
    assert_eq!(
        found,
        [
            "seller,seller_sector,buyer,buyer_sector,year,value",
            // Numbers between sectors are written as they stand; zeros are not.
            "CHN,C26,CHN,C26,2020,5.10",
            "CHN,C26,CHN,S,2020,2",
            // Final demand by buyer: 3 - 4 of inventories.
            "CHN,C26,CHN,,2020,-1",
            "CHN,C26,USA,,2020,0.5",
            "CHN,S,CHN,,2020,1",
            "USA,C26,CHN,C26,2020,1e-3",
            "USA,C26,USA,C26,2020,7",
            "USA,C26,USA,,2020,6",
            "USA,C26,ROW,,2020,1",
        ]
    );
    assert_eq!(kinds(&notes), [Kind::ImportNegative]);
    assert_eq!(place(&notes, Kind::ImportNegative), "io.csv:1 [CHN_INVNT]");
    assert_eq!(
        rows(&made, "actors", "home"),
        [
            "CHN,China,中国,state,",
            "ROW,Rest of the world,世界其他地区,bloc,",
            "USA,United States,美国,state,"
        ]
    );
    assert_eq!(errors(&made), Vec::<String>::new());
}

#[test]
fn a_square_table_reads_the_same_in_any_dress() {
    let expected = table(SQUARE, &plain()).1;
    for text in [
        format!("\u{feff}{}", SQUARE.replace('\n', "\r\n")),
        SQUARE.replace(',', ";"),
        SQUARE.replace(',', "\t"),
        format!("{SQUARE},,,,,,,,\n"),
    ] {
        assert_eq!(table(&text, &plain()).1, expected, "{text}");
    }
}

#[test]
fn labels_may_stand_in_two_rows_and_columns() {
    let text = "c,,A,B,A,GFCF,TOT\na,,CHN,CHN,USA,USA,TOT\nA,CHN,1,2,3,4,10\nB,CHN,5,6,7,8,26\nA,USA,0,1,0,2,3\nVA,TOT,1,1,1,1,4\n";
    let options = Iot { labels: 2, output: "TOT", ..plain() };
    let (_, found, notes) = table(text, &options);
    assert_eq!(kinds(&notes), []);
    assert_eq!(found.len(), 1 + 3 + 1 + 3 + 1 + 1 + 1);
    assert!(
        found.contains(&"CHN,B,USA,A,2020,7".to_owned()) && found.contains(&"CHN,B,USA,,2020,8".to_owned())
    );
}

#[test]
fn doubts_about_a_square_table_are_noted() {
    let check = |from: &str, to: &str, kind: Kind, at: &str| {
        assert!(SQUARE.contains(from));
        let (made, _, notes) = table(&SQUARE.replacen(from, to, 1), &plain());
        assert_eq!(place(&notes, kind), at, "{from} -> {to}");
        assert!(made.is_some());
    };
    check("5.10", "NaN", Kind::NotFinite, "io.csv:2 [CHN_C26]");
    check("5.10", "five", Kind::NotANumber, "io.csv:2 [CHN_C26]");
    check("5.10", "", Kind::ImportBlankCells, "io.csv");
    check("5.10", "5.2", Kind::ImportOutputDiffers, "io.csv");
    check("\nCHN_S,", "\nCHN_C26,", Kind::DuplicateRow, "io.csv:3");
    check("CHN_S,USA_C26,CHN_HFCE", "CHN_C26,USA_C26,CHN_HFCE", Kind::RepeatedColumn, "io.csv:1 [CHN_C26]");
    check("CHN_HFCE", "CHN_HOUSEHOLDS", Kind::ImportColumnAlone, "io.csv:1 [CHN_HOUSEHOLDS]");
    check("\nCHN_S,", "\nCHN_T,", Kind::ImportRowAlone, "io.csv:3");
    check("CHN_S,0,", "CHN_S,", Kind::RaggedRow, "io.csv:3");
    check("USA_HFCE", "US_HFCE", Kind::ImportOwnActor, "io.csv");
    let refused = |text: &str, kind: Kind| {
        let (made, _, notes) = table(text, &plain());
        assert!(made.is_none() && kinds(&notes).contains(&kind), "{:?}", kinds(&notes));
    };
    refused("", Kind::EmptyFile);
    refused("a,b\nc,1\n", Kind::ImportNoSquare);
    refused("V1,CHN_C26,OUT\nCHN_C26,0,0\n", Kind::ImportNothing);
    refused("PK\u{3}\u{4}", Kind::ImportArchive);
    // Unknown is not zero: a cell that cannot be read is a row without a value, and so is a sum of final demand with it.
    let (_, found, _) = table(&SQUARE.replacen("5.10", "", 1), &plain());
    assert!(found.contains(&"CHN,C26,CHN,C26,2020,".to_owned()));
    let (_, found, _) = table(&SQUARE.replacen("3,-4", "x,-4", 1), &plain());
    assert!(found.contains(&"CHN,C26,CHN,,2020,".to_owned()));
}

#[test]
fn final_demand_and_output_can_be_named() {
    let text =
        SQUARE.replace("HFCE", "HOME").replace("INVNT", "STOCK").replace("GFCF", "HOME").replace("OUT", "X");
    let named = ["HOME".to_owned(), "STOCK".to_owned()];
    let options = Iot { final_demand: &named, output: "X", ..plain() };
    let (_, found, notes) = table(&text, &options);
    assert_eq!(found, table(SQUARE, &plain()).1);
    assert_eq!(kinds(&notes), [Kind::ImportNegative]);
    // Output by row only.
    let by_row = SQUARE.replace(",OUT\n", ",\n");
    assert_eq!(table(&by_row, &plain()).1, table(SQUARE, &plain()).1);
    let (_, _, notes) = table(&by_row.replace("OUT,6.6", "OUT,9"), &plain());
    assert!(kinds(&notes).contains(&Kind::ImportOutputDiffers));
}

// ---- chips

const HEAD: &str = "Name,Chip manufacturer,Owner,Start date,End date,Compute estimate in H100e (median),H100e (5th percentile),H100e (95th percentile),\
                    Incomplete,Notes\n";

fn chips() -> Texts {
    let rows = |text: &str| format!("{HEAD}{text}");
    let a = rows(
        "x,Aco,Meta,1/1/2023,9/30/2023,3,2,4,,\nx,Aco,Meta,1/1/2023,12/31/2023,10,8,13,,\nx,Aco,Meta,1/1/2023,12/31/2024,20,16,26,,\n\
         x,Aco,China,1/1/2023,12/31/2024,7,5,9,,\nx,Aco,Other,1/1/2023,12/31/2024,50,40,60,,\"Excludes Meta, China, xAI. Made on: 1\"\n\
         x,Aco,Meta,1/1/2023,3/31/2025,22,18,29,checked,\n",
    );
    let b = rows("x,Bco,Meta,1/1/2024,12/31/2024,1.5,1,2,,\n");
    let c = rows("x,Aco,CoreWeave,1/1/2023,12/31/2024,4,4,4,,\n");
    let quarters = rows("x,Aco,Meta,10/1/2024,12/31/2024,1000,1,1000,,\n");
    texts(&[
        ("owners_csv_export/a_owners_cumulative_totals.csv", &a),
        ("owners_csv_export/b_owners_cumulative_totals.csv", &b),
        ("owners_csv_export/coreweave/c_owners_cumulative_totals.csv", &c),
        ("owners_csv_export/a_owners_quarters.csv", &quarters),
        ("owners_csv_export/a_owners_cumulative_by_chip.csv", &quarters),
        ("csv_export/a_cumulative_totals.csv", "Name,Chip manufacturer,End date\nx,Aco,12/31/2024\n"),
    ])
}

#[test]
fn chip_counts_become_stocks_at_the_end_of_the_year() {
    let (made, notes) = epoch_chips(&chips(), "chips");
    assert_eq!(
        rows(&made, "indicators", "reference"),
        [
            "CHN,ai_chip_stock,2024,7,H100-equivalents,5,9,end of year; chips of Aco; official supply only, by construction: neither \
             smuggled chips nor others are in it",
            "firm:coreweave,ai_chip_stock,2024,4,H100-equivalents,4,4,end of year; chips of Aco",
            "firm:meta,ai_chip_stock,2023,10,H100-equivalents,8,13,end of year; chips of Aco",
            "firm:meta,ai_chip_stock,2024,21.5,H100-equivalents,17,28,end of year; chips of Aco, Bco",
        ]
    );
    assert_eq!(
        rows(&made, "actors", "aliases"),
        [
            "CHN,China,中国,state,,",
            "USA,United States,美国,state,,",
            "firm:coreweave,CoreWeave,CoreWeave,firm,,USA",
            "firm:meta,Meta,Meta,firm,,USA",
        ]
    );
    assert_eq!(errors(&made), Vec::<String>::new());
    let said = |kind: Kind, name: &str| {
        let note = notes.iter().find(|note| note.kind == kind).unwrap_or_else(|| panic!("no {kind:?}"));
        note.args[name].text(Lang::En)
    };
    assert_eq!(said(Kind::ImportOfficialOnly, "actor"), "CHN");
    assert_eq!(said(Kind::ImportOthers, "sums"), "2024: 50");
    assert_eq!(said(Kind::ImportOwnerLost, "owners"), "xAI");
    assert_eq!(said(Kind::ImportMakerLacking, "years"), "2023");
    assert_eq!(said(Kind::ImportYearUnfinished, "end"), "2025-03-31");
    assert!(notes.iter().all(|note| note.severity() != Severity::Error));
    assert_eq!(Kind::ImportOfficialOnly.severity(), Severity::Warning);
}

#[test]
fn broken_chip_counts_are_noted_where_they_are_broken() {
    let path = "owners_csv_export/a_owners_cumulative_totals.csv";
    let check = |from: &str, to: &str, kind: Kind, at: &str| {
        let (made, notes) = epoch_chips(&changed(&chips(), path, from, to), "chips");
        assert_eq!(place(&notes, kind), format!("{path}{at}"), "{from} -> {to}");
        assert!(made.is_some());
    };
    check("12/31/2023", "31/12/2023", Kind::BadDate, ":3 [End date]");
    check(",10,8,13", ",ten,8,13", Kind::NotANumber, ":3 [Compute estimate in H100e (median)]");
    check(",10,8,13", ",10,,13", Kind::MissingValue, ":3 [H100e (5th percentile)]");
    check(",10,8,13", ",10,11,13", Kind::IntervalDisordered, ":3");
    check("9/30/2023", "12/31/2023", Kind::DuplicateRow, ":3");
    check("Aco,Meta", "Aco,", Kind::MissingValue, ":2 [Owner]");
    check("H100e (5th percentile)", "low", Kind::MissingColumn, ":1 [H100e (5th percentile)]");
    let (made, notes) = epoch_chips(&texts(&[]), "chips");
    assert!(made.is_none() && kinds(&notes).contains(&Kind::UnreadableFile));
}

/// The real data: Microsoft at the end of 2025 has 3,151,494 of Nvidia and 264,522 of AMD, China 401,698 and 10,523.
#[test]
fn the_chip_counts_of_epoch() {
    let Some(folder) = data("epoch-chip-counts") else { return };
    let (made, notes) = epoch_chips(&folder, "chips");
    assert_eq!(notes.count_of(Severity::Error), 0, "{:?}", kinds(&notes));
    let found = rows(&made, "indicators", "vintage");
    assert!(
        found.contains(
            &"firm:microsoft,ai_chip_stock,2025,3416016,H100-equivalents,2619865,4434030".to_owned()
        )
    );
    assert!(found.contains(&"CHN,ai_chip_stock,2025,412221,H100-equivalents,333476,509686".to_owned()));
    assert_eq!(found.len(), 27);
    assert_eq!(errors(&made), Vec::<String>::new());
}

// ---- all

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// No bytes in any file make an import panic, and what it makes is a study.
    #[test]
    fn no_bytes_break_an_import(which in 0usize..12, bytes in proptest::collection::vec(any::<u8>(), 0..80), at in 0usize..400) {
        let spoilt = |files: &Texts| {
            let mut files = files.clone();
            let path = files.keys().nth(which % files.len()).expect("a file").clone();
            let mut content = files[&path].clone();
            let at = at.min(content.len());
            content.splice(at..at, bytes.clone());
            files.insert(path, content);
            files
        };
        let read = |made: Made| made.map(|made| {
            let files: Texts = made.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
            Study::read(&files, Keep::Rows).0.is_some()
        });
        prop_assert_ne!(read(cset(&spoilt(&chain()), Subtypes::All, "s").0), Some(false));
        prop_assert_ne!(read(epoch_chips(&spoilt(&chips()), "s").0), Some(false));
        let (flows, square) = (spoilt(&texts(&[("b.csv", FLOWS)])), spoilt(&texts(&[("io.csv", SQUARE)])));
        let paths = ["b.csv".to_owned()];
        let options = Baci { flows: &paths, countries: None, products: &[], years: &[] };
        prop_assert_ne!(read(baci(&flows, &options, "s").0), Some(false));
        let mut out = Vec::new();
        let made = iot(&square, "io.csv", &plain(), "s", &mut out).expect("writing to memory").0;
        prop_assert_ne!(read(made), Some(false));
    }
}
