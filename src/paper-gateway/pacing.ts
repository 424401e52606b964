/** IB's limits on a client, in wall time: 50 messages a second, and the history limits. Off in lock-step, where wall time means nothing. */

const MESSAGES_PER_SECOND = 50;
const IDENTICAL_WITHIN_MS = 15_000;
const SAME_CONTRACT_LIMIT = 6;
const SAME_CONTRACT_WITHIN_MS = 2_000;
const HISTORY_LIMIT = 60;
const HISTORY_WITHIN_MS = 600_000;
/** A client that goes on after this many complaints is cut off. */
const COMPLAINTS_BEFORE_CUT = 3;

export type MessageVerdict = 'ok' | 'complain' | 'cut';

export class ClientPacing {
  private messages: number[] = [];
  private complaints = 0;
  private history: { readonly at: number; readonly contract: string; readonly text: string }[] = [];

  /** Counts one message at `wallMs`. */
  onMessage(wallMs: number): MessageVerdict {
    this.messages = this.messages.filter((at) => wallMs - at < 1000);
    this.messages.push(wallMs);
    if (this.messages.length <= MESSAGES_PER_SECOND) return 'ok';
    this.messages = [];
    this.complaints += 1;
    return this.complaints >= COMPLAINTS_BEFORE_CUT ? 'cut' : 'complain';
  }

  /** Counts one history request; the reason why it is too soon, or null. BID_ASK counts twice. */
  onHistory(wallMs: number, contract: string, text: string, bidAsk: boolean): string | null {
    this.history = this.history.filter(({ at }) => wallMs - at < HISTORY_WITHIN_MS);
    const recent = (ms: number): typeof this.history => this.history.filter(({ at }) => wallMs - at < ms);
    if (recent(IDENTICAL_WITHIN_MS).some((request) => request.text === text))
      return 'identical request within 15 seconds';
    if (
      recent(SAME_CONTRACT_WITHIN_MS).filter((request) => request.contract === contract).length >= SAME_CONTRACT_LIMIT
    ) {
      return 'six requests for one contract within two seconds';
    }
    const cost = bidAsk ? 2 : 1;
    if (this.history.length + cost > HISTORY_LIMIT) return 'more than 60 requests within ten minutes';
    for (let i = 0; i < cost; i += 1) this.history.push({ at: wallMs, contract, text });
    return null;
  }
}
