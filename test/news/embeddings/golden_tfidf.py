"""Cosines of TF-IDF vectors for lexical-index.test.ts: scikit-learn's TfidfVectorizer(sublinear_tf=True, token_pattern=r"[^\\W_]{2,}")."""

import json
import sys

from sklearn.feature_extraction.text import TfidfVectorizer

TEXTS = [
    "Federal Reserve holds interest rates steady as inflation cools",
    "The Fed left interest rates unchanged; rates may fall later",
    "Gold rallies to a record high, gold miners follow gold",
    "Société Générale: bénéfice net en hausse",
    "Apple unveils a new phone",
    "a",
]
QUERIES = ["interest rates and gold", "Apple bénéfice zzz", "nothing here matches", "RATES rates rates"]

vectorizer = TfidfVectorizer(sublinear_tf=True, token_pattern=r"[^\W_]{2,}")
matrix = vectorizer.fit_transform(TEXTS)
cosines = (vectorizer.transform(QUERIES) @ matrix.T).toarray().round(12).tolist()
json.dump({"texts": TEXTS, "queries": QUERIES, "cosines": cosines}, open(sys.argv[1], "w"), ensure_ascii=True)
