//! Bad files.

use super::*;

/// Reads, checks and asks everything; must not panic.
fn survive(files: &Texts) -> Notes {
    let (mut book, mut notes) = read(files);
    let ask = Ask { on: vec![day("2024-01-01")], ..Ask::default() };
    for lang in [Lang::En, Lang::Zh] {
        let _ = book.assess_all(&ask, lang);
    }
    let ids: Vec<String> = book.objects().iter().take(20).map(|object| object.id.clone()).collect();
    let none = Circumstances::default();
    for object in &ids {
        let _ = book.timeline(object, &[], Moment::default(), &none, Lang::En);
        for at in 0..book.instruments.len() {
            let id = book.instruments[at].id.clone();
            let _ = book.explain(&id, object, day("2024-01-01"), Moment::default(), &none, Lang::En);
        }
    }
    let _ = book.reaches(&[day("2024-01-01")], Moment::default(), &none, &Weight::Number);
    let _ = book.bunching(Window::default(), Moment::default());
    notes.extend(book.check(day("2024-01-01")));
    notes
}

fn good() -> Texts {
    let test = "[[version.test]]\nname = \"t\"\nobject = { rate = 400 }\nverdict = \"touched\"\nlimb = \"a\"\n\
                    [[version.test]]\nname = \"u\"\nobject = {}\nverdict = \"undetermined\"\n";
    texts([
        instrument("rule", &(limb("a", "rate >= 300[TOPS]", "x", "") + test)),
        file("objects/c.csv", "object,kind,name_zh,rate\nc,chip,芯片,400\n"),
        file("objects/facts.csv", "object,field,value,unit\nc,area,500,mm2\n"),
        file("instruments/lists.csv", "list,member,names\nl,AAA,名称\n"),
    ])
}

#[test]
fn a_table_reads_the_same_in_any_encoding() {
    let plain = table(&read(&good()).0, "2024-01-01");
    assert_eq!(plain.len(), 1);
    for change in ["bom", "crlf", "gbk", "utf16"] {
        let mut files = good();
        for (path, bytes) in &mut files {
            let text = String::from_utf8(bytes.clone()).expect("UTF-8");
            *bytes = match change {
                "bom" => format!("\u{feff}{text}").into_bytes(),
                "crlf" => text.replace('\n', "\r\n").into_bytes(),
                "gbk" if path.ends_with(".csv") => text
                    .replace("芯片", "@@")
                    .replace("名称", "##")
                    .bytes()
                    .flat_map(|byte| match byte {
                        b'@' => vec![0xd0],
                        b'#' => vec![0xc3],
                        byte => vec![byte],
                    })
                    .collect(),
                "utf16" if path.ends_with(".csv") => {
                    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
                }
                _ => bytes.clone(),
            };
        }
        let (book, notes) = read(&files);
        assert_eq!(notes.count_of(Severity::Error), 0, "{change}: {}", told(&notes));
        assert_eq!(table(&book, "2024-01-01"), plain, "{change}");
    }
}

#[test]
fn nothing_bad_stops_it_and_everything_bad_is_noted() {
    let cases: &[(&str, &str, &str)] = &[
        ("instruments/vocabulary.toml", "", "no-vocabulary"),
        ("instruments/vocabulary.toml", "kind = 7", "toml"),
        ("instruments/rule.toml", "", "missing-key"),
        ("instruments/coverage.toml", "[list", "toml"),
        ("instruments/lists.csv", "list\n", "missing-column"),
        ("objects/c.csv", "object\nc\n", "missing-column"),
        ("objects/c.csv", "object,kind,rate\nc,chip,NaN\n", "fact-value"),
        ("objects/c.csv", "object,kind,rate\nc,chip,inf\n", "fact-value"),
        ("objects/c.csv", "object,kind,rate\nc,chip,1e999\n", "fact-value"),
        ("objects/c.csv", "object,kind,rate\nc,chip,500..400\n", "fact-value"),
        ("objects/c.csv", "object,kind,rate\nc,chip,1\nc,chip,2\n", "duplicate-row"),
        ("objects/c.csv", "object,kind,rate\na b,chip,1\n", "bad-id"),
        ("objects/c.csv", "object,kind,rate\nc,chap,1\n", "unknown-object-kind"),
        ("objects/facts.csv", "object,field,value,unit\nc,rate,1e308,EOPS\n", "fact-value"),
        ("objects/facts.csv", "object,field,value,unit\nc,rate,1,parsec\n", "fact-value"),
        ("objects/facts.csv", "object,field,value\nc,rate,\n", ""),
        ("objects/owners.csv", "owner,owned,share\na,b,60\n", ""),
        ("objects/extra.csv", "", ""),
    ];
    for (path, text, kind) in cases {
        let mut files = good();
        files.insert((*path).to_owned(), text.as_bytes().to_vec());
        let notes = survive(&files);
        assert!(!notes.is_empty(), "{path} {text}");
        let found = notes.iter().any(|note| note.kind.id().contains(kind));
        assert!(found, "{path} `{text}`: no {kind} in\n{}", told(&notes));
    }
    // Twice the same id, in two files.
    let mut files = good();
    files.insert("instruments/other.toml".to_owned(), files["instruments/rule.toml"].clone());
    assert!(has(&survive(&files), Kind::DuplicateRow));
    // A day as a text is a day.
    let mut files = good();
    let text = String::from_utf8(files["instruments/rule.toml"].clone()).expect("UTF-8");
    files.insert(
        "instruments/rule.toml".to_owned(),
        text.replace("from = 2023-01-01", "from = \"2023-01-01\"").into_bytes(),
    );
    assert_eq!(now(&read(&files).0, "rule", "c"), Touched);
}

#[test]
fn ten_thousand_facts_are_read() {
    let mut chips = "object,kind\n".to_owned();
    let mut facts = "object,field,value\n".to_owned();
    for at in 0..5_000 {
        writeln!(chips, "c{at},chip").expect("text");
        writeln!(facts, "c{at},rate,{at}\nc{at},rate,{}", at + 1).expect("text");
    }
    let book = book([
        file("objects/c.csv", &chips),
        file("objects/facts.csv", &facts),
        simple("rule", "rate >= 300[TOPS]"),
    ]);
    let counts = book.tally(&Ask { on: vec![day("2024-01-01")], ..Ask::default() });
    // c299 is between 299 and 300.
    assert_eq!((counts[&Touched], counts[&NotTouched], counts[&Undetermined]), (4_700, 299, 1));
}

#[test]
fn long_and_deep_conditions_are_read_or_refused() {
    for when in [
        vec!["1"; 200_000].join(" + ") + " > 0",
        vec!["server"; 200_000].join(" == "),
        vec!["server"; 50_000].join(" && "),
        "(".repeat(100_000),
        "!".repeat(100_000),
        "largest(".repeat(100_000),
    ] {
        let mut files = good();
        let (path, text) = simple("rule", &when);
        files.insert(path, text.into_bytes());
        read(&files);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn random_files_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), which in 0usize..6) {
        let paths = ["instruments/vocabulary.toml", "instruments/rule.toml", "instruments/lists.csv",
            "instruments/coverage.toml", "objects/c.csv", "objects/facts.csv"];
        let mut files = good();
        files.insert(paths[which].to_owned(), bytes);
        survive(&files);
    }

    #[test]
    fn random_conditions_never_panic(
        parts in proptest::collection::vec(prop::sample::select(vec![
            "rate", "server", "tags", "since", "on", "home", "(", ")", "[", "]", "&&", "||", "!", "==", ">=", "<", "in",
            "+", "-", "*", "/", "300[TOPS]", "1", "0", "1e308", "'a'", "\"a", "list('l')", "listed('l')", "owned_by('l')",
            "touched_by('rule')", "known(rate)", "date('2024-01-01')", "largest(rate, other_rate)", "smallest(", ",",
            "first_known(rate)", "芯片", "é", "[TOPS]", "true",
        ]), 0..12),
    ) {
        let mut files = good();
        let (path, text) = instrument("wild", "");
        let when = toml::Value::String(parts.join(" "));
        let text = format!("{text}[[version.limb]]\nid = \"a\"\nwhen = {when}\noutcome = \"x\"\nen = \"a\"\nzh = \"a\"\n");
        files.insert(path, text.into_bytes());
        survive(&files);
    }

    #[test]
    fn random_texts_are_no_changes_and_never_panic(text in "\\PC{0,30}") {
        let _ = text.parse::<Change>();
        let _ = text.parse::<techpower::rules::Unit>();
        let _ = Reform::read("r", &text);
    }
}
