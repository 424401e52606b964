/** What a feed is given by the process that it runs in. */
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config';
import type { ConductorCommand, ProcessReport } from '../../domain/process-messages';
import type { AuditLog } from '../../storage/audit-log';
import type { MarketJournal } from '../../storage/market-journal';
import type { ObjectStore } from '../../storage/object-store';

export interface MarketDeps {
  readonly config: Config;
  readonly client: Client;
  readonly store: ObjectStore;
  readonly journal: MarketJournal;
  readonly audit: AuditLog;
  /** The data that ship with the program. */
  readonly dataFolder: string;
  /** Has a promoted run watched for breaches; idempotent. */
  readonly watchChampion: (runId: string) => Promise<unknown>;
  readonly report: (report: ProcessReport) => void;
  /** Calls back with each clock release of the conductor; returns the function that ends it. */
  readonly onCommand: (listener: (command: ConductorCommand) => void) => () => void;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields?: object) => void;
}
