/** Why the market journal cannot be used. */
export class MarketJournalError extends Error {
  override readonly name = 'MarketJournalError';

  constructor(
    readonly code: 'OTHER_VERSION' | 'INVALID_NAME' | 'CLOSED',
    message: string,
  ) {
    super(message);
  }
}
