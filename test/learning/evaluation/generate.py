"""Golden values from scikit-learn for test/learning/evaluation/golden.test.ts.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    /tmp/venv/bin/python test/learning/evaluation/generate.py > test/learning/evaluation/golden.json

Scores are sums of four uniforms less 2, by the same integer arithmetic here and in the test; a row is positive when its score plus
another such sum is above 0.3; `rounded` scores have ties (multiples of 0.25).
"""
import json, sys

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import mutual_info_score, roc_auc_score

ROWS = 600
SEEDS = [41, 42]
PROBES = [-3.0, -1.1, -0.6, -0.25, 0.0, 0.1, 0.33, 0.8, 1.5, 3.0]


def sums(count, seed):
    state, out = seed, []
    for _ in range(4 * count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(state / 2**32)
    v = np.array(out).reshape(count, 4)
    return (v[:, 0] + v[:, 1] + v[:, 2] + v[:, 3] - 2).astype(np.float32).astype(float)


def figures(scores, positive):
    sigmoid = _SigmoidCalibration().fit(scores, positive)
    isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, positive)
    edges = np.sort(scores)[[int(np.ceil(k * len(scores) / 10)) - 1 for k in range(1, 10)]]
    deciles = np.sum(scores[:, None] > edges[None, :], axis=1)
    return {"auc": float(roc_auc_score(positive, scores)), "sigmoid": [float(p) for p in sigmoid.predict(np.array(PROBES))],
            "isotonic": [float(p) for p in isotonic.predict(PROBES)], "information": float(mutual_info_score(deciles, positive)),
            "deciles": int(len(np.unique(deciles)))}


scores, noise = sums(ROWS, SEEDS[0]), sums(ROWS, SEEDS[1])
positive = (scores + noise > 0.3).astype(int)
json.dump({"versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__}, "rows": ROWS, "seeds": SEEDS, "probes": PROBES,
           "smooth": figures(scores, positive), "rounded": figures(np.floor(scores / 0.25 + 0.5) * 0.25, positive)}, sys.stdout, indent=1)
print()
