/** A parameter that an estimator can't work with; the message names it and says what is allowed. */
export class InvalidParameterError extends RangeError {
  readonly code = 'PARAMETER_INVALID';

  constructor(message: string) {
    super(`PARAMETER_INVALID: ${message}`);
    this.name = 'InvalidParameterError';
  }
}
