/** The feature schema that the configuration in force asks for: what is fitted from now on; a stored run keeps its own. */
import type { Config } from '../config/config';
import { configuredSchema } from '../features/configured-schema';
import { FeatureError } from '../features/feature-error';
import type { FeatureSchema } from '../features/schema';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';

/** Throws CliError CONFIG that names each setting that is wrong. */
export function schemaOfConfig({ features }: Pick<Config, 'features'>): FeatureSchema {
  try {
    return configuredSchema(features);
  } catch (error) {
    if (error instanceof FeatureError) throw new CliError('CONFIG', error.message, { cause: error });
    throw error;
  }
}

/** Throws CliError CONFIG with every problem. */
export const currentSchema = (io: CommandIo): FeatureSchema => schemaOfConfig(currentConfig(io).config);
