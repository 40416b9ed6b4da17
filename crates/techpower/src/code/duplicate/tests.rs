//! Tests of what is found to be the same.

use super::*;
use crate::code::event::{Confidence, EventDate, Modality, Party, Quote};

fn quote(text: &str) -> Quote {
    let points = text.chars().count();
    Quote {
        text: text.to_owned(),
        in_title: false,
        points: (0, points),
        bytes: (0, text.len()),
        utf16: (0, text.encode_utf16().count()),
    }
}

fn party(actor: &str) -> Party {
    Party {
        actor: actor.to_owned(),
        quote: None,
        entry: String::new(),
        pattern: String::new(),
        probability: 1.0,
    }
}

/// What a document tells: sender, targets, instrument, mode and date of each event.
type Told<'a> = (&'a str, &'a [&'a str], &'a str, &'a str, &'a str);

struct Report {
    document: Document,
    coded: Coded,
}

fn report(id: &str, date: &str, text: &str, told: &[Told]) -> Report {
    let document = Document {
        id: id.to_owned(),
        lang: None,
        date: date.parse().ok(),
        title: String::new(),
        text: text.to_owned(),
        source: String::new(),
        file: String::new(),
        row: 1,
    };
    let confidence = Confidence {
        event: 1.0,
        power: 1.0,
        mode: 1.0,
        layer: 1.0,
        instrument: 1.0,
        sender: 1.0,
        targets: 1.0,
    };
    let events = told
        .iter()
        .enumerate()
        .map(|(at, (sender, targets, instrument, mode, date))| Event {
            document: id.to_owned(),
            hash: document.hash(),
            event: format!("{id}#{}", at + 1),
            sender: (!sender.is_empty()).then(|| party(sender)),
            targets: targets.iter().map(|target| party(target)).collect(),
            instrument: (*instrument).to_owned(),
            layer: "foundation".to_owned(),
            power: "a-type".to_owned(),
            mode: (*mode).to_owned(),
            modality: Modality::Done,
            reported_by: None,
            date: EventDate { quote: None, date: (*date).to_owned(), granularity: "day" },
            sentence: quote(text),
            evidence: quote(text),
            trigger: None,
            cue: None,
            rule: String::new(),
            confidence,
            overall: 1.0,
            uncertain: false,
            sources: vec![id.to_owned()],
            coder: String::new(),
        })
        .collect();
    let coded =
        Coded { document: id.to_owned(), hash: document.hash(), events, reason: None, probability: None };
    Report { document, coded }
}

fn merged(reports: &[&Report], same: Sameness) -> (Vec<Coded>, Merged) {
    let mut duplicates = Duplicates::new(same);
    for report in reports {
        duplicates.add(&report.document, Sketch::of(&report.document), &report.coded);
    }
    let merged = duplicates.finish();
    let mut coded: Vec<Coded> = reports.iter().map(|report| report.coded.clone()).collect();
    for (at, coded) in coded.iter_mut().enumerate() {
        merged.apply(at, coded);
    }
    (coded, merged)
}

/// Events left with their sources, by event, whatever the order of the reports.
fn left(reports: &[&Report], same: Sameness) -> Vec<String> {
    let (coded, _) = merged(reports, same);
    let mut left: Vec<String> = coded
        .iter()
        .flat_map(|coded| &coded.events)
        .map(|event| format!("{}: {}", event.event, event.sources.join(" ")))
        .collect();
    left.sort();
    left
}

const BAN: Told = ("USA", &["CHN"], "export-control", "impose", "2024-05-02");
const STORY: &str = "The Department of Commerce on Thursday imposed new export controls on advanced computing chips \
    and the machines that make them, closing what officials called gaps in the rules of the year before.";
const OTHER: &str = "Washington tightens the screws: shipments of the fastest processors to China need a licence from \
    now on, and so do tools for etching and deposition, according to a notice in the Federal Register.";

#[test]
fn two_reports_of_one_act_are_one_event_with_two_sources() {
    let a = report("a", "2024-05-02", STORY, &[BAN]);
    let b = report("b", "2024-05-05", OTHER, &[("USA", &["CHN"], "export-control", "impose", "2024-05-05")]);
    assert_eq!(left(&[&a, &b], Sameness::default()), ["a#1: a b"]);
    let (coded, merged) = merged(&[&a, &b], Sameness::default());
    assert_eq!((coded[1].events.len(), coded[1].reason), (0, Some(Reason::Same)));
    let dropped = Dropped {
        document: "b".to_owned(),
        event: Some("b#1".to_owned()),
        by: "a#1".to_owned(),
        similarity: None,
    };
    assert_eq!(merged.dropped(), [dropped]);
}

#[test]
fn a_near_copy_is_a_source_of_the_story_first_seen() {
    let a = report("a", "2024-05-02", STORY, &[BAN]);
    let copy = format!("WASHINGTON, {STORY}");
    let b = report("b", "2024-05-03", &copy, &[("USA", &["CHN"], "entity-listing", "impose", "2024-05-03")]);
    // What a copy tells otherwise is not believed.
    assert_eq!(left(&[&b, &a], Sameness::default()), ["a#1: a b"]);
    let (_, merged) = merged(&[&a, &b], Sameness::default());
    let dropped = merged.dropped();
    assert_eq!((dropped.len(), dropped[0].by.as_str(), dropped[0].event.as_deref()), (1, "a", None));
    assert!(dropped[0].similarity.is_some_and(|similarity| similarity > 0.8));
    // A copy that alone tells an event tells it for all.
    let mute = report("a", "2024-05-02", STORY, &[]);
    assert_eq!(left(&[&mute, &b], Sameness::default()), ["b#1: b a"]);
    let early = report("0", "2024-05-01", STORY, &[]);
    assert_eq!(left(&[&early, &a, &b], Sameness::default()), ["a#1: a 0 b"]);
}

#[test]
fn copies_in_chinese_are_found() {
    let story = "商务部五月二日宣布对镓、锗相关物项实施出口管制,未经许可不得出口,违者将依照出口管制法予以处罚,公告自发布之日起正式实施。";
    let act: Told = ("CHN", &["*"], "raw-material-control", "impose", "2024-05-02");
    let a = report("a", "2024-05-02", story, &[act]);
    let b = report("b", "2024-05-03", &story.replace("公告", "该公告").replace(',', "，"), &[act]);
    let c = report(
        "c",
        "2024-05-03",
        "外交部发言人在例行记者会上表示,中方一贯反对泛化国家安全概念,滥用出口管制措施。",
        &[],
    );
    let (coded, merged) = merged(&[&a, &b, &c], Sameness::default());
    assert_eq!(coded[0].events[0].sources, ["a", "b"]);
    assert_eq!(merged.dropped().len(), 1);
}

#[test]
fn acts_far_apart_and_acts_that_differ_stay_apart() {
    let check = |other: Told, date: &str, text: &str, events: usize| {
        let a = report("a", "2024-05-02", STORY, &[BAN]);
        let b = report("b", date, text, &[other]);
        assert_eq!(left(&[&a, &b], Sameness::default()).len(), events, "{other:?} {date} {text}");
    };
    let on = |date| ("USA", &["CHN"] as &[&str], "export-control", "impose", date);
    check(on("2024-06-01"), "2024-06-01", OTHER, 2);
    // Nearly the same words a month later are about another act.
    check(on("2024-06-01"), "2024-06-01", STORY, 2);
    check(on("2024-05-09"), "2024-05-09", OTHER, 1);
    check(on("2024-05-10"), "2024-05-10", OTHER, 2);
    check(("USA", &["CHN"], "entity-listing", "impose", "2024-05-02"), "2024-05-02", OTHER, 2);
    check(("USA", &["CHN", "RUS"], "export-control", "impose", "2024-05-02"), "2024-05-02", OTHER, 2);
    check(("NLD", &["CHN"], "export-control", "impose", "2024-05-02"), "2024-05-02", OTHER, 2);
    // What is unknown is not the same as anything; a month may be another day.
    check(on(""), "", OTHER, 2);
    check(on("2024-05"), "2024-05-03", OTHER, 2);
    check(("", &["CHN"], "export-control", "impose", "2024-05-02"), "2024-05-02", OTHER, 2);
    // Without a date a copy is still a copy.
    check(on(""), "", STORY, 1);
}

#[test]
fn modes_are_told_apart_if_asked_for() {
    let a =
        report("a", "2024-05-01", OTHER, &[("USA", &["CHN"], "export-control", "threaten", "2024-05-01")]);
    let b = report("b", "2024-05-02", STORY, &[BAN]);
    assert_eq!(left(&[&a, &b], Sameness::default()).len(), 1);
    assert_eq!(left(&[&a, &b], Sameness { by_mode: true, ..Sameness::default() }).len(), 2);
}

#[test]
fn the_order_of_reports_does_not_matter() {
    let words: Vec<String> = (0..40).map(|at| format!("word{at}")).collect();
    let mut reports: Vec<Report> = (0..30)
        .map(|at| {
            let text = if at % 3 == 0 {
                words[at / 3..].join(" ")
            } else {
                format!("{at} {}", words[at].repeat(at))
            };
            let date = format!("2024-05-{:02}", 1 + at * 7 % 28);
            let act = (
                "USA",
                &["CHN"] as &[&str],
                ["export-control", "entity-listing"][at % 2],
                "impose",
                date.as_str(),
            );
            report(
                &format!("r{at:02}"),
                &date,
                &text,
                if at % 5 == 0 { &[] } else { std::slice::from_ref(&act) },
            )
        })
        .collect();
    let expected = left(&reports.iter().collect::<Vec<_>>(), Sameness::default());
    assert!(expected.len() > 3 && expected.len() < 20, "{expected:?}");
    for by in [7, 11, 13] {
        reports.rotate_left(by);
        assert_eq!(left(&reports.iter().collect::<Vec<_>>(), Sameness::default()), expected);
        reports.reverse();
        assert_eq!(left(&reports.iter().collect::<Vec<_>>(), Sameness::default()), expected);
    }
}

#[test]
fn days_are_counted_across_years() {
    let days = |text: &str| Days::of(text.parse().expect("a date"));
    assert_eq!(days("1970-01-01"), Days { first: 0, last: 0 });
    assert_eq!(days("2024-02"), Days { first: 19754, last: 19782 });
    assert_eq!(days("2023-12-31").apart(days("2024-01-02")), 2);
    assert_eq!(days("2024").apart(days("2024-05-05")), 0);
    assert!(
        days("2024-02").within(days("2024-02-03"), 28) && !days("2024-02").within(days("2024-02-03"), 27)
    );
}
