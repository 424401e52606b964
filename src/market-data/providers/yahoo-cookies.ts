/**
 * Yahoo's session: a cookie that its servers hand out once and expect with every question. It is fetched by one process, kept in the state
 * folder, and used by all of them until it is a day old; a process that is killed while it fetches keeps nobody out.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExtendedCookieJar } from 'yahoo-finance2/lib/cookieJar';
import { z } from 'zod';
import { withProcessLock } from '../../http/process-lock';
import type { ProviderFetch } from '../../http/provider-fetch';
import { writeWhole } from '../../storage/durable-files';

const session = z.object({ takenAt: z.number(), url: z.string(), setCookie: z.array(z.string()) });
type Session = Readonly<z.infer<typeof session>>;

export interface CookieParts {
  /** State folder of this machine. */
  readonly folder: string;
  /** As the library knows it; `fetch` may send it elsewhere. */
  readonly url: string;
  readonly fetch: ProviderFetch;
  /** UTC ms. */
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
/** Above the time-outs and retries of the one question asked inside. */
const HOLD_MS = 180_000;

/** A jar with the session's cookies; several processes that ask at once make one question. Throws ProviderError. */
export async function yahooCookies(parts: CookieParts): Promise<ExtendedCookieJar> {
  const path = sessionPath(parts.folder);
  const kept =
    (await fresh(path, parts.now())) ??
    (await withProcessLock(
      join(parts.folder, 'yahoo', 'lock'),
      async () => (await fresh(path, parts.now())) ?? (await begin(path, parts)),
      { holdMs: HOLD_MS },
    ));
  const jar = new ExtendedCookieJar();
  await jar.setFromSetCookieHeaders([...kept.setCookie], kept.url);
  return jar;
}

/** The next question begins another session. */
export const forgetYahooSession = (folder: string): Promise<void> => rm(sessionPath(folder), { force: true });

const sessionPath = (folder: string): string => join(folder, 'yahoo', 'session.json');

async function fresh(path: string, now: number): Promise<Session | null> {
  try {
    const kept = session.parse(JSON.parse(await readFile(path, 'utf8')));
    return kept.takenAt <= now && now - kept.takenAt < DAY_MS ? kept : null;
  } catch {
    // Absent or damaged: it is fetched again.
    return null;
  }
}

async function begin(path: string, { url, fetch, now }: CookieParts): Promise<Session> {
  const response = await fetch(url, { headers: { accept: 'text/html' } });
  const begun: Session = { takenAt: now(), url, setCookie: response.headers.getSetCookie() };
  await writeWhole(path, JSON.stringify(begun), join(path, '..', '.scratch'));
  return begun;
}
