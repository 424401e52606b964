"""Golden values for book.test.ts, by numpy on the recorded book.

Run outside the project's tree with numpy (any 2.x) and pandas:
    python test/features/book/golden.py data/lob/BTCUSDT_binance_usdm_book10_500ms_20240808.csv.gz > test/features/book/golden.json

Columns over 5 and 10 levels at every 13th row from row 1 on, and over all rows their sum. The queue's place is counted row by row.
"""
import json, sys

import numpy as np
import pandas

table = pandas.read_csv(sys.argv[1])
price = {s: table[[f"{s}_px_{i}" for i in range(1, 11)]].to_numpy(float) for s in ("bid", "ask")}
size = {s: table[[f"{s}_sz_{i}" for i in range(1, 11)]].to_numpy(float) for s in ("bid", "ask")}
mid = (price["bid"][:, 0] + price["ask"][:, 0]) / 2


def arrived(side, sign, levels):
    p, q = sign * price[side][:, :levels], size[side][:, :levels]
    flow = np.where(p[1:] >= p[:-1], q[1:], 0) - np.where(p[1:] <= p[:-1], q[:-1], 0)
    return np.concatenate([[np.nan], flow.sum(axis=1)])


def queue(side):
    ahead, out = 0.0, []
    for row in range(len(table)):
        same = row > 0 and price[side][row, 0] == price[side][row - 1, 0]
        ahead = min(ahead, size[side][row, 0]) if same else size[side][row, 0]
        out.append(ahead / size[side][row, 0])
    return np.array(out)


golden = {}
for levels in (5, 10):
    b, a = (size[s][:, :levels].sum(axis=1) for s in ("bid", "ask"))
    bv, av = ((price[s] * size[s])[:, :levels].sum(axis=1) for s in ("bid", "ask"))
    depth = b + a
    flow = arrived("bid", 1, levels) - arrived("ask", -1, levels)
    both = (bv + av) / depth
    columns = {
        f"bid_depth_{levels}": b,
        f"ask_depth_{levels}": a,
        f"depth_imbalance_{levels}": (b - a) / depth,
        f"depth_ofi_{levels}": flow,
        f"depth_ofi_rel_{levels}": flow / (depth + np.concatenate([[np.nan], depth[:-1]])),
        "bid_queue": queue("bid"),
        "ask_queue": queue("ask"),
        f"bid_vwap_{levels}": bv / b,
        f"ask_vwap_{levels}": av / a,
        f"book_vwap_{levels}": both,
        f"book_vwap_to_mid_{levels}": both / mid - 1,
        f"bid_price_{levels}": price["bid"][:, levels - 1],
        f"ask_size_{levels}": size["ask"][:, levels - 1],
    }
    golden[levels] = {
        name: {"sum": float(np.nansum(v)), "deviation": float(np.nanstd(v)), "values": v[1::13].tolist()}
        for name, v in columns.items()
    }
json.dump({"source": f"numpy {np.__version__}", "rows": len(table), "levels": golden}, sys.stdout)
