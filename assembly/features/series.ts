/**
 * Where bars lie in this module's memory: one column of float64 behind the other, each `capacity` rows long, written by the host.
 * Outputs are columns of `rows` float64 each; `transpose` turns them into float32 rows.
 */

/** Rows of a bar column. */
let capacity: i32 = 0;
/** Rows from the beginning of an output column to that of the next one. */
let outputPitch: i32 = 0;
let bars: usize = 0;
let outputs: usize = 0;
let spare: usize = 0;
let flags: usize = 0;

/** Position of each column; the host writes them in this order. */
const OPEN = 0;
const HIGH = 1;
const LOW = 2;
const CLOSE = 3;
const VOLUME = 4;
const START = 5;

/** Rows between a column's end and the next one's beginning: columns a power of two apart would share few sets of the cache. */
const PADDING = 8;

/** Takes memory for `columns` input columns of `rowsOfInput`, as many flag rows, and outputs; the host asks for the addresses. */
export function layOut(columns: i32, rowsOfInput: i32, outputColumns: i32, rowsOfOutput: i32): void {
  capacity = rowsOfInput;
  outputPitch = rowsOfOutput + PADDING;
  bars = heap.alloc((<usize>columns * <usize>rowsOfInput + 1) * 8);
  flags = heap.alloc(<usize>rowsOfInput * 2);
  spare = heap.alloc((<usize>rowsOfOutput + 2) * 16);
  outputs = heap.alloc(<usize>outputColumns * <usize>outputPitch * 8);
}

export function barsAddress(): usize {
  return bars;
}
export function flagsAddress(): usize {
  return flags;
}
/** Takes `bytes` of memory that stay. */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes);
}

function column(index: i32): usize {
  return bars + <usize>index * <usize>capacity * 8;
}
export function open(): usize {
  return column(OPEN);
}
export function high(): usize {
  return column(HIGH);
}
export function low(): usize {
  return column(LOW);
}
export function close(): usize {
  return column(CLOSE);
}
export function volume(): usize {
  return column(VOLUME);
}
/** Starts of the bars, UTC ms. */
export function start(): usize {
  return column(START);
}
/** 1 on the first bar of a trade date, a byte a row. */
export function opensTradeDate(): usize {
  return flags;
}
/** 1 on the first bar after a break, a byte a row. */
export function afterBreak(): usize {
  return flags + <usize>capacity;
}
/** Output column `index`. */
export function output(index: i32): usize {
  return outputs + <usize>index * <usize>outputPitch * 8;
}

/** Room for a pair of values a row: what a kernel's loop over rows leaves to its loop over pairs of rows. */
export function scratch(): usize {
  return spare;
}

/** Row `i` of a column. */
export function at(values: usize, i: i32): f64 {
  return load<f64>(values + ((<usize>i) << 3));
}
export function put(values: usize, i: i32, value: f64): void {
  store<f64>(values + ((<usize>i) << 3), value);
}

/**
 * Rolling sums are taken anew whenever the count of bars is a multiple of this (a power of two), so rounding never builds up and
 * streams of different age agree.
 */
const ANCHOR_BARS = 256;

export function isAnchor(bar: i32): bool {
  return (bar & (ANCHOR_BARS - 1)) === 0;
}

/** Bars from bar number `bar`, itself included, to the next anchor. */
export function barsToAnchor(bar: i32): i32 {
  return ANCHOR_BARS - (bar & (ANCHOR_BARS - 1));
}

/** Sum of the `count` values before row `end`. */
export function sumBefore(values: usize, end: i32, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = end - count; i < end; i++) sum += at(values, i);
  return sum;
}

/** The one computation behind batch and stream: fed bars one at a time or many, it remembers what it must between calls. */
export abstract class Kernel {
  /** `first`: position of its first output column. */
  constructor(protected readonly first: i32) {}

  /** Bars at rows [from, from + rows); `bar` counts the first of them from the beginning of the data. Output rows start at 0. */
  abstract run(from: i32, rows: i32, bar: i32): void;
}
