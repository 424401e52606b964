/** `npm test`: sets up what a fresh clone lacks, then runs jest (which builds first) offline with the arguments given. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { reportFailure } from './progress.mjs';
import { ROOT, ensureInstalled } from './setup.mjs';
import { resolveTemporal } from './temporal-cli.mjs';

/** Settings of a real installation never reach a test: it talks to servers of its own only. */
const REAL_SETTINGS = new RegExp(
  [
    '^(IBKR_|TEMPORAL_|AWS_|ENABLE_ORDER_EXEC$|ALLOW_|DRY_RUN$|LEARNING_ONLY$|OMEGA_(?!TEMPORAL_CLI$)|S3_)',
    '_API_KEY$|^TIINGO_TOKEN$|_URL$|^(FNSPID_PRICES|ECONOMIC_CALENDAR|ETF_FLOWS|OPTIONS_FLOW|SOCIAL_SENTIMENT)$',
  ].join('|'),
);
const testEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !REAL_SETTINGS.test(name)));

function runJest(env) {
  return new Promise((resolve, reject) => {
    const args = [join(ROOT, 'node_modules/jest/bin/jest.js'), ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

try {
  await ensureInstalled();
  const env = testEnvironment();
  const temporal = await resolveTemporal(env);
  process.exitCode = await runJest({ ...env, OMEGA_TEMPORAL_CLI: temporal.path });
} catch (error) {
  process.exitCode = reportFailure(error);
}
