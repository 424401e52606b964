/** Faults of the line between client and gateway, for tests and drills. `clientId` null means every session, those to come included until undone. */
import type { ClientRequestType } from './messages-client';

export type TransportFault =
  /** FIN, or RST, from the gateway's side. Frames already received are still processed, after a thaw if frozen. */
  | { readonly type: 'drop' | 'reset'; readonly clientId: number | null }
  /** The gateway neither reads nor writes; the socket stays open. A thaw processes what was sent meanwhile, also by a client that is gone. */
  | { readonly type: 'freeze' | 'thaw'; readonly clientId: number | null }
  /** Silence with the socket open: requests are processed, nothing comes back; unmute delivers what was held. */
  | { readonly type: 'mute' | 'unmute'; readonly clientId: number | null }
  /** Wall-clock delay of each direction in ms; 0 ends it. */
  | {
      readonly type: 'delay';
      readonly clientId: number | null;
      readonly inboundMs: number;
      readonly outboundMs: number;
    }
  /** Frames leave in writes of at most `bytes`; 0 ends it. */
  | { readonly type: 'split'; readonly clientId: number | null; readonly bytes: number }
  /**
   * RST around the next request of a type, after `skip` of them: `before` it was processed (it and all behind it are lost),
   * or `after` (it took effect, its answers and all requests behind it are lost).
   */
  | {
      readonly type: 'cut';
      readonly clientId: number | null;
      readonly request: ClientRequestType;
      readonly when: 'before' | 'after';
      readonly skip: number;
    }
  /** Connection attempts are refused (nobody listens) until undone; sessions stay. */
  | { readonly type: 'refuse-connections'; readonly refuse: boolean };

/** Faults that stay on for a session. */
export interface LineCondition {
  readonly frozen: boolean;
  readonly muted: boolean;
  readonly inboundDelayMs: number;
  readonly outboundDelayMs: number;
  readonly splitBytes: number;
}

export const GOOD_LINE: LineCondition = {
  frozen: false,
  muted: false,
  inboundDelayMs: 0,
  outboundDelayMs: 0,
  splitBytes: 0,
};

type LineFault = Extract<TransportFault, { type: 'freeze' | 'thaw' | 'mute' | 'unmute' | 'delay' | 'split' }>;

/** The line's condition once `fault` has struck. */
export function lineAfter(line: LineCondition, fault: LineFault): LineCondition {
  switch (fault.type) {
    case 'freeze':
    case 'thaw':
      return { ...line, frozen: fault.type === 'freeze' };
    case 'mute':
    case 'unmute':
      return { ...line, muted: fault.type === 'mute' };
    case 'delay':
      return { ...line, inboundDelayMs: fault.inboundMs, outboundDelayMs: fault.outboundMs };
    case 'split':
      return { ...line, splitBytes: fault.bytes };
  }
}

interface PendingCut {
  readonly clientId: number | null;
  readonly request: ClientRequestType;
  readonly when: 'before' | 'after';
  skip: number;
}

/** Cuts waiting for their request; each strikes once. */
export class PendingCuts {
  private cuts: PendingCut[] = [];

  add(cut: Extract<TransportFault, { type: 'cut' }>): void {
    this.cuts.push({ clientId: cut.clientId, request: cut.request, when: cut.when, skip: cut.skip });
  }

  /** Whether the connection is to be cut around this request; counts it against the cuts that skip some. */
  strike(request: ClientRequestType, clientId: number): 'before' | 'after' | null {
    const index = this.cuts.findIndex(
      (cut) => cut.request === request && (cut.clientId === null || cut.clientId === clientId),
    );
    const cut = this.cuts[index];
    if (cut === undefined) return null;
    if (cut.skip > 0) {
      cut.skip -= 1;
      return null;
    }
    this.cuts.splice(index, 1);
    return cut.when;
  }

  clear(): void {
    this.cuts = [];
  }
}
