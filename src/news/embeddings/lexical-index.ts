/**
 * Similarity by words, where there is no embedding model: cosine of TF-IDF vectors, term weight (1 + ln tf) · (ln((1 + n) / (1 + df)) + 1),
 * as scikit-learn's TfidfVectorizer with sublinear_tf. It finds common words, not common meaning.
 */

export interface LexicalMatch {
  readonly row: number;
  /** 0..1. */
  readonly cosine: number;
}

export interface LexicalIndex {
  /** The `count` most similar texts, most similar first; texts without a common word are left out. */
  nearest(text: string, count: number): readonly LexicalMatch[];
}

const WORD = /[\p{L}\p{N}]{2,}/gu;

const termCounts = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};

interface Posting {
  readonly row: number;
  readonly weight: number;
}

export function buildLexicalIndex(texts: readonly string[]): LexicalIndex {
  const counted = texts.map(termCounts);
  const documents = new Map<string, number>();
  for (const counts of counted) for (const term of counts.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  const weighted = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] => {
    const raw = [...counts].map(([term, count]): readonly [string, number] => {
      const rarity = Math.log((1 + texts.length) / (1 + (documents.get(term) ?? 0))) + 1;
      return [term, (1 + Math.log(count)) * rarity];
    });
    const length = Math.hypot(...raw.map(([, weight]) => weight));
    return raw.map(([term, weight]) => [term, weight / length]);
  };
  const postings = new Map<string, Posting[]>();
  counted.forEach((counts, row) => {
    for (const [term, weight] of weighted(counts)) {
      const list = postings.get(term) ?? [];
      list.push({ row, weight });
      postings.set(term, list);
    }
  });
  return {
    nearest: (text, count) => {
      // Words that no text has tell nothing apart, as for a fitted vectorizer.
      const known = new Map([...termCounts(text)].filter(([term]) => postings.has(term)));
      const sums = new Map<number, number>();
      for (const [term, share] of weighted(known))
        for (const { row, weight } of postings.get(term) ?? []) sums.set(row, (sums.get(row) ?? 0) + share * weight);
      return [...sums]
        .map(([row, cosine]) => ({ row, cosine: Math.min(1, cosine) }))
        .sort((a, b) => b.cosine - a.cosine || a.row - b.row)
        .slice(0, count);
    },
  };
}
