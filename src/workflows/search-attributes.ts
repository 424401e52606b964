/** Search attributes of our workflows, all keywords: how the Temporal UI finds an order by instrument, side, state or mode. */
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';

export const instrumentAttribute = defineSearchAttributeKey('OmegaInstrument', SearchAttributeType.KEYWORD);
export const sideAttribute = defineSearchAttributeKey('OmegaSide', SearchAttributeType.KEYWORD);
export const stateAttribute = defineSearchAttributeKey('OmegaState', SearchAttributeType.KEYWORD);
export const modeAttribute = defineSearchAttributeKey('OmegaMode', SearchAttributeType.KEYWORD);

export const SEARCH_ATTRIBUTES = [instrumentAttribute, sideAttribute, stateAttribute, modeAttribute] as const;

/** Flags that make `temporal server start-dev` know them. */
export const searchAttributeFlags = (): readonly string[] =>
  SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]);
