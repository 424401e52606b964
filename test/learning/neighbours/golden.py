"""Golden figures from scikit-learn for test/learning/neighbours and test/learning/support-vectors.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.9.1 numpy
    /tmp/venv/bin/python test/learning/neighbours/golden.py > test/learning/neighbours/golden.json

The rows are those of ../golden/generate.py: 1,000 to fit, 4,000 to test, behind a StandardScaler. SVC's probabilities are libsvm's
(probability=True: Platt's sigmoid on each pair over five shuffled parts, coupled), mean figures over five seeds. "decisions" are SVC's one-against-one decision values of the first test row.
"""
import json, sys

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

TRAIN, TEST, COLUMNS, SEED = 1000, 4000, 10, 12345
NEIGHBOURS = {
    "uniform_60": {"n_neighbors": 60},
    "default": {},
    "distance_15": {"n_neighbors": 15, "weights": "distance"},
}
MACHINES = {"rbf": {}, "rbf_held_back": {"C": 0.1, "gamma": 0.05}, "linear": {"kernel": "linear"}}


def uniforms(count, seed):
    """Numerical Recipes' 32-bit congruential generator."""
    state, out = seed, np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**32
    return out


def generated(rows):
    draws = uniforms(rows * (COLUMNS * 4 + 4), SEED).reshape(rows, COLUMNS * 4 + 4)
    x = np.float32(draws[:, : COLUMNS * 4].reshape(rows, COLUMNS, 4).sum(axis=2) - 2)
    noise = draws[:, COLUMNS * 4 :].sum(axis=1) - 2
    d = x.astype(float)
    score = d[:, 0] + 0.5 * d[:, 1] + 2 * d[:, 2] * d[:, 3] + np.where(d[:, 4] > 0, 0.5, -0.5) + noise
    return x, np.where(score > 0.5, 2, np.where(score < -0.5, 0, 1))


x, y = generated(TRAIN + TEST)
scaled = StandardScaler().fit(x[:TRAIN].astype(float)).transform(x.astype(float))


def figures(p):
    # A vote of few neighbours may be 0 for the true class: the project's log loss clips as far as scikit-learn's does.
    return {
        "accuracy": accuracy_score(y[TRAIN:], p.argmax(axis=1)),
        "logLoss": log_loss(y[TRAIN:], p),
        "auc": float(np.mean([roc_auc_score(y[TRAIN:] == c, p[:, c]) for c in range(3)])),
    }


neighbours = {}
for name, parameters in NEIGHBOURS.items():
    p = KNeighborsClassifier(**parameters).fit(scaled[:TRAIN], y[:TRAIN]).predict_proba(scaled[TRAIN:])
    neighbours[name] = {"parameters": parameters, "first": p[0].tolist(), **figures(p)}

machines = {}
for name, parameters in MACHINES.items():
    svc = SVC(decision_function_shape="ovo", **parameters).fit(scaled[:TRAIN], y[:TRAIN])
    seeds = []
    for seed in range(5):
        fitted = SVC(probability=True, random_state=seed, **parameters).fit(scaled[:TRAIN], y[:TRAIN])
        seeds.append(figures(fitted.predict_proba(scaled[TRAIN:])))
    machines[name] = {
        "parameters": parameters,
        "support": int(svc.n_support_.sum()),
        "decisions": svc.decision_function(scaled[TRAIN : TRAIN + 1])[0].tolist(),
        **{name: float(np.mean([figure[name] for figure in seeds])) for name in seeds[0]},
    }

json.dump(
    {
        "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "data": {"train": TRAIN, "test": TEST, "columns": COLUMNS, "seed": SEED},
        "neighbours": neighbours,
        "machines": machines,
    },
    sys.stdout,
    indent=1,
)
