//! Speed of the coder: `cargo bench -p techpower --bench code`. The archive is made of the practice passages, one in twenty of which tells an act.
//! `benches/spacy_peers.py` gives spaCy's rule-based matchers the same text and the same names.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads its text from files")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use techpower::code::{Coder, Found, Lexicon, Normal, Passage, Scorer, passages, sentences};
use techpower::codebook::Codebook;
use techpower::diag::{Lang, Notes};
use techpower::num::Seed;
use techpower::text::Document;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../training");

/// Documents of twelve paragraphs, about two megabytes in all.
fn archive(lang: Lang, codebook: &Codebook) -> Vec<Document> {
    let mut notes = Notes::new();
    let mut files: Vec<_> = std::fs::read_dir(ROOT)
        .expect("the practice passages")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let all: Vec<Passage> = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).expect("a readable file");
            passages("training", &text, codebook, &mut notes)
        })
        .filter(|passage| passage.document.lang == Some(lang))
        .collect();
    let (events, others): (Vec<&Passage>, Vec<&Passage>) =
        all.iter().partition(|passage| passage.codings[0].is_some());
    let mut random = Seed(1).stream("bench", "archive").draw(0);
    let mut bytes = 0;
    let mut documents = Vec::new();
    while bytes < 2_000_000 {
        let paragraphs: Vec<&str> = (0..12)
            .map(|_| {
                let of = if random.below(20) == 0 { &events } else { &others };
                of[random.below(of.len())].document.text.as_str()
            })
            .collect();
        let title = others[random.below(others.len())].document.title.clone();
        let document = Document {
            id: documents.len().to_string(),
            title,
            text: paragraphs.join("\n\n"),
            ..others[0].document.clone()
        };
        bytes += document.text.len();
        documents.push(document);
    }
    documents
}

fn coding(criterion: &mut Criterion) {
    let (codebook, _) = Codebook::builtin();
    let scorer = Scorer::of(&codebook).expect("a good scorer");
    let coder = Coder::new(&codebook, &BTreeMap::new(), scorer);
    let rules = Coder::new(&codebook, &BTreeMap::new(), None);
    let lexicon = Lexicon::new(&codebook, &BTreeMap::new());
    for (lang, name) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let documents = archive(lang, &codebook);
        let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
        let mut group = criterion.benchmark_group("code");
        group.sample_size(10);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new("automaton alone", name), |bencher| {
            let texts: Vec<(&str, String)> =
                documents.iter().map(|d| (d.text.as_str(), d.text.to_ascii_lowercase())).collect();
            let mut found = Found::default();
            bencher.iter(|| {
                for (text, lower) in &texts {
                    lexicon.find(lang, text, lower, 0..text.len(), &mut found);
                    black_box(&found);
                }
            });
        });
        group.bench_function(BenchmarkId::new("normal form and sentences", name), |bencher| {
            bencher.iter(|| {
                for document in &documents {
                    black_box(sentences(Normal::new(&document.text).text()));
                }
            });
        });
        group.bench_function(BenchmarkId::new("rules only", name), |bencher| {
            bencher
                .iter(|| documents.iter().map(|document| rules.code(document).events.len()).sum::<usize>());
        });
        group.bench_function(BenchmarkId::new("whole", name), |bencher| {
            bencher
                .iter(|| documents.iter().map(|document| coder.code(document).events.len()).sum::<usize>());
        });
    }
}

criterion_group!(benches, coding);
criterion_main!(benches);
