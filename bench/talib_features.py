"""The bench's 26 columns by TA-Lib and numpy on `rows` synthetic bars: prints the best of 7 runs as JSON,
for the columns alone and for the float32 matrix that a model reads. Usage: talib_features.py ROWS"""
import json, sys, time

import numpy as np
import talib

MINUTES_PER_DATE = 23 * 60


def features(o, h, l, c, v, first_of_date):
    sma = talib.SMA(c, 20)
    ema = talib.EMA(c, 20)
    macd, signal, histogram = talib.MACD(c, 12, 26, 9)
    k, d = talib.STOCH(h, l, c, 14, 3, 0, 3, 0)
    atr = talib.ATR(h, l, c, 14)
    upper, middle, lower = talib.BBANDS(c, 20, 2.0, 2.0, 0)
    amount, volume = np.cumsum((h + l + c) / 3 * v), np.cumsum(v)
    before = np.maximum(first_of_date - 1, 0)
    base = first_of_date > 0
    vwap = (amount - np.where(base, amount[before], 0)) / (volume - np.where(base, volume[before], 0))
    log = np.log(c)
    returns = [np.concatenate([np.full(n, np.nan), log[n:] - log[:-n]]) for n in (1, 5)]
    mean_volume = talib.SMA(v, 20)
    return [
        talib.RSI(c, 14), macd, signal, histogram, histogram / c, talib.PPO(c, 12, 26, 1), talib.ROC(c, 10),
        sma, c / sma - 1, ema, c / ema - 1, vwap, c / vwap - 1, k, d, atr, atr / c,
        upper, lower, (upper - lower) / middle, (c - lower) / (upper - lower),
        *returns, talib.CORREL(o, c, 20), mean_volume, v / mean_volume,
    ]


rows = int(sys.argv[1])
random = np.random.default_rng(1)
c = 1300 + np.cumsum(random.integers(-4, 5, rows)) * 0.01
o = c + random.integers(-4, 5, rows) * 0.01
h, l = np.maximum(o, c) + 0.02, np.minimum(o, c) - 0.02
v = random.integers(1, 501, rows).astype(float)
first_of_date = np.arange(rows) // MINUTES_PER_DATE * MINUTES_PER_DATE
matrix = np.empty((rows, 26), np.float32)
columns_seconds, matrix_seconds, columns_cpu, matrix_cpu = [], [], [], []
for _ in range(7):
    begun, spent = time.perf_counter(), time.process_time()
    columns = features(o, h, l, c, v, first_of_date)
    columns_seconds.append(time.perf_counter() - begun)
    columns_cpu.append(time.process_time() - spent)
    for i, column in enumerate(columns):
        matrix[:, i] = column
    matrix_seconds.append(time.perf_counter() - begun)
    matrix_cpu.append(time.process_time() - spent)
print(
    json.dumps(
        {
            "version": talib.__version__,
            "columns": len(columns),
            "seconds": min(columns_seconds),
            "matrixSeconds": min(matrix_seconds),
            "cpuSeconds": min(columns_cpu),
            "matrixCpuSeconds": min(matrix_cpu),
        }
    )
)
