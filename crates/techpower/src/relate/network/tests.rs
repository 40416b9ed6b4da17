//! Topology against python-igraph 1.0.0 and networkx 3.6.1.
//!
//! The networks are those of `examples::random`; in Python, with `s = s * 16807 % 2147483647` before each remainder. Lines of the script
//! stand above the values.

use super::examples::{network, random};
use super::*;

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (at, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() <= tolerance * y.abs(), "{at}: {x} is not {y}");
    }
}

fn distances(network: &Network, of: impl Fn(f64) -> f64) -> Vec<f64> {
    network.arcs().iter().map(|arc| of(arc.weight)).collect()
}

/// Twelve nodes, 47 arcs with weights 1, 2 or 3, so that many paths are equally long.
fn small() -> Network {
    random(12, 60, 3, 7)
}

/// `Graph(n, arcs, directed=True).betweenness(weights=w)`, and `weights=[1 / x for x in w]`, where thirds and halves add up to ones.
#[test]
fn betweenness_directed_is_that_of_igraph() {
    let small = small();
    assert_eq!(small.arcs().len(), 47);
    let whole = [
        2.666666666666667,
        40.133333333333326,
        19.45,
        1.4,
        10.616666666666665,
        0.8333333333333333,
        25.199999999999996,
        8.783333333333333,
        5.283333333333333,
        5.666666666666667,
        16.583333333333332,
        3.9166666666666665,
    ];
    close(&betweenness(&small, &distances(&small, |w| w), Direction::Directed), &whole, 1e-12);
    let reciprocal = [4.5, 54.5, 6.5, 21.5, 12.0, 2.0, 10.0, 1.5, 15.0, 7.0, 3.0, 7.0];
    close(&betweenness(&small, &distances(&small, |w| 1.0 / w), Direction::Directed), &reciprocal, 1e-12);
}

/// `Graph(n, pairs).betweenness(weights=least)`, each pair with the less of its two weights.
#[test]
fn betweenness_undirected_is_that_of_igraph() {
    let expected = [
        0.16666666666666666,
        16.195238095238093,
        2.4261904761904765,
        3.176190476190476,
        0.14285714285714285,
        0.6666666666666666,
        5.452380952380952,
        2.1999999999999997,
        3.685714285714286,
        4.7023809523809526,
        5.4,
        0.47619047619047616,
    ];
    close(&betweenness(&small(), &distances(&small(), |w| w), Direction::Undirected), &expected, 1e-12);
}

/// Against the sum over pairs that the definition asks for, from all distances (Floyd 1962) and numbers of paths.
#[test]
fn betweenness_is_that_of_its_definition() {
    for seed in 1..6 {
        let net = random(25, 120, 3, seed);
        let lengths = distances(&net, |w| 0.1 * w);
        let n = net.size();
        let mut length = vec![vec![f64::INFINITY; n]; n];
        (0..n).for_each(|node| length[node][node] = 0.0);
        for (arc, d) in net.arcs().iter().zip(&lengths) {
            length[arc.from][arc.to] = *d;
        }
        for via in 0..n {
            for from in 0..n {
                for to in 0..n {
                    length[from][to] = length[from][to].min(length[from][via] + length[via][to]);
                }
            }
        }
        let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let mut expected = vec![0.0; n];
        for from in 0..n {
            // Numbers of shortest paths from one node, in the order of distance.
            let mut order: Vec<usize> = (0..n).filter(|to| length[from][*to].is_finite()).collect();
            order.sort_by(|a, b| length[from][*a].total_cmp(&length[from][*b]));
            let paths = |start: usize| -> Vec<f64> {
                let mut paths = vec![0.0; n];
                paths[start] = 1.0;
                let mut order: Vec<usize> = (0..n).filter(|to| length[start][*to].is_finite()).collect();
                order.sort_by(|a, b| length[start][*a].total_cmp(&length[start][*b]));
                for node in order {
                    for (arc, d) in net.arcs().iter().zip(&lengths) {
                        if arc.from == node && same(length[start][node] + d, length[start][arc.to]) {
                            paths[arc.to] += paths[node];
                        }
                    }
                }
                paths
            };
            let here = paths(from);
            for via in (0..n).filter(|via| *via != from && length[from][*via].is_finite()) {
                let there = paths(via);
                for to in order.iter().copied().filter(|to| *to != from && *to != via) {
                    if same(length[from][via] + length[via][to], length[from][to]) {
                        expected[via] += here[via] * there[to] / here[to];
                    }
                }
            }
        }
        close(&betweenness(&net, &lengths, Direction::Directed), &expected, 1e-12);
    }
}

/// The same bytes whatever the number of threads.
#[test]
fn betweenness_does_not_depend_on_threads() {
    let net = random(300, 2000, 9, 3);
    let lengths = distances(&net, |w| 1.0 / w);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| betweenness(&net, &lengths, Direction::Directed))
    };
    let one = with(1);
    assert!(one.iter().any(|b| *b > 0.0));
    assert!(one.iter().zip(with(3)).all(|(a, b)| a.to_bits() == b.to_bits()));
}

#[test]
fn ways_without_a_distance_are_none() {
    let net = network(3, &[(0, 1, 1.0), (1, 2, 1.0)]);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(betweenness(&net, &[1.0, bad], Direction::Directed), [0.0; 3]);
    }
    assert_eq!(betweenness(&net, &[1.0], Direction::Directed), [0.0; 3]);
    assert_eq!(betweenness(&network(0, &[]), &[], Direction::Directed), Vec::<f64>::new());
}

/// `Graph(n, pairs).eigenvector_centrality(weights=sums)` (ARPACK), pairs with the sum of their weights.
#[test]
fn eigenvector_undirected_is_that_of_igraph() {
    let expected = [
        0.7038537862046581,
        1.0,
        0.600139000993476,
        0.6060458402734274,
        0.3447385117127762,
        0.4640210861890455,
        0.5102507138407759,
        0.4448227387422819,
        0.39338761582625753,
        0.3127275322173807,
        0.5656467621952961,
        0.2567120416522589,
    ];
    close(&eigenvector(&small().symmetrised()).expect("it settles"), &expected, 1e-11);
}

/// `networkx.eigenvector_centrality(G, weight="weight", tol=1e-15, max_iter=100000)`, scaled to a largest of 1.
#[test]
fn eigenvector_directed_is_that_of_networkx() {
    let expected = [
        0.8487921167504074,
        1.0,
        0.35807191721276393,
        0.46246108228918736,
        0.2124713175231298,
        0.3442296411906184,
        0.5927484013163679,
        0.23310980775609264,
        0.3678951071170302,
        0.3842637272251786,
        0.7280854670868572,
        0.31941173418221563,
    ];
    close(&eigenvector(&small()).expect("it settles"), &expected, 1e-11);
}

/// Without a circle there is no centrality; of two parts the denser one has it.
#[test]
fn eigenvector_of_networks_that_are_not_connected() {
    assert_eq!(eigenvector(&network(3, &[(0, 1, 1.0), (1, 2, 1.0)])), None);
    assert_eq!(eigenvector(&network(2, &[])), None);
    let parts = network(5, &[(0, 1, 1.0), (1, 2, 2.0), (2, 0, 2.0), (3, 4, 1.0)]).symmetrised();
    let found = eigenvector(&parts).expect("it settles");
    assert!(found[2] == 1.0 && found[3] < 1e-13 && found[4] < 1e-13, "{found:?}");
}

/// `Graph(n, arcs, directed=True).pagerank(weights=w, damping=0.85)` (PRPACK).
#[test]
fn page_rank_is_that_of_igraph() {
    let expected = [
        0.13204373051085375,
        0.18327159703440216,
        0.06631094543438855,
        0.07614109028540102,
        0.053208474172987935,
        0.04911676550029602,
        0.07809478512986019,
        0.04578545164542409,
        0.07981334048002703,
        0.07372178070815273,
        0.12035800710357236,
        0.042134031994634294,
    ];
    close(&page_rank(&small(), 0.85).expect("it settles"), &expected, 1e-12);
    // Forty nodes, some of which lead nowhere: nodes 0, 1, 26 and 39.
    let found = page_rank(&sparse(), 0.85).expect("it settles");
    let some = [found[0], found[1], found[26], found[39]];
    let expected = [0.016034190850677685, 0.008667130189555505, 0.07736373598397436, 0.04306583032560493];
    close(&some, &expected, 1e-12);
    assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    assert_eq!(page_rank(&network(0, &[]), 0.85), None);
}

/// Forty nodes, 51 arcs.
fn sparse() -> Network {
    random(40, 52, 3, 5)
}

/// `sorted(g.as_undirected(mode="collapse").articulation_points())`.
#[test]
fn articulation_points_are_those_of_igraph() {
    assert_eq!(articulation_points(&sparse()), [0, 3, 5, 9, 10, 25, 26, 35, 36, 39]);
    // Two opposite arcs are one tie, not a circle.
    assert_eq!(articulation_points(&network(3, &[(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0)])), [1]);
}

/// `g.dominator(8, mode="out")`.
#[test]
fn dominators_are_those_of_igraph() {
    let reached = [
        (2, 3),
        (3, 17),
        (4, 34),
        (10, 13),
        (11, 37),
        (13, 31),
        (14, 21),
        (15, 26),
        (17, 33),
        (18, 20),
        (19, 28),
        (20, 33),
        (21, 18),
        (22, 34),
        (26, 36),
        (27, 39),
        (28, 18),
        (29, 37),
        (31, 14),
        (33, 37),
        (34, 37),
        (36, 22),
        (37, 8),
        (39, 10),
    ];
    let mut expected = vec![None; 40];
    for (node, dominator) in reached {
        expected[node] = Some(dominator);
    }
    assert_eq!(dominators(&sparse(), 8), expected);
    assert_eq!(dominators(&sparse(), 40), vec![None; 40]);
}

/// `[g.maxflow_value(0, t, w) for t in range(1, n)]`; and what is cut parts the two.
#[test]
fn least_cuts_are_those_of_igraph() {
    let net = random(25, 150, 20, 3);
    let expected = [
        20.0, 41.0, 65.0, 22.0, 67.0, 46.0, 46.0, 9.0, 50.0, 67.0, 60.0, 67.0, 33.0, 24.0, 67.0, 7.0, 47.0,
        40.0, 67.0, 16.0, 42.0, 65.0, 27.0, 59.0,
    ];
    for (target, value) in (1..).zip(expected) {
        let cut = min_cut(&net, 0, target).expect("two nodes");
        assert_eq!(cut.value, value, "{target}");
        let kept = net.arcs().iter().enumerate().filter(|(at, _)| !cut.arcs.contains(at));
        let rest = Network::new(net.names().to_vec(), kept.map(|(_, arc)| (arc.from, arc.to, arc.weight)));
        assert_eq!(min_cut(&rest, 0, target).expect("two nodes").value, 0.0);
    }
    assert_eq!(min_cut(&net, 3, 3), None);
    assert_eq!(min_cut(&net, 0, 25), None);
}
