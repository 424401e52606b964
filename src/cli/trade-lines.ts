/** What `omega trade` says of its processes' reports: decisions that act, with what became of them. */
import type { DecisionRecord, ProposalAnswer } from '../domain/proposals';
import type { ProcessReport } from '../domain/process-messages';
import { refusalText } from '../domain/refusals';
import { dateTime } from './number-format';
import { RefusalFold } from './refusal-fold';

/** `placed as DU1-1-7`, `refused HALTED: …`. */
function outcomeText(answer: ProposalAnswer): string {
  switch (answer.outcome) {
    case 'placed':
      return `placed as ${answer.key}`;
    case 'exit-started':
      return 'exit started';
    case 'refused':
      return `refused ${refusalText(answer.refusal)}`;
    case 'not-sent':
      return `${answer.key} not sent: ${refusalText(answer.refusal)}`;
    case 'unknown':
      return `${answer.key} has no known outcome; the broker is read`;
  }
}

const codeOf = (answer: ProposalAnswer | undefined): string | null =>
  answer !== undefined && 'refusal' in answer ? answer.refusal.code : null;

export class TradeLines {
  private readonly fold = new RefusalFold();

  /** Lines for one report; none when there is nothing to say. */
  of(report: ProcessReport): readonly string[] {
    switch (report.type) {
      case 'ready':
        return [`${report.role} is ready`];
      case 'broker-connection':
        return [`broker connection: ${report.phase}${report.reason === null ? '' : ` (${report.reason})`}`];
      case 'feed-ready':
        return [`feed ready for ${report.tradeDate} with ${report.warmBars} bars of history`];
      case 'bar-settled':
        return this.settled(report.decisions, report.answers);
      case 'trade-date-closed':
        return [...this.fold.flush(), `${report.tradeDate} is closed`];
      case 'alert':
        return [`ALERT ${report.text}`];
    }
  }

  private settled(decisions: readonly DecisionRecord[], answers: readonly ProposalAnswer[]): readonly string[] {
    return decisions
      .filter(({ action }) => action !== 'none')
      .flatMap((decision) => {
        const answer = answers.find(({ decisionId }) => decisionId === decision.decisionId);
        const { earlier, news } = this.fold.hear(decision.symbol, codeOf(answer));
        const outcome = answer === undefined ? '' : `, ${outcomeText(answer)}`;
        const { barClose, symbol, action, signal, reason } = decision;
        const line = `${dateTime(barClose)} ${symbol} ${action}${action === 'enter' ? ` ${signal}` : ''}: ${reason}${outcome}`;
        return [...(earlier === null ? [] : [earlier]), ...(news ? [line] : [])];
      });
  }
}
