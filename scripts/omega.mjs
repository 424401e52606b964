#!/usr/bin/env node
/** The `omega` command: set-up and build only when stale (silent otherwise), then src/cli/main.ts. */
import { createRequire } from 'node:module';
import { ensureBuilt } from './build.mjs';
import { reportFailure } from './progress.mjs';
import { ensureInstalled } from './setup.mjs';

try {
  await ensureInstalled();
  await ensureBuilt();
  const { main } = createRequire(import.meta.url)('../dist/cli/main.js');
  // A wait that lost its race may still hold a timer: the command is over when it says so.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.exitCode = reportFailure(error);
}
