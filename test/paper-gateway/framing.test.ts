import fc from 'fast-check';
import { FieldReader } from '../../src/paper-gateway/fields';
import {
  encodeFrame,
  FrameReader,
  FramingError,
  MAX_REQUEST_BYTES,
  splitFields,
} from '../../src/paper-gateway/framing';
import { negotiateVersion } from '../../src/paper-gateway/server-versions';

const API = Buffer.from('API\0');
const field = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
const message = fc.array(field, { minLength: 1, maxLength: 8 });

function readAll(chunks: readonly Buffer[]): readonly (readonly string[])[] {
  const reader = new FrameReader();
  const messages: (readonly string[])[] = [];
  for (const chunk of chunks) reader.push(chunk, (payload) => messages.push(splitFields(payload)));
  return messages;
}

/** Cuts a stream at the given places, in any order, repeated or outside. */
function cutAt(stream: Buffer, places: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return cuts.slice(1).map((cut, index) => stream.subarray(cuts[index], cut));
}

describe('frames', () => {
  it('come out the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 20 }),
        fc.array(fc.nat(5000), { maxLength: 40 }),
        (messages, places) => {
          const stream = Buffer.concat([API, ...messages.map((fields) => encodeFrame(fields))]);
          expect(readAll(cutAt(stream, places))).toEqual(messages);
        },
      ),
    );
  });

  it('come out byte by byte', () => {
    const stream = Buffer.concat([API, encodeFrame(['71', 2, 101, '']), encodeFrame([null, true, false])]);
    expect(readAll([...stream].map((byte) => Buffer.from([byte])))).toEqual([
      ['71', '2', '101', ''],
      ['', '1', '0'],
    ]);
  });

  it('NUL inside a text does not add a field', () => {
    const [fields] = readAll([Buffer.concat([API, encodeFrame(['a\0b', 'c'])])]);
    expect(fields).toEqual(['a b', 'c']);
  });

  const code = (bytes: Buffer): string | undefined => {
    try {
      readAll([bytes]);
    } catch (error) {
      if (error instanceof FramingError) return error.code;
      throw error;
    }
    return undefined;
  };

  it('refuse what is not the protocol, at the first byte that differs', () => {
    expect(code(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('NOT_TWS_API');
    expect(code(Buffer.from('APX'))).toBe('NOT_TWS_API');
    expect(code(Buffer.from('AP'))).toBeUndefined();
    expect(code(Buffer.concat([API, Buffer.from([0, 0, 0, 0])]))).toBe('EMPTY_FRAME');
    const tooLong = Buffer.alloc(4);
    tooLong.writeUInt32BE(MAX_REQUEST_BYTES + 1);
    expect(code(Buffer.concat([API, tooLong]))).toBe('FRAME_TOO_LARGE');
  });

  it('complete before garbage are still delivered', () => {
    const reader = new FrameReader();
    const seen: (readonly string[])[] = [];
    const stream = Buffer.concat([API, encodeFrame(['49', '1']), Buffer.from([255, 255, 255, 255])]);
    expect(() => reader.push(stream, (payload) => seen.push(splitFields(payload)))).toThrow(FramingError);
    expect(seen).toEqual([['49', '1']]);
  });

  it('any bytes give frames or a framing error, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, prefixed) => {
        const stream = prefixed ? Buffer.concat([API, bytes]) : Buffer.from(bytes);
        expect(['NOT_TWS_API', 'EMPTY_FRAME', 'FRAME_TOO_LARGE', undefined]).toContain(code(stream));
      }),
    );
  });
});

describe('version offers', () => {
  it.each([
    ['v100..193', 193],
    ['v157..178 +PACEAPI', 178],
    ['v100..157', 157],
    ['v100..225', 193],
    ['v176', 176],
    ['v194..220', null],
    ['v20..66', null],
    ['9.81', null],
    ['', null],
    ['v999999..1', null],
  ])('%s', (offer, version) => {
    expect(negotiateVersion(offer)).toBe(version);
  });
});

describe('numbers in fields', () => {
  it('are read back as printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300, min: -1e300 }), (value) => {
        const [text = ''] = splitFields(encodeFrame([value]).subarray(4));
        expect(new FieldReader([text]).number('value')).toBe(value === 0 ? Number(text) : value);
      }),
    );
  });

  it.each([
    ['', null],
    ['1.7976931348623157E308', null],
    ['Infinite', Infinity],
    ['-0.25', -0.25],
    ['.5', 0.5],
    ['1e3', 1000],
  ])('"%s" means %p', (text, value) => {
    expect(new FieldReader([text]).numberOrNull('value')).toBe(value);
  });

  it('2147483647 is an unset whole number', () => {
    expect(new FieldReader(['2147483647']).integerOrNull('value')).toBeNull();
  });
});
