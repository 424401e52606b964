/** Shadow run and breach of requirement E10: a challenger decides beside the champion, without orders, before anyone approves it. */
export const SHADOW_DECISIONS = 300;
export const SHADOW_TRADE_DATES = 1;
export const SHADOW_LOG_LOSS_MARGIN = 0.01;
export const BREACH_INFERENCE_P99_MS = 100;

export interface ShadowFigures {
  /** Whole trade dates shadowed. */
  readonly tradeDates: number;
  readonly decisions: number;
  /** Resolved decisions that this same champion answered too; null without a champion. */
  readonly compared: number | null;
  /** Answers that were NaN or infinite. */
  readonly notFinite: number;
  /** Over the resolved decisions, nats; null before one is. */
  readonly logLoss: number | null;
  /** The champion's on the same decisions; null without a champion, which any challenger may follow. */
  readonly championLogLoss: number | null;
}

export type ShadowVerdict =
  | { readonly outcome: 'continues'; readonly why: string }
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'refused'; readonly why: string };

/** NaN refuses at once; the rest is judged after one trade date and 300 decisions, with a champion 300 compared with it. */
export function judgeShadow(figures: ShadowFigures): ShadowVerdict {
  const { tradeDates, decisions, compared, notFinite, logLoss, championLogLoss } = figures;
  if (notFinite > 0) return { outcome: 'refused', why: `${notFinite} answers were not finite numbers` };
  const counted = compared ?? decisions;
  if (tradeDates < SHADOW_TRADE_DATES || counted < SHADOW_DECISIONS || logLoss === null) {
    const what = compared === null ? 'decisions' : 'decisions compared with the champion';
    const why = `${tradeDates} of ${SHADOW_TRADE_DATES} trade dates and ${counted} of ${SHADOW_DECISIONS} ${what} so far`;
    return { outcome: 'continues', why };
  }
  if (championLogLoss === null || logLoss <= championLogLoss + SHADOW_LOG_LOSS_MARGIN) return { outcome: 'passed' };
  const allowed = (championLogLoss + SHADOW_LOG_LOSS_MARGIN).toFixed(4);
  return {
    outcome: 'refused',
    why: `its log loss is ${logLoss.toFixed(4)}, at most ${allowed} allowed beside the champion`,
  };
}

export interface LiveHealth {
  readonly notFinite: number;
  /** Null before there are enough of them (inferenceP99). */
  readonly inferenceP99Ms: number | null;
  readonly aucAlarm: boolean;
  /** Why trading was halted at a limit of the account; null while it was not. A person's halt is none. */
  readonly haltCause: string | null;
}

/** Why the promoted run must be rolled back; empty while it may go on. */
export function breachesOf({ notFinite, inferenceP99Ms, aucAlarm, haltCause }: LiveHealth): readonly string[] {
  const breaches: string[] = [];
  if (notFinite > 0) breaches.push(`${notFinite} answers were not finite numbers`);
  if (inferenceP99Ms !== null && inferenceP99Ms > BREACH_INFERENCE_P99_MS)
    breaches.push(`inference takes ${inferenceP99Ms.toFixed(0)} ms (p99), at most ${BREACH_INFERENCE_P99_MS} allowed`);
  if (aucAlarm) breaches.push('its live AUC is below that of a coin');
  if (haltCause !== null) breaches.push(`trading was halted: ${haltCause}`);
  return breaches;
}
