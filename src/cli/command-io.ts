/** What a command may touch of the outside world, so that tests can give it another. */

export interface CommandIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Folder that relative paths and `.omega` start from. */
  readonly folder: string;
}

export const processIo = (): CommandIo => ({
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  env: process.env,
  folder: process.cwd(),
});

/** Prints a result: as one JSON document, or as lines for people. */
export function printResult(io: CommandIo, json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  io.out(json === true ? JSON.stringify(value, null, 2) : lines.join('\n'));
}
