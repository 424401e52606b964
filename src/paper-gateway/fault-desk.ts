/** Carries out the faults asked for through the control port: on the line by the transport, on orders and data by the exchange. */
import { FAULT_HELP, faultSchema, type FaultRequest } from './fault-requests';
import type { ExchangeRooms } from './exchange-rooms';
import { correctExecution } from './execution-correction';
import type { TransportFault } from './transport-faults';

/** The part of the transport that faults need. */
export interface FaultyLine {
  applyFault(fault: TransportFault): Promise<number>;
  clearFaults(): Promise<void>;
}

export type FaultAnswer =
  { readonly ok: true; readonly struck: number } | { readonly ok: false; readonly error: string };

const done = (struck = 0): FaultAnswer => ({ ok: true, struck });

export class FaultDesk {
  constructor(
    private readonly exchange: ExchangeRooms,
    private readonly line: FaultyLine,
  ) {}

  list(): readonly Readonly<Record<string, unknown>>[] {
    return this.exchange.faults.list();
  }

  /** Applies a fault given as JSON; an unknown one is answered with the list of those that exist. */
  async apply(body: unknown): Promise<FaultAnswer> {
    const parsed = faultSchema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return { ok: false, error: `${issue.path.join('.')}: ${issue.message}; faults are ${FAULT_HELP}` };
    }
    return this.strike(parsed.data);
  }

  private async strike(fault: FaultRequest): Promise<FaultAnswer> {
    const { faults } = this.exchange;
    switch (fault.fault) {
      case 'drop':
      case 'freeze':
      case 'thaw':
      case 'mute':
      case 'unmute':
        return done(await this.line.applyFault({ type: fault.fault, clientId: fault.clientId }));
      case 'rst':
        return done(await this.line.applyFault({ type: 'reset', clientId: fault.clientId }));
      case 'delay': {
        const { clientId, inboundMs, outboundMs } = fault;
        return done(await this.line.applyFault({ type: 'delay', clientId, inboundMs, outboundMs }));
      }
      case 'split':
        return done(await this.line.applyFault({ type: 'split', clientId: fault.clientId, bytes: fault.bytes }));
      case 'refuse-connections':
        return done(await this.line.applyFault({ type: 'refuse-connections', refuse: fault.on }));
      case 'cut-before-place':
      case 'cut-after-place':
      case 'cut-before-cancel':
      case 'cut-after-cancel':
        return this.cut(fault.fault, fault.clientId, fault.skip);
      case 'fill-while-away':
        // The order takes effect and fills while nobody hears of it: its answers are lost with the line.
        for (let i = 0; i < fault.count; i += 1) await this.cut('cut-after-place', null, 0);
        return done();
      case 'kill-before-place':
      case 'kill-after-place':
        faults.set({ kill: fault.fault });
        return done();
      case 'leave-unfilled':
        this.exchange.transact(() => {
          faults.set({ unfilled: fault.on ? fault.side : null });
          this.exchange.engine.matchAll();
        });
        return done();
      case 'correct-execution':
        return this.correct(fault);
      case '1100':
      case '1101':
      case '1102':
      case '2103':
      case '2104':
      case '2105':
      case '2106':
        return this.connectivity(fault.fault);
      case '10197':
      case 'delayed-data':
        return this.dataQuality(fault);
      case 'pacing-kill':
        return this.pacingKill(fault.clientId);
      case 'id-rollback':
        faults.set({ idRollback: fault.to });
        return done();
      case 'nightly-restart':
        return this.restart(fault.downMs);
      case 'clear':
        // What was left unfilled trades now, as when that fault alone is switched off.
        this.exchange.transact(() => {
          faults.clear();
          this.exchange.engine.matchAll();
        });
        await this.line.clearFaults();
        return done();
      default:
        faults.add(fault);
        return done();
    }
  }

  private async cut(
    name: 'cut-before-place' | 'cut-after-place' | 'cut-before-cancel' | 'cut-after-cancel',
    clientId: number | null,
    skip: number,
  ): Promise<FaultAnswer> {
    const request = name.endsWith('place') ? 'placeOrder' : 'cancelOrder';
    const when = name.startsWith('cut-before') ? 'before' : 'after';
    return done(await this.line.applyFault({ type: 'cut', clientId, request, when, skip }));
  }

  private correct({ execId, price }: Extract<FaultRequest, { fault: 'correct-execution' }>): FaultAnswer {
    let corrected = false;
    this.exchange.transact(() => {
      corrected = correctExecution(this.exchange, execId ?? null, price ?? null);
    });
    return corrected ? done(1) : { ok: false, error: 'there is no such execution to correct' };
  }

  private connectivity(code: '1100' | '1101' | '1102' | '2103' | '2104' | '2105' | '2106'): FaultAnswer {
    const { exchange } = this;
    const { faults } = exchange;
    const lost = 'Connectivity between IB and Trader Workstation has been';
    const texts = {
      '1100': `${lost} lost.`,
      '1101': `${lost} restored - data lost.`,
      '1102': `${lost} restored - data maintained.`,
      '2103': 'Market data farm connection is broken:usfuture',
      '2104': 'Market data farm connection is OK:usfuture',
      '2105': 'HMDS data farm connection is broken:ushmds',
      '2106': 'HMDS data farm connection is OK:ushmds',
    } as const;
    if (code === '1100') faults.set({ connectivityLost: true });
    if (code === '1101' || code === '1102') faults.set({ connectivityLost: false });
    if (code === '2103' || code === '2104') faults.set({ marketDataFarmDown: code === '2103' });
    if (code === '2105' || code === '2106') faults.set({ historyFarmDown: code === '2105' });
    if (code === '1101') {
      exchange.streams.dropAll();
      exchange.history.dropAll();
    }
    exchange.transact(() => exchange.broadcast(Number(code), texts[code]));
    return done(exchange.openSessions().length);
  }

  private dataQuality({ fault, on }: Extract<FaultRequest, { fault: '10197' | 'delayed-data' }>): FaultAnswer {
    const { exchange } = this;
    const requests = exchange.streams.quoteRequests();
    exchange.transact(() => {
      if (fault === '10197') {
        exchange.faults.set({ competingSession: on });
        if (on) exchange.broadcast(10197, 'No market data during competing live session');
        return;
      }
      exchange.faults.set({ delayedData: on });
      exchange.streams.tellMarketDataType(on ? 3 : 1);
    });
    return done(requests.length);
  }

  private pacingKill(clientId: number | null): FaultAnswer {
    const struck = this.exchange.openSessions().filter((session) => clientId === null || session.clientId === clientId);
    for (const session of struck) {
      session.send({
        type: 'error',
        id: -1,
        code: 100,
        message: 'Max rate of messages per second has been exceeded:max=50',
      });
      session.close();
    }
    return done(struck.length);
  }

  /** All sockets are dropped and nobody listens for a while (wall time); orders and account stay. */
  private async restart(downMs: number): Promise<FaultAnswer> {
    await this.line.applyFault({ type: 'refuse-connections', refuse: true });
    const struck = await this.line.applyFault({ type: 'drop', clientId: null });
    setTimeout(() => void this.line.applyFault({ type: 'refuse-connections', refuse: false }), downMs);
    return done(struck);
  }
}
