/**
 * From defaults, file, environment and command line to one frozen configuration.
 * Invariants:
 *  1. Later sources win per setting: defaults < omega.config.json < environment < overrides; every setting knows which one it was.
 *  2. Everything that is wrong is said at once, a sentence each; with one problem there is no configuration.
 *  3. No secret comes from the file, and no secret's value is ever part of a problem or a table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Config } from './config';
import { DEFAULT_CONFIG } from './config';
import type { ConfigOrigin, ConfigOrigins } from './config-origin';
import { originText } from './config-origin';
import { configSchema, contradictions } from './config-schema';
import { isAddress } from './data-settings';
import type { Setting } from './env';
import { CONFIG_FILE_VARIABLE, ENVIRONMENT_VARIABLES } from './env';
import { createRedactor, isSecretName } from './secrets';

/** Part of a configuration, section by section; `trading.sizing`, regimes' rules and lists are given whole. */
export type ConfigOverrides = {
  readonly [K in keyof Config]?: Config[K] extends object ? Partial<Config[K]> : Config[K];
};

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths (state, store, configuration file) start here. */
  readonly folder: string;
  /** From the command line. */
  readonly overrides?: ConfigOverrides;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: ConfigOrigins;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? problems[0]
        : `The configuration has ${problems.length} problems:\n- ${problems.join('\n- ')}`,
    );
  }
}

const CONFIG_FILE = 'omega.config.json';
/** Objects that are one setting: given whole or not at all. */
const WHOLE = new Set([
  'trading.sizing',
  'trading.regimes.minConfidence',
  'trading.regimes.sizeShare',
  'rebalance.rules.weighting',
]);

interface Given extends Setting {
  readonly origin: ConfigOrigin;
}

/** The effective configuration. Throws ConfigError with every problem there is. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const problems: string[] = [];
  const given: readonly Given[] = [
    ...settingsOf(DEFAULT_CONFIG).map((setting) => ({ ...setting, origin: { source: 'default' } as const })),
    ...fileSettings(sources, problems),
    ...environmentSettings(sources.env, problems),
    ...settingsOf(sources.overrides ?? {}).map((setting) => ({
      ...setting,
      origin: { source: 'command line' } as const,
    })),
  ];
  const effective = new Map(given.map((setting) => [setting.path, setting]));
  const origins = Object.fromEntries([...effective].map(([path, { origin }]) => [path, origin]));
  const parsed = configSchema.safeParse(treeOf([...effective.values()]));
  if (!parsed.success) problems.push(...issueSentences(parsed.error.issues, effective));
  else problems.push(...contradictions(parsed.data));
  if (problems.length > 0 || !parsed.success) {
    const redact = createRedactor(sources.env);
    throw new ConfigError([...new Set(problems)].map(redact));
  }
  return { config: deepFrozen(withAbsolutePaths(parsed.data, sources.folder)), origins: Object.freeze(origins) };
}

function withAbsolutePaths(config: Config, folder: string): Config {
  return {
    ...config,
    data: withAbsoluteSources(config.data, folder),
    news: withAbsoluteFiles(config.news, folder),
    rebalance: {
      ...config.rebalance,
      sectorFile: config.rebalance.sectorFile === null ? null : resolve(folder, config.rebalance.sectorFile),
    },
    embeddings: { ...config.embeddings, folder: resolve(folder, config.embeddings.folder) },
    supplyChain: {
      ...config.supplyChain,
      file: config.supplyChain.file === null ? null : resolve(folder, config.supplyChain.file),
    },
    storage: { ...config.storage, root: resolve(folder, config.storage.root) },
    stateDir: resolve(folder, config.stateDir),
  };
}

const withAbsoluteFiles = (news: Config['news'], folder: string): Config['news'] => ({
  ...news,
  companiesFile: news.companiesFile === null ? null : resolve(folder, news.companiesFile),
  fnspid: { ...news.fnspid, files: news.fnspid.files.map((file) => resolve(folder, file)) },
});

function withAbsoluteSources(data: Config['data'], folder: string): Config['data'] {
  const source = (given: string | null): string | null =>
    given === null || isAddress(given) ? given : resolve(folder, given);
  return {
    ...data,
    historicalFolder: resolve(folder, data.historicalFolder),
    fnspidFolder: source(data.fnspidFolder),
    economicCalendar: source(data.economicCalendar),
    etfFlows: source(data.etfFlows),
    optionsFlow: source(data.optionsFlow),
    socialSentiment: source(data.socialSentiment),
  };
}

/** The settings of a (partial) configuration by path. */
function settingsOf(tree: object, above = ''): readonly Setting[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) => {
    const path = `${above}${name}`;
    if (value === undefined) return [];
    return isSection(value) && !WHOLE.has(path) ? settingsOf(value, `${path}.`) : [{ path, value }];
  });
}

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function treeOf(settings: readonly Setting[]): unknown {
  const tree: Record<string, unknown> = {};
  for (const { path, value } of settings) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let section = tree;
    for (const name of names) section = (section[name] ??= {}) as Record<string, unknown>;
    section[last] = value;
  }
  return tree;
}

const KNOWN_PATHS = settingsOf(DEFAULT_CONFIG).map(({ path }) => path);

function fileSettings({ env, folder }: ConfigSources, problems: string[]): readonly Given[] {
  const named = env[CONFIG_FILE_VARIABLE]?.trim();
  const path = resolve(folder, named === undefined || named === '' ? CONFIG_FILE : named);
  const file = basename(path);
  if (!existsSync(path)) {
    if (named !== undefined && named !== '') {
      problems.push(`${CONFIG_FILE_VARIABLE} names ${named}, which does not exist: correct it or leave it out.`);
    }
    return [];
  }
  const content = readJson(path, file, problems);
  if (!isSection(content)) {
    if (content !== undefined)
      problems.push(`${file} must hold one JSON object with the sections of the configuration.`);
    return [];
  }
  return settingsOf(content).flatMap((setting) => {
    const problem = unknownSetting(setting.path, file);
    if (problem === null) return [{ ...setting, origin: { source: 'file', file } as const }];
    problems.push(problem);
    return [];
  });
}

function readJson(path: string, file: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    problems.push(`${file} cannot be read: ${String((error as { message?: unknown } | null)?.message ?? error)}.`);
    return undefined;
  }
}

/** The sentence for a path that is no setting, or null when it is one. */
function unknownSetting(path: string, file: string): string | null {
  if (KNOWN_PATHS.includes(path)) return null;
  const names = path.split('.');
  if (names.some((name) => isSecretName(name.replace(/([a-z])([A-Z])/g, '$1_$2')))) {
    return `${file}: ${path} looks like a secret; secrets belong in the environment, remove it from the file.`;
  }
  const below = KNOWN_PATHS.filter((known) => known.startsWith(`${path}.`));
  if (below.length > 0) return `${file}: ${path} is a section, with the settings ${below.join(', ')}.`;
  const section = names.length > 1 ? `${names.slice(0, -1).join('.')}.` : '';
  const siblings = KNOWN_PATHS.filter((known) => known.startsWith(section) && section !== '');
  const choices = siblings.length > 0 ? siblings : Object.keys(DEFAULT_CONFIG);
  return `${file}: ${path} is not a setting; there are ${choices.join(', ')}.`;
}

function environmentSettings(env: ConfigSources['env'], problems: string[]): readonly Given[] {
  return ENVIRONMENT_VARIABLES.flatMap(({ name, read }) => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return [];
    const reading = read(text);
    if ('settings' in reading) {
      return reading.settings.map((setting) => ({
        ...setting,
        origin: { source: 'environment', variable: name } as const,
      }));
    }
    problems.push(`${name} is ${JSON.stringify(text)}; it ${reading.problem}.`);
    return [];
  });
}

function issueSentences(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  effective: ReadonlyMap<string, Given>,
): readonly string[] {
  return issues.map((issue) => {
    const parts = issue.path.map(String);
    const setting = parts.map((_, i) => effective.get(parts.slice(0, parts.length - i).join('.'))).find(Boolean);
    const path = parts.join('.');
    if (setting === undefined) return `${path} ${issue.message}.`;
    return `${path} is ${JSON.stringify(setting.value)} (${originText(setting.origin)}); it ${issue.message}.`;
  });
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}
