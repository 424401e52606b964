/**
 * The cursor of a source that is polled: up to when everything is stored, and the page that is next inside the window being read.
 * Invariant: `through` moves only when the last page of a window is stored, so a crash asks again and loses nothing.
 */
import { z } from 'zod';

const windowSchema = z.object({
  from: z.number(),
  to: z.number(),
  page: z.number().int(),
  /** Newest publication of the window's pages so far, where they come in that order. */
  newest: z.number().optional(),
  /** The last page's hash, and how often it came again, where a page that comes again and again ends the window. */
  last: z.object({ hash: z.string(), again: z.number().int() }).optional(),
});
const cursorSchema = z.object({ through: z.number().nullable(), window: windowSchema.nullable() });

/** Publication (or crawl) times from..to, UTC ms, and the page or offset that is next in it. */
export type PolledWindow = z.infer<typeof windowSchema>;
export type PolledCursor = z.infer<typeof cursorSchema>;

export interface Polling {
  /** How far back the very first window looks, ms. */
  readonly firstLookBackMs: number;
  /** How far each later window reaches back behind the last one's end, ms. */
  readonly overlapMs: number;
  /** What `page` begins with: 1, or offset 0. */
  readonly firstPage: number;
}

/** The window that is read now. A cursor that is not one of ours starts anew. */
export function windowOf(
  cursor: unknown,
  now: number,
  { firstLookBackMs, overlapMs, firstPage }: Polling,
): PolledWindow {
  const known = cursorSchema.safeParse(cursor);
  const { through, window } = known.success ? known.data : { through: null, window: null };
  if (window !== null) return window;
  return { from: through === null ? now - firstLookBackMs : through - overlapMs, to: now, page: firstPage };
}

/** The cursor after a page: inside the window, or behind it when `next` is null. */
export const cursorAfter = (window: PolledWindow, next: PolledWindow | null, through: number | null): PolledCursor =>
  next === null ? { through: window.to, window: null } : { through, window: next };

export const throughOf = (cursor: unknown): number | null => {
  const known = cursorSchema.safeParse(cursor);
  return known.success ? known.data.through : null;
};
