//! Tests of corpora.

use std::collections::BTreeMap;

use super::super::acts;
use super::super::agreement::Field;
use super::*;
use crate::study::Keep;

const ACTORS: &str =
    "actor,name_en,name_zh,kind\nUSA,United States,美国,state\nCHN,China,中国,state\nJPN,Japan,日本,state\n";
const EVENTS: &str = "event,date,sender,targets,instrument,layer,power,mode,status,document,evidence,coder,certainty,reference\n\
    e1,2022-10-07,USA,CHN,export-control,foundation,compulsory,impose,in_force,d1,Chips.,me,primary,87 FR 62186\n";
const CONTROL: &str = "The United States imposed export controls on advanced chips sold to China.";
const JAPAN: &str = "Japan imposed export controls on chipmaking equipment sold to China.";

fn line(id: &str, date: &str, event: Option<&str>, text: &str) -> String {
    let mut line = serde_json::json!({ "id": id, "date": date, "lang": "en", "title": "", "text": text });
    if let Some(event) = event {
        line["event"] = event.into();
    }
    format!("{line}\n")
}

fn study(options: &str, corpus: &[String]) -> (Study, BTreeMap<String, String>) {
    let head = "[study]\nformat = 1\nid = \"small\"\nfrom = 2022\nto = 2023\nfocal = [\"USA\", \"CHN\"]\n[uncertainty]\ndraws = 20\n";
    let files: BTreeMap<String, String> = [
        ("study.toml", format!("{head}{options}")),
        ("tables/actors.csv", ACTORS.to_owned()),
        ("tables/events.csv", EVENTS.to_owned()),
        ("corpus/news.jsonl", corpus.concat()),
        ("corpus/README.md", "No document.".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text))
    .collect();
    (Study::read(&files, Keep::Rows).0.expect("a study"), files)
}

fn news() -> Vec<String> {
    vec![
        line("a", "2022-10-07", Some("e1"), CONTROL),
        line("b", "2022-11-02", Some(""), "The school choir sang until late in the evening."),
        line("c", "2022-10-09", None, CONTROL),
        line("d", "2023-03-31", None, JAPAN),
    ]
}

fn kinds(notes: &Notes) -> Vec<Kind> {
    notes.iter().map(|note| note.kind).collect()
}

#[test]
fn curated_events_are_held_against_what_was_coded() {
    let (study, files) = study("", &news());
    let (corpus, notes) = corpus(&study, &files);
    assert_eq!(notes.count(), 0, "{notes:?}");
    assert_eq!((corpus.documents.len(), corpus.checked(), corpus.telling()), (4, 2, 3));
    // `c` tells what `a` told before.
    assert_eq!(corpus.acts(), 2);
    let (comparison, _) = corpus.compare(&study);
    assert_eq!(comparison.coders, [CURATED, corpus.coder.as_str()]);
    let pair = comparison.coders.join("|");
    for field in [Field::Detection, Field::Power, Field::Sender, Field::Instrument] {
        assert_eq!(comparison.value(field, &pair, "percent"), Some(1.0), "{field:?}");
    }
    assert_eq!(comparison.value(Field::Evidence, &pair, "partial_f1"), None);
}

#[test]
fn what_a_document_states_wrongly_is_a_note() {
    let mut lines = news();
    lines.push(line("a", "2022-10-07", None, CONTROL));
    lines.push(line("e", "2022-10-07", Some("e2"), CONTROL));
    lines.push("{\"id\":\n".to_owned());
    let (study, files) = study("", &lines);
    let (corpus, notes) = corpus(&study, &files);
    let mut found = kinds(&notes);
    found.sort();
    assert_eq!(found, [Kind::DuplicateRow, Kind::DocumentEventUnknown, Kind::DocumentBroken]);
    assert_eq!(corpus.documents.last().map(|document| document.tells.clone()), Some(Tells::Unstated));
}

#[test]
fn a_study_without_texts_has_an_empty_corpus() {
    let (study, mut files) = study("", &[]);
    files.remove("corpus/news.jsonl");
    let (corpus, notes) = corpus(&study, &files);
    assert_eq!((corpus.clone(), notes.count()), (Corpus::default(), 0));
    assert_eq!(corpus.compare(&study).0.agreement.len(), 0);
}

#[test]
fn a_corpus_is_the_same_on_any_number_of_threads_and_once_stored() {
    let (study, files) = study("", &news());
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let (corpus, _) = corpus(&study, &files);
            let (comparison, _) = corpus.compare(&study);
            (corpus, comparison)
        })
    };
    let one = on(1);
    assert_eq!(one, on(4));
    let stored = serde_json::to_string(&one.0).expect("JSON");
    assert_eq!(serde_json::from_str::<Corpus>(&stored).expect("a corpus"), one.0);
}

#[test]
fn coded_events_count_only_if_the_study_asks() {
    let counted = |options: &str, lines: &[String]| {
        let (mut study, files) = study(options, lines);
        let (corpus, _) = corpus(&study, &files);
        let notes = count(&mut study, &corpus);
        let (mut acts, _) = acts(&study);
        let confusion = errors(&study, &corpus, &mut acts);
        (study, acts, confusion, notes)
    };
    let (study, acts, confusion, notes) = counted("", &news());
    assert_eq!((study.events.len(), acts.len(), confusion, notes.count()), (1, 1, None, 0));

    // `c` merges with the checked `a`; `d` is new.
    let (study, acts, confusion, notes) = counted("[code]\ncount = true\n", &news());
    assert_eq!(kinds(&notes), [Kind::CodingsCounted]);
    assert_eq!(study.events.len(), 2);
    assert_eq!((study.events[1].sender.as_str(), study.events[1].document.as_str()), ("JPN", "d"));
    let confusion = confusion.expect("checked documents");
    assert_eq!(confusion.checked().iter().flatten().sum::<usize>(), 3);
    let of_row = |row: usize| acts.iter().find(|act| act.row == row).expect("an act");
    assert_eq!(of_row(0).coded, None);
    let coded = of_row(1).coded.expect("a coded act");
    assert_eq!(confusion.categories()[coded], study.events[1].power);

    // Of an act that is curated already nothing more counts, if no checked document tells it.
    let (study, ..) = counted("[code]\ncount = true\n", &news()[1..]);
    assert_eq!(study.events.len(), 2);

    let (study, _, _, notes) = counted("[code]\ncount = true\n", &news()[2..]);
    assert_eq!((study.events.len(), kinds(&notes)), (1, vec![Kind::CodingUnchecked]));
}
