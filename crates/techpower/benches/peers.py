"""The work of `cargo bench -p techpower` done with NumPy and SALib, for comparison.

Needs: pip install numpy SALib
Run:   python crates/techpower/benches/peers.py

The data are random, of the same shape: 51 units, 49 indicators, eight dimensions below two below one. NumPy works on whole arrays throughout.
Time it with OPENBLAS_NUM_THREADS=1 and no other OpenBLAS variable set.
"""

import statistics
import time
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as sample
from SALib.test_functions import Ishigami

UNITS, INDICATORS = 51, 49
rng = np.random.default_rng(1)
half, part = np.arange(INDICATORS) % 2, np.arange(INDICATORS) // 2 % 4
dimension = half * 4 + part
direction = np.where(np.arange(INDICATORS) % 3 == 0, -1.0, 1.0)
denominated = np.arange(INDICATORS) % 4 == 0
raw = rng.normal(size=(UNITS, INDICATORS))
skewed = np.arange(INDICATORS) % 5 == 0
raw[:, skewed] = np.exp(3 * raw[:, skewed])
raw[rng.random(raw.shape) < 0.02] = np.nan
size = 1 + 99 * rng.random(UNITS)
group = np.arange(UNITS) % 2
members = np.zeros((2, UNITS))
members[group, np.arange(UNITS)] = 1
# Weighted means of siblings as matrices: indicators to dimensions, to halves, to the index.
to_dimension = np.zeros((INDICATORS, 8))
to_dimension[np.arange(INDICATORS), dimension] = 1
to_dimension /= to_dimension.sum(0)
to_half = np.zeros((8, 2))
to_half[np.arange(8), np.arange(8) // 4] = 0.25


def shape(x):
    """Skewness and excess kurtosis of columns, as in Excel."""
    n = len(x)
    d = x - x.mean(0)
    q = d * d
    s2, s3, s4 = q.sum(0), (q * d).sum(0), (q * q).sum(0)
    skew = np.sqrt(n) * s3 / (s2 * np.sqrt(s2)) * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (n * s4 / s2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return skew, kurtosis


def treat(x):
    """Winsorises failing columns side by side, at most 5 values each; takes the logarithm of those that still fail."""
    s, k = shape(x)
    failing = np.flatnonzero((abs(s) >= 2) & (k >= 3.5))
    original = x[:, failing]
    c, s, k = original.copy(), s[failing], k[failing]
    high, low = np.zeros(len(failing), int), np.zeros(len(failing), int)
    live = np.arange(len(failing))
    while True:
        live = live[(abs(s[live]) >= 2) & (k[live] >= 3.5) & ((high + low)[live] < 5)]
        if not len(live):
            break
        sign = np.where(s[live] >= 0, 1.0, -1.0)
        w = c[:, live] * sign
        there = w == w.max(0)
        c[:, live] = np.where(there, np.where(there, -np.inf, w).max(0), w) * sign
        moved = there.sum(0)
        high[live] = np.where(sign > 0, moved, high[live])
        low[live] = np.where(sign < 0, moved, low[live])
        s[live], k[live] = shape(c[:, live])
    still = (abs(s) >= 2) & (k >= 3.5)
    q = original[:, still]
    least = q.min(0)
    c[:, still] = np.log(q - least + 0.01 * (q.max(0) - least))
    x[:, failing] = c


def rebuild():
    x = raw.copy()
    x[:, denominated] /= size[:, None]
    missing = np.isnan(x)
    means = (members @ np.where(missing, 0, x)) / (members @ ~missing)
    x = np.where(missing, means[group], x)
    treat(x)
    x *= direction
    low = x.min(0)
    x = (x - low) / (x.max(0) - low) * 100
    dimensions = x @ to_dimension
    halves = dimensions @ to_half
    return x, dimensions, halves, halves.mean(1)


def weigh(x, draws, batch=256):
    """Rank acceptability under weights uniform on the simplex of every node, in batches that stay in the cache."""
    counts = np.zeros(UNITS * UNITS, dtype=np.int64)
    places, negative, inside = np.arange(UNITS), np.ascontiguousarray(-x.T), (to_dimension > 0) * 1.0
    for _ in range(draws // batch):
        leaf = rng.standard_exponential((batch, INDICATORS))
        sums = leaf @ inside
        dims = rng.standard_exponential((batch, 2, 4))
        dims /= dims.sum(2, keepdims=True)
        tops = rng.standard_exponential((batch, 2))
        tops /= tops.sum(1, keepdims=True)
        above = (dims * tops[:, :, None]).reshape(batch, 8)
        leaf *= (above / sums)[:, dimension]
        order = (leaf @ negative).argsort(1)  # who is first, second, ...
        order *= UNITS
        order += places
        counts += np.bincount(order.ravel(), minlength=UNITS * UNITS)
    return counts.reshape(UNITS, UNITS) / draws


def ishigami():
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    points = sample.sample(problem, 1024, calc_second_order=False)
    return analyse.analyze(problem, Ishigami.evaluate(points), calc_second_order=False)


def timed(work, times):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


if __name__ == "__main__":
    scores = rebuild()[0]
    draws = 256 * 400
    print(f"NumPy {np.__version__}, SALib {version('SALib')}")
    print(f"rebuild 51 x 49        {1e6 * timed(rebuild, 200):8.0f} microseconds")
    print(f"draw of weights 51 x 49 {1e6 * timed(lambda: weigh(scores, draws), 5) / draws:7.2f} microseconds")
    print(f"Ishigami, 1,024 points {1e3 * timed(ishigami, 9):8.1f} milliseconds")
