/** Holds a lock and writes what it does, or is killed inside: argv is folder, name, milliseconds, `die` or nothing. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withProcessLock } from '../../src/http/process-lock';

const [folder, name, ms, ending] = process.argv.slice(2);

void withProcessLock(
  join(folder, 'lock'),
  async () => {
    await appendFile(join(folder, 'said'), `${name} in\n`);
    if (ending === 'die') process.kill(process.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, Number(ms)));
    await appendFile(join(folder, 'said'), `${name} out\n`);
  },
  { holdMs: 60_000 },
);
