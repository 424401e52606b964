"""Golden values from scikit-learn and SciPy for test/domain/rebalance/golden.test.ts.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    /tmp/venv/bin/python test/domain/rebalance/golden.py > test/domain/rebalance/golden.json

Returns are made by the same integer arithmetic here and in the test: a common part and a part of each name, in 1/2^32 steps. Least
variance by SLSQP (ftol 1e-16, 2,000 iterations) from equal weights, under the limits that stand beside each case.
"""
import json

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.covariance import LedoitWolf

CASES = [(4, 250, 7), (20, 120, 8), (6, 9, 9)]
LIMITS = [
    {"names": 4, "position": 1.0, "sectors": None, "sector": 1.0, "sum": 1.0},
    {"names": 20, "position": 0.1, "sectors": None, "sector": 1.0, "sum": 0.98},
    {"names": 20, "position": 0.1, "sectors": 4, "sector": 0.27, "sum": 0.98},
    {"names": 20, "position": 0.1, "sectors": 4, "sector": 0.2, "sum": 0.98},
]


def returns(names, days, seed):
    state, out = seed, np.empty((days, names))
    for day in range(days):
        state = (1664525 * state + 1013904223) % 2**32
        common = state / 2**32 - 0.5
        for name in range(names):
            state = (1664525 * state + 1013904223) % 2**32
            out[day, name] = (0.5 + name / names) * 0.02 * common + (0.4 + (name % 5) / 4) * 0.02 * (state / 2**32 - 0.5)
    return out


covariances, golden = {}, []
for names, days, seed in CASES:
    fitted = LedoitWolf().fit(returns(names, days, seed))
    covariances[names] = fitted.covariance_
    golden.append({"names": names, "days": days, "seed": seed, "shrinkage": fitted.shrinkage_,
                   "covariance": fitted.covariance_.tolist()})

weights = []
for limits in LIMITS:
    names, scale = limits["names"], 1e4
    cov = covariances[names] * scale
    sector_of = [i % limits["sectors"] for i in range(names)] if limits["sectors"] else None
    most = min(limits["sum"], limits["sectors"] * limits["sector"] if sector_of else 1.0)
    constraints = [{"type": "eq", "fun": lambda w: w.sum() - most}]
    for s in range(limits["sectors"] or 0):
        mask = np.array([x == s for x in sector_of])
        constraints.append({"type": "ineq", "fun": lambda w, m=mask: limits["sector"] - w[m].sum()})
    found = minimize(lambda w: w @ cov @ w, np.full(names, most / names), jac=lambda w: 2 * cov @ w, method="SLSQP",
                     bounds=[(0, limits["position"])] * names, constraints=constraints,
                     options={"ftol": 1e-16, "maxiter": 2000})
    weights.append({**limits, "weights": found.x.tolist(), "variance": float(found.fun / scale)})

print(json.dumps({"versions": {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
                  "ledoit_wolf": golden, "minimum_variance": weights}, indent=1))
