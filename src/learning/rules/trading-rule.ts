/**
 * A trading rule as data (requirement E11): comparisons of feature columns and their windows, joined by and, or and not; never code. Bounded in
 * length, depth and reach, so that a rule from a stranger costs no more than one of ours.
 *
 * number     {"column": "rsi_14"} · {"column": "rsi_14", "ago": 3} · {"number": 30} · {"window": "mean" | "min" | "max", "column": "rsi_14", "bars": 10}
 * condition  {"less": [a, b]} · {"greater": [a, b]} · {"crosses_above": [a, b]} · {"crosses_below": [a, b]} · {"all": […]} · {"any": […]} · {"not": c}
 * rule       {"name": "…", "buy": condition | null, "sell": condition | null, "confidence": 0.4 … 0.95}
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../features/schema';

/** Bars that a rule can look back at, the judged one included. */
export const LONGEST_WINDOW = 64;
export const MOST_PARTS = 64;
export const DEEPEST = 8;
const LONGEST_TEXT = 20_000;
const MOST_BRANCHES = 8;
/** No rule is nested deeper as JSON: looked at before anything recursive reads it. */
export const DEEPEST_JSON = 40;

export type WindowStatistic = 'mean' | 'min' | 'max';

export type RuleNumber =
  /** Value `ago` bars before the judged one. */
  | { readonly column: string; readonly ago?: number | undefined }
  | { readonly number: number }
  /** Over the last `bars` bars, the judged one included. */
  | { readonly window: WindowStatistic; readonly column: string; readonly bars: number };

export type NumberPair = readonly [RuleNumber, RuleNumber];

export type RuleCondition =
  | { readonly less: NumberPair }
  | { readonly greater: NumberPair }
  /** Above now, not above one bar ago. */
  | { readonly crosses_above: NumberPair }
  | { readonly crosses_below: NumberPair }
  | { readonly all: readonly RuleCondition[] }
  | { readonly any: readonly RuleCondition[] }
  | { readonly not: RuleCondition };

export interface TradingRule {
  readonly name: string;
  readonly buy: RuleCondition | null;
  readonly sell: RuleCondition | null;
  /** Probability that it votes with for the side it says: stated by the rule, not measured. */
  readonly confidence: number;
}

const columnName = z.string().regex(/^[A-Za-z0-9_.]{1,64}$/);
const ruleNumber: z.ZodType<RuleNumber> = z.union([
  z.strictObject({
    window: z.enum(['mean', 'min', 'max']),
    column: columnName,
    bars: z
      .number()
      .int()
      .min(2)
      .max(LONGEST_WINDOW - 1),
  }),
  z.strictObject({
    column: columnName,
    ago: z
      .number()
      .int()
      .min(0)
      .max(LONGEST_WINDOW - 2)
      .optional(),
  }),
  z.strictObject({ number: z.number() }),
]);
const pair = z.tuple([ruleNumber, ruleNumber]);
const condition: z.ZodType<RuleCondition> = z.lazy(() =>
  z.union([
    z.strictObject({ less: pair }),
    z.strictObject({ greater: pair }),
    z.strictObject({ crosses_above: pair }),
    z.strictObject({ crosses_below: pair }),
    z.strictObject({ all: z.array(condition).min(2).max(MOST_BRANCHES) }),
    z.strictObject({ any: z.array(condition).min(2).max(MOST_BRANCHES) }),
    z.strictObject({ not: condition }),
  ]),
);
const ruleSchema: z.ZodType<TradingRule> = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'write small letters, digits, _ and -'),
  buy: condition.nullable(),
  sell: condition.nullable(),
  confidence: z.number().min(0.4).max(0.95),
});

/** The two numbers of a comparison, null for what joins others. */
export function pairOf(one: RuleCondition): NumberPair | null {
  if ('less' in one) return one.less;
  if ('greater' in one) return one.greater;
  if ('crosses_above' in one) return one.crosses_above;
  return 'crosses_below' in one ? one.crosses_below : null;
}

/** The conditions that one joins. */
export function branchesOf(one: RuleCondition): readonly RuleCondition[] {
  if ('all' in one) return one.all;
  if ('any' in one) return one.any;
  return 'not' in one ? [one.not] : [];
}

const conditionsOf = ({ buy, sell }: TradingRule): readonly RuleCondition[] =>
  [buy, sell].filter((one) => one !== null);

const partsOf = (one: RuleCondition): number => 1 + branchesOf(one).reduce((sum, branch) => sum + partsOf(branch), 0);
const depthOf = (one: RuleCondition): number => 1 + Math.max(0, ...branchesOf(one).map(depthOf));
const comparisonsOf = (one: RuleCondition): readonly RuleCondition[] =>
  pairOf(one) === null ? branchesOf(one).flatMap(comparisonsOf) : [one];

const reachOf = (one: RuleNumber): number => {
  if ('window' in one) return one.bars;
  return 'column' in one ? 1 + (one.ago ?? 0) : 1;
};

/** Bars that the rule reads, the judged one last; at least one. */
export function windowOf(rule: TradingRule): number {
  const reaches = conditionsOf(rule)
    .flatMap(comparisonsOf)
    .flatMap((comparison) => {
      const before = 'crosses_above' in comparison || 'crosses_below' in comparison ? 1 : 0;
      return (pairOf(comparison) ?? []).map((one) => reachOf(one) + before);
    });
  return Math.max(1, ...reaches);
}

/** Feature columns that it reads, each once, sorted. */
export const columnsRead = (rule: TradingRule): readonly string[] => {
  const numbers = conditionsOf(rule)
    .flatMap(comparisonsOf)
    .flatMap((comparison) => pairOf(comparison) ?? []);
  return [...new Set(numbers.flatMap((one) => ('column' in one ? [one.column] : [])))].sort();
};

/** The same rule has the same id whatever it is called and wherever it comes from. */
export const ruleIdOf = ({ buy, sell, confidence }: TradingRule): string =>
  createHash('sha256').update(canonicalJson({ buy, sell, confidence })).digest('hex').slice(0, 12);

/** The rule of a JSON text, or why it is none; `columns` are those that models may read. */
export function readRule(text: string, columns: readonly string[]): TradingRule | string {
  if (text.length > LONGEST_TEXT) return `it is longer than ${LONGEST_TEXT} characters`;
  if (jsonDepth(text) > DEEPEST_JSON) return 'it is nested too deeply';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message : String(error)})`;
  }
  return checkedRule(json, columns);
}

/** The rule of parsed JSON of bounded depth, or why it is none. */
export function checkedRule(json: unknown, columns: readonly string[]): TradingRule | string {
  const parsed = ruleSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = deepestIssue(parsed.error.issues[0]);
    const place = path.map(String);
    return `${place.join('.') || 'the whole'}: ${place[0] === 'buy' || place[0] === 'sell' ? `${message}; ${ALLOWED}` : message}`;
  }
  return troubleOf(parsed.data, columns) ?? parsed.data;
}

const ALLOWED =
  'a condition is less, greater, crosses_above or crosses_below of two numbers, or all, any or not of conditions; a number is {"column"}, {"column", "ago"}, {"number"} or {"window", "column", "bars"}';

type RuleIssue = z.core.$ZodIssue;

/** Of alternatives that all failed the one that knows the words it was given: what was meant. */
function deepestIssue(issue: RuleIssue): Pick<RuleIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  const meant = issue.errors.find((issues) => issues.every(({ code }) => code !== 'unrecognized_keys'));
  const [first] = meant ?? [];
  if (first === undefined || first.path.length === 0)
    return { path: issue.path, message: 'is none of the forms that are allowed' };
  const inner = deepestIssue(first);
  return { path: [...issue.path, ...inner.path], message: inner.message };
}

function troubleOf(rule: TradingRule, columns: readonly string[]): string | null {
  const conditions = conditionsOf(rule);
  if (conditions.length === 0) return 'neither buy nor sell has a condition';
  if (conditions.reduce((sum, one) => sum + partsOf(one), 0) > MOST_PARTS)
    return `it has more than ${MOST_PARTS} conditions`;
  if (Math.max(...conditions.map(depthOf)) > DEEPEST) return `its conditions are nested more than ${DEEPEST} deep`;
  const unknown = columnsRead(rule).filter((name) => !columns.includes(name));
  if (unknown.length > 0) return `there is no model column ${unknown.join(', ')} (omega models schema lists them)`;
  const idle = conditions
    .flatMap(comparisonsOf)
    .find((comparison) => (pairOf(comparison) ?? []).every((one) => 'number' in one));
  if (idle !== undefined) return `${JSON.stringify(idle)} compares no column`;
  return windowOf(rule) > LONGEST_WINDOW ? `it reaches back more than ${LONGEST_WINDOW} bars` : null;
}

/** Deepest nesting of brackets outside of texts, without recursion. */
export function jsonDepth(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const at = text[i];
    if (quoted && at === '\\') i += 1;
    else if (at === '"') quoted = !quoted;
    else if (!quoted && (at === '{' || at === '[')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (at === '}' || at === ']')) depth -= 1;
  }
  return deepest;
}
