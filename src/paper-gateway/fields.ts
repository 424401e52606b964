/** Reading the fields of one request in order; every refusal names the field and carries the request's id, so that the client can tell which call failed. */

const UNSET_INTEGER = 2_147_483_647;

export type MessageErrorCode = 'TRUNCATED' | 'BAD_FIELD' | 'LEFT_OVER' | 'UNKNOWN_REQUEST' | 'NOT_OFFERED';

/** One message could not be understood; the stream is still in step. */
export class MessageError extends Error {
  constructor(
    readonly code: MessageErrorCode,
    message: string,
    /** Request or order id, -1 when it was not read. */
    readonly requestId: number,
  ) {
    super(message);
    this.name = 'MessageError';
  }
}

/** Cursor over a request's fields. */
export class FieldReader {
  private position = 0;
  private id = -1;

  constructor(private readonly fields: readonly string[]) {}

  text(name: string): string {
    const field = this.fields[this.position];
    if (field === undefined) {
      throw this.error('TRUNCATED', `the message ends before field ${this.position} (${name})`);
    }
    this.position += 1;
    return field;
  }

  /** Reads over fields the gateway has no use for. */
  skip(count: number, names: string): void {
    for (let skipped = 0; skipped < count; skipped += 1) this.text(names);
  }

  /** Whole number, 0 when empty. */
  integer(name: string): number {
    return this.integerOrNull(name) ?? 0;
  }

  /** Whole number, null when empty or IB's UNSET. */
  integerOrNull(name: string): number | null {
    const value = this.numberOrNull(name);
    if (value === null || value === UNSET_INTEGER) return null;
    if (!Number.isSafeInteger(value)) throw this.bad(name, 'a whole number');
    return value;
  }

  /** Number, 0 when empty. */
  number(name: string): number {
    return this.numberOrNull(name) ?? 0;
  }

  /** Number, null when empty or IB's UNSET. Clients write infinity as Infinity or Infinite. */
  numberOrNull(name: string): number | null {
    const field = this.text(name);
    if (field === '') return null;
    if (field === 'Infinity' || field === 'Infinite' || field === 'inf') return Infinity;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(field) ? Number(field) : NaN;
    if (Number.isNaN(value)) throw this.bad(name, 'a number');
    return value === Number.MAX_VALUE ? null : value;
  }

  /** 1, 0 or words; empty means `otherwise`. */
  flag(name: string, otherwise = false): boolean {
    const field = this.text(name);
    if (field === '') return otherwise;
    if (field === '1' || /^true$/i.test(field)) return true;
    if (field === '0' || /^false$/i.test(field)) return false;
    throw this.bad(name, '0 or 1');
  }

  /** How many groups of fields follow; 0 when empty. */
  count(name: string): number {
    const value = this.integer(name);
    if (value < 0 || value > this.fields.length - this.position) throw this.bad(name, 'a possible count');
    return value;
  }

  /** The request's or order's id; later errors of this message carry it. */
  requestId(name = 'reqId'): number {
    this.id = this.integer(name);
    return this.id;
  }

  /** Fields left over mean that client and gateway disagree about the layout: nothing read before them can be trusted. */
  expectEnd(): void {
    const left = this.fields.length - this.position;
    if (left > 0) throw this.error('LEFT_OVER', `${left} fields more than the negotiated version has`);
  }

  error(code: MessageErrorCode, message: string): MessageError {
    return new MessageError(code, message, this.id);
  }

  private bad(name: string, expected: string): MessageError {
    const field = this.fields[this.position - 1] ?? '';
    return this.error('BAD_FIELD', `field ${this.position - 1} (${name}) is "${field.slice(0, 40)}", not ${expected}`);
  }
}
