/**
 * A rule's back-test under the gates that every model faces (requirement E11): the hold-out is the latest quarter of the trade dates, labels,
 * costs and fills are those of training runs, and the rule alone decides.
 */
import { createHash } from 'node:crypto';
import { tradeDateOf } from '../../domain/calendar';
import { runIdOf } from '../../domain/ids';
import { INSTRUMENTS, type FutureSymbol } from '../../domain/instruments';
import type { FeatureSchema } from '../../features/schema';
import type { ObjectStore } from '../../storage/object-store';
import { classCounts } from '../dataset';
import { judgeGates, type GateVerdict, type LabelledPredictions, type TradingEvidence } from '../evaluation/gates';
import { CLASS_NAMES, HOLD } from '../labels';
import { MANIFEST_FORMAT, storedSchema, type InstrumentRun, type ModelEntry } from '../manifest';
import { writeManifest, writeModel } from '../model-run';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import type { LearningData } from '../training/learning-data';
import { trainingSet, type TrainingSet } from '../training/training-set';
import { TrainingError } from '../training/training-error';
import { hashSeries, type ContractSeries } from '../training-rows';
import { sideProbabilities } from './evaluate-rule';
import { exportRule } from './export-rule';
import { ruleAnswers } from './rule-answers';
import type { RuleTrial } from './rule-store';
import { ruleIdOf, windowOf, type TradingRule } from './trading-rule';

export interface RuleTrialParts {
  readonly data: LearningData;
  readonly instruments: readonly FutureSymbol[];
  readonly schema: FeatureSchema;
  readonly seed: number;
  readonly codeVersion: string;
  /** UTC ms. */
  readonly now: number;
  /** Takes the run of the rule alone, and is thrown away. */
  readonly scratch: ObjectStore;
  /** What that run makes of the hold-out. */
  readonly trade: (
    runId: string,
    instruments: readonly FutureSymbol[],
    tradeDates: readonly string[],
  ) => Promise<TradingEvidence>;
}

interface Material {
  readonly symbol: FutureSymbol;
  readonly series: readonly ContractSeries[];
  readonly set: TrainingSet;
}

/** Throws TrainingError NOTHING_TO_TRAIN when the data allow no hold-out. */
export async function tryRule(rule: TradingRule, parts: RuleTrialParts): Promise<RuleTrial> {
  const { data, schema, instruments, seed } = parts;
  const days = data.tradeDates;
  const found = instruments.map((symbol) => {
    const series = data.series(symbol, days, schema);
    return { symbol, series, set: trainingSet(symbol, series, days, schema, INSTRUMENTS[symbol], data.quotes) };
  });
  const material = found.filter((one): one is Material => typeof one.set !== 'string' && one.set.holdOut.length > 0);
  if (material.length === 0) {
    const why = found
      .map(({ symbol, set }) => `${symbol}: ${typeof set === 'string' ? set : 'no hold-out'}`)
      .join('; ');
    throw new TrainingError('NOTHING_TO_TRAIN', `The rule cannot be tried (${why}): give more days.`);
  }
  const held = material.map((one) => predictionsOf(rule, one, schema));
  const { holdOutDays } = material[0].set;
  const runId = await writeRuleRun(rule, material, parts);
  const evidence = await parts.trade(
    runId,
    material.map(({ symbol }) => symbol),
    holdOutDays,
  );
  const verdict = judgeGates({ kind: 'model', predictions: pooled(held), ...evidence }, seed);
  return {
    at: new Date(parts.now).toISOString(),
    schema_hash: schema.hash,
    instruments: material.map(({ symbol }) => symbol),
    days: [...days],
    hold_out_days: [...holdOutDays],
    rows: held.reduce((sum, { y }) => sum + y.length, 0),
    said: held.reduce((sum, { said }) => sum + said, 0),
    outcome: verdict.outcome,
    why: reasonsOf(verdict),
    figures: { ...verdict.figures },
  };
}

function reasonsOf(verdict: GateVerdict): string[] {
  switch (verdict.outcome) {
    case 'passed':
      return [];
    case 'refused':
      return verdict.failures.map(({ why }) => why);
    case 'insufficient':
      return [verdict.why];
  }
}

interface HeldOut extends LabelledPredictions {
  readonly said: number;
}

function predictionsOf(rule: TradingRule, { series, set }: Material, schema: FeatureSchema): HeldOut {
  const said = ruleAnswers(rule, series, schema);
  const sides = set.holdOut.map((row) => said.get(set.rows.starts[row]) ?? HOLD);
  return {
    probabilities: Float64Array.from(sides.flatMap((side) => [...sideProbabilities(rule, side)])),
    y: Uint8Array.from(set.holdOut, (row) => set.rows.data.y[row]),
    classes: CLASS_NAMES.length,
    tradeDates: set.holdOut.map((row) => tradeDateOf(set.rows.starts[row])),
    said: sides.filter((side) => side !== HOLD).length,
  };
}

const pooled = (held: readonly LabelledPredictions[]): LabelledPredictions => ({
  probabilities: Float64Array.from(held.flatMap(({ probabilities }) => [...probabilities])),
  y: Uint8Array.from(held.flatMap(({ y }) => [...y])),
  classes: CLASS_NAMES.length,
  tradeDates: held.flatMap(({ tradeDates }) => tradeDates),
});

/** A run with nobody but the rule, for the decision code to trade. */
async function writeRuleRun(
  rule: TradingRule,
  material: readonly Material[],
  { schema, scratch, seed, codeVersion, now }: RuleTrialParts,
): Promise<string> {
  const runId = runIdOf(now);
  const bytes = exportRule(rule, schema.modelColumns, { schema_hash: schema.hash });
  const instruments: InstrumentRun[] = [];
  for (const { symbol, set } of material) {
    const entry = ruleEntry(rule, bytes, schema, `${symbol}/rule.onnx`);
    await writeModel(scratch, runId, entry.file, bytes);
    const [sell, hold, buy] = classCounts(set.rows.data);
    const { contracts, label } = set;
    const learnt = { rows: set.learning.length, classCounts: { sell, hold, buy } };
    instruments.push({ symbol, contracts: [...contracts], days: learningDays(set), ...learnt, label, models: [entry] });
  }
  const days = learningDays(material[0].set);
  const starts = material.flatMap(({ series }) => series.flatMap(({ block }) => Array.from(block.start)));
  const [from, to] = [starts.reduce((a, b) => Math.min(a, b)), starts.reduce((a, b) => Math.max(a, b))];
  const sha256 = hashSeries(material.map(({ series }) => series));
  await writeManifest(scratch, {
    format: MANIFEST_FORMAT,
    runId,
    created: new Date(now).toISOString(),
    codeVersion,
    seed,
    data: { days, from: new Date(from).toISOString(), to: new Date(to).toISOString(), rows: starts.length, sha256 },
    schema: storedSchema(schema),
    instruments,
    skipped: [],
  });
  return runId;
}

const learningDays = ({ days, holdOutDays }: TrainingSet): string[] => days.filter((day) => !holdOutDays.includes(day));

/** How a manifest describes the rule. */
export function ruleEntry(rule: TradingRule, bytes: Uint8Array, schema: FeatureSchema, file: string): ModelEntry {
  const window = windowOf(rule);
  return {
    name: ruleModelName(rule),
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    family: 'TradingRule',
    schemaHash: schema.hash,
    input: INPUT_NAME,
    output: OUTPUT_NAME,
    classes: [...CLASS_NAMES],
    ...(window > 1 && { window }),
    parameters: { rule_id: ruleIdOf(rule), confidence: rule.confidence },
    holdOut: null,
  };
}

/** What the rule is called where it votes. */
export const ruleModelName = ({ name }: Pick<TradingRule, 'name'>): string => `rule_${name}`;
