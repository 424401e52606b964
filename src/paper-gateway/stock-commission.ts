/**
 * IBKR's fixed plan for US stocks (interactivebrokers.com, "Fixed"): 0.005 dollars a share, at least one dollar an order, at most one percent
 * of the order's value, which also beats the minimum. Charged by the order: a further fill pays what the whole costs more.
 */
import { roundMoney } from './position-accounting';

const PER_SHARE = 0.005;
const MINIMUM = 1;
const MOST_OF_VALUE = 0.01;

/** Dollars for all fills of one order together. */
export const stockCommission = (shares: number, value: number): number =>
  shares === 0 ? 0 : roundMoney(Math.min(Math.max(MINIMUM, shares * PER_SHARE), value * MOST_OF_VALUE));
