/** `omega drift` on the shipped minutes and on a journal: figures, exit codes, and what is said when there is no run. */
import { join } from 'node:path';
import { CommandExit } from '../../src/cli/command-exit';
import { driftCommand } from '../../src/cli/drift';
import { ACCOUNT, DAYS, RUN, driftRig } from '../activities/drift-rig';
import type { DriftRig } from '../activities/drift-rig';

let rig: DriftRig;
beforeAll(async () => {
  rig = await driftRig();
});
afterAll(() => rig.close());

async function omega(args: readonly string[], store = join(rig.folder, 'store')) {
  const out: string[] = [];
  const env = { IBKR_ACCOUNT: ACCOUNT, OMEGA_STORE: store, OMEGA_STATE_DIR: rig.stateDir };
  const io = { out: (text: string) => void out.push(text), err: () => undefined, env, folder: rig.folder };
  const error: unknown = await driftCommand(io)
    .exitOverride()
    .parseAsync([...args], { from: 'user' })
    .then(
      () => null,
      (failure: unknown) => failure,
    );
  return { text: out.join('\n'), error };
}

test('without a run, a day or an instrument it says so', async () => {
  expect((await omega([], join(rig.folder, 'empty'))).error).toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('omega train') as string,
  });
  expect((await omega(['--instruments', 'ES', '--day', '2013-12-24'])).error).toMatchObject({ code: 'NOT_FOUND' });
  expect((await omega(['--run', 'x'])).error).toMatchObject({ code: 'USAGE' });
  expect((await omega(['--instruments', 'NQ'])).error).toMatchObject({ code: 'NOT_FOUND' });
  expect((await omega(['--instruments', 'ES'])).error).toMatchObject({ code: 'DATA' });
});

test('recorded days: every feature with its figures, no alarm and exit code 0', async () => {
  await rig.putReferences(5, 0);
  const { text, error } = await omega(['--instruments', 'ES', '--day', DAYS[1]]);
  expect(error).toBeNull();
  expect(text).toMatch(/rsi +1 +-?\d\.\d{3} +\d\.\d{3} +\d\.\d{3}/);
  expect(text).toContain('19 are needed');
  expect(text).toContain('no alarm');
});

test('the journal of the account comes first; drifted features alarm with exit code 1', async () => {
  await rig.putReferences(24, 1_000);
  await rig.consume(rig.bars);
  const { text, error } = await omega(['--instruments', 'ES', '--json']);
  expect(error).toBeInstanceOf(CommandExit);
  expect(error).toMatchObject({ exitCode: 1 });
  const document = JSON.parse(text) as { instruments: { features: { features: { mean_shift: number }[] } }[] };
  expect(document).toMatchObject({ run_id: RUN, source: 'journal', state: 'alarm', alarms: [{ cause: 'drift' }] });
  expect(document.instruments[0].features.features.every(({ mean_shift }) => mean_shift < 0)).toBe(true);
});
