/**
 * `omega bench controls [--set spy|futures] [--family NAME …] [--shifts N] [--positive] [--resume FILE] [--instrument ES] [--json [FILE]]`:
 * the leak controls over model families. Positive: with the future return given, AUC above 0.95 (nearest neighbours get it as their only
 * column). Negative: labels of other rows, mean AUC within 0.5 ± 0.02. SPY is the set that decides (docs/learning.md). All families take
 * about half an hour on one core: with `--resume` those that the file has are read back. It is no part of the tests.
 */
import { Command, InvalidArgumentError } from 'commander';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstrument } from '../src/domain/instruments';
import type { FutureSymbol } from '../src/domain/instruments';
import {
  LABEL_SHIFTS,
  negativeControl,
  positiveControl,
  NEGATIVE_CONTROL_MARGIN,
  POSITIVE_CONTROL_AUC,
} from '../src/learning/evaluation/leak-controls';
import type { ControlOutcome } from '../src/learning/evaluation/leak-controls';
import { purgedFolds } from '../src/learning/evaluation/purged-folds';
import { ALL_FAMILY_NAMES, familyOf } from '../src/learning/families/families';
import { printBench, runBench } from './command';
import type { JsonTarget } from './command';
import { controlRows } from './controls-rows';
import type { ReadRows, SetName } from './controls-rows';
import { describeMachine, machineLine } from './machine';
import type { Machine } from './machine';

const SEED = 1;
/** Training threads run the sources, as this program does. */
const FROM_SOURCE = ['-r', join(__dirname, '../scripts/typescript-require.cjs')];
/** A vote of neighbours drowns one column in the others. */
const ALONE: readonly string[] = ['k_neighbours'];
/** A support vector fit grows with the square of the rows; four in five repeat an outcome that a fifth holds too. */
const EVERY_FIFTH: readonly string[] = ['svc', 'svc_linear'];

interface Options {
  readonly json: JsonTarget;
  readonly set: SetName;
  readonly instrument: FutureSymbol;
  readonly family: readonly string[];
  readonly shifts: number;
  readonly positive: boolean;
  readonly resume: string | null;
}

interface FamilyControls {
  readonly family: string;
  readonly rows: number;
  readonly tradeDates: number;
  readonly positiveAuc: number;
  readonly positivePassed: boolean;
  /** Null: not asked for. */
  readonly negativeAuc: number | null;
  readonly negativeStandardError: number | null;
  readonly negative: ControlOutcome | null;
  readonly seconds: number;
}

interface ControlsResult {
  readonly machine: Machine;
  readonly set: SetName;
  readonly shifts: number;
  readonly families: readonly FamilyControls[];
  readonly passed: boolean;
}

function options(): Options {
  const count = (text: string): number => {
    if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('give a whole number above 0.');
    return Number(text);
  };
  const names = (text: string, before: readonly string[] | undefined): readonly string[] => {
    const unknown = text.split(',').filter((name) => !ALL_FAMILY_NAMES.includes(name));
    if (unknown.length > 0) throw new InvalidArgumentError(`there are ${ALL_FAMILY_NAMES.join(', ')}.`);
    return [...(before ?? []), ...text.split(',')];
  };
  const symbol = (text: string): FutureSymbol => {
    const found = findInstrument(text);
    if (found === null) throw new InvalidArgumentError('give an instrument of the recorded days.');
    return found.symbol;
  };
  const set = (text: string): SetName => {
    if (text !== 'spy' && text !== 'futures') throw new InvalidArgumentError('give spy or futures.');
    return text;
  };
  const asked = new Command('controls')
    .option('--json [file]', 'print JSON, or write it there', false)
    .option('--set <name>', 'spy, or futures: too few days to decide', set, 'spy')
    .option('--instrument <symbol>', 'of the futures', symbol, 'ES')
    .option('--family <name>', 'again or with commas for more; all when left out', names)
    .option('--shifts <count>', 'label shifts of the negative control', count, LABEL_SHIFTS)
    .option('--positive', 'the positive control alone', false)
    .option('--resume <file>', 'keep finished families there, and read them back')
    .parse()
    .opts<Partial<Options> & Omit<Options, 'family' | 'resume'>>();
  return { ...asked, family: asked.family ?? ALL_FAMILY_NAMES, resume: asked.resume ?? null };
}

async function controlsOf(name: string, read: ReadRows, { shifts, positive: alone }: Options): Promise<FamilyControls> {
  const begun = performance.now();
  const { rows, futureReturn, tradeDates } = read(EVERY_FIFTH.includes(name) ? 5 : 1);
  const recipe = familyOf(name);
  const splits = purgedFolds(rows);
  const fold = { threadArguments: FROM_SOURCE };
  const placement = ALONE.includes(name) ? 'alone' : 'beside';
  const given = await positiveControl(recipe, rows, futureReturn, placement, SEED, splits, fold);
  const shifted = alone ? null : await negativeControl(recipe, rows, SEED, splits, shifts, fold);
  return {
    family: name,
    rows: rows.data.rows,
    tradeDates,
    positiveAuc: given.meanAuc,
    positivePassed: given.passed,
    negativeAuc: shifted?.meanAuc ?? null,
    negativeStandardError: shifted?.standardError ?? null,
    negative: shifted?.outcome ?? null,
    seconds: (performance.now() - begun) / 1000,
  };
}

interface Finished {
  /** What was asked: another question's answers are not read back. */
  readonly asked: string;
  readonly families: readonly FamilyControls[];
}

function finishedBefore(file: string | null, asked: string): readonly FamilyControls[] {
  if (file === null || !existsSync(file)) return [];
  const finished = JSON.parse(readFileSync(file, 'utf8')) as Finished;
  if (finished.asked !== asked)
    throw new Error(`${file} holds the controls of "${finished.asked}", not of "${asked}": name another file.`);
  return finished.families;
}

function keep(file: string | null, finished: Finished): void {
  if (file === null) return;
  writeFileSync(`${file}.tmp`, `${JSON.stringify(finished, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

async function judgeFamilies(options: Options): Promise<readonly FamilyControls[]> {
  const { set, instrument, shifts, positive, resume, family } = options;
  const asked = [set, ...(set === 'futures' ? [instrument] : []), `seed ${SEED}`, positive ? 'positive' : shifts].join(
    ' ',
  );
  const read = await controlRows(set, instrument);
  const judged = new Map(finishedBefore(resume, asked).map((found) => [found.family, found]));
  for (const name of family) {
    if (judged.has(name)) continue;
    const found = await controlsOf(name, read, options);
    process.stderr.write(`${lineOf(found)}\n`);
    judged.set(name, found);
    keep(resume, { asked, families: [...judged.values()] });
  }
  return family.flatMap((name) => judged.get(name) ?? []);
}

const said = (passed: boolean): ControlOutcome => (passed ? 'passed' : 'failed');

function lineOf(found: FamilyControls): string {
  const { negativeAuc, negativeStandardError: error, negative } = found;
  const given = `${found.family.padEnd(20)} future given ${found.positiveAuc.toFixed(3)} ${said(found.positivePassed)}`;
  const exact = error === null ? '' : ` ± ${error.toFixed(4)}`;
  const shifted = negativeAuc === null ? '' : `, shifted labels ${negativeAuc.toFixed(4)}${exact} ${negative}`;
  return `${given}${shifted}, ${found.rows} rows of ${found.tradeDates} trade dates, ${found.seconds.toFixed(0)} s`;
}

const textOf = ({ machine, set, shifts, families, passed }: ControlsResult): readonly string[] => [
  machineLine(machine),
  `${set}: AUC, wanted above ${POSITIVE_CONTROL_AUC}; mean of ${shifts} label shifts ± its standard error, wanted 0.5 ± ${NEGATIVE_CONTROL_MARGIN}`,
  ...families.map(lineOf),
  passed ? 'every control passed' : 'NOT EVERY CONTROL PASSED',
];

async function program(): Promise<void> {
  const asked = options();
  const families = await judgeFamilies(asked);
  const passed = families.every(
    ({ positivePassed, negative }) => positivePassed && (asked.positive || negative === 'passed'),
  );
  const result = { machine: describeMachine(), set: asked.set, shifts: asked.shifts, families, passed };
  printBench(asked.json, result, textOf);
  if (!passed) process.exitCode = 1;
}

runBench(program);
