/** Files that a bench is given: what can be fitted, and the sentence for what cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFitted, readCsv } from '../../bench/csv-rows';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-csv-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = Array.from({ length: 12 }, (_item, i) => `${i / 2},-1e-3,${i % 2 === 0 ? -1 : 7}`);
function file(lines: readonly string[], end = '\n'): string {
  const path = join(folder, 'rows.csv');
  writeFileSync(path, lines.join(end));
  return path;
}
const with11th = (row: string): readonly string[] => [...ROWS.slice(0, 10), row, ROWS[11]];

test.each([
  ['plain', ROWS, '\n'],
  ['with a header', ['a,b,label', ...ROWS], '\n'],
  ['with an empty cell in its header and CRLF', [',b,label', ...ROWS, ''], '\r\n'],
])('reads rows %s', (_name, lines, end) => {
  const data = readCsv(file(lines, end));
  expect([data.rows, data.columns, data.classes, [...data.y.slice(0, 3)]]).toEqual([12, 2, 2, [0, 1, 0]]);
  expect([...data.x.slice(0, 4)]).toEqual([0, Math.fround(-1e-3), 0.5, Math.fround(-1e-3)]);
});

test.each([
  ['an empty cell', with11th('1,,0'), 'NOT_A_NUMBER', /line 11, column 2 is empty/],
  ['NaN', with11th('nan,1,0'), 'NOT_FINITE', /line 11, column 1 is nan/],
  ['NaN in the first row', ['nan,1,0', ...ROWS], 'NOT_FINITE', /line 1, column 1/],
  ['an infinity', with11th('1,-inf,0'), 'NOT_FINITE', /column 2 is -inf, not finite/],
  ['what float32 cannot hold', with11th('1,1e300,0'), 'NOT_FINITE', /1e300/],
  ['a word', with11th('1,two,0'), 'NOT_A_NUMBER', /"two", not a number/],
  ['a ragged row', with11th('1,0'), 'RAGGED', /line 11 has 2 cells, the first row 3/],
  ['semicolons', ROWS.map((row) => row.replaceAll(',', ';')), 'NO_ROWS|RAGGED|NOT_A_NUMBER', /rows\.csv/],
  ['nothing', [], 'NO_ROWS', /has no rows/],
  ['three rows', ROWS.slice(0, 3), 'TOO_FEW_ROWS', /has 3 rows: 10 are needed/],
  ['one class', ROWS.map(() => '1,2,3'), 'ONE_CLASS', /label 3/],
  ['a fraction for a label', with11th('1,2,0.5'), 'LABEL_INVALID', /integer label .* 0\.5/],
])('refuses %s', (_name, lines, code, sentence) => {
  expect(() => readCsv(file(lines))).toThrow(
    expect.objectContaining({
      code: expect.stringMatching(new RegExp(`^(${code})$`)) as unknown,
      message: expect.stringMatching(sentence) as unknown,
    }) as Error,
  );
});

test('a file that is not there, and classes that come only after the fitted rows, are told', () => {
  expect(() => readCsv(join(folder, 'missing.csv'))).toThrow(
    expect.objectContaining({ code: 'FILE_UNREADABLE' }) as Error,
  );
  const data = readCsv(file(ROWS));
  expect(() => checkFitted(data, 'rows.csv')).not.toThrow();
  expect(() => checkFitted({ ...data, y: data.y.map(() => 1) }, 'rows.csv')).toThrow(/first 12 rows .* one label/);
});
