/** What `omega retrain` says: each fit once, and for every ending what became of the run. */
import type { RetrainingOutcome } from '../../src/domain/retraining';
import { RetrainingLines, retrainingLines, type RetrainingView } from '../../src/cli/retraining-view';

const RUN = '20131011_210000';
const fit = (family: string, kept = 0) => ({
  symbol: 'GC' as const,
  family,
  fitted: 7 - kept,
  kept,
  seconds: 1.25,
  foldAuc: 0.5,
  holdOutAuc: null,
});
const view = (change: Partial<RetrainingView> = {}): RetrainingView => ({
  runId: RUN,
  joined: false,
  phase: 'fitting',
  triggers: [],
  gates: null,
  shadow: null,
  approveBy: null,
  outcome: null,
  fits: { planned: 3, fitted: [], failed: [] },
  ...change,
});

test('progress is told once, whatever is repeated', () => {
  const lines = new RetrainingLines(RUN);
  expect(lines.of(view())).toEqual([`run ${RUN}: fitting`]);
  const fits = {
    planned: 3,
    fitted: [fit('sgd'), fit('mlp', 3)],
    failed: [{ symbol: 'GC', family: 'svm', why: 'slow' }],
  };
  expect(lines.of(view({ fits }))).toEqual([
    '1 of 3: GC sgd in 1.3 s',
    '2 of 3: GC mlp in 1.3 s, 3 fits kept from before',
    'GC svm is left out: slow',
  ]);
  expect(lines.of(view({ fits }))).toEqual([]);
  expect(new RetrainingLines('20131012_210000').of(view({ joined: true }))[0]).toBe(
    `retraining ${RUN} runs already: 20131012_210000 is joined to it`,
  );
});

test('every ending says what became of the run', () => {
  const ended = (outcome: RetrainingOutcome) => retrainingLines(view({ phase: 'done', outcome }), false).join('\n');
  const said = { runId: RUN, by: 'Ada', why: 'reads well' };
  expect(ended({ kind: 'insufficient-data', runId: RUN, why: 'GATE_INSUFFICIENT_DATA: 1 date.' })).toMatch(
    /GATE_INSUFFICIENT_DATA.*\n.*candidate.*omega models promote 20131011_210000 --by NAME --why REASON/,
  );
  expect(ended({ kind: 'refused', by: 'shadow', runId: RUN, why: 'worse' })).toMatch('rejected by the shadow run');
  expect(ended({ kind: 'promoted', ...said })).toMatch('promoted by Ada (reads well)');
  expect(ended({ kind: 'rejected', ...said })).toMatch('rejected by Ada');
  expect(ended({ kind: 'expired', runId: RUN, why: 'late' })).toMatch('expired: late');
  expect(ended({ kind: 'cooled-down', until: 0, why: 'too soon' })).toBe('Not retrained: too soon.');
});

test('an instrument that is left out is said with its reason', () => {
  const gates = { instruments: [], skipped: [{ symbol: 'ES', why: 'no bars' }] } as unknown as RetrainingView['gates'];
  const outcome = { kind: 'insufficient-data', runId: RUN, why: 'few' } as const;
  expect(retrainingLines(view({ phase: 'done', gates, outcome }), false)[0]).toBe('ES left out: no bars');
});

test('a wait names the command that ends it, and that a server of our own keeps it', () => {
  const waiting = view({ phase: 'awaiting-approval', approveBy: Date.UTC(2013, 9, 18) });
  expect(retrainingLines(waiting, false)).toEqual([
    `Run ${RUN} passed gates and shadow run: omega models approve ${RUN} --by NAME --why REASON, or reject, until 2013-10-18T00:00:00.000Z.`,
  ]);
  expect(retrainingLines(waiting, true).at(-1)).toMatch('omega retrain --wait');
});
