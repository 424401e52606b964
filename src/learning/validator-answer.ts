/** What a validator's two figures a row mean, live and in training. */
import type { Probabilities } from './dataset';
import { applyCalibration } from './evaluation/class-calibration';
import type { ClassCalibration } from './evaluation/class-calibration';

/** Class index; the other one is loss. */
export const PROFITABLE = 1;

/** p(profitable) of probabilities [rows × 2]. */
export const profitableOf = (probabilities: Probabilities): Float64Array =>
  probabilities.filter((_p, i) => i % 2 === PROFITABLE);

/** Calibrated probability of profit, row by row. */
export const calibratedProfit = (calibration: ClassCalibration, answer: Probabilities): Float64Array =>
  profitableOf(applyCalibration(calibration, answer));
