/** Runs each client against a gateway of its own and prints client × step. Called by run.sh: node run.mjs CACHE CLIENT… */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const START_TIMEOUT_MS = 180_000;
const CLIENT_TIMEOUT_MS = 120_000;
const STEPS = [
  ...['connect', 'contract', 'bars', 'live bars', 'ticks', 'place', 'modify', 'cancel'],
  ...['fill', 'commission', 'position', 'account', 'same id: 326', 'reconnect', 'orders found', 'fills found'],
];

const [cache, ...clients] = process.argv.slice(2);

function command(client) {
  if (client === 'stoqey') return [process.execPath, [join(HERE, 'stoqey.mjs')]];
  return [join(cache, client, 'bin', 'python'), [join(HERE, `${client}_client.py`)]];
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts `npm run gateway` and waits for its line; the process group ends with stop(). */
async function startGateway() {
  const state = await mkdtemp(join(tmpdir(), 'omega-clients-'));
  const [port, controlPort] = [await freePort(), await freePort()];
  const options = ['--port', port, '--control-port', controlPort, '--data', 'data'];
  options.push('--clock', '2013-10-09T14:30:00Z', '--speed', '20', '--state', state);
  const child = spawn('npm', ['run', '--silent', 'gateway', '--', ...options.map(String)], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  const lines = createInterface({ input: child.stdout });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null) {
      process.kill(-child.pid, 'SIGTERM');
      await ended;
    }
    await rm(state, { recursive: true, force: true });
  };
  const started = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the gateway did not start:\n${said}`)), START_TIMEOUT_MS);
    lines.on('line', (line) => {
      said = (said + line + '\n').slice(-4000);
      if (!line.startsWith('listening ')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the gateway ended with ${code}:\n${said}`));
    });
  });
  try {
    await started;
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop, said: () => said };
}

/** Steps as the client reports them, one JSON line each: {"step", "ok", "detail"}. */
async function runClient(client, port) {
  const [program, args] = command(client);
  const child = spawn(program, [...args, '127.0.0.1', String(port)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const results = new Map();
  let said = '';
  child.stderr.on('data', (chunk) => (said = (said + chunk).slice(-6000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"step"')) return;
    const { step, ok, detail } = JSON.parse(line);
    results.set(step, { ok, detail });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), CLIENT_TIMEOUT_MS);
  try {
    const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    return { results, code, said };
  } finally {
    clearTimeout(timer);
  }
}

function printTable(outcomes) {
  const width = Math.max(...STEPS.map((step) => step.length)) + 2;
  const column = 12;
  console.log(''.padEnd(width) + outcomes.map(({ client }) => client.padEnd(column)).join(''));
  for (const step of STEPS) {
    const cells = outcomes.map(({ results }) => {
      const result = results.get(step);
      return (result === undefined ? '-' : result.ok ? 'ok' : 'FAILED').padEnd(column);
    });
    console.log(step.padEnd(width) + cells.join(''));
  }
}

/** One client against a gateway of its own; says on stderr what failed and why. */
async function meet(client) {
  const gateway = await startGateway();
  try {
    const { results, code, said } = await runClient(client, gateway.port);
    const failed = STEPS.filter((step) => results.get(step)?.ok !== true);
    console.error(`${client}: ${STEPS.length - failed.length} of ${STEPS.length} steps`);
    for (const step of failed) console.error(`  ${step}: ${results.get(step)?.detail ?? 'not reached'}`);
    if (failed.length > 0 || code !== 0) console.error(`${said}\ngateway:\n${gateway.said()}`);
    return { client, results, passed: failed.length === 0 && code === 0 };
  } finally {
    await gateway.stop();
  }
}

const outcomes = [];
for (const client of clients) {
  try {
    outcomes.push(await meet(client));
  } catch (error) {
    console.error(`${client}: ${error.message}`);
    outcomes.push({ client, results: new Map(), passed: false });
  }
}
printTable(outcomes);
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
