/** Where rules are proposed and tried: the store, the recorded days, and the features as trainings have them. */
import { providedSchema, withOutside } from '../activities/open-outside';
import { tradeHoldOut } from '../backtest/hold-out-trading';
import type { FutureSymbol } from '../domain/instruments';
import { isFuture } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import type { RuleTrial, StoredRule } from '../learning/rules/rule-store';
import { tryRule } from '../learning/rules/try-rule';
import { futuresData } from '../learning/training/learning-data';
import type { RecordedMarket } from '../market-data/recorded-market';
import type { ObjectStore } from '../storage/object-store';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { learningSet } from './learning-set';
import { outsideSettings } from './outside-settings';
import { packageVersion } from './package-version';
import { learningPlace, withStore } from './store-place';

export interface DataOptions {
  readonly data?: string;
  readonly instruments?: string;
  readonly json?: boolean;
}

export interface RulePlace {
  readonly store: ObjectStore;
  readonly instruments: readonly FutureSymbol[];
  /** What models of these instruments can read here, as `omega train` does. */
  readonly schema: FeatureSchema;
  readonly market: () => Promise<RecordedMarket>;
}

/** Opens the store, and the features as trainings have them: columns that nobody provides are left out and told. */
export async function withRules(
  io: CommandIo,
  options: DataOptions,
  work: (place: RulePlace) => Promise<void>,
): Promise<void> {
  const { config } = currentConfig(io);
  const set = learningSet({ ...options, set: 'futures' }, config, io);
  const instruments = set.instruments.filter(isFuture);
  await withStore(learningPlace(io), async (store) => {
    const settings = outsideSettings(config);
    const { schema, absent } = await providedSchema(set.schema, instruments, store, settings);
    if (options.json !== true) absent.forEach((sentence) => io.err(sentence));
    const market = async () => withOutside(await set.market(), schema, store, settings);
    await work({ store, instruments, schema, market });
  });
}

/** The rule's back-test under the gates, the rule deciding alone. `scratch` is thrown away afterwards. Throws TrainingError. */
export async function tried(
  io: CommandIo,
  { rule }: StoredRule,
  { instruments, schema, market: load }: RulePlace,
  scratch: ObjectStore,
): Promise<RuleTrial> {
  const { config } = currentConfig(io);
  const market = await load();
  return tryRule(rule, {
    data: futuresData(market),
    instruments,
    schema,
    seed: config.seed,
    codeVersion: packageVersion(),
    now: Date.now(),
    scratch,
    trade: (runId, symbols, tradeDates) =>
      tradeHoldOut({
        store: scratch,
        runId,
        market,
        instruments: symbols,
        tradeDates,
        config: { ...config, trading: { ...config.trading, vote: 'majority', validator: false } },
      }),
  });
}
