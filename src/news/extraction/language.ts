/** English as wink-nlp reads it: sentences, words with stem, part of speech and negation. Loaded once, on first use (a quarter of a second). */
import type { ItemSentence, ItemToken, ItsFunction, WinkMethods } from 'wink-nlp';

export interface Word {
  /** As written. */
  readonly text: string;
  /** Lower case, without its ending. */
  readonly stem: string;
  readonly pos: string;
  readonly negated: boolean;
  readonly stopWord: boolean;
  /** False for punctuation, numbers and symbols. */
  readonly alphabetic: boolean;
}

export interface Sentence {
  readonly text: string;
  readonly words: readonly Word[];
}

export interface ReadText {
  readonly sentences: readonly Sentence[];
  /** Of each sentence, 0..1: how much of the text's vocabulary it carries. */
  readonly importance: readonly number[];
  /** wink's general-purpose sentiment, about −1..1. */
  readonly generalSentiment: number;
}

export interface Language {
  read(text: string): ReadText;
  stems(phrase: string): readonly string[];
}

/** The questions that are put to wink; its own types tie them to a `this` that they do not use, and do not know all their answers. */
interface Its {
  readonly stem: ItsFunction<string>;
  readonly pos: ItsFunction<string>;
  readonly type: ItsFunction<string>;
  readonly negationFlag: ItsFunction<boolean>;
  readonly stopWordFlag: ItsFunction<boolean>;
  readonly sentiment: ItsFunction<number>;
  readonly sentenceWiseImportance: ItsFunction<readonly { readonly index: number; readonly importance: number }[]>;
}

let loaded: Promise<Language> | null = null;

export const loadLanguage = (): Promise<Language> => (loaded ??= load());

async function load(): Promise<Language> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNLP(model);
  const its = nlp.its as unknown as Its;
  return {
    read: (text) => readText(nlp, its, text),
    stems: (phrase) => nlp.readDoc(phrase).tokens().out(its.stem),
  };
}

function readText(nlp: WinkMethods, its: Its, text: string): ReadText {
  const doc = nlp.readDoc(text);
  const sentences: Sentence[] = [];
  doc.sentences().each((sentence: ItemSentence) => {
    const words: Word[] = [];
    sentence.tokens().each((token: ItemToken) => void words.push(wordOf(its, token)));
    sentences.push({ text: sentence.out(), words });
  });
  const weights = sentences.length > 1 ? doc.out(its.sentenceWiseImportance) : [];
  const importance = sentences.map(() => 0);
  if (typeof weights !== 'string') for (const { index, importance: weight } of weights) importance[index] = weight;
  return { sentences, importance, generalSentiment: Number(doc.out(its.sentiment)) };
}

const wordOf = (its: Its, token: ItemToken): Word => ({
  text: token.out(),
  stem: token.out(its.stem),
  pos: token.out(its.pos),
  negated: token.out(its.negationFlag) === true,
  stopWord: token.out(its.stopWordFlag) === true,
  alphabetic: token.out(its.type) === 'word',
});
