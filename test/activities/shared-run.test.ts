import { SharedRun, type Attempt } from '../../src/activities/shared-run';

const GRACE_MS = 30;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function attempt(mayBeFollowed: boolean): Attempt & { readonly end: () => void } {
  const abort = new AbortController();
  return {
    signal: abort.signal,
    mayBeFollowed: () => mayBeFollowed,
    end: () => abort.abort(new Error('attempt is over')),
  };
}

/** Work that ends when told to, or when it is aborted; it counts its beginnings and its ends. */
function work() {
  const log: string[] = [];
  let finish: (value: string) => void = () => undefined;
  const begin = (signal: AbortSignal): Promise<string> => {
    log.push('begun');
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }).finally(() => log.push('ended'));
  };
  return { log, begin, finish: (value: string) => finish(value) };
}

describe('work that outlives its attempt', () => {
  it('is begun once and taken over by the attempt that follows', async () => {
    const { log, begin, finish } = work();
    const runs = new SharedRun<string>(GRACE_MS);
    const [first, second] = [attempt(true), attempt(true)];
    const outcome = runs.join('feed', begin, first);
    await pause(1);
    first.end();
    await expect(outcome).rejects.toThrow('attempt is over');
    const taken = runs.join('feed', begin, second);
    await pause(2 * GRACE_MS);
    finish('done');
    await expect(taken).resolves.toBe('done');
    expect(log).toEqual(['begun', 'ended']);
  });

  it('goes on when the follower comes before the attempt knows of its end', async () => {
    const { log, begin, finish } = work();
    const runs = new SharedRun<string>(GRACE_MS);
    const first = attempt(true);
    const outcome = runs.join('feed', begin, first);
    const taken = runs.join('feed', begin, attempt(true));
    first.end();
    await expect(outcome).rejects.toThrow('attempt is over');
    await pause(2 * GRACE_MS);
    expect(log).toEqual(['begun']);
    finish('done');
    await expect(taken).resolves.toBe('done');
  });

  it('ends when no attempt follows within the grace', async () => {
    const { log, begin } = work();
    const runs = new SharedRun<string>(GRACE_MS);
    const first = attempt(true);
    const outcome = runs.join('feed', begin, first);
    first.end();
    await expect(outcome).rejects.toThrow('attempt is over');
    expect(log).toEqual(['begun']);
    await pause(2 * GRACE_MS);
    expect(log).toEqual(['begun', 'ended']);
  });

  it('has ended when a cancelled attempt has', async () => {
    const { log, begin } = work();
    const runs = new SharedRun<string>(60_000);
    const first = attempt(false);
    const outcome = runs.join('feed', begin, first);
    await pause(1);
    first.end();
    await expect(outcome).rejects.toThrow('attempt is over');
    expect(log).toEqual(['begun', 'ended']);
  });

  it('gives way to work of another name, which begins after it has ended', async () => {
    const one = work();
    const other = work();
    const runs = new SharedRun<string>(GRACE_MS);
    const replaced = runs.join('one', one.begin, attempt(true));
    await pause(1);
    const outcome = runs.join('other', other.begin, attempt(true));
    await expect(replaced).rejects.toThrow('another run takes its place: other');
    await pause(1);
    expect([one.log, other.log]).toEqual([['begun', 'ended'], ['begun']]);
    other.finish('done');
    await expect(outcome).resolves.toBe('done');
  });

  it('tells its failure, and is begun anew by the next attempt', async () => {
    const runs = new SharedRun<string>(GRACE_MS);
    await expect(runs.join('feed', () => Promise.reject(new Error('no gateway')), attempt(true))).rejects.toThrow(
      'no gateway',
    );
    await expect(runs.join('feed', async () => 'done', attempt(true))).resolves.toBe('done');
  });
});
