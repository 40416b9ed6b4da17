"""The work of `cargo bench -p techpower --bench relate_extraction` done with NumPy, for comparison.

Needs: pip install numpy
Run:   python crates/techpower/benches/extraction_peers.py

A random table of 41 actors with 35 sectors: its inverse, all ordered pairs of actors in closed form from it on both sides, and one pair by solving anew.
Time it with OPENBLAS_NUM_THREADS=1.
"""

import time

import numpy as np

ACTORS, SECTORS = 41, 35
N = ACTORS * SECTORS


def best(work, times=3):
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        spans.append(time.perf_counter() - start)
    return min(spans), result


rng = np.random.default_rng(1)
home = np.kron(np.eye(ACTORS), np.ones((SECTORS, SECTORS))) > 0
flows = rng.random((N, N)) * np.where(home, 40.0, 1.0)
final = np.full(N, 2.0 * N)
output = flows.sum(1) + final
primary = output - flows.sum(0)
eye = np.eye(N)


def inverses():
    a = flows / output
    inverse = np.linalg.inv(eye - a)
    turned = inverse.T * output[:, None] / output[None, :]
    return a, inverse, (flows.T / output), turned


def pairs(a, inverse):
    sums, results = inverse.sum(0), []
    parts = [slice(k * SECTORS, (k + 1) * SECTORS) for k in range(ACTORS)]
    for i in parts:
        for j in parts:
            if i != j:
                block = a[i, j]
                lost = np.linalg.solve(np.eye(SECTORS) + block @ inverse[j, i], block @ output[j])
                results.append(((inverse[j, i] @ lost).sum(), (inverse[i, i] @ lost).sum(), sums[i] @ lost))
    return np.array(results)


def anew(a):
    changed = a.copy()
    changed[:SECTORS, SECTORS : 2 * SECTORS] = 0.0
    return output - np.linalg.solve(eye - changed, final)


span, (a, inverse, b, turned) = best(inverses)
print(f"inverse and its turned form: {span:.3f} s")
span, (demand, supply) = best(lambda: (pairs(a, inverse), pairs(b, turned)))
print(f"{len(demand)} pairs, both sides: {span * 1000:.0f} ms")
span, lost = best(lambda: anew(a))
print(f"one pair by solving anew: {span * 1000:.0f} ms")
print(f"largest difference of the two, relative: {abs(demand[0][2] / lost.sum() - 1.0):.1e}")
