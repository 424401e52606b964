/** What was rejected is kept aside with its reason: `news/rejected/YYYY-MM-DD/{source}-{hash}.jsonl`, the day of rejection (UTC). */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../storage/object-store';
import type { RejectedArticle } from './provided-article';
import { utcDay } from './utc-time';

/** The same items rejected again, by a retry or an overlapping window, are the same file of that day. */
export async function keepRejected(
  store: ObjectStore,
  source: string,
  rejected: readonly RejectedArticle[],
  now: number,
): Promise<void> {
  if (rejected.length === 0) return;
  const lines = rejected.map((one) => `${JSON.stringify({ source, ...one })}\n`).join('');
  const hash = createHash('sha256').update(lines).digest('hex').slice(0, 16);
  await store.create(`news/rejected/${utcDay(now)}/${source}-${hash}.jsonl`, new TextEncoder().encode(lines));
}
