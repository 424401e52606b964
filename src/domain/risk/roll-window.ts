import { refusal } from '../refusals';
import { tradeDateOf } from '../calendar';
import { INSTRUMENTS } from '../instruments';
import { dateOfExpiry, rollDate } from '../roll';
import type { RiskRule } from './rule';

/** No entry in a contract from N days before its last trade or first notice day (A3). */
export const rollWindowRule: RiskRule = ({ proposal, batch }) => {
  const { contract, symbol } = proposal;
  // Every listed future here stops trading inside its delivery month.
  const rollsOn = rollDate(symbol, dateOfExpiry(contract.lastTradeDate).slice(0, 7).replace('-', ''));
  const today = tradeDateOf(batch.barClose);
  return today < rollsOn
    ? null
    : refusal(
        'ROLL_WINDOW',
        `${contract.localSymbol} rolls from ${rollsOn} (${INSTRUMENTS[symbol].rollRule.daysBefore} days before its end)`,
      );
};
