/** Column values as Parquet encodes them within a page (parquet-format/Encodings.md). Little-endian, as every machine Node runs on. Pure. */
import { varint, zigzag } from './thrift-compact';

export type NumberArray = Float64Array | Float32Array;

/** What a column's pages hold. */
export interface EncodedColumn {
  /** PLAIN values of the dictionary page, and how many; null without a dictionary. */
  readonly dictionary: { readonly bytes: Uint8Array; readonly count: number } | null;
  readonly encoding: number;
  /** Content of the data page in its pieces. */
  readonly data: readonly Uint8Array[];
}

export const ENCODING = { PLAIN: 0, RLE: 3, DELTA_BINARY_PACKED: 5, RLE_DICTIONARY: 8 } as const;

/** Indices of a byte each: bit-packing to a width of 8 is then no work at all. */
const LARGEST_DICTIONARY = 256;
const INDEX_WIDTH = 8;
/** Four times as many as codes, so that few of them meet; the shift leaves as many bits of a hash. */
const HASH_SLOTS = 1024;
const HASH_SHIFT = 22;
/** Bit-packed runs hold groups of so many values. */
const GROUP = 8;
/** The delta encoding's blocks, each of four parts with a width of their own. */
const DELTA_BLOCK = 128;
const DELTA_PARTS = 4;
const PART_ROWS = DELTA_BLOCK / DELTA_PARTS;

const bytesOf = (values: NumberArray | BigInt64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A run of `count` times the same value of at most eight bits. */
const sameRun = (count: number, value: number): readonly number[] => [...varint(count * 2), value];

/** One bit a row, which says whether there is a value (definition levels of an optional column). */
export function presenceBytes(values: NumberArray): Uint8Array {
  const runs: number[] = [];
  for (let from = 0; from < values.length;) {
    const missing = Number.isNaN(values[from]);
    let to = from + 1;
    while (to < values.length && Number.isNaN(values[to]) === missing) to += 1;
    runs.push(...sameRun(to - from, missing ? 0 : 1));
    from = to;
  }
  const bytes = new Uint8Array(4 + runs.length);
  new DataView(bytes.buffer).setUint32(0, runs.length, true);
  bytes.set(runs, 4);
  return bytes;
}

/** Values as they are. */
export const plain = (values: NumberArray): EncodedColumn => ({
  dictionary: null,
  encoding: ENCODING.PLAIN,
  data: [bytesOf(values)],
});

/** Through a dictionary where few values repeat, as prices on a grid do; as they are otherwise. Every bit is kept. */
export function encodedDoubles(values: Float64Array): EncodedColumn {
  const dictionary = new Float64Array(LARGEST_DICTIONARY);
  const known = new Uint32Array(dictionary.buffer);
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  // A table of codes by hash, open to the next slot: a Map hashes numbers with a fraction ten times slower.
  const codes = new Int16Array(HASH_SLOTS).fill(-1);
  const indices = new Uint8Array(Math.ceil(values.length / GROUP) * GROUP);
  let size = 0;
  for (let i = 0; i < values.length; i += 1) {
    const [low, high] = [words[2 * i], words[2 * i + 1]];
    let slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b) >>> HASH_SHIFT;
    let code = codes[slot];
    while (code >= 0 && (known[2 * code] !== low || known[2 * code + 1] !== high)) {
      slot = (slot + 1) % HASH_SLOTS;
      code = codes[slot];
    }
    if (code < 0) {
      if (size === LARGEST_DICTIONARY) return plain(values);
      code = size;
      dictionary[code] = values[i];
      codes[slot] = code;
      size += 1;
    }
    indices[i] = code;
  }
  return size === 0 ? plain(values) : byDictionary(bytesOf(dictionary.subarray(0, size)), size, indices, values.length);
}

/** Names by their position in `names`; throws RangeError for a code without a name. */
export function encodedNames(codes: Float64Array, names: readonly string[]): EncodedColumn {
  const used = [...new Set(codes)];
  const parts = used.map((code) => {
    if (names[code] === undefined) throw new RangeError(`There is no name for the code ${code}.`);
    const name = Buffer.from(names[code]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(name.length);
    return Buffer.concat([length, name]);
  });
  const indices = new Uint8Array(Math.ceil(codes.length / GROUP) * GROUP);
  for (let i = 0; i < codes.length; i += 1) indices[i] = used.indexOf(codes[i]);
  return byDictionary(Buffer.concat(parts), used.length, indices, codes.length);
}

/** `indices` are padded to whole groups. */
function byDictionary(bytes: Uint8Array, size: number, indices: Uint8Array, count: number): EncodedColumn {
  const data =
    size === 1
      ? [Uint8Array.from([INDEX_WIDTH, ...sameRun(count, 0)])]
      : [Uint8Array.from([INDEX_WIDTH, ...varint((indices.length / GROUP) * 2 + 1)]), indices];
  return { dictionary: { bytes, count: size }, encoding: ENCODING.RLE_DICTIONARY, data };
}

/**
 * Whole numbers by their differences: parts of a block where all are the same, as from minute to minute, take no room. Throws RangeError
 * for what is no whole number below 2^52 either way.
 */
export function encodedIntegers(values: Float64Array): EncodedColumn {
  for (const value of values) {
    if (!Number.isSafeInteger(2 * value)) throw new RangeError(`${value} is no whole number that can be stored.`);
  }
  const out: number[] = [...varint(DELTA_BLOCK), DELTA_PARTS, ...varint(values.length), ...zigzag(values[0] ?? 0)];
  for (let from = 1; from < values.length; from += DELTA_BLOCK) pushBlock(out, values, from);
  return { dictionary: null, encoding: ENCODING.DELTA_BINARY_PACKED, data: [Uint8Array.from(out)] };
}

/** Differences as 64-bit numbers above the block's smallest, or in no bits at all where a part has no others. */
function pushBlock(out: number[], values: Float64Array, from: number): void {
  const to = Math.min(from + DELTA_BLOCK, values.length);
  let least = Infinity;
  for (let i = from; i < to; i += 1) least = Math.min(least, values[i] - values[i - 1]);
  const parts = Array.from({ length: DELTA_PARTS }, (_part, part) => {
    const begin = from + part * PART_ROWS;
    return partOf(values, begin, Math.min(begin + PART_ROWS, to), least);
  });
  out.push(...zigzag(least), ...parts.map((part) => (part === null ? 0 : 64)));
  for (const part of parts) if (part !== null) out.push(...bytesOf(part));
}

/** Null when there is no other difference than the least. */
function partOf(values: Float64Array, begin: number, end: number, least: number): BigInt64Array | null {
  let part: BigInt64Array | null = null;
  for (let i = begin; i < end; i += 1) {
    const above = values[i] - values[i - 1] - least;
    if (above !== 0) (part ??= new BigInt64Array(PART_ROWS))[i - begin] = BigInt(above);
  }
  return part;
}
