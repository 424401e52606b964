/** Hour by hour on generated days (bench/drift-simulation.ts): silence without a change, alarm with one. A month of hours: npm run bench -- drift. */
import { hourlyChecks, UNCHANGED } from '../../../bench/drift-simulation';

const SMALL = { ...UNCHANGED, features: 4, referenceDays: 24 };

test('unchanged autocorrelated days never alarm, where an hourly KS of independent rows always does', () => {
  const counted = hourlyChecks({ ...SMALL, seed: 1, days: 4 }, { everyHours: 6 });
  expect(counted).toMatchObject({ checks: 12, alarms: 0, naiveShare: 1 });
});

test('a shift alarms once, and the alarm stays', () => {
  const counted = hourlyChecks({ ...SMALL, seed: 3, days: 2 }, { shift: 2, everyHours: 4 });
  expect(counted.alarms).toBe(1);
  expect(counted.exceeded).toBeGreaterThan(5);
});
