/** What the client library writes on the wire: its own encoder without its socket. */
import { SecType, type Contract } from '@stoqey/ib';
import { Encoder } from '@stoqey/ib/dist/core/io/encoder';
import { decodeRequest } from '../../src/paper-gateway/decode-request';
import type { ClientRequest } from '../../src/paper-gateway/messages';
import { ES_CONTRACT } from './sample-parts';

export type { Encoder };

/** Versions at which the layout of a request changes. */
export const VERSIONS = [
  140, 144, 145, 147, 149, 151, 157, 158, 160, 162, 166, 169, 170, 176, 177, 178, 183, 184, 187, 189, 190, 192, 193,
];

/** The December 2013 ES future in the library's own terms. */
export const ES: Contract = {
  conId: ES_CONTRACT.conId,
  symbol: 'ES',
  secType: SecType.FUT,
  lastTradeDateOrContractMonth: '20131220',
  multiplier: 50,
  exchange: 'CME',
  currency: 'USD',
  localSymbol: 'ESZ3',
  tradingClass: 'ES',
};
/** Fields on the wire of what `call` sends at `serverVersion`, as the client's socket writes them. */
export function sent(serverVersion: number, call: (encoder: Encoder) => void): readonly string[] {
  let fields: string[] = [];
  const encoder = new Encoder({
    serverVersion,
    sendMsg: (tokens: unknown[]) => {
      fields = (tokens.flat(4) as (string | number | boolean | undefined | null)[]).map((token) =>
        typeof token === 'boolean' ? String(Number(token)) : String(token ?? ''),
      );
    },
    emitError: (text: string) => {
      throw new Error(text);
    },
  });
  call(encoder);
  return fields;
}

/** The same, read by the gateway. */
export const decoded = (version: number, call: (encoder: Encoder) => void): ClientRequest =>
  decodeRequest(sent(version, call), version);
