/** A provider that has failed for good is not asked again by the same process: hundreds of holes do not wait hundreds of time-outs. */
import { ProviderError, type ProviderErrorCode } from '../../http/provider-error';
import type { BarProvider } from './provider';

/** What stays as it is until somebody changes something. FORBIDDEN and NOT_FOUND may be about one contract alone. */
const FOR_GOOD: ReadonlySet<ProviderErrorCode> = new Set(['UNAUTHORIZED', 'PAYMENT_REQUIRED', 'UNREACHABLE']);

/** `cannot` says the failure's own sentence from then on. */
export function givingUp(provider: BarProvider): BarProvider {
  let failure: string | null = null;
  return {
    name: provider.name,
    cannot: (request) => failure ?? provider.cannot(request),
    bars: async function* (request, aside) {
      try {
        yield* provider.bars(request, aside);
      } catch (error) {
        if (error instanceof ProviderError && FOR_GOOD.has(error.code)) failure = error.message;
        throw error;
      }
    },
  };
}
