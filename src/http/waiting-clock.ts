/** Time as the HTTP room sees it; tests give another one, so that none of them waits. */
export interface WaitingClock {
  /** UTC milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export const systemClock: WaitingClock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
