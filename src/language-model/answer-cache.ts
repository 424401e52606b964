/** Answers kept by what was asked, so that nothing is paid for twice: one file each, below the state folder. Losing it loses only money. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { errorCode, writeWhole } from '../storage/durable-files';

export interface AnswerCache<T> {
  /** The answer kept under `parts`, null when there is none that can be read. */
  find(parts: readonly string[]): Promise<T | null>;
  keep(parts: readonly string[], answer: T): Promise<void>;
}

/** `parts` is all that an answer depends on: model, version of the prompt, content. */
export function openAnswerCache<T>(folder: string, schema: z.ZodType<T>): AnswerCache<T> {
  const fileOf = (parts: readonly string[]): string => {
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    return join(folder, hash.slice(0, 2), `${hash}.json`);
  };
  return {
    find: async (parts) => {
      try {
        const parsed = schema.safeParse(JSON.parse(await readFile(fileOf(parts), 'utf8')));
        return parsed.success ? parsed.data : null;
      } catch (error) {
        if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
        throw error;
      }
    },
    keep: async (parts, answer) => {
      await writeWhole(fileOf(parts), `${JSON.stringify(answer)}\n`, join(folder, '.scratch'));
    },
  };
}
