//! What is taken from a reply, and what is left out.

use std::sync::LazyLock;

use serde_json::json;

use super::*;

fn document(title: &str, text: &str) -> Document {
    Document {
        id: "d".into(),
        lang: None,
        date: "2023-07-30".parse().ok(),
        title: title.into(),
        text: text.into(),
        source: String::new(),
        file: "d.jsonl".into(),
        row: 3,
    }
}

fn event() -> Value {
    json!({
        "sender": "JPN", "sender_quote": "Japan", "targets": ["*"], "target_quotes": [null],
        "instrument": "export-control", "layer": "foundation", "power": null, "mode": "impose",
        "evidence": "placed chip tools under export controls", "trigger": "placed", "date_quote": null, "note": null,
    })
}

/// The event with some fields changed.
fn with(changes: Value) -> Value {
    let mut event = event();
    for (field, value) in changes.as_object().into_iter().flatten() {
        event[field] = value.clone();
    }
    event
}

static CODEBOOK: LazyLock<Codebook> = LazyLock::new(|| Codebook::builtin().0);
static FURTHER: BTreeMap<String, Actor> = BTreeMap::new();
static ANSWERS: LazyLock<Answers<'static>> = LazyLock::new(|| Answers::new(&CODEBOOK, &FURTHER, "m"));

/// Reads a reply to a document.
fn read(document: &Document, written: &str) -> (Vec<Event>, Vec<Kind>) {
    let mut notes = Notes::new();
    let events = ANSWERS.read(document, written, &mut notes);
    let kinds = notes.iter().map(|note| note.kind).collect();
    for note in notes.iter() {
        for lang in [Lang::En, Lang::Zh] {
            assert!(!note.message(lang).contains('{'), "{}", note.message(lang));
        }
    }
    (events, kinds)
}

fn one(text: &str, changes: Value) -> (Option<Event>, Vec<Kind>) {
    let (events, kinds) = read(&document("", text), &json!({ "events": [with(changes)] }).to_string());
    assert!(events.len() < 2);
    (events.into_iter().next(), kinds)
}

const TEXT: &str = "Talks failed. On 23 July Japan placed chip tools under export controls, which hit China.";

#[test]
fn a_good_answer_is_an_event_for_review() {
    let (event, kinds) =
        one(TEXT, json!({ "targets": ["CHN"], "target_quotes": ["China"], "date_quote": "23 July" }));
    let event = event.expect("an event");
    assert_eq!(kinds, []);
    assert!(event.uncertain);
    assert_eq!((event.rule.as_str(), event.coder.as_str(), event.event.as_str()), ("llm", "llm:m", "d#1"));
    assert_eq!(
        event.sentence.text,
        "On 23 July Japan placed chip tools under export controls, which hit China."
    );
    assert_eq!(&TEXT[event.evidence.bytes.0..event.evidence.bytes.1], event.evidence.text);
    let sender = event.sender.expect("a sender");
    assert_eq!((sender.actor.as_str(), sender.entry.as_str()), ("JPN", "Japan (name)"));
    assert_eq!(event.targets[0].quote.as_ref().map(|quote| quote.text.as_str()), Some("China"));
    assert_eq!((event.date.date.as_str(), event.date.granularity), ("2023-07-23", "day"));
    assert_eq!(event.trigger.map(|trigger| trigger.text), Some("placed".to_owned()));
    assert_eq!(event.power, CODEBOOK.instrument("export-control").expect("an instrument").power);
}

#[test]
fn a_quote_that_is_not_there_takes_its_field_with_it() {
    let check = |changes: Value, expected: &[Kind], left: &dyn Fn(&Event) -> bool| {
        let (event, kinds) = one(TEXT, changes.clone());
        assert_eq!(kinds, expected, "{changes}");
        assert!(left(&event.expect("an event")), "{changes}");
    };
    check(json!({ "sender_quote": "Tokyo" }), &[Kind::ModelNoQuote], &|event| event.sender.is_none());
    // A part of a word is no name.
    check(json!({ "sender_quote": "Jap" }), &[Kind::ModelNoQuote], &|event| event.sender.is_none());
    check(json!({ "targets": ["CHN"], "target_quotes": ["Beijing"] }), &[Kind::ModelNoQuote], &|event| {
        event.targets.is_empty()
    });
    check(json!({ "trigger": "imposed" }), &[Kind::ModelNoQuote], &|event| event.trigger.is_none());
    check(json!({ "date_quote": "23 July 2023" }), &[Kind::ModelNoQuote], &|event| {
        event.date.granularity == "document" && event.date.date == "2023-07-30"
    });
    check(json!({ "note": "unclear" }), &[Kind::ModelRemark], &|_| true);
}

#[test]
fn an_event_without_evidence_or_with_unknown_ids_is_left_out() {
    let check = |changes: Value, expected: Kind| {
        let (event, kinds) = one(TEXT, changes.clone());
        assert_eq!((event, kinds), (None, vec![expected]), "{changes}");
    };
    check(json!({ "evidence": "put chip tools under export controls" }), Kind::ModelNoEvidence);
    check(json!({ "evidence": "placed chip tools ... export controls" }), Kind::ModelNoEvidence);
    check(json!({ "evidence": "" }), Kind::ModelNoEvidence);
    check(json!({ "evidence": null }), Kind::ModelNoEvidence);
    check(json!({ "instrument": "export-controls" }), Kind::ModelUnknownId);
    check(json!({ "layer": "hardware" }), Kind::ModelUnknownId);
    check(json!({ "mode": null }), Kind::ModelUnknownId);
    check(json!({ "targets": "CHN" }), Kind::ModelField);
}

#[test]
fn the_power_is_that_of_the_instrument() {
    let own = CODEBOOK.instrument("export-control").expect("an instrument").power.clone();
    let other = CODEBOOK.types.iter().map(|t| t.id.clone()).find(|id| *id != own).expect("another");
    let (event, kinds) = one(TEXT, json!({ "power": other }));
    assert_eq!((event.expect("an event").power, kinds), (own, vec![Kind::ModelPower]));
}

#[test]
fn actors_are_resolved_by_the_dictionary() {
    let text = "Tokyo said Japan placed chip tools under export controls for Foobar Chips.";
    let check = |changes: Value, sender: &str, expected: &[Kind]| {
        let (event, kinds) = one(text, changes.clone());
        assert_eq!(
            event.and_then(|event| event.sender).map(|p| p.actor).as_deref(),
            Some(sender),
            "{changes}"
        );
        assert_eq!(kinds, expected, "{changes}");
    };
    check(json!({ "sender": "Japan" }), "JPN", &[]);
    check(json!({ "sender": "JP", "sender_quote": null }), "JPN", &[]);
    check(json!({ "sender": "the U.S. Commerce Department", "sender_quote": null }), "USA", &[]);
    check(json!({ "sender": "日本政府", "sender_quote": "Japan" }), "JPN", &[]);
    check(
        json!({ "sender": "Foobar Chips", "sender_quote": "Foobar Chips" }),
        "Foobar Chips",
        &[Kind::ModelActor],
    );
    check(json!({ "sender": "USA", "sender_quote": "Japan" }), "USA", &[Kind::ModelParty]);
    let (event, kinds) = one(text, json!({ "targets": ["*", "CHN"], "target_quotes": [] }));
    let targets: Vec<String> = event.expect("an event").targets.into_iter().map(|p| p.actor).collect();
    assert_eq!((targets, kinds), (vec!["CHN".to_owned()], vec![Kind::ModelTargets]));
}

#[test]
fn quotes_are_mapped_back_to_the_text_as_stored() {
    let text = "前文。日本将ＡＩ芯\u{200b}片列入\n出口管制清单。";
    let changes =
        json!({ "sender_quote": "日本", "evidence": "将AI芯片列入 出口管制清单", "trigger": "列入" });
    let (event, kinds) = one(text, changes);
    let event = event.expect("an event");
    assert_eq!(kinds, []);
    assert_eq!(event.evidence.text, "将ＡＩ芯\u{200b}片列入\n出口管制清单");
    assert_eq!(event.evidence.points, (5, 20));
    let chars: String = text.chars().skip(5).take(15).collect();
    assert_eq!(chars, event.evidence.text);
}

#[test]
fn title_and_text_are_two_places() {
    let written = |evidence: &str| {
        json!({ "events": [with(json!({ "evidence": evidence, "trigger": null }))] }).to_string()
    };
    let document = document("Japan curbs chip tools", "Japan curbs chip tools. More follows.");
    let (events, _) = read(&document, &written("curbs chip tools"));
    assert!(!events[0].evidence.in_title, "the text comes first");
    // From one into the other there is no passage.
    let (events, kinds) = read(&document, &written("tools Japan"));
    assert_eq!((events.len(), kinds), (0, vec![Kind::ModelNoEvidence]));
    let alone = super::tests::document("Japan curbs chip tools", "Nothing else.");
    assert!(read(&alone, &written("curbs chip tools")).0[0].evidence.in_title);
}

#[test]
fn joint_senders_share_the_act_and_repetitions_go() {
    let text = "Japan and China placed chip tools under export controls.";
    let second = with(json!({ "sender": "CHN", "sender_quote": "China" }));
    let written = json!({ "events": [event(), second, event()] }).to_string();
    let (events, _) = read(&document("", text), &written);
    let ids: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(ids, ["d#1", "d#1"]);
}

#[test]
fn replies_in_other_clothes_are_read_and_half_ones_are_not() {
    let plain = json!({ "events": [event()] }).to_string();
    let list = json!([event()]).to_string();
    let check = |written: &str, count: usize, expected: &[Kind]| {
        let (events, kinds) = read(&document("", TEXT), written);
        assert_eq!((events.len(), kinds.as_slice()), (count, expected), "{written}");
    };
    check(&plain, 1, &[]);
    check(&list, 1, &[]);
    check(&format!("```json\n{plain}\n```"), 1, &[]);
    check(&format!("Here it is:\n```\n{plain}\n```\nGood luck."), 1, &[]);
    check(&format!("<think>{{\"events\":[]}} or not</think>\n{plain}"), 1, &[]);
    check(&format!("The events are {plain}"), 1, &[]);
    check(r#"{"events":[]}"#, 0, &[]);
    check(&plain[..plain.len() / 2], 0, &[Kind::ModelReply]);
    check("", 0, &[Kind::ModelReply]);
    check("{}", 0, &[Kind::ModelReply]);
    check("12", 0, &[Kind::ModelReply]);
    check(r#"{"events":[1,null]}"#, 0, &[Kind::ModelField, Kind::ModelField]);
}

#[test]
fn no_reply_can_make_it_panic() {
    let text = "é中😀 Japan placed chip tools under export controls. \u{200b}";
    for quote in
        ["é", "中", "😀", "\u{200b}", " ", "\n", ".", "controls. \u{200b}", "a\u{301}", "placed  chip\ttools"]
    {
        let _ = one(
            text,
            json!({ "evidence": quote, "sender_quote": quote, "trigger": quote, "date_quote": quote }),
        );
    }
    let _ = read(&document("", ""), &json!({ "events": [event()] }).to_string());
}
