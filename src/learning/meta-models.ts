/**
 * The models of a run that read other models: stacker and validator, ready to be asked about a bar.
 * Invariant: one that is not there, or cannot answer, is absent with a reason; it never stops the others.
 */
import { NO_VALIDATOR } from '../domain/decision-ensemble';
import type { StackOpinion, ValidatorOpinion } from '../domain/decision-ensemble';
import type { Regime } from '../domain/regime';
import type { RawVote } from '../domain/vote';
import { NOT_NUMBERS } from './class-probabilities';
import { answersOf, probabilitiesOf } from './loaded-model';
import type { LoadedModel, ModelLoader } from './loaded-model';
import type { ModelEntry } from './manifest';
import type { RunParts, StackerRole, ValidatorRole } from './model-role';
import { occludedRows, stackerRow, validatorRow } from './stacker-inputs';
import type { VoteProbabilities } from './stacker-inputs';
import { calibratedProfit } from './validator-answer';

export interface MetaOpinions {
  readonly stack: StackOpinion;
  readonly validator: ValidatorOpinion;
}

export interface MetaModels {
  /** `features`: the model columns of the bar that was voted on; `votes`: before calibration. Never throws for a model's failure. */
  judge(features: Float32Array, votes: readonly RawVote[], regime: Regime | null): Promise<MetaOpinions>;
}

interface Ready<R> {
  readonly model: LoadedModel;
  readonly role: R;
}

const absent = (why: string): { readonly kind: 'absent'; readonly why: string } => ({ kind: 'absent', why });

/** What is said of a run that has none by its manifest. */
const NONE = { stacker: 'the run has no stacker', validator: NO_VALIDATOR } as const;

/**
 * Stacker and validator of a run's parts; those that cannot be loaded, or whose role cannot be, are absent from every opinion, with the
 * reason. What `load` opened is the caller's to release. Rejects as `load`.
 */
export async function loadMetaModels(
  { stacker, validator, refused }: Pick<RunParts<ModelEntry>, 'stacker' | 'validator' | 'refused'>,
  load: ModelLoader,
): Promise<MetaModels> {
  const ready = async <R>(part: { readonly entry: ModelEntry; readonly role: R } | null, name: keyof typeof NONE) => {
    if (part === null) {
      const cannotBe = refused.find(({ role }) => role === name);
      return cannotBe === undefined ? NONE[name] : `${cannotBe.model}: ${cannotBe.why}`;
    }
    const model = await load(part.entry);
    return typeof model === 'string' ? `${part.entry.name}: ${model}` : { model, role: part.role };
  };
  return new LoadedMetaModels(await ready(stacker, 'stacker'), await ready(validator, 'validator'));
}

class LoadedMetaModels implements MetaModels {
  constructor(
    private readonly stacker: Ready<StackerRole> | string,
    private readonly validator: Ready<ValidatorRole> | string,
  ) {}

  async judge(features: Float32Array, votes: readonly RawVote[], regime: Regime | null): Promise<MetaOpinions> {
    const { stacker, validator } = this;
    const [stack, judged] = await Promise.all([
      typeof stacker === 'string' ? absent(stacker) : askStacker(stacker, votes, regime),
      typeof validator === 'string' ? absent(validator) : askValidator(validator, features, votes),
    ]);
    return { stack, validator: judged };
  }
}

/** The votes in the order of `voters`, or who did not vote. */
function votesOf(voters: readonly string[], votes: readonly RawVote[]): readonly VoteProbabilities[] | string {
  const silent: string[] = [];
  const said = voters.flatMap((name) => {
    const vote = votes.find(({ model }) => model === name);
    if (vote === undefined) silent.push(name);
    return vote === undefined ? [] : [vote.probabilities];
  });
  return silent.length > 0 ? `no vote of ${silent.join(', ')}` : said;
}

/** One run answers the row itself and the row without each voter. */
async function askStacker(
  { model, role }: Ready<StackerRole>,
  votes: readonly RawVote[],
  regime: Regime | null,
): Promise<StackOpinion> {
  const { name } = model.entry;
  if (regime === null) return absent(`${name}: too few bars to tell the regime`);
  const said = votesOf(role.voters, votes);
  if (typeof said === 'string') return absent(`${name}: ${said}`);
  const rows = occludedRows(stackerRow(said, regime), said.length, role.baseline);
  const answers = await probabilitiesOf(model, rows, 1 + said.length);
  if (typeof answers === 'string') return absent(`${name}: ${answers}`);
  const [probabilities, ...occluded] = answers;
  const without = role.voters.map((voter, i) => [voter, occluded[i][2] - occluded[i][0]] as const);
  return { kind: 'answered', model: name, probabilities, without: Object.fromEntries(without) };
}

/** Both sides are asked in one run: whose signal it will be is for the decision to say. */
async function askValidator(
  { model, role }: Ready<ValidatorRole>,
  features: Float32Array,
  votes: readonly RawVote[],
): Promise<ValidatorOpinion> {
  const { name } = model.entry;
  const voted = votesOf(role.voters, votes);
  if (typeof voted === 'string') return absent(`${name}: ${voted}`);
  const rows = Float32Array.from([...validatorRow(features, 'buy', voted), ...validatorRow(features, 'sell', voted)]);
  const answers = await answersOf(model, rows, 2);
  if (typeof answers === 'string') return absent(`${name}: ${answers}`);
  const said = `${name}: it answered ${answers.join(', ')}`;
  if (answers.length !== 4) return absent(`${said}: two probabilities a side are needed`);
  const [buy, sell] = calibratedProfit(role.calibration, Float64Array.from(answers));
  if (![...answers, buy, sell].every((figure) => Number.isFinite(figure))) return absent(`${said}: ${NOT_NUMBERS}`);
  return { kind: 'answered', model: name, profitable: { buy, sell }, breakEven: role.breakEven };
}
