/** Asks a language model for rules (requirement E11). It gets the grammar and what the columns look like on days to learn from, never a hold-out. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AnswerSchema, LanguageModel } from '../../language-model/language-model';
import { askForStructure } from '../../language-model/structured-answer';
import type { TrainingSet } from '../training/training-set';
import { readRule, type TradingRule } from './trading-rule';

export interface ColumnRange {
  readonly column: string;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface ProposedRule {
  readonly rule: TradingRule;
  readonly rationale: string;
}

export interface RuleProposals {
  readonly rules: readonly ProposedRule[];
  readonly promptSha256: string;
}

export interface RuleWishes {
  readonly columns: readonly ColumnRange[];
  readonly count: number;
  /** What the rules shall be about, in a person's words; empty for anything. */
  readonly about: string;
  readonly attempts: number;
}

const LONGEST_RATIONALE = 500;
const SIGNIFICANT = 4;

const INSTRUCTIONS = `You propose trading rules for futures on one-minute bars. A rule is JSON of this grammar and nothing else, no code:
number: {"column": NAME} or {"column": NAME, "ago": BARS} or {"number": X} or {"window": "mean"|"min"|"max", "column": NAME, "bars": 2..63}
condition: {"less": [number, number]}, {"greater": [number, number]}, {"crosses_above": [number, number]}, {"crosses_below": [number, number]},
  {"all": [condition, ...]}, {"any": [condition, ...]}, {"not": condition}
rule: {"name": "small_letters", "buy": condition or null, "sell": condition or null, "confidence": 0.4..0.95}
Only the columns listed exist. A rule says buy when the mid price should be higher 20 bars later by more than the costs, sell when lower.
Answer with JSON: for each rule its grammar JSON as a text in "rule", and in "rationale" one sentence why it should work.`;

const SCHEMA: AnswerSchema = {
  type: 'object',
  properties: {
    rules: {
      type: 'array',
      items: { type: 'object', properties: { rule: { type: 'string' }, rationale: { type: 'string' } } },
    },
  },
};

/** 5th, 50th and 95th percentile of each model column on the rows to learn from. */
export function columnRanges({ columns, rows, learning }: TrainingSet): readonly ColumnRange[] {
  const { x, columns: width } = rows.data;
  return columns.map((column, index) => {
    const values = Float64Array.from(learning, (row) => x[row * width + index]).sort();
    const at = (share: number): number =>
      Number(values[Math.floor(share * (values.length - 1))].toPrecision(SIGNIFICANT));
    return { column, low: at(0.05), middle: at(0.5), high: at(0.95) };
  });
}

/** Throws LanguageModelError, ProviderError. */
export async function proposeRules(model: LanguageModel, wishes: RuleWishes): Promise<RuleProposals> {
  const question = questionOf(wishes);
  const names = wishes.columns.map(({ column }) => column);
  const { rules } = await askForStructure(model, {
    instructions: INSTRUCTIONS,
    question,
    schema: SCHEMA,
    check: answerCheck(names, wishes.count),
    attempts: wishes.attempts,
  });
  return { rules, promptSha256: createHash('sha256').update(`${INSTRUCTIONS}\n${question}`).digest('hex') };
}

const questionOf = ({ columns, count, about }: RuleWishes): string =>
  [
    `Give ${count} different rules${about === '' ? '' : ` about: ${JSON.stringify(about)}`}.`,
    'Columns with their 5th, 50th and 95th percentile on the days to learn from:',
    ...columns.map(({ column, low, middle, high }) => `${column} ${low} ${middle} ${high}`),
  ].join('\n');

const answerCheck = (
  columns: readonly string[],
  count: number,
): z.ZodType<{ readonly rules: readonly ProposedRule[] }> =>
  z.strictObject({
    rules: z
      .array(
        z.strictObject({
          rule: z.string().transform((text, context): TradingRule => {
            const rule = readRule(text, columns);
            if (typeof rule !== 'string') return rule;
            context.addIssue({ code: 'custom', message: rule });
            return z.NEVER;
          }),
          rationale: z.string().max(LONGEST_RATIONALE),
        }),
      )
      .min(1)
      .max(count),
  });
