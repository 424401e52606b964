/** Crash drills inside workflow code: the worker's side decides whether the process dies there (src/broker/fail-point.ts). */
import { proxySinks, type Sinks } from '@temporalio/workflow';

export interface FailPointSinks extends Sinks {
  failPoints: {
    reached(name: 'update-accepted' | 'continue-as-new'): void;
  };
}

export const { failPoints } = proxySinks<FailPointSinks>();
