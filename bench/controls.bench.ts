/**
 * `omega bench controls [--set spy|futures] [--instrument ES] [--family NAME …] [--shifts N] [--seed N] [--positive] [--threads N]
 * [--resume FILE] [--json [FILE]]`: the leak controls over model families. Positive: with the future return given, AUC above 0.95
 * (nearest neighbours get it as their only column). Negative: labels of other rows, mean AUC within 0.5 ± 0.02. SPY is the set that
 * decides (docs/learning.md). All families take about half an hour of one core; with `--resume` those that the file has are read back. It
 * is no part of the tests.
 */
import { Command, InvalidArgumentError } from 'commander';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { findInstrument } from '../src/domain/instruments';
import type { FutureSymbol } from '../src/domain/instruments';
import { LABEL_SHIFTS, NEGATIVE_CONTROL_MARGIN, POSITIVE_CONTROL_AUC } from '../src/learning/evaluation/leak-controls';
import type { ControlOutcome } from '../src/learning/evaluation/leak-controls';
import { ALL_FAMILY_NAMES } from '../src/learning/families/families';
import { printBench, runBench } from './command';
import type { JsonTarget } from './command';
import { judgeInThread } from './controls-family';
import type { FamilyControls } from './controls-family';
import type { SetName } from './controls-rows';
import { describeMachine, machineLine } from './machine';
import type { Machine } from './machine';

interface Options {
  readonly json: JsonTarget;
  readonly set: SetName;
  readonly instrument: FutureSymbol;
  readonly family: readonly string[];
  readonly shifts: number;
  readonly seed: number;
  readonly positive: boolean;
  readonly resume: string | null;
  /** Families at a time. */
  readonly threads: number;
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
    .option('--seed <number>', 'of the draws of labels and of the fits', count, 1)
    .option('--positive', 'the positive control alone', false)
    .option('--threads <count>', 'families at a time', count, 1)
    .option('--resume <file>', 'keep finished families there, and read them back')
    .parse()
    .opts<Partial<Options> & Omit<Options, 'family' | 'resume'>>();
  return { ...asked, family: asked.family ?? ALL_FAMILY_NAMES, resume: asked.resume ?? null };
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
  const { set, instrument, shifts, seed, positive, resume, family: families, threads } = options;
  const where = set === 'futures' ? instrument : set;
  const asked = `${where}, seed ${seed}, ${positive ? 'positive alone' : `${shifts} shifts`}`;
  const judged = new Map(finishedBefore(resume, asked).map((found) => [found.family, found]));
  const waiting = families.filter((name) => !judged.has(name));
  const lane = async (): Promise<void> => {
    for (let family = waiting.shift(); family !== undefined; family = waiting.shift()) {
      const found = await judgeInThread({ set, instrument, family, shifts, seed, positive });
      process.stderr.write(`${lineOf(found)}\n`);
      judged.set(family, found);
      keep(resume, { asked, families: [...judged.values()] });
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
  return families.flatMap((name) => judged.get(name) ?? []);
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
