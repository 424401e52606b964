"""Golden figures for test/learning/networks/: scikit-learn's MLPClassifier, and PyTorch's recurrent cells written out in numpy.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.9.1 numpy
    /tmp/venv/bin/python test/learning/networks/golden.py > test/learning/networks/golden.json

The rows are those of ../golden/generate.py (4,000 to fit, 4,000 to test), behind a StandardScaler. "binary" is class 2 against the rest;
"weighted" gives rows of class 2 a weight of 3. AUC is one class against the rest, mean over the classes.
"path": parameters after a fit that starts from the numbers which the project's own generator (sfc32) draws for seed 7, rows unshuffled.
"adam": parameters and moments after six steps.
"cells": probabilities from fixed parameters; weights stand as the project stores them, columns x gates, layer after layer, head last.
"""
import json, sys, warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore", module="sklearn")
TRAIN, TEST, COLUMNS, SEED = 4000, 4000, 10, 12345
SEEDS = range(10)
MODELS = {
    "mlp": ({"hidden_layer_sizes": [32], "max_iter": 20}, {}),
    "mlp_binary": ({"hidden_layer_sizes": [16, 8], "activation": "tanh", "alpha": 0.5, "learning_rate_init": 0.005, "max_iter": 12}, {"binary": True}),
    "mlp_weighted": ({"hidden_layer_sizes": [24], "activation": "logistic", "batch_size": 64, "learning_rate_init": 0.003, "max_iter": 12}, {"weighted": True}),
    "mlp_early_stopping": ({"hidden_layer_sizes": [24], "learning_rate_init": 0.01, "early_stopping": True, "validation_fraction": 0.2, "n_iter_no_change": 4, "max_iter": 60}, {}),
}
PATH = {"hidden_layer_sizes": [8, 6], "activation": "tanh", "alpha": 0.1, "learning_rate_init": 0.01, "batch_size": 64, "max_iter": 5, "shuffle": False, "random_state": 7}
PATH_ROWS = 500
CELL = {"columns": 3, "hidden_size": 4, "num_layers": 2, "window": 5, "outputs": 3}
CELL_ROWS = 4


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


def sfc32(seed):
    """The project's generator (src/learning/random.ts)."""
    m = 2**32
    a, b, c, counter, drawn = seed, 0x9E3779B9, 0x243F6A88, 1, 0
    while True:
        total = (a + b + counter) % m
        counter += 1
        a, b, c = b ^ (b >> 9), (c + (c << 3)) % m, ((((c << 21) | (c >> 11)) % m) + total) % m
        drawn += 1
        if drawn > 12:
            yield total / m


class FromOwnNumbers(MLPClassifier):
    """First weights and biases, uniform in the same bounds, in the project's order: weight row by row, then bias, layer after layer."""

    def _init_coef(self, fan_in, fan_out, dtype):
        if not hasattr(self, "numbers_"):
            self.numbers_ = sfc32(self.random_state)
        bound = np.sqrt((2 if self.activation == "logistic" else 6) / (fan_in + fan_out))
        draw = lambda count: np.array([bound * (2 * next(self.numbers_) - 1) for _ in range(count)])
        return draw(fan_in * fan_out).reshape(fan_in, fan_out).astype(dtype), draw(fan_out).astype(dtype)


sigmoid = lambda z: 1 / (1 + np.exp(-z))
softmax = lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """torch.nn.LSTM: i, f = sigmoid, g = tanh, o = sigmoid; c' = f c + i g; h' = o tanh(c')."""
    i, f, g, o = np.split(x @ w_ih + b_ih + h @ w_hh + b_hh, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """torch.nn.GRU: n = tanh(W x + b + r (U h + b')); h' = (1 - z) n + z h."""
    xr, xz, xn = np.split(x @ w_ih + b_ih, 3, axis=1)
    hr, hz, hn = np.split(h @ w_hh + b_hh, 3, axis=1)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    return (1 - z) * np.tanh(xn + r * hn) + z * h, c


def cell(step, gates, seed):
    hidden, columns, outputs = CELL["hidden_size"], CELL["columns"], CELL["outputs"]
    shapes = []
    for layer in range(CELL["num_layers"]):
        shapes += [(columns if layer == 0 else hidden, gates * hidden), (hidden, gates * hidden), (gates * hidden,), (gates * hidden,)]
    shapes += [(hidden, outputs), (outputs,)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    flat = np.round(3 * uniforms(sum(sizes), seed) - 1.5, 3)
    arrays = [part.reshape(shape) for part, shape in zip(np.split(flat, np.cumsum(sizes)[:-1]), shapes)]
    x = np.round(2 * uniforms(CELL_ROWS * CELL["window"] * columns, seed + 1) - 1, 3).reshape(CELL_ROWS, CELL["window"], columns)
    steps = [x[:, t] for t in range(CELL["window"])]
    for layer in range(CELL["num_layers"]):
        h = c = np.zeros((CELL_ROWS, hidden))
        outs = []
        for signal in steps:
            h, c = step(signal, h, c, *arrays[4 * layer : 4 * layer + 4])
            outs.append(h)
        steps = outs
    p = softmax(steps[-1] @ arrays[-2] + arrays[-1])
    return {"parameters": flat.tolist(), "x": x.ravel().tolist(), "probabilities": p.ravel().tolist()}


def adam(learning_rate, beta_1, beta_2, epsilon, weight_decay, max_grad_norm, targets):
    """torch.nn.utils.clip_grad_norm_ and torch.optim.Adam on the loss |p - target|^2, one target a step, from p = 0."""
    p = m = v = np.zeros(targets.shape[1])
    for t, target in enumerate(targets, 1):
        g = 2 * (p - target)
        if max_grad_norm is not None:
            g = g * min(1, max_grad_norm / (np.sqrt((g**2).sum()) + 1e-6))
        g = g + weight_decay * p
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
        p = p - learning_rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return {"parameters": p.tolist(), "mean": m.tolist(), "variance": v.tolist()}


def adam_cases():
    targets = np.round(4 * uniforms(6 * 3, 11) - 2, 3).reshape(6, 3)
    plain = {"learning_rate": 0.1, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0, "max_grad_norm": None}
    cases = {
        "defaults": plain,
        "clipped": {**plain, "max_grad_norm": 1.5},
        "decayed, other moments": {**plain, "weight_decay": 0.2, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.01, "max_grad_norm": 3.0},
    }
    return {"targets": targets.ravel().tolist(), "cases": {name: {"parameters": p, "after": adam(**p, targets=targets)} for name, p in cases.items()}}


x, y3 = generated(TRAIN + TEST)
scaled = StandardScaler().fit(x[:TRAIN].astype(float)).transform(x.astype(float))
results = {}
for name, (parameters, task) in MODELS.items():
    y = (y3 == 2).astype(int) if task.get("binary") else y3
    weight = np.where(y3[:TRAIN] == 2, 3.0, 1.0) if task.get("weighted") else None
    figures = {"accuracy": [], "logLoss": [], "auc": []}
    for seed in SEEDS:
        p = MLPClassifier(random_state=seed, **parameters).fit(scaled[:TRAIN], y[:TRAIN], sample_weight=weight).predict_proba(scaled[TRAIN:])
        figures["accuracy"].append(accuracy_score(y[TRAIN:], p.argmax(axis=1)))
        figures["logLoss"].append(log_loss(y[TRAIN:], p))
        area = roc_auc_score(y[TRAIN:], p[:, 1]) if p.shape[1] == 2 else roc_auc_score(y[TRAIN:], p, multi_class="ovr")
        figures["auc"].append(area)
    results[name] = {"parameters": parameters, "task": task, **figures}

few = StandardScaler().fit_transform(x[:PATH_ROWS].astype(float))
own = FromOwnNumbers(**PATH).fit(few, y3[:PATH_ROWS], sample_weight=np.where(y3[:PATH_ROWS] == 2, 3.0, 1.0))
path = [number for pair in zip(own.coefs_, own.intercepts_) for array in pair for number in array.ravel().tolist()]

json.dump(
    {
        "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "data": {"train": TRAIN, "test": TEST, "columns": COLUMNS, "seed": SEED},
        "models": results,
        "path": {"rows": PATH_ROWS, "parameters": PATH, "fitted": path, "loss": own.loss_curve_},
        "adam": adam_cases(),
        "cell": CELL,
        "cells": {"lstm": cell(lstm_step, 4, 3), "gru": cell(gru_step, 3, 5)},
    },
    sys.stdout,
    indent=1,
)
