//! Speed of networks: `cargo bench -p techpower --bench relate`. Networks are random, directed and weighted. `benches/network_peers.py` holds betweenness
//! against python-igraph.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use techpower::num::Seed;
use techpower::relate::network::{
    Direction, Network, betweenness, core_periphery_profile, coreness, eigenvector, page_rank,
};

fn network(nodes: usize, arcs: usize) -> Network {
    let mut random = Seed(1).stream("bench", "network").draw(0);
    let mut place = || (random.uniform() * nodes as f64) as usize;
    let ends: Vec<(usize, usize)> = (0..arcs).map(|_| (place(), place())).collect();
    let weights = ends.iter().map(|(from, to)| 1.0 + ((from * 7919 + to * 104_729) % 1000) as f64);
    let arcs: Vec<(usize, usize, f64)> = ends.iter().zip(weights).map(|((a, b), w)| (*a, *b, w)).collect();
    Network::new((0..nodes).map(|node| node.to_string()).collect(), arcs)
}

fn topology(criterion: &mut Criterion) {
    // One thread, so that times are those of one core.
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    for (nodes, arcs) in [(200, 8000), (1000, 6000)] {
        let network = network(nodes, arcs);
        let distances: Vec<f64> = network.arcs().iter().map(|arc| 1.0 / arc.weight).collect();
        let name = format!("{nodes} nodes, {arcs} arcs");
        let mut group = criterion.benchmark_group("network");
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("betweenness", &name), |bencher| {
            bencher.iter(|| {
                single.install(|| black_box(betweenness(&network, &distances, Direction::Directed)))
            });
        });
        group.bench_function(BenchmarkId::new("coreness", &name), |bencher| {
            bencher.iter(|| black_box(coreness(&network.map(libm::log1p))));
        });
        group.bench_function(BenchmarkId::new("profile", &name), |bencher| {
            bencher.iter(|| black_box(core_periphery_profile(&network)));
        });
        group.bench_function(BenchmarkId::new("eigenvector", &name), |bencher| {
            bencher.iter(|| black_box(eigenvector(&network)));
        });
        group.bench_function(BenchmarkId::new("pagerank", &name), |bencher| {
            bencher.iter(|| black_box(page_rank(&network, 0.85)));
        });
    }
}

criterion_group!(benches, topology);
criterion_main!(benches);
