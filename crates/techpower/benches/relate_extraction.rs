//! Speed of input-output extraction: `cargo bench -p techpower --bench relate_extraction`. The table has the size of WIOD's after its countries
//! are put together, 41 actors with 35 sectors each; its numbers are random.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use techpower::num::Seed;
use techpower::relate::extraction::{Flow, InputOutput};

const ACTORS: usize = 41;
const SECTORS: usize = 35;

/// A table with no empty cell, in which two thirds of output go to final demand.
fn table() -> InputOutput {
    let names: Vec<(String, String)> = (0..ACTORS * SECTORS)
        .map(|at| (format!("A{:02}", at / SECTORS), format!("S{:02}", at % SECTORS)))
        .collect();
    let mut random = Seed(1).stream("bench", "input-output").draw(0);
    let mut flows = Vec::new();
    for (actor, sector) in &names {
        let seller = (actor.as_str(), sector.as_str());
        for (buyer, buying) in &names {
            // Most is bought at home.
            let size = if actor == buyer { 40.0 } else { 1.0 };
            let value = size * random.uniform();
            flows.push(Flow { seller, buyer: (buyer, Some(buying.as_str())), value });
        }
        let value = 2.0 * (ACTORS * SECTORS) as f64;
        flows.push(Flow { seller, buyer: (actor, None), value });
    }
    InputOutput::from_flows(flows).0
}

fn extraction(criterion: &mut Criterion) {
    let table = table();
    let solved = table.solve().expect("productive");
    let mut group = criterion.benchmark_group("extraction/41x35");
    group.sample_size(10);
    group.bench_function("both inverses", |bencher| bencher.iter(|| black_box(table.solve())));
    group.bench_function("1640 pairs, both sides", |bencher| {
        bencher.iter(|| black_box(solved.withhold_all(1.0)));
    });
    group.bench_function("one actor cut off", |bencher| bencher.iter(|| black_box(solved.isolate(0, 1.0))));
    group.bench_function("look-through and forward", |bencher| {
        bencher.iter(|| black_box((solved.look_through(), solved.forward())));
    });
}

criterion_group!(benches, extraction);
criterion_main!(benches);
