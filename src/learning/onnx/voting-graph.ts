/** What every model that votes looks like from outside: one row of model columns in, probabilities sell, hold, buy out. */
export const INPUT_NAME = 'features';
export const OUTPUT_NAME = 'probabilities';
