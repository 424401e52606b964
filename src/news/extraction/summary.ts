/** Summary and keywords, taken from the text itself: nothing is written that the article doesn't say. */
import type { ReadText, Word } from './language';

const SHORT = 400;
const SENTENCES = 3;
const KEYWORDS = 8;
const TITLE_WEIGHT = 2;
const SHORTEST_KEYWORD = 3;

/** The whole text when it is short; else its most telling sentences in their order, as many as fit; the title where there is no text. */
export function summaryOf(title: string, text: string, { sentences, importance }: ReadText): string {
  if (text === '') return title;
  if (text.length <= SHORT) return text;
  const best = sentences
    .map((sentence, index) => ({ text: sentence.text.trim(), index }))
    .sort((a, b) => importance[b.index] - importance[a.index] || a.index - b.index);
  const chosen: typeof best = [];
  for (const sentence of best) {
    const length = chosen.reduce((sum, one) => sum + one.text.length + 1, sentence.text.length);
    if (chosen.length < SENTENCES && length <= SHORT) chosen.push(sentence);
  }
  if (chosen.length === 0) return `${text.slice(0, SHORT - 1)}…`;
  return chosen
    .sort((a, b) => a.index - b.index)
    .map((sentence) => sentence.text)
    .join(' ');
}

const isKeyword = ({ alphabetic, stopWord, pos, text }: Word): boolean =>
  alphabetic && !stopWord && (pos === 'NOUN' || pos === 'PROPN') && text.length >= SHORTEST_KEYWORD;

/** The source's, then the nouns that occur most, the title's counting double; lower case. */
export function keywordsOf(given: readonly string[], title: readonly Word[], body: readonly Word[]): readonly string[] {
  const counts = new Map<string, { readonly word: string; count: number }>();
  const count = (words: readonly Word[], weight: number): void => {
    for (const { text, stem } of words.filter(isKeyword)) {
      const known = counts.get(stem) ?? { word: text.toLowerCase(), count: 0 };
      counts.set(stem, { ...known, count: known.count + weight });
    }
  };
  count(title, TITLE_WEIGHT);
  count(body, 1);
  const own = [...counts.values()].sort((a, b) => b.count - a.count).map(({ word }) => word);
  return [...new Set([...given.map((word) => word.toLowerCase()), ...own])].slice(0, KEYWORDS);
}
