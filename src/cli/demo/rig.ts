/** The demonstration's processes as one thing: started in order, watched together, shown, and ended in reverse order. */
import { Client, Connection } from '@temporalio/client';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load-config';
import type { Config } from '../../config/config';
import { tradeDateBounds } from '../../domain/calendar';
import type { ProcessReport } from '../../domain/process-messages';
import { CliError } from '../cli-error';
import type { CommandIo } from '../command-io';
import { CRASH_FROM } from './crash';
import { DEMO_ACCOUNT, demoEnvironment } from './demo-environment';
import type { TemporalPlace } from './demo-environment';
import type { DemoOptions } from './demo-options';
import type { DemoPaths } from './demo-folder';
import { DEMO_STATE_VERSION, writeRun } from './demo-folder';
import { gatewaySpec, workerSpec } from './demo-processes';
import { prepareExternalServer } from './external-server';
import { FeedLink } from './feed-link';
import { GatewayControl } from './gateway-control';
import type { MemoryReport } from './memory';
import { MemoryWatch } from './memory';
import type { NoteBook } from './note-book';
import type { DemoPorts } from './ports';
import { choosePorts } from './ports';
import { identify } from './process-identity';
import type { Selection } from './selection';
import { SessionWatch } from './session-watch';
import type { Show } from './show';
import type { ProcessName, ProcessSpec } from './supervised-process';
import { SupervisedProcess } from './supervised-process';
import { temporalAddress, temporalSpec, temporalUi } from './temporal-server';
import type { DayParts } from './trade-day';

const MEMORY_SAMPLE_MS = 500;
const DEFAULT_NAMESPACE = 'default';

export interface RigOptions {
  readonly options: DemoOptions;
  readonly io: CommandIo;
  readonly folder: string;
  readonly selection: Selection;
  readonly paths: DemoPaths;
  readonly show: Show;
  readonly notes: NoteBook;
  readonly signal: AbortSignal;
}

/** What exists once the processes run. */
interface Running {
  readonly ports: DemoPorts;
  readonly place: TemporalPlace;
  readonly config: Config;
  readonly connection: Connection;
  readonly control: GatewayControl;
  readonly feed: FeedLink;
}

export class Rig {
  private readonly processes = new Map<ProcessName, SupervisedProcess>();
  private readonly memoryWatch = new MemoryWatch();
  private readonly abort = new AbortController();
  private running: Running | null = null;
  private sampling: NodeJS.Timeout | null = null;
  private fitPid: number | null = null;
  private givenUp: CliError | null = null;

  private readonly signal: AbortSignal;

  constructor(private readonly options: RigOptions) {
    this.signal = AbortSignal.any([options.signal, this.abort.signal]);
  }

  /** Starts server, gateway, trader and market; resolves when all of them are ready. */
  async start(): Promise<void> {
    const { paths, io, selection, show } = this.options;
    const ports = await choosePorts(paths.portsFile);
    this.sampling = setInterval(() => this.sampleMemory(), MEMORY_SAMPLE_MS);
    show.change({ phase: 'the Temporal server starts' });
    const place = await this.startTemporal(ports);
    const env = demoEnvironment(io.env, paths, ports, place, selection.instruments);
    const { config } = loadConfig({ env, folder: paths.root });
    show.change({ limits: config.limits, phase: 'the paper gateway starts' });
    const control = new GatewayControl(ports.control);
    const clock = selection.crash ? CRASH_FROM : tradeDateBounds(selection.tradeDates[0]).start;
    const gateway = { paths, ports, dataFolder: selection.dataFolder, clock };
    await this.launch(gatewaySpec(gateway, env, control));
    const connection = await Connection.connect({ address: place.address });
    const feed = new FeedLink(() => this.process('market'));
    this.running = { ports, place, config, connection, control, feed };
    this.describeRun(this.running);
    show.change({ phase: 'trader and market start' });
    await Promise.all([
      this.launch(workerSpec('trader', paths, env)),
      this.launch(workerSpec('market', paths, env), (report) => feed.hear(report)),
    ]);
    show.change({ phase: '' });
  }

  /** Everything a trade date needs; made anew for each, so that nothing of the day before is left in it. */
  dayParts(): DayParts {
    const { place, config, connection, control, feed } = this.started();
    const { paths, options, show, notes } = this.options;
    const client = new Client({ connection, namespace: place.namespace });
    const statementFolder = join(paths.root, 'statement');
    mkdirSync(statementFolder, { recursive: true });
    return {
      account: DEMO_ACCOUNT,
      broker: config.broker,
      client,
      gateway: control,
      session: new SessionWatch(client, DEMO_ACCOUNT, control, (snapshot) => show.snapshot(snapshot)),
      feed,
      show,
      notes,
      daysFolder: paths.days,
      statementFolder,
      speed: options.speed,
      signal: this.signal,
    };
  }

  /** `work`, or the reason why it is over: an interruption, or a process that was given up. */
  async unlessEnded<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    signal.throwIfAborted();
    let onAbort: (() => void) | undefined;
    const ended = new Promise<never>((_resolve, reject) => {
      onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    }
  }

  memory(): MemoryReport {
    return this.memoryWatch.report();
  }

  uiAddress(): string | null {
    return this.options.show.current().uiAddress;
  }

  /** A process that was given up: the reason behind whatever else failed. */
  failure(): CliError | null {
    return this.givenUp;
  }

  noteFitProcess(pid: number | null): void {
    this.fitPid = pid;
  }

  /** Market first, server last: nobody is left talking to nobody. */
  async stop(): Promise<void> {
    if (this.sampling !== null) clearInterval(this.sampling);
    for (const name of ['market', 'trader', 'gateway'] as const) await this.processes.get(name)?.stop();
    this.running?.control.close();
    await this.running?.connection.close();
    await this.processes.get('temporal')?.stop();
  }

  private started(): Running {
    if (this.running === null) throw new Error('the demonstration has not been started');
    return this.running;
  }

  private process(name: ProcessName): SupervisedProcess {
    const process = this.processes.get(name);
    if (process === undefined) throw new Error(`${name} has not been started`);
    return process;
  }

  private async startTemporal(ports: DemoPorts): Promise<TemporalPlace> {
    const { io, paths, show } = this.options;
    const executable = io.env.OMEGA_TEMPORAL_CLI;
    if (executable) {
      show.change({ uiAddress: temporalUi(ports) });
      await this.launch(temporalSpec(executable, paths, ports));
      return { address: temporalAddress(ports), namespace: DEFAULT_NAMESPACE };
    }
    const address = io.env.TEMPORAL_ADDRESS;
    if (!address) throw new CliError('USAGE', 'Start the demonstration with npm start: it finds the Temporal server.');
    return prepareExternalServer(address, paths);
  }

  private async launch(spec: ProcessSpec, onReport: (report: ProcessReport) => void = () => undefined): Promise<void> {
    const { show, notes } = this.options;
    const process = new SupervisedProcess(spec, {
      onStatus: (status) => show.process(status),
      onMessage: (message) => {
        const report = message as ProcessReport;
        if (report.type === 'alert') notes.noteDay('alert', `${spec.name}: ${report.text}`);
        onReport(report);
      },
      onDeath: (status, cause) => show.notice('warning', `${status.name} died (${cause}); it is started again`),
      onRecovery: ({ name, pid, lastRecoverySeconds }) =>
        show.notice('info', `${name} is back as process ${pid} after ${(lastRecoverySeconds ?? 0).toFixed(1)} s`),
      onGivenUp: (error) => {
        this.givenUp ??= error;
        this.abort.abort(error);
      },
    });
    this.processes.set(spec.name, process);
    await process.start();
  }

  private sampleMemory(): void {
    const pids = Object.fromEntries([...this.processes].map(([name, process]) => [name, process.status().pid]));
    this.memoryWatch.sample({ ...pids, fit: this.fitPid });
  }

  private describeRun({ ports, place }: Running): void {
    const { folder, paths } = this.options;
    writeRun(folder, {
      version: DEMO_STATE_VERSION,
      conductor: identify(process.pid),
      account: DEMO_ACCOUNT,
      temporalAddress: place.address,
      temporalNamespace: place.namespace,
      uiAddress: this.uiAddress(),
      gatewayPort: ports.gateway,
      controlPort: ports.control,
      state: paths.state,
      store: paths.store,
      logs: paths.logs,
      days: paths.days,
      startedAt: new Date().toISOString(),
    });
  }
}
