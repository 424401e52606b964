"""Golden statistics from scipy and river for test/learning/drift/statistics.test.ts.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy==1.17.1 numpy==2.4.6 river
    /tmp/venv/bin/python test/learning/drift/generate.py > test/learning/drift/golden.json

Samples are made by the same integer arithmetic here and in the test (uniforms, then a sum of four, less 2, plus a shift; `grid`
rounds to multiples of it, so that there are ties), and kept in float32.
"""
import json, sys

import numpy as np
import river
import scipy
from river.drift import PageHinkley
from scipy import stats

# name: (reference size, window size, shift of the window, grid or 0)
SAMPLES = {
    "tiny": (5, 4, 0.2, 0), "small": (60, 40, 0.0, 0), "small_shift": (60, 40, 0.6, 0), "small_apart": (30, 20, 5.0, 0),
    "even": (280, 276, 0.0, 0), "day": (5520, 276, 0.0, 0), "day_shift": (5520, 276, 0.05, 0), "day_large_shift": (5520, 276, 0.4, 0),
    "ties": (5520, 276, 0.05, 0.25), "few_values": (5520, 276, 0.0, 2.0), "long": (40000, 30000, 0.0, 0), "long_shift": (40000, 30000, 0.02, 0),
}
SURVIVAL_SIZES = [1, 2, 5, 10, 20, 50, 100, 139, 140, 141, 200, 500, 1000, 5000, 20000]
SURVIVAL_ROOTS = [0.2, 0.35, 0.5, 0.7, 0.86, 1.0, 1.2, 1.4, 1.49, 1.6, 1.9, 2.1, 2.5, 3.5]


def uniforms(count, seed):
    state, out = seed, np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**32
    return out


def sample(count, seed, shift, grid):
    values = uniforms(4 * count, seed).reshape(count, 4)
    sums = values[:, 0] + values[:, 1] + values[:, 2] + values[:, 3] - 2 + shift
    if grid:
        sums = np.floor(sums / grid + 0.5) * grid
    return sums.astype(np.float32)


def psi(reference, window):
    ranks = [int(np.ceil(k * len(reference) / 10)) - 1 for k in range(1, 10)]
    edges = np.unique(np.sort(reference)[ranks])
    def shares(values):
        return np.maximum(np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1) / len(values), 1e-4)
    p, q = shares(window), shares(reference)
    return float(np.sum((p - q) * np.log(p / q)))


def two_samples(index, sizes):
    n, m, shift, grid = sizes
    reference, window = sample(n, 1000 + index, 0, grid), sample(m, 2000 + index, shift, grid)
    ks = stats.ks_2samp(reference, window, method="asymp")
    r, w = reference.astype(float), window.astype(float)
    return {"sizes": sizes, "seeds": [1000 + index, 2000 + index], "ks": float(ks.statistic), "p": float(ks.pvalue),
            "psi": psi(reference, window), "mean_shift": float((w.mean() - r.mean()) / r.std())}


def page_hinkley():
    errors = np.concatenate([uniforms(500, 7), uniforms(700, 8) + 0.4])
    test, detections = PageHinkley(mode="up", threshold=20.0), []
    for i, error in enumerate(errors):
        test.update(error)
        if test.drift_detected:
            detections.append(i)
    return {"threshold": 20.0, "counts": [500, 700], "seeds": [7, 8], "rise": 0.4, "detections": detections}


p_values = [float(p) for p in np.round(uniforms(30, 9) ** 3, 3)]
json.dump({
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "river": river.__version__},
    "samples": {name: two_samples(i, sizes) for i, (name, sizes) in enumerate(SAMPLES.items())},
    "survival": [[n, r, float(stats.kstwo.sf(r / np.sqrt(n), n))] for n in SURVIVAL_SIZES for r in SURVIVAL_ROOTS],
    "p_values": p_values, "adjusted": [float(p) for p in stats.false_discovery_control(p_values)],
    "page_hinkley": page_hinkley(),
}, sys.stdout, indent=1)
print()
