/** All bars and rejected rows of a request. */
import { createProviderClient, type ProviderAuth, type ProviderClient } from '../../../src/http/provider-client';
import { NO_RATE_LIMIT } from '../../../src/http/rate-limit';
import type { BarProvider, BarRequest, ProvidedBar, RejectedBar } from '../../../src/market-data/providers/provider';

export async function collect(
  provider: BarProvider,
  request: BarRequest,
): Promise<{ readonly bars: readonly ProvidedBar[]; readonly aside: readonly RejectedBar[] }> {
  const bars: ProvidedBar[] = [];
  const aside: RejectedBar[] = [];
  for await (const page of provider.bars(request, (rejected) => aside.push(rejected))) bars.push(...page);
  return { bars, aside };
}

const KEY: ProviderAuth = { kind: 'query', name: 'apiKey', value: 'secret-key' };

/** A client that never waits. */
export const quickClient = (name: string, baseUrl: string, auth: ProviderAuth = KEY): ProviderClient =>
  createProviderClient({
    name,
    baseUrl,
    rateLimit: NO_RATE_LIMIT,
    auth,
    sleep: async () => undefined,
    retries: 1,
  });

export const DAY_REQUEST: BarRequest = {
  contract: 'SYN',
  whatToShow: 'TRADES',
  interval: '1d',
  from: Date.parse('2026-03-01T00:00:00Z'),
  to: Date.parse('2026-03-10T00:00:00Z'),
};
