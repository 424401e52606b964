/**
 * Long work of this process that outlives the activity attempt it was begun by. An attempt that the server gave up (a machine too busy to
 * heartbeat, a server that was away) is followed by another in the same process: that one takes the running work over instead of
 * beginning it again, which on a busy machine would never end.
 * Invariants: 1. at most one run at a time; the next begins when the one before has ended; 2. a run without a holder is aborted, at once
 * when its attempt was cancelled or its worker ends, else when no successor came within the grace; 3. its outcome goes to who holds it then.
 */

export interface Attempt {
  readonly signal: AbortSignal;
  /** Asked once the signal has aborted: the server gave the attempt up and another may follow. */
  readonly mayBeFollowed: () => boolean;
}

interface Run<T> {
  readonly name: string;
  readonly abort: AbortController;
  readonly done: Promise<T>;
  holders: number;
  ending: NodeJS.Timeout | null;
}

export class SharedRun<T> {
  private current: Run<T> | null = null;

  constructor(private readonly graceMs: number) {}

  /** The outcome of the run of this name: the one that goes on, or `work` begun now. Rejects when the attempt is aborted before. */
  async join(name: string, work: (signal: AbortSignal) => Promise<T>, attempt: Attempt): Promise<T> {
    const run = this.running(name) ?? this.begin(name, work);
    run.holders += 1;
    if (run.ending !== null) clearTimeout(run.ending);
    run.ending = null;
    const given = abortion(attempt.signal);
    try {
      return await Promise.race([run.done, given.rejection]);
    } finally {
      given.forget();
      run.holders -= 1;
      if (run.holders === 0) await this.leave(run, attempt);
    }
  }

  private running(name: string): Run<T> | null {
    const run = this.current;
    return run !== null && run.name === name && !run.abort.signal.aborted ? run : null;
  }

  private begin(name: string, work: (signal: AbortSignal) => Promise<T>): Run<T> {
    const before = this.current;
    before?.abort.abort(new Error(`another run takes its place: ${name}`));
    const abort = new AbortController();
    const done = Promise.allSettled([before?.done]).then(() => work(abort.signal));
    const run: Run<T> = { name, abort, done, holders: 0, ending: null };
    this.current = run;
    const forget = (): void => {
      if (this.current === run) this.current = null;
    };
    done.then(forget, forget);
    return run;
  }

  private async leave(run: Run<T>, attempt: Attempt): Promise<void> {
    if (!attempt.signal.aborted) return;
    const end = (): void => run.abort.abort(attempt.signal.reason);
    if (attempt.mayBeFollowed()) {
      run.ending = setTimeout(end, this.graceMs);
      return;
    }
    end();
    await Promise.allSettled([run.done]);
  }
}

/** Rejects when the signal aborts; `forget` ends the listening. */
function abortion(signal: AbortSignal): { readonly rejection: Promise<never>; readonly forget: () => void } {
  let forget = (): void => undefined;
  const rejection = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    forget = () => signal.removeEventListener('abort', stop);
  });
  return { rejection, forget };
}
