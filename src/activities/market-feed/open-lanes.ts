/** The instruments of a trade date's feed, ready to decide. */
import type { MarketDataPort } from '../../broker/market-data-port';
import type { Config } from '../../config/config';
import { INSTRUMENTS, type FutureSymbol } from '../../domain/instruments';
import type { DecisionRecord } from '../../domain/proposals';
import type { OutsideOf } from '../../features/outside/outside-values';
import { createFeatureStream } from '../../features/pipeline';
import { DEFAULT_SCHEMA } from '../../features/schema';
import { warmUpStart } from '../../market-data/warm-up';
import { readAuditDay } from '../../storage/audit-reader';
import type { MarketJournal } from '../../storage/market-journal';
import type { HeardAt } from '../feed-hearing';
import { InstrumentLane } from './instrument-lane';
import { judgedEntries } from './judged-entries';
import { openEnsemble, type EnsembleDeps } from './open-ensemble';

export interface LaneDeps extends EnsembleDeps {
  readonly config: Pick<Config, 'trading' | 'stateDir'>;
  readonly journal: MarketJournal;
  readonly log: (level: 'warn' | 'error', message: string, fields?: object) => void;
}

/** Decisions that a feed before this one made on the trade date, where a validator may have judged them. */
async function decidedBefore(
  { config, store, log }: LaneDeps,
  account: string,
  tradeDate: string,
): Promise<readonly DecisionRecord[]> {
  if (!config.trading.validator) return [];
  try {
    const { entries } = await readAuditDay(store, config.stateDir, tradeDate);
    return entries.flatMap((entry) =>
      entry.type === 'decision' && entry.record.account === account ? [entry.record] : [],
    );
  } catch (error) {
    log('warn', `vetoes are counted from here on, those before are not known: ${String(error)}`);
    return [];
  }
}

export interface LanesWanted {
  /** Told when something was heard of an instrument. */
  readonly hearing: Map<FutureSymbol, HeardAt>;
  readonly tradeDate: string;
  readonly modelRun: string | null;
  readonly account: string;
  readonly outside: OutsideOf;
}

/** Subscribed and warmed up, with the run's models. Failures of broker and journal pass through. */
export async function openLanes(
  deps: LaneDeps,
  data: MarketDataPort,
  { hearing, tradeDate, modelRun, account, outside }: LanesWanted,
): Promise<readonly InstrumentLane[]> {
  const decided = await decidedBefore(deps, account, tradeDate);
  const lanes: InstrumentLane[] = [];
  for (const symbol of deps.config.trading.instruments) {
    const instrument = INSTRUMENTS[symbol];
    const contract = await data.resolveFront(symbol, tradeDate);
    const ensemble = modelRun === null ? null : await openEnsemble(deps, modelRun, symbol);
    // Without models the shipped columns are recorded in the decisions.
    const features = createFeatureStream(ensemble?.schema ?? DEFAULT_SCHEMA, instrument, outside(symbol));
    const judged = judgedEntries(decided.filter((record) => record.symbol === symbol));
    const onHeard = (): void => void hearing.set(symbol, { wall: Date.now(), market: data.lastMarketTime() });
    // A stream that never says anything is silent from here on.
    onHeard();
    lanes.push(
      await InstrumentLane.open(
        { instrument, contract, data, journal: deps.journal, features, ensemble, judged, onHeard },
        warmUpStart(tradeDate, features.warmupBars),
      ),
    );
  }
  return lanes;
}
