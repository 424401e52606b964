/** Lines that know whether they are whole: `{"crc":"0a1b2c3d","v":<json>}`. A flipped bit or half a line reads as damaged, never as data. */
import { crc32 } from 'node:zlib';

const HEAD = '{"crc":"';
const MIDDLE = '","v":';
const CRC_LENGTH = 8;
const BODY = HEAD.length + CRC_LENGTH + MIDDLE.length;

const checksum = (json: string): string => crc32(json).toString(16).padStart(CRC_LENGTH, '0');

/** The line for a JSON text. */
export const checkedLine = (json: string): string => `${HEAD}${checksum(json)}${MIDDLE}${json}}`;

/** The value of a line, or null when the line is damaged. */
export function readCheckedLine(line: string): { readonly value: unknown } | null {
  if (!line.startsWith(HEAD) || !line.endsWith('}') || line.slice(BODY - MIDDLE.length, BODY) !== MIDDLE) return null;
  const json = line.slice(BODY, -1);
  if (checksum(json) !== line.slice(HEAD.length, HEAD.length + CRC_LENGTH)) return null;
  try {
    return { value: JSON.parse(json) as unknown };
  } catch (error) {
    // Not JSON under a right checksum: not a line of ours.
    if ((error as { name?: unknown } | null)?.name === 'SyntaxError') return null;
    throw error;
  }
}
