/** What was read of files, kept while they stay as they are: a drill looks many times a second at files that hardly ever change. */
import { statSync } from 'node:fs';

interface Remembered<T> {
  readonly version: string;
  readonly value: T;
}

/** `read` once for each version of a file; null for a file that is gone. `read` may be asynchronous: T is then a promise. */
export function fileMemo<T>(read: (path: string) => T): (path: string) => T | null {
  const known = new Map<string, Remembered<T>>();
  return (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const version = `${stat.ino}/${stat.size}/${stat.mtimeMs}`;
    const before = known.get(path);
    if (before?.version === version) return before.value;
    const value = read(path);
    known.set(path, { version, value });
    return value;
  };
}
