/**
 * What a file of a run is for. A run's folder says it in its manifest, per model: most vote; a calibrator corrects one voter's
 * probabilities, the stacker reads all of them, the validator judges the trade they would make. Without a role a model votes.
 */
import { z } from 'zod';

const calibrationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sigmoid'), a: z.number(), b: z.number() }),
  z.object({ kind: z.literal('isotonic'), scores: z.array(z.number()).min(1), values: z.array(z.number()).min(1) }),
  z.object({ kind: z.literal('constant'), probability: z.number() }),
]);

const stackerSchema = z.object({
  role: z.literal('stacker'),
  /** Names of the voters it reads, in the order of its inputs. */
  voters: z.array(z.string()).min(1),
  /** Mean of each voter's inputs in training: what a voter is replaced by to see what it contributed. */
  baseline: z.array(z.number()),
});

const validatorSchema = z.object({
  role: z.literal('validator'),
  voters: z.array(z.string()).min(1),
  /** Entries less likely profitable than this lost on average in training. */
  breakEven: z.number().min(0).max(1),
  /** Of its two outputs, fitted out of fold. */
  calibration: z.array(calibrationSchema).length(2),
});

export const modelRoleSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('voter') }),
  /** Reads the probabilities of one voter and answers better ones. */
  z.object({
    role: z.literal('calibrator'),
    of: z.string(),
    /** Of sell, hold, buy: applied as it stands here, in place of the file; the file is asked when left out. */
    calibration: z.array(calibrationSchema).length(3).optional(),
  }),
  stackerSchema,
  validatorSchema,
]);

export type ModelRole = z.infer<typeof modelRoleSchema>;
export type StackerRole = z.infer<typeof stackerSchema>;
export type ValidatorRole = z.infer<typeof validatorSchema>;

/** What roles are read from: an entry of a manifest. */
export interface WithRole {
  readonly name: string;
  readonly role?: ModelRole | undefined;
}

export interface RunParts<T extends WithRole> {
  readonly voters: readonly T[];
  /** By the name of the voter they correct. */
  readonly calibrators: ReadonlyMap<string, T>;
  readonly stacker: { readonly entry: T; readonly role: StackerRole } | null;
  readonly validator: { readonly entry: T; readonly role: ValidatorRole } | null;
  /** Entries whose role cannot be, and why. */
  readonly refused: readonly RefusedRole[];
}

export interface RefusedRole {
  readonly model: string;
  readonly role: ModelRole['role'];
  readonly why: string;
}

/** The entries of one instrument by role: at most one stacker, one validator, one calibrator a voter, all of voters that are there. */
export function partsOf<T extends WithRole>(entries: readonly T[]): RunParts<T> {
  const voters = entries.filter(({ role }) => role === undefined || role.role === 'voter');
  const names = new Set(voters.map(({ name }) => name));
  const calibrators = new Map<string, T>();
  const refused: RefusedRole[] = [];
  let stacker: RunParts<T>['stacker'] = null;
  let validator: RunParts<T>['validator'] = null;
  for (const entry of entries) {
    const { role } = entry;
    if (role === undefined) continue;
    const refuse = (why: string): number => refused.push({ model: entry.name, role: role.role, why });
    switch (role.role) {
      case 'voter':
        break;
      case 'calibrator':
        if (!names.has(role.of)) refuse(`it corrects ${role.of}, which is not a voter of the run`);
        else if (calibrators.has(role.of)) refuse(`${role.of} has another calibrator already`);
        else calibrators.set(role.of, entry);
        break;
      case 'stacker':
        if (stacker !== null) refuse(`the run has another stacker already, ${stacker.entry.name}`);
        else if (missing(role.voters, names) !== null) refuse(missing(role.voters, names) ?? '');
        else stacker = { entry, role };
        break;
      case 'validator':
        if (validator !== null) refuse(`the run has another validator already, ${validator.entry.name}`);
        else if (missing(role.voters, names) !== null) refuse(missing(role.voters, names) ?? '');
        else validator = { entry, role };
        break;
    }
  }
  return { voters, calibrators, stacker, validator, refused };
}

function missing(wanted: readonly string[], there: ReadonlySet<string>): string | null {
  const absent = wanted.filter((name) => !there.has(name));
  return absent.length === 0 ? null : `it reads ${absent.join(', ')}, not among the run's voters`;
}
