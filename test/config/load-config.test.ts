import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { configTable } from '../../src/config/config-table';
import { CONFIG_FILE_VARIABLE, ENVIRONMENT_VARIABLES, loadEnvFile } from '../../src/config/env';
import { ConfigError, loadConfig } from '../../src/config/load-config';
import type { ConfigOverrides } from '../../src/config/load-config';
import { createRedactor, isSecretName, MASK } from '../../src/config/secrets';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeFile = (content: unknown): void =>
  writeFileSync(join(folder, 'omega.config.json'), typeof content === 'string' ? content : JSON.stringify(content));
const load = (env: Record<string, string> = {}, overrides: ConfigOverrides = {}) =>
  loadConfig({ env, folder, overrides });
const problemsOf = (env: Record<string, string> = {}, overrides: ConfigOverrides = {}): readonly string[] => {
  try {
    load(env, overrides);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('sources', () => {
  test('without any, the defaults, with paths made absolute', () => {
    const { config, origins } = load();
    expect(config).toEqual({
      ...DEFAULT_CONFIG,
      data: { ...DEFAULT_CONFIG.data, historicalFolder: join(folder, 'data/historical') },
      embeddings: { ...DEFAULT_CONFIG.embeddings, folder: join(folder, '.omega/minilm') },
      storage: { ...DEFAULT_CONFIG.storage, root: join(folder, '.omega/store') },
      stateDir: join(folder, '.omega/state'),
    });
    expect(new Set(Object.values(origins).map(({ source }) => source))).toEqual(new Set(['default']));
  });

  test('later ones win, setting by setting, and each value knows its origin', () => {
    writeFile({ broker: { host: 'gateway', port: 4001, clientId: 7 }, seed: 3 });
    const { config, origins } = load({ IBKR_PORT: '4002', IBKR_CLIENT_ID: ' 8 ' }, { broker: { clientId: 9 } });
    expect(config.broker).toMatchObject({ host: 'gateway', port: 4002, clientId: 9 });
    expect(config.seed).toBe(3);
    expect(origins).toMatchObject({
      'broker.host': { source: 'file', file: 'omega.config.json' },
      'broker.port': { source: 'environment', variable: 'IBKR_PORT' },
      'broker.clientId': { source: 'command line' },
      'broker.pollMs': { source: 'default' },
      seed: { source: 'file', file: 'omega.config.json' },
    });
  });

  // Property over the whole precedence: any subset of the four sources may give the port; the last one in order has it.
  test('precedence holds for every combination', () => {
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }));
    fc.assert(
      fc.property(port, port, port, (file, environment, override) => {
        writeFile(file === null ? {} : { broker: { port: file } });
        const env: Record<string, string> = environment === null ? {} : { IBKR_PORT: String(environment) };
        const { config } = load(env, override === null ? {} : { broker: { port: override } });
        expect(config.broker.port).toBe(override ?? environment ?? file ?? DEFAULT_CONFIG.broker.port);
      }),
      { numRuns: 60 },
    );
  });

  test('the result is frozen through and through', () => {
    const { config } = load();
    expect(Object.isFrozen(config) && Object.isFrozen(config.trading.instruments)).toBe(true);
    expect(() => ((config.limits as { orderContracts: number }).orderContracts = 100)).toThrow(TypeError);
    expect(Object.isFrozen(DEFAULT_CONFIG.limits)).toBe(false);
  });

  test('sizing is one setting, replaced whole', () => {
    writeFile({ trading: { sizing: { method: 'volatility-target', dollarsPerBar: 200, maxContracts: 2 } } });
    expect(load().config.trading.sizing).toEqual({ method: 'volatility-target', dollarsPerBar: 200, maxContracts: 2 });
    writeFile({ trading: { sizing: { contracts: 2 } } });
    expect(problemsOf()).toEqual([expect.stringContaining('trading.sizing') as string]);
  });

  test("regimes' rules are settings of their own, each replaced whole, and wrong ones are told what there is", () => {
    const regimes = { minConfidence: { 'range/low': 0.7 }, suppressEntries: ['trend/high'], sizeShare: { high: 0.5 } };
    writeFile({ trading: { vote: 'stacked', validator: true, regimes } });
    const { config, origins } = load();
    expect(config.trading).toMatchObject({ vote: 'stacked', validator: true, regimes });
    expect(origins['trading.regimes.sizeShare']).toMatchObject({ source: 'file' });
    writeFile({ trading: { regimes: { sizeShare: { low: 0 } } } });
    expect(load().config.trading.regimes).toEqual({ ...DEFAULT_CONFIG.trading.regimes, sizeShare: { low: 0 } });
    const wrong = {
      minConfidence: { sideways: 0.7 },
      suppressEntries: ['trend/high', 'trend/high'],
      sizeShare: { high: 1.5 },
    };
    writeFile({ trading: { vote: 'loudest', validator: 'yes', regimes: wrong } });
    const problems = problemsOf();
    const about = (path: string): string => problems.filter((problem) => problem.startsWith(path)).join(' ');
    expect(about('trading.vote is "loudest"')).toContain('must be one of majority, weighted, stacked');
    expect(about('trading.validator')).toContain('must be true or false');
    expect(about('trading.regimes.minConfidence')).toContain('{"range/low": 0.7}; regimes are trend/low, trend/medium');
    expect(about('trading.regimes.suppressEntries')).toContain('different regimes out of trend/low');
    expect(about('trading.regimes.sizeShare')).toContain('a share from 0 to 1 by volatility');
    writeFile({ trading: { regimes: 5 } });
    expect(problemsOf()).toEqual([
      expect.stringContaining('trading.regimes is a section, with the settings') as string,
    ]);
  });

  test('OMEGA_CONFIG names another file, which must exist', () => {
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/paper.json'), '{"seed": 12}');
    const { config, origins } = load({ OMEGA_CONFIG: 'etc/paper.json' });
    expect([config.seed, origins.seed]).toEqual([12, { source: 'file', file: 'paper.json' }]);
    expect(problemsOf({ OMEGA_CONFIG: 'etc/none.json' })).toEqual([
      'OMEGA_CONFIG names etc/none.json, which does not exist: correct it or leave it out.',
    ]);
  });
});

describe('environment', () => {
  test.each([
    ['IBKR_HOST', 'gw.local', 'broker.host', 'gw.local'],
    ['IBKR_ACCOUNT', 'DU1234567', 'broker.account', 'DU1234567'],
    ['ENABLE_ORDER_EXEC', 'yes', 'permissions.enableOrderExec', true],
    ['ALLOW_ORDERS', '1', 'permissions.allowOrders', true],
    ['DRY_RUN', 'TRUE', 'permissions.dryRun', true],
    ['DRY_RUN', 'no', 'permissions.dryRun', false],
    ['ALLOW_LIVE', 'U7654321', 'permissions.allowLive', 'U7654321'],
    ['LEARNING_ONLY', 'true', 'permissions.learningOnly', true],
    ['OMEGA_VOTE', 'weighted', 'trading.vote', 'weighted'],
    ['OMEGA_VALIDATOR', 'true', 'trading.validator', true],
    ['OMEGA_INSTRUMENTS', 'es, XAUUSD', 'trading.instruments', ['ES', 'GC']],
    ['TEMPORAL_ADDRESS', 'temporal:7233', 'temporal.address', 'temporal:7233'],
    ['TEMPORAL_NAMESPACE', 'omega', 'temporal.namespace', 'omega'],
    ['AWS_REGION', 'eu-west-1', 'storage.region', 'eu-west-1'],
    ['S3_ENDPOINT', 'http://127.0.0.1:7070', 'storage.endpoint', 'http://127.0.0.1:7070'],
    ['OMEGA_STATE_DIR', '/var/lib/omega', 'stateDir', '/var/lib/omega'],
    ['OMEGA_SEED', '42', 'seed', 42],
  ])('%s=%s sets %s', (name, text, path, expected) => {
    const { config, origins } = load({ [name]: text });
    const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], config);
    expect(value).toEqual(expected);
    expect(origins[path]).toEqual({ source: 'environment', variable: name });
  });

  test('OMEGA_STORE is a folder or a bucket', () => {
    expect(load({ OMEGA_STORE: 'data/store' }).config.storage).toMatchObject({
      kind: 'folder',
      root: join(folder, 'data/store'),
    });
    expect(load({ OMEGA_STORE: 's3://omega-bucket' }).config.storage).toMatchObject({
      kind: 's3',
      bucket: 'omega-bucket',
    });
    for (const wrong of ['s3://bucket/with/path', 'gs://bucket', 's3://']) {
      expect(problemsOf({ OMEGA_STORE: wrong })).toEqual([expect.stringContaining('OMEGA_STORE') as string]);
    }
  });

  test('an empty variable is one that is not set', () => {
    const names = ENVIRONMENT_VARIABLES.map(({ name }) => name);
    expect(load(Object.fromEntries(names.map((name) => [name, ' ']))).config.broker).toEqual(DEFAULT_CONFIG.broker);
  });

  test.each(['ENABLE_ORDER_EXEC', 'ALLOW_ORDERS', 'DRY_RUN', 'LEARNING_ONLY'])(
    '%s takes only words that cannot be misread',
    (name) => {
      for (const wrong of ['on', 'y', 'enabled', '2', 'ture', 'null']) {
        expect(problemsOf({ [name]: wrong })).toEqual([
          `${name} is "${wrong}"; it must be true, 1 or yes, or false, 0 or no.`,
        ]);
      }
    },
  );

  test('ALLOW_LIVE wants the account, not a yes', () => {
    expect(problemsOf({ ALLOW_LIVE: 'true' })).toEqual([
      'ALLOW_LIVE is "true"; it must name the live account that may be traded, or be left out.',
    ]);
  });
});

describe('problems', () => {
  test('are all reported at once, naming variable or file', () => {
    writeFile({ trading: { minConfidence: 1.5, minConfidense: 0.7 }, limits: { tradesPerDay: 2.5 }, extra: 1 });
    const problems = problemsOf({ IBKR_PORT: '99999', ALLOW_ORDERS: 'on', IBKR_CLIENT_ID: '0x10' });
    expect(problems).toHaveLength(7);
    const text = problems.join('\n');
    expect(text).toContain('broker.port is 99999 (IBKR_PORT); it must be a whole number from 1 to 65535.');
    expect(text).toContain(
      'trading.minConfidence is 1.5 (omega.config.json); it must be a number above 0 and at most 1.',
    );
    expect(text).toContain('omega.config.json: trading.minConfidense is not a setting; there are trading.instruments');
    expect(text).toContain('limits.tradesPerDay is 2.5 (omega.config.json); it must be a whole number');
    expect(text).toContain('ALLOW_ORDERS is "on"');
    expect(text).toContain('IBKR_CLIENT_ID is "0x10"; it must be a whole number.');
    expect(text).toContain('omega.config.json: extra is not a setting; there are broker, permissions');
    problems.forEach((problem) => expect(problem).toMatch(/\.$/));
  });

  test.each([
    ['{ not json', 'omega.config.json cannot be read'],
    ['[1]', 'must hold one JSON object'],
    ['{"broker": 5}', 'broker is a section, with the settings broker.host'],
    ['{"trading": {"instruments": ["ES", "ES"]}}', 'trading.instruments is ["ES","ES"]'],
    ['{"trading": {"instruments": []}}', 'trading.instruments is []'],
    ['{"trading": {"instruments": ["ZN"]}}', 'must be a list of different instruments out of ES, NQ'],
    ['{"trading": {"vote": "loudest"}}', 'it must be one of majority, weighted'],
    ['{"storage": {"endpoint": "ftp://x"}}', 'storage.endpoint is "ftp://x"'],
    ['{"storage": {"bucket": "Not A Bucket"}}', 'storage.bucket'],
    ['{"temporal": {"address": "http://x:7233"}}', 'must be host:port'],
    ['{"broker": {"account": "../etc"}}', 'must be an account number'],
    ['{"trading": {"sizing": {"method": "fixed", "contracts": 3}}}', 'every such entry would be refused'],
    ['{"limits": {"orderContracts": 9}}', 'above limits.exposureContracts'],
    ['{"broker": {"account": "U1"}, "permissions": {"allowLive": "U2"}}', 'allow the account that trades'],
  ])('%s', (content, expected) => {
    writeFile(content);
    expect(problemsOf().join('\n')).toContain(expected);
  });

  test('a secret in the file is refused without its value', () => {
    writeFile({ storage: { secretKey: 'hunter2-hunter2' }, awsSecretAccessKey: 'hunter2-hunter2' });
    const text = problemsOf().join('\n');
    expect(text).toContain('storage.secretKey looks like a secret');
    expect(text).toContain('awsSecretAccessKey looks like a secret');
    expect(text).not.toContain('hunter2');
  });

  test("a secret's value never appears, even where it was put by mistake", () => {
    const secret = 'AKIA-very-secret';
    const text = problemsOf({ AWS_SECRET_ACCESS_KEY: secret, IBKR_PORT: secret }).join('\n');
    expect(text).toContain('IBKR_PORT');
    expect(text).not.toContain(secret);
  });
});

describe('secrets', () => {
  test('the table shows values, origins, and secrets only as set', () => {
    const env = { IBKR_PORT: '4001', AWS_SECRET_ACCESS_KEY: 'abcdefgh' };
    const rows = configTable(load(env), env);
    expect(rows).toContainEqual({ setting: 'broker.port', value: '4001', origin: 'IBKR_PORT' });
    expect(rows).toContainEqual({ setting: 'trading.instruments', value: '["ES","GC"]', origin: 'default' });
    expect(rows).toContainEqual({ setting: 'AWS_SECRET_ACCESS_KEY', value: MASK, origin: 'environment' });
    expect(rows).toContainEqual({ setting: 'AWS_SESSION_TOKEN', value: 'not set', origin: 'default' });
    expect(JSON.stringify(rows)).not.toContain('abcdefgh');
  });

  test.each(['POLYGON_API_KEY', 'TIINGO_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'POSTGRES_PASSWORD'])(
    '%s names a secret',
    (name) => expect(isSecretName(name)).toBe(true),
  );
  test.each(['IBKR_ACCOUNT', 'HOME', 'KEYBOARD_LAYOUT', 'OMEGA_STATE_DIR'])('%s does not', (name) =>
    expect(isSecretName(name)).toBe(false),
  );

  test('no value of a secret variable survives redaction, in plain text, JSON or an address', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 40 }), fc.string(), fc.string(), (secret, before, after) => {
        // A secret made of the mask's own stars cannot be told from the mask.
        fc.pre(!secret.includes('*'));
        const redact = createRedactor({ SOME_API_KEY: secret });
        for (const text of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
          expect(redact(`${before}*${text}*${after}`)).toContain(`*${MASK}*`);
        }
        expect(redact(JSON.stringify({ why: `**${secret}**` }))).not.toContain(
          `**${JSON.stringify(secret).slice(1, -1)}**`,
        );
      }),
    );
  });
});

test('user and password of an address are masked wherever settings and problems are told', () => {
  const TIINGO_URL = 'http://ann:pa:ss@proxy.example/tiingo';
  const told = JSON.stringify(configTable(load({ TIINGO_URL }), {}));
  expect(told).toContain(`http://${MASK}@proxy.example/tiingo`);
  expect(told).not.toContain('pa:ss');
  expect(createRedactor({})('it is "ftp://ann@host/x" or mail to ann@host')).toBe(
    `it is "ftp://${MASK}@host/x" or mail to ann@host`,
  );
});

test('.env is read without overriding what is set', () => {
  writeFileSync(join(folder, '.env'), 'OMEGA_TEST_FROM_FILE=file\nOMEGA_TEST_SET=file\n');
  const env: Record<string, string> = { OMEGA_TEST_SET: 'set' };
  expect(loadEnvFile(folder, env)).toBe(true);
  expect(env).toEqual({ OMEGA_TEST_FROM_FILE: 'file', OMEGA_TEST_SET: 'set' });
  expect(loadEnvFile(join(folder, 'none'), env)).toBe(false);
});

test('.env.example and docs/configuration.md name every variable, and .env.example loads', () => {
  const root = join(__dirname, '../..');
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const guide = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  for (const name of [...ENVIRONMENT_VARIABLES.map((variable) => variable.name), CONFIG_FILE_VARIABLE]) {
    expect(example).toMatch(new RegExp(`^#? ?${name}=`, 'm'));
    expect(guide).toContain(`\`${name}\``);
  }
  const uncommented = example.replaceAll(/^# ?([A-Z0-9_]+=)/gm, '$1').replace(/^OMEGA_CONFIG=.*$/m, '');
  const entries = [...uncommented.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map((match) => [match[1], match[2]] as const);
  expect(problemsOf(Object.fromEntries(entries))).toEqual([]);
});
