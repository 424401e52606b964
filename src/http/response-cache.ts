/** Answers kept in a folder with their ETag or Last-Modified, so that an unchanged page costs a 304 and no body. Losing it loses nothing. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../storage/durable-files';

const cachedAnswer = z.object({
  key: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  body: z.string(),
});
export type CachedAnswer = Readonly<z.infer<typeof cachedAnswer>>;

export interface ResponseCache {
  /** The answer kept for `key`; null when there is none or its file is damaged. */
  find(key: string): Promise<CachedAnswer | null>;
  keep(answer: CachedAnswer): Promise<void>;
}

const KEEP_MS = 30 * 86_400_000;

/** `key` must hold no secret: it is stored with the answer. Answers not renewed for 30 days are removed. */
export function responseCache(folder: string): ResponseCache {
  const pathOf = (key: string): string => join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  let swept: Promise<void> | null = null;
  return {
    find: async (key) => {
      try {
        const parsed = cachedAnswer.safeParse(JSON.parse(await readFile(pathOf(key), 'utf8')));
        return parsed.success && parsed.data.key === key ? parsed.data : null;
      } catch {
        return null;
      }
    },
    keep: async (answer) => {
      await writeWhole(pathOf(answer.key), JSON.stringify(answer), join(folder, '.scratch'));
      await (swept ??= removeOlder(folder, Date.now() - KEEP_MS));
    },
  };
}

async function removeOlder(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (name.endsWith('.json') && mtimeMs < before) await rm(path, { force: true });
  }
}
