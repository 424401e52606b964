/** `best.json` of a search, which `omega train --parameters` takes: parameters by family, and the indicators they were found with. */
import { z } from 'zod';
import { configuredSchema } from '../../features/configured-schema';
import { FeatureError } from '../../features/feature-error';
import type { FeatureSchema } from '../../features/schema';
import { parseStoredJson, storedJson } from '../../storage/stored-json';
import { tunedFamily } from '../families/tuned-family';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { SearchError } from './search-error';

const value = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]);

const fileSchema = z.strictObject({
  format: z.literal(1),
  /** The search that found them; left out of a file written by hand. */
  search: z.string().optional(),
  families: z.array(z.strictObject({ name: z.string(), parameters: z.record(z.string(), value) })).min(1),
  /** As `features` of the configuration; left out: the shipped ones. */
  features: z
    .strictObject({
      indicators: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
      modelColumns: z.array(z.string()),
    })
    .optional(),
});

export type ParametersFile = Readonly<z.infer<typeof fileSchema>>;

export const encodeParameters = (file: ParametersFile): Uint8Array => storedJson(file);

/** The schema that the file asks for, null when it names none. Throws FeatureError. */
export const schemaOf = ({ features }: ParametersFile): FeatureSchema | null =>
  features === undefined ? null : configuredSchema(features);

/** Throws SearchError PARAMETERS_INVALID with what is wrong: the file, a family, a parameter, an indicator. */
export function decodeParameters(name: string, bytes: Uint8Array): ParametersFile {
  const wrong = (why: string): SearchError => new SearchError('PARAMETERS_INVALID', `${name}: ${why}`);
  let stored: unknown;
  try {
    stored = parseStoredJson(bytes);
  } catch {
    throw wrong('it is not JSON.');
  }
  const parsed = fileSchema.safeParse(stored);
  if (!parsed.success)
    throw wrong(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; '),
    );
  try {
    for (const { name: family, parameters } of parsed.data.families) tunedFamily(family, parameters);
    schemaOf(parsed.data);
  } catch (error) {
    if (error instanceof InvalidParameterError || error instanceof FeatureError) throw wrong(error.message);
    throw error;
  }
  return parsed.data;
}
