/** Text to token ids of a BERT model, equal to the reference tokenizer's with truncation to the model's length. */
import { z } from 'zod';

export interface TextTokens {
  /** Ids with the model's start and end token, at most `maxTokens`; of an empty text only these two. */
  encode(text: string): readonly number[];
}

/** The part of the library that is used here: its own types don't resolve outside an ES module. */
interface TokenizerLibrary {
  readonly Tokenizer: new (
    json: object,
    config: object,
  ) => { encode(text: string): { readonly ids: readonly number[] } };
}

/** Word pieces that one word can give at most (the model's `max_input_chars_per_word`). */
const WORD_PIECES = 100;
const FIRST_CHARACTERS = 8_192;

const tokenizerConfig = z.looseObject({ do_lower_case: z.boolean().optional() });

/**
 * From the contents of `tokenizer.json` and `tokenizer_config.json`. Truncation keeps the first tokens and the end token, as
 * sentence-transformers does; padding is the batch's business. Throws what the tokenizer library throws for a file it cannot read.
 */
export async function openTextTokens(
  tokenizerJson: object,
  configJson: object,
  maxTokens: number,
): Promise<TextTokens> {
  const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as TokenizerLibrary;
  const tokenizer = new Tokenizer(tokenizerJson, configJson);
  const lowerCase = tokenizerConfig.parse(configJson).do_lower_case === true;
  const encode = (text: string): readonly number[] => {
    // JavaScript lowers a word's last capital sigma to its final form; the reference lowers letter by letter.
    const { ids } = tokenizer.encode(lowerCase ? text.replaceAll('Σ', 'σ') : text);
    return ids;
  };
  return {
    encode: (text) => {
      // A long text's end is never seen by the model: its start is enough when it gives more tokens than the last, cut word could change.
      const start = encode(text.slice(0, FIRST_CHARACTERS));
      const isEnough = text.length <= FIRST_CHARACTERS || start.length >= maxTokens + WORD_PIECES + 1;
      const ids = isEnough ? start : encode(text);
      return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids[ids.length - 1]];
    },
  };
}
