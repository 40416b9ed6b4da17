"""The work of `cargo bench -p techpower` done with NumPy and SALib, for comparison.

Needs: pip install numpy SALib
Run:   python crates/techpower/benches/peers.py

The data are random, of the same shape: 51 units, 49 indicators, eight dimensions below two below one. NumPy works on whole arrays throughout; only
winsorising loops over the indicators that need it, because it goes on until a test is passed.
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
    s2, s3, s4 = (d**2).sum(0), (d**3).sum(0), (d**4).sum(0)
    skew = np.sqrt(n) * s3 / s2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * (n * s4 / s2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return skew, kurtosis


def rebuild():
    x = raw.copy()
    x[:, denominated] /= size[:, None]
    for g in (0, 1):
        rows = group == g
        block = x[rows]
        x[rows] = np.where(np.isnan(block), np.nanmean(block, 0), block)
    skew, kurtosis = shape(x)
    for at in np.flatnonzero((abs(skew) >= 2) & (kurtosis >= 3.5)):
        column = x[:, at].copy()
        s, k, done = skew[at], kurtosis[at], 0
        while abs(s) >= 2 and k >= 3.5 and done < 5:
            extreme = column.max() if s >= 0 else column.min()
            there = column == extreme
            column[there] = column[~there].max() if s >= 0 else column[~there].min()
            done = there.sum()
            s, k = shape(column)
        if abs(s) >= 2 and k >= 3.5:
            column = np.log(x[:, at] - x[:, at].min() + 0.01 * np.ptp(x[:, at]))
        x[:, at] = column
    x *= direction
    low, high = x.min(0), x.max(0)
    x = (x - low) / (high - low) * 100
    dimensions = x @ to_dimension
    halves = dimensions @ to_half
    return x, dimensions, halves, halves.mean(1)


def weigh(x, draws, batch=4096):
    """Rank acceptability under weights uniform on the simplex of every node."""
    counts = np.zeros((UNITS, UNITS))
    units = np.broadcast_to(np.arange(UNITS), (batch, UNITS))
    for _ in range(draws // batch):
        leaf = rng.standard_exponential((batch, INDICATORS))
        sums = leaf @ (to_dimension > 0)
        dims = rng.standard_exponential((batch, 2, 4))
        dims /= dims.sum(2, keepdims=True)
        tops = rng.standard_exponential((batch, 2))
        tops /= tops.sum(1, keepdims=True)
        above = (dims * tops[:, :, None]).reshape(batch, 8)
        scores = (leaf * (above / sums)[:, dimension]) @ x.T
        ranks = np.empty((batch, UNITS), dtype=np.int64)
        np.put_along_axis(ranks, np.argsort(-scores, axis=1), units, axis=1)
        counts += np.bincount((units * UNITS + ranks).ravel(), minlength=UNITS * UNITS).reshape(UNITS, UNITS)
    return counts / counts[0].sum()


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
    draws = 4096 * 25
    print(f"NumPy {np.__version__}, SALib {version('SALib')}")
    print(f"rebuild 51 x 49        {1e6 * timed(rebuild, 200):8.0f} microseconds")
    print(f"draw of weights 51 x 49 {1e6 * timed(lambda: weigh(scores, draws), 5) / draws:7.2f} microseconds")
    print(f"Ishigami, 1,024 points {1e3 * timed(ishigami, 9):8.1f} milliseconds")
