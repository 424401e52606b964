/** A family with some of its parameters changed, as a search found them. */
import { InvalidParameterError } from '../trees/invalid-parameter';
import { familyOf } from './families';
import type { ModelRecipe, Parameters } from './model-recipe';

/** The shipped recipe without `changes`. Throws InvalidParameterError for a family, a name or a value that there is not. */
export function tunedFamily(name: string, changes: Parameters | undefined): ModelRecipe {
  const recipe = familyOf(name);
  if (changes === undefined) return recipe;
  if (recipe.tuned === undefined)
    throw new InvalidParameterError(`The parameters of ${name} are fixed: leave it out of the parameters file.`);
  return recipe.tuned(changes);
}
