/**
 * Every family that votes, with the parameters used when nobody searches for better ones. They are written down before the days are
 * traded and held back hard: a day of 1,300 overlapping 20-bar labels holds about 65 separate outcomes.
 */
import { InvalidParameterError } from '../trees/invalid-parameter';
import { LINEAR_FAMILIES, SGD_LOG } from './linear-families';
import type { ModelRecipe } from './model-recipe';
import { K_NEIGHBOURS, SVC_FAMILIES } from './neighbour-families';
import { AUTO_ENCODER, NETWORK_FAMILIES } from './network-families';
import { RANDOM_FOREST, TREE_FAMILIES } from './tree-families';

/** What a trading day is begun with when no run was promoted. */
export const FIRST_MODELS: readonly ModelRecipe[] = [SGD_LOG, RANDOM_FOREST];

export const FAMILIES: readonly ModelRecipe[] = [...LINEAR_FAMILIES, ...TREE_FAMILIES, ...NETWORK_FAMILIES];

export const FAMILY_NAMES: readonly string[] = FAMILIES.map(({ name }) => name);

/** For small data, and slow. */
export const SMALL_DATA_FAMILIES: readonly ModelRecipe[] = [K_NEIGHBOURS, ...SVC_FAMILIES];

/** Fitted only where they are asked for by name. */
export const OPTIONAL_FAMILIES: readonly ModelRecipe[] = [AUTO_ENCODER, ...SMALL_DATA_FAMILIES];

/** Every family that there is, those of the default first. */
export const ALL_FAMILY_NAMES: readonly string[] = [...FAMILIES, ...OPTIONAL_FAMILIES].map(({ name }) => name);

/** The recipe of that name. Throws InvalidParameterError that lists the names there are. */
export function familyOf(name: string): ModelRecipe {
  const recipe = [...FAMILIES, ...OPTIONAL_FAMILIES].find((family) => family.name === name);
  if (recipe === undefined)
    throw new InvalidParameterError(`There is no model family "${name}"; there are ${ALL_FAMILY_NAMES.join(', ')}.`);
  return recipe;
}
