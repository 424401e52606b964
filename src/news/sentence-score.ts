/** The weights of one sentence's words: phrases first, then what has a direction (losses narrow, profit falls), then words, each with its negation. */
import { BENEFITS, BURDENS, DEGREES, DOWNWARD, NEGATIVE, PHRASES, POSITIVE, UPWARD } from './lexicon';
import type { Language, Word } from './extraction/language';

export interface SentenceScore {
  /** Sum of weights. */
  readonly value: number;
  /** Words and phrases that had a weight. */
  readonly found: number;
}

/** A negated word says the opposite, less strongly (VADER's constant, Hutto and Gilbert 2014). */
const NEGATION = -0.74;
/** "Losses narrow sharply": as far as this a thing and its direction belong together, if no "and" or comma parts them. */
const REACH = 3;
const DIRECTED = 0.6;
const PARTING = new Set(['CCONJ', 'PUNCT']);

export function createSentenceScorer(language: Language): (words: readonly Word[]) => SentenceScore {
  const stem = (word: string): string => language.stems(word).join(' ');
  const weights = new Map<string, number>();
  const addAll = (rows: typeof POSITIVE, sign: number): void => {
    for (const [weight, words] of Object.entries(rows))
      for (const word of words) weights.set(stem(word), sign * Number(weight));
  };
  addAll(POSITIVE, 1);
  addAll(NEGATIVE, -1);
  const phrases = Object.entries(PHRASES).map(([phrase, weight]) => ({ stems: language.stems(phrase), weight }));
  const [burdens, benefits, up, down] = [BURDENS, BENEFITS, UPWARD, DOWNWARD].map((words) => new Set(words.map(stem)));
  const degrees = new Map(Object.entries(DEGREES).map(([word, factor]) => [stem(word), factor]));

  return (words) => {
    const used = new Set<number>();
    const found: { readonly at: number; readonly weight: number }[] = [];
    const take = (places: readonly number[], weight: number): void => {
      places.forEach((place) => used.add(place));
      found.push({ at: places[0], weight });
    };
    for (const { stems, weight } of phrases)
      words.forEach((_, at) => {
        const places = stems.map((_stem, k) => at + k);
        const fits = stems.every((part, k) => words[at + k]?.stem === part && !used.has(at + k));
        if (fits) take(places, weight);
      });
    words.forEach((word, at) => {
      const good = benefits.has(word.stem);
      if ((!good && !burdens.has(word.stem)) || used.has(at)) return;
      const directs = (other: Word, place: number): boolean =>
        !used.has(place) && (up.has(other.stem) || down.has(other.stem));
      const near = nearest(words, at, directs);
      // The direction is what is negated: "profit did not fall".
      if (near !== null) take([near, at], up.has(words[near].stem) === good ? DIRECTED : -DIRECTED);
    });
    words.forEach((word, at) => {
      const weight = weights.get(word.stem);
      if (weight !== undefined && !used.has(at)) take([at], weight);
    });
    const value = found.reduce((sum, { at, weight }) => {
      const degree = degrees.get(words[at - 1]?.stem ?? '') ?? degrees.get(words[at + 1]?.stem ?? '') ?? 1;
      return sum + weight * degree * (words[at].negated ? NEGATION : 1);
    }, 0);
    return { value, found: found.length };
  };
}

/** The closest word within reach, on either side, that fits. */
function nearest(words: readonly Word[], at: number, fits: (word: Word, place: number) => boolean): number | null {
  const open = [1, -1];
  for (let distance = 1; distance <= REACH; distance += 1)
    for (const side of [...open]) {
      const place = at + side * distance;
      const word = words[place] as Word | undefined;
      if (word === undefined || PARTING.has(word.pos)) open.splice(open.indexOf(side), 1);
      else if (fits(word, place)) return place;
    }
  return null;
}
