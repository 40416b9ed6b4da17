//! The coder on the codebook's own examples and on texts that are alike but for one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use techpower::code::{Coded, Coder, Event, Modality, Scorer};
use techpower::codebook::{Codebook, Example};
use techpower::diag::Lang;
use techpower::text::Document;

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(|| Codebook::builtin().0);
static CODER: LazyLock<Coder> = LazyLock::new(|| {
    let scorer = Scorer::of(&CODEBOOK).expect("a good scorer");
    Coder::new(&CODEBOOK, &BTreeMap::new(), scorer)
});

fn document(date: &str, title: &str, text: &str) -> Document {
    Document {
        id: "d".to_owned(),
        lang: None,
        date: date.parse().ok(),
        title: title.to_owned(),
        text: text.to_owned(),
        source: String::new(),
        file: String::new(),
        row: 1,
    }
}

fn code(text: &str) -> Coded {
    CODER.code(&document("", "", text))
}

fn actors(event: &Event) -> BTreeSet<String> {
    event.targets.iter().map(|target| target.actor.clone()).collect()
}

/// What is wrong with the coding of an example, field by field.
fn wrong(example: &Example) -> Vec<&'static str> {
    let coded = code(&example.text);
    let Some(first) = example.yields.first() else {
        return if coded.events.is_empty() { Vec::new() } else { vec!["near-miss coded"] };
    };
    let Some(event) = coded.events.first() else { return vec!["not coded"] };
    let mut wrong = Vec::new();
    let senders: BTreeSet<&str> = example.yields.iter().map(|one| one.sender.as_str()).collect();
    let sender = event.sender.as_ref().map_or("?", |sender| sender.actor.as_str());
    if !senders.contains(sender) {
        wrong.push("sender");
    }
    // Of joint acts the targets of all rows are compared.
    let wanted: BTreeSet<String> = example
        .yields
        .iter()
        .filter(|one| one.power == first.power)
        .flat_map(|one| one.targets.clone())
        .collect();
    let rows = coded.events.iter().filter(|other| other.event == event.event);
    if wanted != rows.flat_map(actors).collect() {
        wrong.push("targets");
    }
    for (name, found, wanted) in [
        ("power", &event.power, first.power.as_ref()),
        ("instrument", &event.instrument, first.instrument.as_ref()),
        ("mode", &event.mode, Some(&first.mode)),
        ("layer", &event.layer, Some(&first.layer)),
    ] {
        if Some(found) != wanted {
            wrong.push(name);
        }
    }
    wrong
}

#[test]
fn worked_examples_are_coded_as_the_pages_say() {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut lines = BTreeMap::from([(Lang::En, 0), (Lang::Zh, 0)]);
    for (page, example) in CODEBOOK.examples() {
        *lines.entry(example.lang).or_default() += 1;
        for what in wrong(example) {
            *counts.entry((what, if example.lang == Lang::En { "en" } else { "zh" })).or_default() += 1;
            println!("{what}: {}: {}", page.id, example.text);
        }
    }
    assert!(lines.values().all(|count| *count >= 300), "{lines:?}");
    assert!(counts.is_empty(), "{counts:?}");
}

/// The type, mode and layer of the first event.
fn kind(coded: &Coded) -> Option<(String, String, String)> {
    coded.events.first().map(|event| (event.power.clone(), event.mode.clone(), event.layer.clone()))
}

fn sender(coded: &Coded) -> Option<String> {
    coded.events.first()?.sender.as_ref().map(|sender| sender.actor.clone())
}

fn targets(coded: &Coded) -> BTreeSet<String> {
    coded.events.first().map(actors).unwrap_or_default()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Sentences with a place for who acts and one for on whom.
const ACTS: [(&str, &str); 8] = [
    ("{a} imposed export controls on advanced chips sold to {b}.", "en"),
    ("{a} has banned the export of lithography machines to {b}.", "en"),
    ("{a} added three semiconductor companies from {b} to its entity list on Tuesday.", "en"),
    (
        "{a} is considering new restrictions on AI chip exports to {b}, two people familiar with the matter said.",
        "en",
    ),
    ("{a}宣布对{b}实施先进芯片出口管制。", "zh"),
    ("{a}将{b}的五家半导体企业列入实体清单。", "zh"),
    ("{a}禁止向{b}出口光刻设备。", "zh"),
    ("{a}正考虑进一步限制对{b}的人工智能芯片出口。", "zh"),
];

const STATES: [(&str, &str, &str); 6] = [
    ("Japan", "日本", "JPN"),
    ("India", "印度", "IND"),
    ("China", "中国", "CHN"),
    ("Russia", "俄罗斯", "RUS"),
    ("South Korea", "韩国", "KOR"),
    ("the United Kingdom", "英国", "GBR"),
];

fn told(act: (&str, &str), a: (&str, &str, &str), b: (&str, &str, &str)) -> String {
    let name =
        |state: (&str, &str, &str)| if act.1 == "en" { state.0.to_owned() } else { state.1.to_owned() };
    let text = act.0.replace("{a}", &name(a)).replace("{b}", &name(b));
    let first = text.chars().next().map_or(0, char::len_utf8);
    text[..first].to_uppercase() + &text[first..]
}

#[test]
fn swapping_actors_swaps_parts_and_nothing_else() {
    for act in ACTS {
        let first = code(&told((act.0, act.1), STATES[0], STATES[1]));
        for a in STATES {
            for b in STATES.into_iter().filter(|b| b.2 != a.2) {
                let text = told((act.0, act.1), a, b);
                let coded = code(&text);
                assert_eq!(kind(&coded), kind(&first), "{text}");
                assert_eq!(sender(&coded).as_deref(), Some(a.2), "{text}");
                assert_eq!(targets(&coded), set(&[b.2]), "{text}");
            }
        }
    }
}

#[test]
fn active_and_passive_agree() {
    for (active, passive) in [
        (
            "Japan added the Chinese chipmaker SMIC to its entity list.",
            "The Chinese chipmaker SMIC was added to its entity list by Japan.",
        ),
        (
            "The Dutch government banned the export of lithography machines to China.",
            "The export of lithography machines to China was banned by the Dutch government.",
        ),
        ("India blocked 54 Chinese apps.", "54 Chinese apps were blocked by India."),
        ("美国将华为列入实体清单。", "华为被美国列入实体清单。"),
        ("美国商务部将中芯国际列入实体清单。", "中芯国际被美国商务部列入实体清单。"),
    ] {
        let (a, b) = (code(active), code(passive));
        assert_eq!(kind(&a), kind(&b), "{passive}");
        assert_eq!(sender(&a), sender(&b), "{passive}");
        assert_eq!(targets(&a), targets(&b), "{passive}");
    }
}

#[test]
fn what_is_denied_is_not_coded() {
    for text in [
        "The Commerce Department said it has no plan to add Alibaba to the Entity List.",
        "Japan denied reports that it would ban the export of chip tools to China.",
        "The ministry said it is not considering export controls on memory chips.",
        "美国商务部否认将阿里巴巴列入实体清单。",
        "日本政府表示没有计划限制对华芯片设备出口。",
        "荷兰方面称，并未禁止向中国出口光刻机。",
    ] {
        let coded = code(text);
        assert!(coded.events.is_empty(), "{text}: {:?}", coded.events[0].rule);
    }
}

#[test]
fn translations_agree() {
    for (en, zh) in [
        (
            "The United States added Huawei to its Entity List in May 2019.",
            "2019年5月，美国将华为列入实体清单。",
        ),
        ("The European Parliament adopted the Artificial Intelligence Act.", "欧洲议会通过《人工智能法》。"),
        ("China imposed export controls on gallium and germanium.", "中国对镓、锗实施出口管制。"),
        (
            "Meta released the weights of its open-source large language model.",
            "Meta开放其开源大语言模型的权重。",
        ),
        ("China launched a Global AI Governance Initiative.", "中国发起《全球人工智能治理倡议》。"),
    ] {
        let (a, b) = (code(en), code(zh));
        let power =
            |coded: &Coded| coded.events.first().map(|event| (event.power.clone(), event.layer.clone()));
        assert_eq!(power(&a), power(&b), "{zh}");
        assert_eq!(sender(&a), sender(&b), "{zh}");
        assert_eq!(targets(&a), targets(&b), "{zh}");
    }
}

/// `将` before a verb tells what is to come; right before a name it says on whom an act falls.
#[test]
fn a_word_before_an_object_is_no_plan() {
    let modality = |text: &str| code(text).events.first().map(|event| event.modality);
    assert_eq!(modality("美国商务部将中芯国际列入实体清单。"), Some(Modality::Done));
    assert_eq!(modality("美国商务部将把中芯国际列入实体清单。"), Some(Modality::Planned));
}

#[test]
fn boilerplate_and_the_order_of_paragraphs_do_not_matter() {
    let act = "The Netherlands banned the export of lithography machines to China on Friday.";
    let other = "The weather in Rotterdam was fine.\n\nThe museum opens at ten.";
    let alone = code(act);
    let summary = |coded: &Coded| -> Vec<(Option<String>, BTreeSet<String>, String, String)> {
        coded
            .events
            .iter()
            .map(|event| {
                let sender = event.sender.as_ref().map(|sender| sender.actor.clone());
                (sender, actors(event), event.instrument.clone(), event.evidence.text.clone())
            })
            .collect()
    };
    for text in [
        format!("{act}\n\n{other}"),
        format!("{other}\n\n{act}"),
        format!("{other}\n\n{act}\n\nAll rights reserved. Sign up for our newsletter."),
    ] {
        assert_eq!(summary(&code(&text)), summary(&alone), "{text}");
    }
}

#[test]
fn office_holders_are_those_of_the_day() {
    let text = "President Biden signed an executive order that bans investment in Chinese AI chip companies.";
    let sender_on = |date: &str| sender(&CODER.code(&document(date, "", text)));
    assert_eq!(sender_on("2021-01-20").as_deref(), Some("USA"));
    assert_eq!(sender_on("2025-01-19").as_deref(), Some("USA"));
    assert_ne!(sender_on("2021-01-19").as_deref(), Some("USA"));
    assert_ne!(sender_on("2025-01-20").as_deref(), Some("USA"));
}

#[test]
fn spans_are_exact_in_any_text() {
    let text = "😀 The\u{200b} Netherlands banned the\r\nexport of litho\u{ad}graphy machines to China.\r\n荷兰禁止向中国出口光刻机。";
    let document = document("", "ＡＩ芯片", text);
    let coded = CODER.code(&document);
    assert!(!coded.events.is_empty());
    for event in &coded.events {
        let mut quotes = vec![&event.evidence, &event.sentence];
        quotes.extend(event.trigger.as_ref());
        quotes.extend(event.cue.as_ref());
        quotes.extend(event.targets.iter().chain(&event.sender).filter_map(|party| party.quote.as_ref()));
        for quote in quotes {
            let whole = if quote.in_title { &document.title } else { &document.text };
            assert_eq!(&whole[quote.bytes.0..quote.bytes.1], quote.text);
            let points: String =
                whole.chars().skip(quote.points.0).take(quote.points.1 - quote.points.0).collect();
            assert_eq!(points, quote.text);
            let units: Vec<u16> = whole.encode_utf16().collect();
            assert_eq!(String::from_utf16_lossy(&units[quote.utf16.0..quote.utf16.1]), quote.text);
        }
    }
}

#[test]
fn a_cue_is_shown_to_the_end_of_the_word_it_stops_in() {
    for (text, instrument) in [
        ("Japan put chip tools under export controls.", "export controls"),
        ("Japan put chip tools under export con\u{ad}trols", "export con\u{ad}trols"),
    ] {
        let (coded, sentences) = CODER.explain(&document("", "", text));
        let mut marks = sentences[0].marks.iter();
        let mark = marks.find(|mark| mark.kind == "instrument").expect("an instrument");
        let cue = coded.events[0].cue.as_ref().expect("a cue");
        for quote in [&mark.quote, cue] {
            assert_eq!(quote.text, instrument);
            assert_eq!(&text[quote.bytes.0..quote.bytes.1], instrument);
        }
    }
}

#[test]
fn a_title_that_alone_tells_an_act_is_said_to_be_the_evidence() {
    let coded = CODER.code(&document(
        "2024-05-01",
        "Japan bans export of lithography machines to China",
        "Markets were calm in Tokyo.",
    ));
    assert_eq!(coded.events.len(), 1);
    assert!(coded.events[0].evidence.in_title);
}

#[test]
fn texts_that_are_no_texts_do_no_harm() {
    let long = "芯片".repeat(200_000);
    let quotes = "\"".repeat(100_000) + "China bans chips";
    let noise: String =
        (0..50_000u32).filter_map(|at| char::from_u32(at.wrapping_mul(2_654_435_761) % 0x11_0000)).collect();
    for text in [
        "",
        " ",
        "\u{feff}",
        "。",
        "....",
        "\n\n\n",
        &long,
        &quotes,
        &noise,
        "a\u{301}".repeat(1000).as_str(),
    ] {
        let coded = CODER.code(&document("", text.get(..30).unwrap_or_default(), text));
        assert_eq!(coded.events.is_empty(), coded.reason.is_some());
    }
}

#[test]
fn without_a_scorer_the_rules_decide() {
    let rules = Coder::new(&CODEBOOK, &BTreeMap::new(), None);
    let coded = rules.code(&document(
        "",
        "",
        "The United States imposed export controls on advanced chips sold to China.",
    ));
    let event = &coded.events[0];
    assert_eq!((event.power.as_str(), event.instrument.as_str()), ("compulsory", "export-control"));
    assert_eq!((sender(&coded).as_deref(), targets(&coded)), (Some("USA"), set(&["CHN"])));
    assert!(event.uncertain);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Whatever stands around an act, spans stay those of the text, and nothing panics.
    #[test]
    fn no_text_breaks_the_coder(before in "\\PC{0,120}", after in "[\u{0}-\u{10ffff}]{0,120}", title in "\\PC{0,40}") {
        let text = format!("{before}China imposed export controls on gallium. 美国将华为列入实体清单。{after}");
        let document = document("2024-05-01", &title, &text);
        let (coded, _) = CODER.explain(&document);
        for event in &coded.events {
            for quote in [Some(&event.evidence), Some(&event.sentence), event.trigger.as_ref()].into_iter().flatten() {
                let whole = if quote.in_title { &document.title } else { &document.text };
                prop_assert_eq!(&whole[quote.bytes.0..quote.bytes.1], quote.text.as_str());
                prop_assert_eq!(whole[..quote.bytes.0].chars().count(), quote.points.0);
            }
        }
    }
}
