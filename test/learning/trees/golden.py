"""Golden metrics from LightGBM and scikit-learn for test/learning/trees/.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install lightgbm==4.7.0 scikit-learn==1.9.1 numpy
    /tmp/venv/bin/python test/learning/trees/golden.py > test/learning/trees/golden.json

The rows are those of ../golden/generate.py (4,000 to fit, 4,000 to test). "binary" is class 2 against the rest; "weighted" gives rows of
class 2 a weight of 3. AUC is one class against the rest, mean over the classes.
"""
import json, os, sys

os.environ["OMP_NUM_THREADS"] = "1"
import lightgbm
import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

TRAIN, TEST, COLUMNS, SEED = 4000, 4000, 10, 12345
FITS = {
    "lightgbm": ("boosting", {}, {}, {}, [0]),
    "lightgbm_binary": ("boosting", {"reg_lambda": 1.0, "min_child_samples": 40}, {"binary": True}, {}, [0]),
    "lightgbm_weighted": ("boosting", {"num_leaves": 15, "learning_rate": 0.05}, {"weighted": True}, {}, [0]),
    "lightgbm_sampled": ("boosting", {"subsample": 0.7, "colsample_bytree": 0.6}, {}, {"subsample_freq": 1}, range(10)),
    "hist_gradient_boosting": ("hist", {}, {}, {"early_stopping": False}, [0]),
    "random_forest": ("forest", {"n_estimators": 100, "min_samples_leaf": 5}, {"weighted": True}, {}, range(10)),
    "extra_trees": ("extra", {"n_estimators": 100, "min_samples_leaf": 2}, {}, {}, range(10)),
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


def model(family, parameters, extra, seed):
    if family == "boosting":
        return lightgbm.LGBMClassifier(n_jobs=1, verbose=-1, random_state=seed, bagging_seed=seed, feature_fraction_seed=seed, **parameters, **extra)
    if family == "hist":
        return HistGradientBoostingClassifier(random_state=seed, **parameters, **extra)
    kind = RandomForestClassifier if family == "forest" else ExtraTreesClassifier
    return kind(n_jobs=1, random_state=seed, **parameters, **extra)


x, y3 = generated(TRAIN + TEST)
results = {}
for name, (family, parameters, task, extra, seeds) in FITS.items():
    y = (y3 == 2).astype(int) if task.get("binary") else y3
    weight = np.where(y3[:TRAIN] == 2, 3.0, 1.0) if task.get("weighted") else None
    figures = {"accuracy": [], "logLoss": [], "auc": []}
    for seed in seeds:
        p = model(family, parameters, extra, seed).fit(x[:TRAIN], y[:TRAIN], sample_weight=weight).predict_proba(x[TRAIN:])
        figures["accuracy"].append(accuracy_score(y[TRAIN:], p.argmax(axis=1)))
        figures["logLoss"].append(log_loss(y[TRAIN:], p))
        area = roc_auc_score(y[TRAIN:], p[:, 1]) if p.shape[1] == 2 else roc_auc_score(y[TRAIN:], p, multi_class="ovr")
        figures["auc"].append(area)
    results[name] = {"family": family, "parameters": parameters, "task": task, **figures}

json.dump(
    {
        "source": f"lightgbm {lightgbm.__version__}, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "data": {"train": TRAIN, "test": TEST, "columns": COLUMNS, "seed": SEED},
        "models": results,
    },
    sys.stdout,
    indent=1,
)
