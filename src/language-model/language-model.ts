/** A language model as this house asks it: fixed instructions, data, a schema for the answer. There are no tools, so nothing can reach one. */
import { z } from 'zod';

export interface ModelTurn {
  readonly role: 'user' | 'model';
  readonly text: string;
}

/** The part of JSON Schema that providers have in common; ranges are checked on the answer, not by the provider. */
export type AnswerSchema =
  | { readonly type: 'number' | 'integer' | 'boolean'; readonly description?: string }
  | { readonly type: 'string'; readonly enum?: readonly string[]; readonly description?: string }
  | { readonly type: 'array'; readonly items: AnswerSchema; readonly description?: string }
  | { readonly type: 'object'; readonly properties: Readonly<Record<string, AnswerSchema>> };

export interface ModelRequest {
  readonly instructions: string;
  /** Ends with the user's turn. */
  readonly turns: readonly ModelTurn[];
  /** Every property of its objects is required. */
  readonly schema: AnswerSchema;
  readonly signal?: AbortSignal;
}

export interface ModelAnswer {
  readonly text: string;
  /** Null where the provider does not tell. */
  readonly inputTokens: number | null;
  /** Those of its thoughts included: they are billed. */
  readonly outputTokens: number | null;
}

/** As a provider counts: undefined where it is left out, null where it is no count. */
export const tokenCount = z.number().nonnegative().nullish().catch(null);

export type LanguageModelErrorCode =
  /** A filter of the provider's refused the question or the answer. */
  | 'BLOCKED'
  /** The answer reached the longest length allowed. */
  | 'CUT_OFF'
  | 'EMPTY'
  /** Today's calls or today's money are used up. */
  | 'BUDGET_SPENT'
  /** Every answer allowed was of another form than asked for. */
  | 'INVALID_ANSWER';

export class LanguageModelError extends Error {
  override readonly name = 'LanguageModelError';

  constructor(
    readonly code: LanguageModelErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface LanguageModel {
  /** Provider and model, `gemini/gemini-2.5-flash`: part of what an answer is kept under. */
  readonly name: string;
  /** Throws LanguageModelError, ProviderError. */
  ask(request: ModelRequest): Promise<ModelAnswer>;
}
