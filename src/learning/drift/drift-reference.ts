/** The training rows that live rows are compared with: the run's features, every few minutes, by trade date. Stored with the run. */
import { z } from 'zod';
import type { DriftDay, DriftFeature, TimedFeatureRows } from './drift-day';
import { driftDays } from './drift-day';
import { DriftError } from './drift-error';

const REFERENCE_FORMAT = 1;
/** A trading year, the latest: enough for the smallest p-value that 45 tests at 5 % can ask for, and a few MB a run. */
const MAX_REFERENCE_DAYS = 250;

export interface DriftReference {
  readonly schemaHash: string;
  readonly features: readonly DriftFeature[];
  /** Trade dates ascending. */
  readonly days: readonly DriftDay[];
}

/** Reference of a training set's rows. Throws DriftError ROWS_INVALID, FEATURES_DIFFER. */
export function driftReference(
  rows: TimedFeatureRows,
  features: readonly DriftFeature[],
  schemaHash: string,
): DriftReference {
  return { schemaHash, features, days: driftDays(rows, features).slice(-MAX_REFERENCE_DAYS) };
}

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const storedSchema = z.object({
  format: z.literal(REFERENCE_FORMAT),
  schemaHash: z.string(),
  features: z.array(z.object({ name: z.string(), timeframeMinutes: z.number().int().positive() })),
  /** Little-endian int16 slots and float32 values, in base64. */
  days: z.array(z.object({ tradeDate: z.string(), slots: base64, values: base64 })),
});

const encode = ({ buffer, byteOffset, byteLength }: Int16Array | Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** A copy of the bytes, aligned for typed arrays. */
function decode(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** JSON text of the reference; the same reference gives the same bytes. */
export function encodeReference({ schemaHash, features, days }: DriftReference): string {
  return JSON.stringify({
    format: REFERENCE_FORMAT,
    schemaHash,
    features: features.map(({ name, timeframeMinutes }) => ({ name, timeframeMinutes })),
    days: days.map(({ tradeDate, slots, values }) => ({ tradeDate, slots: encode(slots), values: encode(values) })),
  });
}

/** Throws DriftError REFERENCE_INVALID. */
export function decodeReference(text: string): DriftReference {
  try {
    const { schemaHash, features, days } = storedSchema.parse(JSON.parse(text));
    return { schemaHash, features, days: days.map((day) => decodedDay(day, features.length)) };
  } catch (error) {
    throw new DriftError(
      'REFERENCE_INVALID',
      'The drift reference cannot be read: train the run again to rewrite it.',
      {
        cause: error,
      },
    );
  }
}

function decodedDay(
  { tradeDate, slots: slotText, values: valueText }: z.infer<typeof storedSchema>['days'][number],
  width: number,
): DriftDay {
  const slots = new Int16Array(decode(slotText));
  const values = new Float32Array(decode(valueText));
  if (values.length !== slots.length * width)
    throw new RangeError(`${tradeDate}: ${values.length} values for ${slots.length} slots of ${width} features`);
  return { tradeDate, slots, values };
}
