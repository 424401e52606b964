import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runThatVotes } from '../../src/activities/market-feed/model-choice';
import { openEnsemble } from '../../src/activities/market-feed/open-ensemble';
import type { ProcessReport } from '../../src/domain/process-messages';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import type { ModelEntry, RunManifest } from '../../src/learning/manifest';
import { MANIFEST_FORMAT, storedSchema } from '../../src/learning/manifest';
import { writeManifest, writeModel } from '../../src/learning/model-run';
import { openFolderStore } from '../../src/storage/folder-store';

const RUN = '20131008_220000';
const HASH = 'a'.repeat(64);

const entry = (name: string): ModelEntry => ({
  name,
  file: `GC/${name}.onnx`,
  sha256: HASH,
  bytes: 3,
  family: 'test',
  schemaHash: DEFAULT_SCHEMA.hash,
  input: 'x',
  output: 'y',
  classes: ['sell', 'hold', 'buy'],
  parameters: {},
  holdOut: null,
});

const manifest: RunManifest = {
  format: MANIFEST_FORMAT,
  runId: RUN,
  created: '2013-10-08T22:00:00.000Z',
  codeVersion: 'test',
  seed: 1,
  data: { days: ['2013-10-08'], from: 'a', to: 'b', rows: 1, sha256: HASH },
  schema: storedSchema(DEFAULT_SCHEMA),
  instruments: [
    {
      symbol: 'GC',
      contracts: [],
      days: [],
      rows: 1,
      classCounts: { sell: 1, hold: 0, buy: 0 },
      label: { horizonBars: 20, bandPoints: 1, spreadPoints: 1, feePoints: 1, tickPoints: 1 },
      models: [entry('sgd'), entry('forest')],
    },
  ],
  skipped: [{ symbol: 'ES', why: 'no bars with two-sided quotes on these days' }],
};

describe('models that will not vote', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'omega-ensemble-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function alertsOn(symbol: 'ES' | 'GC', withManifest = true): Promise<readonly string[]> {
    const store = await openFolderStore(folder);
    if (withManifest) await writeManifest(store, manifest);
    await writeModel(store, RUN, 'GC/sgd.onnx', Buffer.from('bad'));
    const reports: ProcessReport[] = [];
    const logged: string[] = [];
    const deps = {
      store,
      report: (report: ProcessReport) => void reports.push(report),
      log: (_level: 'error', text: string) => void logged.push(text),
    };
    await openEnsemble(deps, RUN, symbol);
    const texts = reports.map((report) => (report.type === 'alert' ? report.text : report.type));
    expect(logged).toEqual(texts);
    return texts;
  }

  it('are alerts, one for each file damaged or missing, in the log too', async () => {
    expect(await alertsOn('GC')).toEqual([
      expect.stringMatching(/^GC model sgd of run 20131008_220000 does not vote: .*damaged/),
      expect.stringMatching(/^GC model forest of run 20131008_220000 does not vote: .*missing/),
      'no model votes on GC: none of run 20131008_220000 can be used',
    ]);
  });

  it('make a feed learning-only, and say so, when none votes on any instrument', () => {
    const reports: ProcessReport[] = [];
    const deps = { store: null as never, report: (report: ProcessReport) => void reports.push(report), log: () => {} };
    expect(runThatVotes(deps, RUN, [{ voters: null }, { voters: 0 }])).toBeNull();
    expect(reports).toEqual([expect.objectContaining({ text: expect.stringContaining('learning-only') as unknown })]);
    expect(runThatVotes(deps, RUN, [{ voters: null }, { voters: 1 }])).toBe(RUN);
    expect(runThatVotes(deps, null, [])).toBeNull();
    expect(reports).toHaveLength(1);
  });

  it('are an alert when the instrument was not fitted, or the run is not there', async () => {
    expect(await alertsOn('ES')).toEqual([
      'no model votes: run 20131008_220000 has no models for ES: no bars with two-sided quotes on these days',
    ]);
    rmSync(folder, { recursive: true });
    expect(await alertsOn('GC', false)).toEqual([expect.stringMatching(/^no model votes on GC: RUN_NOT_FOUND/)]);
  });
});
