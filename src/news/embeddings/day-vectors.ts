/**
 * The vectors of one day's articles as bytes, little-endian: `OMEGAVEC`, version u32, dimensions u32, count u32, 4 bytes of padding, SHA-256
 * of the model (32) and of what the day held (32); then per article its id (32), then `usable_from` of each (f64, UTC ms), then the
 * vectors (f32).
 */
import { EmbeddingError } from './embedding-error';

export interface DayVectors {
  /** SHA-256 of the model file, hex. */
  readonly model: string;
  /** SHA-256 of the names of the day's article files, hex: another one means that articles came. */
  readonly content: string;
  readonly dimensions: number;
  readonly ids: readonly string[];
  readonly usableFrom: Float64Array;
  /** ids × dimensions, row-major, each of length 1. */
  readonly vectors: Float32Array;
}

const MAGIC = 'OMEGAVEC';
const VERSION = 1;
const HEADER = 88;
const HASH = 32;

export function encodeDayVectors({ model, content, dimensions, ids, usableFrom, vectors }: DayVectors): Uint8Array {
  const bytes = Buffer.alloc(HEADER + ids.length * (HASH + 8 + 4 * dimensions));
  bytes.write(MAGIC, 0, 'latin1');
  [VERSION, dimensions, ids.length].forEach((value, i) => bytes.writeUInt32LE(value, 8 + 4 * i));
  bytes.write(model, 24, 'hex');
  bytes.write(content, 24 + HASH, 'hex');
  ids.forEach((id, i) => bytes.write(id, HEADER + i * HASH, 'hex'));
  const timesAt = HEADER + ids.length * HASH;
  usableFrom.forEach((time, i) => bytes.writeDoubleLE(time, timesAt + 8 * i));
  const vectorsAt = timesAt + ids.length * 8;
  vectors.forEach((value, i) => bytes.writeFloatLE(value, vectorsAt + 4 * i));
  return bytes;
}

/** Throws EmbeddingError VECTORS_DAMAGED, with the key, for bytes that are not such a file. */
export function decodeDayVectors(given: Uint8Array, key: string): DayVectors {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const known = bytes.length >= HEADER && bytes.toString('latin1', 0, 8) === MAGIC && bytes.readUInt32LE(8) === VERSION;
  const [dimensions, count] = known ? [bytes.readUInt32LE(12), bytes.readUInt32LE(16)] : [0, 0];
  if (!known || bytes.length !== HEADER + count * (HASH + 8 + 4 * dimensions)) {
    throw new EmbeddingError(
      'VECTORS_DAMAGED',
      `${key} holds no vectors that can be read: remove it, it is made again.`,
    );
  }
  const timesAt = HEADER + count * HASH;
  const vectorsAt = timesAt + count * 8;
  return {
    model: bytes.toString('hex', 24, 24 + HASH),
    content: bytes.toString('hex', 24 + HASH, HEADER),
    dimensions,
    ids: Array.from({ length: count }, (_, i) => bytes.toString('hex', HEADER + i * HASH, HEADER + (i + 1) * HASH)),
    usableFrom: Float64Array.from({ length: count }, (_, i) => bytes.readDoubleLE(timesAt + 8 * i)),
    // Copied to an aligned buffer: both machines this runs on (x64, arm64) are little-endian.
    vectors: new Float32Array(Uint8Array.from(bytes.subarray(vectorsAt)).buffer),
  };
}
