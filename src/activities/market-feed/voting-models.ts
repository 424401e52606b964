/**
 * Which run's models vote in a feed, and their exchange for the promoted run's between two bars. The audit log hears of each exchange as
 * of a feed that came up, so that a replay knows under which models and rules each bar was decided.
 */
import type { PromotedModelWatch } from '../../learning/promoted-model-watch';
import type { AuditEntry } from '../../storage/audit-entry';
import type { AuditLog } from '../../storage/audit-log';
import type { InstrumentLane } from './instrument-lane';

export type FeedOpened = Extract<AuditEntry, { readonly type: 'feed-opened' }>;

export interface VotingModelsParts {
  /** As the feed came up. */
  readonly opened: FeedOpened;
  readonly lanes: readonly Pick<InstrumentLane, 'symbol' | 'useEnsemble' | 'missing'>[];
  readonly audit: Pick<AuditLog, 'append'>;
  /** Null when the feed keeps the run it began with. */
  readonly watch: Pick<PromotedModelWatch, 'take'> | null;
  readonly learningOnly: boolean;
  /** Told of each run that votes because it is promoted. */
  readonly onChampion: (runId: string) => void;
  readonly notice: (text: string, marketTime: number) => void;
}

export class VotingModels {
  private standing: FeedOpened;

  constructor(private readonly parts: VotingModelsParts) {
    this.standing = parts.opened;
    if (parts.watch !== null && parts.opened.modelRun !== null) parts.onChampion(parts.opened.modelRun);
  }

  get modelRun(): string | null {
    return this.standing.modelRun;
  }

  /** Null: proposals may leave; else why they may not. */
  get proposalsWithheld(): string | null {
    return this.standing.proposalsWithheld;
  }

  /** Called before the bar that ended at `barClose` (UTC ms) is decided, never while one is. */
  async beforeBar(barClose: number): Promise<void> {
    const { watch, audit, lanes, learningOnly, notice, onChampion } = this.parts;
    const models = watch?.take() ?? null;
    if (models === null) return;
    const before = this.modelRun;
    // Without a champion nobody votes, so nothing is entered; what is open may still be closed.
    const proposalsWithheld = learningOnly ? this.proposalsWithheld : null;
    this.standing = { ...this.standing, at: barClose, modelRun: models.runId, proposalsWithheld };
    for (const lane of lanes) await lane.useEnsemble(models.ensembles.get(lane.symbol) ?? null);
    await audit.append([this.standing]);
    if (models.runId !== null) onChampion(models.runId);
    const said = `models ${models.runId ?? 'none'} vote from here on, ${before ?? 'none'} until now`;
    notice([said, ...(models.runId === null ? [] : lanes.flatMap(notYet))].join('; '), barClose);
  }
}

/** Columns of other windows may remember more bars than this feed began with; nobody votes on a row with a hole in it. */
const notYet = ({ symbol, missing }: Pick<InstrumentLane, 'symbol' | 'missing'>): readonly string[] =>
  missing.length === 0 ? [] : [`${symbol} has no value yet of ${missing.join(', ')}, and nobody votes without`];
