/**
 * Frames of the TWS protocol: once `API\0`, then messages of a 4-byte big-endian length and that many bytes of NUL-terminated UTF-8 fields.
 * Invariants: 1. any chunking of the same bytes gives the same frames; 2. no more than one frame plus one chunk is buffered.
 */

/** Larger than any request that a client sends (a placeOrder has some 2 kB); a length beyond it is garbage, not a message. */
export const MAX_REQUEST_BYTES = 1 << 20;
const API_PREFIX = Buffer.from('API\0', 'latin1');
const LENGTH_BYTES = 4;

export type FramingErrorCode = 'NOT_TWS_API' | 'FRAME_TOO_LARGE' | 'EMPTY_FRAME';

/** The byte stream can't be read any further; the socket has to be closed. */
export class FramingError extends Error {
  constructor(
    readonly code: FramingErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'FramingError';
  }
}

/** Cuts one client's byte stream into frames. */
export class FrameReader {
  private buffered: Buffer = Buffer.alloc(0);
  private prefixSeen = false;

  /**
   * Frames completed by this chunk, in order.
   * @throws FramingError when the stream is not TWS API; frames completed before the offending bytes are given to `onFrame` first.
   */
  push(chunk: Buffer, onFrame: (payload: Buffer) => void): void {
    this.buffered = this.buffered.length === 0 ? chunk : Buffer.concat([this.buffered, chunk]);
    if (!this.prefixSeen && !this.readPrefix()) return;
    let start = 0;
    try {
      for (;;) {
        const length = this.lengthAt(start);
        if (length === null || this.buffered.length - start - LENGTH_BYTES < length) return;
        const payloadStart = start + LENGTH_BYTES;
        start = payloadStart + length;
        onFrame(this.buffered.subarray(payloadStart, start));
      }
    } finally {
      if (start > 0) this.buffered = this.buffered.subarray(start);
    }
  }

  private readPrefix(): boolean {
    const seen = Math.min(this.buffered.length, API_PREFIX.length);
    if (this.buffered.compare(API_PREFIX, 0, seen, 0, seen) !== 0) {
      throw new FramingError('NOT_TWS_API', 'the stream does not begin with "API\\0": not a TWS API client');
    }
    if (seen < API_PREFIX.length) return false;
    this.prefixSeen = true;
    this.buffered = this.buffered.subarray(API_PREFIX.length);
    return true;
  }

  private lengthAt(start: number): number | null {
    if (this.buffered.length - start < LENGTH_BYTES) return null;
    const length = this.buffered.readUInt32BE(start);
    if (length === 0) throw new FramingError('EMPTY_FRAME', 'a message of length 0');
    if (length > MAX_REQUEST_BYTES) {
      throw new FramingError('FRAME_TOO_LARGE', `a message of ${length} bytes, more than ${MAX_REQUEST_BYTES}`);
    }
    return length;
  }
}

/** A field on its way out; null is IB's empty field, booleans are 1 and 0. */
export type Field = string | number | boolean | null;

/** One message: length prefix and NUL-terminated fields. NUL inside a text would shift every later field, so it becomes a space. */
export function encodeFrame(fields: readonly Field[]): Buffer {
  let text = '';
  for (const field of fields) text += `${fieldText(field)}\0`;
  const length = Buffer.byteLength(text, 'utf8');
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, LENGTH_BYTES, 'utf8');
  return frame;
}

function fieldText(field: Field): string {
  if (field === null) return '';
  if (typeof field === 'boolean') return field ? '1' : '0';
  if (typeof field === 'number') return String(field);
  return field.includes('\0') ? field.replaceAll('\0', ' ') : field;
}

/** Fields of a message's payload. The version offer has no final NUL; every other message has, and one without counts its rest as a field. */
export function splitFields(payload: Buffer): readonly string[] {
  const fields = payload.toString('utf8').split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}
