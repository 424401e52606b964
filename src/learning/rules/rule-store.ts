/**
 * Candidate rules in the store, `models/rules/{id}.json`: what they say, where they come from, how they were judged and who let them vote.
 * The id is the rule's own: the same rule proposed twice is one candidate, with the provenance of the first time.
 */
import { z } from 'zod';
import { ModelRunError } from '../model-run-error';
import type { ObjectStore } from '../../storage/object-store';
import { checkedRule, columnsRead, ruleIdOf, type TradingRule } from './trading-rule';

const FOLDER = 'models/rules/';

const provenanceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), file: z.string(), by: z.string(), at: z.string() }),
  z.object({
    kind: z.literal('language-model'),
    model: z.string(),
    /** SHA-256 of instructions and question, hex. */
    prompt_sha256: z.string(),
    rationale: z.string(),
    by: z.string(),
    at: z.string(),
  }),
]);
/** Who wrote the rule, and when (ISO, UTC). */
export type RuleProvenance = Readonly<z.infer<typeof provenanceSchema>>;

const figure = z.number().nullable();
const trialSchema = z.object({
  at: z.string(),
  schema_hash: z.string(),
  instruments: z.array(z.string()),
  days: z.array(z.string()),
  hold_out_days: z.array(z.string()),
  /** Rows of the hold-out, and those on which the rule says buy or sell. */
  rows: z.number(),
  said: z.number(),
  outcome: z.enum(['passed', 'refused', 'insufficient']),
  why: z.array(z.string()),
  figures: z.object({
    tradeDates: z.number(),
    trades: z.number(),
    sharpe: figure,
    auc: figure,
    aucLowerBound: figure,
  }),
});
/** A back-test under the gates, on trade dates that nothing was chosen by. */
export type RuleTrial = Readonly<z.infer<typeof trialSchema>>;

const acceptanceSchema = z.object({
  at: z.string(),
  by: z.string(),
  why: z.string(),
  model: z.string(),
  despite_gates: z.boolean(),
});
export type RuleAcceptance = Readonly<z.infer<typeof acceptanceSchema>>;

const entrySchema = z.object({
  format: z.literal(1),
  id: z.string(),
  rule: z.unknown(),
  provenance: provenanceSchema,
  trials: z.array(trialSchema),
  acceptance: acceptanceSchema.nullable(),
});

export interface StoredRule {
  readonly id: string;
  readonly rule: TradingRule;
  readonly provenance: RuleProvenance;
  /** In the order in which they were made. */
  readonly trials: readonly RuleTrial[];
  readonly acceptance: RuleAcceptance | null;
}

const keyOf = (id: string): string => `${FOLDER}${id}.json`;

/** Keeps a new candidate; `known` when the same rule is there already. */
export async function proposeRule(
  store: ObjectStore,
  rule: TradingRule,
  provenance: RuleProvenance,
): Promise<{ readonly id: string; readonly known: boolean }> {
  const id = ruleIdOf(rule);
  const bytes = encode({ id, rule, provenance, trials: [], acceptance: null });
  return { id, known: (await store.create(keyOf(id), bytes)) === 'exists' };
}

export const keepRule = (store: ObjectStore, entry: StoredRule): Promise<void> =>
  store.put(keyOf(entry.id), encode(entry));

const encode = (entry: StoredRule): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ format: 1, ...entry }, null, 2)}\n`);

/** All candidates by id. Throws ModelRunError MANIFEST_INVALID about a damaged one. */
export async function storedRules(store: ObjectStore): Promise<readonly StoredRule[]> {
  const keys = (await store.list(FOLDER)).filter((key) => key.endsWith('.json'));
  return Promise.all(keys.map((key) => readStored(store, key)));
}

/** The candidate whose id begins with `start`, null when there is none or more than one. */
export async function findRule(store: ObjectStore, start: string): Promise<StoredRule | null> {
  const found = (await storedRules(store)).filter(({ id }) => id.startsWith(start));
  return found.length === 1 ? found[0] : null;
}

async function readStored(store: ObjectStore, key: string): Promise<StoredRule> {
  const damaged = (cause: unknown): ModelRunError =>
    new ModelRunError(
      'MANIFEST_INVALID',
      `${key} in ${store.location} is damaged: remove it and propose the rule again.`,
      {
        cause,
      },
    );
  let parsed: z.infer<typeof entrySchema>;
  try {
    parsed = entrySchema.parse(JSON.parse(new TextDecoder().decode(await store.get(key))));
  } catch (error) {
    throw damaged(error);
  }
  const { id, provenance, trials, acceptance } = parsed;
  // A rule may read columns that this configuration no longer computes: it stays a rule.
  const rule = checkedRule(parsed.rule, columnsNamedIn(parsed.rule));
  if (typeof rule === 'string' || ruleIdOf(rule) !== id) throw damaged(rule);
  return { id, rule, provenance, trials, acceptance };
}

/** Every column that the JSON names. */
function columnsNamedIn(json: unknown): readonly string[] {
  const names: string[] = [];
  JSON.stringify(json, (key, value: unknown) => {
    if (key === 'column' && typeof value === 'string') names.push(value);
    return value;
  });
  return names;
}

/** True when the present columns are enough for it. */
export const isReadable = (rule: TradingRule, columns: readonly string[]): boolean =>
  columnsRead(rule).every((name) => columns.includes(name));
