/** Signatures of the activities that workflows call; implemented in src/activities, imported here as types only. */
import type { LookupRequest, OrderEvidence, PlaceResult, BrokerPosition } from '../domain/broker-events';
import type { OrderLeg } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import type { MarketFeedInput } from '../domain/market-feed';
import type { ReviewState } from '../domain/model-review';
import type { RetrainingTrigger } from '../domain/retraining';
import type { GateVerdict } from '../learning/evaluation/gates';
import type { ShadowFigures, ShadowVerdict } from '../learning/evaluation/shadow';
import type { FamilySummary } from '../learning/training/fit-job';
import type { PreparedInstrument, PreparedTraining, TrainingRequest } from '../learning/training/prepare-training';

/** How handing one intent to the broker ended; `unknown` when the guard gave no answer about it. */
export type PlaceOutcome = PlaceResult | { readonly outcome: 'unknown'; readonly detail: string };

export interface BrokerActivities {
  /** Writes the intents in order (their broker ids rise); one outcome each. Never retried: a write is not repeatable. */
  placeOrders(intents: readonly OrderIntent[]): Promise<readonly PlaceOutcome[]>;
  /** Cancels legs that the broker still holds; repeatable. Fails, to be retried, while the guard is not synced. */
  cancelLegs(request: {
    readonly key: string;
    readonly legs: readonly OrderLeg[];
  }): Promise<'sent' | 'nothing-to-cancel'>;
  modifyLeg(request: {
    readonly key: string;
    readonly leg: OrderLeg;
    readonly change: { readonly price?: number; readonly quantity?: number };
  }): Promise<PlaceOutcome>;
  /** Reads the broker about one intent. Fails, to be retried, while the guard is not synced. */
  lookupOrder(request: LookupRequest): Promise<Extract<OrderEvidence, { synced: true }>>;
  readPositions(): Promise<readonly BrokerPosition[]>;
  /** The broker's clock now, UTC ms. */
  readMarketTime(): Promise<number>;
}

export interface MarketDay {
  readonly tradeDate: string;
  readonly marketTime: number;
}

export interface MarketActivities {
  /** Feeds, decides and proposes until the trade date ends on the market clock. Heartbeats; runs again elsewhere when killed. */
  runMarket(input: MarketFeedInput): Promise<MarketDay>;
}

/** What a retraining learns from. */
export interface RetrainingRequest extends TrainingRequest {
  /** Folder of recorded minutes where the training workers run; null: the one they are configured with. */
  readonly dataFolder: string | null;
}

/** A trained run and what the gates made of it; the whole is in its manifest. */
export interface JudgedTraining {
  readonly runId: string;
  readonly verdict: GateVerdict;
  /** The verdict in one sentence. */
  readonly why: string;
  readonly instruments: readonly {
    readonly symbol: string;
    readonly voters: number;
    readonly stacker: string | null;
    readonly validator: boolean;
    readonly holdOutAuc: number | null;
    readonly notes: readonly string[];
  }[];
  readonly skipped: readonly { readonly symbol: string; readonly why: string }[];
}

/** What takes long; every one goes on after what is stored already. */
export interface TrainingActivities {
  prepareTraining(request: RetrainingRequest): Promise<PreparedTraining>;
  /** All fits of one family for one instrument; heartbeats each finished one. */
  fitFamily(job: {
    readonly request: RetrainingRequest;
    readonly instrument: PreparedInstrument;
    readonly family: string;
  }): Promise<FamilySummary>;
  /** Second level, gates, the run and its card. */
  assembleRun(job: {
    readonly request: RetrainingRequest;
    readonly prepared: PreparedTraining;
  }): Promise<JudgedTraining>;
}

/** An act on a run; the same request is one act, however often the activity is tried. */
export interface ReviewRequest {
  readonly runId: string;
  readonly by: string;
  readonly why: string;
  readonly request: string;
}

/** Where a run stands, and who said so last; null when nothing was said about it. */
export interface ReviewReading {
  readonly state: ReviewState;
  readonly last: { readonly by: string; readonly why: string } | null;
}

export interface ShadowReading extends ReviewReading {
  /** Null while no feed has answered with the run. */
  readonly figures: ShadowFigures | null;
  readonly verdict: ShadowVerdict;
  readonly inferenceP99Ms: number | null;
}

export type ChampionEnd =
  | { readonly kind: 'breached'; readonly breaches: readonly string[] }
  /** It is not the champion any more. */
  | { readonly kind: 'followed' };

/** What is quick: the review log and what the feed observed. */
export interface ReviewActivities {
  /** Notes that the retraining begins, unless it is too soon; `until` is UTC ms. */
  beginRetraining(begin: {
    readonly runId: string;
    readonly triggers: readonly RetrainingTrigger[];
  }): Promise<{ readonly kind: 'begun' } | { readonly kind: 'too-soon'; readonly until: number }>;
  remarkOnRun(
    request: ReviewRequest & { readonly kind: 'shadow-started' | 'shadow-passed' | 'rejected' | 'expired' },
  ): Promise<void>;
  approveRun(request: ReviewRequest): Promise<void>;
  rollBackRun(request: ReviewRequest): Promise<void>;
  readReview(runId: string): Promise<ReviewReading>;
  readShadow(runId: string): Promise<ShadowReading>;
  /** Looks at the promoted run until it breaches its limits or another follows it. Heartbeats. */
  watchChampion(runId: string): Promise<ChampionEnd>;
}
