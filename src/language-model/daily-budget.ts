/**
 * What may be asked a day, in calls and in money, over all processes of a machine and over restarts: one small file per UTC day.
 * Invariant: a call is written down with the most it can cost before it leaves, and corrected to what it cost when the answer is there; so a
 * kill in between counts too much, never too little.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withProcessLock } from '../http/process-lock';
import { errorCode, writeWhole } from '../storage/durable-files';
import { LanguageModelError } from './language-model';

export interface BudgetLimits {
  readonly callsPerDay: number;
  /** US dollars. */
  readonly costPerDay: number;
}

export interface BudgetState {
  readonly calls: number;
  readonly cost: number;
}

export interface DailyBudget {
  /** Takes one call of at most `cost`; the answer corrects the cost. Throws LanguageModelError BUDGET_SPENT. */
  reserve(cost: number): Promise<(actualCost: number) => Promise<void>>;
  today(): Promise<BudgetState>;
}

const stateSchema = z.object({ calls: z.number().int().min(0), cost: z.number().min(0) });
const UNUSED: BudgetState = { calls: 0, cost: 0 };
/** A hold is one read and one write. */
const HOLD_MS = 10_000;
/** Corrections add and subtract: what is left of that in the last digits is no debt. */
const SLACK = 1e-9;

/** `folder` holds the files; `now` is UTC ms. */
export function openDailyBudget(
  folder: string,
  { callsPerDay, costPerDay }: BudgetLimits,
  now: () => number = Date.now,
): DailyBudget {
  const dayOf = (): string => new Date(now()).toISOString().slice(0, 10);
  const change = async (day: string, next: (state: BudgetState) => BudgetState): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await withProcessLock(
      join(folder, 'lock'),
      async () => {
        const state = next(await readState(folder, day));
        await writeWhole(fileOf(folder, day), `${JSON.stringify(state)}\n`, join(folder, '.scratch'));
      },
      { holdMs: HOLD_MS },
    );
  };
  return {
    today: () => readState(folder, dayOf()),
    reserve: async (cost) => {
      const day = dayOf();
      await change(day, (state) => {
        const next = { calls: state.calls + 1, cost: state.cost + cost };
        if (next.calls > callsPerDay) throw spent(`${callsPerDay} calls (languageModel.callsPerDay)`);
        if (next.cost > costPerDay + SLACK) throw spent(`$${costPerDay} (languageModel.costPerDay)`);
        return next;
      });
      await removeOlder(folder, day);
      return (actual) => change(day, (state) => ({ ...state, cost: Math.max(0, state.cost - cost + actual) }));
    },
  };
}

const spent = (what: string): LanguageModelError =>
  new LanguageModelError(
    'BUDGET_SPENT',
    `Today's budget of ${what} for the language model is used up until midnight UTC.`,
  );

const fileOf = (folder: string, day: string): string => join(folder, `${day}.json`);

/** A file that cannot be read counts as spent: money is not spent twice because of a damaged disk. */
async function readState(folder: string, day: string): Promise<BudgetState> {
  let text: string;
  try {
    text = await readFile(fileOf(folder, day), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return UNUSED;
    throw error;
  }
  const parsed = stateSchema.safeParse(jsonOrNull(text));
  return parsed.success ? parsed.data : { calls: Infinity, cost: Infinity };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

async function removeOlder(folder: string, day: string): Promise<void> {
  const old = (await readdir(folder)).filter((name) => /^\d{4}-\d\d-\d\d\.json$/.test(name) && name < `${day}.json`);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}
