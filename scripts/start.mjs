/** `npm start`: sets up what a fresh clone lacks, then hands over to the demonstration (src/cli/demo). */
import { createRequire } from 'node:module';
import { ensureBuilt } from './build.mjs';
import { reportFailure } from './progress.mjs';
import { ensureInstalled } from './setup.mjs';
import { resolveTemporal } from './temporal-cli.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  const temporal = await resolveTemporal();
  if (temporal.kind === 'binary') process.env.OMEGA_TEMPORAL_CLI = temporal.path;
  const { main } = createRequire(import.meta.url)('../dist/cli/main.js');
  // A wait that lost its race may still hold a timer: the command is over when it says so.
  process.exit(await main(['demo', ...process.argv.slice(2)]));
} catch (error) {
  process.exitCode = reportFailure(error);
}
