/** A failure a command expects: one sentence for people, a stable code for programs, the exit code of docs/commands.md. */

export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, refused: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type CliErrorCode =
  | 'USAGE'
  | 'CONFIG'
  | 'TEMPORAL_UNREACHABLE'
  | 'GATEWAY_UNREACHABLE'
  | 'STORE_UNREACHABLE'
  | 'NOT_RUNNING'
  | 'NOT_FOUND'
  | 'REFUSED'
  | 'STATE_IN_USE'
  | 'STATE_VERSION'
  | 'STATE_MISMATCH'
  | 'STATE_DAMAGED'
  | 'DATA'
  | 'TIMED_OUT'
  | 'PROCESS_FAILED'
  | 'FAILED';

const EXIT_OF: Readonly<Record<CliErrorCode, ExitCode>> = {
  USAGE: EXIT.usage,
  CONFIG: EXIT.usage,
  TEMPORAL_UNREACHABLE: EXIT.unreachable,
  GATEWAY_UNREACHABLE: EXIT.unreachable,
  STORE_UNREACHABLE: EXIT.unreachable,
  NOT_RUNNING: EXIT.unreachable,
  NOT_FOUND: EXIT.failed,
  REFUSED: EXIT.refused,
  STATE_IN_USE: EXIT.refused,
  STATE_VERSION: EXIT.usage,
  STATE_MISMATCH: EXIT.usage,
  STATE_DAMAGED: EXIT.usage,
  DATA: EXIT.usage,
  TIMED_OUT: EXIT.failed,
  PROCESS_FAILED: EXIT.failed,
  FAILED: EXIT.failed,
};

export class CliError extends Error {
  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CliError';
  }

  get exitCode(): ExitCode {
    return EXIT_OF[this.code];
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
