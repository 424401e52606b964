/**
 * Crash drills: the process kills itself with SIGKILL at one named instant, as a power cut would. Inert unless the environment variable
 * OMEGA_FAILPOINT names the point; the sweep in test/integration/fail-points.test.ts visits each of them.
 */
export const FAIL_POINTS = [
  'update-accepted',
  'place-scheduled',
  'before-the-write',
  'after-the-write',
  'place-unacknowledged',
  'continue-as-new',
  'cancel-sent',
  'modify-sent',
] as const;
export type FailPoint = (typeof FAIL_POINTS)[number];

/** Dies here when this is the chosen point; otherwise does nothing. */
export function failPoint(name: FailPoint): void {
  if (process.env.OMEGA_FAILPOINT === name) process.kill(process.pid, 'SIGKILL');
}
