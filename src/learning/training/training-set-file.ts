/**
 * A training set as one object: a line of JSON, then the numbers as they lie in memory (little-endian, as every machine this runs on).
 * The hash of its bytes pins a run's data (requirement E8).
 */
import { createHash } from 'node:crypto';
import { DIRECTIONS, VOLATILITIES } from '../../domain/regime';
import type { Regime } from '../../domain/regime';
import { TrainingError } from './training-error';
import type { TrainingSet } from './training-set';

const FORMAT = 1;
const REGIME_NUMBERS = 4;
const SPAN_NUMBERS = 3;
const NEWLINE = 10;

interface Header extends Omit<TrainingSet, 'rows' | 'regimes' | 'spans' | 'learning' | 'holdOut'> {
  readonly format: number;
  readonly rows: number;
  readonly classes: number;
  readonly learning: number;
  readonly holdOut: number;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function encodeTrainingSet({ rows, regimes, spans, learning, holdOut, ...rest }: TrainingSet): Uint8Array {
  const { data, starts, ends } = rows;
  const counts = { rows: data.rows, classes: data.classes, learning: learning.length, holdOut: holdOut.length };
  const header: Header = { format: FORMAT, ...rest, ...counts };
  const doubles = [...regimes.map(regimeNumbers), ...spans.map(({ from, to, cost }) => [from, to, cost])].flat();
  const arrays = [
    starts,
    ends,
    Float64Array.from(doubles),
    data.x,
    Int32Array.from(learning),
    Int32Array.from(holdOut),
    data.y,
  ];
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...arrays.map(bytesOf)]);
}

/** Throws TrainingError SET_DAMAGED. */
export function decodeTrainingSet(bytes: Uint8Array): TrainingSet {
  const { format, rows, classes, learning, holdOut, ...described } = headerOf(bytes);
  const width = described.columns.length;
  const size = rows * (8 * (2 + REGIME_NUMBERS + SPAN_NUMBERS) + 4 * width + 1) + 4 * (learning + holdOut);
  let at = bytes.indexOf(NEWLINE) + 1;
  if (format !== FORMAT || bytes.length !== at + size) throw damaged();
  // A copy begins at an aligned address, whatever the header's length.
  const next = (length: number): ArrayBuffer => new Uint8Array(bytes.subarray(at, (at += length))).buffer;
  const starts = new Float64Array(next(8 * rows));
  const ends = new Float64Array(next(8 * rows));
  const regimes = chunks(new Float64Array(next(8 * REGIME_NUMBERS * rows)), REGIME_NUMBERS).map(regimeOf);
  const spans = chunks(new Float64Array(next(8 * SPAN_NUMBERS * rows)), SPAN_NUMBERS).map(([from, to, cost]) => ({
    from,
    to,
    cost,
  }));
  const x = new Float32Array(next(4 * rows * width));
  const integers = (length: number): number[] => Array.from(new Int32Array(next(4 * length)));
  const parts = { learning: integers(learning), holdOut: integers(holdOut) };
  const y = new Uint8Array(next(rows));
  return {
    ...described,
    ...parts,
    regimes,
    spans,
    rows: { data: { rows, columns: width, x, y, classes }, starts, ends },
  };
}

/** Direction, volatility, ratio and rank; a direction of -1: not known yet. */
function regimeNumbers(regime: Regime | null): readonly number[] {
  if (regime === null) return [-1, 0, 0, 0];
  const { direction, volatility, efficiency, volatilityRank } = regime;
  return [DIRECTIONS.indexOf(direction), VOLATILITIES.indexOf(volatility), efficiency, volatilityRank];
}

const regimeOf = ([direction, volatility, efficiency, volatilityRank]: readonly number[]): Regime | null =>
  direction < 0
    ? null
    : { direction: DIRECTIONS[direction], volatility: VOLATILITIES[volatility], efficiency, volatilityRank };

const chunks = (values: Float64Array, size: number): number[][] =>
  Array.from({ length: values.length / size }, (_item, i) => Array.from(values.subarray(i * size, (i + 1) * size)));

function headerOf(bytes: Uint8Array): Header {
  try {
    return JSON.parse(Buffer.from(bytes.subarray(0, bytes.indexOf(NEWLINE))).toString('utf8')) as Header;
  } catch {
    throw damaged();
  }
}

const damaged = (): TrainingError =>
  new TrainingError(
    'SET_DAMAGED',
    'The stored training set is not whole: start the training again under a new run id.',
  );

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
