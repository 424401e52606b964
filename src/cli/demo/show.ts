/** What people see while the conductor works: the live view on a terminal, one line an event elsewhere. */
import type { DecisionRecord, ProposalAnswer } from '../../domain/proposals';
import type { FeedBar } from '../../domain/process-messages';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { clockMinute, price } from '../number-format';
import { RefusalFold } from '../refusal-fold';
import { protectiveFillLines } from './protective-fills';
import type { ProcessStatus } from './supervised-process';
import { ANSI_COLOURS, decisionLine, orderLine, renderView } from './view';
import type { Notice, ViewState } from './view-state';
import { withMinute, withNotice, withProcess, withRefusals } from './view-state';

const REDRAW_MS = 100;
const CLEAR = '\x1b[2J\x1b[H';
const HOME = '\x1b[H';
const CLEAR_BELOW = '\x1b[0J';
const CLEAR_LINE_END = '\x1b[K';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): boolean;
}

const marketMinute = ({ marketTime }: ViewState): string => (marketTime === null ? '' : clockMinute(marketTime));

export class Show {
  private timer: NodeJS.Timeout | null = null;
  /** Lines instead of a drawn view: no terminal, or the days are over and their summary shall stay in sight. */
  private plain: boolean;
  private drawn = false;
  private readonly orderStates = new Map<string, string>();
  private readonly refusals = new RefusalFold();

  constructor(
    private state: ViewState,
    private readonly output: Output = process.stdout,
  ) {
    this.plain = output.isTTY !== true;
  }

  current(): ViewState {
    return this.state;
  }

  change(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    this.redraw();
  }

  notice(kind: Notice['kind'], text: string): void {
    this.state = withNotice(this.state, { at: Date.now(), kind, text });
    this.event(text);
    this.redraw();
  }

  minute(minute: {
    readonly marketTime: number;
    readonly bars: readonly FeedBar[];
    readonly decisions: readonly DecisionRecord[];
    readonly answers: readonly ProposalAnswer[];
  }): void {
    const decisions = withRefusals(minute.decisions, minute.answers);
    this.state = withMinute(this.state, { ...minute, decisions });
    for (const decision of decisions) if (decision.action !== 'none') this.acted(decision, minute.answers);
    if (minute.marketTime % 3_600_000 === 0) {
      const prices = minute.bars.map(({ symbol, close }) => `${symbol} ${price(close, symbol)}`);
      this.event(`market ${clockMinute(minute.marketTime)}Z  ${prices.join('  ')}`);
    }
    this.redraw();
  }

  private acted(decision: DecisionRecord, answers: readonly ProposalAnswer[]): void {
    const answer = answers.find(({ decisionId }) => decisionId === decision.decisionId);
    const code = answer !== undefined && 'refusal' in answer ? answer.refusal.code : null;
    const { earlier, news } = this.refusals.hear(decision.symbol, code);
    if (earlier !== null) this.event(earlier);
    if (news) this.event(decisionLine(decision));
  }

  snapshot(snapshot: SessionSnapshot): void {
    const stopped = protectiveFillLines(this.state.snapshot, snapshot);
    this.state = { ...this.state, snapshot };
    for (const line of stopped) this.notice('info', `${marketMinute(this.state)} ${line}`);
    for (const order of snapshot.orders) {
      const known = this.orderStates.get(order.key);
      if (known !== order.state) this.event(orderLine(order));
      this.orderStates.set(order.key, order.state);
    }
    this.redraw();
  }

  process(status: ProcessStatus): void {
    this.state = withProcess(this.state, status);
    this.redraw();
  }

  /** Text that stays: below the last drawn view on a terminal. */
  print(lines: readonly string[]): void {
    for (const end of this.refusals.flush()) this.event(end);
    this.leaveView();
    for (const line of lines) this.output.write(`${line}\n`);
  }

  /** Something that the view shows in its own place, for those who see no view. */
  event(text: string): void {
    if (this.plain) this.output.write(`${text}\n`);
  }

  /** Ends the view and gives the terminal back; what happens later is told in lines below. */
  finish(lines: readonly string[] = []): void {
    this.print(lines);
    this.plain = true;
  }

  private leaveView(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.drawn) return;
    this.draw();
    this.output.write(`\n${SHOW_CURSOR}`);
    this.drawn = false;
  }

  private redraw(): void {
    if (this.plain) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.draw();
    }, REDRAW_MS);
  }

  private draw(): void {
    const lines = renderView(this.state, ANSI_COLOURS).map((line) => line + CLEAR_LINE_END);
    this.output.write(`${this.drawn ? HOME : HIDE_CURSOR + CLEAR}${lines.join('\n')}${CLEAR_BELOW}`);
    this.drawn = true;
  }
}
