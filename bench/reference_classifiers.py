"""Fit times of the reference programs on one thread: reference_classifiers.py boosting|forest|network X Y ROWS COLUMNS CLASSES REPEATS.

X holds float32 values, row-major, Y one byte a row. Prints JSON: library, version, the fastest fit in seconds.
"""
import json, os, sys, time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

kind, x_file, y_file = sys.argv[1:4]
rows, columns, classes, repeats = map(int, sys.argv[4:])
x = np.fromfile(x_file, dtype=np.float32).reshape(rows, columns)
y = np.fromfile(y_file, dtype=np.uint8)
if kind == "boosting":
    import lightgbm

    library, version = "LightGBM", lightgbm.__version__
    make = lambda: lightgbm.LGBMClassifier(n_estimators=100, num_leaves=31, max_bin=255, n_jobs=1, verbose=-1)
elif kind == "network":
    import sklearn, warnings
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # It says after the last of the epochs asked for that the loss still falls.
    warnings.filterwarnings("ignore", module="sklearn")
    library, version = "scikit-learn", sklearn.__version__
    make = lambda: make_pipeline(StandardScaler(), MLPClassifier((64,), max_iter=200, n_iter_no_change=200, random_state=0))
else:
    import sklearn
    from sklearn.ensemble import RandomForestClassifier

    library, version = "scikit-learn", sklearn.__version__
    make = lambda: RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=0)

seconds = []
for _ in range(repeats):
    begin = time.perf_counter()
    make().fit(x, y)
    seconds.append(time.perf_counter() - begin)
json.dump({"library": library, "version": version, "fitSeconds": min(seconds)}, sys.stdout)
