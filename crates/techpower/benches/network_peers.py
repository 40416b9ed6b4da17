"""Weighted betweenness by techpower, python-igraph and networkx: CPU seconds of each, and the largest relative difference.

Needs: pip install igraph networkx numpy
Run:   cargo build --release -p techpower --example betweenness && python crates/techpower/benches/network_peers.py

Networks are random and weighted, directed if they have arcs and undirected if they have edges. techpower's seconds are those of
the whole program, reading and printing included, over all its threads; those of the peers are of the one call. networkx is left out
of the large network, where it would take an hour. The small networks
have whole distances, so that many paths are equally long, and tenths, which do not add up exactly.
"""

import pathlib
import resource
import subprocess
import sys
import time

import igraph
import networkx
import numpy as np

PROGRAM = pathlib.Path(__file__).parents[3] / "target/release/examples/betweenness"


def random_network(rng, nodes, arcs, directed):
    """Distinct arcs without loops; of an undirected network, from the lesser node to the greater."""
    codes = rng.choice(nodes * nodes, size=arcs * 3, replace=False)
    start, end = codes // nodes, codes % nodes
    kept = np.flatnonzero(start != end if directed else start < end)[:arcs]
    return np.column_stack([start[kept], end[kept]])


def techpower(nodes, arcs, distances, directed):
    lines = [f"{nodes} {'directed' if directed else 'undirected'}"]
    lines += [f"{a} {b} {d!r}" for (a, b), d in zip(arcs.tolist(), distances.tolist())]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([PROGRAM], input="\n".join(lines), capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return np.array([float(line) for line in done.stdout.split()]), seconds


def peer(nodes, arcs, distances, directed):
    graph = igraph.Graph(nodes, arcs.tolist(), directed=directed)
    weights = distances.tolist()
    start = time.process_time()
    found = graph.betweenness(weights=weights)
    return np.array(found), time.process_time() - start


def slower_peer(nodes, arcs, distances, directed):
    graph = networkx.DiGraph() if directed else networkx.Graph()
    graph.add_nodes_from(range(nodes))
    graph.add_weighted_edges_from((a, b, d) for (a, b), d in zip(arcs.tolist(), distances.tolist()))
    start = time.process_time()
    found = networkx.betweenness_centrality(graph, weight="weight", normalized=False)
    return np.array([found[node] for node in range(nodes)]), time.process_time() - start


def compare(what, nodes, arcs, distances, directed=True, exact=False):
    """networkx takes lengths for the same only if they are to the bit, so it is held against the others only where they are."""
    ours, our_seconds = techpower(nodes, arcs, distances, directed)
    worst, told = 0.0, []
    for name, by, held in [("igraph", peer, True), ("networkx", slower_peer, exact)]:
        if by is slower_peer and nodes > 1_000:
            continue
        theirs, seconds = by(nodes, arcs, distances, directed)
        scale = np.where(theirs == 0, 1, np.abs(theirs))
        difference = (np.abs(ours - theirs) / scale).max()
        told.append(f"{name} {seconds:7.2f} s, difference {difference:.1e}" if held else f"{name} {seconds:7.2f} s")
        worst = max(worst, difference if held else 0.0)
    print(f"{what:34} techpower {our_seconds:7.2f} s   {'   '.join(told)}", flush=True)
    return worst


if __name__ == "__main__":
    print(f"python-igraph {igraph.__version__}, networkx {networkx.__version__}, NumPy {np.__version__}; CPU seconds")
    rng = np.random.default_rng(1)
    worst = 0.0
    for nodes, count in [(50, 200), (200, 1000), (1000, 5000)]:
        arcs = random_network(rng, nodes, count, True)
        pairs = random_network(rng, nodes, count, False)
        whole = rng.integers(1, 4, size=count).astype(float)
        for name, distances in [("whole", whole), ("tenths", whole / 10), ("any", rng.random(count) + 1e-3)]:
            exact = name != "tenths"
            worst = max(worst, compare(f"{nodes} nodes, {count} arcs, {name}", nodes, arcs, distances, exact=exact))
            what = f"{nodes} nodes, {count} edges, {name}"
            worst = max(worst, compare(what, nodes, pairs, distances, directed=False, exact=exact))
    arcs = random_network(rng, 10_000, 60_000, True)
    worst = max(worst, compare("10000 nodes, 60000 arcs, any", 10_000, arcs, rng.random(60_000) + 1e-3))
    sys.exit(int(worst > 1e-12))
