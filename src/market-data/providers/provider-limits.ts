/** Each provider's rate limit, kept in the state folder for all processes by the provider's name: news and prices of Tiingo share theirs. */
import type { DataConfig } from '../../config/data-settings';
import { allLimits, sharedRateLimit, type RateLimit } from '../../http/rate-limit';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface ProviderLimits {
  readonly polygon: RateLimit;
  readonly tiingo: RateLimit;
  readonly yahoo: RateLimit;
  readonly fred: RateLimit;
}

export const providerLimits = (
  stateDir: string,
  { polygon, tiingo, yahoo, fred }: Pick<DataConfig, 'polygon' | 'tiingo' | 'yahoo' | 'fred'>,
): ProviderLimits => ({
  polygon: sharedRateLimit(stateDir, 'polygon', { requests: polygon.requestsPerMinute, perMs: MINUTE_MS }),
  tiingo: allLimits([
    sharedRateLimit(stateDir, 'tiingo', { requests: tiingo.requestsPerDay, perMs: DAY_MS }),
    sharedRateLimit(stateDir, 'tiingo', { requests: tiingo.requestsPerHour, perMs: HOUR_MS }),
  ]),
  yahoo: sharedRateLimit(stateDir, 'yahoo', { requests: yahoo.requestsPerMinute, perMs: MINUTE_MS }),
  fred: sharedRateLimit(stateDir, 'fred', { requests: fred.requestsPerMinute, perMs: MINUTE_MS }),
});
