"""Golden metrics from scikit-learn for test/learning/linear/.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.9.1 numpy
    /tmp/venv/bin/python test/learning/linear/golden.py > test/learning/linear/golden.json

The rows are those of ../golden/generate.py (4,000 to fit, 4,000 to test), behind a StandardScaler; margin models have no log loss, their
AUC is of the decision values, one class against the rest, mean over the classes. "weighted" gives rows of class 2 a weight of 3.
"""
import json, sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, PassiveAggressiveClassifier, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

TRAIN, TEST, COLUMNS, SEED = 4000, 4000, 10, 12345
MODELS = {
    "logistic": (LogisticRegression, {}, False, [0]),
    "logistic_weighted": (LogisticRegression, {"C": 0.01}, True, [0]),
    "ridge": (RidgeClassifier, {}, False, [0]),
    "ridge_weighted": (RidgeClassifier, {"alpha": 500.0}, True, [0]),
    "linear": (RidgeClassifier, {"alpha": 0.0}, False, [0]),
    "hinge": (lambda **p: SGDClassifier(loss="hinge", **p), {"alpha": 0.001}, False, range(10)),
    "perceptron": (Perceptron, {}, False, range(10)),
    "passive_aggressive": (PassiveAggressiveClassifier, {"C": 0.01}, False, range(10)),
}


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
results = {}
for name, (kind, parameters, weighted, seeds) in MODELS.items():
    figures = {"accuracy": [], "logLoss": [], "auc": []}
    weight = np.where(y[:TRAIN] == 2, 3.0, 1.0) if weighted else None
    for seed in seeds:
        model = kind(random_state=seed, **parameters).fit(scaled[:TRAIN], y[:TRAIN], sample_weight=weight) if kind is not PassiveAggressiveClassifier else kind(random_state=seed, **parameters).fit(scaled[:TRAIN], y[:TRAIN])
        decisions = model.decision_function(scaled[TRAIN:])
        figures["accuracy"].append(accuracy_score(y[TRAIN:], decisions.argmax(axis=1)))
        figures["auc"].append(float(np.mean([roc_auc_score(y[TRAIN:] == c, decisions[:, c]) for c in range(3)])))
        if kind is LogisticRegression:
            p = model.predict_proba(scaled[TRAIN:])
            figures["logLoss"].append(log_loss(y[TRAIN:], p))
            figures["auc"][-1] = roc_auc_score(y[TRAIN:], p, multi_class="ovr")
    results[name] = {"parameters": parameters, "weighted": weighted, **figures}

json.dump(
    {
        "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "data": {"train": TRAIN, "test": TEST, "columns": COLUMNS, "seed": SEED},
        "models": results,
    },
    sys.stdout,
    indent=1,
)
