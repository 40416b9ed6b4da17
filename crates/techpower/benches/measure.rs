//! Speed of the index: `cargo bench -p techpower`. The study of 51 units, 49 indicators and four levels has the shape of COINr's example data; its
//! numbers are random. `benches/peers.py` does the same work with NumPy and SALib.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use techpower::measure::{Count, Feasible, Model, Weighable, Workspace};
use techpower::num::{Seed, sensitivity};
use techpower::study::{Keep, Study};

/// A study of `units` x `indicators`, eight dimensions below two below one, with the steps of COINr's example build.
fn study(units: usize, indicators: usize) -> Study {
    let mut random = Seed(1).stream("bench", "data").draw(0);
    let mut actors = "actor,name_en,name_zh,kind,region\n".to_owned();
    let mut index =
        "code,name_en,name_zh,parent,level,direction,weight,denominator\nI,I,I,,4,1,1,\n".to_owned();
    let mut values = "actor,indicator,year,value,reference\n".to_owned();
    for half in 0..2 {
        let _ = writeln!(index, "H{half},H,H,I,3,1,1,");
        for part in 0..4 {
            let _ = writeln!(index, "D{half}{part},D,D,H{half},2,1,1,");
        }
    }
    for indicator in 0..indicators {
        let (half, part) = (indicator % 2, indicator / 2 % 4);
        let direction = if indicator % 3 == 0 { -1 } else { 1 };
        let denominator = if indicator % 4 == 0 { "size" } else { "" };
        let _ = writeln!(index, "i{indicator},i,i,D{half}{part},1,{direction},1,{denominator}");
    }
    for unit in 0..units {
        let _ = writeln!(actors, "U{unit},U,U,state,{}", if unit % 2 == 0 { "a" } else { "b" });
        let _ = writeln!(values, "U{unit},size,2020,{},r", 1.0 + 99.0 * random.uniform());
        for indicator in 0..indicators {
            // Some are skewed, and one value in fifty is missing.
            let value = if indicator % 5 == 0 { libm::exp(3.0 * random.normal()) } else { random.normal() };
            if random.uniform() > 0.02 {
                let _ = writeln!(values, "U{unit},i{indicator},2020,{value},r");
            }
        }
    }
    let options = "[study]\nformat = 1\nid = \"bench\"\ncodebook = \"none\"\nfrom = 2020\nto = 2020\n[measure]\n\
                   imputation = \"group-mean\"\ngroup = \"region\"\ntreatment = \"winsorise-log\"\n\
                   scale = \"native\"\nmin_coverage = 0.0\n[measure.vary]\nweights = 0\n";
    let files = BTreeMap::from([
        ("study.toml".to_owned(), options.to_owned()),
        ("tables/actors.csv".to_owned(), actors),
        ("tables/index.csv".to_owned(), index),
        ("tables/indicators.csv".to_owned(), values),
    ]);
    Study::read(&files, Keep::Rows).0.expect("a study")
}

fn weighable(units: usize, indicators: usize) -> Weighable {
    let study = study(units, indicators);
    let model = Model::new(&study);
    model.weighable(model.roots()[0], &mut Workspace::default()).expect("arithmetic means")
}

fn rebuild(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rebuild");
    for (units, indicators) in [(51, 49), (200, 49), (500, 49), (51, 200), (500, 200)] {
        let study = study(units, indicators);
        let (model, mut space) = (Model::new(&study), Workspace::default());
        group.throughput(Throughput::Elements((units * indicators) as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{units}x{indicators}")), |bencher| {
            bencher.iter(|| black_box(model.rebuild(&mut space)));
        });
    }
}

fn weigh(criterion: &mut Criterion) {
    // One thread, so that the time per draw is that of one core.
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let mut group = criterion.benchmark_group("weigh");
    group.sample_size(10);
    for (units, indicators, draws) in [
        (51, 49, 102_400),
        (51, 49, 1_024_000),
        (200, 49, 102_400),
        (500, 49, 102_400),
        (51, 200, 102_400),
        (500, 200, 102_400),
    ] {
        let index = weighable(units, indicators);
        let stream = Seed(1).stream("bench", "weights");
        group.throughput(Throughput::Elements(draws as u64));
        group.bench_function(BenchmarkId::new("ranks", format!("{units}x{indicators}/{draws}")), |bencher| {
            bencher.iter(|| {
                single.install(|| black_box(index.weigh(draws, Feasible::Any, Count::Ranks, stream)))
            });
        });
    }
    let index = weighable(51, 49);
    group.throughput(Throughput::Elements(102_400));
    group.bench_function("ranks and pairs/51x49/102400", |bencher| {
        let stream = Seed(1).stream("bench", "weights");
        bencher.iter(|| {
            single.install(|| black_box(index.weigh(102_400, Feasible::Any, Count::RanksAndPairs, stream)))
        });
    });
}

fn indices(criterion: &mut Criterion) {
    let ishigami = |_: &mut (), x: &[f64]| {
        let [a, b, c] = [0, 1, 2].map(|at| std::f64::consts::PI * (2.0 * x[at] - 1.0));
        vec![libm::sin(a) + 7.0 * libm::sin(b) * libm::sin(b) + 0.1 * c * c * c * c * libm::sin(a)]
    };
    criterion.bench_function("sensitivity/ishigami/1024", |bencher| {
        let stream = Seed(1).stream("bench", "ishigami");
        bencher.iter(|| black_box(sensitivity(3, 1024, stream, 1, || (), ishigami)));
    });
}

criterion_group!(benches, rebuild, weigh, indices);
criterion_main!(benches);
