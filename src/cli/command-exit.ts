/** A command that ended as it should with an exit code of its own (a child's, or "refused" after its answer was printed). */
export class CommandExit extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
    this.name = 'CommandExit';
  }
}
