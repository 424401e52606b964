/** Progress of the set-up on standard error, so that standard output stays the command's own. */

const STATUS_LINE_MS = 1_000;

/** One line of what is being done. */
export const say = (text) => process.stderr.write(`omega: ${text}\n`);

/**
 * Runs `work` while showing `label` with the elapsed seconds: rewritten in place on a terminal, every 15 s elsewhere.
 * `work` receives a function that replaces the label's detail. Resolves or rejects as `work` does.
 */
export async function withProgress(label, work) {
  const started = Date.now();
  const terminal = process.stderr.isTTY === true;
  let detail = '';
  let shownAt = started;
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  const show = () => {
    const line = `omega: ${label}${detail === '' ? '' : ` (${detail})`} … ${seconds()} s`;
    if (terminal) process.stderr.write(`\r\x1b[K${line}`);
    else if (Date.now() - shownAt >= 15 * STATUS_LINE_MS) {
      shownAt = Date.now();
      process.stderr.write(`${line}\n`);
    }
  };
  say(`${label} …`);
  const timer = setInterval(show, STATUS_LINE_MS);
  try {
    const result = await work((text) => {
      detail = text;
    });
    if (terminal) process.stderr.write('\r\x1b[K');
    say(`${label}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** An error whose message alone is meant for the user: no stack trace, exit code 2 (set-up) unless it says otherwise. */
export class SetupError extends Error {
  constructor(message, exitCode = 2) {
    super(message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}

/** Prints an expected failure as one sentence (a defect with its stack) and returns the exit code for it. */
export function reportFailure(error) {
  if (error instanceof SetupError) {
    say(error.message);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}
