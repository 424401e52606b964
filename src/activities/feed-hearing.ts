/** When the market process last heard of each instrument: travels in the feed's heartbeat, judged by the trader's dead-feed watch. JSON-safe. */
import type { FutureSymbol } from '../domain/instruments';

/** An instant on both clocks: wall (UTC ms), and market time as far as it is known. */
export interface HeardAt {
  readonly wall: number;
  readonly market: number | null;
}

export type FeedHearing = Readonly<Partial<Record<FutureSymbol, HeardAt>>>;

/**
 * How long nothing was heard of an instrument, ms: the shorter of the two clocks. A replay that is held makes no data and no market time;
 * one that runs fast makes much market time between two heartbeats.
 */
export function silenceOf(heard: HeardAt, now: HeardAt): number {
  const wall = now.wall - heard.wall;
  const market = now.market === null || heard.market === null ? wall : now.market - heard.market;
  return Math.max(0, Math.min(wall, market));
}

/** The hearing of a heartbeat's details; null when they hold none. */
export const hearingIn = (details: unknown): FeedHearing | null =>
  typeof details === 'object' && details !== null && 'hearing' in details ? (details.hearing as FeedHearing) : null;
