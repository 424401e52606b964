/** `omega models diff A B`: two runs side by side. Offline. */
import { Command } from 'commander';
import { COMPARED_SECTIONS, compareRuns, differs, type ComparedRow } from '../learning/compare-runs';
import { readManifest } from '../learning/model-run';
import { printResult, type CommandIo } from './command-io';
import { told } from './model-errors';
import { learningPlace, withStore } from './store-place';
import { clip, textTable } from './text-table';

interface DiffOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

const CELL_WIDTH = 44;

async function diff(io: CommandIo, a: string, b: string, { all, json }: DiffOptions): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    const rows = compareRuns(await readManifest(store, a), await readManifest(store, b));
    const value = { a, b, rows: rows.map((row) => ({ ...row, differs: differs(row) })) };
    printResult(io, json, value, linesOf(a, b, rows, all === true));
  });
}

function linesOf(a: string, b: string, rows: readonly ComparedRow[], all: boolean): readonly string[] {
  return COMPARED_SECTIONS.flatMap((section) => {
    const inSection = rows.filter((row) => row.section === section);
    // Metrics and data are read beside one another even where they agree; of the rest the differences are what is asked for.
    const shown = all || section === 'data' || section === 'metrics' ? inSection : inSection.filter(differs);
    const hidden = inSection.length - shown.length;
    return [
      ...(section === COMPARED_SECTIONS[0] ? [] : ['']),
      ...(shown.length === 0
        ? [section]
        : textTable<ComparedRow>(
            [
              { title: section, cell: ({ name }) => name },
              { title: '', cell: (row) => (differs(row) ? '≠' : '') },
              { title: a, cell: (row) => cell(row.a) },
              { title: b, cell: (row) => cell(row.b) },
            ],
            shown,
          )),
      ...(hidden === 0 ? [] : [`${hidden} equal`]),
    ];
  });
}

function cell(value: ComparedRow['a']): string {
  if (value === null) return '–';
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  return clip(String(value), CELL_WIDTH);
}

export const diffCommand = (io: CommandIo): Command =>
  new Command('diff')
    .description('parameters, features, metrics and data of two runs side by side')
    .argument('<a>')
    .argument('<b>')
    .option('--all', 'also parameters and features that are equal')
    .option('--json', 'print JSON')
    .action((a: string, b: string, options: DiffOptions) => told(diff(io, a, b, options)));
