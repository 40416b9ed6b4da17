//! Reading and writing studies.

use std::collections::BTreeMap;

use proptest::prelude::*;
use techpower::diag::{Kind, Lang, Severity};
use techpower::study::{self, Keep, Study, template, tutorial};

use crate::small::{Texts, kinds, read, texts, with};

#[test]
fn a_good_study_has_no_warnings() {
    let (study, notes) = read(&texts());
    assert_eq!(notes.count_of(Severity::Error) + notes.count_of(Severity::Warning), 0, "{:?}", kinds(&notes));
    assert_eq!((study.events.len(), study.indicators.len(), study.actors.len()), (4, 17, 6));
    assert_eq!(study.actor_name("CHN", Lang::Zh), "中国");
}

#[test]
fn writing_and_reading_again_gives_the_same_study() {
    let mut texts = with(texts(), "tables/actors.csv", "home,aliases\n", "home,aliases,population\n");
    let actors = String::from_utf8(texts["tables/actors.csv"].clone()).expect("UTF-8");
    let widened: Vec<String> = actors
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 0 { line.to_owned() } else { format!("{line},{at}") })
        .collect();
    texts.insert("tables/actors.csv".into(), widened.join("\n").into_bytes());
    let (first, _) = read(&texts);
    let written = study::write(&first);
    let (second, notes) = read(&written.iter().map(|(k, v)| (k.clone(), v.clone().into_bytes())).collect());
    assert_eq!(notes.count_of(Severity::Error), 0);
    assert_eq!(written, study::write(&second));
    assert!(written["tables/actors.csv"].contains("population"));
}

#[test]
fn the_template_is_a_study() {
    let files: Texts = template("mine").into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let (study, notes) = Study::read(&files, Keep::Rows);
    assert!(study.is_some());
    assert_eq!(notes.count_of(Severity::Error), 0, "{:?}", kinds(&notes));
}

/// The tutorial is a study without a doubt in it: ten acts of three actors, whatever its name, all of it with references.
#[test]
fn the_tutorial_is_a_study() {
    let files: Texts =
        tutorial("my \"first\"").into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let (study, notes) = Study::read(&files, Keep::Rows);
    let study = study.expect("a study");
    assert_eq!(study.options.about.id, "my \"first\"");
    assert_eq!(notes.count_of(Severity::Error) + notes.count_of(Severity::Warning), 0, "{:?}", kinds(&notes));
    let acts: std::collections::BTreeSet<&str> =
        study.events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!((study.actors.len(), acts.len()), (3, 10));
    for (path, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        let is_told = [".csv", ".toml"].iter().all(|end| !path.ends_with(end))
            || (text.contains("Tutorial") && text.contains("教学示例"));
        assert!(is_told, "{path} does not say that it is a tutorial");
    }
}

#[test]
fn bad_rows_are_left_out_and_good_rows_count() {
    let texts = with(texts(), "tables/events.csv", "e1,2022-10-07,USA", "e1,2022-13-07,USA");
    let (study, notes) = read(&texts);
    assert_eq!(study.events.len(), 3);
    let note = notes.iter().find(|note| note.kind == Kind::BadDate).expect("a note");
    assert_eq!(note.at.to_string(), "tables/events.csv:2 [date]");
    // What is optional is unknown when it is bad; the row still counts.
    let (study, notes) = read(&with(
        crate::small::texts(),
        "tables/indicators.csv",
        "33,percent,30,36",
        "33,percent,thirty,36",
    ));
    assert_eq!(study.indicators.len(), 17);
    assert!(kinds(&notes).contains(&Kind::NotANumber));
}

#[test]
fn the_same_actors_in_any_encoding() {
    let plain = texts();
    let text = String::from_utf8(plain["tables/actors.csv"].clone()).expect("UTF-8");
    let utf16 = |little: bool| -> Vec<u8> {
        std::iter::once(0xFEFF)
            .chain(text.encode_utf16())
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    let variants: Vec<(&str, Vec<u8>, Option<Kind>)> = vec![
        ("byte-order mark", [b"\xEF\xBB\xBF", text.as_bytes()].concat(), None),
        ("CRLF", text.replace('\n', "\r\n").into_bytes(), None),
        ("semicolons", text.replace(',', ";").into_bytes(), None),
        ("tabs", text.replace(',', "\t").into_bytes(), None),
        ("comments", format!("# names\n{text}").into_bytes(), None),
        ("UTF-16 LE", utf16(true), Some(Kind::NotUtf8)),
        ("UTF-16 BE", utf16(false), Some(Kind::NotUtf8)),
        ("GB18030", gb.into_owned(), Some(Kind::GuessedEncoding)),
    ];
    let expected = read(&plain).0.actors;
    for (name, bytes, noted) in variants {
        let mut changed = plain.clone();
        changed.insert("tables/actors.csv".into(), bytes);
        let (study, notes) = read(&changed);
        assert_eq!(study.actors, expected, "{name}");
        let told =
            [Kind::NotUtf8, Kind::GuessedEncoding].into_iter().find(|kind| kinds(&notes).contains(kind));
        assert_eq!(told, noted, "{name}");
    }
}

#[test]
fn a_file_of_mixed_encodings_is_read_cell_by_cell() {
    let mut changed = texts();
    let (gb, _, _) = encoding_rs::GB18030.encode("CHN,China,中华人民共和国,state,,,\n");
    let mut bytes = "actor,name_en,name_zh,kind,part_of,home,aliases\nUSA,United States,美国,state,,,\n"
        .as_bytes()
        .to_vec();
    bytes.extend_from_slice(&gb);
    changed.insert("tables/actors.csv".into(), bytes);
    let (study, _) = read(&changed);
    assert_eq!(study.actors["USA"].name_zh, "美国");
    assert_eq!(study.actors["CHN"].name_zh, "中华人民共和国");
}

#[test]
fn half_a_million_bad_rows_are_counted_not_kept() {
    let mut table = "actor,indicator,year,value,unit,low,high,vintage,reference\n".to_owned();
    for row in 0..500_000 {
        table.push_str(&format!("XXX,compute,2022,{row},,,,,test\n"));
    }
    let mut changed = texts();
    changed.insert("tables/indicators.csv".into(), table.into_bytes());
    let (study, notes) = read(&changed);
    assert!(study.indicators.is_empty());
    assert_eq!(notes.count_of(Severity::Error), 500_000);
    assert!(notes.iter().count() < 1000);
}

#[test]
fn members_firms_and_organisations_count_for_the_right_unit() {
    let study = crate::small::study();
    assert_eq!(study.unit_of("DEU"), Some("EU27"));
    assert_eq!(study.unit_of("firm:nvidia"), Some("USA"));
    assert_eq!(study.unit_of("nobody"), None);
    assert_eq!(study.ranked(), ["CHN", "EU27", "USA"]);
}

#[test]
fn focal_actors_are_ranked_by_themselves_or_chosen() {
    let (study, notes) = read(&with(
        texts(),
        "study.toml",
        "focal = [\"USA\", \"CHN\"]",
        "focal = [\"DEU\", \"firm:nvidia\"]",
    ));
    assert_eq!(study.focal, ["EU27", "USA"]);
    assert_eq!(kinds(&notes).iter().filter(|kind| **kind == Kind::FocalNotRanked).count(), 2);
    let (study, _) = read(&with(texts(), "study.toml", "focal = [\"USA\", \"CHN\"]", ""));
    assert_eq!(study.focal, ["USA", "CHN", "EU27"], "the most active first");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// No bytes in any file make the reader panic.
    #[test]
    fn no_bytes_break_the_reader(which in 0usize..10, bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..200) {
        let mut changed = texts();
        let path = changed.keys().nth(which).expect("ten files").clone();
        let mut content = changed[&path].clone();
        let at = at.min(content.len());
        content.splice(at..at, bytes);
        changed.insert(path, content);
        let _ = Study::read(&changed, Keep::Rows);
    }

    /// Nor do shuffled pieces of valid tables.
    #[test]
    fn no_mix_of_cells_breaks_the_reader(cells in proptest::collection::vec("[-A-Z0-9.,;|*\"\n\r\t# 中]{0,6}", 0..60)) {
        let mut changed: BTreeMap<String, Vec<u8>> = texts();
        let header = String::from_utf8(changed["tables/events.csv"].clone()).expect("UTF-8");
        let header = header.lines().next().expect("a header").to_owned();
        changed.insert("tables/events.csv".into(), format!("{header}\n{}", cells.join(",")).into_bytes());
        let _ = Study::read(&changed, Keep::Rows);
    }
}
