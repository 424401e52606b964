/**
 * The learning half on a real development server: workflows, review log and shadow records are real, in a folder of their own; what is
 * trained is a small stored run, so that the days between its phases take milliseconds.
 */
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReviewActivities } from '../../src/activities/review-activities';
import { startRetraining } from '../../src/client/retraining';
import { LEARNING_QUEUE, TRAINING_QUEUE, runIdOf } from '../../src/domain/ids';
import type { RetrainingCause, RetrainingPatience } from '../../src/domain/retraining';
import { championWatchWorkflowId } from '../../src/domain/retraining';
import type { GateVerdict } from '../../src/learning/evaluation/gates';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { readReviewLog } from '../../src/storage/review-log';
import type { TrainingActivities } from '../../src/workflows/activity-types';
import * as messages from '../../src/workflows/messages';
import { storeRun } from '../learning/stored-run';
import { BUNDLE } from './trading-rig';

const FIGURES = { tradeDates: 11, trades: 60, sharpe: 1.2, auc: 0.64, aucLowerBound: 0.55 };
export const PASSED: GateVerdict = { outcome: 'passed', figures: FIGURES };
export const REFUSED: GateVerdict = {
  outcome: 'refused',
  figures: { ...FIGURES, auc: 0.51 },
  failures: [{ gate: 'auc', why: 'AUC 0.510 is below 0.60' }],
};
export const INSUFFICIENT: GateVerdict = {
  outcome: 'insufficient',
  code: 'GATE_INSUFFICIENT_DATA',
  figures: { ...FIGURES, tradeDates: 1 },
  why: 'The hold-out has 1 trade dates, 10 are needed for a verdict.',
};

export const QUICK: RetrainingPatience = {
  shadowPollMs: 100,
  shadowMs: 60_000,
  approvalPollMs: 200,
  approvalMs: 60_000,
};

/** What the stand's training does: which families fail for good, and what the gates say. */
export interface Script {
  gates: GateVerdict;
  readonly failing: Set<string>;
  /** What somebody does as soon as the run is in the store, before the gates have spoken. */
  meanwhile: (runId: string) => Promise<unknown>;
}

export class RetrainingRig {
  readonly script: Script = { gates: PASSED, failing: new Set(), meanwhile: () => Promise.resolve() };
  /** Families fitted, in the order of their ends. */
  readonly fitted: string[] = [];
  private workers: readonly { readonly worker: Worker; readonly run: Promise<void> }[] = [];
  /** Wall time as the cool-down sees it, ms. */
  now = Date.UTC(2026, 0, 5, 12);

  readonly alerts: string[] = [];

  private constructor(
    private readonly env: TestWorkflowEnvironment,
    readonly folder: string,
    readonly store: ObjectStore,
  ) {}

  static async open(env: TestWorkflowEnvironment): Promise<RetrainingRig> {
    const folder = mkdtempSync(join(tmpdir(), 'omega-retraining-'));
    const rig = new RetrainingRig(env, folder, await openFolderStore(folder));
    await rig.start();
    return rig;
  }

  get client(): Client {
    return this.env.client;
  }

  async start(): Promise<void> {
    const { nativeConnection: connection } = this.env;
    const review = createReviewActivities({
      store: this.store,
      seed: 1,
      alert: (text) => void this.alerts.push(text),
      now: () => this.now,
      championPollMs: 50,
    });
    const workers = [
      await Worker.create({
        connection,
        taskQueue: LEARNING_QUEUE,
        workflowBundle: BUNDLE,
        activities: { ...review },
        stickyQueueScheduleToStartTimeout: '1s',
      }),
      await Worker.create({ connection, taskQueue: TRAINING_QUEUE, activities: { ...this.training() } }),
    ];
    this.workers = workers.map((worker) => ({ worker, run: worker.run() }));
  }

  async close(): Promise<void> {
    for (const { worker, run } of this.workers) {
      worker.shutdown();
      await run;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private training(): TrainingActivities {
    const { store, script, fitted } = this;
    return {
      prepareTraining: ({ instruments }) =>
        Promise.resolve({
          days: ['2013-10-09'],
          instruments: instruments.map((symbol) => ({
            symbol,
            setHash: 'a'.repeat(64),
            rows: 1_000,
            learningRows: 800,
            holdOutRows: 200,
            holdOutDays: ['2013-10-09'],
          })),
          skipped: [],
        }),
      fitFamily: ({ instrument: { symbol }, family }) => {
        if (script.failing.has(family)) return Promise.reject(new Error('NON_RETRYABLE'));
        fitted.push(`${symbol} ${family}`);
        return Promise.resolve({ symbol, family, fitted: 7, kept: 0, seconds: 1, foldAuc: 0.6, holdOutAuc: 0.6 });
      },
      assembleRun: async ({ request: { runId } }) => {
        await storeRun(store, runId);
        await script.meanwhile(runId);
        const { gates: verdict } = script;
        return { runId, verdict, why: `Gates: ${verdict.outcome}.`, instruments: [], skipped: [] };
      },
    };
  }

  /** Starts or joins; every start is of another run. */
  async retrain(cause: RetrainingCause = 'by-hand', patience = QUICK) {
    this.runs += 1;
    const runId = runIdOf(this.now + this.runs * 1_000);
    const handle = await startRetraining(this.client, {
      request: {
        runId,
        days: null,
        instruments: ['ES', 'GC'],
        families: ['sgd', 'perceptron'],
        seed: 1,
        dataFolder: null,
      },
      trigger: { cause, by: cause === 'by-hand' ? 'Ada' : 'drift-monitor', why: `test ${randomUUID()}` },
      patience,
    });
    return { handle, runId };
  }
  private runs = 0;

  status() {
    return this.client.workflow.getHandle('retraining').query(messages.retrainingStatus);
  }

  /** Polls until it holds; throws with the last status after 15 seconds. */
  async until(phase: messages.RetrainingStatus['phase']): Promise<messages.RetrainingStatus> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const status = await this.status();
      if (status.phase === phase) return status;
      if (Date.now() > deadline) throw new Error(`waited in vain for ${phase}: ${JSON.stringify(status)}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async acts(): Promise<readonly string[]> {
    return (await readReviewLog(this.store)).entries.map(({ kind, runId, by }) => `${kind} ${runId} ${by}`);
  }

  watch(runId: string) {
    return this.client.workflow.getHandle(championWatchWorkflowId(runId));
  }
}
