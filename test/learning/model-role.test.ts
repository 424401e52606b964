import { modelRoleSchema, partsOf, type ModelRole, type WithRole } from '../../src/learning/model-role';

const entry = (name: string, role?: ModelRole): WithRole => ({ name, role });
const stacker = (voters: string[]): ModelRole => ({
  role: 'stacker',
  voters,
  baseline: voters.flatMap(() => [0.3, 0.3]),
});
const validator: ModelRole = {
  role: 'validator',
  voters: ['sgd'],
  breakEven: 0.5,
  calibration: [
    { kind: 'sigmoid', a: -1, b: 0 },
    { kind: 'sigmoid', a: -1, b: 0 },
  ],
};

it('sorts a run by role, a model without one votes', () => {
  const entries = [
    entry('sgd'),
    entry('forest', { role: 'voter' }),
    entry('sgd_calibrator', { role: 'calibrator', of: 'sgd' }),
    entry('logistic_stacker', stacker(['sgd', 'forest'])),
    entry('validator', validator),
  ];
  const parts = partsOf(entries);
  expect(parts.voters.map(({ name }) => name)).toEqual(['sgd', 'forest']);
  expect(parts.calibrators.get('sgd')?.name).toBe('sgd_calibrator');
  expect(parts.stacker?.entry.name).toBe('logistic_stacker');
  expect(parts.validator?.role.breakEven).toBe(0.5);
  expect(parts.refused).toEqual([]);
});

it('refuses roles that cannot be, each with its reason', () => {
  const parts = partsOf([
    entry('sgd'),
    entry('stray', { role: 'calibrator', of: 'lost' }),
    entry('one', { role: 'calibrator', of: 'sgd' }),
    entry('two', { role: 'calibrator', of: 'sgd' }),
    entry('wide', stacker(['sgd', 'lost'])),
    entry('first', stacker(['sgd'])),
    entry('second', stacker(['sgd'])),
    entry('validator', { ...validator, voters: ['lost'] }),
  ]);
  expect(parts.refused).toEqual([
    { model: 'stray', role: 'calibrator', why: 'it corrects lost, which is not a voter of the run' },
    { model: 'two', role: 'calibrator', why: 'sgd has another calibrator already' },
    { model: 'wide', role: 'stacker', why: "it reads lost, not among the run's voters" },
    { model: 'second', role: 'stacker', why: 'the run has another stacker already, first' },
    { model: 'validator', role: 'validator', why: "it reads lost, not among the run's voters" },
  ]);
  expect(parts.stacker?.entry.name).toBe('first');
  expect(parts.validator).toBeNull();
});

it('comes through JSON', () => {
  for (const role of [stacker(['sgd']), validator, { role: 'voter' }]) {
    expect(modelRoleSchema.parse(JSON.parse(JSON.stringify(role)))).toEqual(role);
  }
  expect(modelRoleSchema.safeParse({ role: 'oracle' }).success).toBe(false);
  expect(modelRoleSchema.safeParse({ ...validator, breakEven: 2 }).success).toBe(false);
});
