//! Codings out.

use std::collections::BTreeMap;

use serde_json::Value;
use techpower::code::{Coded, Coder, Dyads, Made, Modality, QdaProject, write_jsonl, write_plover};
use techpower::codebook::Codebook;
use techpower::diag::Lang;
use techpower::package;
use techpower::text::Document;

fn document(id: &str, title: &str, text: &str) -> Document {
    Document {
        id: id.to_owned(),
        lang: None,
        date: "2024-05-02".parse().ok(),
        title: title.to_owned(),
        text: text.to_owned(),
        source: "https://example.org/a".to_owned(),
        file: String::new(),
        row: 1,
    }
}

struct Bench {
    codebook: Codebook,
    coder: Coder,
}

fn bench() -> Bench {
    let (codebook, _) = Codebook::builtin();
    let coder = Coder::new(&codebook, &BTreeMap::new(), None);
    Bench { codebook, coder }
}

impl Bench {
    fn made(&self) -> Made<'_> {
        Made { coder: self.coder.name(), codebook: &self.codebook }
    }

    fn jsonl(&self, document: &Document, coded: &Coded, all: bool) -> Vec<Value> {
        let mut out = Vec::new();
        write_jsonl(document, coded, self.made(), all, &mut out).expect("writing to memory");
        values(&out)
    }

    fn plover(&self, document: &Document, coded: &Coded) -> Vec<Value> {
        let mut out = Vec::new();
        write_plover(document, coded, self.made(), &mut out).expect("writing to memory");
        values(&out)
    }
}

fn values(lines: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(lines).expect("UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Texts whose positions are easily miscounted.
const TEXTS: [&str; 4] = [
    "\u{feff}Chips 😀 news.\r\n\r\nThe United States imposed export controls on advanced chips sold to China.\r\nMore.",
    "芯片消息😀。\r\n美国对中国实施先进芯片出口管制，立即生效。\r\n其他。",
    "Cafe\u{301} chips\u{200b}: 🇨🇳.\rThe United States imposed export controls on advanced chips sold to China.",
    "  The United States imposed export controls on advanced chips sold to China.",
];

#[test]
fn a_line_holds_what_was_coded() {
    let bench = bench();
    let document = document("d", "", TEXTS[0]);
    let coded = bench.coder.code(&document);
    let lines = bench.jsonl(&document, &coded, true);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = &lines[0];
    let expect = [
        ("document", "d"),
        ("event", "d#1"),
        ("sender", "USA"),
        ("instrument", "export-control"),
        ("power", "compulsory"),
        ("mode", "impose"),
        ("evidence_in", "text"),
        ("modality", "done"),
        ("polarity", "positive"),
        ("event_date", "2024-05-02"),
        ("link", "d#1"),
        ("id", "d#1/USA/CHN"),
    ];
    for (key, value) in expect {
        assert_eq!(line[key], value, "{key}");
    }
    assert_eq!(line["targets"], serde_json::json!(["CHN"]));
    assert!(line["confidence"].is_f64() && line["rule"].is_string() && line["layer"].is_string());
    assert_eq!(line["date"]["granularity"], "document");
    assert_eq!(line["hash"], document.hash().as_str());
    assert_eq!((line["sources"].clone(), line["source_count"].clone()), (serde_json::json!(["d"]), 1.into()));
    assert_eq!(line["parties"]["sender"]["span"]["text"], "The United States");
    // The superset of PLOVER.
    assert_eq!((line["event_type"][0].as_str(), line["quad_code"].as_u64()), (Some("SANCTION"), Some(4)));
    let record = &bench.plover(&document, &coded)[0];
    for (key, value) in record.as_object().expect("an object") {
        let here = match key.as_str() {
            "date" => &line["event_date"],
            "event" => &line["event_type"],
            "mode" => &line["event_mode"],
            "act" => &line["mode"],
            key => &line[key],
        };
        assert_eq!(here, value, "{key}");
    }
}

/// Every position, counted in each of the three ways, leads to the words beside it.
#[test]
fn positions_lead_to_the_words() {
    let bench = bench();
    for text in TEXTS {
        for (title, body) in [("", text), (text, ""), ("A title 题", text)] {
            let document = document("d", title, body);
            let coded = bench.coder.code(&document);
            let lines = bench.jsonl(&document, &coded, false);
            assert!(!lines.is_empty(), "{title:?} {body:?}");
            for line in lines {
                let parties = line["parties"]["targets"].as_array().expect("a list");
                let named =
                    [&line["parties"]["sender"]].into_iter().chain(parties).map(|party| &party["span"]);
                let spans = line["spans"].as_object().expect("an object").values();
                for span in spans.chain(named).filter(|span| !span.is_null()) {
                    let whole = if span["in"] == "title" { title } else { body };
                    let place = |key: &str, at: usize| span[key][at].as_u64().expect("a number") as usize;
                    let words = span["text"].as_str().expect("words");
                    assert_eq!(&whole[place("bytes", 0)..place("bytes", 1)], words);
                    let points: Vec<char> = whole.chars().collect();
                    let (start, end) = (place("code_points", 0), place("code_points", 1));
                    assert_eq!(points[start..end].iter().collect::<String>(), words);
                    let units: Vec<u16> = whole.encode_utf16().collect();
                    let (start, end) = (place("utf16", 0), place("utf16", 1));
                    assert_eq!(String::from_utf16_lossy(&units[start..end]), words);
                }
                assert_eq!(line["evidence_start"], line["spans"]["evidence"]["code_points"][0]);
                assert_eq!(line["evidence_end"], line["spans"]["evidence"]["code_points"][1]);
                assert_eq!(line["evidence_in"], line["spans"]["evidence"]["in"]);
            }
        }
    }
}

#[test]
fn a_document_without_events_says_why() {
    let bench = bench();
    let document = document("d", "", "The weather in Paris was fine.");
    let coded = bench.coder.code(&document);
    assert!(bench.jsonl(&document, &coded, false).is_empty());
    let line = serde_json::json!({"document": "d", "event": null, "reason": "topic", "probability": null});
    assert_eq!(bench.jsonl(&document, &coded, true), [line]);
    assert!(bench.plover(&document, &coded).is_empty());
}

/// An event with several targets, unusual signs and an unknown day.
fn several(bench: &Bench) -> (Document, Coded) {
    let document = document("d,\"1\"", "Title", TEXTS[3]);
    let mut coded = bench.coder.code(&document);
    let event = &mut coded.events[0];
    let mut other = event.targets[0].clone();
    other.actor = "firm:huawei".to_owned();
    event.targets.push(other.clone());
    other.actor = "*".to_owned();
    event.targets.push(other);
    event.rule = "=1+\"2\"\n3".to_owned();
    event.date.date = "2024-02".to_owned();
    event.modality = Modality::Planned;
    (document, coded)
}

#[test]
fn a_dyad_has_a_row_and_a_record() {
    let bench = bench();
    let (document, mut coded) = several(&bench);
    let rows = |coded: &Coded| -> Vec<BTreeMap<String, String>> {
        let mut file = Vec::new();
        let mut dyads = Dyads::new(&mut file).expect("a header");
        dyads.write(coded).expect("rows");
        dyads.finish().expect("an end");
        csv::Reader::from_reader(&file[..]).deserialize().map(|row| row.expect("a row")).collect()
    };
    let found = rows(&coded);
    let targets: Vec<&str> = found.iter().map(|row| row["target"].as_str()).collect();
    assert_eq!(targets, ["CHN", "firm:huawei", "*"]);
    assert_eq!((found[0]["rule"].as_str(), found[0]["document"].as_str()), ("=1+\"2\"\n3", "d,\"1\""));
    let records = bench.plover(&document, &coded);
    assert_eq!(records.len(), 3);
    let code = |at: usize| records[at]["recipient"][0]["code"].as_str();
    assert_eq!((code(0), code(1), code(2)), (Some("CHN"), Some("MNC"), None));
    assert_eq!(
        (records[0]["date"].as_str(), records[0]["enddate"].as_str()),
        (Some("2024-02-01"), Some("2024-02-29"))
    );
    assert_eq!(records[0]["context"], serde_json::json!(["technology", "future"]));
    assert_eq!(records[0]["cite_info"]["url"], "https://example.org/a");
    // What is unknown stays unknown.
    let event = &mut coded.events[0];
    (event.sender, event.mode) = (None, "declare".to_owned());
    event.targets.clear();
    event.date.date.clear();
    assert_eq!(rows(&coded).iter().map(|row| row["target"].as_str()).collect::<Vec<_>>(), [""]);
    let record = &bench.plover(&document, &coded)[0];
    for key in ["event", "mode", "quad_code", "event_scale", "date", "enddate"] {
        assert!(record[key].is_null(), "{key}");
    }
    assert_eq!(
        (record["source"].clone(), record["recipient"].clone()),
        (serde_json::json!([]), serde_json::json!([]))
    );
}

#[test]
fn the_table_of_codings_fits_its_schema() {
    let bench = bench();
    let (_, coded) = several(&bench);
    let table = package::coded([&coded]);
    assert_eq!(table.rows.len(), 1);
    assert_eq!(table.rows[0].len(), table.schema.columns.len());
    for (column, cell) in table.schema.columns.iter().zip(&table.rows[0]) {
        assert!(!column.required || !cell.csv().is_empty(), "{}", column.name);
    }
    let at = |column: &str| table.rows[0][table.schema.position(column)].csv();
    assert_eq!((at("sender"), at("targets")), ("USA".to_owned(), "CHN|firm:huawei|*".to_owned()));
    assert!(package::ALL.iter().any(|schema| schema.name == table.schema.name));
}

/// Passages of a project as other software reads them: by code points of the text in the archive.
#[test]
fn passages_of_a_project_are_the_evidence() {
    let bench = bench();
    for lang in [Lang::En, Lang::Zh] {
        let mut qda = QdaProject::new(&bench.codebook, lang);
        let mut expected = Vec::new();
        for (at, text) in TEXTS.into_iter().enumerate() {
            // A text may begin with its title.
            let line = text.split('\n').next().unwrap_or_default();
            let cases = [("", text), (text, ""), ("Title 😀\r\n", text), (line, text)];
            for (case, (title, body)) in cases.into_iter().enumerate() {
                let document = document(&format!("{at}.{case}"), title, body);
                let coded = bench.coder.code(&document);
                assert!(!coded.events.is_empty(), "{title:?} {body:?}");
                // An event of several senders is one passage.
                let mut of: Vec<&str> = coded.events.iter().map(|event| event.event.as_str()).collect();
                of.dedup();
                for id in of {
                    let event = coded.events.iter().find(|event| event.event == id).expect("an event");
                    expected.push(event.evidence.text.replace("\r\n", "\n").replace('\r', "\n"));
                }
                qda.add(&document, &coded);
            }
        }
        let (xml, texts) = crate::text::unpacked(&qda.finish("study"));
        assert!(texts.iter().all(|text| !text.contains('\r') && !text.starts_with('\u{feff}')));
        let mut found = Vec::new();
        for (source, text) in xml.split("<TextSource ").skip(1).zip(&texts) {
            let points: Vec<char> = text.chars().collect();
            for selection in source.split("<PlainTextSelection ").skip(1) {
                let place = |key: &str| -> usize {
                    let from = selection.find(key).expect("a position") + key.len() + 2;
                    selection[from..].split('"').next().expect("a number").parse().expect("a number")
                };
                found.push(points[place("startPosition")..place("endPosition")].iter().collect::<String>());
                // Power, instrument, mode, layer, sender, target.
                assert!(selection.matches("<Coding ").count() >= 6, "{selection}");
            }
        }
        assert_eq!(found, expected);
        let name = bench.codebook.name("export-control", lang).expect("a name");
        assert!(xml.contains(name));
        let mut names: Vec<&str> = xml
            .split("<Code ")
            .skip(1)
            .filter_map(|code| code.split("name=\"").nth(1)?.split('"').next())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "some software knows a code by its name");
    }
}

/// The reference page shows the table of the codebook.
#[test]
fn the_page_of_codings_has_the_table_of_plover() {
    let (codebook, _) = Codebook::builtin();
    let mut table = String::from("| of | mode | event | mode of the event | note |\n|---|---|---|---|---|\n");
    for row in &codebook.plover {
        let cell = |id: &str| if id.is_empty() { String::new() } else { format!("`{id}`") };
        let cells = [&row.of, &row.mode, &row.event, &row.event_mode].map(|id| cell(id));
        table.push_str(&format!("| {} | {} |\n", cells.join(" | "), row.note));
    }
    assert!(
        include_str!("../../../../docs/reference/codings.md").contains(&table),
        "the page should hold\n{table}"
    );
}
