/** Similarity by words against scikit-learn (golden_tfidf.py beside this file). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLexicalIndex } from '../../../src/news/embeddings/lexical-index';

interface Golden {
  readonly texts: readonly string[];
  readonly queries: readonly string[];
  readonly cosines: readonly (readonly number[])[];
}

test('cosines are those of scikit-learn, texts without a common word left out', () => {
  const golden = JSON.parse(readFileSync(join(__dirname, 'golden-tfidf.json'), 'utf8')) as Golden;
  const index = buildLexicalIndex(golden.texts);
  golden.queries.forEach((query, i) => {
    const found = index.nearest(query, 10);
    const expected = golden.cosines[i]
      .map((cosine, row) => ({ row, cosine }))
      .filter(({ cosine }) => cosine > 0)
      .sort((a, b) => b.cosine - a.cosine);
    expect(found.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
    found.forEach(({ cosine }, at) => expect(cosine).toBeCloseTo(expected[at].cosine, 10));
  });
  expect(buildLexicalIndex([]).nearest('gold', 3)).toEqual([]);
});
