/** A provider that has certain bars, in pages, and notes what it was asked. */
import type { BarProvider, BarRequest, ProvidedBar, ProviderName } from '../../../src/market-data/providers/provider';

export interface ScriptedProvider extends BarProvider {
  readonly asked: BarRequest[];
}

export function scriptedProvider(
  name: ProviderName,
  bars: readonly ProvidedBar[],
  script: { readonly refusal?: string; readonly failure?: Error; readonly page?: number } = {},
): ScriptedProvider {
  const asked: BarRequest[] = [];
  const page = script.page ?? 7;
  return {
    name,
    asked,
    cannot: () => script.refusal ?? null,
    async *bars(request) {
      asked.push(request);
      if (script.failure !== undefined) throw script.failure;
      const inside = bars.filter(({ start }) => start >= request.from && start < request.to);
      for (let i = 0; i < inside.length; i += page) yield inside.slice(i, i + page);
    },
  };
}
