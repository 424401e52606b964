/** A language model that keeps to the day's budget. */
import type { LanguageModelConfig } from '../config/language-model-settings';
import { ProviderError, type ProviderErrorCode } from '../http/provider-error';
import type { DailyBudget } from './daily-budget';
import type { LanguageModel, ModelRequest } from './language-model';

type Prices = Pick<LanguageModelConfig, 'inputPrice' | 'outputPrice' | 'maxOutputTokens'>;

const PER_MILLION = 1e-6;

/** No tokenizer gives more tokens than a text has UTF-8 bytes: what a call can cost at most, US dollars. */
export function mostCost({ instructions, turns, schema }: ModelRequest, prices: Prices): number {
  const asked = [instructions, JSON.stringify(schema), ...turns.map(({ text }) => text)].join('');
  const input = Buffer.byteLength(asked) * prices.inputPrice;
  return (input + prices.maxOutputTokens * prices.outputPrice) * PER_MILLION;
}

/** Nothing was computed, so nothing is billed. */
const UNBILLED: ReadonlySet<ProviderErrorCode> = new Set([
  'KEY_MISSING',
  'UNAUTHORIZED',
  'PAYMENT_REQUIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'RATE_LIMITED',
  'SERVER_ERROR',
  'UNREACHABLE',
  'BAD_REQUEST',
]);

/** Asks only within the budget; throws LanguageModelError BUDGET_SPENT otherwise. A call whose end or whose tokens are unknown costs what it could at most. */
export const withBudget = (model: LanguageModel, budget: DailyBudget, prices: Prices): LanguageModel => ({
  name: model.name,
  ask: async (request) => {
    const settle = await budget.reserve(mostCost(request, prices));
    const answer = await model.ask(request).catch(async (error: unknown) => {
      if (error instanceof ProviderError && UNBILLED.has(error.code)) await settle(0);
      throw error;
    });
    const { inputTokens, outputTokens } = answer;
    if (inputTokens !== null && outputTokens !== null)
      await settle((inputTokens * prices.inputPrice + outputTokens * prices.outputPrice) * PER_MILLION);
    return answer;
  },
});
