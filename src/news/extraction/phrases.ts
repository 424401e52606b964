/** Phrases found in read text: a lower-case word stands for all its forms; one with capitals (Fed, CPI) only for itself, or in all capitals. */
import type { Language, Word } from './language';

interface PhraseWord {
  readonly stem: string;
  /** Null where any case will do. */
  readonly exact: string | null;
}

export type Phrase = readonly PhraseWord[];

export function phraseOf(language: Language, text: string): Phrase {
  const [sentence] = language.read(text).sentences;
  return (sentence?.words ?? []).map(({ text: word, stem }) => ({ stem, exact: /\p{Lu}/u.test(word) ? word : null }));
}

const fits = ({ stem, exact }: PhraseWord, word: Word | undefined): boolean =>
  word !== undefined &&
  (exact === null ? word.stem === stem : word.text === exact || word.text === exact.toUpperCase());

/** Where the phrase begins in `words`, each place. */
export const placesOf = (phrase: Phrase, words: readonly Word[]): readonly number[] =>
  words.flatMap((_, at) => (phrase.length > 0 && phrase.every((part, k) => fits(part, words[at + k])) ? [at] : []));

export const contains = (words: readonly Word[], phrases: readonly Phrase[]): boolean =>
  phrases.some((phrase) => placesOf(phrase, words).length > 0);
