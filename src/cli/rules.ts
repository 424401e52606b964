/** `omega rules propose|list|test|accept`: trading rules as data, from a file or a language model, judged before they may vote. */
import { Command } from 'commander';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { providedSchema } from '../activities/open-outside';
import { INSTRUMENTS } from '../domain/instruments';
import { LanguageModelError } from '../language-model/language-model';
import { openLanguageModel } from '../language-model/open-language-model';
import { ProviderError } from '../http/provider-error';
import { acceptRule, votingNames } from '../learning/rules/accept-rule';
import { columnRanges, proposeRules } from '../learning/rules/propose-rules';
import { rulesIn } from '../learning/rules/rule-file';
import {
  findRule,
  keepRule,
  proposeRule,
  storedRules,
  type RuleProvenance,
  type StoredRule,
} from '../learning/rules/rule-store';
import { readRule, type TradingRule } from '../learning/rules/trading-rule';
import { ruleModelName } from '../learning/rules/try-rule';
import { futuresData } from '../learning/training/learning-data';
import { TrainingError } from '../learning/training/training-error';
import { trainingSet } from '../learning/training/training-set';
import { openFolderStore } from '../storage/folder-store';
import type { ObjectStore } from '../storage/object-store';
import { CliError, messageOf } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { learningSet } from './learning-set';
import { told } from './model-errors';
import { outsideSettings } from './outside-settings';
import { tried, withRules, type DataOptions, type RulePlace } from './rule-place';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

interface ProposeOptions extends DataOptions {
  readonly file?: string;
  readonly model?: boolean;
  readonly count: string;
  readonly about: string;
  readonly by?: string;
}

interface AcceptOptions {
  readonly by?: string;
  readonly why?: string;
  readonly despiteGates?: boolean;
  readonly json?: boolean;
}

interface Candidate {
  readonly rule: TradingRule;
  readonly provenance: RuleProvenance;
}

const MOST_RULES = 5;

/** One rule or a list of them. */
async function rulesOfFile(
  io: CommandIo,
  file: string,
  { schema }: RulePlace,
  by: string,
  at: string,
): Promise<readonly Candidate[]> {
  const text = await readFile(resolve(io.folder, file), 'utf8').catch((error: unknown) => {
    throw new CliError('USAGE', `${file} cannot be read (${messageOf(error)}).`);
  });
  const rules = rulesIn(text, schema.modelColumns);
  if (typeof rules === 'string') throw new CliError('DATA', `${file}: ${rules}.`);
  return rules.map((rule) => ({ rule, provenance: { kind: 'file', file: basename(file), by, at } }));
}

async function rulesOfModel(
  io: CommandIo,
  options: ProposeOptions,
  { instruments, schema, market }: RulePlace,
  by: string,
  at: string,
): Promise<readonly Candidate[]> {
  const { config } = currentConfig(io);
  const opened = openLanguageModel(config.languageModel, { env: io.env, stateDir: config.stateDir });
  if (opened.kind === 'absent') throw new CliError('CONFIG', `No language model can be asked. ${opened.why}`);
  const data = futuresData(await market());
  const [symbol] = instruments;
  const days = data.tradeDates;
  const training = trainingSet(symbol, data.series(symbol, days, schema), days, schema, INSTRUMENTS[symbol]);
  if (typeof training === 'string') throw new CliError('DATA', `${symbol}: ${training}.`);
  const wishes = {
    columns: columnRanges(training),
    count: wholeNumber('--count', options.count, 1, MOST_RULES),
    about: options.about,
    attempts: config.languageModel.attempts,
  };
  try {
    const { rules, promptSha256 } = await proposeRules(opened.model, wishes);
    return rules.map(({ rule, rationale }) => ({
      rule,
      provenance: { kind: 'language-model', model: opened.model.name, prompt_sha256: promptSha256, rationale, by, at },
    }));
  } catch (error) {
    if (error instanceof LanguageModelError || error instanceof ProviderError)
      throw new CliError('FAILED', error.message, { cause: error });
    throw error;
  }
}

async function propose(io: CommandIo, options: ProposeOptions): Promise<void> {
  if ((options.file === undefined) === (options.model !== true))
    throw new CliError('USAGE', 'Give --file FILE, or --model to ask the language model.');
  const by = options.by ?? userInfo().username;
  const at = new Date().toISOString();
  await withRules(io, options, async (place) => {
    const candidates =
      options.file === undefined
        ? await rulesOfModel(io, options, place, by, at)
        : await rulesOfFile(io, options.file, place, by, at);
    const kept = [];
    for (const { rule, provenance } of candidates)
      kept.push({ ...(await proposeRule(place.store, rule, provenance)), rule, provenance });
    const lines = kept.map(({ id, known, rule }) => `${id} ${rule.name}${known ? ' (known)' : ''}`);
    printResult(io, options.json, kept, [
      ...lines,
      'They vote when they were tested and accepted: omega rules test ID.',
    ]);
  });
}

async function chosen(store: ObjectStore, id: string): Promise<StoredRule> {
  const entry = await findRule(store, id);
  if (entry === null)
    throw new CliError('NOT_FOUND', `No rule, or more than one, begins with ${id}: omega rules list names them.`);
  return entry;
}

async function test(io: CommandIo, id: string, options: DataOptions): Promise<void> {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'omega-rule-'));
  try {
    await withRules(io, options, async (place) => {
      const entry = await chosen(place.store, id);
      const unknown = readRule(JSON.stringify(entry.rule), place.schema.modelColumns);
      if (typeof unknown === 'string') throw new CliError('DATA', `${entry.id}: ${unknown}.`);
      const trial = await tried(io, entry, place, await openFolderStore(scratchFolder));
      await keepRule(place.store, { ...entry, trials: [...entry.trials, trial] });
      const { figures } = trial;
      const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
      printResult(io, options.json, { id: entry.id, ...trial }, [
        `${entry.rule.name}: ${trial.outcome} on the hold-out of ${trial.hold_out_days.join(', ')}`,
        `${trial.said} of ${trial.rows} rows say buy or sell, ${figures.trades} trades; AUC ${shown(figures.auc)}, lower bound ${shown(figures.aucLowerBound)}, Sharpe ratio ${shown(figures.sharpe)}`,
        ...trial.why,
      ]);
    });
  } catch (error) {
    if (error instanceof TrainingError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

async function accept(
  io: CommandIo,
  id: string,
  { by = '', why = '', despiteGates, json }: AcceptOptions,
): Promise<void> {
  if (by.trim() === '' || why.trim() === '')
    throw new CliError('USAGE', 'Give --by NAME and --why REASON: they are kept with the rule.');
  const { config } = currentConfig(io);
  const set = learningSet({ set: 'futures' }, config, io);
  await withStore(learningPlace(io), async (store) => {
    const entry = await chosen(store, id);
    const instruments = entry.trials.at(-1)?.instruments ?? set.instruments;
    const { schema } = await providedSchema(set.schema, instruments, store, outsideSettings(config));
    const run = await acceptRule(store, entry, schema, {
      by,
      why,
      at: Date.now(),
      despiteGates: despiteGates === true,
    });
    const next =
      run === null
        ? 'There is no run of these features yet: the next fit takes it up.'
        : `It is in run ${run.runId} and votes once that run is promoted (omega models promote ${run.runId}). Later runs take it along; omega models remove ${ruleModelName(entry.rule)} takes it out of them.`;
    printResult(io, json, { id: entry.id, run_id: run?.runId ?? null }, [
      `${entry.rule.name} is accepted by ${by}. ${next}`,
    ]);
  });
}

const stateOf = ({ trials, acceptance }: StoredRule, voting: ReadonlySet<string>): string => {
  if (acceptance === null) return trials.at(-1)?.outcome ?? 'not tested';
  const despite = acceptance.despite_gates ? ' despite the gates' : '';
  return `accepted${despite}${voting.has(acceptance.model) ? '' : ', taken out since'}`;
};

async function list(io: CommandIo, { json }: DataOptions): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    const rules = await storedRules(store);
    const voting = await votingNames(store);
    const table = textTable<StoredRule>(
      [
        { title: 'id', cell: ({ id }) => id },
        { title: 'name', cell: ({ rule }) => rule.name },
        { title: 'state', cell: (rule) => stateOf(rule, voting) },
        { title: 'from', cell: ({ provenance }) => (provenance.kind === 'file' ? provenance.file : provenance.model) },
        { title: 'proposed', cell: ({ provenance }) => provenance.at.slice(0, 16) },
        { title: 'tested', align: 'right', cell: ({ trials }) => String(trials.length) },
      ],
      rules,
    );
    printResult(io, json, rules, rules.length === 0 ? ['No rule was proposed yet: omega rules propose.'] : table);
  });
}

const withData = (command: Command): Command =>
  command
    .option('--data <folder>', 'recorded minutes; the shipped ones when left out')
    .option('--instruments <symbols>', 'with commas (default: ES,GC)')
    .option('--json', 'print JSON');

export const rulesCommand = (io: CommandIo): Command =>
  new Command('rules')
    .description('trading rules as data: propose, test under the gates, let vote (docs/rules.md)')
    .addCommand(
      withData(new Command('propose').description('keep candidates of a file, or ask the language model for some'))
        .option('--file <file>', 'JSON: a rule, or a list of them')
        .option('--model', 'ask the configured language model')
        .option('--count <n>', `rules to ask for, at most ${MOST_RULES}`, '3')
        .option('--about <text>', 'what they shall be about', '')
        .option('--by <name>', 'who proposes or asks (default: the user logged in)')
        .action((options: ProposeOptions) => told(propose(io, options))),
    )
    .addCommand(
      new Command('list')
        .description('candidates with provenance and verdicts')
        .option('--json', 'print JSON')
        .action((options: DataOptions) => told(list(io, options))),
    )
    .addCommand(
      withData(new Command('test').description('back-test under the gates').argument('<id>')).action(
        (id: string, options: DataOptions) => told(test(io, id, options)),
      ),
    )
    .addCommand(
      new Command('accept')
        .description('let a rule that passed vote')
        .argument('<id>')
        .option('--by <name>', 'who decides (required)')
        .option('--why <reason>', 'why (required)')
        .option('--despite-gates', 'although the gates did not pass it; kept with the rule')
        .option('--json', 'print JSON')
        .action((id: string, options: AcceptOptions) => told(accept(io, id, options))),
    );
