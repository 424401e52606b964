/** What the gateway's notices do to a data connection, by the code table. */
import { farmOf, meaningOf } from '../domain/broker-codes';
import type { BrokerLog } from './broker-session';
import type { Notice } from './connection';
import type { DataStanding } from './data-standing';
import type { PendingRequests } from './pending-requests';
import type { MarketStreams } from './streams';

export interface NoticeEffects {
  readonly standing: DataStanding;
  readonly streams: MarketStreams;
  readonly pending: PendingRequests;
  readonly log: BrokerLog;
  readonly linkLost: (reason: string) => void;
  readonly linkBack: (reason: string, dataLost: boolean) => void;
}

/** A refused request fails; a refused stream is an alert, because nobody waits for it. */
function refused({ id, code, message }: Notice, { pending, streams, standing, log }: NoticeEffects): void {
  log.warn({ id, code, message }, 'notice of the gateway');
  if (id !== null && pending.has(id)) return pending.refuse(id, code, message);
  const symbol = id === null ? null : streams.symbolOf(id);
  if (symbol !== null) standing.alert(code, `${symbol}: ${message}`);
}

/** True when the standing of quotes may have changed. */
function changeStanding(notice: Notice, effects: NoticeEffects): boolean {
  const { id, code, message } = notice;
  const { standing, streams, log } = effects;
  const { kind } = meaningOf(code);
  switch (kind) {
    case 'broker-offline':
      standing.set('link', message);
      effects.linkLost(`${code} ${message}`);
      return true;
    case 'broker-back-data-lost':
    case 'broker-back':
      standing.clear('link');
      effects.linkBack(`${code} ${message}`, kind === 'broker-back-data-lost');
      return true;
    case 'farm-down':
      standing.farmDown(code, farmOf(message));
      return true;
    case 'farm-up':
      standing.farmUp(farmOf(message));
      return true;
    case 'competing-session':
      standing.competing(message);
      return true;
    case 'depth-reset':
      if (id !== null) streams.resetDepth(id);
      return false;
    case 'client-id-in-use':
    case 'connection':
      // The connection acts on these itself.
      return false;
    case 'too-many-messages':
    case 'unreadable':
      log.error({ code, message }, 'notice of the gateway');
      standing.alert(code, message);
      return false;
    case 'history':
    case 'order-error':
    case 'request-refused':
    case 'unknown':
      refused(notice, effects);
      return false;
    case 'informational':
      log.info({ id, code, message }, 'notice of the gateway');
      return false;
  }
}

export function reactToNotice(notice: Notice, effects: NoticeEffects): void {
  if (!changeStanding(notice, effects)) return;
  // Good news (farm up, link back) changes standings too, but alerts nobody.
  const { kind } = meaningOf(notice.code);
  if (kind !== 'farm-up' && kind !== 'broker-back') effects.standing.alert(notice.code, notice.message);
  effects.streams.retellQuotes();
}
