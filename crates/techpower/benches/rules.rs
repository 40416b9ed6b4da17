//! How many verdicts a second, on one thread.

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::Date;
use techpower::codebook::Codebook;
use techpower::disk::Folder;
use techpower::rules::{Ask, Rulebook};

/// The shipped case: every object under every instrument that speaks of its kind, on one day.
fn assess(c: &mut Criterion) {
    let folder = Folder(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases/ai-rivalry")));
    let (book, _) = Rulebook::read(&folder, &Codebook::builtin().0);
    let ask = |instruments: &[&str]| Ask {
        instruments: instruments.iter().map(|id| (*id).to_owned()).collect(),
        on: vec![Date::constant(2026, 7, 31)],
        ..Ask::default()
    };
    let mut group = c.benchmark_group("rules");
    for (name, ask) in [("all instruments", ask(&[])), ("one line", ask(&["us-3a090"]))] {
        let verdicts: u64 = book.tally(&ask).values().sum();
        group.throughput(Throughput::Elements(verdicts));
        group.bench_function(name, |b| b.iter(|| book.tally(black_box(&ask))));
    }
    group.finish();
}

criterion_group!(benches, assess);
criterion_main!(benches);
