/** docker-compose.temporal.yml without an engine: its shape as parsed, its scripts run against a real server. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes';
import { freePort } from '../storage/s3-server';

const ROOT = join(__dirname, '../..');
const TEMPORAL_CLI = process.env.OMEGA_TEMPORAL_CLI ?? join(homedir(), '.cache', 'omega', 'temporal-1.5.1', 'temporal');

const service = z.strictObject({
  // A version, never a moving tag.
  image: z.string().regex(/^[a-z/-]+:\d+(\.\d+)*[a-z0-9.-]*$/),
  restart: z.union([z.literal('unless-stopped'), z.string().regex(/^on-failure:\d+$/)]),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .optional(),
  volumes: z.array(z.string()).optional(),
  networks: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number(),
      start_period: z.string(),
    })
    .optional(),
  stop_grace_period: z.string().optional(),
  mem_limit: z.string().optional(),
  logging: z.strictObject({ driver: z.literal('json-file'), options: z.record(z.string(), z.string()) }),
});
const composeSchema = z.object({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
  networks: z.record(z.string(), z.null()),
});

const text = readFileSync(join(ROOT, 'docker-compose.temporal.yml'), 'utf8');
const compose = composeSchema.parse(parse(text, { merge: true }));
const { services } = compose;

describe('composition', () => {
  test('has database, schema job, server, namespace job and UI', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'schema', 'temporal', 'namespace', 'ui']);
    expect(services.temporal.image).toBe('temporalio/server:1.29.1');
    expect(services.postgres.image).toBe('postgres:16');
  });

  test('every dependency exists and can meet its condition', () => {
    for (const { depends_on = {} } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        if (condition === 'service_healthy') expect(services[name].healthcheck).toBeDefined();
        else expect(services[name].restart).toMatch(/^on-failure/);
      }
    }
    expect(services.temporal.depends_on).toHaveProperty('schema');
    expect(services.namespace.depends_on).toHaveProperty('temporal');
  });

  test('every named volume and network is declared, every mounted file exists', () => {
    for (const { volumes = [], networks } of Object.values(services)) {
      networks.forEach((network) => expect(compose.networks).toHaveProperty(network));
      for (const volume of volumes) {
        const [source] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
    }
  });

  test('the database is kept in a named volume and published nowhere', () => {
    expect(services.postgres.volumes).toEqual(['temporal-database:/var/lib/postgresql/data']);
    expect(services.postgres.ports).toBeUndefined();
    expect(services.postgres.command).toEqual(expect.arrayContaining(['fsync=on', 'synchronous_commit=on']));
  });

  test('what is published is published on loopback', () => {
    const ports = Object.values(services).flatMap((entry) => entry.ports ?? []);
    expect(ports).toHaveLength(2);
    ports.forEach((port) => expect(port).toMatch(/^127\.0\.0\.1:/));
  });

  test('the password comes from the environment, has no default, and is the same everywhere', () => {
    const given = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment).flatMap(([name, value]) => (/PASSWORD|PWD/.test(name) ? [value] : [])),
    );
    expect(given).toHaveLength(5);
    given.forEach((value) => expect(value).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/));
    expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).toContain('POSTGRES_PASSWORD=');
  });

  test('shards are chosen, services come back, memory is bounded below 3 GB', () => {
    expect(Number(services.temporal.environment.NUM_HISTORY_SHARDS)).toBeGreaterThan(0);
    for (const name of ['postgres', 'temporal', 'ui']) expect(services[name].restart).toBe('unless-stopped');
    const megabytes = Object.values(services).map(({ mem_limit = '0m' }) => {
      const [, size, unit] = /^(\d+)([mg])$/.exec(mem_limit) ?? [];
      return Number(size) * (unit === 'g' ? 1_024 : 1);
    });
    expect(megabytes.reduce((sum, size) => sum + size)).toBeLessThan(3 * 1_024);
  });

  test('registers the search attributes that the workflows use', () => {
    expect(services.namespace.environment.OMEGA_SEARCH_ATTRIBUTES.split(' ')).toEqual(
      SEARCH_ATTRIBUTES.map(({ name }) => name),
    );
  });

  test('the dynamic configuration is mounted where the server looks, with the settings of the demonstration', () => {
    const path = services.temporal.environment.DYNAMIC_CONFIG_FILE_PATH;
    expect(services.temporal.volumes).toEqual([`./deploy/temporal/dynamic-config.yaml:${path}:ro`]);
    const settings = z
      .record(z.string(), z.array(z.strictObject({ value: z.union([z.number(), z.boolean()]) })).length(1))
      .parse(parse(readFileSync(join(ROOT, 'deploy/temporal/dynamic-config.yaml'), 'utf8')));
    const demonstration = readFileSync(join(ROOT, 'src/cli/demo/temporal-server.ts'), 'utf8');
    const flags = [...demonstration.matchAll(/--dynamic-config-value=([\w.]+)=(\w+)/g)];
    expect(Object.entries(settings).map(([name, [{ value }]]) => [name, String(value)])).toEqual(
      flags.map(([, name, value]) => [name, value]),
    );
  });
});

describe('scripts', () => {
  test.each(['setup-schema.sh', 'create-namespace.sh'])('%s is valid for a POSIX shell and mounted', (name) => {
    execFileSync('sh', ['-n', join(ROOT, 'deploy/temporal', name)]);
    expect(Object.values(services).some(({ entrypoint }) => entrypoint?.[1] === `/omega/${name}`)).toBe(true);
  });
});

describe('the namespace job against a real server', () => {
  const run = promisify(execFile);
  let server: ChildProcess;
  let folder: string;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'omega-compose-'));
    symlinkSync(TEMPORAL_CLI, join(folder, 'temporal'));
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    server = spawn(TEMPORAL_CLI, ['server', 'start-dev', '--headless', '--ip=127.0.0.1', `--port=${port}`], {
      stdio: 'ignore',
    });
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Its environment as composed, at this server's address. */
  const environment = () => ({
    ...process.env,
    ...services.namespace.environment,
    OMEGA_NAMESPACE: 'omega',
    TEMPORAL_ADDRESS: address,
    PATH: `${folder}:${process.env.PATH}`,
  });

  test('makes namespace and search attributes, waits for the server, and can be repeated', async () => {
    const script = join(ROOT, 'deploy/temporal/create-namespace.sh');
    for (let time = 0; time < 2; time += 1) {
      const { stdout } = await run('sh', [script], { env: environment() });
      expect(stdout).toContain('Namespace omega is ready.');
    }
    const { stdout: described } = await run(
      'temporal',
      ['operator', 'namespace', 'describe', '-n', 'omega', '-o', 'json'],
      { env: environment() },
    );
    expect(described).toContain('2592000s');
    const { stdout: attributes } = await run('temporal', ['operator', 'search-attribute', 'list', '-n', 'omega'], {
      env: environment(),
    });
    for (const { name } of SEARCH_ATTRIBUTES) expect(attributes).toMatch(new RegExp(`${name}\\s+Keyword`));
  });
});
