"""Golden indicator values from TA-Lib for test/features/golden.test.ts.

Run outside the project's tree:
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install TA-Lib==0.8.2 numpy
    /tmp/venv/bin/python test/features/golden/generate.py > test/features/golden/talib.json

Bars: 320 minutes with trades of data/futures_1m/GC_201312_1m.csv.gz from 18:00Z on, over the daily break. NaN is written as null. TA-Lib's parameters are named
below, in its own terms; what TA-Lib lacks (VWAP, bands' width and position, returns) is computed here with numpy in double precision.
"""
import csv, gzip, json, pathlib, sys

import numpy as np
import talib

BARS = 320
BEGIN = "2013-10-07T18:00:00Z"
PARAMETERS = {
    "rsi": {"timeperiod": 14},
    "macd": {"fastperiod": 12, "slowperiod": 26, "signalperiod": 9},
    "ppo": {"fastperiod": 12, "slowperiod": 26, "matype": 1},
    "roc": {"timeperiod": 10},
    "sma": {"timeperiod": 20},
    "ema": {"timeperiod": 20},
    "stoch": {"fastk_period": 14, "slowk_period": 3, "slowk_matype": 0, "slowd_period": 3, "slowd_matype": 0},
    "atr": {"timeperiod": 14},
    "bb": {"timeperiod": 20, "nbdevup": 2.0, "nbdevdn": 2.0, "matype": 0},
    "roll_corr_open": {"timeperiod": 20},
    "vol": {"timeperiod": 20},
    "ppo_simple": {"fastperiod": 12, "slowperiod": 26, "matype": 0},
    "stochrsi": {"timeperiod": 14, "fastk_period": 5, "fastd_period": 3, "fastd_matype": 0},
    "mfi": {"timeperiod": 14},
}

root = pathlib.Path(__file__).resolve().parents[3]
with gzip.open(root / "data/futures_1m/GC_201312_1m.csv.gz", "rt") as file:
    rows = [row for row in csv.DictReader(file) if int(row["volume"]) > 0 and row["timestamp"] >= BEGIN][:BARS]
start = [row["timestamp"] for row in rows]
o, h, l, c, v = (np.array([float(row[name]) for row in rows]) for name in ("open", "high", "low", "close", "volume"))

columns = {}
P = PARAMETERS
columns["rsi"] = talib.RSI(c, **P["rsi"])
columns["macd"], columns["macd_signal"], columns["macd_hist"] = talib.MACD(c, **P["macd"])
columns["ppo"] = talib.PPO(c, **P["ppo"])
columns["roc"] = talib.ROC(c, **P["roc"])
columns["sma"] = talib.SMA(c, **P["sma"])
columns["ema"] = talib.EMA(c, **P["ema"])
columns["stoch_k"], columns["stoch_d"] = talib.STOCH(h, l, c, **P["stoch"])
columns["atr"] = talib.ATR(h, l, c, **P["atr"])
columns["bb_upper"], _, columns["bb_lower"] = talib.BBANDS(c, **P["bb"])
columns["roll_corr_open"] = talib.CORREL(o, c, **P["roll_corr_open"])
columns["ppo_simple"] = talib.PPO(c, **P["ppo_simple"])
columns["stochrsi_k"], columns["stochrsi_d"] = talib.STOCHRSI(c, **P["stochrsi"])
columns["obv"] = talib.OBV(c, v)
columns["mfi"] = talib.MFI(h, l, c, v, **P["mfi"])
columns["vol_sma_20"] = talib.SMA(v, **P["vol"])

def windows(values, n):
    out = np.full((len(values), n), np.nan)
    out[n - 1:] = np.lib.stride_tricks.sliding_window_view(values, n)
    return out

typical = (h + l + c) / 3
# A trade date begins at 17:00 Chicago, 22:00Z in October: two hours later it is the same calendar day in UTC.
day = (np.array([s[:-1] for s in start], dtype="datetime64[m]") + np.timedelta64(2, "h")).astype("datetime64[D]")
columns["vwap"] = np.empty(BARS)
for d in np.unique(day):
    at = day == d
    columns["vwap"][at] = np.cumsum(typical[at] * v[at]) / np.cumsum(v[at])
mean, deviation = windows(c, 20).mean(axis=1), windows(c, 20).std(axis=1)
columns["bb_width"] = 4 * deviation / mean
columns["bb_position"] = (c - (mean - 2 * deviation)) / (4 * deviation)
columns["close_to_sma"] = c / mean - 1
columns["close_to_ema"] = c / columns["ema"] - 1
columns["close_to_vwap"] = c / columns["vwap"] - 1
columns["atr_rel"] = columns["atr"] / c
columns["macd_hist_rel"] = columns["macd_hist"] / c
columns["vol_spike"] = v / columns["vol_sma_20"]

listed = lambda values: [None if np.isnan(x) else float(x) for x in values]
json.dump(
    {
        "source": f"TA-Lib {talib.__version__} (C library {talib.__ta_version__.decode()}), numpy {np.__version__}",
        "parameters": PARAMETERS,
        "bars": {"start": start, "open": listed(o), "high": listed(h), "low": listed(l), "close": listed(c), "volume": listed(v)},
        "columns": {name: listed(values) for name, values in columns.items()},
    },
    sys.stdout,
)
