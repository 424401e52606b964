/**
 * Families for small data, fitted only where they are asked for by name: their files carry training rows or support vectors, and a
 * support vector fit takes minutes where the others take seconds.
 */
import { exportKNeighbours } from '../neighbours/export-k-neighbours';
import { fitKNeighbours, K_NEIGHBOURS_DEFAULTS, predictKNeighbours } from '../neighbours/k-neighbours-classifier';
import type { KNeighboursParameters } from '../neighbours/k-neighbours-classifier';
import { exportSvc } from '../support-vectors/export-svc';
import { fitSvc, predictSvc, SVC_DEFAULTS } from '../support-vectors/svc';
import type { SvcParameters } from '../support-vectors/svc';
import { changed, recorded } from './model-recipe';
import type { ModelRecipe } from './model-recipe';

const neighboursRecipe = (name: string, parameters: KNeighboursParameters): ModelRecipe => ({
  name,
  family: 'KNeighborsClassifier',
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => neighboursRecipe(name, changed(name, parameters, changes)),
  fit: (data) => {
    const n_neighbors = Math.min(parameters.n_neighbors, data.rows);
    const model = fitKNeighbours(data, { ...parameters, n_neighbors });
    return {
      predict: (x) => predictKNeighbours(model, x),
      toOnnx: (metadata, selection) => exportKNeighbours(model, name, metadata, selection),
    };
  },
});

const svcRecipe = (name: string, parameters: SvcParameters): ModelRecipe => ({
  name,
  family: `SVC(kernel=${parameters.kernel})`,
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => svcRecipe(name, changed(name, parameters, changes)),
  fit: async (data) => {
    const model = await fitSvc(data, parameters);
    return {
      predict: (x) => predictSvc(model, x),
      toOnnx: (metadata, selection) => exportSvc(model, name, metadata, selection),
    };
  },
});

/** Three label horizons of neighbours: those of one hour repeat one outcome. */
export const K_NEIGHBOURS: ModelRecipe = neighboursRecipe('k_neighbours', {
  ...K_NEIGHBOURS_DEFAULTS,
  n_neighbors: 60,
});

/** Held back by C; three parts are enough for two numbers a pair. */
const HELD_BACK = { C: 0.1, cv: 3 };

export const SVC_FAMILIES: readonly ModelRecipe[] = [
  svcRecipe('svc', { ...SVC_DEFAULTS, ...HELD_BACK }),
  svcRecipe('svc_linear', { ...SVC_DEFAULTS, ...HELD_BACK, kernel: 'linear' }),
];
