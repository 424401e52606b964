/** Net flows into exchange-traded funds, US dollars a day by ticker (requirement C7: SPY, QQQ, XLF, XLK); released-values.ts has the contract. */
import { ANY_VALUE, type OutsideProvider } from './outside-provider';
import { releasedValues, type ReleasedSource } from './released-values';

export const etfFlows = (source: ReleasedSource): OutsideProvider => releasedValues('etf-flows', source, ANY_VALUE);
