/**
 * `omega bench controls [--instrument ES] [--days N] [--families LIST] [--shifts N] [--positive] [--json [FILE]]`: the leak controls over model families on
 * recorded days. Positive: with the future return given, AUC above 0.95 (nearest neighbours get it as their only column). Negative: labels
 * shifted to other rows, mean AUC within 0.5 ± 0.02. All families with 20 shifts take hours: it is no part of the tests.
 */
import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { DEFAULT_SCHEMA } from '../src/features/schema';
import { findInstrument, INSTRUMENTS } from '../src/domain/instruments';
import type { FutureSymbol } from '../src/domain/instruments';
import {
  LABEL_SHIFTS,
  negativeControl,
  positiveControl,
  NEGATIVE_CONTROL_MARGIN,
  POSITIVE_CONTROL_AUC,
} from '../src/learning/evaluation/leak-controls';
import type { EvaluationRows } from '../src/learning/evaluation/cross-validation';
import { purgedFolds } from '../src/learning/evaluation/purged-folds';
import { ALL_FAMILY_NAMES, FAMILY_NAMES, familyOf } from '../src/learning/families/families';
import { HORIZON_BARS, labelBand, medianSpread } from '../src/learning/labels';
import { contractSeries, labelledRows } from '../src/learning/training-rows';
import type { ContractSeries } from '../src/learning/training-rows';
import { loadRecordedMarket } from '../src/market-data/recorded-minutes';
import { printBench, runBench } from './command';
import type { JsonTarget } from './command';
import { describeMachine, machineLine } from './machine';
import type { Machine } from './machine';

const SEED = 1;
/** Training threads run the sources, as this program does. */
const FROM_SOURCE = ['-r', join(__dirname, '../scripts/typescript-require.cjs')];
/** A vote of neighbours drowns one column in the others. */
const ALONE: readonly string[] = ['k_neighbours'];

interface Options {
  readonly json: JsonTarget;
  readonly instrument: FutureSymbol;
  readonly days: number | null;
  readonly families: readonly string[];
  readonly shifts: number;
  readonly positive: boolean;
}

interface FamilyControls {
  readonly family: string;
  readonly positiveAuc: number;
  readonly positivePassed: boolean;
  /** Null: not asked for. */
  readonly negativeAuc: number | null;
  readonly negativePassed: boolean | null;
  readonly seconds: number;
}

interface ControlsResult {
  readonly machine: Machine;
  readonly instrument: FutureSymbol;
  readonly rows: number;
  readonly shifts: number;
  readonly families: readonly FamilyControls[];
  readonly passed: boolean;
}

function options(): Options {
  const count = (text: string): number => {
    if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('give a whole number above 0.');
    return Number(text);
  };
  const names = (text: string): readonly string[] =>
    text.split(',').map((name) => {
      if (!ALL_FAMILY_NAMES.includes(name)) throw new InvalidArgumentError(`there are ${ALL_FAMILY_NAMES.join(', ')}.`);
      return name;
    });
  const symbol = (text: string): FutureSymbol => {
    const found = findInstrument(text);
    if (found === null) throw new InvalidArgumentError('give an instrument of the recorded days.');
    return found.symbol;
  };
  return new Command('controls')
    .option('--json [file]', 'print JSON, or write it there', false)
    .option('--instrument <symbol>', '', symbol, 'ES')
    .option('--days <count>', 'the first days alone', count, null)
    .option('--families <list>', 'with commas', names, FAMILY_NAMES)
    .option('--shifts <count>', 'label shifts of the negative control', count, LABEL_SHIFTS)
    .option('--positive', 'the positive control alone', false)
    .parse()
    .opts<Options>();
}

/** Labelled rows of the recorded days, and what each row's mid makes over its label's horizon. */
async function recordedRows({ instrument: symbol, days }: Options) {
  const market = await loadRecordedMarket(join(__dirname, '../data'), { instruments: [symbol] });
  const dates = market.tradeDates.slice(0, days ?? undefined);
  const series = contractSeries(market, symbol, dates, DEFAULT_SCHEMA, INSTRUMENTS[symbol]);
  const spread = medianSpread(
    series.map(({ block }) => block),
    Infinity,
  );
  if (spread === null) throw new Error(`The days of ${symbol} have no two-sided quotes.`);
  const rows = labelledRows(series, labelBand(spread, INSTRUMENTS[symbol]), DEFAULT_SCHEMA);
  const returns = futureReturns(series);
  return { rows, futureReturn: Float32Array.from(rows.starts, (start) => returns.get(start) ?? Number.NaN) };
}

function futureReturns(series: readonly ContractSeries[]): ReadonlyMap<number, number> {
  const returns = new Map<number, number>();
  for (const { block } of series) {
    const mid = block.bid.map((bid, row) => (bid + block.ask[row]) / 2);
    for (let row = 0; row + HORIZON_BARS < block.length; row += 1)
      returns.set(block.start[row], Math.log(mid[row + HORIZON_BARS] / mid[row]));
  }
  return returns;
}

async function controlsOf(
  name: string,
  rows: EvaluationRows,
  futureReturn: Float32Array,
  { shifts, positive: alone }: Options,
): Promise<FamilyControls> {
  const begun = performance.now();
  const recipe = familyOf(name);
  const splits = purgedFolds(rows);
  const fold = { threadArguments: FROM_SOURCE };
  const placement = ALONE.includes(name) ? 'alone' : 'beside';
  const given = await positiveControl(recipe, rows, futureReturn, placement, SEED, splits, fold);
  const shifted = alone ? null : await negativeControl(recipe, rows, SEED, splits, shifts, fold);
  return {
    family: name,
    positiveAuc: given.meanAuc,
    positivePassed: given.passed,
    negativeAuc: shifted?.meanAuc ?? null,
    negativePassed: shifted?.passed ?? null,
    seconds: (performance.now() - begun) / 1000,
  };
}

const said = (passed: boolean): string => (passed ? 'passed' : 'FAILED');

const lineOf = ({
  family,
  positiveAuc,
  positivePassed,
  negativeAuc,
  negativePassed,
  seconds,
}: FamilyControls): string => {
  const shifted =
    negativeAuc === null ? '' : `, shifted labels AUC ${negativeAuc.toFixed(3)} ${said(negativePassed === true)}`;
  return `${family}: future given AUC ${positiveAuc.toFixed(3)} ${said(positivePassed)}${shifted}, ${seconds.toFixed(0)} s`;
};

const textOf = ({ machine, instrument, rows, shifts, families, passed }: ControlsResult): readonly string[] => [
  machineLine(machine),
  `${instrument}, ${rows} rows, ${shifts} label shifts; wanted: above ${POSITIVE_CONTROL_AUC}, and 0.5 ± ${NEGATIVE_CONTROL_MARGIN}`,
  ...families.map(lineOf),
  passed ? 'every control passed' : 'A CONTROL FAILED',
];

async function program(): Promise<void> {
  const asked = options();
  const { rows, futureReturn } = await recordedRows(asked);
  const families: FamilyControls[] = [];
  for (const name of asked.families) {
    const found = await controlsOf(name, rows, futureReturn, asked);
    process.stderr.write(`${lineOf(found)}\n`);
    families.push(found);
  }
  const passed = families.every(({ positivePassed, negativePassed }) => positivePassed && negativePassed !== false);
  const { instrument, shifts } = asked;
  const result = { machine: describeMachine(), instrument, rows: rows.data.rows, shifts, families, passed };
  printBench(asked.json, result, textOf);
  if (!passed) process.exitCode = 1;
}

runBench(program);
