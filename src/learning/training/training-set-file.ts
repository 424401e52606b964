/**
 * A training set as one object: a line of JSON, then the numbers as they lie in memory (little-endian, as every machine this runs on).
 * The hash of its bytes pins a run's data (requirement E8).
 */
import { createHash } from 'node:crypto';
import { TrainingError } from './training-error';
import type { TrainingSet } from './training-set';

const FORMAT = 1;
const NEWLINE = 10;

interface Header extends Omit<TrainingSet, 'rows' | 'learning' | 'holdOut'> {
  readonly format: number;
  readonly rows: number;
  readonly classes: number;
  readonly learning: number;
  readonly holdOut: number;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function encodeTrainingSet({ rows, learning, holdOut, ...rest }: TrainingSet): Uint8Array {
  const { data, starts, ends } = rows;
  const counts = { rows: data.rows, classes: data.classes, learning: learning.length, holdOut: holdOut.length };
  const header: Header = { format: FORMAT, ...rest, ...counts };
  const arrays = [starts, ends, data.x, Int32Array.from(learning), Int32Array.from(holdOut), data.y];
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...arrays.map(bytesOf)]);
}

/** Throws TrainingError SET_DAMAGED. */
export function decodeTrainingSet(bytes: Uint8Array): TrainingSet {
  const { format, rows, classes, learning, holdOut, ...described } = headerOf(bytes);
  const width = described.columns.length;
  const size = rows * (2 * 8 + 4 * width + 1) + 4 * (learning + holdOut);
  let at = bytes.indexOf(NEWLINE) + 1;
  if (format !== FORMAT || bytes.length !== at + size) throw damaged();
  // A copy begins at an aligned address, whatever the header's length.
  const next = (length: number): ArrayBuffer => new Uint8Array(bytes.subarray(at, (at += length))).buffer;
  const starts = new Float64Array(next(8 * rows));
  const ends = new Float64Array(next(8 * rows));
  const x = new Float32Array(next(4 * rows * width));
  const integers = (length: number): number[] => Array.from(new Int32Array(next(4 * length)));
  const parts = { learning: integers(learning), holdOut: integers(holdOut) };
  const y = new Uint8Array(next(rows));
  return { ...described, ...parts, rows: { data: { rows, columns: width, x, y, classes }, starts, ends } };
}

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
