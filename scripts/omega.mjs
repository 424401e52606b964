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
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = reportFailure(error);
}
