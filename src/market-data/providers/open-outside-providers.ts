/** The sources of the world outside (requirement C7) as configured; one without its key or file says so and is skipped. */
import { isAddress } from '../../config/data-settings';
import { missingKey, providerKey } from '../../config/provider-keys';
import { createProviderClient } from '../../http/provider-client';
import { NO_RATE_LIMIT } from '../../http/rate-limit';
import { etfFlows } from './etf-flows';
import { fredSeries } from './fred';
import type { OpenedProviders, ProviderPlaces, SkippedProvider } from './open-bar-providers';
import { optionsFlow } from './options-flow';
import type { OutsideProvider } from './outside-provider';
import { providerLimits } from './provider-limits';
import type { ReleasedDataset, ReleasedSource } from './released-values';
import { socialSentiment } from './social-sentiment';

export function openOutsideProviders(places: ProviderPlaces): OpenedProviders<OutsideProvider> {
  const { data } = places;
  const fred = openFred(places);
  const released = [
    etfFlows(sourceOf(places, 'etf-flows', data.etfFlows)),
    optionsFlow(sourceOf(places, 'options-flow', data.optionsFlow)),
    socialSentiment(sourceOf(places, 'social-sentiment', data.socialSentiment)),
  ];
  return {
    providers: [...('reason' in fred ? [] : [fred]), ...released.filter((provider) => provider.cannot() === null)],
    skipped: [
      ...('reason' in fred ? [fred] : []),
      ...released.flatMap((provider): readonly SkippedProvider[] => {
        const reason = provider.cannot();
        return reason === null ? [] : [{ name: provider.name, reason }];
      }),
    ],
  };
}

function openFred({ data, stateDir, env }: ProviderPlaces): OutsideProvider | SkippedProvider {
  const key = providerKey(env, 'fred');
  if (key === null) return { name: 'fred', reason: missingKey('FRED', 'fred') };
  return fredSeries({
    client: createProviderClient({
      name: 'FRED',
      baseUrl: data.fred.baseUrl,
      rateLimit: providerLimits(stateDir, data).fred,
      auth: { kind: 'query', name: 'api_key', value: key },
    }),
  });
}

const SETTING: Readonly<Record<ReleasedDataset, { readonly title: string; readonly variable: string }>> = {
  'etf-flows': { title: 'ETF flows', variable: 'ETF_FLOWS' },
  'options-flow': { title: 'Options flow', variable: 'OPTIONS_FLOW' },
  'social-sentiment': { title: 'Social sentiment', variable: 'SOCIAL_SENTIMENT' },
};

/** A server without a key in the environment is asked without one. */
function sourceOf({ env }: ProviderPlaces, name: ReleasedDataset, source: string | null): ReleasedSource {
  const { title, variable } = SETTING[name];
  if (source === null) {
    const reason = `${title}: skipped; name a CSV file or an address in ${variable} to use them.`;
    return { kind: 'none', reason };
  }
  if (!isAddress(source)) return { kind: 'file', path: source };
  const key = providerKey(env, name);
  return {
    kind: 'server',
    client: createProviderClient({
      name: title,
      baseUrl: source,
      rateLimit: NO_RATE_LIMIT,
      ...(key === null ? {} : { auth: { kind: 'header', name: 'Authorization', value: `Bearer ${key}` } as const }),
    }),
  };
}
