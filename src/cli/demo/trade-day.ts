/**
 * One trade date in lock-step: the clock moves on only when everything that the last step caused has come to rest.
 * Invariants:
 *  1. Every step is by absolute time and may be repeated: a killed conductor goes on at the minute the gateway's clock stands at.
 *  2. What a later step would destroy (open orders' view, executions before the broker's midnight) is written down before that step.
 */
import type { Client } from '@temporalio/client';
import { join } from 'node:path';
import type { BrokerConfig } from '../../config/config';
import { startFeed } from '../../client/session-start';
import { tradeDateBounds } from '../../domain/calendar';
import { exchangeTime, utcOf } from '../../domain/exchange-time';
import { sessionWorkflowId } from '../../domain/ids';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { liftHalt } from '../../workflows/messages';
import type { BrokerStatement } from './broker-statement';
import { differencesOf, joinStatements, readStatement } from './broker-statement';
import { DayLog } from './day-log';
import type { DayReport } from './day-report';
import { dayReport } from './day-report';
import { readJson, writeWhole } from './demo-folder';
import { dayPnl, unrealizedPnl } from './equity-curve';
import type { FeedLink, SettledMinute } from './feed-link';
import type { GatewayControl } from './gateway-control';
import { historyEvents } from './history-events';
import type { NoteBook } from './note-book';
import type { DaySchedule } from './schedule';
import { remainingSteps } from './schedule';
import type { SessionWatch } from './session-watch';
import type { Show } from './show';
import { lastPrices } from './view-state';
import { sleep } from './wait-for';

/** The broker forgets executions at midnight of this zone. */
const BROKER_ZONE = 'America/Chicago';
const QUOTE_BEFORE_CLOSE_MS = 1_000;
const MINUTE_SECONDS = 60;
/** The screen asks the session at least so often, whatever the market does. */
const SCREEN_SNAPSHOT_MS = 1_000;

export interface DayParts {
  readonly account: string;
  readonly broker: BrokerConfig;
  readonly client: Client;
  readonly gateway: GatewayControl;
  readonly session: SessionWatch;
  readonly feed: FeedLink;
  readonly show: Show;
  readonly notes: NoteBook;
  readonly daysFolder: string;
  /** A state folder without a latch, for the read-only connection. */
  readonly statementFolder: string;
  /** Times real time; Infinity: as fast as everything settles. */
  readonly speed: number;
  /** Something that happens to the day beside the market: before the feed settles the minute. */
  readonly script?: (marketTime: number) => Promise<void>;
  readonly signal: AbortSignal;
}

interface DayNotes {
  /** History events of the account before this day. */
  readonly eventsBefore: number;
}

/** What the session showed just before the trade date was closed, when its orders were still in view. */
interface ClosingNotes {
  readonly snapshot: SessionSnapshot;
}

export class TradeDay {
  private readonly log: DayLog;
  private executions = 0;
  private snapshotAt = 0;

  constructor(
    private readonly parts: DayParts,
    private readonly schedule: DaySchedule,
    private readonly modelRun: string | null,
  ) {
    this.log = new DayLog(this.file('minutes.jsonl'));
  }

  /** Trades the day, or what is left of it, and writes its report. */
  async run(): Promise<DayReport> {
    const { session, client, account } = this.parts;
    const { tradeDate } = this.schedule;
    const notes = this.note<DayNotes>('notes.json', () => null) ?? {
      eventsBefore: await historyEvents(client, account),
    };
    writeWhole(this.file('notes.json'), JSON.stringify(notes));
    const before = await session.now();
    if (!before.pastDays.some((day) => day.tradeDate === tradeDate)) await this.trade();
    return this.conclude(notes);
  }

  private async trade(): Promise<void> {
    const { gateway, feed, client, account, session, show } = this.parts;
    const { tradeDate, start, end } = this.schedule;
    const clock = await gateway.clock();
    this.executions = clock.time < start ? (await gateway.release(start)).executions : clock.executions;
    const model =
      this.modelRun === null ? ({ kind: 'none' } as const) : ({ kind: 'run', runId: this.modelRun } as const);
    show.change({ phase: 'the feed warms up' });
    await startFeed(client, { account, tradeDate, model, lockStep: true });
    await feed.ready(tradeDate);
    show.change({ phase: '' });
    await this.liftHaltOfEarlierDay();
    await this.catchUp();
    const steps = remainingSteps(this.schedule, clock.time);
    show.change({ minute: this.schedule.minuteEnds.length - steps.length });
    for (const minuteEnd of steps) {
      this.parts.signal.throwIfAborted();
      await this.step(minuteEnd);
    }
    const { snapshot } = await session.caughtUp();
    writeWhole(this.file('closing.json'), JSON.stringify({ snapshot } satisfies ClosingNotes));
    show.change({ phase: 'the trade date is closed' });
    await gateway.release(end);
    await feed.close(tradeDate, end);
    await session.closed(tradeDate);
  }

  /**
   * A daily-loss halt stays latched until a human lifts it. Nobody sits at the demonstration, so it does that itself, by name and on
   * screen, when a new trade date begins. A halt of the day that is being traded stays, and so does one that a person asked for.
   */
  private async liftHaltOfEarlierDay(): Promise<void> {
    const { client, account, session, show } = this.parts;
    const { halt } = await session.now();
    if (halt.phase !== 'HALTED' || halt.since === null || halt.since >= this.schedule.start) return;
    if (!(halt.cause ?? '').startsWith('LIMIT_')) return;
    const why = `new trade date ${this.schedule.tradeDate} of the demonstration`;
    const handle = client.workflow.getHandle(sessionWorkflowId(account));
    await handle.executeUpdate(liftHalt, {
      args: [{ by: 'demo', why }],
      updateId: `demo/lift/${this.schedule.tradeDate}`,
    });
    show.notice('alert', `halt lifted by demo (${why}); it was: ${halt.cause ?? 'no cause given'}`);
  }

  private async step(minuteEnd: number): Promise<void> {
    const { feed, session, show, speed, script } = this.parts;
    const began = performance.now();
    await this.keepStatementBeforeMidnight(minuteEnd);
    await this.release(minuteEnd - QUOTE_BEFORE_CLOSE_MS);
    await this.release(minuteEnd);
    await script?.(minuteEnd);
    const minute = await feed.settle(minuteEnd);
    show.minute(minute);
    if (minute.sessionTouched || script !== undefined) await this.catchUp();
    this.record(minute);
    if (performance.now() - this.snapshotAt > SCREEN_SNAPSHOT_MS) {
      this.snapshotAt = performance.now();
      await session.now();
    }
    const left = (MINUTE_SECONDS / speed) * 1_000 - (performance.now() - began);
    if (left > 0) await sleep(left);
  }

  /** Moves the clock; fills and stops that this causes reach the session before the feed decides on them. */
  private async release(time: number): Promise<void> {
    const { executions } = await this.parts.gateway.release(time);
    if (executions !== this.executions) await this.catchUp();
  }

  private async catchUp(): Promise<void> {
    this.executions = (await this.parts.session.caughtUp()).executions;
  }

  private record(minute: SettledMinute): void {
    const { show } = this.parts;
    const prices = new Map([
      ...lastPrices(show.current()),
      ...minute.bars.map(({ symbol, close }) => [symbol, close] as const),
    ]);
    const { snapshot } = show.current();
    this.log.append({
      marketTime: minute.marketTime,
      bars: minute.bars.map(({ symbol, close }) => ({ symbol, close })),
      decisionIds: minute.decisions.map(({ decisionId }) => decisionId),
      answers: minute.answers,
      pnl: snapshot === null || snapshot.tradeDate !== this.schedule.tradeDate ? null : dayPnl(snapshot, prices),
    });
  }

  private async keepStatementBeforeMidnight(minuteEnd: number): Promise<void> {
    const { start } = this.schedule;
    const midnight = utcOf(this.schedule.tradeDate, 0, BROKER_ZONE);
    const isNext = minuteEnd > midnight && exchangeTime(start, BROKER_ZONE).date !== this.schedule.tradeDate;
    if (!isNext || this.statementKept || this.executions === 0) return;
    if ((await this.parts.gateway.clock()).time >= midnight) return;
    const statement = await this.readStatement();
    writeWhole(this.file('before-midnight.json'), JSON.stringify(statement));
    this.statementKept = true;
  }
  private statementKept = false;

  private readStatement(): Promise<BrokerStatement> {
    return readStatement(this.parts.broker, this.parts.statementFolder);
  }

  private async conclude(notes: DayNotes): Promise<DayReport> {
    const { client, account, gateway, session, notes: noteBook } = this.parts;
    const { tradeDate } = this.schedule;
    const now = await session.closed(tradeDate);
    const totals = now.pastDays.find((day) => day.tradeDate === tradeDate);
    if (totals === undefined) throw new Error(`the session closed ${tradeDate} and forgot it`);
    const earlier = this.note<BrokerStatement>('before-midnight.json', () => null);
    const statement = joinStatements(earlier, await this.readStatement());
    const closing = this.note<ClosingNotes>('closing.json', () => null);
    const report = dayReport({
      tradingDay: tradeDate,
      instruments: this.schedule.instruments,
      minutes: this.log.records(),
      totals,
      orders: (closing?.snapshot.orders ?? []).filter((order) => order.decidedAt >= this.schedule.start),
      finalPnl: totals.realizedPnl - totals.fees + unrealizedPnl(now.positions, lastPrices(this.parts.show.current())),
      receivedMonotonicMs: await gateway.receivedMonotonicMs(),
      historyEvents: (await historyEvents(client, account)) - notes.eventsBefore,
      differences: differencesOf({ day: totals, positions: now.positions }, statement, tradeDateBounds(tradeDate)),
      modelRun: this.modelRun,
      notes: noteBook.notes(),
    });
    writeWhole(join(this.parts.daysFolder, `${tradeDate}.json`), JSON.stringify(report, null, 2));
    return report;
  }

  private file(name: string): string {
    return join(this.parts.daysFolder, `${this.schedule.tradeDate}.${name}`);
  }

  private note<T>(name: string, otherwise: () => T | null): T | null {
    return (readJson(this.file(name)) as T | null) ?? otherwise();
  }
}
