/**
 * The longest files begin first, so that none of them is left alone on one core at the end. A fresh clone has no measured times, and sizes
 * say nothing of waits and fits: those that take more than ten seconds are named, longest first; the others follow as jest orders them.
 */
const { default: Sequencer } = require('@jest/test-sequencer');
const { join, relative, sep } = require('node:path');

const SLOWEST = [
  'integration/fail-points',
  'integration/rebalance',
  'integration/demo',
  'workflows/weekly-rebalance',
  'workflows/session-durability',
  'workflows/order-outcomes',
  'workflows/order-safety',
  'backtest/recorded-days',
  'integration/retraining-kill',
  'integration/news-kill',
  'integration/search-kill',
  'integration/stock-orders',
  'integration/history-export-kill',
  'cli/rebalance',
  'learning/fit-run',
  'workflows/retraining',
  'workflows/trading-session',
  'learning/trees/parity',
  'learning/classifiers',
  'integration/train',
  'learning/linear/linear',
  'paper-gateway/gateway-process',
  'paper-gateway/contract-replay',
  'cli/commands',
  'storage/object-store',
];

const nameOf = ({ path }) =>
  relative(join(__dirname), path)
    .replaceAll(sep, '/')
    .replace(/\.test\.ts$/, '');

module.exports = class SlowestFirst extends Sequencer {
  /** In the order in which they begin. */
  sort(tests) {
    const rank = (test) => {
      const at = SLOWEST.indexOf(nameOf(test));
      return at === -1 ? SLOWEST.length : at;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
