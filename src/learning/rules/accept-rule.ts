/** Lets a tried rule vote: as a brought model, in a run made now from the latest one (docs/models.md says how a run comes to decide). */
import { addModels } from '../add-models';
import { broughtModels } from '../brought-models';
import type { RunManifest } from '../manifest';
import type { BroughtModel } from '../model-folder';
import { CLASS_NAMES } from '../labels';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import { FUTURE_SYMBOLS } from '../../domain/instruments';
import type { FeatureSchema } from '../../features/schema';
import type { ObjectStore } from '../../storage/object-store';
import { ModelRunError } from '../model-run-error';
import { exportRule } from './export-rule';
import { keepRule, storedRules, type RuleAcceptance, type StoredRule } from './rule-store';
import { ruleModelName } from './try-rule';
import { windowOf } from './trading-rule';

export interface Acceptance {
  readonly by: string;
  readonly why: string;
  /** UTC ms. */
  readonly at: number;
  /** Lets a rule vote that the gates did not pass; written down with it. */
  readonly despiteGates: boolean;
}

/**
 * Rejects with ModelRunError: RULE_REFUSED when the rule was not tried under this schema or not passed, NAME_TAKEN. Null: there is no run of
 * this schema yet, the first fit takes the rule up.
 */
export async function acceptRule(
  store: ObjectStore,
  entry: StoredRule,
  schema: FeatureSchema,
  { by, why, at, despiteGates }: Acceptance,
): Promise<RunManifest | null> {
  const trial = entry.trials.findLast(({ schema_hash: hash }) => hash === schema.hash);
  if (trial === undefined)
    throw refused(`The rule ${entry.id} was not tried under the present features: omega rules test ${entry.id}.`);
  if (trial.outcome !== 'passed' && !despiteGates)
    throw refused(`The gates did not pass the rule ${entry.id} (${trial.why.join('; ')}): it may not vote.`);
  const model = ruleModelName(entry.rule);
  const other = (await storedRules(store)).find(({ id, acceptance }) => id !== entry.id && acceptance?.model === model);
  if (other !== undefined && (await votingNames(store)).has(model))
    throw new ModelRunError(
      'NAME_TAKEN',
      `${model} is the accepted rule ${other.id}: propose this one under another name.`,
    );
  const bytes = exportRule(entry.rule, schema.modelColumns, { schema_hash: schema.hash, rule_id: entry.id });
  const window = windowOf(entry.rule);
  const brought: BroughtModel = {
    name: model,
    family: 'TradingRule',
    file: `${model}.onnx`,
    instruments: FUTURE_SYMBOLS.filter((symbol) => trial.instruments.includes(symbol)),
    input: INPUT_NAME,
    output: OUTPUT_NAME,
    classes: [...CLASS_NAMES],
    output_kind: 'probabilities',
    ...(window > 1 && { window }),
    parameters: {
      rule_id: entry.id,
      rule: JSON.stringify(entry.rule),
      ...origin(entry),
      gates: trial.outcome,
      accepted_by: by,
    },
    bytes,
  };
  const run = await addModels(store, [brought], schema.hash);
  const despite = trial.outcome !== 'passed';
  const acceptance: RuleAcceptance = { at: new Date(at).toISOString(), by, why, model, despite_gates: despite };
  await keepRule(store, { ...entry, acceptance });
  return run;
}

/** Names of the rules and other models that later runs take along: an accepted rule may have been taken out again. */
export const votingNames = async (store: ObjectStore): Promise<ReadonlySet<string>> =>
  new Set((await broughtModels(store)).map(({ model: { name } }) => name));

const refused = (sentence: string): ModelRunError => new ModelRunError('RULE_REFUSED', sentence);

/** Provenance as a manifest keeps it beside the model. */
function origin({ provenance }: StoredRule): Readonly<Record<string, string>> {
  switch (provenance.kind) {
    case 'file':
      return { proposed_by: provenance.by, proposed_from: provenance.file, proposed_at: provenance.at };
    case 'language-model':
      return { proposed_by: provenance.model, prompt_sha256: provenance.prompt_sha256, proposed_at: provenance.at };
  }
}
