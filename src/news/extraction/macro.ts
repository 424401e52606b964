/** Macro news mapped to futures by the one table of the configuration, `news.macroTopics` (requirement D3). */
import type { MacroTopic } from '../../config/news-settings';
import type { FutureSymbol } from '../../domain/instruments';
import type { Language, Word } from './language';
import { contains, phraseOf } from './phrases';

export interface MacroNews {
  readonly topics: readonly string[];
  readonly instruments: readonly FutureSymbol[];
  /** The title says so, not only the text. */
  readonly inTitle: boolean;
}

export type MacroReader = (title: readonly Word[], body: readonly Word[]) => MacroNews;

export function createMacroReader(language: Language, table: readonly MacroTopic[]): MacroReader {
  const rows = table.map((row) => ({ ...row, phrases: row.terms.map((term) => phraseOf(language, term)) }));
  return (title, body) => {
    const inTitle = rows.filter(({ phrases }) => contains(title, phrases));
    const found = rows.filter((row) => inTitle.includes(row) || contains(body, row.phrases));
    return {
      topics: found.map(({ topic }) => topic),
      instruments: [...new Set(found.flatMap(({ instruments }) => instruments))],
      inTitle: inTitle.length > 0,
    };
  };
}
