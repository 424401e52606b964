/**
 * What the conductor (`npm start`) and its child processes tell each other over Node's IPC channel. A process without a parent
 * (systemd, a container) simply has nobody to tell; nothing in the trading path depends on these messages.
 */
import type { VetoCounts } from './decision-vetoes';
import type { DecisionRecord, ProposalAnswer } from './proposals';

/** Child to conductor. */
export type ProcessReport =
  | { readonly type: 'ready'; readonly role: 'trader' | 'market' | 'training'; readonly pid: number }
  | { readonly type: 'broker-connection'; readonly phase: string; readonly reason: string | null }
  /** The feed is warmed up for `tradeDate` and has asked the session to open it. */
  | { readonly type: 'feed-ready'; readonly tradeDate: string; readonly marketTime: number; readonly warmBars: number }
  /** Every instrument's bar that closed at `marketTime` is decided and every proposal answered. */
  | {
      readonly type: 'bar-settled';
      readonly marketTime: number;
      readonly bars: readonly FeedBar[];
      readonly decisions: readonly DecisionRecord[];
      readonly answers: readonly ProposalAnswer[];
      /** Proposals or an equity report went to the session: wait until it is settled before the clock moves on. */
      readonly sessionTouched: boolean;
    }
  /** The trade date ended on the market clock and the feed let go of it. */
  | { readonly type: 'trade-date-closed'; readonly tradeDate: string; readonly marketTime: number }
  | { readonly type: 'alert'; readonly text: string; readonly marketTime: number | null };

export interface FeedBar {
  readonly symbol: string;
  readonly close: number;
  readonly volume: number;
  readonly bid: number | null;
  readonly ask: number | null;
  /** What the validator did on this trade date; left out where nobody counts. */
  readonly vetoes?: VetoCounts;
}

/** Conductor to child: in lock-step the clock was released to `marketTime`; the feed asks the broker's clock and closes what is due. */
export type ConductorCommand = { readonly type: 'clock-released'; readonly marketTime: number };
