/** One header of an answer; Node gives their names in lower case. */
import type { AxiosResponse } from 'axios';

export function responseHeader({ headers }: Pick<AxiosResponse, 'headers'>, name: string): string | null {
  const value: unknown = (headers as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : null;
}
