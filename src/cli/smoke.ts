/**
 * `omega smoke`: connects to the configured gateway and prints server version, account and one quote. Reads only. Ends with exit code 4
 * when the gateway is not logged in to IBKR_ACCOUNT.
 */
import { Command } from 'commander';
import { BrokerError } from '../broker/broker-error';
import type { SmokeResult } from '../broker/smoke';
import { smoke } from '../broker/smoke';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { notLoggedIn } from './managed-accounts';
import { dateTime, price } from './number-format';
import { QUIET_LOG } from './quiet-log';

function quoteLine({ contract, quote }: SmokeResult): string {
  if (quote === null) return `${contract.localSymbol}: no quote in 5 s (market closed, or no market data permission)`;
  const stale = quote.stale ? ` (${quote.staleReason ?? 'stale'})` : '';
  const { symbol } = contract;
  return `${contract.localSymbol}: bid ${price(quote.bid, symbol)} × ${quote.bidSize}, ask ${price(quote.ask, symbol)} × ${quote.askSize}${stale}`;
}

/** Lines for people. Pure. */
export const smokeLines = (result: SmokeResult): readonly string[] => [
  `server version ${result.serverVersion}, account ${result.managedAccounts.join(', ')}, client id ${result.clientId}`,
  `broker's clock ${dateTime(result.marketTime)}`,
  quoteLine(result),
];

export const smokeCommand = (io: CommandIo): Command =>
  new Command('smoke')
    .description('connect to the configured gateway; print server version, account, one quote')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { config } = currentConfig(io);
      const result = await smoke(config, { logger: QUIET_LOG }).catch((error: unknown) => {
        if (error instanceof BrokerError) {
          throw new CliError(error.code === 'NO_GATEWAY' ? 'GATEWAY_UNREACHABLE' : 'FAILED', error.message, {
            cause: error,
          });
        }
        throw error;
      });
      const { account } = config.broker;
      const refused = account !== null && !result.managedAccounts.includes(account);
      // One document: what is refused is the result.
      if (!refused || json !== true) printResult(io, json, result, smokeLines(result));
      if (refused) throw new CliError('REFUSED', notLoggedIn(account, result.managedAccounts));
    });
