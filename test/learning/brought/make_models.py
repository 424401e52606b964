"""ONNX models as users bring them: scikit-learn (skl2onnx), LightGBM and XGBoost (onnxmltools), CatBoost's own export.

Writes one file per tool beside this script, each with the probabilities its own library gives for the probe rows (expected.json).
Parameters: WIDTH columns (the model columns of the default feature schema), 600 rows, seed 7; small models, for the repository's sake.

    python -m venv v && v/bin/pip install scikit-learn skl2onnx lightgbm xgboost onnxmltools catboost
    v/bin/python make_models.py WIDTH
"""
import json
import sys
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

here = Path(__file__).parent
width = int(sys.argv[1])
rng = np.random.default_rng(7)
rows = rng.normal(size=(600, width)).astype(np.float32)
labels = (rows[:, 0] + 0.5 * rng.normal(size=600) > 0.4).astype(int) + (rows[:, 0] > -0.4).astype(int)
probes = np.stack([np.zeros(width), np.ones(width), np.sin(np.arange(width) + 1) * 10]).astype(np.float32)

sklearn_model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
lightgbm_model = LGBMClassifier(n_estimators=5, num_leaves=4, verbose=-1).fit(rows, labels)
xgboost_model = XGBClassifier(n_estimators=5, max_depth=2).fit(rows, labels)
catboost_model = CatBoostClassifier(iterations=5, depth=2, verbose=False, random_seed=7).fit(rows, labels)

shape = [None, width]
save = lambda name, model: (here / name).write_bytes(model.SerializeToString())
save("sklearn.onnx", convert_sklearn(sklearn_model, initial_types=[("input", FloatTensorType(shape))], options={"zipmap": False}))
save("sklearn_zipmap.onnx", convert_sklearn(sklearn_model, initial_types=[("input", FloatTensorType(shape))]))
save("lightgbm.onnx", convert_lightgbm(lightgbm_model, initial_types=[("input", ToolsFloat(shape))], zipmap=False))
save("xgboost.onnx", convert_xgboost(xgboost_model, initial_types=[("input", ToolsFloat(shape))]))
catboost_model.save_model(str(here / "catboost.onnx"), format="onnx")

models = {"sklearn": sklearn_model, "lightgbm": lightgbm_model, "xgboost": xgboost_model, "catboost": catboost_model}
expected = {name: model.predict_proba(probes).tolist() for name, model in models.items()}
(here / "expected.json").write_text(json.dumps({"width": width, "probes": probes.tolist(), "expected": expected}, indent=1) + "\n")
